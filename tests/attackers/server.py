"""The guarded repository that is attacked, and the two ways in which a push reaches its guard.

`judged` calls the guard's program in this process with a quarantine as git makes one, and then does with the
refs what receive-pack does; `received` lets real `git receive-pack` and the installed hook do all of it.
"""

import io
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from ledger.app.guard.index import open_guard_store, open_record
from ledger.core.push_status import PASSED
from ledger.faces.context import Context, make_effects
from ledger.faces.receive import judge_stdin
from ledger.store.git.bare import open_bare
from tests.attackers.objects import EMPTY_SHA, File, Objects
from tests.rawpush import Command, pkt

BRANCH = "ledger"
FEED = f"refs/heads/{BRANCH}"
TRUNK = "refs/heads/trunk"
"""A symbolic name of the feed branch on the server."""
Judge = Callable[[Context, str], tuple[int, str]]


@dataclass(frozen=True)
class Push:
    """What somebody sends: the commands in their order, and how the connection behaves.

    `lines` go before the commands as they are; `without` are objects that the pack lacks; `cut` bytes are
    missing at the end of what is sent; `deaf` hears no answer.
    """

    pusher: str | None
    commands: Sequence[Command]
    atomic: bool = False
    deaf: bool = False
    cut: int = 0
    lines: Sequence[str] = ()
    without: frozenset[str] = frozenset()

    @property
    def wanted(self) -> list[str]:
        return [new for _, new, _ in self.commands]


