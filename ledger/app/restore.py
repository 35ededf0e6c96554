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
from ledger.store.work import first_versions

MESSAGE = "ledger: restore posts as they landed\n"


@dataclass(frozen=True, slots=True)
class Lost:
    """A landed post that the tip lacks or has otherwise, and the object that it landed as."""

    change: Change
    oid: str


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
    lost = []
    for path, oid in first_versions(ledger.repo, feed.commit, "feed").items():
        if not is_post_path(path) or there.get(path) == oid:
            continue
        if path in there:
            lost.append(Lost(Change(path, "edited"), oid))
        elif path.rpartition("/")[2] not in names:  # a post that was put into its right place is there
            lost.append(Lost(Change(path, "removed"), oid))
    return lost


def restore(ledger: Ledger) -> list[Restored]:
    """Bring back every such post as it landed, in one commit. Gives what was brought back."""
    cache = Cache()

    def due() -> tuple[list[Edit], list[Restored]]:
        feed = read_feed(ledger, (), cache)
        lost = history_changes(ledger, feed)
        if not lost or feed.commit is None:
            return [], []
        blobs = ledger.store.blobs([one.oid for one in lost], POST_LIMIT)
        files = {one.change.path: blobs[one.oid] for one in lost}
        seconds = int(ledger.world.now().timestamp())
        me = ledger.author
        commit = ledger.store.commit(feed.commit, files, MESSAGE, me, me, seconds)
        restored = [Restored(f"{one.change.how}-post", one.change.path, commit) for one in lost]
        return [Edit(ledger.store.feed_ref, feed.commit, commit)], restored

    return swapped(ledger, due)
