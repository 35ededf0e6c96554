"""A write that is repeated with its nonce: the same answer, whatever the clock says by then."""

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ledger.app.deeds.append import append_posts, wish
from ledger.app.deeds.reserve import reserve_numbers
from ledger.app.ledger import GlobalOptions, open_ledger
from ledger.app.write.loop import ReviewTarget, WriteResult
from ledger.core.errors import LedgerError
from ledger.faces.context import make_effects
from ledger.faces.json.writes import make_reservations_json
from tests.fleet import Seat, fleet
from tests.gitrun import git

NONCE = "00000000000000aa"
MIDNIGHT = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def seat(tmp_path: Path) -> Seat:
    """A seat of a fleet whose FLT counts by the day."""
    (seat,) = fleet(tmp_path, "otto")
    (seat.path / "feed").mkdir()
    (seat.path / "feed" / "ledger.yaml").write_text('namespaces:\n  FLT: {id: "FLT-{yyyymmdd}{n:02}"}\n')
    seat.forces()
    return seat


def write(seat: Seat, at: datetime, kind: str) -> WriteResult:
    """Reserve a number of FLT, or stage an opening under one, with the nonce."""
    world = dataclasses.replace(make_effects(), now=lambda: at)
    ledger = open_ledger(GlobalOptions(seat.path, seat.name, intent=NONCE), world)
    if kind == "reserve":
        return reserve_numbers(ledger, "FLT", 1)
    opening = wish("actionable", reserve="FLT", state="AWAITING_CLAIM", subject="Work")
    return append_posts(ledger, [opening], review=ReviewTarget())


@pytest.mark.parametrize("kind", ["reserve", "stage"])
def test_after_midnight_the_number_is_the_same(kind: str, seat: Seat, tmp_path: Path) -> None:
    """The series of the day is another one then. The staged file is gone, as in another checkout."""
    first = write(seat, MIDNIGHT - timedelta(seconds=2), kind)
    seat.git("rm", "-q", "-r", "-f", "--ignore-unmatch", "feed/2026")
    again = write(seat, MIDNIGHT + timedelta(seconds=40), kind)
    assert [one.ticket for one in again.answer.reserved] == ["FLT-2026112101"]
    assert again.answer.reserved == first.answer.reserved
    assert make_reservations_json(again) == make_reservations_json(first) != {"reserved": []}
    listed = git(tmp_path / "remote.git", "for-each-ref", "--format=%(refname)", "refs/reserve")
    assert listed.split() == ["refs/reserve/FLT-20261121/1", "refs/reserve/FLT-20261121/tip"]


def test_what_was_staged_with_a_nonce_is_not_staged_as_something_else(seat: Seat) -> None:
    write(seat, MIDNIGHT, "stage")
    ledger = open_ledger(GlobalOptions(seat.path, seat.name, intent=NONCE), make_effects())
    other = wish("actionable", reserve="FLT", state="AWAITING_CLAIM", subject="Other")
    with pytest.raises(LedgerError) as caught:
        append_posts(ledger, [other], review=ReviewTarget())
    assert caught.value.kind == "nonce-used"
