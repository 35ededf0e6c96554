"""What the history of the feed branch still has, and its tip has no longer: found, and brought back.

A revert, a merge that took one side, or a hand with an editor removes or changes landed posts. The
history keeps them as they landed; bringing them back adds a commit and rewrites nothing.
"""

from collections.abc import Sequence

from ledger.app.ledger import Ledger
from ledger.app.read.load import Cache, Feed, read_feed
from ledger.app.write.retry import swap_until_applied
from ledger.app.write.viewing import refuse_unwritable
from ledger.core.dataclass import dataclass, replace
from ledger.core.feed.posts import POST_LIMIT
from ledger.core.ids import is_post_id, is_post_path
from ledger.rules.view import AlteredPost
from ledger.store.clone.undisturbed import is_undisturbed, keep_undisturbed
from ledger.store.contract import RefUpdate
from ledger.store.git.working_tree import find_landed_contents, list_first_versions
from ledger.store.versions import find_versions_stood_on

MESSAGE = "ledger: restore posts as they landed\n"


@dataclass(frozen=True, slots=True)
class LostPost:
    """A landed post that the tip lacks or has otherwise, and the object that it landed as; None where two
    lines of the history disagree on that."""

    change: AlteredPost
    oid: str | None


@dataclass(frozen=True, slots=True)
class Restored:
    """A post that was brought back, by a commit."""

    rule: str
    path: str
    commit: str


def find_history_changes(ledger: Ledger, feed: Feed) -> list[LostPost]:
    """Posts that landed on the branch and were removed or changed since; none in a shallow clone.

    A post by hand that its author took back before anybody stood on it never landed: after a lost race
    its own seat removes a claim from the merge that brings the winner's.

    A file whose name is no post id never was a post: it may go.
    """
    if feed.commit is None or ledger.repo.shallow or is_undisturbed(ledger.repo, feed.commit):
        return []
    entries = ledger.store.list_files(feed.commit)
    there = {entry.path: entry.oid for entry in entries}
    names = {entry.path.rpartition("/")[2] for entry in entries}
    changes: list[AlteredPost] = []
    as_came = True
    for path, oid in list_first_versions(ledger.repo, feed.commit, "feed").items():
        name = path.rpartition("/")[2]
        is_post = is_post_path(path) and is_post_id(name.removesuffix(".md"))
        if not is_post or there.get(path) == oid:
            continue
        as_came = False
        if path in there:
            changes.append(AlteredPost(path, "edited"))
        elif name not in names:  # a post that was put into its right place is there
            changes.append(AlteredPost(path, "removed"))
    if as_came:
        keep_undisturbed(ledger.repo, feed.commit)
        return []
    # The walk above takes for the first what git lists first. Whether lines of the history disagree on that
    # is asked of the few that differ.
    first = find_landed_contents(ledger.repo, feed.commit, [entry.path for entry in changes])
    counting = find_versions_stood_on(ledger.repo, feed.commit, list(first))
    landed = [LostPost(entry, first[entry.path][1] if entry.path in first else None) for entry in changes]
    landed = [replace(entry, oid=counting.get(entry.change.path, entry.oid)) for entry in landed]
    never = {path for path, oid in counting.items() if oid is None}
    landed = [entry for entry in landed if entry.change.path not in never]
    return [entry for entry in landed if there.get(entry.change.path, "") != entry.oid]


def restore_posts(ledger: Ledger, cache: Cache) -> list[Restored]:
    """Bring back every such post as it landed, in one commit. Gives what was brought back.

    Left out are those too long to be read, and those in a folder whose name is no text.
    """

    def due() -> tuple[list[RefUpdate], list[Restored]]:
        feed = read_feed(ledger, (), cache, to_write=True)
        refuse_unwritable(ledger, feed)
        landed = _read_lost_posts(ledger, find_history_changes(ledger, feed))
        if not landed or feed.commit is None:
            return [], []
        files = {change.path: data for change, data in landed.items()}
        seconds = int(ledger.world.now().timestamp())
        me = ledger.author
        commit = ledger.store.write_commit(feed.commit, files, MESSAGE, me, me, seconds)
        restored = [Restored(f"{change.how}-post", change.path, commit) for change in landed]
        return [RefUpdate(ledger.store.feed_ref, feed.commit, commit)], restored

    return swap_until_applied(ledger, due)


def _read_lost_posts(ledger: Ledger, lost: Sequence[LostPost]) -> dict[AlteredPost, bytes]:
    """What can be written again of the posts that are lost."""
    oids = {post.change: post.oid for post in lost if post.oid is not None and post.change.path.isprintable()}
    blobs = ledger.store.read_blobs(oids.values(), POST_LIMIT)
    return {change: blobs[oid] for change, oid in oids.items() if len(blobs[oid]) <= POST_LIMIT}
