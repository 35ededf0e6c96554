"""No shape of feed makes a reader do more than its size: work is counted, in bytecodes, and never timed."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

import pytest
from benches.growing import MOST, Reader
from benches.shapes import SHAPES, written

from ledger import rules
from ledger.core.board.board import BoardOverlay
from ledger.core.board.fold import take_post
from ledger.core.model import Finding
from tests.counting import work

N = 60
SIZES = {"unlisted seats": 30, "unknown prefixes": 30}
"""Sizes of feeds with more unknown words than the nearest is looked for."""
CROWDS = {"seats that boot": 240, "seats with lanes": 240, "children by many": 480}
"""Sizes of feeds with more than the hundred seats that are looked at."""
OF_SEATS = ("silent-fleet", "done-and-dark", "idle-beside-work")
"""Rules that compare so many seats with every open ticket."""
STEPS = ("fold", "write", "queue", "deps", "show", "turn", "stats")
LITTLE = 3000
"""Bytecodes of a step that say nothing of how it grows."""


def steps(name: str, n: int) -> dict[str, int]:
    """The work of each step over a feed of some shape, and of each rule over all or new posts."""
    reader = Reader(written(name, n))
    reader.parse()
    counts = {step: work(getattr(reader, step)) for step in STEPS}
    others = [rule.name for rule in rules.RULES if rule.name not in OF_SEATS]
    return counts | judgements(reader, others, True) | judgements(reader, others, False)


def judgements(reader: Reader, names: Iterable[str], whole: bool) -> dict[str, int]:
    """The work of each of these rules."""
    view = reader.view(whole)
    return {f"{name}, {whole}": work(partial(_drain, rules.BY_NAME[name].check(view))) for name in names}


def _drain(found: Iterator[Finding]) -> None:
    for _ in found:
        pass


@pytest.mark.parametrize("name", SHAPES)
def test_twice_the_feed_is_at_most_about_twice_the_work(name: str) -> None:
    n = SIZES.get(name, N)
    once, twice = steps(name, n), steps(name, 2 * n)
    assert steep(once, twice) == {}


@pytest.mark.parametrize(
    "name", ["seats that boot", *(pytest.param(name, marks=pytest.mark.slow) for name in [*CROWDS][1:])]
)
def test_twice_as_many_seats_beside_twice_as_many_tickets_are_twice_the_work(name: str) -> None:
    counts = []
    for n in (CROWDS[name], 2 * CROWDS[name]):
        reader = Reader(written(name, n))
        reader.parse()
        reader.fold()
        counts.append(judgements(reader, OF_SEATS, True))
    assert steep(*counts) == {}


def steep(once: Mapping[str, int], twice: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """The steps that took more than they may."""
    grown = {step: (once[step], count) for step, count in twice.items() if count > MOST * once[step]}
    return {step: counts for step, counts in grown.items() if counts[1] > LITTLE}


@pytest.mark.parametrize("name", ["notes on one ticket", "one ticket absorbed", "challenges", "declines"])
def test_a_post_is_written_beside_what_was_said_of_its_ticket_and_copies_nothing_of_it(
    name: str,
) -> None:
    """A copy is one bytecode, however long it is."""
    reader = Reader(written(name, 20))
    reader.parse()
    board = BoardOverlay()
    for post in reader.posts[:10]:
        take_post(board, post, on_chain=True)
    ticket = board.tickets["CMB-0001"]
    said = board.events.own[ticket.opening]
    above = BoardOverlay(board)
    for post in reader.posts[10:12]:
        take_post(above, post, on_chain=True)
    assert [event.post for event in above.events.own[ticket.opening]] == [p.id for p in reader.posts[10:12]]
    assert len(above.history_of(ticket)) == len(said) + 2
    board.merge(above)
    assert board.events.own[ticket.opening] is said
    assert len(said) == len(above.events.own[ticket.opening]) + 10
