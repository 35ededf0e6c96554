"""`drift`: judges the whole feed and the clock, and mends what can be mended without deciding anything.

Made to be run by several shepherds at once: every repair is computed anew from each fresh view and lands
by the same compare-and-swap as any write, so that what one of them did is nothing left to do for another.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from ledger import rules
from ledger.app.deeds.challenge import (
    Asker,
    ChallengeStep,
    measure_longest_grace,
    open_asker,
    request_auto_release,
    request_challenge,
)
from ledger.app.judge.relanding import mend_rewind
from ledger.app.judge.repairs import Repair, find_repairs
from ledger.app.judge.restore import find_history_changes, restore_posts
from ledger.app.judge.rewound import find_rewound
from ledger.app.ledger import Ledger, with_fresh_deadline
from ledger.app.read.checkpoint import find_forgery, renew_checkpoint
from ledger.app.read.load import Cache, Feed, read_feed, read_feed_to_show, read_series
from ledger.app.read.series import ALL_SERIES
from ledger.app.write.judging import view_whole_feed
from ledger.app.write.loop import commit_request, request_write
from ledger.app.write.retry import swap_until_applied
from ledger.app.write.viewing import find_expected_moves, make_plan_view
from ledger.core.dataclass import dataclass, replace
from ledger.core.ids import parse_reservation_ref, reservation_ref, tip_ref
from ledger.core.model import Finding
from ledger.core.text import Texts, fill_in_lines
from ledger.core.write.numbers import Series, encode_tip
from ledger.core.write.plan import PlanView
from ledger.core.write.requests import WriteRequest
from ledger.rules.lost_tip import find_needed_tips
from ledger.rules.view import Branch, View
from ledger.store.contract import ABSENT, RefUpdate
from ledger.store.git.working_tree import list_branches


@dataclass(frozen=True, slots=True)
class Mended:
    """One repair: what was wrong, of which ticket or seat, and the post, file or ref that mends it."""

    rule: str
    what: str
    by: str


def judge_feed(ledger: Ledger, cache: Cache | None = None) -> list[Finding]:
    """Judge the whole feed and the clock, freshly read unless offline, or where this clone cannot keep it."""
    feed = read_feed_to_show(ledger, [ALL_SERIES], cache)
    changes = find_history_changes(ledger, feed)
    series = _collect_all_series(ledger, feed)
    view = View(
        board=feed.board,
        found=feed.findings(),
        config=feed.config,
        series=series,
        now=ledger.world.now(),
        full_scan=True,
        lenient_history=True,
        landed=feed.board,
        changes=tuple(finding.change for finding in changes),
        rewound=find_rewound(ledger, feed),
        branches=tuple(
            Branch(*finding) for finding in list_branches(ledger.repo, _name_branch_folder(ledger))
        ),
        odd_refs=_find_odd_refs(ledger, feed, series),
        forged=find_forgery(ledger, feed),
    )
    findings = rules.judge(view)
    return fill_in_lines(findings, _read_texts(ledger, feed, {finding.where.path for finding in findings}))


def mend_feed(ledger: Ledger, waits: bool = False) -> tuple[list[Mended], list[Finding]]:
    """Mend what can be mended, then judge again: the repairs and the findings that are left.

    A round that `waits` stays until the holders that it asked have answered or lost their claims: it needs
    no other round after it, nor a clone that outlasts it.
    """
    cache = Cache()
    # First of all: every later step reads a feed from which nothing is missing.
    again, taken = mend_rewind(ledger, cache)
    mended = [
        Mended(restored.rule, restored.path, restored.commit)
        for restored in (*again, *restore_posts(ledger, cache))
    ]
    # After the posts are back: they say which numbers were given.
    mended += [
        *_raise_tips(ledger, cache),
        *_post_repairs(ledger, cache, _find_due_repairs, open_asker(ledger, waits)),
    ]
    if waits:
        mended += _wait_and_end_claims(ledger, cache)
        ledger = with_fresh_deadline(ledger)
    left = [*taken, *judge_feed(ledger, cache)]
    if (made := renew_checkpoint(ledger, cache)) is not None:
        mended.append(Mended("checkpoint", f"{made.posts} posts", made.feed))
    return mended, left


def _raise_tips(ledger: Ledger, cache: Cache) -> list[Mended]:
    """Put the tips that sank, or are none, at the highest number that was given, as far as is known here."""
    nonce = ledger.world.nonce()

    def due() -> tuple[list[RefUpdate], list[Mended]]:
        feed = read_feed(ledger, [ALL_SERIES], cache, to_write=True)
        series = _collect_all_series(ledger, feed)
        needed = find_needed_tips(view_whole_feed(make_plan_view(ledger, feed, series)))
        low = {name: n for name, n in needed.items() if series[name].tipless or n > series[name].tip}
        raised = [Mended("lost-tip", name, f"{tip_ref(name)} {n}") for name, n in low.items()]
        return [_raise_tip(ledger, series[name], n, nonce) for name, n in low.items()], raised

    return swap_until_applied(ledger, due)


def _raise_tip(ledger: Ledger, series: Series, n: int, nonce: str) -> RefUpdate:
    return RefUpdate(
        tip_ref(series.name), series.tip_oid or ABSENT, ledger.store.write_blob(encode_tip(n, nonce))
    )


Due = Callable[[Ledger, Asker, View, WriteRequest], Sequence[Repair]]
"""The posts that are due on a view."""


def _post_repairs(ledger: Ledger, cache: Cache, find_due: Due, asks: Asker) -> list[Mended]:
    """Land the posts that mend; all of them together, as they are due on the view that they land on.

    What is due is found anew on each view, and with it what it expects of the tickets.
    """
    due: list[tuple[str, str]] = []

    def revise(view: PlanView, intent: WriteRequest) -> WriteRequest:
        rows = find_due(ledger, asks, view_whole_feed(view), intent)
        due[:] = [(repair.rule, repair.what) for repair in rows]
        found = replace(intent, wishes=tuple(repair.wish for repair in rows))
        return replace(found, expects=find_expected_moves(view.board, found))

    landed = commit_request(ledger, request_write(ledger, answers=False), revise, cache)
    # Killed before this, a challenge stands in the feed and no time is kept: this clone ends no claim by it.
    asks.keep(landed.after.board, landed.answer.posts)
    posts = [repair.post for repair in landed.answer.posts]
    return [Mended(rule, what, post) for (rule, what), post in zip(due, posts, strict=False)]


def _find_due_repairs(ledger: Ledger, asks: Asker, view: View, intent: WriteRequest) -> Sequence[Repair]:
    return find_repairs(view, intent.seat, _find_claim_repairs(ledger, asks, view, intent))


def _wait_and_end_claims(ledger: Ledger, cache: Cache) -> list[Mended]:
    """Wait until the grace of this clone's challenges is over, and end what nobody answered. Asks nobody."""
    mended: list[Mended] = []
    # The feed is read again after each wait: an answer that came meanwhile leaves one grace less.
    while seconds := measure_longest_grace(ledger, read_feed(with_fresh_deadline(ledger), [], cache).board):
        ledger.world.wait(seconds)
        fresh = with_fresh_deadline(ledger)
        mended += _post_repairs(fresh, cache, _find_due_ends, open_asker(fresh))
    return mended


