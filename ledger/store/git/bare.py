"""The bare repository that seats push to, as the guard needs it: settings, refs, and what a push changes.

Everything is asked of git processes, which inherit the environment of a hook: in pre-receive the new
objects are in quarantine, and only that environment shows them (githooks(5), pre-receive).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from ledger.core.dataclass import dataclass
from ledger.core.errors import LedgerError
from ledger.store.contract import EMPTY_TREE, Oid
from ledger.store.git.process import Git, split_lines
from ledger.store.git.repository import Repo, unsupported_path

_FEW = 1000
"""How many patterns one command line has, which cannot be as long as a push of many refs needs it."""


_RAW: Final = ("-r", "-z", "--raw", "--no-renames", "--no-abbrev")
"""How differences between trees are asked for (git-diff-tree(1), "Raw output format")."""
_FEED: Final = ":(top,icase)feed"
"""The folder in any case: a disk that tells none apart has but one."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One file that differs between two commits: git's status letter, and its mode and object on both
    sides (zeros where it is not)."""

    status: str
    path: str
    old_oid: Oid
    mode: str
    oid: Oid


@dataclass(frozen=True, slots=True)
class Ref:
    """A ref: the object it names, and the ref that it stands for when it is symbolic (else "")."""

    oid: Oid
    target: str


def open_bare(directory: Path) -> Repo:
    """The bare repository at a directory, its settings left unread.

    Raises LedgerError `usage` for one with a working tree, `no-repository`, `unsupported-format` (sha256, or
    a path with a line break).
    """
    git = Git(directory.absolute())
    words = ("--is-bare-repository", "--absolute-git-dir", "--show-object-format")
    ran = git.run("rev-parse", *words)
    answers = split_lines(ran.out)
    if len(answers) > len(words):
        raise unsupported_path(directory)
    if ran.code or len(answers) != len(words):
        message = f'"{directory}" is in no git repository'
        raise LedgerError("no-repository", message, "git ledger guard install DIR, a bare repository")
    bare, path, objects = answers
    if bare != "true":
        message = f'"{directory}" has a working tree; the guard stands in the bare one that seats push to'
        raise LedgerError("usage", message, "git ledger guard install DIR, with the bare one")
    if objects != "sha1":
        message = f'"{directory}" has objects named by {objects}, a format that git-ledger cannot read'
        raise LedgerError("unsupported-format", message, "git ledger guard install DIR, another repository")
    # in a hook GIT_DIR is set, and may be `.`: from here on the whole path is used
    place = Path(path)
    return Repo(place, place, place, False, git, ())


def find_owner_uid(repo: Repo) -> int:
    """The user (uid) whose repository it is, who receives what is pushed."""
    return repo.git_dir.stat().st_uid


def read_setting(repo: Repo, key: str) -> str | None:
    """The value of a setting that is in force; None when it is not set."""
    ran = repo.git.run("config", "--get", key)
    return ran.out.decode("utf-8", "surrogateescape").removesuffix("\n") if ran.code == 0 else None


def find_hook_path(repo: Repo, name: str) -> Path:
    """Where git looks for a hook of this repository."""
    answered = repo.git.check_output("rev-parse", "--git-path", f"hooks/{name}").decode(
        "utf-8", "surrogateescape"
    )
    return repo.git.directory / answered.removesuffix("\n")


def resolve_refs(repo: Repo, patterns: Sequence[str]) -> Mapping[str, Ref]:
    """The refs with these names, and those below them. Symbolic ones are there with their targets."""
    form = "--format=%(refname)%00%(objectname)%00%(symref)"
    few = [patterns[start : start + _FEW] for start in range(0, len(patterns), _FEW)]
    rows = (
        line.split("\0")
        for some in few
        for line in split_lines(repo.git.check_output("for-each-ref", form, *some))
    )
    return {name: Ref(oid, target) for name, oid, target in rows}


def is_fast_forward(repo: Repo, old: Oid, new: Oid) -> bool:
    """Whether `new` is a commit that has `old` in its history."""
    return repo.git.run("merge-base", "--is-ancestor", old, new).code == 0


def has_commit(repo: Repo, oid: Oid) -> bool:
    """Whether a commit is here."""
    return repo.git.run("cat-file", "-e", f"{oid}^{{commit}}").code == 0


def list_differences(repo: Repo, old: Oid | None, new: Oid) -> list[Difference]:
    """The files below `feed/` that differ between two commits; None stands for a tree without files.

    Only folders that differ are opened (git-diff-tree(1), "Raw output format"). For what has landed: git
    finds all of it before it says a word, and a push may name more files than any memory holds.
    """
    listed = repo.git.check_output("diff-tree", *_RAW, old or EMPTY_TREE, new, "--", _FEED)
    words = listed.decode("utf-8", "surrogateescape").split("\0")[:-1]
    return [_parse_difference(facts, path) for facts, path in zip(words[::2], words[1::2], strict=True)]


PRESENT: Final = frozenset("AMT")
"""The status letters of files that are there on the new side."""


def list_staged_differences(repo: Repo, old: Oid | None) -> list[Difference]:
    """The files below `feed/` in the index that git names that differ from those of a commit.

    Those that conflict are told as unmerged, `U` (git-diff-index(1)).
    """
    options = ("--cached", *_RAW[1:])
    listed = repo.git.check_output("diff-index", *options, old or EMPTY_TREE, "--", _FEED)
    words = listed.decode("utf-8", "surrogateescape").split("\0")[:-1]
    return [_parse_difference(facts, path) for facts, path in zip(words[::2], words[1::2], strict=True)]


def find_oids_at(repo: Repo, commit: Oid, paths: Sequence[str]) -> dict[str, Oid]:
    """The objects of these files at a commit; those that are not there are left out."""
    # what git reads a line at a time
    plain = [path for path in paths if "\n" not in path]
    questions = "".join(f"{commit}:{path}\n" for path in plain).encode("utf-8", "surrogateescape")
    listed = (
        repo.git.check_output("cat-file", "--batch-check=%(objectname)", stdin=questions) if plain else b""
    )
    rows = zip(plain, split_lines(listed), strict=True)
    return {path: answer for path, answer in rows if not answer.endswith(" missing")}


def read_sizes(repo: Repo, oids: Sequence[Oid]) -> list[int]:
    """The sizes of objects in bytes; those that are not here are left out."""
    questions = "".join(f"{oid}\n" for oid in oids).encode()
    listed = (
        repo.git.check_output("cat-file", "--batch-check=%(objectsize)", stdin=questions) if oids else b""
    )
    return [int(answer) for answer in split_lines(listed) if answer.isdecimal()]


def _parse_difference(facts: str, path: str) -> Difference:
    _, mode, old_oid, oid, status = facts.split(" ")
    return Difference(status, path, old_oid, mode, oid)
