"""What doctor says of a machine, a clone and a remote; it writes nothing."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ledger.core.ids import format_timestamp
from tests.fleet import Seat, fleet, refs
from tests.gitrun import git


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


def test_a_mirror_clone_keeps_its_own_refs_once_doctor_s_hint_was_followed(tmp_path: Path) -> None:
    """`git fetch --prune` there deletes all that the remote has not: what was seen, and what the pool saved.

    Nothing wrong is said after it, but a rewind would go unnoticed until the next reading.
    """
    (otto,) = fleet(tmp_path, "otto")
    otto.files("CMB", "Cards")
    git(tmp_path, "clone", "-q", "--mirror", "remote.git", "mirror.git")
    git(tmp_path / "mirror.git", "worktree", "add", "-q", "--detach", str(tmp_path / "tree"), "main")
    anna = Seat("anna", tmp_path / "tree")
    anna.git("config", "ledger.branch", "main")
    anna.ok("queue")
    saved = "refs/ledger/rescue/anna/20261121T000000Z"
    anna.git("update-ref", saved, "HEAD")
    kept = anna.git("for-each-ref", "refs/ledger")
    assert saved in kept and "refs/ledger/seen/" in kept
    told = checks(anna)
    assert (told["prune"]["ok"], told["swap"]["ok"]) == (False, True)
    subprocess.run(["sh", "-c", told["prune"]["hint"].strip("`")], cwd=anna.path, check=True)
    assert "prune" not in checks(anna)
    kept = anna.git("for-each-ref", "refs/ledger")
    anna.git("fetch", "-q", "--prune")
    assert anna.git("for-each-ref", "refs/ledger") == kept
    anna.git("config", "--unset-all", "remote.origin.fetch", r"^\^")
    anna.git("fetch", "-q", "--prune")
    assert anna.git("for-each-ref", "refs/ledger") == ""
    assert (anna.run("drift").code, anna.files("CMB", "More")) == (0, "CMB-0002")


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
        at = format_timestamp(datetime.now(UTC) + timedelta(hours=hours))
        anna.writes("A seat whose clock is off.", kind="note", item=item, at=at)
    anna.forces()
    assert bad(otto) == ["clock"]
    assert otto.ok("claim", item)["claimed"] is True
    found = otto.run("drift", "--json").json["findings"]
    assert {one["severity"] for one in found} == {"warning"}
    assert {"future-post", "backdated-post"} <= {one["rule"] for one in found}