def _find_due_ends(ledger: Ledger, asks: Asker, view: View, intent: WriteRequest) -> Sequence[Repair]:
    rows = _find_claim_repairs(ledger, asks, view, intent)
    return [repair for repair in rows if repair.rule == "expired-claim"]


def _find_claim_repairs(ledger: Ledger, asks: Asker, view: View, intent: WriteRequest) -> Iterator[Repair]:
    """The challenges that are due, and the ends of claims whose holders did not answer this clone's."""
    for ticket in (ticket for ticket in view.board.open_tickets() if ticket.holder is not None):
        step = asks.step(view, ticket, intent.at)
        if step is ChallengeStep.ASK:
            yield Repair("challenge", ticket.id, request_challenge(ledger, view, ticket))
        elif step is ChallengeStep.END:
            yield Repair("expired-claim", ticket.id, request_auto_release(ledger, view.board, ticket))


def _collect_all_series(ledger: Ledger, feed: Feed) -> Mapping[str, Series]:
    read = map(feed.config.parse_ticket_id, feed.board.named.keys_from(""))
    numbers = [number for number in read if number is not None]
    empty = {number.series: Series(number.series) for number in numbers}
    series = empty | read_series(ledger.store, feed.refs, None)
    if feed.offline:  # a series that was fetched before the posts would call their numbers unreserved
        for number in numbers:
            its = series.get(number.series)
            if its is not None and number.n > its.tip and number.n not in its.taken:
                del series[number.series]
    return series


def _find_odd_refs(ledger: Ledger, feed: Feed, series: Mapping[str, Series]) -> dict[str, str]:
    """Refs below `refs/reserve` that say no reservation, with the type of their objects."""
    owned = {
        reservation_ref(numbers.name, n)
        for numbers in series.values()
        for n, owner in numbers.owners.items()
        if owner
    }
    odd = {}
    for ref, oid in feed.refs.items():
        if ref.startswith("refs/reserve/") and ref not in owned:
            place = parse_reservation_ref(ref)
            if place is None or place[1]:
                odd[ref] = oid
    kinds = ledger.store.read_types(odd.values())
    return {ref: kinds[oid] for ref, oid in odd.items()}


def _name_branch_folder(ledger: Ledger) -> str:
    remote = ledger.store.authority.remote
    return f"refs/remotes/{remote}/" if remote else "refs/heads/"


def _read_texts(ledger: Ledger, feed: Feed, paths: set[str]) -> Texts:
    there = ledger.store.list_files(feed.commit) if feed.commit is not None and paths else ()
    entries = [entry for entry in there if entry.path in paths and entry.mode != "160000"]
    blobs = ledger.store.read_blobs([entry.oid for entry in entries], 1 << 20)
    return Texts({entry.path: blobs[entry.oid] for entry in entries})
