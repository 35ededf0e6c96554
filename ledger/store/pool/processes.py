"""Processes of this host: who asks, whether it still lives, and who is at work in a folder.

A process is known by its number and its birth, since numbers are given again. Both are read from /proc
(proc(5)). Where there is no /proc, a birth is empty, and a process is never said to be gone.

A sandbox or a container numbers its processes anew (pid_namespaces(7)). The kernel gives the inode of a
namespace again once it has ended, so a namespace is known by its inode and by the birth of its first
process. A process of one namespace is never said to be gone from inside of another, which cannot see it.
Where a sandbox leaves the /proc of its host in place, that numbers otherwise than the sandbox does, and
counts as none.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from ledger.core.dataclass import dataclass
from ledger.core.errors import LedgerError

_PROC: Final = Path("/proc")
_FIRST_NAMESPACE: Final = "pid:[4026531836]"
"""The machine's own numbering: the kernel gives it this inode (PROC_PID_INIT_INO, linux/proc_ns.h)."""
_MACHINE: Final = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
"""What tells two machines of one name apart (machine-id(5)), as two containers or virtual machines may be."""
_BETWEEN: Final = frozenset(
    {
        *("sh", "ash", "bash", "busybox", "csh", "dash", "fish", "ksh", "mksh", "pwsh", "tcsh", "zsh"),
        *(
            "git",
            "git-ledger",
            "doas",
            "env",
            "flock",
            "nice",
            "nohup",
            "setsid",
            "stdbuf",
            "sudo",
            "time",
            "timeout",
            "uv",
            "xargs",
        ),
        *(
            "bwrap",
            "catatonit",
            "conmon",
            "docker-init",
            "dumb-init",
            "firejail",
            "nsjail",
            "tini",
            "unshare",
        ),
    }
)
"""Programs that only pass a command on: gone a moment later, or not to be told from those that are. The
last row makes sandboxes and containers, or is their first process on behalf of another.
"""


@dataclass(frozen=True, slots=True)
class Process:
    """A process for good: its number, its birth, and the host that numbers it.

    `birth` is the boot of the machine and the clock tick of the start, empty where that cannot be known, or
    where the process is none that lives as long as its work does; `host` the host's name, its machine, and
    its namespace of process numbers.
    """

    pid: int
    birth: str
    host: str

    @property
    def is_bound(self) -> bool:
        """True when the process says whether the work goes on: while it lives, and not longer."""
        return bool(self.birth)

    @property
    def is_session(self) -> bool:
        """True when the process tells its session from all others; the first process may be all of theirs."""
        return self.is_bound and self.pid != 1


def find_asking_process(pid: int | None = None) -> Process:
    """The process that a command acts for.

    A command ends at once, so it is not the one: nor is the shell or the git that started it, which often
    ends with it (an agent starts a shell for each command). It is the nearest ancestor that is neither a
    shell nor a program that passes a command on: the agent's runtime, the script, the terminal. Where only
    such programs stand between the command and the first process, it is the first process, so that what is
    held ends by release or with the machine and never too early. The first process of a sandbox that only
    passes commands on may end with this command: then no process is it, and what is held ends by release
    alone. `pid` names another one, whatever it is.

    Raises LedgerError `usage` when there is no such process.
    """
    if pid is not None:
        named = find_process(pid)
        if not named.birth and can_see_processes():
            raise LedgerError("usage", f"there is no process {pid}", "name one that lives, such as `$$`")
        return named
    if not can_see_processes() and _is_in_sandbox():
        return Process(1, "", _name_host())
    pid = os.getppid()
    while pid > 1 and (facts := _read_facts(pid)) is not None and facts.name in _BETWEEN:
        pid = facts.parent
    return find_process(pid) if pid > 1 else _first_process()


def _first_process() -> Process:
    """The first process of this namespace; of a sandbox only where it is a program at work itself."""
    first = _read_facts(1)
    if not _is_in_sandbox() or (first is not None and first.name not in _BETWEEN):
        return find_process(1)
    return Process(1, "", _name_host())


def find_process(pid: int) -> Process:
    """The process that has this number now."""
    facts = _read_facts(pid)
    return Process(pid, _read_birth(facts) if facts else "", _name_host())


def is_process_gone(process: Process, seen: datetime | None = None) -> bool:
    """True when it is certain that the process has ended: it was of this host, and is not there any more.

    With the time at which it was `seen` alive, one of another boot that was seen since this host was booted
    is another machine's, whatever the names of the two.
    """
    if process.host != _name_host() or not process.birth or not can_see_processes():
        return False
    if seen is not None and not process.birth.startswith(_read_boot()):
        booted = _read_boot_time()
        return booted is not None and seen.timestamp() < booted
    facts = _read_facts(process.pid)
    if facts is None:
        return True
    # a zombie has ended, although its number is taken until its parent asks for it; another birth under the
    # number is another process
    return facts.is_seen and (facts.state in ("Z", "X") or _read_birth(facts) != process.birth)


def is_of_this_machine(process: Process) -> bool:
    """True for a process of this machine, in whatever namespace of it."""
    ours = _list_names()
    return process.host.split(" ")[: len(ours)] == ours


