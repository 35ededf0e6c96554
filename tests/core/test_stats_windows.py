"""Figures since a time are those of the whole feed: a window reads its own deeds alone."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

import pytest

from ledger.core.board.board import Board
from ledger.core.board.deeds import Deed
from ledger.core.board.fold import fold_posts
from ledger.core.config.config import parse_config
from ledger.core.stats.figures import Figures
from ledger.core.stats.records import record_of_figures
from ledger.core.write.numbers import Reservation, Series
from tests.core.test_fold import random_feed
from tests.feeds import feed, moment

SETTINGS = ("", "claim_ttl: 20m\ndark_after: 5m\n", "claim_ttl: 3h\nconfirm_within: 20m\n")
NOWS = ("12:00", "2026-11-21T03:00", "2026-11-25T00:00")


def draw_series(dice: Random) -> dict[str, Series] | None:
    """Reservations of some numbers, of which some cannot be read, and none for others; or none were read."""
    numbers = [n for n in range(1, 8) if dice.random() < 0.6]
    given = {n: f"2026-11-20T{dice.randrange(24):02}:{dice.randrange(60):02}:00.000Z" for n in numbers}
    owners = {n: Reservation("CMB", n, "", dice.choice("ABCS"), at, "0" * 16) for n, at in given.items()}
    known = {n: owners[n] if dice.random() < 0.7 else None for n in numbers}
    series = {"CMB": Series("CMB", dice.choice((0, 3, 8)), "t", dict.fromkeys(numbers, "o"), known)}
    return dice.choice((None, {}, series, series))


@pytest.mark.parametrize("seed", range(60))
def test_a_window_says_what_the_whole_says_of_it(seed: int) -> None:
    dice = Random(seed)
    board = fold_posts(feed(random_feed(dice, dice.randrange(1, 60))).posts)
    config, series = parse_config(dice.choice(SETTINGS).encode())[0], draw_series(dice)
    posts, now = [*board.all_posts()], moment(dice.choice(NOWS))
    for minutes in (-90, 0, 1):
        since = dice.choice(posts).at + timedelta(minutes=minutes)
        window, whole = (Figures(board, config, series, now, since, ever) for ever in (False, True))
        assert record_of_figures(window) == record_of_figures(whole)


def test_a_window_reads_no_deeds_that_it_does_not_need() -> None:
    rows = (f"{hour:02}:{minute:02} A notes: hm" for hour in range(10) for minute in range(60))
    board = fold_posts(feed("\n".join(rows)).posts)
    asked = watch_deeds(board)
    told = record_of_figures(Figures(board, parse_config(b"")[0], None, moment("10:00"), moment("09:50")))
    assert told["fleet"]["posts"] == 10 and len(asked) == 11


def watch_deeds(board: Board) -> Sequence[Deed]:
    """A list that takes all deeds of seats that a board is asked for from now on."""
    asked: list[Deed] = []
    ask = board.deeds.by

    def by(seat: str, since: datetime) -> Sequence[Deed]:
        found = ask(seat, since)
        asked.extend(found)
        return found

    board.deeds.by = by  # type: ignore[method-assign]
    return asked
