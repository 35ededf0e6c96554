"""What a check compares: the files that landed, and the files that would stand beside or for them."""

import os
from collections.abc import Collection, Sequence
from pathlib import Path

from ledger.app.ledger import Ledger
from ledger.core.config.config import CONFIG_PATH
from ledger.core.dataclass import dataclass
from ledger.core.errors import LedgerError
from ledger.core.feed.posts import POST_LIMIT
from ledger.core.ids import is_post_path
from ledger.rules.view import AlteredPost
from ledger.store.contract import ABSENT
from ledger.store.git.bare import PRESENT, Difference, find_oids_at, list_differences, list_staged_differences
from ledger.store.git.working_tree import find_landed_contents


@dataclass(frozen=True, slots=True)
class File:
    """A file of the feed that is new or another than what landed."""

    path: str
    mode: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Comparison:
    """`landed` is the commit that counts as landed (None: nothing has), `fresh` the files that are new,
    `config` the file of settings where it differs, `changes` what was done to landed posts."""

    landed: str | None
    fresh: tuple[File, ...]
    config: File | None = None
    changes: tuple[AlteredPost, ...] = ()


def of_working_tree(ledger: Ledger, landed: str | None, with_gone: bool = True) -> Comparison:
    """The working tree against what landed; unless `with_gone`, without the posts that are not there: code
    beside a feed has none of them."""
    differing = ledger.store.list_worktree_files(landed or ABSENT, with_gone)
    present = [_on_disk(ledger.repo.top, path) for status, path in differing if status != "D"]
    gone = {path for status, path in differing if status == "D"}
    return _compared(ledger, landed, present, gone, "HEAD")


def of_index(ledger: Ledger, landed: str | None) -> Comparison:
    """What is staged for the next commit against what landed; obeys the index that git names."""
    return _of_differences(ledger, landed, list_staged_differences(ledger.repo, landed), "HEAD")


def of_commit(ledger: Ledger, landed: str | None, commit: str) -> Comparison:
    """A commit against what landed."""
    return _of_differences(ledger, landed, list_differences(ledger.repo, landed, commit), commit)


def _of_differences(
    ledger: Ledger, landed: str | None, changed: Sequence[Difference], history: str
) -> Comparison:
    there = [one for one in changed if one.status in PRESENT]
    blobs = ledger.store.read_blobs([one.oid for one in there if one.mode != "160000"], POST_LIMIT)
    present = [File(one.path, one.mode, blobs.get(one.oid, b"")) for one in there]
    return _compared(
        ledger, landed, present, {one.path for one in changed} - {one.path for one in there}, history
    )


def _compared(
    ledger: Ledger, landed: str | None, present: Sequence[File], gone: Collection[str], history: str
) -> Comparison:
    """Sort differing files: posts that are new, posts that were edited or removed, the config.

    A post that landed is edited unless it gets back what it first landed with, and removed only where the
    history at hand had it already; else it was not pulled yet. A shallow history may not reach back far
    enough to say which.
    """
    known = find_oids_at(ledger.repo, landed, [one.path for one in present]) if landed else {}
    fresh = tuple(one for one in present if is_post_path(one.path) and one.path not in known)
    other = [one for one in present if is_post_path(one.path) and one.path in known]
    mended = as_landed(ledger, landed, other)
    edited = [AlteredPost(one.path, "edited") for one in other if not mended.get(one.path)]
    commit = ledger.store.resolve_commit(history)
    base = ledger.store.find_merge_base(commit, landed) if commit and landed and gone else None
    had = find_oids_at(ledger.repo, base, sorted(gone)) if base else {}
    unknown = commit is not None and base is None and ledger.repo.shallow
    how = "unknown" if unknown else "removed"
    removed = [
        AlteredPost(path, how) for path in sorted(gone) if is_post_path(path) and (unknown or path in had)
    ]
    config = next((one for one in present if one.path == CONFIG_PATH), None)
    return Comparison(landed, fresh, config, (*edited, *removed))


def as_landed(ledger: Ledger, landed: str | None, files: Sequence[File]) -> dict[str, bool]:
    """Whether each file is as it first came into the history of what landed, where that can be told."""
    first = find_landed_contents(ledger.repo, landed, [one.path for one in files]) if landed else {}
    blobs = ledger.store.read_blobs([oid for mode, oid in first.values() if mode != "160000"], POST_LIMIT)

    def same(one: File) -> bool:
        mode, oid = first[one.path]
        return one.mode == mode and blobs.get(oid) == one.data and len(one.data) <= POST_LIMIT

    return {one.path: same(one) for one in files if one.path in first}


def _on_disk(top: Path, path: str) -> File:
    """A file of the working tree as git would take it."""
    place = top / path
    try:
        if place.is_symlink():
            return File(path, "120000", str(place.readlink()).encode())
        if place.is_dir():
            return File(path, "160000", b"")
        with place.open("rb") as file:
            return File(path, "100755" if os.access(place, os.X_OK) else "100644", file.read(POST_LIMIT + 1))
    except OSError as error:
        words = f'"{path}" cannot be read: {error.strerror}'
        raise LedgerError("usage", words, "make it readable, or name the files to check") from error
