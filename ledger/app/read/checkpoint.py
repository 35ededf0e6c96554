"""A checkpoint: what the posts add up to, as one file on the remote, for machines that start fresh.

A clone without an index takes it where `ledger.checkpoint` is `trust`, since nothing that a remote says of
itself proves that only its guard writes there. `drift` compares it with what the posts say.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from typing import Final

from ledger.app.ledger import Ledger, with_fresh_deadline
from ledger.app.read.load import Cache, Feed, read_feed
from ledger.app.write.retry import refuse_offline, swap_until_applied
from ledger.core.errors import LedgerError, RefusedByRemoteError
from ledger.store.checkpoint_ref import (
    EVERY,
    REF,
    Checkpoint,
    fetch_checkpoint_ref,
    find_checkpoint_ref,
    goes_on_from,
    is_checkpoint_due,
    read_checkpoint,
    read_packed,
    write_commit,
)
from ledger.store.contract import ABSENT, Oid, RefUpdate
from ledger.store.files import replace_file
from ledger.store.git.bare import has_commit
from ledger.store.git.objects import Objects
from ledger.store.index.checkpoint import (
    find_first_difference,
    pack_index,
    place_index,
    unpack_lines,
    write_text_pieces,
)
from ledger.store.index.file import drop_index_file, find_index_file
from ledger.store.index.following import make_in_memory
from ledger.store.index.kept import begin_writing, open_index

_COMPARED: Final = "checkpoint-compared"
"""The file of a clone that names the checkpoint which it has compared."""
_REFUSED: Final = "checkpoint-refused"
"""The file of a clone that says that its remote takes no checkpoint from here."""


@dataclass(frozen=True, slots=True)
class CheckpointResult:
    """The commit of the feed that the remote's checkpoint stands for, how many posts are there, the size of
    its text as packed (bytes), and whether this command wrote it."""

    feed: Oid
    posts: int
    size: int
    written: bool


def take_checkpoint(ledger: Ledger, remote: str, feed: Oid) -> None:
    """Make the index of this clone, which has none, of the remote's checkpoint, if that fits the feed."""
    oid = fetch_checkpoint_ref(ledger.repo, remote, ledger.until)
    found = read_checkpoint(ledger.repo, oid) if oid else None
    with suppress(LedgerError):  # an object that is missing: it is built of the posts then
        if found is not None and goes_on_from(ledger.repo, found, feed):
            packed = read_packed(ledger.objects, found.oid)
            if packed is not None:
                # For its own commit: that of the feed may lie below the cut of a shallow clone.
                place_index(ledger.repo.common_dir, packed, found.oid, found.oid)


def make_checkpoint(ledger: Ledger, cache: Cache | None = None) -> CheckpointResult:
    """Put what the posts add up to now on the remote, unless it has that, or another is faster.

    Raises LedgerError `usage` where there is no remote or no post, and what any write raises.
    """
    remote = ledger.store.authority.remote
    if remote is None:
        message = "this repository has no remote, and what is fresh here finds the index"
        raise LedgerError("usage", message, "nothing needs to be done")
    refuse_offline(ledger)
    read_feed(ledger, [], cache, to_write=True)
    ledger = with_fresh_deadline(ledger)  # an index may have been made just now, which takes a while
    tried: list[Oid | None] = []

    def due() -> tuple[list[RefUpdate], CheckpointResult]:
        feed = read_feed(ledger, [], cache, to_write=True)
        if feed.commit is None:
            raise LedgerError("usage", "the feed has no posts yet", "`git ledger append` makes the first")
        before = find_checkpoint_ref(ledger.repo, remote, ledger.until)
        tried.append(before)
        packed, digest = _pack_feed(ledger.objects, feed)
        there = read_checkpoint(ledger.repo, before) if before and has_commit(ledger.repo, before) else None
        stands = there is not None and (there.feed, there.digest) == (feed.commit, digest)
        result = CheckpointResult(feed.commit, len(feed.board.posts), len(packed), not stands)
        # Another machine put one there meanwhile: it stands for as much, and a race for it helps nobody.
        if stands or tried[0] != before:
            return [], replace(result, written=False)
        seconds = int(ledger.world.now().timestamp())
        oid = write_commit(ledger.objects, feed.commit, packed, digest, result.posts, seconds)
        return [RefUpdate(REF, before or ABSENT, oid)], result

    return swap_until_applied(ledger, due)


