"""Landing an intent: load, plan, swap; again when beaten, until the time is up (one way to write)."""

from collections.abc import Callable, Mapping, Sequence

from ledger.app.ledger import Ledger
from ledger.app.read.load import Cache, Feed
from ledger.app.read.series import find_taken_refs
from ledger.app.write.building import build_updates
from ledger.app.write.judging import judge_case
from ledger.app.write.proposing import Proposal
from ledger.app.write.retry import Race, refuse_offline
from ledger.app.write.viewing import find_expected_moves, read_plan_view
from ledger.core.dataclass import dataclass, field, replace
from ledger.core.errors import LedgerError
from ledger.core.feed.posts import parse_post
from ledger.core.write.plan import PlanResult, PlanView, PostAnswer, SwapPlan, plan
from ledger.core.write.repeat import refuse_other_content
from ledger.core.write.requests import PostRequest, WriteRequest
from ledger.core.write.validation import validate_request
from ledger.store.contract import Absent, Applied, RefUpdate, Refused
from ledger.store.git.repository import Repo
from ledger.store.git.working_tree import files_named, refuse_links, stage_files

UNRESERVED = "this remote takes no refs/reserve/*: the number is provisional until `git ledger confirm`"


@dataclass(frozen=True, slots=True)
class WriteResult:
    """An intent that is on the authority: its answer, the feed's commit and view after it, and words.

    `oids` has the object of each ref that was read or written.
    """

    answer: PlanResult
    commit: str | None
    after: PlanView
    warnings: tuple[str, ...] = ()
    staged: bool = False
    proposed: str | None = None
    oids: Mapping[str, str] = field(default_factory=dict)

    @property
    def notices(self) -> tuple[str, ...]:
        """Everything that the seat should be told besides the answer."""
        return (*self.answer.notices, *self.warnings)


@dataclass(frozen=True, slots=True)
class ReviewTarget:
    """Posts that are to be reviewed first: on the branch `proposed`, or staged in the working tree (None)."""

    proposed: str | None = None


def request_write(
    ledger: Ledger,
    *wishes: PostRequest,
    numbers: tuple[str, int] | None = None,
    staged: bool = False,
    answers: bool = True,
) -> WriteRequest:
    """An intent of this seat, now; its nonce is drawn unless `--intent` gave one.

    One that `answers` keeps the seat's challenged claims alive.

    Raises LedgerError `usage` for a wish that no post could say.
    """
    for wish in wishes:
        validate_request(wish)
    author = ledger.author
    return WriteRequest(
        nonce=ledger.options.intent or ledger.world.nonce(),
        seat=ledger.seat,
        at=ledger.world.now(),
        author=(author.name, author.email),
        wishes=wishes,
        numbers=numbers,
        staged=staged,
        clone=ledger.clone,
        answers=answers,
    )


Keep = Callable[[Repo, Mapping[str, bytes], str], None]
"""Puts posts, by path, into the working tree; the last word is the nonce that writes them again."""
Revise = Callable[[PlanView, WriteRequest], WriteRequest]
"""Makes an intent again from a fresh view; without wishes left, nothing is written."""


def keep_as_it_is(_: PlanView, intent: WriteRequest) -> WriteRequest:
    """An intent that no view changes."""
    return intent


def commit_request(
    ledger: Ledger,
    intent: WriteRequest,
    revise: Revise = keep_as_it_is,
    cache: Cache | None = None,
    proposed: str | None = None,
    keep: Keep = stage_files,
) -> WriteResult:
    """Land an intent, exactly once; `revise` sees each view before the intent is judged on it.

    `cache` is what the command has read already; the posts of a staged intent go to the branch `proposed`, if
    one is named, else to `keep`. Raises LedgerError: the reasons of the plan (exit 3),
    `unreachable`, `refused-by-remote` and `in-doubt` (exit 4), `beaten` when others were faster until the
    time was up (exit 5), `interrupted`.
    """
    refuse_offline(ledger)
    race = Race(ledger, intent.nonce)
    with race.explain_interrupts():
        proposal = Proposal(ledger, proposed) if proposed else None
        return _commit_by_trying(ledger, intent, revise, cache or Cache(), race, proposal, keep)


