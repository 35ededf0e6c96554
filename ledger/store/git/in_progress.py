"""What is half done in a working tree: merges, rebases, picks, bisections, by the files that say so.

The files stand in the tree's own git directory (gitrepository-layout(5), git-rebase(1), git-bisect(1)).
"""

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

from ledger.core.dataclass import dataclass

_QUIT: Final[Mapping[str, tuple[str, ...]]] = {
    # keeps an autostash in the stash
    "rebase-merge": ("rebase", "--quit"),
    # `git am` works in the folder of `git rebase --apply`: this file tells them apart, and each quits only
    # its own, so the narrower name goes first
    "rebase-apply/applying": ("am", "--quit"),
    "rebase-apply": ("rebase", "--quit"),
    "sequencer": ("cherry-pick", "--quit"),
    "BISECT_LOG": ("bisect", "reset", "HEAD"),
    "MERGE_HEAD": ("merge", "--quit"),
    "CHERRY_PICK_HEAD": ("cherry-pick", "--quit"),
    "REVERT_HEAD": ("revert", "--quit"),
}
_NAMING: Final = (
    *(
        "MERGE_HEAD",
        "MERGE_AUTOSTASH",
        "CHERRY_PICK_HEAD",
        "sequencer/todo",
        "BISECT_START",
        "refs/bisect/bad",
    ),
    *("rebase-merge/orig-head", "rebase-merge/autostash", "rebase-apply/orig-head", "rebase-apply/autostash"),
)
_NAME: Final = re.compile(r"\b[0-9a-f]{7,40}\b")
_MOVE: Final = re.compile(r"([0-9a-f]{40}) ([0-9a-f]{40}) [^\t]*(?:\t(.*))?")
"""A line of HEAD's reflog: where HEAD was, where it went, and why (gitrepository-layout(5), logs)."""
_GOES_ON: Final = re.compile(
    r"(?:commit|merge|cherry-pick|revert|am)\b|pull\b.*: (?:Fast-forward|Merge)|.* \([a-z]+\): "
)
"""Reasons of a move that builds on the commit before it, or puts another in its place on purpose."""
_REBASE_BEGINS: Final = re.compile(r".* \(start\): ")
_REBASE_GOES_ON: Final = re.compile(r".* \((?:pick|continue|fixup|squash|reword|edit|merge|label|reset)\): ")
_REBASE_ENDS: Final = re.compile(r".* \((?:finish|abort)\): ")


def find_quit_commands(git_dir: Path) -> list[tuple[str, ...]]:
    """The words by which git lets go of what is half done; files, index and HEAD stay."""
    return [words for name, words in _QUIT.items() if (git_dir / name).exists()]


def find_merge_heads(git_dir: Path, variables: Mapping[str, str]) -> tuple[str, ...]:
    """The commits that the merge in progress brings in; none where there is no merge.

    `git merge` names them to its hooks as `GITHEAD_<name>`, and writes MERGE_HEAD only where it stops
    (git 2.39, builtin/merge.c).
    """
    file = git_dir / "MERGE_HEAD"
    words = file.read_text("utf-8", "replace").split() if file.exists() else []
    words += [name.removeprefix("GITHEAD_") for name in variables if name.startswith("GITHEAD_")]
    return tuple(word for word in words if _NAME.fullmatch(word))


@dataclass(frozen=True, slots=True)
class LeftCommit:
    """A commit that HEAD was moved away from.

    `rebased_to` is where a rebase that git does not call finished has brought what led to the commit: of a
    HEAD on no branch, or one that was let go of on the way.
    """

    commit: str
    rebased_to: str | None = None


def find_commits_left(git_dir: Path, head: str | None, mark: str) -> list[LeftCommit]:
    """The commits that HEAD, which is at `head` now, was moved away from since `mark`, in the order of moves.

    Those too from which it was moved without a line in its reflog, as to a branch without a commit. A reflog
    that does not begin as it did at the mark was written anew (git-reflog(1), expire): it is read whole.
    """
    data = _read_reflog(git_dir)
    length = int(mark.partition(" ")[0]) if mark.partition(" ")[0].isdecimal() else 0
    start = data[:length].count(b"\n") if mark == _mark_bytes(data[:length]) else 0
    lines = data.decode("utf-8", "replace").split("\n")
    moves = [found.groups(default="") for line in lines if (found := _MOVE.fullmatch(line))]
    left = []
    for place in range(start, len(moves)):
        old, new, reason = moves[place]
        if place and moves[place - 1][1] != old:
            left.append(LeftCommit(moves[place - 1][1]))
        if _REBASE_BEGINS.match(reason):
            left += _find_rebased(old, new, moves[place + 1 :])
        elif old != new and not _GOES_ON.match(reason):
            left.append(LeftCommit(old))
    if moves and moves[-1][1] != head:
        left.append(LeftCommit(moves[-1][1]))
    return [commit for commit in dict.fromkeys(left) if commit.commit.strip("0")]


def _find_rebased(old: str, new: str, moves: Sequence[Sequence[str]]) -> list[LeftCommit]:
    """The commit that a rebase began at, unless the moves after its first one say how it ended."""
    for before, after, reason in moves:
        if before != new or not _REBASE_GOES_ON.match(reason):
            return [] if before == new and _REBASE_ENDS.match(reason) else [LeftCommit(old, new)]
        new = after
    return [LeftCommit(old, new)]


def mark_reflog(git_dir: Path) -> str:
    """What says how far HEAD's reflog goes now, and with which content."""
    return _mark_bytes(_read_reflog(git_dir))


def begin_reflog(git_dir: Path) -> None:
    """See that git writes HEAD's reflog, also where `core.logAllRefUpdates` is off: it goes on with one that
    is there."""
    file = git_dir / "logs" / "HEAD"
    file.parent.mkdir(exist_ok=True)
    file.touch()


def _mark_bytes(data: bytes) -> str:
    return f"{len(data)} {sha256(data).hexdigest()}"


def _read_reflog(git_dir: Path) -> bytes:
    file = git_dir / "logs" / "HEAD"
    return file.read_bytes() if file.exists() else b""


def find_commit_names(git_dir: Path) -> list[str]:
    """Names of the commits that what is half done would bring in or go back to, in the order of the work.

    Some may be words of a subject that only look like one.
    """
    files = [git_dir / name for name in _NAMING]
    texts = [file.read_text("utf-8", "replace") for file in files if file.exists()]
    return [name for text in texts for name in _NAME.findall(text)]
