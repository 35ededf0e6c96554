"""Clones of the attacked repository, in which the product itself writes and reads."""

import io
import json
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from ledger.faces.cli.main import run
from ledger.faces.context import Context, make_effects
from tests.attackers.deeds import PROPOSED
from tests.attackers.draft import CAMBER, OTTO, STRAT, SURFACE
from tests.attackers.model import Model
from tests.attackers.server import BRANCH
from tests.faces.envs import Said, said_by
from tests.gitrun import git

CRASH = 70


@dataclass
class Clones:
    """One clone for each seat that uses the tool; they are made when they are first used."""

    folder: Path
    model: Model
    made: dict[str, Path] = field(default_factory=dict)

    def run(self, seat: str, now: datetime, *words: str) -> Said:
        """Run a command in this process, at a time."""
        if seat not in self.made:
            self.made[seat] = self.folder / f"clone-{seat}"
            git(self.folder, "clone", "-q", "-b", BRANCH, str(self.model.server.path), str(self.made[seat]))
        world = replace(make_effects(), now=lambda: now)
        env = Context(world, dict(os.environ), self.made[seat], io.BytesIO(), io.StringIO(), io.StringIO())
        return said_by(env, run([*words, "--seat", seat], env))

    def work(self, chance: random.Random, now: datetime) -> tuple[str, tuple[str, ...], Said]:
        """Let an honest seat write by the tool; who pushed, the command, and what was said."""
        seat, words = chance.choice(list(self._commands(chance)))
        pusher = OTTO if seat == SURFACE else seat
        os.environ["LEDGER_PUSHER"] = pusher
        try:
            return pusher, words, self.run(seat, now, *words)
        finally:
            del os.environ["LEDGER_PUSHER"]

    def _commands(self, chance: random.Random) -> Iterator[tuple[str, tuple[str, ...]]]:
        tickets = list(self.model.book.tickets.values())
        for seat in (CAMBER, SURFACE):
            yield seat, ("append", "--reserve", "CMB", "--subject", "By the tool")
            yield seat, ("reserve", "ORA", "--count", "2")
            yield seat, ("note", "by the tool")
            name = f"proposal-{seat}-{chance.getrandbits(64):016x}"
            yield seat, ("append", "--reserve", PROPOSED, "--subject", "Proposed", "--propose", name)
            free = [one.id for one in tickets if one.state == "AWAITING_CLAIM" and not one.provisional]
            held = [one.id for one in tickets if one.holder == seat]
            yield from ((seat, ("claim", item)) for item in free[:1])
            yield from ((seat, ("done", item)) for item in held[:1])
            yield from ((seat, ("alive", item)) for item in held[-1:])
        yield STRAT, ("note", "decided", "--to", CAMBER)

    def read(self, now: datetime) -> list[str]:
        """What is wrong with what readers say: crashes, and holders that are not the model's."""
        shown = [ticket.id for ticket in self.model.book.tickets.values()][-2:]
        commands = [("drift",), ("check", "--all"), *(("show", item) for item in shown)]
        wrong = []
        for words in commands:
            said = self.run(STRAT, now, *words)
            if said.code == CRASH or "Traceback" in said.err:
                wrong.append(f"{words} says {said.err}")
        return wrong + list(self._other_holders(now))

    def _other_holders(self, now: datetime) -> Iterator[str]:
        said = self.run(STRAT, now, "queue", "--all", "--json")
        rows = {row["item"]: row for row in json.loads(said.out)["items"]}
        for ticket in self.model.book.tickets.values():
            row = rows.get(ticket.id, {})
            holder = (row.get("holder") or {}).get("seat")
            if (row.get("state"), holder) != (ticket.state, ticket.holder):
                yield f"{ticket.id} is {ticket.state} with {ticket.holder}, and the queue says {row}"
