"""New posts on a branch of code, while the feed has a branch of its own: nobody would read them there."""

from collections.abc import Iterator

from ledger.app.candidates import Comparison
from ledger.app.ledger import Ledger
from ledger.core.model import Finding, Where
from ledger.store.remote import RemoteStore
from ledger.store.work import holds_code


def find_posts_beside_code(ledger: Ledger, comparison: Comparison, commit: str | None) -> Iterator[Finding]:
    """What is wrong with fresh posts that would stand on a commit (None: on the first of its branch)."""
    landed, repo = comparison.landed, ledger.repo
    if not comparison.fresh or landed is None or holds_code(repo, landed):
        return
    if not (holds_code(repo, commit) if commit else repo.head_branch() != ledger.branch):
        return
    words = f'this post would stand beside code, and the feed is read on its own branch "{ledger.branch}"'
    detach = "" if isinstance(ledger.store, RemoteStore) else "--detach "
    fix = f"commit it in a checkout of the feed: `git worktree add {detach}../feed {ledger.branch}`"
    yield from (Finding("misplaced-post", Where(one.path, 1, 1), words, fix) for one in comparison.fresh)
