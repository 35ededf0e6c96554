"""What is half done in a working tree: merges, rebases, picks, bisections, by the files that say so.

The files stand in the tree's own git directory (gitrepository-layout(5), git-rebase(1), git-bisect(1)).
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_QUIT: Final[Mapping[str, tuple[str, ...]]] = {
    "rebase-merge": ("rebase", "--quit"),  # keeps an autostash in the stash
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


def ways_out(git_dir: Path) -> list[tuple[str, ...]]:
    """The words by which git lets go of what is half done; files, index and HEAD stay."""
    return [words for name, words in _QUIT.items() if (git_dir / name).exists()]


def names_in(git_dir: Path) -> list[str]:
    """Names of the commits that what is half done would bring in or go back to, in the order of the work.

    Some may be words of a subject that only look like one.
    """
    files = [git_dir / name for name in _NAMING]
    texts = [file.read_text("utf-8", "replace") for file in files if file.exists()]
    return [name for text in texts for name in _NAME.findall(text)]
