"""Payloads of reservations and tips: what is ours is read, what is not binds nobody."""

from dataclasses import replace
from typing import Any

import pytest

from ledger.core.write.numbers import (
    Reservation,
    Series,
    decode_reservation,
    decode_tip,
    encode_reservation,
    encode_tip,
)

ONE = Reservation("CMB", 7, "CMB-0007", "otto", "2026-11-20T08:00:00.000Z", "00000000000000aa")


BY_HAND = b'{"format": 1, "seat": "otto", "at": "2026-11-20T08:00:00.000Z", "nonce": "00000000000000aa"}'


def test_a_payload_made_by_hand_says_its_seat_and_the_ref_says_the_number() -> None:
    by_hand = decode_reservation(BY_HAND, "CMB", 7)
    assert by_hand == replace(ONE, ticket="")


@pytest.mark.parametrize(
    ("tip", "taken", "named", "does"),
    [
        (10_041, {41: "x"}, 0, False),
        (10_042, {41: "x"}, 0, True),
        (10_042, {}, 41, True),
        (10_042, {41: "x", 10_000: "y"}, 0, False),
        (900_000, {}, 0, False),
    ],
    ids=["within", "above a reservation", "above a post", "borne out", "a beginning"],
)
def test_a_tip_leaps_when_nothing_else_is_near_it(
    tip: int, taken: dict[int, str], named: int, does: bool
) -> None:
    assert Series("CMB", tip, "tip", taken).is_leap_above(named) is does


def test_a_payload_is_read_as_it_was_written() -> None:
    assert decode_reservation(encode_reservation(ONE), "CMB", 7) == ONE
    assert decode_tip(encode_tip(7, "00000000000000aa")) == 7


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"n": 8},
        {"n": 0},
        {"n": 1_000_000_000},
        {"series": "ORA"},
        {"series": 'C"B'},
        {"ticket": ""},
        {"ticket": "CMB-7x"},
        {"seat": "ot to"},
        {"seat": "ot\\to"},
        {"seat": "ötto"},
        {"at": "\x7f"},
        {"nonce": "a\tb"},
        {"nonce": '", "seat": "other'},
    ],
)
def test_a_payload_in_our_spelling_means_what_it_means_in_any_other(change: dict[str, Any]) -> None:
    data = encode_reservation(replace(ONE, **change))
    one = decode_reservation(data, "CMB", 7)
    assert one == decode_reservation(b" " + data, "CMB", 7)
    assert (one is None) == bool({"n", "series", "seat"} & change.keys() or change.get("ticket"))


def test_two_seats_can_never_push_the_same_object() -> None:
    other = Reservation("CMB", 7, "CMB-0007", "otto", "2026-11-20T08:00:00.000Z", "00000000000000bb")
    assert encode_reservation(ONE) != encode_reservation(other)
    assert encode_tip(7, "00000000000000aa") != encode_tip(7, "00000000000000bb")


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
        encode_reservation(ONE).replace(b"CMB", b"ORA"),
        BY_HAND.replace(b"otto", b""),
        BY_HAND.replace(b"nonce", b"x-nonce"),
        encode_reservation(ONE).replace(b'"otto"', b'"../otto"'),
        encode_reservation(ONE).replace(b": 7", b': "7"'),
        encode_reservation(ONE).replace(b": 7", b": 8"),
        encode_reservation(ONE).replace(b"CMB-0007", b"../../heads/main"),
    ],
)
def test_what_is_not_ours_binds_nobody(data: bytes) -> None:
    assert decode_reservation(data, "CMB", 7) is None


@pytest.mark.parametrize("data", [b"", b"7", b'{"format": 1, "tip": -1}', b'{"format": 1, "tip": "7"}'])
def test_what_is_no_tip_is_none(data: bytes) -> None:
    assert decode_tip(data) is None


def test_next_skips_what_is_taken_or_named() -> None:
    series = Series("CMB", 2, "tip", {4: "x"})
    assert series.allocate(3, lambda n: n == 3) == [5, 6, 7]


def test_a_given_number_raises_the_tip_and_never_lowers_it() -> None:
    assert Series("CMB", 2).with_reserved(ONE).tip == 7
    assert Series("CMB", 9).with_reserved(ONE).tip == 9
