"""Bringing working trees up to a feed branch that moved under them.

A ref that moves under a tree leaves its index behind: what was added would stand there as a staged
deletion, for the next commit to make true. So the journal is written before the ref moves, and a tree
leaves it when it has been brought up: after a crash the next command finds it there.
"""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ledger.store.repo import Repo
from ledger.store.swap import Absent, Oid, Value

EMPTY_TREE: Final = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""The tree without files, which git knows without having it."""


class Trees:
    """The working trees on the feed branch. Everything here is done under the host lock."""

    def __init__(self, repo: Repo, branch: str) -> None:
        self._repo = repo
        self._branch = branch
        self._journal = repo.common_dir / "ledger" / "journal"

    def behind(self) -> Mapping[Path, Oid]:
        """The trees that were not brought up yet, each with the commit (or empty tree) it stands at."""
        try:  # whoever brings the last tree up removes it, also while others look
            words = self._journal.read_text("utf-8", "surrogateescape").split("\0")
        except FileNotFoundError:
            return {}
        return {Path(path): oid for oid, path in zip(words[::2], words[1::2], strict=False)}

    def note(self, old: Value) -> None:
        """Write down that the branch is about to move from `old` under the trees that are on it."""
        standing = EMPTY_TREE if isinstance(old, Absent) else old
        self._write({**dict.fromkeys(self._on_branch(), standing), **self.behind()})

    def bring_up(self, new: Value) -> tuple[str, ...]:
        """Bring every tree of the journal up to `new`; what git refuses stays there, and is said."""
        left: dict[Path, Oid] = {}
        warnings = []
        on_branch = self._on_branch()
        for tree, old in self.behind().items():
            if isinstance(new, Absent) or tree not in on_branch:
                continue  # whoever switched it away brought it up
            if not tree.is_dir():
                left[tree] = old  # on a disk that is away; it will be seen again, or pruned
            elif (complaint := self._bring_up(tree, old, new)) is not None:
                left[tree] = old
                warnings.append(self._warning(tree, old, new, complaint))
        self._write(left)
        return tuple(warnings)

    def _on_branch(self) -> list[Path]:
        return [tree.path for tree in self._repo.worktrees() if tree.branch == self._branch]

    def _bring_up(self, tree: Path, old: Oid, new: Oid) -> str | None:
        git = self._repo.git.elsewhere(tree)
        ran = git.run(*_step(old, new))
        if ran.code:
            git.run("update-index", "-q", "--refresh")  # a file that was only touched is no reason
            ran = git.run(*_step(old, new))
        return ran.complaint if ran.code else None

    def _warning(self, tree: Path, old: Oid, new: Oid, complaint: str) -> str:
        command = shlex.join(["git", "-C", str(tree), *_step(old, new)])
        return (
            f'the files in "{tree}" are behind {self._branch} ({complaint}); when that is cleared,'
            f" the next ledger command brings them up, or: {command}"
        )

    def _write(self, behind: Mapping[Path, Oid]) -> None:
        if not behind:
            self._journal.unlink(missing_ok=True)
            return
        self._journal.parent.mkdir(exist_ok=True)
        fresh = self._journal.with_suffix(".new")
        lines = "".join(f"{oid}\0{tree}\0" for tree, oid in behind.items())
        fresh.write_text(lines, "utf-8", "surrogateescape")
        fresh.replace(self._journal)


def _step(old: Oid, new: Oid) -> tuple[str, ...]:
    return ("read-tree", "-m", "-u", "--no-recurse-submodules", old, new)
