"""Landing an intent: load, plan, swap; again when beaten, until the time is up (one way to write)."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace

from ledger.app.judging import judge
from ledger.app.ledger import Ledger
from ledger.app.load import Cache, Feed, last_config, read_feed, read_series
from ledger.core.config import Config
from ledger.core.errors import LedgerError
from ledger.core.folding import Folding
from ledger.core.ids import reserve_ref, tip_ref
from ledger.core.intents import Intent, Wish
from ledger.core.model import State
from ledger.core.numbers import Series, write_reservation, write_tip
from ledger.core.plan import Draft, Planned, PlanView, plan
from ledger.core.rulings import absorbed
from ledger.core.sound import check_wish
from ledger.store import tips
from ledger.store.hostlock import host_lock
from ledger.store.remote import RemoteStore
from ledger.store.swap import ABSENT, Absent, Edit, InDoubt, Outcome, Refused, Signature, Unreached, Won
from ledger.store.work import stage

UNRESERVED = "this remote takes no refs/reserve/*: the number is provisional until `git ledger confirm`"
LONGEST_TURN = 5.0
"""Seconds that a writer waits for others of its machine before it goes ahead without the lock."""
SHORTEST_PUSH = 0.05
"""Seconds: what a push takes at least, for the wait of a beaten writer."""


@dataclass(frozen=True, slots=True)
class Landed:
    """An intent that is on the authority: its answer, the feed's commit and view after it, and words.

    `oids` has the object of each ref that was read or written.
    """

    answer: Planned
    commit: str | None
    after: PlanView
    warnings: tuple[str, ...] = ()
    staged: bool = False
    oids: Mapping[str, str] = field(default_factory=dict)

    def reservations(self) -> list[dict[str, str]]:
        """The numbers that were reserved, as JSON has them: item, ref, oid, seat, at."""
        return [
            {
                "item": one.ticket,
                "ref": reserve_ref(one.series, one.n),
                "oid": self.oids[reserve_ref(one.series, one.n)],
                "seat": one.seat,
                "at": one.at,
            }
            for one in self.answer.reserved
        ]

    @property
    def words(self) -> tuple[str, ...]:
        """Everything that the seat should be told besides the answer."""
        return (*self.answer.notices, *self.warnings)


def intent_of(
    ledger: Ledger, *wishes: Wish, numbers: tuple[str, int] | None = None, staged: bool = False
) -> Intent:
    """An intent of this seat, now; its nonce is drawn unless `--intent` gave one.

    Raises LedgerError `usage` for a wish that no post could say.
    """
    for wish in wishes:
        check_wish(wish)
    author = ledger.author
    return Intent(
        nonce=ledger.asked.intent or ledger.world.nonce(),
        seat=ledger.seat,
        at=ledger.world.now(),
        author=(author.name, author.email),
        wishes=wishes,
        numbers=numbers,
        staged=staged,
    )


Revise = Callable[[PlanView, Intent], Intent]
"""Makes an intent again from a fresh view; without wishes left, nothing is written."""


def land(ledger: Ledger, intent: Intent, revise: Revise = lambda view, intent: intent) -> Landed:
    """Land an intent, exactly once; `revise` sees each view before the intent is judged on it.

    Raises LedgerError: the reasons of the plan (exit 3), `unreachable`, `refused-by-remote` and
    `in-doubt` (exit 4), `beaten` when others were faster until the time was up (exit 5).
    """
    if ledger.offline:
        raise LedgerError(
            "offline",
            "a write must reach the remote; nothing was written",
            "the same command without `--offline`",
        )
    cache = Cache()
    began = ledger.world.monotonic()
    expected = False
    while True:
        with _turn(ledger):
            view, feed = _view(ledger, intent, cache)
            intent = revise(view, intent)
            if not intent.wishes and intent.numbers is None:
                return Landed(Planned((), (), again=True), feed.commit, view)
            if not expected:
                intent, expected = replace(intent, expects=_expects(view.folding, intent)), True
            draft, answers = plan(view, [intent], judge)
            answer = answers[intent.nonce]
            if isinstance(answer, LedgerError):
                raise answer
            edits, commit = _edits(ledger, draft, feed, view.series, intent.nonce)
            pushing = ledger.world.monotonic()
            outcome = ledger.store.swap(edits, ledger.until) if edits else Won()
            pushed = ledger.world.monotonic()
        if isinstance(outcome, Refused) and _goes_without_refs(intent, edits):
            intent = replace(intent, unreserved=True)
            continue
        if isinstance(outcome, Won):
            tips.remember_tips(ledger.repo.common_dir, draft.tips)
            return Landed(
                _staged(ledger, draft, answer),
                commit,
                draft.after,
                (*outcome.warnings, *([UNRESERVED] if intent.unreserved else [])),
                intent.staged,
                dict(feed.refs) | _news(edits),
            )
        _give_up_unless_lost(ledger, outcome, intent)
        _wait(ledger, max(SHORTEST_PUSH, pushed - pushing), pushed - began)


def _goes_without_refs(intent: Intent, edits: Sequence[Edit]) -> bool:
    """True when a refused write can be tried once more without refs: all its numbers are provisional."""
    numbered = [wish for wish in intent.wishes if wish.reserve is not None]
    pending = bool(numbered) and all(wish.provisional for wish in numbered)
    return pending and not intent.unreserved and any(edit.ref.startswith("refs/reserve/") for edit in edits)


def _turn(ledger: Ledger) -> AbstractContextManager[object]:
    """Writers of one machine take turns, which saves lost swaps and guards nothing."""
    return host_lock(ledger.repo.common_dir, min(LONGEST_TURN, ledger.until.remaining()))


def _view(ledger: Ledger, intent: Intent, cache: Cache) -> tuple[PlanView, Feed]:
    """Read the feed and the series that the intent needs, with one fetch as a rule.

    Which series it needs follows from the config, which comes with the fetch: the one of the last
    fetch is believed first, and the series are read again where it was out of date.
    """
    guess = series_needed(cache.config or last_config(ledger), intent)
    feed = read_feed(ledger, guess, cache)
    needed = series_needed(feed.config, intent)
    if not needed <= guess:
        feed = read_feed(ledger, needed, cache)
    _writable(ledger, feed)
    owned = None if ledger.asked.intent else _owned(feed.config, intent)
    series = {name: Series(name) for name in needed} | read_series(ledger.store, feed.refs, owned)
    _tips_stand(ledger, series)
    return PlanView(feed.folding, feed.ordered, feed.config, series, ledger.world.now()), feed


def series_needed(config: Config, intent: Intent) -> set[str]:
    """The series in which the intent reserves, or opens a ticket under a number it names."""
    day = intent.at.date()
    names = {config.series_of(one, day) for one in intent.namespaces()}
    items = [wish.fields.get("item") for wish in intent.wishes if "subject" in wish.fields]
    numbers = [config.read_ticket(item) for item in items if isinstance(item, str)]
    return {name for name in names if name is not None} | {one.series for one in numbers if one is not None}


def _owned(config: Config, intent: Intent) -> dict[str, list[int]]:
    """The numbers whose payloads the plan has to know: those that the intent names itself."""
    owned: dict[str, list[int]] = {}
    for wish in intent.wishes:
        item = wish.fields.get("item")
        number = config.read_ticket(item) if isinstance(item, str) else None
        if number is not None:
            owned.setdefault(number.series, []).append(number.n)
    return owned


def _writable(ledger: Ledger, feed: Feed) -> None:
    if not feed.config.writable:
        raise LedgerError(
            "format-too-new",
            f"the feed is of format {feed.config.format}, which this version only reads",
            "`pip install --upgrade git-ledger`",
        )
    named = feed.config.branch
    if named is not None and named != ledger.branch:
        raise LedgerError(
            "wrong-branch",
            f'`feed/ledger.yaml` on "{ledger.branch}" says that the feed is on "{named}"',
            f"`git ledger init --branch {named}`",
        )


def _tips_stand(ledger: Ledger, series: Mapping[str, Series]) -> None:
    """Refuse to write where a tip is lower than it was: numbers would be given twice."""
    known = tips.seen_tips(ledger.repo.common_dir)
    for name, one in series.items():
        if one.tip < known.get(name, 0):
            raise LedgerError(
                "tip-sank",
                f"refs/reserve/{name}/tip was {known[name]} and is {one.tip}: it was deleted or overwritten",
                "have a maintainer put the tip back; until then no number of this series is given from here",
            )
    tips.remember_tips(ledger.repo.common_dir, {name: one.tip for name, one in series.items()})


def _expects(folding: Folding, intent: Intent) -> dict[str, str]:
    """The newest move of each ticket that the intent moves, claims excepted, as the seat sees it now."""
    items: set[str] = set()
    for wish in intent.wishes:
        item = wish.fields.get("item")
        if wish.kind in ("actionable", "amendment", "confirm") and isinstance(item, str):
            items.update([item] if wish.fields.get("state") != State.CLAIMED else [])
        if wish.kind == "ruling":
            items.update(absorbed(wish.body))
    return {one: folding.tickets[one].moved_by for one in items if one in folding.tickets}


def _edits(
    ledger: Ledger, draft: Draft, feed: Feed, series: Mapping[str, Series], nonce: str
) -> tuple[list[Edit], str | None]:
    """Build the objects of a draft, one commit an intent and a blob a number, and the edits for the swap."""
    store = ledger.store
    commit = feed.commit
    me = ledger.author
    seconds = int(ledger.world.now().timestamp())
    edits: list[Edit] = []
    for landing in draft.landings:
        if landing.files and not landing.intent.staged:
            author = Signature(*landing.intent.author)
            message = f"{landing.title}\n\nIntent: {landing.intent.nonce}\n"
            parent = commit or _first_parent(ledger)
            commit = store.commit(parent, dict(landing.files), message, author, me, seconds)
        for one in landing.reserved:
            edits.append(Edit(reserve_ref(one.series, one.n), ABSENT, store.put(write_reservation(one))))
    for name, tip in draft.tips.items():
        edits.append(Edit(tip_ref(name), series[name].tip_oid or ABSENT, store.put(write_tip(tip, nonce))))
    if commit is not None and commit != feed.commit:
        edits.append(Edit(store.feed_ref, feed.commit or ABSENT, commit))
    return edits, commit


def _first_parent(ledger: Ledger) -> Absent:
    """A feed begins with a commit of its own, unless people's history of that name is not pushed yet."""
    if isinstance(ledger.store, RemoteStore) and ledger.store.rev(f"refs/heads/{ledger.branch}"):
        raise LedgerError(
            "no-branch",
            f'the remote has no branch "{ledger.branch}" yet, but this repository has one to begin with',
            f"`git push {ledger.store.remote} {ledger.branch}`, then the same command again",
        )
    return ABSENT


