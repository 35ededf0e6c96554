"""Landing again what a rewind took: posts byte for byte, tips and reservations, as this clone saw them."""

from collections.abc import Mapping

from ledger.app.judge.restore import Restored
from ledger.app.judge.rewound import (
    PAYLOAD_LIMIT,
    find_absent_numbers,
    find_lost_posts,
    parse_number,
    parse_series,
    read_tip_at,
)
from ledger.app.ledger import Ledger
from ledger.app.read.load import Cache, Feed, read_feed
from ledger.app.read.series import ALL_SERIES
from ledger.app.write.retry import swap_until_applied
from ledger.core.dataclass import replace
from ledger.core.errors import RefusedByRemoteError
from ledger.core.feed.posts import POST_LIMIT
from ledger.core.ids import tip_ref
from ledger.core.model import Finding
from ledger.core.write.numbers import Reservation, decode_reservation
from ledger.rules.rewound_feed import NAME, report_lost_number
from ledger.store.contract import ABSENT, Oid, RefUpdate
from ledger.store.git.repository import choose_remote
from ledger.store.git.working_tree import grows_in_feed_only

SEEN_HERE = "seen-here"
"""The branch on which a clone shows the keeper of a guarded server what it saw."""
MESSAGE = "ledger: land again what a rewind took\n"


def mend_rewind(ledger: Ledger, cache: Cache) -> tuple[list[Restored], list[Finding]]:
    """Land again what was seen and is gone; beside it findings about numbers that cannot be put back."""
    if read_feed(ledger, [ALL_SERIES], cache, to_write=True).rewind is None:
        return [], []

    def mend() -> tuple[list[RefUpdate], list[Restored]]:
        feed = read_feed(ledger, [ALL_SERIES], cache, to_write=True)
        edits, restored = _bring_back_posts(ledger, feed)
        for ref, oid in feed.rewind.tips.items() if feed.rewind else ():
            edits.append(RefUpdate(ref, feed.refs.get(ref, ABSENT), oid))
            restored.append(Restored(NAME, parse_series(ref), f"{ref} {read_tip_at(ledger, oid)}"))
        # In one swap with their tips: once those are back, a guarded server takes no number at or below them.
        absent = find_absent_numbers(ledger, feed)
        numbers = {ref: oid for ref, oid in absent.items() if _is_above_tip(ledger, feed, ref)}
        return [*edits, *_reserve_again(ledger, numbers)], [*restored, *_restored_numbers(numbers)]

    try:
        landed = swap_until_applied(ledger, mend)
    except RefusedByRemoteError as error:
        raise replace(error, hint=_explain_way_out(ledger)) from error
    numbers, lost = _mend_numbers(ledger, cache)
    return [*landed, *numbers], lost


def _explain_way_out(ledger: Ledger) -> str:
    """How what was seen gets past a guard that does not know it any more."""
    seen = ledger.store.seen_ref
    push = f"`git push --no-verify {choose_remote(ledger.repo)} {seen}:refs/heads/{SEEN_HERE}`"
    admit = f"`git ledger guard admit --branch {SEEN_HERE}`"
    return f"{push}; the keeper of the server runs {admit} there (docs/protocol.md); then this again"


def _bring_back_posts(ledger: Ledger, feed: Feed) -> tuple[list[RefUpdate], list[Restored]]:
    """The edit that brings back the posts that are gone: to the commit seen where the feed only has to go
    forward to it, else to a commit that adds them."""
    seen, now = feed.rewind.feed if feed.rewind else None, feed.commit
    if seen is None:
        return [], []
    posts = find_lost_posts(ledger, feed)
    commit = seen
    # The commit seen itself where it can be: its author and time stay, and other clones have it already.
    if now is not None and not grows_in_feed_only(ledger.repo, now, seen):
        commit = _commit_posts(ledger, now, posts)
    edit = RefUpdate(ledger.store.feed_ref, now or ABSENT, commit)
    return [edit], [Restored(NAME, path, commit) for path in posts]


def _commit_posts(ledger: Ledger, parent: Oid, posts: Mapping[str, Oid]) -> Oid:
    """A commit on `parent` that adds these posts (path to object), byte for byte."""
    blobs = ledger.store.read_blobs(posts.values(), POST_LIMIT)
    files = {path: blobs[oid] for path, oid in posts.items()}
    seconds = int(ledger.world.now().timestamp())
    return ledger.store.write_commit(parent, files, MESSAGE, ledger.author, ledger.author, seconds)


def _mend_numbers(ledger: Ledger, cache: Cache) -> tuple[list[Restored], list[Finding]]:
    """Reserve again what is left of the reservations that vanished, and say of which that cannot be.

    They go alone: a guarded server takes no number at or below its tip, and would refuse the posts with it.
    """
    lost: list[Finding] = []

    def mend() -> tuple[list[RefUpdate], list[Restored]]:
        feed = read_feed(ledger, [ALL_SERIES], cache, to_write=True)
        lost[:] = _lost_numbers(ledger, feed)
        absent = find_absent_numbers(ledger, feed)
        return _reserve_again(ledger, absent), _restored_numbers(absent)

    try:
        landed = swap_until_applied(ledger, mend)
    except RefusedByRemoteError:
        feed = read_feed(ledger, [ALL_SERIES], cache, to_write=True)
        landed, lost = [], _lost_numbers(ledger, feed, tuple(find_absent_numbers(ledger, feed)))
    # Last: after a kill the next run still knows which reservations vanished.
    ledger.store.forget_vanished()
    return landed, lost


def _lost_numbers(ledger: Ledger, feed: Feed, refused: tuple[str, ...] = ()) -> list[Finding]:
    """Findings about reservations that were seen and are another's now, or that the remote refuses."""
    kept = ledger.store.vanished_reservations()
    lost = {ref: oid for ref, oid in kept.items() if ref in refused or feed.refs.get(ref, oid) != oid}
    there = [feed.refs[ref] for ref in lost if ref in feed.refs]
    blobs = ledger.store.read_blobs([*lost.values(), *there], PAYLOAD_LIMIT)
    return [
        report_lost_number(
            ref, _read_owner(ref, blobs[oid]), _read_owner(ref, blobs.get(feed.refs.get(ref, ""), b""))
        )
        for ref, oid in lost.items()
    ]


def _read_owner(ref: str, payload: bytes) -> Reservation | None:
    return decode_reservation(payload, parse_series(ref), parse_number(ref))


def _is_above_tip(ledger: Ledger, feed: Feed, ref: str) -> bool:
    """Whether a number lies above its tip as that is now: only there a guarded server takes it."""
    return parse_number(ref) > read_tip_at(ledger, feed.refs.get(tip_ref(parse_series(ref))))


def _reserve_again(ledger: Ledger, numbers: Mapping[str, Oid]) -> list[RefUpdate]:
    """The edits that reserve numbers again, with what they held, which git may have no object of here."""
    payloads = ledger.store.read_blobs(numbers.values(), PAYLOAD_LIMIT)
    return [RefUpdate(ref, ABSENT, ledger.store.write_blob(payloads[oid])) for ref, oid in numbers.items()]


def _restored_numbers(numbers: Mapping[str, Oid]) -> list[Restored]:
    return [Restored(NAME, ref, oid) for ref, oid in numbers.items()]
