"""A push while it is thought out: files and refs as it would leave them, honest or not."""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.attackers.book import Ticket
from tests.attackers.model import Model
from tests.attackers.objects import EMPTY_SHA, FILE, File
from tests.attackers.server import FEED, Push
from tests.rawpush import Command

CAMBER, MALLORY, STRAT, OPERATOR = "CAMBER-01", "MALLORY", "STRAT-1", "OPS"
OTTO, SURFACE = "otto", "otto-cli"
SEATS = (CAMBER, MALLORY, STRAT, OPERATOR, SURFACE)
WORKERS = (CAMBER, MALLORY, SURFACE)
SERIES = ("CMB", "ORA", "FLT")


class Unfit(Exception):  # noqa: N818
    """What somebody wants to do has nothing to be done to, as the feed stands."""


class Draft:
    """One push of one pusher (None: the transport does not tell who pushes)."""

    def __init__(
        self, model: Model, stamps: Iterator[int], chance: random.Random, pusher: str | None, now: datetime
    ) -> None:
        self.model, self.stamps, self.chance, self.pusher, self.now = model, stamps, chance, pusher, now
        self.book, self.objects = model.book, model.server.objects
        self.seat = self._seat()
        self.files = dict(model.files)
        self.tip, self.base = model.feed, model.feed
        self.commands: list[Command] = []
        self.touched: set[str] = set()
        self.options: dict[str, Any] = {}
        self._exact: list[Command] | None = None
        self._sealed = dict(self.files)

    def _seat(self) -> str:
        if self.pusher is None:
            return self.chance.choice(WORKERS)
        return SURFACE if self.pusher == OTTO else self.pusher

    # Posts and files

    def moment(self) -> datetime:
        """A time for the next post: later than that of all before it."""
        return self.now + timedelta(milliseconds=next(self.stamps) % 50_000)

    def nonce(self) -> str:
        return f"{self.chance.getrandbits(64):016x}"

    def post(
        self,
        kind: str,
        body: str = "",
        *,
        seat: str | None = None,
        at: datetime | None = None,
        nonce: str | None = None,
        mode: str = FILE,
        text: str | bytes | None = None,
        **fields: object,
    ) -> str:
        """Write a post and give its path; `text` stands in the file in the place of what would."""
        seat = seat or self.seat
        moment = (at or self.moment()).strftime("%Y-%m-%dT%H:%M:%S.%f")[:23] + "Z"
        path = post_path(moment, seat, nonce or self.nonce())
        header = {"seat": seat, "at": moment, "kind": kind, **fields}
        self.put(path, text if text is not None else render(header, body), mode)
        if isinstance(item := fields.get("item"), str):
            self.touched.add(item)
        return path

    def put(self, path: str, text: str | bytes, mode: str = FILE) -> None:
        """Write a file."""
        self.files[path] = File(mode, self.objects.blob(text))

    def text(self, path: str) -> str:
        """What stands in a file of this push."""
        return self.objects.data(self.files[path].oid).decode()

    # Numbers

    def reserve(self, series: str, number: int, seat: str | None = None, text: str | None = None) -> str:
        """Reserve a number; gives the ref."""
        record = {
            "format": 1,
            "seat": seat or self.seat,
            "at": "2026-01-05T08:00:00.000Z",
            "nonce": self.nonce(),
        }
        ref = f"refs/reserve/{series}/{number}"
        self.commands.append(
            (EMPTY_SHA, self.objects.blob(json.dumps(record) if text is None else text), ref)
        )
        return ref

    def raise_tip(self, series: str, number: int, text: str | None = None) -> str:
        ref = f"refs/reserve/{series}/tip"
        record = {"format": 1, "tip": number, "nonce": self.nonce()}
        oid = self.objects.blob(json.dumps(record) if text is None else text)
        self.commands.append((self.old(ref), oid, ref))
        return ref

    def free_number(self, series: str) -> int:
        """The lowest number that nobody has."""
        taken = {int(ref.rpartition("/")[2]) for ref in self.model.reservations if f"/{series}/" in ref}
        taken |= {
            int(ref.rpartition("/")[2])
            for _, _, ref in self.commands
            if f"/{series}/" in ref and not ref.endswith("tip")
        }
        return max(taken | {self.model.tips.get(series, 0)}) + 1

    def old(self, ref: str) -> str:
        return self.model.refs.get(ref, EMPTY_SHA)

    # Choices

    def ticket(self, fits: Callable[[Ticket], bool]) -> Ticket:
        """A ticket of which this is so, and that this push does not touch yet."""
        found = [one for one in self.book.tickets.values() if one.id not in self.touched and fits(one)]
        ticket: Ticket = self.some(found)
        return ticket

    def some(self, things: Sequence[Any]) -> Any:
        """Any of these; Unfit when there is none."""
        if not things:
            raise Unfit
        return self.chance.choice(things)

    def series(self) -> str:
        """A series that this push does not reserve in yet."""
        taken = {ref.split("/")[2] for _, _, ref in self.commands if ref.startswith("refs/reserve/")}
        return str(self.some([name for name in SERIES if name not in taken]))

    def landed_post(self) -> str:
        """The path of a post that landed."""
        return str(self.some(sorted(self.model.landed)))

    # The push

    def seal(self, *others: str, message: str = "posts") -> str:
        """Commit the files as they are, on what was committed before and these other commits."""
        self.tip = self.objects.commit(self.objects.tree_of(self.files), [self.tip, *others], message)
        self._sealed = dict(self.files)
        return self.tip

    def forget_changes(self) -> None:
        """Push what was committed, whatever the files are."""
        self._sealed = dict(self.files)

    def replace_with(self, commands: Sequence[Command]) -> None:
        """Push these commands and nothing that was thought of before."""
        self._exact = list(commands)

    def push(self) -> Push:
        """Everything that was thought out, as one push."""
        self.options.setdefault("atomic", self.chance.random() < 0.3)
        if self._exact is not None:
            return Push(self.pusher, self._exact, **self.options)
        if self.files != self._sealed:
            self.seal()
        commands = list(self.commands)
        if self.tip != self.base:
            commands.append((self.base, self.tip, FEED))
        if not commands:
            raise Unfit
        return Push(self.pusher, commands, **self.options)


def post_path(at: str, seat: str, nonce: str) -> str:
    """Where a post stands (docs/feed.md)."""
    compact = at.replace("-", "").replace(":", "").replace(".", "")
    day, hour = at[:10].replace("-", "/"), f"{at[11:13]}/{at[14:16]}"
    return f"feed/{day}/{hour}/{compact}-{seat.lower()}-{nonce}.md"


def render(fields: dict[str, Any], body: str) -> str:
    """The text of a post."""
    lines = (f"{key}: {_value(value)}\n" for key, value in fields.items())
    return "---\n" + "".join(lines) + "---\n" + (f"{body}\n" if body else "")


def _value(value: object) -> str:
    return json.dumps(list(value)) if isinstance(value, list | tuple) else str(value)