def find_processes_in(folder: Path, name: str = "") -> tuple[int, ...]:
    """The processes whose working directory is in a folder, as far as this user may see them.

    Only those whose program's name begins with `name`; never this process and those that it acts for. Git
    works in the top of a working tree, wherever it was started.
    """
    place, ours = str(folder), set(_walk_ancestors())
    there = (pid for pid, where in _list_directories() if where == place or where.startswith(place + os.sep))
    return tuple(pid for pid in there if pid not in ours and _has_name_prefix(pid, name))


def is_own_ancestor(process: Process) -> bool:
    """True when this process is the one, or was started below it; False where that cannot be seen."""
    return any(pid == process.pid and find_process(pid) == process for pid in _walk_ancestors())


def find_others_in(folder: Path) -> tuple[int, ...]:
    """Those at work in a folder whom neither this process acts for nor the one that asks has started.

    All are others where the first process asks, below which everybody's processes are.
    """
    asks = find_asking_process().pid
    there = find_processes_in(folder)
    return tuple(pid for pid in there if asks == 1 or asks not in _walk_ancestors(pid))


def can_see_processes() -> bool:
    """True where processes can be asked about at all, by the numbers that this process sees itself."""
    try:
        status = (_PROC / "self" / "status").read_text("utf-8", "replace")
    except OSError:
        return False
    # this process's number in each namespace from that of /proc inwards (proc(5)): of one, where the two are
    # the same
    numbers = next((line for line in status.splitlines() if line.startswith("NSpid:")), None)
    # Kernels before 4.1 say no NSpid, and are taken at their word.
    return numbers is None or numbers.split()[1:] == [str(os.getpid())]


@dataclass(frozen=True, slots=True)
class _Facts:
    name: str
    state: str
    parent: int
    started: str

    @property
    def is_seen(self) -> bool:
        """False for a process that is there and may not be looked at."""
        return bool(self.started)


_UNSEEN: Final = _Facts("", "", 0, "")


def _read_facts(pid: int) -> _Facts | None:
    """What /proc/<pid>/stat says; None when there is no such process.

    The name stands in parentheses and may hold any character. Under `hidepid=1` the processes of other
    users are there and cannot be read.
    """
    if not can_see_processes():
        return None
    try:
        text = (_PROC / str(pid) / "stat").read_text("utf-8", "replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    except PermissionError:
        return _UNSEEN
    # the name may hold spaces and parentheses, so that the last one ends it
    name, _, rest = text.partition("(")[2].rpartition(")")
    fields = rest.split()
    # Fields 3, 4 and 22 of proc(5): state, parent, and the start in clock ticks since the boot.
    return _Facts(name, fields[0], int(fields[1]), fields[19])


def _walk_ancestors(pid: int | None = None) -> Iterator[int]:
    """A process, this one unless another is named, and its ancestors."""
    pid = pid or os.getpid()
    while pid > 0:
        yield pid
        facts = _read_facts(pid)
        pid = facts.parent if facts else 0


def _has_name_prefix(pid: int, name: str) -> bool:
    facts = _read_facts(pid)
    return facts is not None and facts.name.startswith(name)


def _read_birth(facts: _Facts) -> str:
    """When a process began; empty where that cannot be known, as where a sandbox hides /proc/sys."""
    boot = _read_boot()
    return f"{boot} {facts.started}" if facts.is_seen and boot else ""


def _read_boot() -> str:
    """The name of this boot of the machine; empty where it is hidden."""
    try:
        return (_PROC / "sys" / "kernel" / "random" / "boot_id").read_text().strip()
    except OSError:
        return ""


def _read_boot_time() -> float | None:
    """When the machine was booted, in seconds since 1970; None where that is hidden."""
    try:
        lines = (_PROC / "stat").read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    return next((float(line.split()[1]) for line in lines if line.startswith("btime ")), None)


def _name_host() -> str:
    """The host's name, its machine, and the namespace in which it numbers this process."""
    namespace = _read_namespace()
    if _is_in_sandbox():
        first = _read_facts(1)
        # the kernel gives the inode of a namespace again: its first process tells two of one inode apart
        namespace += f" {_read_birth(first)}" if first is not None else ""
    return " ".join([*_list_names(), namespace]).rstrip()


def _list_names() -> list[str]:
    """The names of the host and of its machine, where that has one."""
    return [name for name in (os.uname().nodename, _name_machine()) if name]


def _name_machine() -> str:
    """The machine, by a name that does not tell its machine-id, which is nobody else's matter."""
    for place in _MACHINE:
        with suppress(OSError):
            if number := place.read_bytes().strip():
                return sha256(b"git-ledger " + number).hexdigest()[:12]
    return ""


def _is_in_sandbox() -> bool:
    """True where processes are numbered anew, beside the machine's own numbering."""
    return _read_namespace() not in ("", _FIRST_NAMESPACE)


def _read_namespace() -> str:
    """The namespace of process numbers, such as `pid:[4026531836]`; empty where there are none."""
    link = _PROC / "self" / "ns" / "pid"
    return str(link.readlink()) if link.is_symlink() else ""


def _list_directories() -> Iterator[tuple[int, str]]:
    for entry in _PROC.iterdir() if can_see_processes() else ():
        if entry.name.isdecimal():
            try:
                yield int(entry.name), str((entry / "cwd").readlink())
            except OSError:  # it ended, or is another user's
                continue
