"""The fleet of an hour: a bare remote, a clone for each seat, the settings; and its feed, read at the end."""

import dataclasses
import io
import subprocess
from pathlib import Path

from days.actors import Actor, tops_up
from days.judged import Judged, unnamed, waits
from days.plan import SHEPHERD, STRAT, WORKERS, Hour, settings
from ledger.app.ledger import Asked, open_ledger
from ledger.app.load import read_feed
from ledger.app.stats import stats
from ledger.core.model import State
from ledger.faces.cli.main import run
from ledger.faces.env import real_env, real_world


def built(folder: Path, hooks: bool, seconds: float) -> dict[str, Path]:
    """A remote with settings and a backlog, and a clone for each seat; with `hooks`, set up for a runtime."""
    _git(folder, "init", "-q", "--bare", "-b", "main", "remote.git")
    clones = {name: folder / name for name in (*WORKERS, STRAT, SHEPHERD)}
    first = clones[STRAT]
    _git(folder, "clone", "-q", "remote.git", str(first))
    (first / "feed").mkdir()
    (first / "feed" / "ledger.yaml").write_text(settings(seconds))
    _git(first, "checkout", "-q", "-B", "main")
    _git(first, "add", "feed")
    _git(first, "commit", "-q", "-m", "Settings")
    _git(first, "push", "-q", "origin", "main")
    for name, clone in clones.items():
        if clone != first:
            _git(folder, "clone", "-q", "remote.git", str(clone))
        if hooks and name in WORKERS:
            _set_up(clone)
    tops_up(Actor(STRAT, first, Hour(seconds, 0.0), hooks))
    return clones


def _git(folder: Path, *words: str) -> None:
    identity = ("-c", "user.name=Seat", "-c", "user.email=seat@example.invalid")
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


def _set_up(clone: Path) -> None:
    env = dataclasses.replace(real_env(), out=io.StringIO())
    if run(["-C", str(clone), "-q", "setup", "claude"], env):
        raise SystemExit("`git ledger setup claude` failed")


def judged(folder: Path, clone: Path, hour: Hour) -> Judged:
    """What the hour came to."""
    ledger = open_ledger(Asked(clone, SHEPHERD), real_world())
    feed = read_feed(ledger)
    found = waits(tuple(feed.folding.posts.values()), feed.config, hour)
    missed, named = unnamed(found, folder / "scans", hour)
    seats = [one for one in stats(ledger)["seats"] if one["seat"] in WORKERS]
    opened, claimed = sum(one["open_s"] for one in seats), sum(one["claimed_s"] for one in seats)
    done = sum(one.state is State.DONE for one in feed.folding.tickets.values())
    return Judged(claimed / opened, tuple(found), tuple(missed), done, named)
