"""What the pool has saved: listed, brought back as a branch, and let go of after a while.

A rescue is a commit under `refs/ledger/rescue/<identity>/<time>`, in this clone only; its name says when it
was made. Files that are too large for a commit stand beside the trees of the identity, under the same name.
Nothing here touches a working tree.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from ledger.app.ledger import Ledger
from ledger.core.dataclass import dataclass, replace
from ledger.core.errors import LedgerError
from ledger.core.ids import parse_timestamp
from ledger.store.git.repository import Repo
from ledger.store.pool.large_files import PREFIX, LargeFile, LargeFiles
from ledger.store.pool.pool_folder import find_pool_root

SHORTEST_STAY = timedelta(days=14)
"""How long a rescue is kept at the least: a session's loss may be noticed only after a holiday."""
_FORMAT = "--format=%(refname)%00%(objectname)%00%(contents:subject)"
_match_time = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z(?:-\d+)?").fullmatch


@dataclass(frozen=True, slots=True)
class Rescue:
    """One commit that was saved: its ref, whose tree it was in, when, and the commit's first line.

    `at` is None for a ref that the pool did not name. `large` are the files that the commit does not hold.
    """

    ref: str
    identity: str
    at: datetime | None
    commit: str
    subject: str
    large: tuple[LargeFile, ...] = ()


def list_rescues(repo: Repo) -> list[Rescue]:
    """Everything that was saved in this clone, oldest first."""
    listed = repo.git.check_output("for-each-ref", _FORMAT, PREFIX).decode("utf-8", "replace")
    rows = [line.split("\0") for line in listed.split("\n")[:-1]]
    files = LargeFiles(find_pool_root(repo), 0)
    rescues = [
        replace(_parse_rescue(*row), large=tuple(files.list_files(row[0]))) for row in rows if len(row) == 3
    ]
    return sorted(rescues, key=lambda rescue: (rescue.at is None, rescue.at or datetime.max, rescue.ref))


def list_large_files(repo: Repo, ref: str) -> list[LargeFile]:
    """The files of a rescue that are too large for its commit."""
    return LargeFiles(find_pool_root(repo), 0).list_files(ref)


def measure_rescues(repo: Repo, rescues: Sequence[Rescue]) -> int:
    """The bytes on this disk that rescues, all that there are, alone keep: from git's garbage collection, and
    as files."""
    kept = ("--not", "--branches", "--tags", "--remotes")
    words = ("rev-list", "--objects", "--disk-usage", f"--glob={PREFIX}", *kept)
    packed = int(repo.git.check_output(*words).decode().strip() or 0)
    return packed + sum(file.size for rescue in rescues for file in rescue.large)


def show_rescue(repo: Repo, ref: str) -> tuple[Rescue, list[str]]:
    """One rescue, and the files that each of its commits changed, as `git log --stat` has them.

    Raises LedgerError `usage` when nothing was saved under this ref.
    """
    rescue = _find_rescue(repo, ref)
    kept = ("--not", "--branches", "--tags", "--remotes")
    words = ("log", "--format=%h %s", "--stat=100", "--no-color", rescue.commit, *kept)
    lines = repo.git.check_output(*words).decode("utf-8", "replace").split("\n")
    return rescue, [line for line in lines if line]


def restore_rescue(ledger: Ledger, ref: str) -> tuple[Rescue, str]:
    """Give what was saved a branch, `rescued/<identity>/<time>`; no working tree is touched.

    Gives the rescue and the branch, also where an earlier call made it. Raises LedgerError `usage` when
    nothing was saved under this ref, `held` when another commit has the branch.
    """
    rescue = _find_rescue(ledger.repo, ref)
    branch = f"rescued/{rescue.ref.removeprefix(PREFIX)}"
    git = ledger.repo.git
    # With the zero id as the old value, so that a branch of somebody's is never moved.
    if git.run("update-ref", f"refs/heads/{branch}", rescue.commit, "0" * 40).code:
        there = git.run("rev-parse", "-q", "--verify", f"refs/heads/{branch}").out.decode().strip()
        if there != rescue.commit:
            words = f'the branch "{branch}" is there and holds something else'
            raise LedgerError("held", words, f"`git branch NAME {rescue.ref}` with a name of your own")
    return rescue, branch


def expire_rescues(ledger: Ledger, age: timedelta) -> list[Rescue]:
    """Drop the rescues that are older than `age`, by the time in their names; gives what was dropped.

    Raises LedgerError `usage` for an age below SHORTEST_STAY.
    """
    if age < SHORTEST_STAY:
        words = f"a rescue is kept for {SHORTEST_STAY.days} days at the least"
        hint = f"`git ledger pool expire --older-than {SHORTEST_STAY.days}d`, and `pool rescues` lists all"
        raise LedgerError("usage", words, hint)
    now = ledger.world.now()
    old = [rescue for rescue in list_rescues(ledger.repo) if rescue.at is not None and now - rescue.at > age]
    return [rescue for rescue in old if _drop_rescue(ledger.repo, rescue)]


def describe_size(count: int) -> str:
    """A number of bytes for people: `1.5 MiB`."""
    size = float(count)
    for unit in ("B", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GiB"


def _parse_rescue(ref: str, commit: str, subject: str) -> Rescue:
    identity, _, name = ref.removeprefix(PREFIX).rpartition("/")
    parts = _match_time(name)
    at = parse_timestamp("{}-{}-{}T{}:{}:{}.{}Z".format(*parts.groups())) if parts else None
    return Rescue(ref, identity, at if isinstance(at, datetime) else None, commit, subject)


def _find_rescue(repo: Repo, ref: str) -> Rescue:
    wanted = PREFIX + ref.removeprefix(PREFIX)
    found: Sequence[Rescue] = [rescue for rescue in list_rescues(repo) if rescue.ref == wanted]
    if not found:
        raise LedgerError("usage", f'nothing was saved under "{ref}"', "`git ledger pool rescues` lists all")
    return found[0]


def _drop_rescue(repo: Repo, rescue: Rescue) -> bool:
    # The files before the ref: killed in between, the ref still lists what is left of them.
    LargeFiles(find_pool_root(repo), 0).drop_files(rescue.ref)
    # Only while it is the commit that was listed: a rescue made meanwhile under this name stays.
    return repo.git.run("update-ref", "-d", rescue.ref, rescue.commit).code == 0
