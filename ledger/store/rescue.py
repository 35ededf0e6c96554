"""One working tree of the pool: what stands in it, saving that, and setting it to a commit.

Nothing here can destroy: what is not committed is committed first and kept under `refs/ledger/rescue/`, and
then git is asked to switch without force, which refuses where a file changed since. What git refuses, and
what no commit can keep, holds the tree back: it stays as it is until somebody has looked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from typing import Final

from ledger.core.errors import LedgerError
from ledger.store.git import Git, Ran
from ledger.store.swap import Oid, Signature

SLOW_SECONDS: Final = 3600.0
"""How long writing or hashing a whole working tree may take, large files of LFS included."""
_ROUNDS: Final = 3
"""How often a tree that changes while it is set is saved and set again."""
_EMPTY: Final = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""The empty tree, which every repository knows."""
_CALM: Final = {"core.safecrlf": "false", "submodule.recurse": "false", "advice.addEmbeddedRepo": "false"}
_QUIT: Final[Mapping[str, tuple[str, ...]]] = {
    "rebase-merge": ("rebase", "--quit"),  # keeps an autostash in the stash
    "rebase-apply/applying": ("am", "--quit"),
    "rebase-apply": ("rebase", "--quit"),
    "sequencer": ("cherry-pick", "--quit"),
    "BISECT_LOG": ("bisect", "reset", "HEAD"),
}
"""What is half done in a tree, by the file that says so, and how git lets go of it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What `git status` says: HEAD (None: unborn), its branch (None: detached), and what no commit has.

    `submodules` have changes of their own, which only their own repositories can keep.
    """

    head: Oid | None
    branch: str | None
    changed: str | None = None
    submodules: tuple[str, ...] = ()


Name = Callable[[int], str]
"""The name of the n-th try at a rescue ref, from 1."""


