"""What a push may hold below `feed/`, whatever its posts say: places, sizes, and one content for each path.

All of this is judged before a post is read. What stands in a commit of the history can be brought back from
it later, so every commit of a push counts, not only the last one.
"""

from collections.abc import Iterator, Sequence, Set
from typing import Final

from ledger.app.setup.founding import ATTRIBUTES, ATTRIBUTES_TEXT, README
from ledger.core.config.config import CONFIG_PATH
from ledger.core.ids import is_post_path
from ledger.store.git.bare import Difference, find_oids_at, read_sizes
from ledger.store.local import LocalStore

MOST_POSTS: Final = 1000
"""New posts in one push: a fleet of fifty seats posts as many in twenty minutes."""
MOST_BYTES: Final = 16 * 1024 * 1024
"""Bytes of new files below `feed/` in one push."""
_FILE: Final = "100644"
_PROGRAM: Final = "100755"


MOST_DIFFERENT: Final = 100_000
"""Files and folders that differ below `feed/`, over all commits of a push. Some hundred bytes can name more
files than a server has memory, by folders that hold one folder many times, and as many changes by commits
that take everything away and put it back."""
MOST_AT_FIRST: Final = 2_000_000
"""The same for the push with which a feed begins."""
TOO_MANY: Final = (
    "the commits of this push change more files below feed/ than are judged at once; "
    "rebase what others landed instead of merging it, or push a part of it first"
)


def refuse_files(
    store: LocalStore,
    old: str | None,
    new: str,
    changed: Sequence[Difference],
    contents: Sequence[Difference],
    back: Set[str],
) -> list[str]:
    """Why the files that a push changes below `feed/` may not land; nothing where they may.

    `contents` are those that its commits leave otherwise than a parent has them. The first push, with which a
    feed begins (`old` is None), may have any number of posts, and so may what comes `back` (paths) after a
    rewind.
    """
    fresh = [file for file in changed if file.path not in back]
    reasons = [*_find_misplaced(store, changed), *(_find_excess(store, fresh) if old else ())]
    return reasons or list(_find_rewritten(store, new, changed, contents))


def _find_misplaced(store: LocalStore, changed: Sequence[Difference]) -> Iterator[str]:
    """Files for which there is no place: one that stands where a folder must go stops every write."""
    places = (
        f"posts at their places, {CONFIG_PATH}, {README}, and {ATTRIBUTES} as `git ledger init` writes it"
    )
    for file in changed:
        # A landed post that is made executable is an edited one, which is a finding of the rules.
        if file.status == "A" and file.mode == _PROGRAM and is_post_path(file.path):
            yield f'"{file.path}" is executable, and posts are plain files: `git add --chmod=-x` mends it'
        elif file.status != "D" and not _is_at_its_place(store, file):
            yield f'"{file.path}" has no place there: below feed/ stand {places}'


def _is_at_its_place(store: LocalStore, file: Difference) -> bool:
    if is_post_path(file.path):
        return True  # the rules say whether it is one, and at its place
    if file.mode != _FILE:
        return False
    if file.path == ATTRIBUTES:
        return store.read_blobs([file.oid], len(ATTRIBUTES_TEXT))[file.oid] == ATTRIBUTES_TEXT.encode()
    return file.path in (CONFIG_PATH, README)


def _find_excess(store: LocalStore, changed: Sequence[Difference]) -> Iterator[str]:
    fresh = [file for file in changed if file.status == "A" and is_post_path(file.path)]
    if len(fresh) > MOST_POSTS:
        yield f"{len(fresh)} new posts in one push; at most {MOST_POSTS} are taken at once"
        return
    total = sum(read_sizes(store.repo, [file.oid for file in changed if file.status != "D"]))
    if total > MOST_BYTES:
        yield f"{total} bytes below feed/ in one push; at most {MOST_BYTES} are taken at once"


def _find_rewritten(
    store: LocalStore, new: str, changed: Sequence[Difference], listed: Sequence[Difference]
) -> Iterator[str]:
    """Posts that some commit of the push has otherwise than the push leaves them."""
    contents = {(file.path, file.mode, file.oid) for file in listed if is_post_path(file.path)}
    left = {(file.path, file.mode, file.oid) for file in changed}
    # What old and new have alike is not among the changes, and a commit between may have it otherwise.
    others = sorted({path for path, _, _ in contents} - {file.path for file in changed if file.status != "D"})
    left |= {(path, _FILE, oid) for path, oid in find_oids_at(store.repo, new, others).items()}
    wrong = {path for path, _, _ in contents - left}
    for path in sorted(wrong):
        yield (
            f'a commit of this push has "{path}" otherwise than the push leaves it; '
            "make one commit of yours, so that each post comes in as it stays"
        )
