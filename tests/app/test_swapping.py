"""What a writer says when its time is up: beaten where others were faster, unreachable where nobody spoke."""

import dataclasses
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from ledger.app.deeds.append import wish
from ledger.app.ledger import GlobalOptions, Ledger, open_ledger
from ledger.app.write.loop import commit_request, request_write
from ledger.core.errors import LedgerError
from ledger.core.write.plan import PlanView
from ledger.core.write.requests import WriteRequest
from ledger.faces.context import make_effects
from ledger.store.clone.host_lock import host_lock
from tests.fleet import Seat, bare_remote, clone


@dataclass
class Clock:
    """Seconds that pass when a test says so."""

    seconds: float = 0.0

    def now(self) -> float:
        return self.seconds

    def run_out(self, seconds: float = 0.0) -> None:
        self.seconds += 1_000.0


Scene = tuple[Ledger, Clock, Path]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """A seat that writes by its own clock, and the remote."""
    remote = bare_remote(tmp_path)
    seat = clone(remote, tmp_path / "seat", "seat")
    clock = Clock()
    world = dataclasses.replace(make_effects(), monotonic=clock.now, wait=clock.run_out)
    return open_ledger(GlobalOptions(seat.path, "seat"), world), clock, remote


def outrun(
    remote: Path, then: Callable[[], None] = lambda: None
) -> Callable[[PlanView, WriteRequest], WriteRequest]:
    """Let another seat land something after the first look; `then` happens after the second one."""
    other = clone(remote, remote.parent / "other", "other")
    looks: list[PlanView] = []

    def revise(view: PlanView, intent: WriteRequest) -> WriteRequest:
        looks.append(view)
        if len(looks) == 1:
            Seat("other", other.path).ok("note", "faster")
        else:
            then()
        return intent

    return revise


def failure(
    ledger: Ledger, revise: Callable[[PlanView, WriteRequest], WriteRequest] = lambda _, intent: intent
) -> LedgerError:
    with pytest.raises(LedgerError) as caught:
        commit_request(ledger, request_write(ledger, wish("note", body="slower")), revise)
    return caught.value


def test_the_time_runs_out_while_it_waits_to_try_again(scene: Scene) -> None:
    """The next fetch has no time left: others were faster, and the remote was there all the time."""
    ledger, _, remote = scene
    error = failure(ledger, outrun(remote))
    assert (error.kind, error.message) == ("beaten", "others were faster for 30 s; nothing was written")


def test_the_time_runs_out_before_its_second_push(scene: Scene) -> None:
    ledger, clock, remote = scene
    ledger = dataclasses.replace(ledger, world=dataclasses.replace(ledger.world, wait=lambda _: None))
    assert failure(ledger, outrun(remote, clock.run_out)).kind == "beaten"


def test_the_time_runs_out_in_waiting_for_a_turn(scene: Scene) -> None:
    """Another writer of this machine had it all the time."""
    ledger, clock, _ = scene
    clock.run_out()
    with host_lock(ledger.repo.common_dir, 0):
        assert failure(ledger).kind == "beaten"


def test_a_remote_that_goes_away_is_not_faster(scene: Scene) -> None:
    """It was beaten once, and there is time left."""
    ledger, _, remote = scene

    def take_away(seconds: float) -> None:
        shutil.move(remote, remote.with_name("gone"))

    ledger = dataclasses.replace(ledger, world=dataclasses.replace(ledger.world, wait=take_away))
    assert failure(ledger, outrun(remote)).kind == "unreachable"


def test_a_remote_that_never_speaks_is_unreachable(scene: Scene) -> None:
    ledger, _, remote = scene
    shutil.move(remote, remote.with_name("gone"))
    assert failure(ledger).kind == "unreachable"
