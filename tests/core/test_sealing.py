"""Which reservations have done their work."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import pytest

from ledger.core.write.numbers import Reservation, Series
from ledger.core.write.sealing import REPEATED_WITHIN, find_spent_numbers, is_spent
from tests.core.boards import board_of

OPENED = "03:51 CAMBER-01 opens CMB-0001: Redline cards\n"
APART = {"nonce": "0123456789abcdef"}
UNCHANGED: Mapping[str, str] = MappingProxyType({})
NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


def judged(posts: str, tip: int = 5, now: datetime = NOW, changes: Mapping[str, str] = UNCHANGED) -> bool:
    """Whether the number of CMB-0001 is spent, which CAMBER-01 reserved in the write that opened it."""
    board = board_of(posts)
    nonce = board.posts[board.tickets["CMB-0001"].opening].id.rpartition("-")[2]
    words = {"ticket": "CMB-0001", "seat": "CAMBER-01", "at": "", "nonce": nonce, **changes}
    return is_spent(board, Reservation("CMB", 1, **words), tip, now)


def test_a_number_is_spent_once_its_own_write_opened_the_ticket() -> None:
    assert judged(OPENED)
    assert judged(OPENED + "03:52 CAMBER-01 claims CMB-0001\n03:53 CAMBER-01 finishes CMB-0001\n")


@pytest.mark.parametrize(
    "changes",
    [{"seat": "ORA-01"}, {"ticket": "CMB-0002"}, {"ticket": ""}],
    ids=["reserved by another", "of a ticket that nobody opened", "made by hand"],
)
def test_a_number_that_something_still_asks_for_is_not(changes: dict[str, str]) -> None:
    assert not judged(OPENED, changes=changes)


def test_a_number_above_the_tip_is_not() -> None:
    assert not judged(OPENED, tip=0)


def test_a_number_whose_openings_collide_is_not() -> None:
    assert not judged(OPENED + "03:52 ORA-01 opens CMB-0001: Another\n")


def test_a_number_that_was_reserved_apart_stays_until_its_reserve_is_not_repeated_any_more() -> None:
    opened = board_of(OPENED).tickets["CMB-0001"].opened_at
    assert not judged(OPENED, now=opened + REPEATED_WITHIN - timedelta(seconds=1), changes=APART)
    assert judged(OPENED, now=opened + REPEATED_WITHIN, changes=APART)


def test_of_a_series_the_spent_numbers_are_found_and_none_where_the_tip_cannot_be_read() -> None:
    board = board_of(OPENED + "03:52 CAMBER-01 opens CMB-0002: Blue cards\n")
    owners = {
        n: Reservation(
            "CMB", n, f"CMB-000{n}", "CAMBER-01", "", board.tickets[f"CMB-000{n}"].opening.rpartition("-")[2]
        )
        for n in (2, 1)
    }
    series = Series("CMB", 2, owners={**owners, 3: None})
    assert list(find_spent_numbers(board, series, NOW)) == [1, 2]
    assert list(find_spent_numbers(board, replace(series, tipless=True), NOW)) == []
