"""Payloads of reservations and tips: what is ours is read, what is not binds nobody."""

import pytest

from ledger.core.numbers import (
    Reservation,
    Series,
    read_reservation,
    read_tip,
    write_reservation,
    write_tip,
)

ONE = Reservation("CMB", 7, "CMB-0007", "otto", "2026-11-20T08:00:00.000Z", "00000000000000aa")


def test_a_payload_is_read_as_it_was_written() -> None:
    assert read_reservation(write_reservation(ONE)) == ONE
    assert read_tip(write_tip(7, "00000000000000aa")) == 7


def test_two_seats_can_never_push_the_same_object() -> None:
    other = Reservation("CMB", 7, "CMB-0007", "otto", "2026-11-20T08:00:00.000Z", "00000000000000bb")
    assert write_reservation(ONE) != write_reservation(other)
    assert write_tip(7, "00000000000000aa") != write_tip(7, "00000000000000bb")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"mine",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"format": 2, "series": "CMB", "n": 7}',
        write_reservation(ONE).replace(b'"otto"', b'"../otto"'),
        write_reservation(ONE).replace(b": 7", b': "7"'),
        write_reservation(ONE).replace(b"CMB-0007", b"../../heads/main"),
    ],
)
def test_what_is_not_ours_binds_nobody(data: bytes) -> None:
    assert read_reservation(data) is None


@pytest.mark.parametrize("data", [b"", b"7", b'{"format": 1, "tip": -1}', b'{"format": 1, "tip": "7"}'])
def test_what_is_no_tip_is_none(data: bytes) -> None:
    assert read_tip(data) is None


def test_next_skips_what_is_taken_or_named() -> None:
    series = Series("CMB", 2, "tip", {4: "x"})
    assert series.next(3, lambda n: n == 3) == [5, 6, 7]


def test_a_given_number_raises_the_tip_and_never_lowers_it() -> None:
    assert Series("CMB", 2).given(ONE).tip == 7
    assert Series("CMB", 9).given(ONE).tip == 9
