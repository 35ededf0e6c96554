"""What the pool has saved can be listed, brought back and let go of; nothing young is dropped."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ledger.app.ledger import GlobalOptions, Ledger, open_ledger
from ledger.app.pool.rescues import expire_rescues, list_rescues, measure_rescues, restore_rescue
from ledger.core.errors import LedgerError
from ledger.faces.context import make_effects
from ledger.faces.json.pool import make_rescue_json
from tests.fleet import Seat
from tests.gitrun import commit_file, git, new_repository

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
OLD, YOUNG = "otto/20260901T035700123Z", "otto/20261120T035700123Z-2"


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """Two commits that are saved and on no branch, one of them long ago."""
    path = new_repository(tmp_path / "repo")
    commit_file(path, "code.txt")
    for name, text in ((OLD, "old"), (YOUNG, "young")):
        git(path, "checkout", "-q", "--detach", "main")
        saved = commit_file(path, f"{text}.txt", f"{text}\n" * 1000)
        git(path, "update-ref", f"refs/ledger/rescue/{name}", saved)
    git(path, "checkout", "-q", "main")
    return path


def ledger_at(path: Path) -> Ledger:
    world = replace(make_effects(), now=lambda: NOW)
    return open_ledger(GlobalOptions(path, "otto"), world)


def test_what_was_saved_is_listed_oldest_first_with_its_time(repo: Path) -> None:
    ledger = ledger_at(repo)
    old, young = list_rescues(ledger.repo)
    assert make_rescue_json(old) == {
        "ref": f"refs/ledger/rescue/{OLD}",
        "identity": "otto",
        "at": "2026-09-01T03:57:00.123Z",
        "commit": git(repo, "rev-parse", f"refs/ledger/rescue/{OLD}"),
        "subject": "add old.txt",
    }
    assert young.at == datetime(2026, 11, 20, 3, 57, 0, 123000, tzinfo=UTC)
    assert measure_rescues(ledger.repo, [old, young]) > 0


def test_a_clone_in_which_nothing_was_saved(tmp_path: Path) -> None:
    ledger = ledger_at(new_repository(tmp_path / "repo"))
    assert list_rescues(ledger.repo) == []
    assert measure_rescues(ledger.repo, []) == 0


@pytest.mark.parametrize("ref", [YOUNG, f"refs/ledger/rescue/{YOUNG}"])
def test_what_is_restored_has_a_branch_and_no_tree_is_touched(ref: str, repo: Path) -> None:
    ledger = ledger_at(repo)
    for _ in range(2):  # asked again, it is the same
        rescue, branch = restore_rescue(ledger, ref)
        assert git(repo, "rev-parse", branch) == rescue.commit
    assert branch == f"rescued/{YOUNG}"
    assert git(repo, "status", "--porcelain", "--branch") == "## main"


def test_a_branch_that_holds_something_else_is_left(repo: Path) -> None:
    git(repo, "branch", f"rescued/{YOUNG}", "main")
    with pytest.raises(LedgerError) as raised:
        restore_rescue(ledger_at(repo), YOUNG)
    assert raised.value.kind == "held"
    assert git(repo, "rev-parse", f"rescued/{YOUNG}") == git(repo, "rev-parse", "main")


def test_nothing_is_restored_from_a_ref_that_is_not_there(repo: Path) -> None:
    with pytest.raises(LedgerError, match='nothing was saved under "otto/1"'):
        restore_rescue(ledger_at(repo), "otto/1")


def test_only_what_is_older_expires(repo: Path) -> None:
    git(repo, "update-ref", "refs/ledger/rescue/by-hand", "main")
    ledger = ledger_at(repo)
    assert [rescue.ref for rescue in expire_rescues(ledger, timedelta(days=30))] == [
        f"refs/ledger/rescue/{OLD}"
    ]
    left = [rescue.ref for rescue in list_rescues(ledger.repo)]
    assert left == [f"refs/ledger/rescue/{YOUNG}", "refs/ledger/rescue/by-hand"]


def test_nothing_younger_than_fourteen_days_expires_by_any_age(repo: Path) -> None:
    with pytest.raises(LedgerError, match="14 days"):
        expire_rescues(ledger_at(repo), timedelta(days=13))


def test_one_that_was_saved_is_shown_with_what_it_changed(repo: Path) -> None:
    told = Seat("otto", repo).run("pool", "rescues", OLD)
    saved = git(repo, "rev-parse", "--short=10", f"refs/ledger/rescue/{OLD}")
    assert told.out.splitlines()[0] == f'refs/ledger/rescue/{OLD}  {saved}  "add old.txt"'
    assert "old.txt | 1000 +" in told.out and "young.txt" not in told.out
    assert Seat("otto", repo).refused("pool", "rescues", "otto/1")["kind"] == "usage"


def test_the_commands_say_what_there_is(repo: Path) -> None:
    seat = Seat("otto", repo)
    told = seat.ok("pool", "rescues")
    assert [row["ref"] for row in told["rescues"]] == [f"refs/ledger/rescue/{name}" for name in (OLD, YOUNG)]
    assert told["bytes"] > 0
    assert seat.run("pool", "restore", OLD).out == f"rescued/{OLD}\n"
    assert seat.refused("pool", "expire", "--older-than", "soon")["kind"] == "usage"
    assert seat.refused("pool", "restore")["kind"] == "usage"
    checks = {row["name"]: row for row in seat.run("doctor", "--json").json["checks"]}
    assert checks["rescues"]["ok"] and "2 of what was left" in checks["rescues"]["detail"]
