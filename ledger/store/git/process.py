"""Starting git: the only place in this package that starts processes.

Output goes to memory files and not to pipes, so that a helper which git leaves behind with its
streams open (a credential daemon, a connection kept by ssh) can never make us wait.
"""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import IO, Final

from ledger.core.dataclass import dataclass
from ledger.core.errors import LedgerError
from ledger.core.faults import explain_local_fault
from ledger.store.git.children import end_child_group, ending_within, held_interrupts

LOCAL_SECONDS: Final = 120.0
"""How long a command that talks to nobody may take."""

_TORN_PAUSES: Final = (0.02, 0.05, 0.1, 0.2, 0.5)
"""Seconds between tries while another process registers a working tree."""

_FIXED: Final = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_EDITOR": ":",
    "GIT_OPTIONAL_LOCKS": "0",
    # a local refs/replace would show this clone other posts
    "GIT_NO_REPLACE_OBJECTS": "1",
}

# `git rev-parse --local-env-vars`, without the two that carry `git -c` settings: those hold for every
# working tree of the repository.
_OF_ONE_TREE: Final = frozenset(
    {
        *("GIT_DIR", "GIT_WORK_TREE", "GIT_IMPLICIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_PREFIX"),
        *("GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG"),
        *("GIT_GRAFT_FILE", "GIT_SHALLOW_FILE", "GIT_REPLACE_REF_BASE", "GIT_INTERNAL_SUPER_PREFIX"),
    }
)


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of one git command. `code` is negative when a signal ended it.

    `interrupted`: it was ended because its caller was (KeyboardInterrupt), and may have done its work.
    """

    code: int
    out: bytes
    err: bytes
    timed_out: bool = False
    interrupted: bool = False

    @property
    def met_torn_worktree(self) -> bool:
        """True when git gave up at the registration of a working tree that is being written just now.

        `git worktree add` makes the file `commondir` and fills it a moment later; any git of the repository
        that looks in between ends with this, before it has done anything (seen with git 2.39.5).
        """
        return self.code != 0 and b"fatal: failed to read " in self.err and b"/commondir: " in self.err

    @property
    def local_fault(self) -> LedgerError | None:
        """The lock, full disk or missing right for which git failed in a repository of this machine."""
        return explain_local_fault(self.err.decode("utf-8", "replace")) if self.code else None

    @property
    def complaint(self) -> str:
        """Git's reason in one line: the first of stderr that is no hint or warning, escaped."""
        if self.interrupted:
            return "interrupted"
        if self.timed_out:
            return "no answer within the time"
        messages = [line.strip() for line in self.err.decode("utf-8", "replace").splitlines()]
        telling = [line for line in messages if line and not line.lower().startswith(("hint:", "warning:"))]
        from ledger.core.text import (
            escape_line,
        )  # takes a while, and is not needed where git has nothing to complain of

        return escape_line(telling[0]) if telling else f"git ended with status {self.code}"


def split_lines(out: bytes) -> list[str]:
    """The lines of what git says. They end at a line feed alone: names of refs, people and folders may hold
    what `str.splitlines` breaks at besides (U+2028, U+0085, …), and bytes that are no text."""
    return out.decode("utf-8", "surrogateescape").split("\n")[:-1]


