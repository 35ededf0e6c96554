"""A fleet for tests: bare remotes, clones, and the real command in real processes."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import Any

from ledger.core.feed.posts import render_post
from ledger.core.ids import format_timestamp, make_post_id, parse_timestamp, path_of_post
from ledger.core.write.requests import Value
from ledger.faces.cli.main import run
from ledger.faces.context import Context, make_effects
from tests.gitrun import git
from tests.store.stores import given_longer
from tests.templates import copy_template

AT = "2026-04-15T03:51:00.000Z"
"""When a post made by hand says that it was written, unless its test says another time."""


def _interruptible() -> None:
    """A shell starts what it runs in the background deaf to interrupts, and that is inherited."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@dataclass(frozen=True)
class Ran:
    """What one command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Seat:
    """A seat at work in a clone (or worktree)."""

    name: str
    path: Path

    def command(self, *words: str) -> list[str]:
        """The words of a process that runs the command as this seat."""
        return [sys.executable, "-m", "ledger", "-C", str(self.path), "--seat", self.name, *words]

    def run(self, *words: str, stdin: bytes = b"") -> Ran:
        """Run the command in this process and wait for its end."""
        return plainly(Path.cwd(), "-C", str(self.path), "--seat", self.name, *words, stdin=stdin)

    def spawn(self, *words: str, stdin: bytes = b"", env: dict[str, str] | None = None) -> Ran:
        """Run the command in a process of its own and wait for its end: where a test is about the process.

        `env` is set for it and for what it starts, beside the variables of the tests.
        """
        ran = subprocess.run(
            self.command(*words), input=stdin, capture_output=True, env={**os.environ, **(env or {})}
        )
        return Ran(ran.returncode, ran.stdout.decode(), ran.stderr.decode())

    def ok(self, *words: str, stdin: bytes = b"") -> Any:
        """Run the command with `--json`, which must succeed, and give its document."""
        ran = self.run(*words, "--json", stdin=stdin)
        assert ran.code == 0, f"{words}: exit {ran.code}\n{ran.out}{ran.err}"
        return ran.json

    def refused(self, *words: str) -> Any:
        """Run the command with `--json`, which must fail, and give its error."""
        ran = self.run(*words, "--json")
        assert ran.code != 0, f"{words} succeeded:\n{ran.out}"
        assert ran.code == ran.json["error"]["exit"]
        return ran.json["error"]

    def cut_off(self, *words: str) -> Any:
        """Run the command until its time is up while a server keeps its push, and give the error."""
        return given_longer(
            lambda seconds: self.refused(*words, "--timeout", str(seconds)), lambda error: "in_doubt" in error
        )

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        """Start the command and go on."""
        return subprocess.Popen(
            self.command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=_interruptible
        )

    def queue(self, *words: str) -> dict[str, Any]:
        """The whole queue, item to row."""
        return {one["item"]: one for one in self.ok("queue", "--all", *words)["items"]}

    def git(self, *words: str, stdin: str | None = None) -> str:
        """Plain git in this clone."""
        return git(self.path, *words, stdin=stdin)

    def git_refuses(self, *words: str) -> str:
        """What plain git and its hooks say when they refuse."""
        ran = subprocess.run(["git", *words], cwd=self.path, capture_output=True, text=True)
        assert ran.returncode != 0, ran.stdout
        return ran.stdout + ran.stderr

    def writes(self, body: str = "", at: str = AT, **fields: Value) -> str:
        """Write a post file by hand, as a seat without the tool does; gives the post's id.

        An actionable post unless `kind` says otherwise; nothing is committed.
        """
        moment = parse_timestamp(at)
        assert isinstance(moment, datetime), at
        name = make_post_id(moment, self.name, token_hex(8))
        header: dict[str, Value] = {"seat": self.name, "at": format_timestamp(moment), "kind": "actionable"}
        place = self.path / path_of_post(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(render_post(list((header | fields).items()), body))
        return name

    def forces(self) -> None:
        """Land what was written by hand past all hooks: commit, merge what others landed, push."""
        self.git("add", "feed")
        self.git("commit", "-q", "--no-verify", "-m", "by hand")
        self.git("pull", "-q", "--rebase", "origin", "main")
        self.git("push", "-q", "--no-verify", "origin", "HEAD:main")

    def opens_by_hand(self, item: str = "CMB-0001", subject: str = "Work") -> str:
        """Land the opening of a ticket by plain git."""
        self.writes(item=item, state="AWAITING_CLAIM", subject=subject)
        self.forces()
        return item

    def raises_tip(self, series: str, number: int) -> None:
        """Push a tip by plain git, so that the series goes on above `number`."""
        ref = f"refs/reserve/{series}/tip"
        tip = {"format": 1, "tip": number, "nonce": token_hex(8)}
        self.git("push", "-q", "--force", "origin", f"{self.blob(json.dumps(tip))}:{ref}")

    def blob(self, text: str) -> str:
        """Write a blob into this clone and give its name."""
        return self.git("hash-object", "-w", "--stdin", stdin=text)

    def files(self, ticket: str, subject: str, *words: str) -> str:
        """Open a ticket by reserving; gives the id that it got, whose prefix is `ticket`."""
        return str(self.ok("append", "--reserve", ticket, "--subject", subject, *words)["posts"][0]["item"])


def plainly(folder: Path, *words: str, stdin: bytes = b"", variables: Mapping[str, str] | None = None) -> Ran:
    """Run the command in this process, in a folder, with these words and nothing else.

    `variables` are what the command itself sees of the environment, beside the variables of the tests; git,
    which it starts, sees only those.
    """
    written = io.BytesIO(), io.BytesIO()
    out, err = (io.TextIOWrapper(one, "utf-8", "backslashreplace", write_through=True) for one in written)
    seen = {**os.environ, **(variables or {})}
    code = run(words, Context(make_effects(), seen, folder, io.BytesIO(stdin), out, err))
    return Ran(code, *(one.getvalue().decode() for one in written))


def spawn_plainly(folder: Path, *words: str, env: Mapping[str, str] | None = None) -> Ran:
    """Run the command in a folder with these words and nothing else, in a process of its own."""
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), **(env or {})}
    ran = subprocess.run([sys.executable, "-m", "ledger", *words], cwd=folder, capture_output=True, env=here)
    return Ran(ran.returncode, ran.stdout.decode(), ran.stderr.decode())


def bare_remote(folder: Path, name: str = "remote.git") -> Path:
    """A bare repository with one commit on `main`, as a project that is at work has it."""
    copy_template(name, lambda place: _make_remote(place, name), folder)
    return folder / name


def _make_remote(folder: Path, name: str) -> None:
    remote = folder / name
    git(folder, "init", "-q", "--bare", "-b", "main", str(remote))
    seed = folder / f"{name}-seed"
    git(folder, "clone", "-q", str(remote), str(seed))
    (seed / "code.txt").write_text("code\n")
    git(seed, "checkout", "-q", "-B", "main")
    git(seed, "add", "code.txt")
    git(seed, "commit", "-q", "-m", "code")
    git(seed, "push", "-q", "origin", "main")
    shutil.rmtree(seed)


def clone(remote: Path, place: Path, seat: str, branch: str | None = "main") -> Seat:
    """A clone of a remote in which a seat works.

    Its feed shares `main` with the code, so that what a test does by hand is seen in the clone's own files;
    with `branch` None nothing is set, and the feed is where it is by default.
    """
    git(place.parent, "clone", "-q", str(remote), str(place))
    if branch is not None:
        git(place, "config", "ledger.branch", branch)
    return Seat(seat, place)


def fleet(folder: Path, *names: str, branch: str | None = "main") -> list[Seat]:
    """Seats, each in a clone of its own, of one fresh remote; `branch` as for `clone`."""

    def build(place: Path) -> list[Seat]:
        remote = bare_remote(place)
        return [clone(remote, place / f"clone-{name}", name, branch) for name in names]

    copy_template((names, branch), build, folder)
    return [Seat(name, folder / f"clone-{name}") for name in names]


Build = Callable[[Path], Sequence[Seat]]
"""Makes a fleet in an empty folder: `remote.git` and the clones of some seats."""
_STANDING: dict[Build, list[Seat]] = {}
"""The seats of the fleets that were built, their paths relative to the fleet's folder."""


def standing(build: Build, place: Path) -> list[Seat]:
    """A copy, in `place`, of the fleet that `build` makes; it is built once for all tests that ask."""

    def make(folder: Path) -> None:
        _STANDING[build] = [Seat(seat.name, seat.path.relative_to(folder)) for seat in build(folder)]

    copy_template(build, make, place)
    return [Seat(seat.name, place / seat.path) for seat in _STANDING[build]]


def refs(repository: Path) -> str:
    """Every ref of a repository with its object: equal before and after where nothing was written."""
    return git(repository, "for-each-ref", "--format=%(refname) %(objectname)")
