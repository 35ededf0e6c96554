"""Working trees that hold a branch: it is checked out there, or what is half done there goes back to it.

Git writes such a branch without looking at where it stands by then (`git rebase --abort`), or leaves the
index behind it, so that the next commit undoes what was added meanwhile.
"""

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ledger.core.dataclass import dataclass
from ledger.store.git.repository import Repo

_GOING_BACK_TO: Final = {
    "rebase-merge/head-name": "being rebased",
    "rebase-apply/head-name": "being rebased",
    "BISECT_START": "being bisected",
}
"""Files of a tree's git directory that name the branch which a rebase or a bisection goes back to
(git-rebase(1), git-bisect(1))."""
_WAYS_OUT: Final = {"checked out": "switch --detach", "being bisected": "bisect reset HEAD"}


@dataclass(frozen=True, slots=True)
class Checkout:
    """A working tree that holds a branch, and how: `checked out`, `being rebased`, `being bisected`."""

    path: Path
    how: str
    unborn: bool = False

    def spell_command(self, words: str) -> str:
        """A git command in this tree, as people type it."""
        return f"git -C {shlex.quote(str(self.path))} {words}"

    @property
    def release_command(self) -> str:
        """A command that lets go of the branch and keeps files, index and commits.

        What a rebase made stays on the branch when it ends there: a tree then holds it as checked out.
        """
        if not self.path.is_dir():
            return "git worktree prune"
        if self.unborn:
            return self.spell_command("symbolic-ref HEAD refs/heads/code")
        if self.how == "being rebased":
            return self.spell_command("rebase --continue")
        return self.spell_command(_WAYS_OUT[self.how])


def find_checkouts(repo: Repo, branch: str) -> list[Checkout]:
    """Every working tree that holds a branch, those included whose folder is away just now."""
    trees = repo.list_worktrees()
    held = [Checkout(tree.path, "checked out", tree.head is None) for tree in trees if tree.branch == branch]
    # `git worktree list` names the main one first (git-worktree(1), list)
    main = trees[0].path if trees else repo.top
    return held + [Checkout(path, how) for path, how in _find_returning(repo, branch, main)]


def _find_returning(repo: Repo, branch: str, main: Path) -> Iterator[tuple[Path, str]]:
    """The trees in which something half done goes back to the branch."""
    for git_dir in (repo.common_dir, *(repo.common_dir / "worktrees").glob("*")):
        for name, how in _GOING_BACK_TO.items():
            if _read_line(git_dir / name).removeprefix("refs/heads/") == branch:
                place = _read_line(git_dir / "gitdir")
                yield (Path(git_dir, place).parent if place else main), how


def _read_line(file: Path) -> str:
    """A line that git keeps; empty where there is none."""
    try:
        return file.read_text("utf-8", "surrogateescape").removesuffix("\n")
    except (FileNotFoundError, NotADirectoryError):
        return ""
