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
class FeedFile:
    """A file of the feed that is new or another than what landed."""

    path: str
    mode: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Comparison:
    """`landed` is the commit that counts as landed (None: nothing has), `fresh` the files that are new,
    `config` the file of settings where it differs, `changes` what was done to landed posts.

    `alters_settings`: the file of settings differs, is gone, or conflicts.
    """

    landed: str | None
    fresh: tuple[FeedFile, ...]
    config: FeedFile | None = None
    changes: tuple[AlteredPost, ...] = ()
    alters_settings: bool = False


def compare_working_tree(ledger: Ledger, landed: str | None, with_gone: bool = True) -> Comparison:
    """The working tree against what landed; unless `with_gone`, without the posts that are not there: code
    beside a feed has none of them."""
    differing = ledger.objects.list_worktree_files(landed or ABSENT, with_gone)
    present = [_read_from_disk(ledger.repo.top, path) for status, path in differing if status != "D"]
    gone = {path for status, path in differing if status == "D"}
    return _sort_differing(ledger, landed, present, gone, "HEAD")


def compare_index(ledger: Ledger, landed: str | None) -> Comparison:
    """What is staged for the next commit against what landed; obeys the index that git names."""
    return _compare_differences(ledger, landed, list_staged_differences(ledger.repo, landed), "HEAD")


def compare_commit(ledger: Ledger, landed: str | None, commit: str) -> Comparison:
    """A commit against what landed."""
    return _compare_differences(ledger, landed, list_differences(ledger.repo, landed, commit), commit)


def _compare_differences(
    ledger: Ledger, landed: str | None, changed: Sequence[Difference], history: str
) -> Comparison:
    there = [difference for difference in changed if difference.status in PRESENT]
    # The commit of a submodule (mode 160000) is no object of this repository.
    blobs = ledger.store.read_blobs(
        [difference.oid for difference in there if difference.mode != "160000"], POST_LIMIT
    )
    present = [
        FeedFile(difference.path, difference.mode, blobs.get(difference.oid, b"")) for difference in there
    ]
    gone = {difference.path for difference in changed} - {difference.path for difference in there}
    return _sort_differing(ledger, landed, present, gone, history)


def _sort_differing(
    ledger: Ledger, landed: str | None, present: Sequence[FeedFile], gone: Collection[str], history: str
) -> Comparison:
    """Sort differing files: posts that are new, posts that were edited or removed, the config.

    A post that landed is edited unless it gets back what it first landed with, and removed only where the
    history at hand had it already; else it was not pulled yet. A shallow history may not reach back far
    enough to say which.
    """
    landed_oids = find_oids_at(ledger.repo, landed, [file.path for file in present]) if landed else {}
    fresh = tuple(file for file in present if is_post_path(file.path) and file.path not in landed_oids)
    other = [file for file in present if is_post_path(file.path) and file.path in landed_oids]
    mended = find_unchanged(ledger, landed, other)
    edited = [AlteredPost(file.path, "edited") for file in other if not mended.get(file.path)]
    removed = _find_removed(ledger, landed, gone, history) if gone else ()
    config = next((file for file in present if file.path == CONFIG_PATH), None)
    altered = config is not None or CONFIG_PATH in gone
    return Comparison(landed, fresh, config, (*edited, *removed), altered)


def _find_removed(
    ledger: Ledger, landed: str | None, gone: Collection[str], history: str
) -> Sequence[AlteredPost]:
    """The posts among files that are gone which the history at hand had."""
    commit = ledger.objects.resolve_commit(history)
    base = ledger.objects.find_merge_base(commit, landed) if commit and landed else None
    had = find_oids_at(ledger.repo, base, sorted(gone)) if base else {}
    # In a shallow clone the commit that both stand on may lie below the cut.
    unknown = commit is not None and base is None and ledger.repo.shallow
    how = "unknown" if unknown else "removed"
    return [
        AlteredPost(path, how) for path in sorted(gone) if is_post_path(path) and (unknown or path in had)
    ]


def find_unchanged(ledger: Ledger, landed: str | None, files: Sequence[FeedFile]) -> dict[str, bool]:
    """Whether each file is as it first came into the history of what landed, where that can be told."""
    first = find_landed_contents(ledger.repo, landed, [file.path for file in files]) if landed else {}
    blobs = ledger.store.read_blobs([oid for mode, oid in first.values() if mode != "160000"], POST_LIMIT)

    def same(file: FeedFile) -> bool:
        mode, oid = first[file.path]
        return file.mode == mode and blobs.get(oid) == file.data and len(file.data) <= POST_LIMIT

    return {file.path: same(file) for file in files if file.path in first}


def _read_from_disk(top: Path, path: str) -> FeedFile:
    """A file of the working tree as git would take it."""
    place = top / path
    try:
        # First, as the questions after it follow a link to what it points to.
        if place.is_symlink():
            return FeedFile(path, "120000", str(place.readlink()).encode())
        if place.is_dir():
            return FeedFile(path, "160000", b"")
        with place.open("rb") as file:
            return FeedFile(
                path, "100755" if os.access(place, os.X_OK) else "100644", file.read(POST_LIMIT + 1)
            )
    except OSError as error:
        words = f'"{path}" cannot be read: {error.strerror}'
        raise LedgerError("usage", words, "make it readable, or name the files to check") from error
