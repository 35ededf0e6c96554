"""What is on the feed, by a reading of its own: posts in the order in which they landed, and whose ticket is
whose. It follows docs/feed.md, and shares no code with what it is held against.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

import yaml

from tests.attackers.objects import File

SETTINGS = "feed/ledger.yaml"
GRACE = timedelta(minutes=10)
"""`claim_grace`, as the settings of the attacked feed leave it."""
_POST = re.compile(r"feed/.*\.md", re.DOTALL).fullmatch
_DIRECTIVE = re.compile(r"^([A-Z][A-Z-]+): (.*)$", re.MULTILINE)
_ABSORB = re.compile(r"(\S+) -> (\S+)").match
_CITED = re.compile(r"post:(\S+)").search


def is_post(path: str) -> bool:
    """Whether a post must stand at a path: anything below `feed/` that ends so, but for its README."""
    return _POST(path) is not None and path != "feed/README.md"


@dataclass(frozen=True)
class Post:
    """A post as it stands in its file; `let_in` is when it landed, None where the clock was not ours."""

    id: str
    path: str
    seat: str
    kind: str
    fields: Mapping[str, Any]
    body: str
    let_in: datetime | None

    @property
    def item(self) -> str | None:
        return self.fields.get("item")

    @property
    def state(self) -> str | None:
        return self.fields.get("state")

    @property
    def is_opening(self) -> bool:
        return self.item is not None and "subject" in self.fields and self.kind in ("actionable", "ruling")

    def directives(self, name: str) -> list[str]:
        return [words for said, words in _DIRECTIVE.findall(self.body) if said == name]


def read_post(path: str, data: bytes, let_in: datetime | None) -> Post:
    """Read a post that landed, and so is well made."""
    _, header, body = data.decode().split("---\n", 2)
    fields = yaml.load(header, yaml.BaseLoader)
    return Post(PurePosixPath(path).stem, path, fields["seat"], fields["kind"], fields, body, let_in)


@dataclass
class Ticket:
    """One ticket: who opened it, where it stands, who holds it, and the holder's last sign of life."""

    id: str
    opened_by: str
    opening: str
    state: str = "AWAITING_CLAIM"
    holder: str | None = None
    life: Post | None = None
    blocked_on: Sequence[str] = ()
    blocked_by: str | None = None
    challenge: Post | None = None
    provisional: bool = False


@dataclass
class Book:
    """Everything that the feed said so far. `wrong` has what should never have landed."""

    posts: dict[str, Post] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    surfaces: dict[str, list[str]] = field(default_factory=dict)
    ruled_on: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def obey(self, data: bytes) -> None:
        """Go by these settings."""
        seats = (yaml.load(data, yaml.BaseLoader) or {}).get("seats") or {}
        self.roles = {name: (row or {}).get("role", "code") for name, row in seats.items()}
        self.surfaces = {name: list((row or {}).get("surfaces", ())) for name, row in seats.items()}

    def rules(self, seat: str) -> bool:
        """Whether a seat decides, and sets the settings."""
        return not self.roles or self.roles.get(seat) in ("strat", "operator")

    def names(self, pusher: str) -> set[str]:
        """The seats in whose names somebody posts."""
        return {pusher, *self.surfaces.get(pusher, ())}

    def take(self, post: Post) -> None:
        """Let a post take effect; what it had no right to is wrong."""
        self.posts[post.id] = post
        if post.kind == "ruling":
            self._rule(post)
        if post.is_opening:
            self._open(post)
        elif post.kind == "actionable" and post.item is not None:
            self._move(post, self.tickets.get(post.item))
        elif post.kind == "confirm" and post.item in self.tickets:
            self.tickets[post.item].provisional = False
        elif post.kind == "retire":
            for ticket in self.held_by(post.seat):
                ticket.state, ticket.holder = "AWAITING_CLAIM", None
        self._renew(post)

    def held_by(self, seat: str) -> list[Ticket]:
        return [ticket for ticket in self.tickets.values() if ticket.holder == seat]

    def _open(self, post: Post) -> None:
        assert post.item is not None
        if post.item in self.tickets:
            self.wrong.append(f"{post.id} opens {post.item}, which {self.tickets[post.item].opening} opened")
            return
        ticket = Ticket(post.item, post.seat, post.id, post.state or "DONE")
        ticket.provisional = bool(post.directives("CONFIRM-PENDING"))
        self.tickets[post.item] = ticket
        self._enter(ticket, post)

    def _move(self, post: Post, ticket: Ticket | None) -> None:
        if ticket is None:
            self.wrong.append(f"{post.id} moves {post.item}, which nobody opened")
            return
        if ticket.holder is not None and ticket.holder != post.seat and not self._may_end(post, ticket):
            self.wrong.append(f"{post.id} takes {ticket.id} from {ticket.holder}, which lives")
            return
        if "HANDOFF" not in post.body or ticket.state == "CLAIMED":
            self._enter(ticket, post)

    def _enter(self, ticket: Ticket, post: Post) -> None:
        ticket.state = post.state or ticket.state
        ticket.holder = post.seat if ticket.state == "CLAIMED" else None
        ticket.life = post if ticket.holder else None
        ticket.challenge = None
        ticket.blocked_on = post.fields.get("blocked_on", ()) if ticket.state == "BLOCKED" else ()
        ticket.blocked_by = post.seat if ticket.state == "BLOCKED" else None

    def _may_end(self, post: Post, ticket: Ticket) -> bool:
        if post.directives("REPAIR"):
            return self.rules(post.seat)
        (line,) = post.directives("AUTO-RELEASE") or ("",)
        cited = _CITED(line)
        asked = ticket.challenge
        if cited is None or asked is None or (cited[1], post.seat) != (asked.id, asked.seat):
            return False
        if post.let_in is None or asked.let_in is None:
            return True  # let in by another clock
        return post.let_in - asked.let_in >= GRACE

    def _rule(self, post: Post) -> None:
        if not self.rules(post.seat):
            self.wrong.append(f"{post.id} rules, and {post.seat} may not")
        self.ruled_on.update(post.fields.get("rules_on", ()))
        for item, state in self._absorbed(post):
            ticket = self.tickets.get(item)
            if ticket is not None:
                ticket.state, ticket.holder, ticket.challenge = state, None, None
                ticket.blocked_on, ticket.blocked_by = (), None

    def _absorbed(self, post: Post) -> Iterator[tuple[str, str]]:
        for words in post.directives("ABSORB"):
            if named := _ABSORB(words):
                yield named[1], named[2]

    def _renew(self, post: Post) -> None:
        if asked := post.directives("CHALLENGE"):
            ticket = self.tickets.get(asked[0].split(" ")[0])
            if ticket is not None and ticket.holder is not None:
                ticket.challenge = post
            return
        alive = {words.strip() for words in post.directives("ALIVE")}
        for ticket in self.held_by(post.seat):
            if ticket.id == post.item or ticket.id in alive:
                ticket.life, ticket.challenge = post, None


def owner_of(data: bytes) -> str | None:
    """The seat that a reservation names."""
    try:
        record = json.loads(data)
        return str(record["seat"])
    except (ValueError, TypeError, KeyError):
        return None


def tip_of(data: bytes) -> int | None:
    """The number in a tip."""
    try:
        tip = json.loads(data)["tip"]
    except (ValueError, TypeError, KeyError):
        return None
    return tip if isinstance(tip, int) else None
