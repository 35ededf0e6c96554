"""`review`: what a proposal does to the queue, for whoever decides on it."""

from collections.abc import Iterator, Sequence

from ledger.app.judge.check import Judged, find_range_commits, judge_range
from ledger.app.ledger import Ledger
from ledger.app.read.load import Cache, read_config_at
from ledger.core.board.fold import find_named_tickets
from ledger.core.board.kinds import kind_of
from ledger.core.config.config import CONFIG_PATH
from ledger.core.config.config_diff import ChangedSetting, find_changed_settings
from ledger.core.dataclass import dataclass
from ledger.core.model import Collision, Directive, Finding, Post, Severity, State, Ticket


@dataclass(frozen=True, slots=True)
class TicketChange:
    """One ticket before and after a proposal; None where it is not there.

    `post` is the newest post that made the change, `effect` what that did, in words.
    """

    item: str
    before: Ticket | None
    after: Ticket | None
    post: Post
    effect: str

    @property
    def moves(self) -> bool:
        """True when the state is another."""
        return self.before is None or self.after is None or self.before.state is not self.after.state


@dataclass(frozen=True, slots=True)
class Clash:
    """A collision that a proposal would cause: the ticket that stands, and the opening that loses.

    `usurped` when the loser had landed and stood, and the proposal takes its number.
    """

    ticket: Ticket
    loser: Collision
    usurped: bool


@dataclass(frozen=True, slots=True)
class RulingSummary:
    """A ruling, its ABSORB lines, and those of them that change nothing because they are not allowed."""

    post: Post
    lines: tuple[Directive, ...]
    refused: tuple[Directive, ...]


@dataclass(frozen=True)
class ProposalReview:
    """What a proposal holds and does; findings with the errors first.

    `settings` are those in force that it changes; None where it leaves `feed/ledger.yaml` as it is.
    """

    posts: tuple[Post, ...]
    changes: tuple[TicketChange, ...]
    clashes: tuple[Clash, ...]
    rulings: tuple[RulingSummary, ...]
    findings: tuple[Finding, ...]
    settings: tuple[ChangedSetting, ...] | None = None


def review_proposal(ledger: Ledger, text: str) -> ProposalReview:
    """Compare the queue of A with that of A and what B adds, for an `A..B`.

    Raises LedgerError `usage` for a range that names no commits.
    """
    judged = judge_range(ledger, text)
    posts = judged.view.judged
    items = judged.board.changed_tickets(judged.feed.board)
    return ProposalReview(
        posts=posts,
        changes=tuple(_find_changes(items, judged)),
        clashes=tuple(_find_clashes(items, judged)),
        rulings=tuple(_summarize_rulings(judged)),
        findings=tuple(sorted(judged.findings, key=lambda finding: finding.severity is not Severity.ERROR)),
        settings=_compare_settings(ledger, *find_range_commits(ledger, text)),
    )


def _compare_settings(ledger: Ledger, first: str, last: str) -> tuple[ChangedSetting, ...] | None:
    """What a proposal does to the settings since it began: others may have changed them meanwhile."""
    store = ledger.store
    base = ledger.objects.find_merge_base(first, last)
    if CONFIG_PATH not in {path for _, path in ledger.objects.list_changed_files(base or first, last)}:
        return None
    if base is None and not any(entry.path == CONFIG_PATH for entry in store.list_files(last)):
        return None  # another history, which never had the file
    return find_changed_settings(
        read_config_at(store, base or first, Cache()), read_config_at(store, last, Cache())
    )


def _find_changes(items: Sequence[str], judged: Judged) -> Iterator[TicketChange]:
    before, after = judged.feed.board.tickets, judged.board.tickets
    naming = {item: post for post in judged.view.judged for item in find_named_tickets(post)}
    for item in items:
        old, new = before.get(item), after.get(item)
        # Notes leave a ticket's standing as it is, and a review tells of none of them.
        if (old and _read_standing(old)) != (new and _read_standing(new)):
            yield _explain_change(item, old, new, judged, naming.get(item))


def _read_standing(ticket: Ticket) -> tuple[str, State, str]:
    return ticket.opening, ticket.state, ticket.moved_by


def _explain_change(
    item: str, old: Ticket | None, new: Ticket | None, judged: Judged, naming: Post | None
) -> TicketChange:
    """The change with the post that made it: by the ticket's history, else the newest one `naming` it.

    A post with a forged place in the feed changes tickets that it does not name.
    """
    proposed = judged.view.judged_by_id
    history = judged.board.history_of(new) if new is not None else ()
    events = [event for event in history if event.post in proposed and event.moved]
    if events:
        return TicketChange(item, old, new, proposed[events[-1].post], events[-1].effect)
    if naming is not None:
        return TicketChange(item, old, new, naming, "its number was changed" if new is None else "moved here")
    moved_by = next(standing.moved_by for standing in (new, old) if standing is not None)
    return TicketChange(
        item, old, new, judged.view.board.posts[moved_by], "posts that landed change their order"
    )


def _find_clashes(items: Sequence[str], judged: Judged) -> Iterator[Clash]:
    for ticket in filter(None, map(judged.board.tickets.get, items)):
        old = judged.feed.board.tickets.get(ticket.id)
        known_posts = {collision.post for collision in old.collisions} if old else set()
        stood = old.opening if old else None
        yield from (
            Clash(ticket, collision, collision.post == stood)
            for collision in ticket.collisions
            if collision.post not in known_posts
        )


def _summarize_rulings(judged: Judged) -> Iterator[RulingSummary]:
    for post in judged.view.judged:
        if kind_of(post.kind).rules:
            lines = tuple(line for line in post.directives if line.name == "ABSORB")
            refused = {refusal.line for refusal in judged.board.refused.rows(post.id)}
            yield RulingSummary(post, lines, tuple(line for line in lines if line.line in refused))
