"""`--propose NAME`: posts on a branch for review, based on the feed as it is, without a checkout."""

from collections.abc import Sequence
from fnmatch import fnmatch

from ledger.app.ledger import Ledger
from ledger.core.errors import LedgerError
from ledger.core.feed.posts import POST_LIMIT
from ledger.core.write.plan import SwapPlan
from ledger.store.contract import ABSENT, Oid, RefUpdate, Signature
from ledger.store.git.checkouts import find_checkouts
from ledger.store.git.working_tree import changed_paths, is_ancestor

OTHER_NAME = "`--propose` another name"


class Proposal:
    """A branch that carries posts to a review: new, or one that adds nothing but posts to the feed."""

    def __init__(self, ledger: Ledger, name: str) -> None:
        """Raises LedgerError `usage` for no name, `wrong-branch` for the feed's own or one in use here."""
        self._ledger = ledger
        self.name = name
        self.ref = f"refs/heads/{name}"
        self._tip: Oid | None = None
        if ledger.repo.git.run("check-ref-format", "--branch", name).code:
            raise LedgerError("usage", f'"{name}" is no branch name', "name one such as `posts/otto`")
        if name == ledger.branch:
            hint = "the same command without `--propose`, or with another name"
            raise LedgerError("wrong-branch", f'"{name}" is the feed itself', hint)
        for tree in find_checkouts(ledger.repo, name):
            raise LedgerError("wrong-branch", f'"{name}" is {tree.how} in "{tree.path}"', OTHER_NAME)

    def fetch_tip(self) -> None:
        """Look where the branch stands now. Raises LedgerError `unreachable`."""
        self._tip = self._ledger.store.read_branch(self.name, self._ledger.until)

    def read_files_named(self, names: Sequence[str]) -> dict[str, bytes]:
        """Files of the feed on the branch whose names match one of these patterns."""
        if self._tip is None:
            return {}
        store = self._ledger.store
        found = [
            entry
            for entry in store.list_files(self._tip)
            if any(fnmatch(entry.path, f"*/{name}") for name in names)
        ]
        blobs = store.read_blobs([entry.oid for entry in found], POST_LIMIT)
        return {entry.path: blobs[entry.oid] for entry in found}

    def build_updates(self, draft: SwapPlan, feed: Oid | None) -> list[RefUpdate]:
        """The commits of a draft on the branch, and the edit that moves it. Raises as `_base`."""
        if not draft.landings:
            return []
        ledger = self._ledger
        commit = parent = self._find_base(feed)
        for landing in draft.landings:
            author = Signature(*landing.intent.author)
            message = f"{landing.title}\n\nIntent: {landing.intent.nonce}\n"
            seconds = int(ledger.world.now().timestamp())
            files = dict(landing.files)
            commit = ledger.store.write_commit(commit, files, message, author, ledger.author, seconds)
        return [RefUpdate(self.ref, self._tip or ABSENT, commit)] if commit != parent else []

    def _find_base(self, feed: Oid | None) -> Oid:
        repo, tip = self._ledger.repo, self._tip
        if feed is None:
            raise LedgerError("wrong-branch", "there is no feed yet to propose to", "`git ledger init`")
        if tip is None:
            return feed
        # A branch that was merged looks just as one on which nothing was proposed yet.
        if is_ancestor(repo, tip, feed):
            raise LedgerError("wrong-branch", f'"{self.name}" has landed, or never left the feed', OTHER_NAME)
        base = self._ledger.objects.find_merge_base(tip, feed)
        if base is None or not all(path.startswith("feed/") for path in changed_paths(repo, base, tip)):
            words = f'"{self.name}" holds other work than posts on the feed'
            raise LedgerError("wrong-branch", words, OTHER_NAME)
        return tip