class Git:
    """Git in one directory, with one environment (default: ours), in English and without questions."""

    def __init__(self, directory: Path, env: Mapping[str, str] | None = None) -> None:
        self.directory = directory
        self.env: Mapping[str, str] = {**(os.environ if env is None else env), **_FIXED}

    def in_other_tree(self, directory: Path) -> "Git":
        """Git in another working tree: without the variables by which a hook names its own tree."""
        kept = {name: value for name, value in self.env.items() if name not in _OF_ONE_TREE}
        return Git(directory, kept)

    def run(
        self,
        *args: str,
        stdin: bytes = b"",
        timeout: float = LOCAL_SECONDS,
        config: Mapping[str, str] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Ran:
        """Run one command to its end, or end it with its whole process group after `timeout` seconds.

        `config` are settings for this command alone, `env` variables on top of the usual ones. Raises
        LedgerError `no-git` where there is no git.
        """
        # git ends at a neighbour's half-made registration before it has done anything, so that any command
        # can be tried again
        for pause in (*_TORN_PAUSES, 0.0):
            ran = self._run_once(args, stdin, timeout, config or {}, env or {})
            if ran.interrupted:
                raise KeyboardInterrupt
            if not ran.met_torn_worktree or not pause:
                break
            Event().wait(pause)
        return ran

    def find_editor(self) -> Ran:
        """`git var GIT_EDITOR`: the editor of this user, by the environment and the settings as they are."""
        # `run` names an editor that does nothing, so that no command of ours can open one.
        asking = Git(self.directory)
        asking.env = {name: value for name, value in asking.env.items() if name != "GIT_EDITOR"}
        chosen = os.environ.get("GIT_EDITOR")
        return asking.run("var", "GIT_EDITOR", env={"GIT_EDITOR": chosen} if chosen else {})

    def run_ref_update(self, *args: str, stdin: bytes = b"", timeout: float = LOCAL_SECONDS) -> Ran:
        """Run a command that moves refs, as `run` does, but for interrupts: they end the command and are in
        the answer, so that the caller can say what was written before it ends too."""
        return self._run_once(args, stdin, timeout, {}, {})

    def run_traced_push(
        self, *args: str, timeout: float, config: Mapping[str, str]
    ) -> tuple[Ran, bytes | None]:
        """The same for a command that talks to a remote, with a record of the packets that it sent and got;
        None where the record may lack some.

        The record is in memory: git goes on when it cannot write one, as on a full disk, and warns. Where
        memory files are not to be had, nothing is recorded.
        """
        # memory files and /proc/self/fd are what makes the trace safe from full disks; elsewhere the write
        # counts as possibly sent, and is read back
        if sys.platform != "linux":
            return self._run_once(args, b"", timeout, config, {}), None
        with _open_scratch() as trace:
            # as a number, git takes but one digit
            place = f"/proc/self/fd/{trace.fileno()}"
            env = {"GIT_TRACE_PACKET": place}
            ran = self._run_once(args, b"", timeout, config, env, (trace.fileno(),))
            failed = place.encode() in ran.err or b"GIT_TRACE_PACKET" in ran.err
            return ran, None if failed else _read_whole(trace)

    def _run_once(
        self,
        args: Sequence[str],
        stdin: bytes,
        timeout: float,
        config: Mapping[str, str],
        env: Mapping[str, str],
        inherited: Sequence[int] = (),
    ) -> Ran:
        if timeout <= 0:
            return Ran(-signal.SIGKILL, b"", b"", timed_out=True)
        settings = [word for key, value in config.items() for word in ("-c", f"{key}={value}")]
        with _open_scratch(stdin) as stdin_file, _open_scratch() as out, _open_scratch() as err:
            interrupted, expired = False, Event()
            child: subprocess.Popen[bytes] | None = None
            try:
                with held_interrupts():
                    child = self._start_process([*settings, *args], stdin_file, out, err, env, inherited)
                with ending_within(child, timeout) as expired:
                    child.wait()
            except KeyboardInterrupt:  # which may come before the flag is there
                if child is None:
                    raise
                interrupted = True
                end_child_group(child)
            # a git that ended well while the timer ran out has done its work
            late = expired.is_set() and child.returncode != 0
            return Ran(child.returncode, _read_whole(out), _read_whole(err), late, interrupted)

    def check_output(self, *args: str, stdin: bytes = b"") -> bytes:
        """The output of a command that works in every sound repository; else its fault, or
        `broken-repository`."""
        ran = self.run(*args, stdin=stdin)
        if ran.code:
            raise ran.local_fault or broken_repository(f"git {args[0]}: {ran.complaint}")
        return ran.out

    @contextmanager
    def stream_output(self, *args: str, stdin: bytes) -> Iterator[IO[bytes]]:
        """The output of a command, as it comes. Ends early when the command fails."""
        with _open_scratch(stdin) as stdin_file:
            child = self._start_process(args, stdin_file, subprocess.PIPE, subprocess.DEVNULL, {})
            assert child.stdout is not None
            with child.stdout, ending_within(child, LOCAL_SECONDS):
                yield child.stdout

    @contextmanager
    def open_pipes(self, *args: str) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
        """Both ends of a command that answers line for line: where to ask, and where to read.

        It ends with the block. Where it failed before, reading finds the end.
        """
        child = self._start_process(args, subprocess.PIPE, subprocess.PIPE, subprocess.DEVNULL, {})
        assert child.stdin is not None and child.stdout is not None
        with child.stdout, ending_within(child, LOCAL_SECONDS):
            try:
                yield child.stdin, child.stdout
            finally:
                with suppress(BrokenPipeError):
                    child.stdin.close()

    def _start_process(
        self,
        args: Sequence[str],
        stdin: IO[bytes] | int,
        out: IO[bytes] | int,
        err: IO[bytes] | int,
        env: Mapping[str, str],
        inherited: Sequence[int] = (),
    ) -> "subprocess.Popen[bytes]":
        try:
            return subprocess.Popen(
                ["git", "-C", str(self.directory), *args],
                stdin=stdin,
                stdout=out,
                stderr=err,
                env={**self.env, **env},
                pass_fds=inherited,
                # a session of its own, so that an interrupt of the terminal reaches us alone: we end git as
                # a whole group, and say what became of the write
                start_new_session=True,
            )
        except OSError as error:
            raise _not_started(args, error) from error


def _not_started(args: Sequence[str], error: OSError) -> LedgerError:
    """Why the system does not start git (execve(2), fork(2))."""
    if isinstance(error, FileNotFoundError | PermissionError):
        return LedgerError("no-git", '"git" cannot be started', "install git 2.36 or newer")
    if error.errno == errno.E2BIG:
        message = f"git cannot be given {len(args)} words at once: {error.strerror}"
        return LedgerError("usage", message, "write less at once, such as half of it")
    message = f'"git" cannot be started: {error.strerror}'
    return LedgerError("no-git", message, "the same command again when this machine has room for it")


def broken_repository(message: str) -> LedgerError:
    """A repository that does not hold together."""
    return LedgerError("broken-repository", message, "git fsck")


def _open_scratch(content: bytes = b"") -> IO[bytes]:
    if sys.platform == "linux":
        file: IO[bytes] = os.fdopen(os.memfd_create("git"), "w+b")
    else:
        # takes 4 ms, and is not needed above
        import tempfile

        file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    file.write(content)
    file.seek(0)
    return file


def _read_whole(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()
