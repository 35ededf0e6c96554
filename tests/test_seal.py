"""`seal`: refs of numbers that have done their work go, and nothing that they promised goes with them."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.fleet import Seat, clone, fleet, standing
from tests.gitrun import git
from tests.test_guard import install

SETTINGS = "format: 1\nbranch: main\nseal_above: 2\n"


def build(folder: Path) -> list[Seat]:
    seats = fleet(folder, "otto", "zoe")
    set_up(seats[0], SETTINGS)
    for subject in ("One", "Two", "Three"):
        seats[0].files("CMB", subject)
    return seats


def set_up(seat: Seat, text: str) -> None:
    """Land settings by plain git."""
    seat.git("pull", "-q", "--rebase", "origin", "main")
    (seat.path / "feed").mkdir(exist_ok=True)
    (seat.path / "feed" / "ledger.yaml").write_text(text)
    seat.forces()


@pytest.fixture
def seats(tmp_path: Path) -> list[Seat]:
    return standing(build, tmp_path)


def remote_of(seat: Seat) -> Path:
    return seat.path.parent / "remote.git"


def numbers(seat: Seat) -> list[str]:
    """The refs of numbers on the remote, without tips."""
    refs = git(remote_of(seat), "for-each-ref", "--format=%(refname)", "refs/reserve").split()
    return [ref for ref in refs if not ref.endswith("/tip")]


def find_rules(seat: Seat) -> list[str]:
    return [finding["rule"] for finding in seat.ok("drift")["findings"]]


def test_what_was_opened_is_sealed_and_its_numbers_stay_taken(seats: list[Seat]) -> None:
    otto, zoe = seats
    zoe.ok("reserve", "CMB")  # CMB-0004, which waits for its opening

    assert "spent-reservations" in find_rules(otto)
    assert otto.ok("seal") == {"schema": 1, "sealed": {"CMB": 3}, "left": 1}
    assert numbers(otto) == ["refs/reserve/CMB/4"]
    assert find_rules(otto) == find_rules(zoe) == []
    assert otto.ok("seal")["sealed"] == {}

    assert zoe.files("CMB", "Five") == "CMB-0005"
    assert zoe.ok("append", "--item", "CMB-0004", "--subject", "Four")["posts"][0]["item"] == "CMB-0004"
    assert zoe.refused("append", "--item", "CMB-0002", "--subject", "Mine")["exit"] == 3
    assert zoe.ok("check", "--all")["findings"] == []


def test_a_write_is_repeated_safely_after_its_number_was_sealed(seats: list[Seat]) -> None:
    otto, _ = seats
    words = ("append", "--reserve", "CMB", "--subject", "Again", "--intent", "0123456789abcdef")
    first = otto.ok(*words)["posts"]
    otto.ok("seal")
    assert otto.ok(*words)["posts"] == first
    reserved = ("reserve", "CMB", "--intent", "fedcba9876543210")
    number = otto.ok(*reserved)["reserved"][0]["item"]
    otto.ok("append", "--item", number, "--subject", "Reserved before")
    otto.ok("seal")
    assert otto.ok(*reserved)["reserved"][0]["item"] == number


def test_a_rewound_remote_gets_back_what_was_lost_and_not_what_was_sealed(seats: list[Seat]) -> None:
    otto, _ = seats
    before = git(remote_of(otto), "rev-parse", "main")
    otto.ok("seal")
    otto.ok("reserve", "CMB")
    otto.ok("note", "CMB-0001", "Later")
    git(remote_of(otto), "update-ref", "refs/heads/main", before)
    git(remote_of(otto), "update-ref", "-d", "refs/reserve/CMB/4")
    otto.run("drift", "--fix")
    assert numbers(otto) == ["refs/reserve/CMB/4"]
    assert git(remote_of(otto), "rev-parse", "main") != before


def test_without_the_setting_nothing_is_sealed(tmp_path: Path) -> None:
    [otto] = fleet(tmp_path, "otto")
    otto.files("CMB", "One")
    error = otto.refused("seal")
    assert (error["kind"], error["exit"]) == ("seal-not-set", 3)
    assert numbers(otto) == ["refs/reserve/CMB/1"]


def test_where_seats_are_listed_a_strat_seals(seats: list[Seat]) -> None:
    otto, zoe = seats
    set_up(otto, SETTINGS + "seats:\n  otto: {role: code}\n  zoe: {role: strat}\n")
    assert otto.refused("seal")["kind"] == "role-may-not"
    assert zoe.ok("seal")["sealed"] == {"CMB": 3}


def test_seats_that_reserve_and_seal_at_once_undo_nothing_of_each_other(seats: list[Seat]) -> None:
    otto, zoe = seats
    deeds = [(otto, ("seal",)), (zoe, ("seal",))] + [
        (seat, ("append", "--reserve", "CMB", "--subject", f"At once {n}"))
        for n in range(3)
        for seat in (otto, zoe)
    ]
    with ThreadPoolExecutor(len(deeds)) as threads:
        runs = list(threads.map(lambda deed: deed[0].spawn(*deed[1], "--timeout", "120"), deeds))
    assert [ran.code for ran in runs] == [0] * len(deeds), [ran.err for ran in runs]
    assert sorted(otto.queue()) == [f"CMB-000{n}" for n in range(1, 10)]
    otto.ok("seal")
    assert numbers(otto) == []


@pytest.mark.parametrize("pusher", [None, "zoe"])
def test_a_guard_lets_spent_numbers_go_and_no_others(seats: list[Seat], pusher: str | None) -> None:
    otto, zoe = seats
    install(remote_of(otto), "--branch", "main")
    zoe.ok("reserve", "CMB")
    assert delete(otto, "refs/reserve/CMB/4", pusher) == "still needed"
    assert delete(otto, "refs/reserve/CMB/tip", pusher) == "never deleted"
    assert delete(otto, "refs/reserve/CMB/2", pusher) is None
    assert otto.ok("seal")["sealed"] == {"CMB": 2}
    blob = otto.blob("mine")
    refusal = otto.git_refuses("push", "--no-verify", "origin", f"{blob}:refs/reserve/CMB/2")
    assert "was given before" in refusal


def test_a_guard_lets_nobody_seal_but_who_decides_and_where_it_is_set(seats: list[Seat]) -> None:
    otto, zoe = seats
    set_up(otto, SETTINGS + "seats:\n  otto: {role: code}\n  zoe: {role: strat}\n")
    install(remote_of(otto), "--branch", "main")
    assert delete(otto, "refs/reserve/CMB/1", "otto") == "a strat or an operator"
    assert delete(otto, "refs/reserve/CMB/1", "zoe") is None
    strat = clone(remote_of(otto), otto.path.parent / "strat", "zoe")
    set_up(strat, "format: 1\nbranch: main\n")
    assert delete(zoe, "refs/reserve/CMB/2", "zoe") == "written once"
    assert len(numbers(otto)) == 2


REFUSALS = ("still needed", "written once", "never deleted", "a strat or an operator")


def delete(seat: Seat, ref: str, pusher: str | None) -> str | None:
    """Delete a ref of the remote by plain git; the words by which it was refused, None where it was not."""
    env = {**os.environ, **({"LEDGER_PUSHER": pusher} if pusher else {})}
    words = ("git", "push", "--no-verify", "origin", f":{ref}")
    ran = subprocess.run(words, cwd=seat.path, capture_output=True, text=True, env=env)
    if ran.returncode == 0:
        return None
    return next((words for words in REFUSALS if words in " ".join(ran.stderr.split())), ran.stderr)
