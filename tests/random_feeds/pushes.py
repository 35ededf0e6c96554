"""A random feed with a push on top: steps as they come, or one write as the tool plans it."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from ledger.app.read.series import name_series_refs
from ledger.app.write.judging import judge_case
from ledger.app.write.viewing import find_needed_numbers
from ledger.core.board.fold import fold_posts
from ledger.core.config.config import CONFIG_PATH, parse_config
from ledger.core.errors import LedgerError
from ledger.core.feed.posts import parse_post
from ledger.core.ids import namespace_of, parse_reservation_ref, reservation_ref, tip_ref
from ledger.core.model import Finding
from ledger.core.write.batch import SETTABLE
from ledger.core.write.numbers import Series, decode_reservation, decode_tip, encode_reservation, encode_tip
from ledger.core.write.plan import Case, PlanView, plan
from ledger.core.write.requests import PostRequest, WriteRequest
from ledger.core.write.validation import validate_request
from tests.random_feeds.book import Book, Wanted
from tests.random_feeds.drawing import begin_feed, draw_step
from tests.random_feeds.steps import Step, apply_steps


@dataclass(frozen=True)
class Push:
    """What landed, and what is pushed onto it: `steps`, and the reservations `refs` beside them.

    `planned` are the findings of the write path, where the tool made the posts of the push.
    """

    seed: int
    landed: tuple[Step, ...]
    steps: tuple[Step, ...]
    refs: Mapping[str, bytes]
    now: datetime
    planned: tuple[Finding, ...] | None = None

    @property
    def commits(self) -> tuple[tuple[Step, ...], ...]:
        """What is pushed as commits: one, or one for each step."""
        return tuple((step,) for step in self.steps) if self.seed % 3 == 2 else (self.steps,)

    @property
    def landed_refs(self) -> dict[str, bytes]:
        """The reservations and tips that stand before the push."""
        return {ref: data for step in self.landed for ref, data in step.refs.items()}


def draw_push(seed: int, least: int = 10, most: int = 60) -> Push:
    """The feed of a seed, and a push on top of it: of every two seeds one pushes what the tool wrote."""
    dice = Random(seed)
    book, steps = begin_feed(dice)
    steps += [draw_step(book) for _ in range(dice.randrange(least, most + 1))]
    if seed % 2:
        for _ in range(20):  # some deeds have no write that the tool would plan
            planned = draw_planned(book, seed, steps)
            if planned is not None:
                return planned
    fresh = [draw_step(book) for _ in range(dice.choice((1, 1, 2, 3, 5)))]
    refs = {ref: data for step in fresh for ref, data in step.refs.items()}
    return Push(seed, tuple(steps), tuple(fresh), refs, draw_now(book))


def draw_now(book: Book) -> datetime:
    """When the push is judged."""
    return book.now + timedelta(minutes=book.dice.choice((0, 1, 90, 3000)))


def draw_planned(book: Book, seed: int, landed: Sequence[Step]) -> Push | None:
    """One more write, as a seat wants it and the tool plans it; None where nothing could be drafted."""
    book.wanted.clear()
    step = draw_step(book)
    if len(book.wanted) != 1:
        return None
    wanted = book.wanted[0]
    if "subject" in wanted.wish.fields and "item" in wanted.wish.fields and book.draws(0.5):
        wanted = replace(wanted, wish=reserve_instead(wanted.wish))
    else:
        landed = [*landed, Step("reserve", {}, step.refs)]  # it was reserved by a command before
    return plan_push(book, seed, landed, wanted)


def reserve_instead(wish: PostRequest) -> PostRequest:
    """The same opening under a number that is drawn on the way."""
    fields = {name: value for name, value in wish.fields.items() if name != "item"}
    item = str(wish.fields["item"])
    return replace(
        wish, fields=fields, body=wish.body.replace(item, "{{ITEM_ID}}"), reserve=namespace_of(item)
    )


def plan_push(book: Book, seed: int, landed: Sequence[Step], wanted: Wanted) -> Push | None:
    """The push that the tool makes of a write, whether or not its judge lets it land."""
    with suppress(LedgerError):
        if not wanted.wish.fields.keys() <= {*SETTABLE, "clone"}:
            return None
        validate_request(wanted.wish)
        return _plan(book, seed, landed, wanted)
    return None


def _plan(book: Book, seed: int, landed: Sequence[Step], wanted: Wanted) -> Push | None:
    files = apply_steps(landed)
    posts = [parse_post(data, path)[0] for path, data in files.items() if path.endswith(".md")]
    board = fold_posts(post for post in posts if post is not None)
    config = parse_config(files.get(CONFIG_PATH, b""))[0]
    intent = WriteRequest(
        nonce=book.draw_nonce(),
        seat=wanted.seat,
        at=book.now,
        author=("Seat", "seat@example.invalid"),
        wishes=(wanted.wish,),
        clone="00000000000000c1",
    )
    refs = {ref: data for step in landed for ref, data in step.refs.items()}
    numbers = find_needed_numbers(config, intent)
    there = read_all_series({ref: refs[ref] for ref in name_series_refs(numbers) if ref in refs})
    series = {name: there.get(name, Series(name)) for name in numbers}
    view = PlanView(board, config, series, draw_now(book))
    cases: list[tuple[Case, tuple[Finding, ...]]] = []

    def judge_and_keep(case: Case) -> Sequence[Finding]:
        cases.append((case, tuple(judge_case(case))))
        return cases[-1][1]

    plan(view, [intent], judge_and_keep)
    if not cases:
        return None
    case, findings = cases[0]
    step = Step(f"planned {wanted.wish.kind}", {path: text.encode() for path, text in case.texts.items()})
    fresh = dict(new_refs(view.series, case.series))
    return Push(seed, tuple(landed), (step,), fresh, view.now, findings)


def read_all_series(refs: Mapping[str, bytes]) -> dict[str, Series]:
    """The series of these refs, as a store reads them; the object of each ref is named like the ref."""
    found: dict[str, Series] = {}
    for ref, data in refs.items():
        place = parse_reservation_ref(ref)
        assert place is not None, ref
        name, number = place
        one = found.get(name, Series(name))
        if number:
            owner = decode_reservation(data, name, number)
            one = replace(one, taken={**one.taken, number: ref}, owners={**one.owners, number: owner})
        else:
            tip = decode_tip(data)
            one = replace(one, tip=tip or 0, tip_oid=ref, tipless=tip is None)
        found[name] = one
    return found


def new_refs(before: Mapping[str, Series], after: Mapping[str, Series]) -> dict[str, bytes]:
    """The refs that a plan writes for the numbers that it gave."""
    refs: dict[str, bytes] = {}
    for name, one in after.items():
        given = one.taken.keys() - before[name].taken.keys()
        for number in given:
            owner = one.owners[number]
            assert owner is not None
            refs[reservation_ref(name, number)] = encode_reservation(owner)
        if given:
            refs[tip_ref(name)] = encode_tip(one.tip, "0" * 16)
    return refs