def renew_checkpoint(ledger: Ledger, cache: Cache) -> CheckpointResult | None:
    """Make a checkpoint where one is due; None where none is, or the remote takes none (said once)."""
    remote = ledger.store.authority.remote
    feed = read_feed(ledger, [], cache)
    refused = ledger.repo.common_dir / "ledger" / _REFUSED
    if remote is None or len(feed.board.posts) < EVERY or refused.exists():
        return None
    there = _fetch_checkpoint(ledger, remote)
    if there is not None and not is_checkpoint_due(
        there.posts, there.seconds, len(feed.board.posts), ledger.world.now()
    ):
        return None
    try:
        result = make_checkpoint(ledger, cache)
    except RefusedByRemoteError:
        # For good in this clone: nothing but a hand removes the file.
        _keep_note(ledger, _REFUSED, "")
        ledger.notices.append("the remote takes no checkpoint from here: what is fresh reads every post")
        return None
    return result if result.written else None


def find_forgery(ledger: Ledger, feed: Feed) -> str | None:
    """What the remote's checkpoint, or the one that this clone took, says and the posts do not, as
    `ticket CMB-0107`; None where there is no such thing. Each is compared once.

    A partial clone compares nothing: it would fetch every post. An index that says what the posts do not is
    removed.
    """
    remote = ledger.store.authority.remote
    if remote is None or feed.commit is None or _is_partial(ledger, remote):
        return None
    return _compare_taken(ledger, feed.commit) or _compare_remote(ledger, remote)


def _compare_taken(ledger: Ledger, commit: Oid) -> str | None:
    """Compare the index of this clone where it was made of a checkpoint."""
    folder = ledger.repo.common_dir
    index = open_index(folder)
    if index is None or index.taken is None or index.commit != commit:
        return None
    with closing(make_in_memory(ledger.objects, commit)) as ours:
        odd = find_first_difference(_write_lines(ours), _write_lines(index.db))
    if odd is not None:
        place = find_index_file(folder)
        if place is not None:
            drop_index_file(place)
        return odd
    writing = begin_writing(folder, 1.0)
    if writing is not None:
        writing.trust_checkpoint()
        writing.commit_kept()
        writing.close()
    return None


def _compare_remote(ledger: Ledger, remote: str) -> str | None:
    """Compare the checkpoint of the remote, unless this clone did so before."""
    oid = None if ledger.offline else find_checkpoint_ref(ledger.repo, remote, ledger.until)
    note = ledger.repo.common_dir / "ledger" / _COMPARED
    if oid is None or (note.is_file() and note.read_text() == oid):
        return None
    there = _fetch_checkpoint(ledger, remote)
    if there is None or not has_commit(ledger.repo, there.feed):
        return None
    packed = read_packed(ledger.objects, there.oid)
    if packed is None:
        return "file"
    with closing(make_in_memory(ledger.objects, there.feed)) as ours:
        odd = find_first_difference(_write_lines(ours), unpack_lines(packed))
    if odd is None:
        _keep_note(ledger, _COMPARED, there.oid)
    return odd


def _fetch_checkpoint(ledger: Ledger, remote: str) -> Checkpoint | None:
    oid = fetch_checkpoint_ref(ledger.repo, remote, ledger.until)
    return read_checkpoint(ledger.repo, oid) if oid else None


def _is_partial(ledger: Ledger, remote: str) -> bool:
    return ledger.repo.config(f"remote.{remote}.promisor") == "true"


def _keep_note(ledger: Ledger, name: str, text: str) -> None:
    folder = ledger.repo.common_dir / "ledger"
    with suppress(OSError):
        folder.mkdir(exist_ok=True)
        replace_file(folder, name, text.encode())


def _pack_feed(objects: Objects, feed: Feed) -> tuple[bytes, str]:
    """What the posts of a feed add up to, packed, and the digest of that as text: from the index, unless that
    lags, or was made of a checkpoint itself, which nobody compared yet."""
    assert feed.commit is not None
    index = feed.kept.index
    if index is not None and index.commit == feed.commit and index.taken is None:
        return pack_index(index.db)
    with closing(make_in_memory(objects, feed.commit)) as db:
        return pack_index(db)


def _write_lines(db: sqlite3.Connection) -> Iterator[str]:
    return (piece.removesuffix("\n") for piece in write_text_pieces(db))
