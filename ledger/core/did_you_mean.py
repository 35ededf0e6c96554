"""The known word that somebody may have meant."""

from collections.abc import Container, Iterable, Iterator

MOST_PROPOSALS = 20
"""Words for which one answer looks for the nearest of a set that may be of any size."""


def find_nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The known word nearest to `word`, upper and lower case alike; None when none is near."""
    from difflib import get_close_matches

    folded = {candidate.casefold(): candidate for candidate in candidates}
    close = get_close_matches(word.casefold(), folded, n=1)
    return folded[close[0]] if close else None


def suggest_nearest(word: str, candidates: Iterable[str], otherwise: str) -> str:
    """`did you mean …?` with the nearest known word, or `otherwise` when none is near."""
    near = find_nearest(word, candidates)
    return f"did you mean `{near}`?" if near else otherwise


class Proposals:
    """Nearest known words for many words of a feed: for the first MOST_PROPOSALS of them, since finding one
    compares it with every known word."""

    def __init__(self, words: Iterable[str]) -> None:
        self._known = tuple(words)
        self._found: dict[str, str | None] = {}

    def suggest_nearest(self, word: str, otherwise: str) -> str:
        """`did you mean …?` with the nearest known word, or `otherwise` when none is near or looked for."""
        if word not in self._found and len(self._found) < MOST_PROPOSALS:
            self._found[word] = find_nearest(word, self._known)
        near = self._found.get(word)
        return f"did you mean `{near}`?" if near else otherwise


_LONGEST = 50
"""Characters in which every ticket fits, with a slip more."""


def find_nearest_ticket(item: str, tickets: Container[str]) -> str | None:
    """The ticket that a slip of the keyboard turned into `item`; None when none is one slip away.

    It takes the same time however many tickets there are, and however long `item` is.
    """
    if len(item) > _LONGEST:
        return None
    slips = (near for near in _spell_with_slips(item.upper()) if near != item and near in tickets)
    return find_respelled(item, tickets) or next(slips, None)


def _spell_with_slips(item: str) -> Iterator[str]:
    """What may have been meant: two characters exchanged, one too many, wrong or missing."""
    series = item.rpartition("-")[0]
    places = range(len(item))
    yield from (item[:n] + item[n + 1 : n + 2] + item[n] + item[n + 2 :] for n in places)
    yield from (item[:n] + item[n + 1 :] for n in places)
    # Digits alone are tried, and only in the number: a slip in the letters is another namespace, which has a
    # message of its own. Twenty lookups a place keep the time bounded.
    for n in reversed(range(len(series) + 1, len(item) + 1)):
        yield from (item[:n] + digit + item[n + 1 :] for digit in "0123456789")
        yield from (item[:n] + digit + item[n:] for digit in "0123456789")


def find_respelled(item: str, tickets: Container[str]) -> str | None:
    """The ticket that `item` names but for case and leading zeros: `cmb-1` for CMB-0001; None for none."""
    prefix, dash, digits = item.strip().upper().rpartition("-")
    if not dash or not (digits.isascii() and digits.isdecimal()):
        return None
    number = digits.lstrip("0")
    spellings = (f"{prefix}-{number.zfill(width)}" for width in range(max(1, len(number)), 13))
    return next((spelling for spelling in spellings if spelling != item and spelling in tickets), None)


def find_by_digits(digits: str, tickets: Iterable[str]) -> list[str]:
    """The tickets of any namespace with this number."""
    if not (digits.isascii() and digits.isdecimal()):
        return []
    return [ticket for ticket in tickets if ticket.rpartition("-")[2].lstrip("0") == digits.lstrip("0")]


def suggest_respelled(item: str, tickets: Container[str], otherwise: str) -> str:
    """`did you mean …?` with the ticket that `item` names but for its spelling, else `otherwise`."""
    near = find_respelled(item, tickets)
    return f"did you mean `{near}`?" if near else otherwise
