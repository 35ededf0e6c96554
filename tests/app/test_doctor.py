"""What doctor says of a machine, a clone and a remote; it writes nothing."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ledger.core.ids import stamp
from tests.fleet import Seat, fleet, refs


def checks(seat: Seat) -> dict[str, Any]:
    """Each check by its name; the exit code must agree with them."""
    ran = seat.run("doctor", "--json")
    told = {one["name"]: one for one in ran.json["checks"]}
    assert ran.code == (0 if all(one["ok"] for one in told.values()) else 1)
    return told


def bad(seat: Seat) -> list[str]:
    return [name for name, one in checks(seat).items() if not one["ok"]]


def test_a_clone_that_is_set_up_is_well_and_nothing_is_written(tmp_path: Path) -> None:
    (otto,) = fleet(tmp_path, "otto")
    otto.ok("init", "--seat", "otto")
    before = refs(tmp_path / "remote.git")
    told = checks(otto)
    assert [name for name, one in told.items() if not one["ok"]] == []
    names = ["git", "seat", "identity", "hooks", "remote", "swap", "numbers", "clock", "feed", "runtimes"]
    assert list(told) == names
    assert "not known" in told["numbers"]["detail"]
    assert refs(tmp_path / "remote.git") == before
    otto.files("CMB", "Cards")
    assert "protocol A" in checks(otto)["numbers"]["detail"]


def test_what_is_wrong_is_said_with_what_mends_it(tmp_path: Path) -> None:
    (otto,) = fleet(tmp_path, "otto")
    assert bad(otto) == ["hooks"]
    otto.ok("init", "--seat", "otto")
    otto.git("config", "ledger.command", str(tmp_path / "gone"))
    told = checks(otto)["hooks"]
    assert (told["ok"], told["hint"]) == (False, "`git ledger init`")
    otto.ok("init")
    assert bad(otto) == []


def test_a_remote_that_is_gone(tmp_path: Path) -> None:
    (otto,) = fleet(tmp_path, "otto")
    otto.ok("init")
    shutil.rmtree(tmp_path / "remote.git")
    assert bad(otto) == ["remote"]


def test_a_seat_whose_clock_is_ahead_is_noticed_and_hinders_nobody(tmp_path: Path) -> None:
    otto, anna = fleet(tmp_path, "otto", "anna")
    otto.ok("init")
    item = otto.files("CMB", "Cards")
    for hours in (1, -1):
        at = stamp(datetime.now(UTC) + timedelta(hours=hours))
        anna.writes("A seat whose clock is off.", kind="note", item=item, at=at)
    anna.forces()
    assert bad(otto) == ["clock"]
    assert otto.ok("claim", item)["claimed"] is True
    found = otto.run("drift", "--json").json["findings"]
    assert {one["severity"] for one in found} == {"warning"}
    assert {"future-post", "backdated-post"} <= {one["rule"] for one in found}
