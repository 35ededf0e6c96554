"""Numbers cost the same however many were given: what is asked of a remote, and what stays in a clone."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.fleet import Seat, clone, fleet
from tests.gitrun import git

TIP = "refs/reserve/CMB/tip"
RULED = "ABSORB: CMB-0001 -> AWAITING_CLAIM"


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    return tmp_path / "remote.git"


@pytest.fixture
def otto(tmp_path: Path) -> Seat:
    (otto,) = fleet(tmp_path, "otto")
    return otto


def reserved(repository: Path) -> dict[str, str]:
    """The refs below `refs/reserve/` with their objects."""
    rows = git(repository, "for-each-ref", "--format=%(refname) %(objectname)", "refs/reserve/").splitlines()
    return dict(row.split() for row in rows)


def own_refs(seat: Seat) -> list[str]:
    """The refs of a clone that the tool made."""
    return seat.git("for-each-ref", "--format=%(refname)", "refs/ledger/", "refs/worktree/").split()


def blobs(seat: Seat) -> set[str]:
    """The blobs in a clone."""
    listed = seat.git("cat-file", "--batch-check", "--batch-all-objects").splitlines()
    return {line.split()[0] for line in listed if line.split()[1] == "blob"}


def reserve_by_hand(seat: Seat, *numbers: int) -> None:
    """Reserve numbers of CMB by plain git; the tip stays where it is."""
    payload = {"format": 1, "seat": seat.name, "at": "2026-04-15T03:51:00.000Z"}
    blobs = {n: seat.blob(json.dumps({**payload, "nonce": f"{n:016x}"})) for n in numbers}
    seat.git(
        "push", "-q", "--atomic", "origin", *(f"{blob}:refs/reserve/CMB/{n}" for n, blob in blobs.items())
    )


def asked(trace: Path) -> set[str]:
    """What git asked remotes for below `refs/reserve/`, by its record of packets: beginnings of names; and
    "everything" where it listed refs without saying which."""
    names: set[str] = set()
    prefixes = 0
    for line in trace.read_text("utf-8", "replace").splitlines():
        _, _, packet = line.partition("> ")
        if packet == "command=ls-refs":
            prefixes = 0
        elif packet.startswith("ref-prefix "):
            prefixes += 1
            names |= {packet.split()[1]} if "refs/reserve/" in packet else set()
        elif packet == "0000" and line.rpartition("packet:")[2].split()[0] in ("fetch>", "ls-remote>"):
            names |= set() if prefixes else {"everything"}
            prefixes = 1
    trace.unlink()
    return names


def test_no_command_that_takes_a_number_asks_for_a_whole_series(otto: Seat, tmp_path: Path) -> None:
    otto.files("CMB", "the first")
    reserved = otto.ok("reserve", "CMB")["reserved"][0]["item"]
    trace = tmp_path / "packets"

    def asks(*words: str) -> set[str]:
        ran = otto.spawn(*words, env={"GIT_TRACE_PACKET": str(trace)})
        assert ran.code == 0, ran.err
        return asked(trace)

    tip = {TIP}
    assert asks("drift") >= {"everything"}, "what is judged whole is read whole, so that the record tells it"
    assert asks("reserve", "CMB") == tip
    assert asks("append", "--reserve", "CMB", "--subject", "x") == tip
    assert asks("rule", "--reserve", "CMB", "--on", "CMB-0001", "--body", RULED) == tip
    assert asks("append", "--item", reserved, "--subject", "filed now") == tip | {"refs/reserve/CMB/2"}
    assert asks("append", "--reserve", "CMB", "--subject", "y", "--propose", "proposal") == tip
    assert asks("note", "CMB-0001", "no number") == asks("queue") == set()
    otto.ok("append", "--provisional", "CMB", "--subject", "z")
    assert "everything" not in asks("confirm")


def test_a_hundred_reservations_leave_nothing_loose_behind(otto: Seat, tmp_path: Path) -> None:
    """By this clone, and by another that judges the whole: neither has a ref or an object of them to pack."""
    otto.files("CMB", "the first")
    before = own_refs(otto)
    for _ in range(4):
        otto.ok("reserve", "CMB", "--count", "25")
    git(tmp_path, "clone", "-q", f"file://{tmp_path}/remote.git", "ann")  # without the objects of other refs
    assert own_refs(otto) == before
    assert len(list((otto.path / ".git" / "refs" / "ledger").rglob("*/[0-9]*"))) == 0
    ann = Seat("ann", tmp_path / "ann")
    objects = blobs(ann)
    assert ann.run("drift").code == 0
    assert own_refs(ann) == own_refs(otto)
    assert blobs(ann) - objects == {ann.git("rev-parse", "refs/ledger/seen/remotes/origin/reserve/CMB/tip")}
    assert ann.run("drift", "--offline").code == 0


def test_numbers_that_others_reserved_by_hand_above_the_tip_are_skipped(
    otto: Seat, remote: Path, tmp_path: Path
) -> None:
    """A row of them costs a few tries, not one each."""
    otto.files("CMB", "the first")
    hand = clone(remote, tmp_path / "hand", "hand")
    reserve_by_hand(hand, *range(2, 42), 45, *range(60, 900))
    pushes = tmp_path / "pushes"
    assert (
        otto.spawn(
            *("append", "--reserve", "CMB", "--subject", "goes on above"),
            env={"GIT_TRACE2_EVENT": str(pushes)},
        ).code
        == 0
    )
    assert "CMB-0042" in otto.queue()
    started = [json.loads(line) for line in pushes.read_text().splitlines()]
    assert sum(one["event"] == "start" and "push" in one["argv"] for one in started) <= 4
    items = [one["item"] for one in otto.ok("reserve", "CMB", "--count", "4")["reserved"]]
    assert items == ["CMB-0043", "CMB-0044", "CMB-0046", "CMB-0047"]
    items = [one["item"] for one in otto.ok("reserve", "CMB", "--count", "13")["reserved"]]
    assert items[-2:] == ["CMB-0059", "CMB-0900"]


def test_the_first_of_a_series_is_not_taken_where_somebody_reserved_in_it_by_hand(
    otto: Seat, remote: Path, tmp_path: Path
) -> None:
    """No tip says so, and nobody named that number: all of such a series is read."""
    reserve_by_hand(clone(remote, tmp_path / "hand", "hand"), 7)
    error = otto.refused("append", "--item", "CMB-0001", "--subject", "I am the first")
    assert (error["exit"], error["kind"]) == (3, "not-reserved")
    otto.writes(item="CMB-0001", state="AWAITING_CLAIM", subject="so am I")
    assert "unreserved-ticket" in {one["rule"] for one in otto.run("check", "--json").json["findings"]}


def test_a_high_tip_is_borne_out_by_the_reservation_at_its_height(
    otto: Seat, remote: Path, tmp_path: Path
) -> None:
    """Of numbers that no post names, as after a great many were reserved at once."""
    otto.files("CMB", "the first")
    otto.raises_tip("CMB", 20_000)
    ann = clone(remote, tmp_path / "ann", "ann")
    assert ann.refused("reserve", "CMB")["kind"] == "bad-tip"
    reserve_by_hand(otto, 20_000)
    assert ann.ok("reserve", "CMB")["reserved"][0]["item"] == "CMB-20001"
    ben = clone(remote, tmp_path / "ben", "ben")
    assert ben.ok("reserve", "CMB")["reserved"][0]["item"] == "CMB-20002"
    git(remote, "update-ref", "-d", "refs/reserve/CMB/20002")
    assert clone(remote, tmp_path / "cat", "cat").ok("reserve", "CMB")["reserved"][0]["item"] == "CMB-20003"


def test_an_amendment_by_hand_moves_a_ticket_to_a_number_that_its_seat_reserved(otto: Seat) -> None:
    otto.files("CMB", "the first")
    item = otto.ok("reserve", "CMB")["reserved"][0]["item"]
    post = otto.ok("show", "CMB-0001")["history"][0]["post"]
    otto.writes(f"AMENDMENT: CMB-0001 -> {item} post:{post}\n", kind="amendment", item="CMB-0001")
    found = {one["rule"] for one in otto.run("check", "--json").json["findings"]}
    assert not {"unreserved-ticket", "reserved-by-another"} & found


def test_posts_by_hand_are_judged_without_a_network_where_this_clone_knows_their_numbers(
    otto: Seat, remote: Path, tmp_path: Path
) -> None:
    own, others = otto.ok("reserve", "CMB", "--count", "2")["reserved"]
    ann = clone(remote, tmp_path / "ann", "ann")
    shutil.move(remote, tmp_path / "away.git")
    for seat in (otto, ann):
        seat.writes(item=own["item"], state="AWAITING_CLAIM", subject="filed by hand")
    ran = otto.run("check", "--json")
    assert ran.json["findings"] == [], ran.err
    rules = {one["rule"] for one in ann.run("check", "--json").json["findings"]}
    assert rules == {"unreserved-ticket"}, "unverified"
    shutil.move(tmp_path / "away.git", remote)
    rules = {one["rule"] for one in ann.run("check", "--json").json["findings"]}
    assert rules == {"reserved-by-another"}
    assert others["item"] == "CMB-0002"


def test_refs_of_an_older_version_are_cleared_once_beside_other_git_processes(
    otto: Seat, remote: Path, tmp_path: Path
) -> None:
    """By the first command that takes a number, from a linked working tree too. Those that are locked stay
    until the next, and what they said is kept: after a restored backup it is put back."""
    otto.files("CMB", "the first")
    backup = tmp_path / "backup.git"
    shutil.copytree(remote, backup)
    numbers = [one["ref"] for one in otto.ok("reserve", "CMB", "--count", "12")["reserved"]]
    otto.files("CMB", "the last")
    before = reserved(remote)
    (otto.path / ".git" / "ledger" / "reservations.db").unlink()
    otto.git("fetch", "-q", "origin", "refs/reserve/*:refs/ledger/mirror/reserve/*")
    otto.git("pack-refs", "--all")
    otto.git("fetch", "-q", "origin", "+refs/reserve/*:refs/ledger/mirror/reserve/*")
    otto.git("update-ref", "refs/ledger/mirror/reserve/ORA/tip", before[TIP])
    tree = tmp_path / "tree"
    otto.git("worktree", "add", "-q", "--detach", str(tree))
    lock = otto.path / ".git" / "packed-refs.lock"
    lock.touch()
    beside = Seat("otto", tree)
    assert beside.files("CMB", "while another git packs refs") == "CMB-0015"
    assert any("mirror" in ref for ref in own_refs(otto))
    lock.unlink()
    beside.files("CMB", "and after it")
    assert [ref for ref in own_refs(otto) if "mirror" in ref] == []
    shutil.rmtree(remote)
    shutil.copytree(backup, remote)
    fixed = otto.run("drift", "--fix")
    assert {ref: before[ref] for ref in numbers}.items() <= reserved(remote).items(), fixed


def test_a_clone_of_an_old_protocol_takes_numbers_too(otto: Seat) -> None:
    """Such a server lists all its refs, whatever it is asked for."""
    otto.git("config", "protocol.version", "0")
    otto.files("CMB", "the first")
    assert otto.ok("reserve", "CMB", "--count", "12")["reserved"][-1]["item"] == "CMB-0013"
    otto.ok("append", "--item", "CMB-0002", "--subject", "under its own number")
    assert otto.run("drift").code == 0
    assert own_refs(otto)[1:] == ["refs/ledger/seen/remotes/origin/reserve/CMB/tip"]


def test_what_is_fetched_for_a_reading_is_removed_with_it(otto: Seat, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    ran = subprocess.run(
        otto.command("append", "--reserve", "CMB", "--subject", "x"),
        env={**os.environ, "TMPDIR": str(scratch)},
        capture_output=True,
    )
    assert ran.returncode == 0, ran.stderr
    assert otto.spawn("drift", env={"TMPDIR": str(scratch)}).code == 0
    assert list(scratch.iterdir()) == []
