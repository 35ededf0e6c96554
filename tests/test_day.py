"""A simulated hour of twelve seats: with the hooks nothing waits, without them each case is named."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SECONDS = 60


def test_with_hooks_no_claimable_ticket_waits_beside_an_open_seat() -> None:
    """Ten workers that mostly report and stop, one of them always; a strat that files; a shepherd."""
    words = [sys.executable, str(ROOT / "tools" / "day"), "--seconds", str(SECONDS), "--json"]
    ran = subprocess.run(words, stdout=subprocess.PIPE, check=True)
    told = json.loads(ran.stdout)
    hooks, none = told["hooks"], told["no-hooks"]
    assert hooks["longest_min"] < hooks["dark_min"], told
    assert none["waits"] > 0 and none["named"] > 0, told
    assert none["unnamed"] == 0, told
    assert hooks["density"] >= 2 * none["density"], told
