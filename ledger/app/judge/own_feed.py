"""A feed that began in a repository before it had a remote: what landed in it is not passed by in silence."""

from ledger.app.ledger import Ledger
from ledger.core.errors import LedgerError
from ledger.store.feed_branch import holds_feed


def refuse_own_feed(ledger: Ledger, commit: str | None) -> None:
    """Raise LedgerError `no-branch` where a remote is new to a set-up repository whose own feed is not on it.

    `commit` is the feed of the remote, None where it has none.
    """
    repo = ledger.repo
    # `init` sets both where there is a remote: the branch alone is of a time when there was none.
    is_new = repo.config("ledger.branch") and not repo.config("ledger.remote")
    if ledger.store.authority.remote is None or not is_new:
        return
    if commit is None:
        refuse_unpushed(ledger)
    elif words := describe_own_feed(ledger, commit):
        raise LedgerError("no-branch", words, "`git ledger init` works on the feed of the remote from now on")


def refuse_unpushed(ledger: Ledger) -> None:
    """Raise LedgerError `no-branch` where a feed to begin with is here, and the remote has none of that name.

    A repository that is its own authority has nothing to push.
    """
    remote, branch = ledger.store.authority.remote, ledger.branch
    if remote is not None and ledger.objects.resolve_commit(f"refs/heads/{branch}"):
        raise LedgerError(
            "no-branch",
            f'the remote has no branch "{branch}" yet, but this repository has one to begin with',
            f"`git push --atomic {remote} {branch} 'refs/reserve/*'`, then the same command again",
        )


def describe_own_feed(ledger: Ledger, commit: str) -> str | None:
    """What to know of posts in a feed of this repository that has nothing in common with the remote's."""
    repo, objects, branch = ledger.repo, ledger.objects, ledger.branch
    remote = ledger.store.authority.remote
    own = objects.resolve_commit(f"refs/heads/{branch}")
    if own is None or repo.shallow or not holds_feed(repo, own) or objects.find_merge_base(own, commit):
        return None
    return (
        f'the posts on this repository\'s own "{branch}" are not in the feed on {remote}: `git log {branch}`'
    )
