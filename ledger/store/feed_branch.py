"""Which branch holds the feed: what is set, else what the refs of this repository show."""

import re
from typing import Final

from ledger.store.git import lines
from ledger.store.repo import Repo
from ledger.store.swap import Oid

OWN_BRANCH: Final = "ledger"
"""The branch that `init` gives to a feed."""
SHARED_BRANCH: Final = "main"
"""The branch of the code that may hold a feed as well."""
_IN_A_FEED: Final = re.compile(r"feed/(ledger\.yaml|[0-9]{4})").fullmatch


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
    rows = [line.split(" ") for line in lines(repo.git.ask("for-each-ref", form, *names))]
    branches = {name: (oid, symref or name) for name, oid, symref in rows if name in names}
    if folder + OWN_BRANCH in branches:
        return OWN_BRANCH
    for oid, name in (branches[name] for name in names if name in branches):
        if holds_feed(repo, oid):
            return name.removeprefix(folder)
    return OWN_BRANCH


def holds_feed(repo: Repo, commit: Oid) -> bool:
    """Whether a commit has `feed/ledger.yaml` or the folder of a year: other code may have a `feed/` too."""
    ran = repo.git.run("ls-tree", "--name-only", "--full-tree", commit, "feed/")
    return ran.code == 0 and any(_IN_A_FEED(path) for path in lines(ran.out))
