"""A simulated hour of twelve seats: with the hooks nothing waits, without them each case is named."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
SECONDS = 60
"""How long the hour takes on a machine that has nothing else to do."""


def times_slower() -> float:
    """How much longer than the processor works on it a command takes here, because others work too."""
    before, began = os.times(), time.monotonic()
    for _ in range(5):
        subprocess.run(
            [sys.executable, "-m", "ledger", "queue", "--help"], cwd=ROOT, stdout=subprocess.DEVNULL
        )
    took, after = time.monotonic() - began, os.times()
    worked = after.children_user + after.children_system - before.children_user - before.children_system
    return min(3.0, max(1.0, took / worked))


def test_with_hooks_no_claimable_ticket_waits_beside_an_open_seat() -> None:
    """Ten workers that mostly report and stop, one of them always; a strat that files; a shepherd.

    Commands take the time that they take, so the hour takes longer where they do.
    """
    words = [
        sys.executable,
        str(ROOT / "tools" / "day"),
        "--seconds",
        str(round(SECONDS * times_slower())),
        "--json",
    ]
    ran = subprocess.run(words, stdout=subprocess.PIPE, check=True)
    told = json.loads(ran.stdout)
    hooks, none = told["hooks"], told["no-hooks"]
    assert hooks["longest_min"] < hooks["dark_min"], told
    assert none["waits"] > 0 and none["named"] > 0, told
    assert none["unnamed"] == 0, told
    assert hooks["density"] >= 2 * none["density"], told
