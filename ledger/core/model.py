"""The frozen records that all rooms share.

A `Post` is one parsed file of the feed, a `Ticket` is what the posts about one id add up to, a `Finding`
is what `check` or `drift` says of one place. Times are aware datetimes in UTC.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from ledger.core.dataclass import dataclass, field


class State(StrEnum):
    """The states of a ticket, spelled as posts spell them."""

    AWAITING_CLAIM = "AWAITING_CLAIM"
    CLAIMED = "CLAIMED"
    BLOCKED = "BLOCKED"
    DONE = "DONE"
    PARKED = "PARKED"
    CANCELLED = "CANCELLED"


class Priority(StrEnum):
    """Priorities, the most urgent first."""

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    NORMAL = "NORMAL"
    LOW = "LOW"


class Severity(StrEnum):
    """An error changes the exit code of a check, a warning never does."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a file: path from the repository's root, line and column from 1, the line itself."""

    path: str
    line: int = 1
    column: int = 1
    text: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule has to say about one place. `fix` says what to do, as something safe to do. A `settled`
    one is of old and harmless, and nobody can end it."""

    rule: str
    where: Where
    message: str
    fix: str = ""
    severity: Severity = Severity.ERROR
    item: str | None = None
    post: str | None = None
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Directive:
    """One line of a body that acts.

    `name` is the word before the colon (`ABSORB`, `RELEASE`, …). `item` is the ticket it names,
    `to` what stands right of the arrow (a state for ABSORB, a ticket for AMENDMENT) or the seat of a
    HANDOFF, `post` a post id (`post:…`), `absorbed_by` a ticket, `reason` a DECLINE's or HANDOFF's
    category, `grace` and `clone` those of a CHALLENGE, `text` the free words. What a directive does not
    carry is None or empty.
    """

    name: str
    line: int
    item: str | None = None
    to: str | None = None
    post: str | None = None
    absorbed_by: str | None = None
    reason: str | None = None
    grace: timedelta | None = None
    clone: str | None = None
    text: str = ""


# The index keeps posts, tickets and seats by the names of their fields and leaves defaults out: whoever
# changes one of them changes `FORMAT` in `store/index/tables.py`, so that no older record is read as new.
@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post, typed. `id` and `path` say where it stands, `lines` the line of each header field.

    `seq`, `prev` and `saw` are there only when the tool landed the post by a swap (domain: order).
    `body_line` is the line of the file on which the body begins.
    """

    id: str
    path: str
    seat: str
    at: datetime
    kind: str
    seq: int | None = None
    prev: str | None = None
    saw: tuple[str, ...] = ()
    item: str | None = None
    state: State | None = None
    subject: str | None = None
    priority: Priority | None = None
    lane: str | None = None
    owner: str | None = None
    parent: str | None = None
    related: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    blocked_on: tuple[str, ...] = ()
    rules_on: tuple[str, ...] = ()
    corrects: str | None = None
    cites: tuple[str, ...] = ()
    branch: str | None = None
    worktree: str | None = None
    clone: str | None = None
    lanes: tuple[str, ...] = ()
    wip: int | None = None
    cap: int | None = None
    driver: str | None = None
    to: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
    met: tuple[str, ...] = ()
    due: str | None = None
    # Read-only, since what reads the index gives one such default to many records (`store/index/codec.py`).
    extra: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    directives: tuple[Directive, ...] = ()
    body: str = ""
    body_line: int = 1
    lines: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def nonce(self) -> str:
        """The last part of the post id: 16 hex digits that no other post of this seat has."""
        return self.id[-16:]


@dataclass(frozen=True, slots=True)
class Collision:
    """An opening that lost: the ticket it named existed already."""

    post: str
    seat: str
    at: datetime
    subject: str