@dataclass(frozen=True)
class Keeper:
    """Saves and sets one working tree. `git_dir` is the tree's own, `who` signs, `name` names rescue refs."""

    git: Git
    git_dir: Path
    who: Signature
    name: Name

    def set_to(self, base: Oid) -> list[str]:
        """Set the tree to a commit, detached and clean; gives the refs under which work was saved.

        Raises LedgerError `held-back`; the tree has then lost nothing.
        """
        saved: list[str] = []
        if (self.git_dir / "index").exists() or self._has_files():
            standing = self.standing()
            saved += self.save(standing)
            if not self._half_done() and (standing.head, standing.branch, standing.changed) == (
                base,
                None,
                None,
            ):
                return saved
        for _ in range(_ROUNDS):
            ran = self._checkout("--detach", base)
            if ran.code:
                raise held_back(f"git checkout: {ran.complaint}")
            for words in self._half_done():
                self.git.run(*words)
            standing = self.standing()
            if standing.changed is None:
                return saved
            saved += self.save(standing)
        raise held_back(f'"{standing.changed}" cannot be saved, or is written to all the time')

    def switch(self, branch: str) -> bool:
        """Go to a branch, without force; False where git refuses."""
        return self._checkout(branch, "--").code == 0

    def begin(self, branch: str) -> None:
        """Stand on a branch that is at HEAD."""
        self.git.ask("symbolic-ref", "-m", f"pool: begin {branch}", "HEAD", f"refs/heads/{branch}")

    def standing(self) -> Standing:
        """What stands in the tree. The index keeps what was looked at, for the next time."""
        words = ("status", "--porcelain=v2", "-z", "--branch", "--no-renames", "--untracked-files=normal")
        ran = self.git.run(
            *words, "--ignore-submodules=none", timeout=SLOW_SECONDS, env={"GIT_OPTIONAL_LOCKS": "1"}
        )
        if ran.code:
            raise held_back(f"git status: {ran.complaint}")
        return _standing(ran.out.decode("utf-8", "surrogateescape").split("\0"))

    def save(self, standing: Standing) -> list[str]:
        """Keep what no branch has: changes as a commit on HEAD, and a HEAD that is on no branch.

        HEAD is left detached at the saved commit. Raises LedgerError `held-back`.
        """
        if standing.submodules:
            words = (
                f"the submodule {standing.submodules[0]} has changes that only its own repository can keep"
            )
            raise held_back(words)
        commit = self._committed(standing) if standing.changed is not None else standing.head
        if commit is None or (commit == standing.head and (standing.branch or self._is_kept(commit))):
            return []
        ref = self._keep(commit)
        self._ask("update-ref", "--no-deref", "-m", "pool: rescue", "HEAD", commit)
        return [ref]

    def keep_staged(self) -> list[str]:
        """Keep HEAD and the index of a tree whose files are gone."""
        head = self.git.run("rev-parse", "--verify", "-q", "HEAD^{commit}").out.decode().strip()
        branch = self.git.run("symbolic-ref", "-q", "HEAD").code == 0
        staged = self.git.run("write-tree").out.decode().strip()
        if not head:
            return []
        commit = head if staged in ("", self._tree_of(head)) else self._commit(staged, head, "staged")
        kept = commit == head and (branch or self._is_kept(head))
        return [] if kept else [self._keep(commit)]

    def _committed(self, standing: Standing) -> Oid | None:
        """All that is in the tree as a commit on HEAD; what was staged otherwise as one between them.

        Made with an index of its own, which takes the place of the tree's when all is kept.
        """
        index, mine = self.git_dir / "index", self.git_dir / "ledger-index"
        before = self._tree_of(standing.head) if standing.head else None
        staged = ""
        mine.unlink(missing_ok=True)
        if index.exists():
            staged = self.git.run("write-tree").out.decode().strip()  # nothing while there are conflicts
            copyfile(index, mine)
        env = {"GIT_INDEX_FILE": str(mine)}
        self._ask("add", "--all", "--sparse", env=env)
        whole = self._ask("write-tree", env=env)
        self._no_repository(before or _EMPTY, env)
        parent = standing.head
        if staged not in ("", before, whole):
            parent = self._commit(staged, parent, "staged")
        commit = parent if parent == standing.head and whole == before else self._commit(whole, parent, "all")
        mine.replace(index)
        return commit

    def _no_repository(self, before: str, env: Mapping[str, str]) -> None:
        """Of a repository inside the tree, a commit would keep the name of a commit and nothing else."""
        changes = self._ask("diff-index", "--cached", "--raw", "--no-renames", before, env=env).splitlines()
        for change in changes:
            facts, _, path = change.partition("\t")
            if facts.split()[1] == "160000" and not facts.startswith(":160000"):
                raise held_back(f"{path} is a repository of its own")

    def _commit(self, tree: str, parent: Oid | None, what: str) -> Oid:
        message = f"Rescued: {what} in {self.git.directory}"
        env = {
            f"GIT_{role}_{part}": value
            for role in ("AUTHOR", "COMMITTER")
            for part, value in (("NAME", self.who.name), ("EMAIL", self.who.email))
        }
        return self._ask("commit-tree", tree, *(("-p", parent) if parent else ()), "-m", message, env=env)

    def _keep(self, commit: Oid) -> str:
        """Put a commit under a rescue ref of its own."""
        for count in range(1, 100):
            ref = self.name(count)
            if self.git.run("update-ref", ref, commit, "0" * 40).code == 0:
                return ref
        raise held_back(f"no ref such as {ref} can be written")

    def _is_kept(self, commit: Oid) -> bool:
        """True when a branch, a tag, a remote's branch or a rescue has the commit."""
        kept = ("--branches", "--tags", "--remotes", "--glob=refs/ledger/rescue/")
        return not self._ask("rev-list", "--max-count=1", commit, "--not", *kept)

    def _tree_of(self, commit: Oid) -> str:
        return self._ask("rev-parse", f"{commit}^{{tree}}")

    def _checkout(self, *words: str) -> Ran:
        words = ("checkout", "--quiet", "--no-overwrite-ignore", *words)
        return self.git.run(*words, timeout=SLOW_SECONDS, config=_CALM)

    def _half_done(self) -> list[tuple[str, ...]]:
        return [words for name, words in _QUIT.items() if (self.git_dir / name).exists()]

    def _has_files(self) -> bool:
        return any(
            not one.name.startswith((".git", ".ledger-pool-owner")) for one in self.git.directory.iterdir()
        )

    def _ask(self, *words: str, timeout: float = SLOW_SECONDS, env: Mapping[str, str] | None = None) -> str:
        ran = self.git.run(*words, timeout=timeout, config=_CALM, env=env)
        if ran.code:
            raise held_back(f"git {words[0]}: {ran.complaint}")
        return ran.out.decode().strip()


def held_back(why: str) -> LedgerError:
    """A tree that is left as it stands, for somebody to look at."""
    hint = "see to it in the tree, then `git ledger pool refresh`"
    return LedgerError("held-back", f"the tree was left as it is: {why}", hint)


def _standing(records: Sequence[str]) -> Standing:
    """Read `git status --porcelain=v2 -z --branch` (git-status(1), "Porcelain Format Version 2")."""
    head = branch = changed = None
    submodules = []
    for record in records:
        kind, _, rest = record.partition(" ")
        if record.startswith("# branch.oid "):
            head = record.split(" ")[2]
        elif record.startswith("# branch.head "):
            branch = record.split(" ")[2]
        elif kind in ("1", "u"):
            state, sub, path = (
                rest.split(" ")[0],
                rest.split(" ")[1],
                rest.split(" ", 7 if kind == "1" else 9)[-1],
            )
            if sub[2:] not in ("..", "."):
                submodules.append(path)
            if not (sub.startswith("S") and state == ".M"):  # a submodule is left as git has it
                changed = changed or path
        elif kind == "?":
            changed = changed or rest
    return Standing(
        None if head == "(initial)" else head,
        None if branch == "(detached)" else branch,
        changed,
        tuple(submodules),
    )
