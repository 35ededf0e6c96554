"""The one closed table of header fields: what each may say.

Which of them a kind of post carries, and which it must, says the record of the kind (`board/kinds/`).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from ledger.core.dataclass import dataclass
from ledger.core.did_you_mean import suggest_nearest
from ledger.core.feed.bounds import CRITERIA_LIMIT, CRITERION_LIMIT, LABEL_LIMIT, LIST_LIMIT
from ledger.core.feed.front import Value
from ledger.core.ids import is_label, is_lane, is_nonce, is_post_id, is_seat, is_ticket
from ledger.core.lazy_pattern import LazyPattern
from ledger.core.model import Priority, State

Typed = str | int | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a value is none of its type, and what to write instead."""

    message: str
    fix: str


Reader = Callable[[Value], Typed | Wrong]


def _make_scalar_reader(what: str, is_right: Callable[[str], bool], like: str) -> Reader:
    def read_scalar(value: Value) -> Typed | Wrong:
        if isinstance(value, tuple):
            return Wrong("is a list", f"write one {what}, like {like}")
        return value if is_right(value) else Wrong(f'"{value}" is no {what}', f"write one like {like}")

    return read_scalar


def _make_list_reader(
    what: str, is_right: Callable[[str], bool], like: str, most: int = LIST_LIMIT
) -> Reader:
    def read_list(value: Value) -> Typed | Wrong:
        if isinstance(value, str):
            return Wrong("is no list", f"write a list: `[{value or like}]`")
        if len(value) > most:
            fix = "write several posts" if most == LIST_LIMIT else "leave some out"
            return Wrong(f"has {len(value)} entries, more than {most}", fix)
        for item in value:
            if not is_right(item):
                return Wrong(f'"{item}" is no {what}', f"write each like {like}")
        return value

    return read_list


def _make_word_reader(what: str, choices: Mapping[str, str]) -> Reader:
    def read_word(value: Value) -> Typed | Wrong:
        if isinstance(value, tuple):
            return Wrong("is a list", f"write one {what}")
        if value in choices:
            return choices[value]
        meant = _MEANT.get(value.upper()) if what == "state" else None
        fix = (
            f"write `{meant}`" if meant else suggest_nearest(value, choices, f"write {' or '.join(choices)}")
        )
        return Wrong(f'"{value}" is no {what}', fix)

    return read_word


_MEANT = {
    "CLOSED": "DONE",
    "CLOSE": "DONE",
    "COMPLETE": "DONE",
    "COMPLETED": "DONE",
    "FINISHED": "DONE",
    "RESOLVED": "DONE",
    "OPEN": "AWAITING_CLAIM",
    "WAITING": "BLOCKED",
}
"""What other trackers call a state. Nearness of letters would make a claim of `CLOSED`."""

_match_count = LazyPattern("[1-9][0-9]{0,8}").fullmatch


def read_count(value: Value) -> int | Wrong:
    """A number from 1 to 999,999,999 in digits."""
    if isinstance(value, str) and _match_count(value):
        return int(value)
    problem = f'"{value}" is no number' if isinstance(value, str) else "is a list"
    return Wrong(f"{problem} from 1 to 999999999", "write digits")


def _is_text_line(text: str) -> bool:
    return "\n" not in text and not text.isspace() and text != ""


def _is_owner_name(text: str) -> bool:
    if text.startswith("awaiting-") and text.endswith("-ruling"):
        return is_seat(text[9:-7])
    return is_seat(text)


_match_ruling = LazyPattern(r"(?i:ruling)\s*:\s*").match


def _is_block_reason(text: str) -> bool:
    """A ticket, `ruling:<ticket>` or words; what begins like a ruling must name its ticket."""
    # `Ruling: CMB-1` would else be words, on which a ticket waits for ever: no ruling ends a wait in words.
    if _match_ruling(text):
        return text.startswith("ruling:") and is_ticket(text[7:])
    return _is_text_line(text)


