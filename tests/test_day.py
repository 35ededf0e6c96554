"""A fleet with the hooks of its runtimes and without: an hour of twelve seats in memory, and a real stop.

The hour knows no clock but its own, so that it is the same on every machine, however busy.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fleet import Seat, fleet

ROOT = Path(__file__).parents[1]


def hours() -> dict[str, Any]:
    """What `tools/day` says of the hour with hooks, and of the one without."""
    words = [sys.executable, str(ROOT / "tools" / "day"), "--json"]
    said: dict[str, Any] = json.loads(subprocess.run(words, stdout=subprocess.PIPE, check=True).stdout)
    return said


@pytest.mark.slow
def test_with_hooks_no_claimable_ticket_waits_beside_an_open_seat() -> None:
    """Ten workers that mostly report and stop, one of them always; a strat that files; a shepherd."""
    told = hours()
    hooks, none = told["hooks"], told["no-hooks"]
    assert hooks["longest_min"] < 1, told
    assert (hooks["dark"], hooks["blocked"] > hooks["done"] / 2) == (0, True), told
    assert none["dark"] > 0 and none["named"] > 0, told
    assert (hooks["unnamed"], none["unnamed"], none["blocked"]) == (0, 0, 0), told
    assert hooks["density"] >= 2 * none["density"], told


def stops(seat: Seat) -> str:
    """What the runtime of a seat is answered when it stops: by what its settings name, in a real shell."""
    given = {"session_id": "1", "cwd": str(seat.path), "hook_event_name": "Stop", "stop_hook_active": False}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "LEDGER_SEAT": seat.name, "PATH": path, "LEDGER_HOOK_SECONDS": "120"}
    settings = seat.path / ".claude" / "settings.json"
    rows = json.loads(settings.read_text())["hooks"]["Stop"] if settings.exists() else []
    (said,) = [
        subprocess.run(
            hook["command"],
            shell=True,
            input=json.dumps(given).encode(),
            stdout=subprocess.PIPE,
            cwd=seat.path,
            env=env,
            check=True,
        ).stdout
        for row in rows
        for hook in row["hooks"]
    ] or [b"{}"]
    return str(json.loads(said).get("decision", "ends"))


def works(seat: Seat) -> int:
    """Do what one prompt brings about: how many tickets, until the seat is let stop."""
    done, answer = 0, "block"
    while answer == "block":
        told = seat.ok("turn", "close", "--claim")
        if "claimed" in told:
            seat.ok("done", told["claimed"]["item"], "--why", "done")
            done += 1
        answer = stops(seat)
    return done


def test_one_prompt_of_a_seat_with_hooks_does_all_that_is_claimable(tmp_path: Path) -> None:
    """Two seats work as the hour has it, in real processes: one that `setup` reached, one that it did not."""
    hooked, bare = fleet(tmp_path, "hooked", "bare")
    for subject in ("The first", "The second", "The third"):
        bare.files("CMB", subject)
    hooked.ok("setup", "claude")
    assert works(bare) == 1
    assert works(hooked) == 2
