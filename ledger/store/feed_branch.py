"""Which branch holds the feed: what is set, else what the refs of this repository show."""

from typing import Final

from ledger.core.lazy_pattern import LazyPattern
from ledger.store.contract import Oid
from ledger.store.git.process import split_lines
from ledger.store.git.repository import Repo
from ledger.store.git.working_tree import holds_code

OWN_BRANCH: Final = "ledger"
"""The branch that `init` gives to a feed."""
SHARED_BRANCH: Final = "main"
"""The branch of the code that may hold a feed as well."""
_NAMES: Final = (OWN_BRANCH, "feed", "ledger-feed")
"""What a feed's branch may be called where the name before it is taken by the code."""
_OF_POSTS: Final = LazyPattern(r"feed/[0-9]{4}/[0-9]{2}/[0-9]{2}/[0-9]{2}/[0-9]{2}").fullmatch


def find_feed_branch(repo: Repo, remote: str | None) -> str:
    """The feed branch: `ledger.branch` if set; `ledger` where it exists; a code branch that holds a feed.

    Where there is none of these, `ledger`. Branches are those of the remote as last fetched, and of this
    repository where there is no remote.
    """
    return repo.config("ledger.branch") or guess_feed_branch(repo, remote)


def guess_feed_branch(repo: Repo, remote: str | None) -> str:
    """The feed branch by the refs alone, whatever is set."""
    folder = f"refs/remotes/{remote}/" if remote else "refs/heads/"
    names = [folder + OWN_BRANCH, folder + SHARED_BRANCH, *([f"{folder}HEAD"] if remote else [])]
    form = "--format=%(refname) %(objectname) %(symref)"
    rows = [line.split(" ") for line in split_lines(repo.git.check_output("for-each-ref", form, *names))]
    branches = {name: (oid, symref or name) for name, oid, symref in rows if name in names}
    if folder + OWN_BRANCH in branches and not is_of_code(repo, branches[folder + OWN_BRANCH][0]):
        return OWN_BRANCH
    for oid, name in (branches[name] for name in names if name in branches):
        if holds_feed(repo, oid):
            return name.removeprefix(folder)
    return OWN_BRANCH


def name_free_branch(repo: Repo, remote: str | None, refused: str) -> str:
    """A name for the feed's branch, other than `refused`, that is no branch of the code, by the refs of this
    repository."""
    folders = ["refs/heads/", *([f"refs/remotes/{remote}/"] if remote else [])]
    listed = repo.git.check_output("for-each-ref", "--format=%(refname)", *folders)
    taken = set(split_lines(listed))

    def is_free(name: str) -> bool:
        refs = {folder + name for folder in folders}
        return name != refused and not any(is_of_code(repo, ref) for ref in refs & taken)

    return next((name for name in _NAMES if is_free(name)), _NAMES[-1])


def is_of_code(repo: Repo, commit: Oid) -> bool:
    """Whether a commit holds code and no feed."""
    return holds_code(repo, commit) and not holds_feed(repo, commit)


def holds_feed(repo: Repo, commit: Oid) -> bool:
    """Whether a commit has `feed/ledger.yaml` or a folder of posts: other code may have a `feed/` too."""
    words = ("ls-tree", "--name-only", "--full-tree")
    # First, since it is one entry: the list of folders below grows with the feed.
    settings = repo.git.run(*words, commit, "feed/ledger.yaml")
    if settings.code or settings.out:
        return settings.code == 0
    folders = repo.git.check_output(*words, "-r", "-d", commit, "feed/")
    return any(_OF_POSTS(path) for path in split_lines(folders))