@dataclass(frozen=True, slots=True)
class Life:
    """The last sign of life of a holder on its ticket: the post and its time."""

    post: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Challenge:
    """A question whether a holder is alive: it stands until the holder answers, or the claim ends.

    `seat` asked it in the clone of the id `clone`, and leaves the holder `grace` for an answer. `life` is the
    post that was the holder's last sign of life; any later one is an answer.
    """

    post: str
    seat: str
    clone: str
    at: datetime
    grace: timedelta
    life: str

    @property
    def until(self) -> datetime:
        """From when on its seat may end the claim, by that seat's clock."""
        return self.at + self.grace


NEVER_DUE: Final = "none"
"""What stands in `due` where it takes the time away."""


@dataclass(frozen=True, slots=True)
class Checklist:
    """The criteria of a ticket: the post that lists them, how many they are, and the numbers, from 1, of
    those that are met. Their texts stand in that post alone, so that the record of a ticket stays small."""

    post: str
    count: int
    met: tuple[int, ...] = ()

    @property
    def open_numbers(self) -> list[int]:
        """The numbers of the criteria that are not met."""
        return [number for number in range(1, self.count + 1) if number not in self.met]


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a ticket's history: the post and what it did to this ticket, in words.

    `state` is the state after it. `moved` is False when the post changed nothing: a note, a ruling on the
    ticket that absorbs others, or a post that was not allowed, for which `refused` is set too.
    """

    post: str
    effect: str
    state: State
    refused: bool = False
    moved: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What the posts about one id add up to.

    `opening` is the post that brought it into being, `moved_by` the newest post that moved it (state,
    holder, owner, gates, subject…: everything but notes), `ruled_by` the ruling that put it into DONE
    or CANCELLED, if one did. `held_before` is the seat that held it when it was blocked, `blocked_by` the
    seat that set the block; both it and `blocked_on` outlast a parking. `blocked_unnamed`
    says that it is BLOCKED on a ruling in words that name none. `challenged`: its holder was asked whether
    it is alive, and gave no sign of life since. `due` is spelled as posts spell it (`core/due.py`).
    """

    id: str
    state: State
    subject: str
    opening: str
    opened_by: str
    opened_at: datetime
    since: datetime
    moved_by: str
    priority: Priority = Priority.NORMAL
    lane: str | None = None
    owner: str = "open"
    parent: str | None = None
    related: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    blocked_on: tuple[str, ...] = ()
    blocked_by: str | None = None
    blocked_unnamed: bool = False
    holder: str | None = None
    held_since: datetime | None = None
    held_before: str | None = None
    life: Life | None = None
    challenged: bool = False
    branch: str | None = None
    worktree: str | None = None
    clone: str | None = None
    provisional: bool = False
    collisions: tuple[Collision, ...] = ()
    ruled_by: str | None = None
    absorbed_by: str | None = None
    labels: tuple[str, ...] = ()
    due: str | None = None
    checklist: Checklist | None = None

    @property
    def closed(self) -> bool:
        """True when the ticket is DONE or CANCELLED."""
        return self.state in (State.DONE, State.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatLife:
    """What the posts say of one seat: its newest boot, retirement and post."""

    seat: str
    first_at: datetime
    last_at: datetime
    last_post: str
    booted_by: str | None = None
    booted_at: datetime | None = None
    retired_at: datetime | None = None
    lanes: tuple[str, ...] = ()
    wip: int | None = None
    cap: int | None = None
    driver: str | None = None
    claims: int = 0
    """Claims that the seat took since its newest boot."""
    last_move: str | None = None
    """Its newest claim or DONE that was not refused."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A post, or one line of it, that the fold did not apply; named like the rule that reports it."""

    rule: str
    post: str
    line: int
    message: str
    fix: str = ""
    item: str | None = None


@dataclass(frozen=True, slots=True)
class Lift:
    """What a post did to a block: `set_by` is the seat that had set it, `holding` what the block still waited
    for, `ended_by` the posts that had ended the rest."""

    item: str
    set_by: str
    holding: tuple[str, ...]
    ended_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Denial:
    """Why a post may not do what it says: the rule that names it, words, and what to do instead."""

    rule: str
    message: str
    fix: str = ""
    line: int | None = None
