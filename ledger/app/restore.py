"""What the history of the feed branch still has, and its tip has no longer: found, and brought back.

A revert, a merge that took one side, or a hand with an editor removes or changes landed posts. The
history keeps them as they landed; bringing them back adds a commit and rewrites nothing.
"""

from dataclasses import dataclass

from ledger.app.ledger import Ledger
from ledger.app.load import Cache, Feed, is_post_path, read_feed
from ledger.app.swapping import swapped
from ledger.core.posts import POST_LIMIT
from ledger.rules.view import Change
from ledger.store.swap import Edit
from ledger.store.work import first_versions, landed_as

MESSAGE = "ledger: restore posts as they landed\n"


@dataclass(frozen=True, slots=True)
class Lost:
    """A landed post that the tip lacks or has otherwise, and the object that it landed as; None where two
    lines of the history disagree on that."""

    change: Change
    oid: str | None


@dataclass(frozen=True, slots=True)
class Restored:
    """A post that was brought back, by a commit."""

    rule: str
    path: str
    commit: str


def history_changes(ledger: Ledger, feed: Feed) -> list[Lost]:
    """Posts that landed on the branch and were removed or changed since; none in a shallow clone."""
    if feed.commit is None or ledger.repo.shallow:
        return []
    there = {one.path: one.oid for one in feed.entries}
    names = {one.path.rpartition("/")[2] for one in feed.entries}
    changes = []
    for path, oid in first_versions(ledger.repo, feed.commit, "feed").items():
        if not is_post_path(path) or there.get(path) == oid:
            continue
        if path in there:
            changes.append(Change(path, "edited"))
        elif path.rpartition("/")[2] not in names:  # a post that was put into its right place is there
            changes.append(Change(path, "removed"))
    first = landed_as(ledger.repo, feed.commit, [one.path for one in changes])
    landed = [Lost(one, first[one.path][1] if one.path in first else None) for one in changes]
    return [one for one in landed if there.get(one.change.path, "") != one.oid]


def restore(ledger: Ledger) -> list[Restored]:
    """Bring back every such post as it landed, in one commit. Gives what was brought back."""
    cache = Cache()

    def due() -> tuple[list[Edit], list[Restored]]:
        feed = read_feed(ledger, (), cache)
        lost = [(one.change, one.oid) for one in history_changes(ledger, feed) if one.oid is not None]
        if not lost or feed.commit is None:
            return [], []
        blobs = ledger.store.blobs([oid for _, oid in lost], POST_LIMIT)
        files = {change.path: blobs[oid] for change, oid in lost}
        seconds = int(ledger.world.now().timestamp())
        me = ledger.author
        commit = ledger.store.commit(feed.commit, files, MESSAGE, me, me, seconds)
        restored = [Restored(f"{one.how}-post", one.path, commit) for one, _ in lost]
        return [Edit(ledger.store.feed_ref, feed.commit, commit)], restored

    return swapped(ledger, due)