def _make_set_reader(what: str, is_right: Callable[[str], bool], like: str, most: int) -> Reader:
    """A reader of lists in which nothing stands twice, in whatever case."""
    read_list = _make_list_reader(what, is_right, like, most)

    def read_set(value: Value) -> Typed | Wrong:
        entries = read_list(value)
        if isinstance(entries, tuple):
            folded = [entry.casefold() for entry in entries]
            twice = [entry for place, entry in enumerate(entries) if folded.index(folded[place]) != place]
            return Wrong(f'"{twice[0]}" stands twice', "leave one out") if twice else entries
        return entries

    return read_set


def _is_criterion(text: str) -> bool:
    return _is_text_line(text) and len(text) <= CRITERION_LIMIT


ALL: Final = "all"
"""In place of the numbers of all criteria."""
_match_met = LazyPattern(f"{ALL}|[1-9][0-9]?").fullmatch


def _is_met_entry(text: str) -> bool:
    return _match_met(text) is not None


def _read_due(value: Value) -> Typed | Wrong:
    from ledger.core.due import FORM, is_due  # few posts say it

    if isinstance(value, tuple):
        return Wrong("is a list", FORM)
    return value if is_due(value) else Wrong(f'"{value}" is no day or time', FORM)


def _index_words(words: Iterable[str]) -> dict[str, str]:
    return {str(word): word for word in words}


_READ_TICKET = _make_scalar_reader("ticket", is_ticket, "CMB-0107")
_READ_TICKETS = _make_list_reader("ticket", is_ticket, "CMB-0107")
_READ_POST = _make_scalar_reader("post id", is_post_id, "20261120T033857123Z-camber-12-9c1e07a25b6d4f10")
_READ_POSTS = _make_list_reader("post id", is_post_id, "20261120T033857123Z-camber-12-9c1e07a25b6d4f10")
_READ_LINE = _make_scalar_reader(
    "line of text", _is_text_line, "`Redline cards are grouped by the wrong key`"
)

FILLED_IN = frozenset(("seq", "prev", "saw"))
"""Fields that the tool fills in on posts of every kind."""
DRIVERS = ("cron", "operator", "helper", "remote")
"""What may drive a seat, as its boot says."""

FIELDS: Mapping[str, Reader] = {
    "seq": read_count,
    "prev": _READ_POST,
    "saw": _READ_POSTS,
    "item": _READ_TICKET,
    "state": _make_word_reader("state", _index_words(State)),
    "priority": _make_word_reader("priority", _index_words(Priority)),
    "lane": _make_scalar_reader("lane", is_lane, "camber"),
    "subject": _READ_LINE,
    "owner": _make_scalar_reader("owner", _is_owner_name, "open, CAMBER-12 or awaiting-STRAT-2-ruling"),
    "parent": _READ_TICKET,
    "related": _READ_TICKETS,
    "after": _READ_TICKETS,
    "blocked_on": _make_list_reader(
        "ticket, ruling or text", _is_block_reason, "CMB-0107, ruling:CMB-0107 or some words"
    ),
    "rules_on": _READ_TICKETS,
    "corrects": _READ_POST,
    "cites": _READ_POSTS,
    "branch": _READ_LINE,
    "worktree": _READ_LINE,
    "clone": _make_scalar_reader("id of a clone", is_nonce, "9c1e07a25b6d4f10"),
    "lanes": _make_list_reader("lane", is_lane, "camber"),
    "wip": read_count,
    "cap": read_count,
    "driver": _make_word_reader("driver", _index_words(DRIVERS)),
    "labels": _make_set_reader("label", is_label, "ui, area/docs or type:bug", LABEL_LIMIT),
    "criteria": _make_set_reader(
        f"criterion of one line, {CRITERION_LIMIT} characters at most",
        _is_criterion,
        "`Cards of one call stay together`",
        CRITERIA_LIMIT,
    ),
    "met": _make_set_reader("number of a criterion", _is_met_entry, f"1, or {ALL}", CRITERIA_LIMIT),
    "due": _read_due,
    "to": _make_list_reader("seat", is_seat, "CAMBER-12"),
}
"""Every field but `seat`, `at` and `kind`, without which there is no post."""


def is_custom_field(name: str) -> bool:
    """True for a field of the writer's own, `x-run`: it is kept as it is written, and nothing reads it."""
    return name.startswith("x-")


FIELD_ORDER = ("seat", "at", "kind", *FIELDS)
"""The order in which the tool writes fields."""
