"""New posts on a branch of code, while the feed has a branch of its own: nobody would read them there."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from ledger.app.judge.candidates import Comparison
from ledger.app.ledger import Ledger
from ledger.app.read.load import find_landed_commit
from ledger.core.dataclass import replace
from ledger.core.errors import LedgerError
from ledger.core.ids import is_post_id
from ledger.core.model import Finding, Where
from ledger.store.feed_branch import holds_feed
from ledger.store.git.working_tree import holds_code


def find_posts_beside_code(
    ledger: Ledger, comparison: Comparison, commit: str | None
) -> tuple[Comparison, Sequence[Finding]]:
    """What there is to judge of a comparison, and what is wrong with posts that would stand beside code.

    `commit` is what they would stand on (None: they are the first of its branch). A branch of code may have a
    folder `feed/` of its own: only what has the name of a post is meant for the feed.
    """
    if not is_branch_of_code(ledger, comparison.landed, commit):
        return comparison, ()
    posts = tuple(post for post in comparison.fresh if is_post_id(PurePosixPath(post.path).stem))
    words = f'this post would stand beside code, and the feed is read on its own branch "{ledger.branch}"'
    fix = f"commit it in a checkout of the feed: `{write_checkout_command(ledger)}`"
    found = [Finding("misplaced-post", Where(post.path, 1, 1), words, fix) for post in posts]
    return replace(comparison, fresh=posts, config=None, changes=()), found


def is_branch_of_code(ledger: Ledger, landed: str | None, commit: str | None) -> bool:
    """Whether a commit is of the code, while the feed has, or will have, a branch of its own."""
    repo = ledger.repo
    if landed and commit == landed:
        return False
    if holds_code(repo, landed) if landed else repo.head_branch() == ledger.branch:
        return False
    if commit is None:
        return repo.head_branch() != ledger.branch
    return holds_code(repo, commit) or not holds_feed(repo, commit)


def write_checkout_command(ledger: Ledger) -> str:
    """The command that makes a checkout of the feed beside this one."""
    # Without a remote writes move the branch itself, and are refused while a working tree is on it.
    detach = "" if ledger.store.authority.remote else "--detach "
    return f"git worktree add {detach}../feed {ledger.branch}"


def refuse_elsewhere(ledger: Ledger) -> None:
    """Raise LedgerError `cannot-stage` in a working tree whose next commit brings no post to the feed."""
    repo, objects, landed = ledger.repo, ledger.objects, find_landed_commit(ledger)
    head = objects.resolve_commit("HEAD")
    based = head is not None and landed is not None and objects.find_merge_base(head, landed) is not None
    if repo.head_branch() != ledger.branch and not based:
        words = f'"{repo.top}" is no checkout of the feed, which is on the branch "{ledger.branch}"'
        raise LedgerError(
            "cannot-stage", words, f"`{write_checkout_command(ledger)}`, and the same command there"
        )
