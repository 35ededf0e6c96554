"""How far the history of a feed is known to have only added posts, so that no later look walks it again.

Kept with the index: it follows from the history, and where it is lost all of it is walked once more.
"""

from ledger.core.ids import is_post_path
from ledger.store.contract import Oid
from ledger.store.databases import DATABASE_ERRORS
from ledger.store.git.bare import has_commit, is_fast_forward, list_differences
from ledger.store.git.repository import Repo
from ledger.store.git.working_tree import find_objects_at, list_first_versions
from ledger.store.index.kept import begin_writing, open_index


def is_undisturbed(repo: Repo, commit: Oid) -> bool:
    """Whether every post that the history of a commit ever added is known to be there as it came."""
    since = _find_undisturbed(repo)
    if since is None or not has_commit(repo, since) or not is_fast_forward(repo, since, commit):
        return False
    if since != commit:
        if not _only_adds(repo, since, commit):
            return False
        keep_undisturbed(repo, commit)
    return True


def _find_undisturbed(repo: Repo) -> Oid | None:
    index = open_index(repo.common_dir)
    return None if index is None else index.undisturbed


def keep_undisturbed(repo: Repo, commit: Oid) -> None:
    """Keep that every post in the history of a commit is there as it came, where anything can be kept."""
    writing = begin_writing(repo.common_dir, 0)
    if writing is None:
        return
    try:
        writing.put_undisturbed(commit)
        writing.commit_kept()
    except DATABASE_ERRORS:
        return
    finally:
        writing.close()


def _only_adds(repo: Repo, since: Oid, commit: Oid) -> bool:
    """Whether the commits behind `since` added posts and did nothing else to any."""
    changed = [
        difference for difference in list_differences(repo, since, commit) if is_post_path(difference.path)
    ]
    if any(difference.status != "A" for difference in changed):
        return False
    added = {difference.path: difference.oid for difference in changed}
    came = list_first_versions(repo, f"{since}..{commit}", "feed")
    others = {path: oid for path, oid in came.items() if is_post_path(path) and added.get(path) != oid}
    # a merge brings files that were there before, as seen from its other side
    return not others or find_objects_at(repo, commit, others) == others