def _commit_by_trying(
    ledger: Ledger,
    intent: WriteRequest,
    revise: Revise,
    cache: Cache,
    race: Race,
    proposal: Proposal | None,
    keep: Keep,
) -> WriteResult:
    proposed = proposal.name if proposal else None
    expected, takes_no_refs = False, False
    taken: set[str] = set()
    while True:
        with race.attempt():
            # Everything is read anew on each try: what the swap lost to may have changed what is allowed.
            view, feed = read_plan_view(ledger, intent, cache, taken)
            intent = revise(view, intent)
            if earlier := _find_earlier_result(ledger, intent, view, feed, proposal):
                return earlier
            # Once alone: the tickets must stand as the seat saw them, not as a faster writer left them.
            if not expected:
                intent, expected = replace(intent, expects=find_expected_moves(view.board, intent)), True
            draft, answers = plan(view, [intent], judge_case)
            judged = answers[intent.nonce]
            if isinstance(judged, LedgerError):
                raise judged
            # Before a number is reserved: a reservation is never taken back.
            if intent.staged and proposal is None:
                refuse_links(ledger.repo, [path for landing in draft.landings for path, _ in landing.files])
            updates, commit = build_updates(ledger, draft, feed, view.series, intent.nonce)
            updates += proposal.build_updates(draft, feed.commit) if proposal else []
            outcome = race.swap(updates)
        # Hosts that take no refs of ours refuse the whole push; a provisional number does without.
        if isinstance(outcome, Refused) and _may_go_without_refs(intent, updates):
            intent, takes_no_refs = replace(intent, unreserved=True), True
            continue
        if isinstance(outcome, Applied):
            return WriteResult(
                judged if proposal else _keep_staged_posts(ledger, draft, judged, keep),
                commit,
                draft.after,
                (*outcome.warnings, *([UNRESERVED] if takes_no_refs else [])),
                intent.staged and proposal is None,
                proposed,
                dict(feed.refs) | _map_new_objects(updates),
            )
        race.wait_to_retry()
        taken |= find_taken_refs(outcome, taken)


def _find_earlier_result(
    ledger: Ledger, intent: WriteRequest, view: PlanView, feed: Feed, proposal: Proposal | None
) -> WriteResult | None:
    """The answer to an intent of which nothing is left to write; None for any other."""
    if not intent.wishes and intent.numbers is None:
        return WriteResult(PlanResult((), (), again=True), feed.commit, view)
    if intent.staged and (posts := _find_staged_posts(ledger, intent, proposal)):
        answer = PlanResult(posts, (), again=True)
        proposed = proposal.name if proposal else None
        return WriteResult(answer, feed.commit, view, staged=proposal is None, proposed=proposed)
    return None


def _may_go_without_refs(intent: WriteRequest, updates: Sequence[RefUpdate]) -> bool:
    """True when a refused write can be tried once more without refs: all its numbers are provisional."""
    numbered = [wish for wish in intent.wishes if wish.reserve is not None]
    pending = bool(numbered) and all(wish.provisional for wish in numbered)
    return (
        pending
        and not intent.unreserved
        and any(update.ref.startswith("refs/reserve/") for update in updates)
    )


def _find_staged_posts(
    ledger: Ledger, intent: WriteRequest, proposal: Proposal | None
) -> tuple[PostAnswer, ...]:
    """The posts that an earlier try left in the working tree or on the proposed branch, if it is repeated.

    Raises LedgerError `nonce-used` when they say something else.
    """
    if proposal is not None:
        proposal.fetch_tip()
    if ledger.options.intent is None:
        return ()
    nonces = [intent.wish_nonce(place) for place in range(len(intent.wishes))]
    names = [f"*-{intent.seat.lower()}-{nonce}.md" for nonce in nonces]
    files = proposal.read_files_named(names) if proposal else files_named(ledger.repo, "feed", names)
    read = [parse_post(data, path)[0] for path, data in files.items()]
    posts = sorted((post for post in read if post is not None), key=lambda post: nonces.index(post.nonce))
    if posts:
        refuse_other_content(intent, posts)
    return tuple(PostAnswer(post.id, post.path, post.item, post.state) for post in posts)


def _keep_staged_posts(ledger: Ledger, draft: SwapPlan, answer: PlanResult, keep: Keep) -> PlanResult:
    """Put a staged intent's posts into the working tree."""
    # After the swap: no file names a number that was lost. Killed in between, the same command with
    # `--intent` finds the numbers reserved and writes the files.
    for landing in draft.landings:
        if landing.intent.staged:
            keep(ledger.repo, dict(landing.files), landing.intent.nonce)
    return answer


def _map_new_objects(updates: Sequence[RefUpdate]) -> dict[str, str]:
    return {update.ref: update.new for update in updates if not isinstance(update.new, Absent)}