def _staged(ledger: Ledger, draft: Draft, answer: Planned) -> Planned:
    """Write a staged intent's posts into the working tree and the index."""
    for landing in draft.landings:
        if landing.intent.staged:
            stage(ledger.repo, dict(landing.files))
    return answer


def _news(edits: Sequence[Edit]) -> dict[str, str]:
    return {edit.ref: edit.new for edit in edits if not isinstance(edit.new, Absent)}


def _give_up_unless_lost(ledger: Ledger, outcome: Outcome, intent: Intent) -> None:
    doubt = {"in_doubt": True, "intent": intent.nonce}
    match outcome:
        case Refused(why, refs):
            raise refused_by_remote(ledger, why, refs)
        case Unreached(why):
            raise LedgerError(
                "unreachable",
                f"the remote was not reached: {why}; nothing was written",
                "see that `git push` works from here, then the same command again",
            )
        case InDoubt(why):
            raise LedgerError(
                "in-doubt",
                f"the remote may or may not have taken this write: {why}",
                f"the same command with `--intent {intent.nonce}`, which tells, and lands it once",
                doubt,
            )
        case _:
            pass
    if ledger.until.remaining() <= 0:
        raise LedgerError(
            "beaten",
            f"others were faster for {ledger.asked.timeout:g} s; nothing was written",
            "the same command again, with a longer `--timeout`",
        )


