"""Machines with clocks of their own: commands run in this process at a time that the test says.

`Time` is the true time, which only the test lets pass. A `Machine` has a wall clock that may be wrong, and a
clock since its start, which is right until it starts anew.
"""

import io
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ledger.app.effects import SinceBoot
from ledger.faces.cli.main import run
from ledger.faces.context import Context, make_effects
from tests.fleet import Ran, Seat

SHORT = 1.0
"""Seconds below which a command that waits does so by the real clock."""


@dataclass
class Time:
    """The true time, to all machines alike."""

    passed: timedelta = timedelta(0)
    start: datetime = field(default_factory=lambda: datetime.now(UTC))

    def passes(self, **span: float) -> None:
        """Let some time pass: `passes(minutes=10)`."""
        self.passed += timedelta(**span)


@dataclass
class Machine:
    """The machine of one seat: by how much its wall clock is ahead, and which start of it this is."""

    seat: Seat
    time: Time
    ahead: timedelta = timedelta(0)
    boot: str = "boot-1"
    started: timedelta = timedelta(0)
    meanwhile: Callable[[], object] = lambda: None
    """What happens elsewhere once a command of this machine waited for long."""

    def env(self, stdin: bytes = b"") -> Context:
        """What a command sees that runs on this machine now."""
        world = replace(
            make_effects(),
            now=lambda: self.time.start + self.time.passed + self.ahead,
            since_boot=lambda: SinceBoot(self.boot, (self.time.passed - self.started).total_seconds()),
            wait=self.wait,
        )
        return Context(
            world, dict(os.environ), self.seat.path, io.BytesIO(stdin), io.StringIO(), io.StringIO()
        )

    def wait(self, seconds: float) -> None:
        """Let the time pass that a command waits; short pauses, as for a lock, are real."""
        if seconds < SHORT:
            time.sleep(seconds)
        else:
            self.time.passes(seconds=seconds)
            self.meanwhile()

    def starts_anew(self) -> None:
        """The machine is switched off and on."""
        self.boot, self.started = f"{self.boot}+", self.time.passed

    def run(self, *words: str) -> Ran:
        """Run a command of the seat."""
        env = self.env()
        code = run([*words, "--seat", self.seat.name], env)
        assert isinstance(env.out, io.StringIO) and isinstance(env.err, io.StringIO)
        return Ran(code, env.out.getvalue(), env.err.getvalue())

    def ok(self, *words: str) -> Any:
        """Run a command that must succeed; gives its document."""
        ran = self.run(*words, "--json")
        assert ran.code == 0, (words, ran)
        return json.loads(ran.out)

    def refused(self, *words: str) -> Any:
        """Run a command that must fail; gives its error."""
        ran = self.run(*words, "--json")
        assert ran.code != 0, (words, ran)
        return json.loads(ran.out)["error"]

    def shepherds(self, *words: str) -> list[tuple[str, str]]:
        """One round of a shepherd: what was mended, as (rule, what)."""
        fixed = json.loads(self.run("drift", "--fix", *words, "--json").out)["fixed"]
        return [(one["rule"], one["what"]) for one in fixed]

    def holder(self, item: str) -> str | None:
        """Who holds a ticket."""
        holder = self.ok("show", item).get("holder")
        return str(holder["seat"]) if holder else None
