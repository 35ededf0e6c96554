"""A pool for tests: seats that share one clone, sessions that can be killed, and what sound means."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from ledger.app.ledger import GlobalOptions, Ledger, open_ledger
from ledger.app.pool.pool import PoolResult, allocate_tree
from ledger.faces.context import make_effects
from tests.fleet import Seat, bare_remote, clone
from tests.gitrun import commit_file, git


def build(folder: Path) -> list[Seat]:
    """A clone that seats share, and another in which the code moves on."""
    remote = bare_remote(folder)
    hub, coder = clone(remote, folder / "hub", "otto"), clone(remote, folder / "coder", "coder")
    (coder.path / ".gitignore").write_text("build/\n")
    coder.git("add", ".gitignore")
    commit_file(coder.path, "src/main.txt", "one\ntwo\nthree\n")
    coder.git("push", "-q", "origin", "main")
    return [hub, coder]


@dataclass(frozen=True)
class Hub:
    """A clone with a pool, and the clone in which somebody else works on the code."""

    path: Path
    coder: Path

    def ledger(self, seat: str = "otto", *, offline: bool = False) -> Ledger:
        """The ledger as a seat opens it, in this process."""
        return open_ledger(GlobalOptions(self.path, seat, offline=offline), make_effects())

    def allocate(self, seat: str = "otto", item: str | None = None, pid: int | None = None) -> Path:
        """A tree for a seat; leased to this process unless another one is named."""
        return one(allocate_tree(self.ledger(seat), item=item, pid=pid or os.getpid()))

    def moves_on(self, text: str = "one\n2\nthree\n") -> str:
        """The code changes on the remote; gives the new commit."""
        commit = commit_file(self.coder, "src/main.txt", text)
        git(self.coder, "push", "-q", "origin", "HEAD:main")
        return commit


def one(told: PoolResult) -> Path:
    """The only tree that is told of."""
    (tree,) = told.worktrees
    return tree.path


@contextmanager
def session(place: Path | None = None, program: str = "cat") -> Iterator["subprocess.Popen[bytes]"]:
    """A process that does nothing but live, in a folder; killed, and looked at, when it is left."""
    with subprocess.Popen([program], stdin=subprocess.PIPE, cwd=place) as child:
        try:
            yield child
        finally:
            child.kill()


UNSHARE = ("unshare", "--user", "--map-root-user", "--pid", "--fork")
BUBBLEWRAP = ("bwrap", "--dev-bind", "/", "/", "--unshare-pid")
SANDBOXES = {
    "unshare": (*UNSHARE, "--mount-proc"),
    "unshare that keeps /proc": UNSHARE,
    "bubblewrap": (*BUBBLEWRAP, "--proc", "/proc"),
    "bubblewrap that keeps /proc": BUBBLEWRAP,
}
"""The words that run a command in a namespace of processes of its own, as sandboxes of agents do."""


def sandbox(kind: str = "unshare") -> list[str]:
    """The words of one of SANDBOXES, where this machine lets somebody make one."""
    box = [*SANDBOXES[kind]]
    try:
        made = subprocess.run([*box, "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        made = False
    if not made:
        pytest.skip(f"this machine has no {box[0]}, or lets nobody make a namespace of processes by it")
    return box


def unsound(tree: Path, base: str) -> str:
    """What is wrong with a working tree that should be clean and at the base; empty when nothing is."""
    words = ("status", "--porcelain", "--untracked-files=all")
    status = subprocess.run(["git", *words], cwd=tree, capture_output=True, text=True)
    if status.returncode or status.stdout:
        return f"{tree}: {status.stdout}{status.stderr}"
    head = git(tree, "rev-parse", "HEAD")
    return "" if head == base else f"{tree} is at {head}"


def rescued(repository: Path) -> str:
    """Every line that is kept under a rescue ref."""
    refs = git(repository, "for-each-ref", "--format=%(refname)", "refs/ledger/rescue").split()
    return git(repository, "log", "-p", "-m", "--format=", *refs) if refs else ""
