"""One working tree of the pool: what stands in it, saving that, and setting it to a commit.

Nothing here can destroy: what is not committed is committed first and kept under `refs/ledger/rescue/`, and
then git is asked to switch without force, which refuses where a file changed since. What git refuses, and
what no commit can keep, holds the tree back: it stays as it is until somebody has looked.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from shutil import copyfile
from typing import Final

from ledger.core.dataclass import dataclass
from ledger.core.text import quote_name
from ledger.store.contract import Oid, Signature
from ledger.store.git.in_progress import (
    LeftCommit,
    begin_reflog,
    find_commit_names,
    find_commits_left,
    find_quit_commands,
    mark_reflog,
)
from ledger.store.git.process import Git, Ran
from ledger.store.pool.large_files import LargeFiles
from ledger.store.pool.tree_status import SLOW_SECONDS, TreeStatus, parse_status, tree_held_back

_ROUNDS: Final = 3
"""How often a tree that changes while it is set is saved and set again."""
_MINE: Final = "ledger-index"
"""The file of the index by which a tree is saved, beside the tree's own."""
_LOOKED: Final = "ledger-reflog"
"""The file that says how much of HEAD's reflog was looked through, beside the tree's own, in the words of
`mark_reflog`."""
_KEPT: Final = ("--branches", "--tags", "--remotes", "--glob=refs/ledger/rescue/")
"""What keeps a commit, in the words of git-rev-list(1): branches, tags, remotes' branches, rescues."""
_OWN_REFS: Final = ("refs/rewritten", "refs/worktree")
"""Refs that each working tree has for itself (git-worktree(1), "Refs"); those of a bisection aside."""
_EMPTY: Final = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""The empty tree, which every repository knows."""
_CALM: Final = {
    "core.safecrlf": "false",
    "core.quotePath": "true",
    "submodule.recurse": "false",
    "advice.addEmbeddedRepo": "false",
}


Name = Callable[[int], str]
"""The name of the n-th try at a rescue ref, from 1."""


@dataclass(frozen=True)
class Keeper:
    """Saves and sets one working tree. `git_dir` is the tree's own, `who` signs, `name` names rescue refs,
    `large` says what no commit should keep."""

    git: Git
    git_dir: Path
    who: Signature
    name_rescue: Name
    large: LargeFiles | None = None

    def set_to_commit(self, base: Oid) -> list[str]:
        """Set the tree to a commit, detached and clean; gives the refs under which work was saved.

        Raises LedgerError `held-back`; the tree has then lost nothing.
        """
        # Before HEAD moves: what it leaves behind is found by its reflog alone.
        begin_reflog(self.git_dir)
        saved: list[str] = []
        if (self.git_dir / "index").exists() or self._has_any_file():
            # Before the status, which passes over files that git was told to take for unchanged.
            self._unhide_files()
            standing = self.read_status()
            saved += self.save_work(standing)
            if standing == TreeStatus(base, None) and not find_quit_commands(self.git_dir):
                return saved
        # somebody may write to the tree while it is set: what came in between is saved like the rest, a few
        # times
        for _ in range(_ROUNDS):
            ran = self._run_checkout("--detach", base)
            for words in find_quit_commands(self.git_dir) if ran.code == 0 else ():
                self.git.run(*words)
            standing = self.read_status()
            # git has switched before a hook of the user complains: then only the exit code says so
            if ran.code and standing != TreeStatus(base, None):
                raise tree_held_back(f"git checkout: {ran.complaint}")
            if standing.changed is None:
                return saved
            saved += self.save_work(standing)
        raise tree_held_back(f'"{standing.changed}" cannot be saved, or is written to all the time')

    def switch_to_branch(self, branch: str) -> bool:
        """Go to a branch, without force; False where git refuses."""
        # `--`, since a file may have the name of the branch; and not by the exit code, which may be a hook's.
        self._run_checkout(branch, "--")
        return self.git.run("symbolic-ref", "-q", "HEAD").out.decode().strip() == f"refs/heads/{branch}"

    def begin_branch(self, branch: str) -> None:
        """Stand on a branch that is at HEAD."""
        self.git.check_output("symbolic-ref", "-m", f"pool: begin {branch}", "HEAD", f"refs/heads/{branch}")

    def read_status(self) -> TreeStatus:
        """What stands in the tree. The index keeps what was looked at, for the next time."""
        words = ("status", "--porcelain=v2", "-z", "--branch", "--no-renames", "--untracked-files=normal")
        ran = self.git.run(
            *words, "--ignore-submodules=none", timeout=SLOW_SECONDS, env={"GIT_OPTIONAL_LOCKS": "1"}
        )
        if ran.code:
            raise tree_held_back(f"git status: {ran.complaint}")
        return parse_status(ran.out.decode("utf-8", "surrogateescape").split("\0"))

    def save_work(self, standing: TreeStatus) -> list[str]:
        """Keep what no branch has: changes as a commit on HEAD, a HEAD that is on no branch, and the commits
        of what is half done.

        HEAD is left detached at the saved commit. Raises LedgerError `held-back`.
        """
        if standing.submodules:
            words = (
                f"the submodule {standing.submodules[0]} has changes that only its own repository can keep"
            )
            raise tree_held_back(words)
        changed = standing.changed is not None
        large = self.large.find(self.git) if self.large is not None and changed else []
        commit = self._commit_all(standing, large) if changed else standing.head
        # while the files that name these commits are there: they go when git lets go of what is half done
        saved = self._keep_half_done()
        kept = self._keep_new(commit, standing.head, standing.branch is not None)
        if changed:
            (self.git_dir / _MINE).replace(self.git_dir / "index")  # not before all is kept
        if self.large is not None and large:
            self.large.move(self.git, large, kept[-1])
        if commit is not None and kept:
            # Last: killed before it, the tree differs from HEAD still, and is saved once more.
            self._check_output("update-ref", "--no-deref", "-m", "pool: rescue", "HEAD", commit)
        return saved + kept

    def keep_staged(self) -> list[str]:
        """Keep HEAD, the index and what is half done of a tree whose files are gone.

        Raises LedgerError `held-back`.
        """
        if (self.git_dir / "modules").exists():
            raise tree_held_back(
                f"its files are gone, and its submodules' commits are in {self.git_dir / 'modules'}"
            )
        head = self.git.run("rev-parse", "--verify", "-q", "HEAD^{commit}").out.decode().strip() or None
        branch = self.git.run("symbolic-ref", "-q", "HEAD").code == 0
        staged = self._write_staged_tree(self._copy_index())
        before = self._resolve_tree(head) if head else _EMPTY
        commit = head if staged in ("", before) else self._write_commit(staged, head, "staged")
        return self._keep_half_done() + self._keep_new(commit, head, branch)

    def _commit_all(self, standing: TreeStatus, large: Sequence[str]) -> Oid | None:
        """All that is in the tree as a commit on HEAD; what was staged otherwise as one between them.

        Files that are too large stay as the index has them, and the commit names them.

        Made with an index of its own, which is for the caller to put in the place of the tree's.
        """
        before = self._resolve_tree(standing.head) if standing.head else None
        env = self._copy_index()
        staged = self._write_staged_tree(env)
        # --sparse: a file outside of the cone of a sparse checkout would be left out, and lost
        words = ("add", "--all", "--sparse", "--pathspec-from-file=-", "--pathspec-file-nul")
        paths = [":(top)", *(f":(top,exclude,literal){path}" for path in large)]
        self._check_output(*words, env=env, stdin="\0".join(paths).encode("utf-8", "surrogateescape"))
        whole = self._check_output("write-tree", env=env)
        self._no_repository(before or _EMPTY, env)
        parent = standing.head
        if staged not in ("", before, whole):
            parent = self._write_commit(staged, parent, "staged")
        if parent == standing.head and whole == before and not large:
            return parent
        return self._write_commit(whole, parent, "all", large)

    def _copy_index(self) -> Mapping[str, str]:
        """A copy of the index, by the variable that makes git use it."""
        index, mine = self.git_dir / "index", self.git_dir / _MINE
        # One is there where an earlier rescue was killed, and may be of another state of the tree.
        mine.unlink(missing_ok=True)
        if index.exists():
            copyfile(index, mine)
        return {"GIT_INDEX_FILE": str(mine)}

    def _write_staged_tree(self, env: Mapping[str, str]) -> str:
        """What an index has as a tree, after the paths in conflict were dropped from it; empty for none."""
        if not Path(env["GIT_INDEX_FILE"]).exists():
            return ""
        # `write-tree` refuses an index that has paths in conflict.
        unmerged = self.git.run("ls-files", "--unmerged", "--full-name", "-z", env=env).out.split(b"\0")[:-1]
        if unmerged:
            paths = b"\0".join(entry.partition(b"\t")[2] for entry in unmerged)
            self.git.run("update-index", "--force-remove", "-z", "--stdin", stdin=paths, env=env)
        return self.git.run("write-tree", env=env).out.decode().strip()

    def _unhide_files(self) -> None:
        """Have git look again at files that it was told to take for unchanged, so that they are saved too."""
        listed = self.git.run("ls-files", "-v", "-z", timeout=SLOW_SECONDS).out.split(b"\0")[:-1]
        marked = [entry[2:] for entry in listed if not entry.startswith((b"H ", b"M "))]
        there = [entry for entry in marked if os.path.lexists(os.fsencode(self.git.directory) + b"/" + entry)]
        for option in ("--no-assume-unchanged", "--no-skip-worktree") if there else ():
            self.git.run("update-index", option, "-z", "--stdin", stdin=b"\0".join(there))

    def _no_repository(self, before: str, env: Mapping[str, str]) -> None:
        """Of a repository inside the tree, a commit would keep the name of a commit and nothing else."""
        changes = self._check_output(
            "diff-index", "--cached", "--raw", "--no-renames", before, env=env
        ).splitlines()
        for change in changes:
            facts, _, path = change.partition("\t")
            if facts.split()[1] == "160000" and not facts.startswith(":160000"):
                raise tree_held_back(f"{path} is a repository of its own")

    def _write_commit(self, tree: str, parent: Oid | None, what: str, large: Sequence[str] = ()) -> Oid:
        message = f"Rescued: {what} in {self.git.directory}"
        if large:
            message += "\n\nToo large for a commit, and kept as files:\n\n"
            message += "\n".join(f"    {quote_name(path)}" for path in large)
        env = {
            f"GIT_{role}_{part}": value
            for role in ("AUTHOR", "COMMITTER")
            for part, value in (("NAME", self.who.name), ("EMAIL", self.who.email))
        }
        return self._check_output(
            "commit-tree",
            tree,
            *(("-p", parent) if parent else ()),
            env=env,
            stdin=message.encode("utf-8", "backslashreplace"),
        )

    def _keep_new(self, commit: Oid | None, head: Oid | None, branch: bool) -> list[str]:
        """Keep a commit, unless it is HEAD and something has it."""
        if commit is None or (commit == head and (branch or self._is_reachable(commit))):
            return []
        return [self._keep_commit(commit)]

    def _keep_half_done(self) -> list[str]:
        """Keep the commits that go with the tree: of what is half done, those under refs of its own, and
        those that HEAD left behind since this was looked at last."""
        refs = self._check_output("for-each-ref", "--format=%(objectname)", *_OWN_REFS).split()
        # Taken before the reflog is read, and written once all is kept: what comes in between, or after a
        # kill, is looked through the next time.
        mark = mark_reflog(self.git_dir)
        names = [*find_commit_names(self.git_dir), *refs, *self._find_left_behind()]
        saved = []
        # the last one has those before it, as a rule
        for name in reversed(names):
            commit = self.git.run("rev-parse", "--verify", "-q", f"{name}^{{commit}}").out.decode().strip()
            if commit and not self._is_reachable(commit):
                saved.append(self._keep_commit(commit))
        (self.git_dir / _LOOKED).write_text(f"{mark}\n")
        return saved

    def _find_left_behind(self) -> list[Oid]:
        """The commits that HEAD left since this was looked at last and that nothing keeps, oldest first."""
        place = self.git_dir / _LOOKED
        head = self.git.run("rev-parse", "--verify", "-q", "HEAD^{commit}").out.decode().strip() or None
        left = find_commits_left(self.git_dir, head, place.read_text().strip() if place.exists() else "")
        if not left:
            return []
        # git may have dropped some of them: those are ignored
        unkept = self.git.run(
            *("rev-list", "--ignore-missing", "--stdin", "--not", *_KEPT, *((head,) if head else ())),
            stdin="\n".join(commit.commit for commit in left).encode(),
        )
        lost = set(unkept.out.decode().split())
        return [commit.commit for commit in left if commit.commit in lost and not self._is_rebased(commit)]

    def _is_rebased(self, left: LeftCommit) -> bool:
        """True when a rebase has brought all that led to a commit to another one, change by change."""
        if left.rebased_to is None:
            return False
        words = ("--right-only", "--cherry-pick", "--max-count=1", f"{left.rebased_to}...{left.commit}")
        ran = self.git.run("rev-list", *words)
        return ran.code == 0 and not ran.out

    def _keep_commit(self, commit: Oid) -> str:
        """Put a commit under a rescue ref of its own."""
        for count in range(1, 100):
            ref = self.name_rescue(count)
            # With the zero id as the old value: two who save at once never write over one another's.
            if self.git.run("update-ref", ref, commit, "0" * 40).code == 0:
                return ref
        raise tree_held_back(f"no ref such as {ref} can be written")

    def _is_reachable(self, commit: Oid) -> bool:
        """True when a branch, a tag, a remote's branch or a rescue has the commit."""
        return not self._check_output("rev-list", "--max-count=1", commit, "--not", *_KEPT)

    def _resolve_tree(self, commit: Oid) -> str:
        return self._check_output("rev-parse", f"{commit}^{{tree}}")

    def _run_checkout(self, *words: str) -> Ran:
        # By itself git writes over ignored files without a word (git-checkout(1)); no rescue has those.
        words = ("checkout", "--quiet", "--no-overwrite-ignore", *words)
        return self.git.run(*words, timeout=SLOW_SECONDS, config=_CALM)

    def _has_any_file(self) -> bool:
        return any(entry.name not in (".git", ".ledger-pool-owner") for entry in self.git.directory.iterdir())

    def _check_output(
        self,
        *words: str,
        timeout: float = SLOW_SECONDS,
        env: Mapping[str, str] | None = None,
        stdin: bytes = b"",
    ) -> str:
        ran = self.git.run(*words, timeout=timeout, config=_CALM, env=env, stdin=stdin)
        if ran.code:
            raise tree_held_back(f"git {words[0]}: {ran.complaint}")
        return ran.out.decode().strip()
