"""Names of seats in new posts: a slip of the keyboard is refused, and a stranger's name is pointed out.

Once landed, a misspelled name stays: the ticket is offered to nobody, and the note is seen by nobody.
"""

import re
from collections.abc import Iterable, Iterator

from ledger.core.board.folding import find_directive
from ledger.core.board.kinds import kind_of
from ledger.core.board.tables import Table
from ledger.core.config.config import Config
from ledger.core.errors import LedgerError
from ledger.core.model import Post, SeatLife

LEAST_WORD = 4
"""Letters of the shortest word in which a slip is one: `seat-a` and `seat-b` are two seats."""


def find_offered_seats(post: Post) -> Iterator[tuple[str, int]]:
    """The seats to which a post offers its ticket, each with its line."""
    if post.owner and post.owner != "open" and not post.owner.startswith("awaiting-"):
        yield post.owner, post.lines["owner"]
    hand = find_directive(post, "HANDOFF")
    if hand is not None and hand.to and hand.to != "open":
        yield hand.to, hand.line


def collect_seat_notices(config: Config, posted: Table[SeatLife], posts: Iterable[Post]) -> tuple[str, ...]:
    """What the writer of new posts should hear of the seats in them; `posted` are those that have posted.

    Raises LedgerError `usage` for a name that is one slip from that of one seat; and for an unknown one where
    only listed seats may post, or where the config lists seats and the ticket is offered to it.
    """
    notices: dict[str, None] = {}
    for post in posts:
        offered = {seat for seat, _ in find_offered_seats(post)}
        for name in [*offered, *_find_addressed_seats(post)]:
            if name not in posted and name != post.seat and not config.is_listed(name):
                _refuse_unknown_seat(config, posted, name, name in offered)
                notices[f"no seat {name} has posted or is listed; it sees this once it does"] = None
        if kind_of(post.kind).boots and post.seat not in posted and not config.is_listed(post.seat):
            near = find_nearest_seat(post.seat, _all_seat_names(config, posted))
            notices |= {f"{post.seat} never posted before; did you mean {near}?": None} if near else {}
    return tuple(notices)


def _find_addressed_seats(post: Post) -> Iterator[str]:
    """The seats that a post is meant for without an offer: of a note, and of a ruling that is awaited."""
    yield from post.to
    if post.owner and post.owner.startswith("awaiting-"):
        yield post.owner.removeprefix("awaiting-").removesuffix("-ruling")


def _refuse_unknown_seat(config: Config, posted: Table[SeatLife], name: str, offered: bool) -> None:
    """Raise for an unknown name that no new post may carry."""
    near = find_nearest_seat(name, _all_seat_names(config, posted))
    if near or config.seats_listed_only or (offered and config.seats):
        hint = f"did you mean `{near}`?" if near else "name a seat that `feed/ledger.yaml` lists"
        raise LedgerError("usage", f'no seat "{name}" has posted or is listed', hint)


def _all_seat_names(config: Config, posted: Table[SeatLife]) -> set[str]:
    return {*posted.keys_from(""), *(config.seats or ()), *config.identities}


def find_nearest_seat(name: str, seats: Iterable[str]) -> str | None:
    """The one seat from which `name` differs in case only or by one slip; None for none, and for several.

    Digits are never a slip: CAMBER-01 and CAMBER-02 are two seats.
    """
    near = [seat for seat in seats if seat != name and _is_one_slip_apart(name.casefold(), seat.casefold())]
    return near[0] if len(near) == 1 else None


def _is_one_slip_apart(name: str, seat: str) -> bool:
    """Whether a character too many, too few, wrong or two exchanged make one name of the other."""
    if name == seat:
        return True
    # A wrong digit names a neighbour that exists; proposing it would hand work to the wrong seat.
    if re.findall("[0-9]+", name) != re.findall("[0-9]+", seat):
        return False
    before = _count_common_start(name, seat)
    left, right = name[before:], seat[before:]
    after = _count_common_start(left[::-1], right[::-1])
    left, right = left[: len(left) - after], right[: len(right) - after]
    exchanged = len(left) == 2 and left == right[::-1]
    letters = _count_letters(name[:before][::-1]) + _count_letters(name[len(name) - after :])
    word = letters + max(len(left), len(right))
    return word >= LEAST_WORD and (exchanged or max(len(left), len(right)) == 1)


def _count_common_start(left: str, right: str) -> int:
    """How many characters two texts begin with alike."""
    same = (a == b for a, b in zip(left, right, strict=False))
    return next((place for place, alike in enumerate(same) if not alike), min(len(left), len(right)))


def _count_letters(text: str) -> int:
    """How many letters a text begins with."""
    return len(text) - len(text.lstrip("abcdefghijklmnopqrstuvwxyz"))
