"""The guard of a server: a push of one post into a feed of 50,000, against an idle interpreter."""

import shlex
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benches.places import BENCH, clone, remote
from benches.timing import Line, Size, compare, seconds
from ledger.core.ids import post_id, post_path, stamp
from ledger.core.intents import Value
from ledger.core.posts import render_post
from ledger.store.git import Git
from ledger.store.objects import Objects
from ledger.store.repo import open_repository

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
        old = Git(bare).ask("rev-parse", "main").decode().strip()
        for what, fields in SAID.items():
            hook = _pushed(place, old, fields)
            yield compare(what, TARGET, bare, partial(_same, hook), partial(_same, IDLE), size.runs)


def _same(words: tuple[str, ...], run: int) -> tuple[str, ...]:
    return words


def _pushed(place: Path, old: str, fields: Mapping[str, Value]) -> tuple[str, ...]:
    """Bring a post to the server without landing it, and give the words that judge it as a push."""
    post = post_id(AT, "CAMBER-7", "9c1e07a25b6d4f10")
    data = render_post([("seat", "CAMBER-7"), ("at", stamp(AT)), *fields.items()], "hello")
    store = Objects(open_repository(place))
    new = store.commit(old, {post_path(post): data}, "A post\n", BENCH, BENCH, int(AT.timestamp()))
    seconds(place, ("git", "push", "-q", "-f", "origin", f"{new}:refs/heads/elsewhere"))
    line = shlex.quote(f"{old} {new} refs/heads/main")
    return "sh", "-c", f"echo {line} | hooks/pre-receive"
