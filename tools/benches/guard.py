"""The guard of a server: pushes of a post into a large feed, alone and beside others, against an idle one."""

import shlex
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median

from benches.places import BENCH, clone, remote
from benches.timing import LEDGER, Line, Size, compare, seconds
from ledger.core.feed.posts import render_post
from ledger.core.ids import format_timestamp, make_post_id, path_of_post
from ledger.core.write.requests import Value
from ledger.store.git.objects import Objects
from ledger.store.git.process import Git
from ledger.store.git.repository import open_repository

POSTS = 50_000
TARGET = 30
IDLE = (sys.executable, "-c", "pass")
AT = datetime(2026, 11, 20, 3, 38, 57, tzinfo=UTC)
SAID: Mapping[str, Mapping[str, Value]] = {
    "guard: a note": {"kind": "note", "item": "CMB-0007"},
    "guard: a move": {"kind": "actionable", "item": "CMB-0017", "state": "PARKED"},
}
"""What is pushed: on tickets that the feed leaves open, by a seat with thousands of posts."""


def guard(size: Size) -> Iterator[Line]:
    """What the hook takes on the server, the index being there; the push itself is git's."""
    with tempfile.TemporaryDirectory(prefix="ledger-bench-") as name:
        bare = remote(Path(name), size.posts(POSTS))
        place = clone(bare, "clone")
        seconds(bare, (sys.executable, "-m", "ledger", "guard", "install"))
        old = Git(bare).check_output("rev-parse", "main").decode().strip()
        for what, fields in SAID.items():
            hook = _pushed(place, old, fields)
            yield compare(what, TARGET, bare, partial(_same, hook), partial(_same, IDLE), size.runs)


def _same(words: tuple[str, ...], run: int) -> tuple[str, ...]:
    return words


def _pushed(place: Path, old: str, fields: Mapping[str, Value]) -> tuple[str, ...]:
    """Bring a post to the server without landing it, and give the words that judge it as a push."""
    post = make_post_id(AT, "CAMBER-7", "9c1e07a25b6d4f10")
    data = render_post([("seat", "CAMBER-7"), ("at", format_timestamp(AT)), *fields.items()], "hello")
    store = Objects(open_repository(place))
    new = store.write_commit(old, {path_of_post(post): data}, "A post\n", BENCH, BENCH, int(AT.timestamp()))
    seconds(place, ("git", "push", "-q", "-f", "origin", f"{new}:refs/heads/elsewhere"))
    line = shlex.quote(f"{old} {new} refs/heads/main")
    return "sh", "-c", f"echo {line} | hooks/pre-receive"


PUSHERS = 8
MINUTE = 60.0
_TIMED = """#!/bin/sh
# Runs the guard, and keeps how long it took over each push that passes.
began=$(date +%s%N)
hooks/judge || exit
echo $(($(date +%s%N) - began)) >>took
"""


def beside(size: Size) -> Iterator[Line]:
    """What the hook takes beside eight seats that push for a minute; all that they push lands.

    The idle interpreter runs in the same minute, so that both find the machine as busy.
    """
    with tempfile.TemporaryDirectory(prefix="ledger-bench-") as name:
        bare = remote(Path(name), size.posts(POSTS))
        places = [clone(bare, f"clone-{n}") for n in range(PUSHERS)]
        seconds(bare, (sys.executable, "-m", "ledger", "guard", "install"))
        (bare / "hooks" / "pre-receive").rename(bare / "hooks" / "judge")
        timed = bare / "hooks" / "pre-receive"
        timed.write_text(_TIMED)
        timed.chmod(0o755)
        end = time.monotonic() + (MINUTE if size.runs > 1 else 1.0)
        with ThreadPoolExecutor(PUSHERS) as pool:
            pushers = [pool.submit(_push_until, place, f"S-{n}", end) for n, place in enumerate(places)]
            idle = [seconds(bare, IDLE)]
            while time.monotonic() < end:
                idle.append(seconds(bare, IDLE))
            landed = sum(pusher.result() for pusher in pushers)
        took = [int(line) / 1e9 for line in (bare / "took").read_text().split()]
        there = Git(bare).check_output("ls-tree", "-r", "--name-only", "main", "feed").count(b"Z-s-")
        if there != landed:
            raise RuntimeError(f"{landed} posts were acknowledged, and {there} are there")
        yield Line(f"guard: beside {PUSHERS}, {landed} posts", median(took), median(idle), TARGET)


def _push_until(place: Path, seat: str, end: float) -> int:
    """Land notes one after the other; gives how many landed. Raises RuntimeError where one does not."""
    count = 0
    while not count or time.monotonic() < end:
        seconds(place, (LEDGER, "--seat", seat, "note", f"hello {count}", "--timeout", "300"))
        count += 1
    return count
