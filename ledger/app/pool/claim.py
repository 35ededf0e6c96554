"""A tree of the pool for one ticket: the claim, and the branch that is named after it."""

import re

from ledger.app.deeds.claim import claim_ticket
from ledger.app.ledger import Ledger
from ledger.app.pool.work import PoolWork
from ledger.app.read.load import find_ticket, read_feed
from ledger.core.board.records import find_holder
from ledger.core.board.transitions import describe_holder
from ledger.core.errors import InDoubtError, LedgerError
from ledger.core.model import Ticket
from ledger.store.contract import Oid
from ledger.store.pool.base_branch import create_branch, drop_branch, find_branch_commit
from ledger.store.pool.pool import Tree
from ledger.store.pool.worktrees import find_sound_git_dir

SLUG = 40
"""Characters of a subject that a branch is named after."""


def find_claimable(ledger: Ledger, item: str) -> Ticket:
    """The ticket, unless another seat holds it. Raises LedgerError `held`, `no-such-ticket`."""
    # Spares setting a tree in vain. The claim itself is won or lost by the swap in `begin_work`.
    ticket = find_ticket(read_feed(ledger), item)
    if ticket.holder not in (None, ledger.seat):
        details = {"item": item, "holder": find_holder(ticket)}
        raise LedgerError("held", describe_holder(ticket), f"`git ledger show {item}`", details)
    return ticket


def begin_work(work: PoolWork, tree: Tree, ticket: Ticket, base: Oid) -> tuple[str, ...]:
    """Claim the ticket and stand on its branch: the one that this seat's claim names, else a new one."""
    ledger = work.ledger
    git_dir = find_sound_git_dir(work.pool, tree)
    assert git_dir is not None
    keeper = work.open_keeper(tree, git_dir)
    own = ticket.branch if ticket.holder == ledger.seat else None
    if own and find_branch_commit(ledger.repo, own) and keeper.switch_to_branch(own):
        return claim_ticket(ledger, ticket.id, own, str(tree.path)).warnings
    wanted = f"{work.identity}/{name_branch(ticket)}"
    # The branch before the claim that names it: killed in between, a branch at the base is left and no claim.
    branch = create_branch(ledger.repo, work.remote, wanted, base, ledger.until, ledger.offline)
    try:
        result = claim_ticket(ledger, ticket.id, branch, str(tree.path))
    except LedgerError as error:
        # A claim in doubt may have landed, and names the branch.
        if not isinstance(error, InDoubtError):
            drop_branch(ledger.repo, branch, base)
        raise
    keeper.begin_branch(branch)
    words = f"{own}, which the claim named, cannot be checked out here: {branch} begins at the base"
    return (*result.warnings, words) if own else result.warnings


def name_branch(ticket: Ticket) -> str:
    """`CMB-0107-redline-cards`: the ticket, and the first words of its subject in plain letters."""
    slug = ""
    for word in re.findall(r"[a-z0-9]+", ticket.subject.lower()):
        if len(slug) + len(word) >= SLUG:
            break
        slug += f"-{word}"
    return ticket.id + slug
