"""Other tools at the same work: lists and new entries beside a thousand open ones, and `tools/bench peers`.

Backlog.md (npm `backlog.md`) keeps Markdown files in a repository, here with its defaults and a remote in a
folder beside it, as ours has. Taskwarrior (Debian `taskwarrior`) keeps a local database and knows no remote.
"""

import argparse
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benches.feeds import Recipe
from benches.grounds import PATIENT, Ground
from benches.spending import NotMeasured, Steps, Target, measure_scene, spend
from benches.tables import Row, add_options, find_folders, print_rows
from benches.timing import ALONE

OPEN = 1_000
POSTS = 5_000
"""Posts of the feed of ours with so many open tickets."""
SUBJECT = "Redline cards use the wrong key"
_TASK = """\
---
id: TASK-{n}
title: {subject} {n}
status: To Do
assignee: []
created_date: '2025-03-03 06:00'
labels: []
dependencies: []
ordinal: {n}000
---

## Description

<!-- SECTION:DESCRIPTION:BEGIN -->
The key is the day of the call; it has to be the call itself.
<!-- SECTION:DESCRIPTION:END -->
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """One tool: its program, where it comes from, its words to list and to create, and what makes a place
    with so many entries, given a folder and the environment."""

    name: str
    program: str
    source: str
    listing: Mapping[str, tuple[str, ...]]
    creating: tuple[str, ...]
    make_place: Callable[[str, Path, Mapping[str, str]], Path]


def make_backlog(program: str, folder: Path, env: Mapping[str, str]) -> Path:
    """A repository with a remote and a task file for each entry, as Backlog.md writes them."""
    bare, place = folder / "backlog.git", folder / "backlog"

    def run(*words: str) -> None:
        spend(place if place.exists() else folder, words, env=env)

    run("git", "init", "-q", "--bare", "-b", "main", str(bare))
    run("git", "clone", "-q", str(bare), str(place))
    run("git", "checkout", "-q", "-B", "main")
    run("git", "config", "user.name", "Bench")
    run("git", "config", "user.email", "bench@example.invalid")
    run("git", "commit", "-q", "--allow-empty", "-m", "Code")
    run(program, "init", "bench", "--defaults", "--agent-instructions", "none")
    for n in range(1, OPEN + 1):
        name = f"task-{n} - {SUBJECT.replace(' ', '-')}-{n}.md"
        (place / "backlog" / "tasks" / name).write_text(_TASK.format(n=n, subject=SUBJECT))
    run("git", "add", "-A")
    run("git", "commit", "-q", "-m", "Tasks")
    run("git", "push", "-q", "origin", "main")
    return place


def make_taskwarrior(program: str, folder: Path, env: Mapping[str, str]) -> Path:
    """A database with so many pending tasks."""
    place = folder / "taskwarrior"
    place.mkdir()
    (folder / "taskrc").write_text(f"data.location={place}\nconfirmation=off\nverbose=nothing\n")
    tasks = [{"description": f"{SUBJECT} {n}", "entry": "20250303T060000Z"} for n in range(OPEN)]
    (folder / "tasks.json").write_text(json.dumps(tasks))
    spend(folder, (program, "import", str(folder / "tasks.json")), env=env)
    return place


PEERS = (
    Peer(
        "Backlog.md",
        "backlog",
        "npm install backlog.md",
        {"queue": ("task", "list", "--plain"), "queue --json": ("task", "list", "--plain")},
        ("task", "create", SUBJECT),
        make_backlog,
    ),
    Peer(
        "taskwarrior",
        "task",
        "apt-get install taskwarrior",
        {"queue": ("list",), "queue --json": ("status:pending", "export")},
        ("add", SUBJECT),
        make_taskwarrior,
    ),
)
OURS: Mapping[str, tuple[str, ...]] = {
    "queue": ("queue",),
    "queue --json": ("queue", "--json"),
    "append": ("append", "--reserve", "CMB", "--subject", SUBJECT),
}


def main(words: Sequence[str]) -> int:
    """Measure ours beside each tool that is there, and name those that are not."""
    parser = argparse.ArgumentParser(prog="bench peers", description=__doc__)
    parser.add_argument(
        "--install", action="store_true", help="install Backlog.md by npm, into a folder of the run"
    )
    add_options(parser, [peer.name for peer in PEERS])
    options = parser.parse_args(words)
    with find_folders(options.keep) as (folder, keep):
        ground = Ground(Recipe(POSTS, OPEN), folder, keep)
        names = options.scene or [peer.name for peer in PEERS]
        peers = [peer for peer in PEERS if peer.name in names]
        rows = (row for peer in peers for row in measure_peer(ground, peer, options.runs, options.install))
        title = f"{OPEN:,} open entries, ours (git-ledger) beside raw (theirs), the least of {options.runs}"
        return print_rows(title, rows, options.markdown, options.strict)


def measure_peer(ground: Ground, peer: Peer, runs: int, may_install: bool) -> Iterator[Row]:
    """Lists and new entries of ours beside those of one tool."""
    try:
        program = find_program(peer, ground.folder, may_install)
        if program is None:
            yield NotMeasured(peer.name, f"not measured: `{peer.program}` is not installed; `{peer.source}`")
            return
        env = {**ALONE, "HOME": str(ground.folder), "TASKRC": str(ground.folder / "taskrc")}
        place = peer.make_place(program, ground.folder, env)
        for what, theirs in (*peer.listing.items(), ("append", peer.creating)):
            steps = _compare(ground, OURS[what], place, (program, *theirs), env)
            yield measure_scene(f"{peer.name}: {what}", Target(), steps, runs)
    except RuntimeError as failure:
        yield NotMeasured(peer.name, f"failed: {' / '.join(str(failure).splitlines())}", met=False)


def _compare(
    ground: Ground, ours: Sequence[str], place: Path, theirs: Sequence[str], env: Mapping[str, str]
) -> Steps:
    return Steps(lambda _: spend(ground.place, (*PATIENT, *ours)), lambda _: spend(place, theirs, env=env))


def find_program(peer: Peer, folder: Path, may_install: bool) -> str | None:
    """The program of a tool, installed where that is asked and possible; None: there is none."""
    if may_install and peer.source.startswith("npm ") and shutil.which("npm"):
        place = folder / "npm"
        place.mkdir()
        words = (*peer.source.split(), "--prefix", str(place), "--no-audit", "--no-fund")
        ran = subprocess.run(words, capture_output=True, text=True, check=False)
        if ran.returncode:
            raise RuntimeError(f"{peer.source}: exit {ran.returncode}\n{ran.stderr}")
        return str(place / "node_modules" / ".bin" / peer.program)
    return shutil.which(peer.program)