@dataclass
class Server:
    """A bare repository with the guard installed."""

    path: Path
    objects: Objects
    judge: Judge = judge_stdin
    known: set[str] = field(default_factory=set)

    def git(self, *words: str, stdin: bytes = b"") -> bytes:
        """Ask git itself, which believes no replaced object."""
        command = ["git", "--no-replace-objects", "-C", str(self.path), *words]
        ran = subprocess.run(command, input=stdin, capture_output=True)
        assert ran.returncode == 0, (words, ran.stderr)
        return ran.stdout

    def refs(self) -> dict[str, str]:
        """Every ref with its object; symbolic ones are left out."""
        listed = self.git("for-each-ref", "--format=%(refname) %(objectname) %(symref)").decode()
        rows = (line.split(" ") for line in listed.splitlines())
        return {name: oid for name, oid, symbolic in rows if not symbolic}

    def reset(self, refs: Mapping[str, str]) -> None:
        """Put every ref back to where it was."""
        now = self.refs()
        rows = [f"update {ref} {oid}\n" for ref, oid in refs.items() if now.get(ref) != oid]
        rows += [f"delete {ref}\n" for ref in now.keys() - refs.keys()]
        self.git("update-ref", "--no-deref", "--stdin", stdin="".join(rows).encode())

    def files(self, commit: str) -> dict[str, File]:
        """Every file of a commit."""
        listed = self.git("ls-tree", "-r", "-z", "--full-tree", commit)
        rows = (
            record.split("\t", 1) for record in listed.decode("utf-8", "surrogateescape").split("\0")[:-1]
        )
        return {path: File(facts.split(" ")[0], facts.split(" ")[2]) for facts, path in rows}

    def descends(self, commit: str, older: str) -> bool:
        """Whether `older` is in the history of `commit`."""
        command = ["git", "--no-replace-objects", "-C", str(self.path), "merge-base", "--is-ancestor"]
        return subprocess.run([*command, older, commit], capture_output=True).returncode == 0

    def adopt(self) -> None:
        """Take note of all objects that are here, those that the tool pushed among them."""
        listed = self.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname)", "--unordered")
        self.known.update(listed.decode().split())

    def contents(self, oids: Sequence[str]) -> list[bytes]:
        """The contents of blobs."""
        out = io.BytesIO(self.git("cat-file", "--batch", stdin="".join(f"{oid}\n" for oid in oids).encode()))
        found = []
        for _ in oids:
            found.append(out.read(int(out.readline().split()[2])))
            out.read(1)
        return found

    def judged(self, push: Push, now: datetime) -> str:
        """Push by the guard's own program in this process; gives what it said."""
        fresh = self.objects.needed(push.wanted, self.known)
        quarantine = self.path / "objects" / "tmp_objdir-incoming-attack"
        self.objects.write_loose(fresh, quarantine)
        try:
            with _quarantined(quarantine, self.path / "objects"):
                code, said = self.judge(self._env(push, now), BRANCH)
            if code == PASSED:
                self.objects.write_loose(fresh, self.path / "objects")
                self.known.update(fresh)
                self._update_refs(push)
        finally:
            shutil.rmtree(quarantine, ignore_errors=True)
        return said

    def note(self, now: datetime) -> None:
        """Let the guard's record know when the last push came into force; real pushes have a hook for it."""
        open_record(open_guard_store(open_bare(self.path), BRANCH), self.refs().get(FEED), now)

    def _env(self, push: Push, now: datetime) -> Context:
        lines = "".join(f"{old} {new} {ref}\n" for old, new, ref in push.commands)
        variables = {"LEDGER_PUSHER": push.pusher} if push.pusher else {}
        world = replace(make_effects(), now=lambda: now)
        return Context(world, variables, self.path, io.BytesIO(lines.encode()), io.StringIO(), io.StringIO())

    def _update_refs(self, push: Push) -> None:
        """One ref after the other, each held to what the pusher says that it was; all or none if atomic."""
        if push.atomic:
            rows = (f"update {ref}\0{new}\0{old}\0" for old, new, ref in push.commands)
            self._try("update-ref", "--stdin", "-z", stdin="".join(rows).encode())
        else:
            for old, new, ref in push.commands:
                deleted = new == EMPTY_SHA
                self._try("update-ref", *(("-d", ref) if deleted else (ref, new)), old)

    def _try(self, *words: str, stdin: bytes = b"") -> None:
        subprocess.run(["git", "-C", str(self.path), *words], input=stdin, capture_output=True)

    def received(self, push: Push) -> str:
        """Push by the protocol, byte for byte, into real receive-pack with the real hook."""
        env = {**os.environ, **({"LEDGER_PUSHER": push.pusher} if push.pusher else {})}
        command = ["git", "receive-pack", str(self.path)]
        words = ["sh", "-c", 'exec "$@" 2>&-', "x", *command] if push.deaf else command
        ran = subprocess.run(words, input=self._request(push), capture_output=True, env=env)
        self.adopt()
        return (ran.stdout[-2000:] + ran.stderr[-2000:]).decode(errors="replace")

    def _request(self, push: Push) -> bytes:
        fresh = [oid for oid in self.objects.needed(push.wanted, self.known) if oid not in push.without]
        capabilities = "report-status atomic" if push.atomic else "report-status"
        rows = [f"{old} {new} {ref}".encode("utf-8", "surrogateescape") for old, new, ref in push.commands]
        rows[0] += b"\0 " + capabilities.encode()
        lines = [*(line.encode() for line in push.lines), *rows]
        needs_pack = any(new != EMPTY_SHA for new in push.wanted)
        data = b"".join(map(pkt, lines)) + b"0000" + (self.objects.pack(fresh) if needs_pack else b"")
        return data[: len(data) - push.cut]


@contextmanager
def _quarantined(quarantine: Path, objects: Path) -> Iterator[None]:
    """The environment in which git runs pre-receive (githooks(5))."""
    quarantine.mkdir(parents=True, exist_ok=True)
    given = {
        "GIT_OBJECT_DIRECTORY": str(quarantine),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(objects),
        "GIT_QUARANTINE_PATH": str(quarantine),
    }
    os.environ.update(given)
    try:
        yield
    finally:
        for name in given:
            del os.environ[name]
