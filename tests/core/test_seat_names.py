"""Whom a ticket may be offered to and a note addressed: slips are refused, strangers pointed out."""

import pytest

from ledger.core.config.config import parse_config
from ledger.core.errors import LedgerError
from ledger.core.write.seat_names import collect_seat_notices, find_nearest_seat
from tests.core.boards import board_of
from tests.feeds import feed

SEATS = """
seats:
  CAMBER-01: {role: code}
  STRAT-2: {role: strat}
  otto: {surfaces: [otto-cli, otto-desktop]}
"""
LISTED_ONLY = SEATS + "seats_listed_only: true\n"
POSTED = ("CAMBER-01", "CAMBER-02", "alexa")
OFFER = "04:00 CAMBER-01 offers CMB-0036: {} (capacity: busy)"
OWNER = "04:00 CAMBER-01 opens CMB-0036 owner={}: Cards"
AMENDED = "04:00 CAMBER-01 amends CMB-0036 owner={}: so"
NOTE = "04:00 CAMBER-01 notes CMB-0036 to={}: look"
AWAITED = "04:00 CAMBER-01 opens CMB-0036 owner=awaiting-{}-ruling: Cards"
BOOT = "04:00 {} boots"
EVERYWHERE = (OFFER, OWNER, AMENDED, NOTE, AWAITED)


def notices(line: str, config: str = "", posted: tuple[str, ...] = POSTED) -> tuple[str, ...]:
    seats = board_of("\n".join(f"03:00 {seat} boots" for seat in posted)).seats
    return collect_seat_notices(parse_config(config.encode())[0], seats, feed(line).posts)


def hint(line: str, config: str = "") -> str:
    """The hint of the refusal."""
    with pytest.raises(LedgerError) as refused:
        notices(line, config)
    assert refused.value.kind == "usage" and refused.value.message.endswith("has posted or is listed")
    return refused.value.hint


@pytest.mark.parametrize("line", EVERYWHERE)
@pytest.mark.parametrize("config", ["", SEATS, LISTED_ONLY])
def test_a_seat_that_posted_may_be_named_anywhere(line: str, config: str) -> None:
    assert notices(line.format("CAMBER-02"), config) == ()


@pytest.mark.parametrize("line", EVERYWHERE)
@pytest.mark.parametrize("seat", ["STRAT-2", "otto", "otto-desktop"])
def test_a_seat_that_is_listed_may_be_named_before_it_posts(line: str, seat: str) -> None:
    assert notices(line.format(seat), LISTED_ONLY) == ()


@pytest.mark.parametrize("line", EVERYWHERE)
@pytest.mark.parametrize("config", ["", SEATS, LISTED_ONLY])
def test_a_name_that_is_one_slip_away_is_refused_and_the_right_one_is_named(line: str, config: str) -> None:
    assert hint(line.format("CAMBR-02"), config) == "did you mean `CAMBER-02`?"


@pytest.mark.parametrize("line", EVERYWHERE)
def test_an_unknown_name_passes_with_a_notice_where_no_seats_are_listed(line: str) -> None:
    words = "no seat NOBODY-99 has posted or is listed; it sees this once it does"
    assert notices(line.format("NOBODY-99")) == (words,)


@pytest.mark.parametrize("line", [OFFER, OWNER, AMENDED])
def test_no_ticket_is_offered_to_an_unknown_seat_where_seats_are_listed(line: str) -> None:
    assert hint(line.format("NOBODY-99"), SEATS) == "name a seat that `feed/ledger.yaml` lists"


@pytest.mark.parametrize("line", [NOTE, AWAITED])
def test_an_unknown_seat_may_be_told_of_something_unless_only_listed_ones_post(line: str) -> None:
    assert len(notices(line.format("NOBODY-99"), SEATS)) == 1
    assert hint(line.format("NOBODY-99"), LISTED_ONLY) == "name a seat that `feed/ledger.yaml` lists"


def test_a_seat_may_name_itself_in_its_first_post_and_open_is_no_seat() -> None:
    assert notices("04:00 NEW-1 opens CMB-0036 owner=NEW-1: Cards") == ()
    assert notices(OWNER.format("open"), LISTED_ONLY) == notices(OFFER.format("open"), LISTED_ONLY) == ()


def test_one_stranger_is_pointed_out_once() -> None:
    assert len(notices(OWNER.format("NEW-1") + "\n" + NOTE.format("NEW-1,NEW-1"))) == 1


def test_a_seat_that_starts_under_a_name_one_slip_away_hears_of_it() -> None:
    assert notices(BOOT.format("CAMBR-02")) == ("CAMBR-02 never posted before; did you mean CAMBER-02?",)
    assert notices(BOOT.format("CAMBER-03")) == notices(BOOT.format("CAMBER-02")) == ()
    assert notices(BOOT.format("CAMBR-02"), posted=("CAMBR-02", "CAMBER-02")) == ()


@pytest.mark.parametrize(
    ("name", "seat"),
    [
        ("camber-01", "CAMBER-01"),
        ("a", "A"),
        ("CAMBR-01", "CAMBER-01"),
        ("CAMMBER-01", "CAMBER-01"),
        ("CAMVER-01", "CAMBER-01"),
        ("cambre-01", "CAMBER-01"),
        ("CAMBER_01", "CAMBER-01"),
        ("CAMBER01", "CAMBER-01"),
        ("claudecli", "claude-cli"),
        ("oto-cli", "otto-cli"),
    ],
)
def test_case_and_one_wrong_character_are_slips(name: str, seat: str) -> None:
    assert find_nearest_seat(name, ["ORA-01", seat]) == seat


@pytest.mark.parametrize(
    ("name", "seat"),
    [
        ("CAMBER-02", "CAMBER-01"),
        ("CAMBER-1", "CAMBER-01"),
        ("CAMBER-010", "CAMBER-01"),
        ("CAMBER-10", "CAMBER-01"),
        ("CAMBER1-2", "CAMBER-12"),
        ("seat-b", "seat-a"),
        ("bob", "rob"),
        ("CABR-01", "CAMBER-01"),
        ("ORA-01", "CAMBER-01"),
    ],
)
def test_digits_short_words_and_two_slips_make_another_seat(name: str, seat: str) -> None:
    assert find_nearest_seat(name, [seat]) is None


def test_of_two_seats_that_are_as_near_none_is_meant() -> None:
    assert find_nearest_seat("cambe-01", ["camber-01", "cambel-01"]) is None
    assert notices(OWNER.format("cambe-01"), posted=("camber-01", "cambel-01")) != ()
