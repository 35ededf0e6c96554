"""What is half done in a working tree: merges, rebases, picks, bisections, by the files that say so.

The files stand in the tree's own git directory (gitrepository-layout(5), git-rebase(1), git-bisect(1)).
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

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
_LEAVES: Final = re.compile(r"([0-9a-f]{40}) [0-9a-f]{40} [^\t]*\t(?:checkout|reset): ")
"""A line of HEAD's reflog with which a commit was left for another (gitrepository-layout(5), logs)."""


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


def find_commits_left(git_dir: Path, start: int) -> list[str]:
    """The commits that HEAD was moved away from, in the order of the moves; from byte `start` of its reflog.

    A reflog that is shorter was written anew (git-reflog(1), expire): it is read whole.
    """
    file = git_dir / "logs" / "HEAD"
    lines = file.read_bytes() if file.exists() else b""
    fresh = lines[start if start <= len(lines) else 0 :].decode("utf-8", "replace").split("\n")
    return list(dict.fromkeys(found[1] for line in fresh if (found := _LEAVES.match(line))))


def measure_reflog(git_dir: Path) -> int:
    """How long HEAD's reflog is, in bytes; 0 where there is none."""
    file = git_dir / "logs" / "HEAD"
    return file.stat().st_size if file.exists() else 0


def find_commit_names(git_dir: Path) -> list[str]:
    """Names of the commits that what is half done would bring in or go back to, in the order of the work.

    Some may be words of a subject that only look like one.
    """
    files = [git_dir / name for name in _NAMING]
    texts = [file.read_text("utf-8", "replace") for file in files if file.exists()]
    return [name for text in texts for name in _NAME.findall(text)]
