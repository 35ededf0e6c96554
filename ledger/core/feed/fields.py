"""The one closed table of header fields: what each may say, and which kinds of post carry it."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from ledger.core.dataclass import dataclass
from ledger.core.did_you_mean import did_you_mean
from ledger.core.feed.bounds import LIST_LIMIT
from ledger.core.feed.front import Value
from ledger.core.ids import is_lane, is_nonce, is_post_id, is_seat, is_ticket
from ledger.core.lazy_pattern import LazyPattern
from ledger.core.model import Priority, State

Typed = str | int | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a value is none of its type, and what to write instead."""

    message: str
    fix: str


Reader = Callable[[Value], Typed | Wrong]


class Field(NamedTuple):
    """How a field is read, and the kinds of post that carry it: all when None."""

    read: Reader
    kinds: frozenset[str] | None


def _one(what: str, is_right: Callable[[str], bool], like: str) -> Reader:
    def read(value: Value) -> Typed | Wrong:
        if isinstance(value, tuple):
            return Wrong("is a list", f"write one {what}, like {like}")
        return value if is_right(value) else Wrong(f'"{value}" is no {what}', f"write one like {like}")

    return read


def _many(what: str, is_right: Callable[[str], bool], like: str) -> Reader:
    def read(value: Value) -> Typed | Wrong:
        if isinstance(value, str):
            return Wrong("is no list", f"write a list: `[{value or like}]`")
        if len(value) > LIST_LIMIT:
            return Wrong(f"has {len(value)} entries, more than {LIST_LIMIT}", "write several posts")
        for item in value:
            if not is_right(item):
                return Wrong(f'"{item}" is no {what}', f"write each like {like}")
        return value

    return read


def _word(what: str, known: Mapping[str, str]) -> Reader:
    def read(value: Value) -> Typed | Wrong:
        if isinstance(value, tuple):
            return Wrong("is a list", f"write one {what}")
        if value in known:
            return known[value]
        meant = _MEANT.get(value.upper()) if what == "state" else None
        fix = f"write `{meant}`" if meant else did_you_mean(value, known, f"write {' or '.join(known)}")
        return Wrong(f'"{value}" is no {what}', fix)

    return read


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

_count_form = LazyPattern("[1-9][0-9]{0,8}").fullmatch


def read_count(value: Value) -> int | Wrong:
    """A number from 1 to 999,999,999 in digits."""
    if isinstance(value, str) and _count_form(value):
        return int(value)
    said = f'"{value}" is no number' if isinstance(value, str) else "is a list"
    return Wrong(f"{said} from 1 to 999999999", "write digits")


def _is_line(text: str) -> bool:
    return "\n" not in text and not text.isspace() and text != ""


def _is_owner(text: str) -> bool:
    if text.startswith("awaiting-") and text.endswith("-ruling"):
        return is_seat(text[9:-7])
    return is_seat(text)


_ruling = LazyPattern(r"(?i:ruling)\s*:\s*").match


def _is_block(text: str) -> bool:
    """A ticket, `ruling:<ticket>` or words; what begins like a ruling must name its ticket."""
    if _ruling(text):
        return text.startswith("ruling:") and is_ticket(text[7:])
    return _is_line(text)


def _words(known: Iterable[str]) -> dict[str, str]:
    return {str(word): word for word in known}


_ticket = _one("ticket", is_ticket, "CMB-0107")
_tickets = _many("ticket", is_ticket, "CMB-0107")
_post = _one("post id", is_post_id, "20261120T033857123Z-camber-12-9c1e07a25b6d4f10")
_posts = _many("post id", is_post_id, "20261120T033857123Z-camber-12-9c1e07a25b6d4f10")
_line = _one("line of text", _is_line, "`Redline cards are grouped by the wrong key`")

_ACTIONABLE = frozenset({"actionable"})
_OPENING = frozenset({"actionable", "amendment"})
_RULING = frozenset({"ruling"})
_BOOT = frozenset({"boot"})

DRIVERS = ("cron", "operator", "helper", "remote")
"""What may drive a seat, as its boot says."""

FIELDS: Mapping[str, Field] = {
    "seq": Field(read_count, None),
    "prev": Field(_post, None),
    "saw": Field(_posts, None),
    "item": Field(_ticket, frozenset({"actionable", "amendment", "confirm", "note", "ruling"})),
    "state": Field(_word("state", _words(State)), _ACTIONABLE),
    "priority": Field(_word("priority", _words(Priority)), _OPENING),
    "lane": Field(_one("lane", is_lane, "camber"), _OPENING),
    "subject": Field(_line, _OPENING | _RULING),
    "owner": Field(_one("owner", _is_owner, "open, CAMBER-12 or awaiting-STRAT-2-ruling"), _OPENING),
    "parent": Field(_ticket, _ACTIONABLE),
    "related": Field(_tickets, _ACTIONABLE),
    "after": Field(_tickets, _OPENING),
    "blocked_on": Field(
        _many("ticket, ruling or text", _is_block, "CMB-0107, ruling:CMB-0107 or some words"), _ACTIONABLE
    ),
    "rules_on": Field(_tickets, _RULING),
    "corrects": Field(_post, _RULING),
    "cites": Field(_posts, _RULING | _ACTIONABLE),
    "branch": Field(_line, _ACTIONABLE),
    "worktree": Field(_line, _ACTIONABLE),
    "clone": Field(_one("id of a clone", is_nonce, "9c1e07a25b6d4f10"), _ACTIONABLE),
    "lanes": Field(_many("lane", is_lane, "camber"), _BOOT),
    "wip": Field(read_count, _BOOT),
    "cap": Field(read_count, _BOOT),
    "driver": Field(_word("driver", _words(DRIVERS)), _BOOT),
    "to": Field(_many("seat", is_seat, "CAMBER-12"), frozenset({"note"})),
}
"""Every field but `seat`, `at` and `kind`, without which there is no post."""


def is_own(name: str) -> bool:
    """True for a field of the writer's own, `x-run`: it is kept as it is written, and nothing reads it."""
    return name.startswith("x-")


FIELD_ORDER = ("seat", "at", "kind", *FIELDS)
"""The order in which the tool writes fields."""

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "actionable": ("item", "state"),
    "ruling": ("rules_on", "subject"),
    "amendment": ("item",),
    "confirm": ("item",),
    "note": (),
    "boot": (),
    "retire": (),
    "adopt": (),
}
"""The kinds of post, and the fields that each must have."""