def refused_by_remote(ledger: Ledger, why: str, refs: tuple[str, ...]) -> LedgerError:
    """What to say when the remote will not take a swap: all of it was refused, since it is atomic."""
    custom = [ref for ref in refs if ref.startswith("refs/reserve/")]
    if custom:
        what = f"the remote takes no `{custom[0]}`, so no number can be reserved on it"
        hint = "protocol B is in force on such a host: file with `git ledger append --provisional PREFIX …`, "
        hint += "then `git ledger confirm`; or allow pushes to `refs/reserve/*` there"
    elif ledger.store.feed_ref in refs:
        what = f'the remote does not take this push to "{ledger.branch}"'
        hint = "where it is protected: `--stage` and a pull request, or a feed branch of its own: "
        hint += "`git ledger init --branch ledger`"
    else:
        what = "the remote refuses this push"
        hint = f"allow pushes to `{ledger.branch}` and `refs/reserve/*` on the remote"
    return LedgerError("refused-by-remote", f"{what}: {why}; nothing was written", hint)


def _wait(ledger: Ledger, push: float, age: float) -> None:
    """Wait a random part of a few pushes, shorter the older the intent is, so that nobody starves."""
    longest = min(4 * push / (1 + age), max(0.0, ledger.until.remaining()))
    ledger.world.wait(ledger.world.chance() * longest)
