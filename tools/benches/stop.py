"""The stop of a runtime beside a feed that did not move, against an idle interpreter.

Asking the remote is git's work and takes what the network takes: it is measured too, and told of apart.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benches.places import clone, remote
from benches.timing import LEDGER, Line, Size, seconds

POSTS = 2000
TARGET = 8
IDLE = (sys.executable, "-c", "pass")
ASKING = ("git", "ls-remote", "--", "origin", "refs/heads/main")


def stop(size: Size) -> Iterator[Line]:
    """First without what `git ls-remote` alone takes, then all that a runtime waits for."""
    with tempfile.TemporaryDirectory(prefix="ledger-bench-") as name:
        place = clone(remote(Path(name), size.posts(POSTS)), "clone")
        seconds(place, ("git", "config", "ledger.seat", "bench"))
        seconds(place, ("sh", "-c", f"exec {LEDGER} -q retire"))  # nothing is claimable for who retired
        given = place.with_name("stop.json")
        given.write_text(json.dumps({"session_id": "s", "cwd": str(place), "hook_event_name": "Stop"}))
        hook = ("sh", "-c", f"exec {LEDGER} hook claude stop < {given}")
        deeds = (hook, ASKING, IDLE)
        runs = [[seconds(place, deed) for deed in deeds] for _ in range(size.runs + 1)]
        ours, asking, idle = (median(times) for times in zip(*runs[1:], strict=True))
        yield Line("stop, nothing new", ours - asking, idle, TARGET)
        yield Line("stop, with the remote", ours, idle, TARGET)
