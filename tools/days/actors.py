"""Who acts in a simulated hour: workers in a runtime, a strat that files, a shepherd that scans.

Each is a process of its own in a clone of its own, and knows nothing of the others but the ledger.
"""

import dataclasses
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from days.plan import BACKLOG, ILL_BEHAVED, PROMPTED_EVERY, REMEMBERS, SHEPHERD, STRAT, WORK, Hour
from ledger.faces.cli.main import run
from ledger.faces.env import real_env

BOOT = ("boot", "--driver", "operator", "--lane", "camber", "--lane", "ora")
TURNS = ("done-and-dark", "idle-beside-work", "abandoned-follow-on", "stale-offer", "silent-fleet")
"""The rules that name a seat or a ticket that was left."""


@dataclass
class Actor:
    """A seat in its clone; `hooks` when its runtime has those of `git ledger setup`."""

    name: str
    clone: Path
    hour: Hour
    hooks: bool

    def __post_init__(self) -> None:
        self.chance = Random(self.name)
        self.retired = True

    def ok(self, *words: str, codes: Sequence[int] = (0,)) -> Any:  # noqa: ANN401 - a document
        """Run one command in this process; gives its document. Ends the process on any other exit code."""
        out, err = io.StringIO(), io.StringIO()
        env = dataclasses.replace(real_env(), out=out, err=err, directory=self.clone)
        code = run(["--seat", self.name, "--timeout", "60", "--json", *words], env)
        if code not in codes:
            raise SystemExit(f"{self.name}: {' '.join(words)}: exit {code}\n{out.getvalue()}{err.getvalue()}")
        return json.loads(out.getvalue())

    def waits(self, minutes: float) -> None:
        """Let simulated minutes go by, or what is left of the hour."""
        time.sleep(max(0.0, min(minutes * self.hour.minute, self.hour.left())))


def works(seat: Actor) -> None:
    """An agent: prompted by an operator who looks in now and then, until the hour is over."""
    while seat.hour.left() > 0:
        if seat.retired:
            seat.ok(*BOOT)
            seat.retired = False
        _prompted(seat)
        seat.waits(PROMPTED_EVERY)


def _prompted(seat: Actor) -> None:
    """One prompt: take a ticket, do it, and go on or stop. What the hook of a stop says is a new prompt."""
    remembers = 0.0 if seat.name == ILL_BEHAVED else REMEMBERS
    goes_on = True
    while goes_on and seat.hour.left() > 0:
        told = seat.ok("turn", "close", "--claim")
        if "claimed" in told:
            _does(seat, told["claimed"]["item"])
            goes_on = seat.chance.random() < remembers or _stop_is_blocked(seat)
        else:
            goes_on = _stop_is_blocked(seat)
            if seat.hooks and not goes_on and seat.name != ILL_BEHAVED:
                seat.ok("retire")
                seat.retired = True


def _does(seat: Actor, item: str) -> None:
    """Work for some minutes, file what turned up, and close, unless the hour is over."""
    seat.waits(seat.chance.uniform(*WORK))
    if seat.hour.left() > 0:
        if seat.chance.random() < 0.5:
            seat.ok("append", "--reserve", "CMB", "--parent", item, "--subject", f"Found in {item}")
        seat.ok("done", item, "--why", "done")


def _stop_is_blocked(seat: Actor) -> bool:
    """Stop as a runtime does: run what its settings name, and go on when that says block.

    All seats share one machine here, so that their hooks get more time than on machines of their own.
    """
    if not seat.hooks:
        return False
    given: dict[str, object] = {"session_id": f"{seat.name}-{os.getpid()}", "cwd": str(seat.clone)}
    given |= {"hook_event_name": "Stop", "stop_hook_active": False, "transcript_path": "/dev/null"}
    settings = json.loads((seat.clone / ".claude" / "settings.json").read_text())
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    said = [
        subprocess.run(
            hook["command"],
            shell=True,
            input=json.dumps(given),
            stdout=subprocess.PIPE,
            text=True,
            cwd=seat.clone,
            env={**os.environ, "LEDGER_SEAT": seat.name, "PATH": path, "LEDGER_HOOK_SECONDS": "15"},
            check=True,
        ).stdout
        for row in settings["hooks"]["Stop"]
        for hook in row["hooks"]
    ]
    return any(json.loads(one).get("decision") == "block" for one in said)


def files(seat: Actor) -> None:
    """A strat: looks at the queue each minute, and files what is missing."""
    while seat.hour.left() > 0:
        tops_up(seat)
        seat.waits(1)


def tops_up(seat: Actor) -> None:
    """File what the backlog misses."""
    missing = BACKLOG - len(seat.ok("queue", "--state", "AWAITING_CLAIM")["items"])
    if missing > 0:
        place = seat.clone.parent / "batch.yaml"
        place.write_text("\n---\n".join(json.dumps(_work(seat)) for _ in range(missing)))
        seat.ok("append", "--batch", str(place))


def _work(seat: Actor) -> dict[str, str]:
    lane, priority = seat.chance.choice(("camber", "ora")), seat.chance.choice(("HIGH", "NORMAL", "LOW"))
    return {"reserve": "CMB", "subject": "Work", "lane": lane, "priority": priority}


def scans(seat: Actor) -> None:
    """A shepherd: scans and nudges each three minutes; writes a line of JSON of when, and what it named."""
    with (seat.clone.parent / "scans").open("w") as lines:
        while seat.hour.left() > 0:
            began = time.time()
            findings = seat.ok("drift", "--fix", codes=(0, 1))["findings"]
            named = [one for one in findings if one["rule"] in TURNS]
            lines.write(json.dumps({"at": began, "named": named}) + "\n")
            lines.flush()
            seat.waits(3)


def main(argv: Sequence[str]) -> int:
    """`NAME CLONE SECONDS BEGAN HOOKS`: act as this seat until the hour is over."""
    name, clone, seconds, began, hooks = argv
    seat = Actor(name, Path(clone), Hour(float(seconds), float(began)), hooks == "hooks")
    time.sleep(max(0.0, seat.hour.began - time.time()))
    deed = {STRAT: files, SHEPHERD: scans}.get(name, works)
    deed(seat)
    return 0
