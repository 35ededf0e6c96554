"""`init --move-to`: a feed that shares a branch with code gets one of its own, in one swap.

The new branch repeats how the feed landed, commit by commit, without the code; the old one keeps its files
and says in its settings where the feed is, so that no clone goes on writing there.
"""

from collections.abc import Sequence

from ledger.app.effects import Effects
from ledger.app.ledger import GlobalOptions, Ledger, open_ledger
from ledger.app.read.load import Cache, read_config_at
from ledger.app.setup.founding import NOBODY, make_setup_files
from ledger.app.write.retry import swap_until_applied
from ledger.core.config.config import CONFIG_PATH, name_branch, parse_config
from ledger.core.errors import LedgerError
from ledger.core.feed.posts import POST_LIMIT
from ledger.store.contract import ABSENT, RefUpdate
from ledger.store.git.checkouts import find_checkouts
from ledger.store.git.working_tree import find_objects_at, is_ancestor, landings
from ledger.store.git.writing import copy_history


def move_feed(options: GlobalOptions, world: Effects, source: str, target: str) -> bool:
    """Move the feed from one branch to another; False where it stands there, or nowhere yet.

    Of two who do it at once one moves it, and a post that lands at that moment comes along. Raises
    LedgerError `usage` for a target that holds something else, and what a write raises.
    """
    if source == target:
        return False
    old, new = (open_ledger(options, world, branch) for branch in (source, target))

    def due() -> tuple[list[RefUpdate], bool]:
        there = new.store.read_refs([], new.until).get(new.store.feed_ref)
        commit = old.store.read_refs([], old.until).get(old.store.feed_ref)
        if commit is None:
            return [], False
        is_announced = read_config_at(old.store, commit, Cache()).branch == target
        if there is not None and is_announced:
            return [], False
        copied = _copy_feed_history(old, commit)
        # The copy of a history is the same commit on every machine, so that two who move agree.
        if there is not None and is_ancestor(old.repo, copied, there):
            return [], False
        if there is not None:
            words = f'the branch "{target}" is there already, and is not this feed'
            raise LedgerError("usage", words, "`git ledger init --move-to NAME`, another name")
        return _build_updates(old, new, commit, copied, is_announced), True

    return swap_until_applied(new, due)


def list_move_notices(source: str, target: str, remote: str | None) -> Sequence[str]:
    """What is left to do by hand after a move."""
    words = f'the posts on "{source}" are read no more; when they are deleted there, keep {CONFIG_PATH}, '
    words += f'which tells whoever still looks there that the feed is on "{target}"'
    guard = f"where the server has a guard: `git ledger guard install --branch {target}` there"
    return [words, guard] if remote else [words]


def _copy_feed_history(old: Ledger, commit: str) -> str:
    """The feed's history without the code."""
    if old.repo.shallow:
        words = "this clone is shallow, and the feed moves with its history"
        raise LedgerError("usage", words, "`git fetch --unshallow`, then the same command again")
    return copy_history(old.repo.git_dir, landings(old.repo, commit, "feed"), "feed")


def _build_updates(old: Ledger, new: Ledger, commit: str, copied: str, is_announced: bool) -> list[RefUpdate]:
    """The new branch; and the word on the old one, unless that is `told` or a working tree holds it."""
    target = new.branch
    committer = old.repo.find_identity() or NOBODY
    seconds = int(old.world.now().timestamp())
    missing = {path: text for path, text in make_setup_files(target).items() if path != CONFIG_PATH}
    there = find_objects_at(old.repo, commit, [CONFIG_PATH, *missing])
    settings = _write_settings(old, there.get(CONFIG_PATH), target)
    files = {path: text.encode() for path, text in missing.items() if path not in there} | settings
    moved = new.store.write_commit(
        copied, files, f"ledger: moved from {old.branch}\n", committer, committer, seconds
    )
    edits = [RefUpdate(new.store.feed_ref, ABSENT, moved)]
    if not is_announced and (old.store.authority.remote or not find_checkouts(old.repo, old.branch)):
        notice = old.store.write_commit(
            commit, settings, f"ledger: moved to {target}\n", committer, committer, seconds
        )
        # In one swap with the new branch: no clone is sent to it before it is there. The lease is the commit
        # that was copied: where a post lands meanwhile the swap fails, and the next try brings it along.
        edits.append(RefUpdate(old.store.feed_ref, commit, notice))
    return edits


def _write_settings(old: Ledger, oid: str | None, target: str) -> dict[str, bytes]:
    """The file of settings with the new branch named in it, all else as it is."""
    text = (
        old.store.read_blobs([oid], POST_LIMIT)[oid].decode()
        if oid
        else make_setup_files(target)[CONFIG_PATH]
    )
    named = name_branch(text, target).encode()
    before, after = parse_config(text.encode())[0], parse_config(named)[0]
    if after.branch != target or not after.writable or not before.writable:
        words = f"`{CONFIG_PATH}` cannot be given the line `branch: {target}`"
        raise LedgerError("usage", words, "write it so that every setting has lines of its own")
    return {CONFIG_PATH: named}
