"""Rights go by arrival: whatever was judged at the tip stays so, however histories are cut and merged."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fleet import Seat, bare_remote, clone, fleet
from tests.gitrun import commit_file, git, new_repository


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    return bare_remote(tmp_path)


@pytest.fixture
def otto(remote: Path, tmp_path: Path) -> Seat:
    return clone(remote, tmp_path / "otto", "otto")


def propose(seat: Seat, item: str) -> None:
    """A branch `proposal` with an early claim, a note and a ticket of its own, all made by hand."""
    seat.git("checkout", "-q", "-b", "proposal", "origin/main")
    seat.writes(item=item, state="CLAIMED", at="2026-01-01T00:00:00.000Z")
    seat.git("add", "feed")
    seat.git("commit", "-q", "-m", "claim")
    seat.writes(kind="note", item=item, body="by hand", at="2026-01-02T00:00:00.000Z")
    seat.writes(item="PRO-0001", state="AWAITING_CLAIM", subject="Proposed", at="2026-01-03T00:00:00.000Z")
    seat.git("add", "feed")
    seat.git("commit", "-q", "-m", "note and ticket")


def merge(seat: Seat) -> None:
    seat.git("checkout", "-q", "-B", "work", "origin/main")
    seat.git("merge", "-q", "--no-ff", "-m", "merge", "proposal")


def merge_the_other_way_round(seat: Seat) -> None:
    seat.git("checkout", "-q", "-B", "work", "proposal")
    seat.git("merge", "-q", "--no-ff", "-m", "merge", "origin/main")


def squash(seat: Seat) -> None:
    seat.git("checkout", "-q", "-B", "work", "origin/main")
    seat.git("merge", "-q", "--squash", "proposal")
    seat.git("commit", "-q", "-m", "squashed")


def rebase(seat: Seat) -> None:
    seat.git("checkout", "-q", "-B", "work", "proposal")
    seat.git("rebase", "-q", "origin/main")


WAYS: tuple[Callable[[Seat], None], ...] = (merge, merge_the_other_way_round, squash, rebase)


def test_a_claim_stands_against_an_earlier_date_that_arrives_later(
    otto: Seat, remote: Path, tmp_path: Path
) -> None:
    """The claim landed by a swap; a proposal with an earlier claim on the ticket arrives after it.

    However it is brought in, the answer is the same to the last word, in a shallow clone as well.
    """
    item = otto.opens_by_hand()
    late = clone(remote, tmp_path / "late", "late")
    propose(late, item)
    otto.ok("claim", item)
    late.git("fetch", "-q")
    told = []
    for way in WAYS:
        way(late)
        late.git("push", "-q", "origin", f"work:{way.__name__}")
        otto.git("config", "ledger.branch", way.__name__)
        told.append(otto.ok("queue", "--all")["items"])
    git(tmp_path, "clone", "-q", "--depth", "1", "-b", "squash", f"file://{remote}", "shallow")
    shallow = Seat("reader", tmp_path / "shallow")
    shallow.git("config", "ledger.branch", "squash")
    told.append(shallow.ok("queue", "--all")["items"])
    assert [one for one in told if one != told[0]] == []
    rows = {row["item"]: row for row in told[0]}
    assert rows[item]["holder"]["seat"] == "otto"
    assert rows["PRO-0001"]["subject"] == "Proposed"
    # A post that saw them all fixes their place, and their claim stays refused.
    otto.ok("note", item, "still at it")
    effects = [one["effect"] for one in otto.ok("show", item)["history"] if one["seat"] == "late"]
    assert [effect.split(":")[0] for effect in effects] == ["refused (not-the-holder)", "note"]


def test_the_same_posts_the_same_queue(otto: Seat, remote: Path, tmp_path: Path) -> None:
    """Squashed into one commit without any history: not a word of the answer changes."""
    batch = b"reserve: CMB\nsubject: One\n---\nreserve: CMB\nsubject: Two\nafter: ['{{ITEM_ID.1}}']\n"
    one, two = [post["item"] for post in otto.ok("append", "--batch", "-", stdin=batch)["posts"]]
    otto.ok("claim", one)
    assert otto.refused("claim", two)["kind"] == "gate-not-open"
    otto.ok("done", one)
    before = otto.ok("queue", "--all")["items"]
    assert [row["item"] for row in before] == [one, two]
    tree = git(remote, "rev-parse", "main^{tree}")
    flat = git(remote, "commit-tree", "-m", "flat", tree)
    git(remote, "update-ref", "refs/heads/main", flat)
    fresh = clone(remote, tmp_path / "fresh", "reader")
    assert fresh.ok("queue", "--all")["items"] == before
    assert fresh.ok("claim", two)["claimed"] is True


def test_settings_change_no_state(otto: Seat) -> None:
    """Stricter settings refuse new posts; what landed stays as it was judged."""
    item = otto.files("CMB", "Work")
    otto.ok("claim", item)
    before = otto.queue()
    otto.git("pull", "-q")
    (otto.path / "feed" / "ledger.yaml").write_text(
        "namespaces:\n  ORA: {id: 'ORA-{n:04}'}\n"
        "seats:\n  otto: {role: strat, wip: 1}\nseats_listed_only: true\n"
    )
    otto.forces()
    after = otto.queue()
    assert after == before
    assert otto.refused("claim", item, "--branch", "x")["exit"] in (3, 6)
    assert Seat("unlisted", otto.path).run("note", "hello").code in (3, 6)


def test_a_post_from_the_future_hinders_nobody(otto: Seat, remote: Path, tmp_path: Path) -> None:
    item = otto.opens_by_hand()
    otto.writes(kind="note", item=item, body="from the future", at="2099-12-31T23:59:59.999Z")
    otto.writes(item="FUT-0001", state="CLAIMED", subject="Future", at="2099-12-31T23:59:59.999Z")
    otto.forces()
    other = clone(remote, tmp_path / "other", "other")
    assert other.ok("claim", item)["claimed"] is True
    assert other.ok("done", item)["posts"][0]["state"] == "DONE"
    assert other.files("FUT", "Now") == "FUT-0002"
    found = [one for one in other.run("drift", "--json").json["findings"] if one["rule"] == "future-post"]
    assert len(found) == 2


def test_reading_works_while_others_write(tmp_path: Path) -> None:
    """A writer in another clone and one in this very clone; every read is answered, and none is torn."""
    here, there = fleet(tmp_path, "otto", "alexa")
    item = here.opens_by_hand()
    writers = [
        seat.start("note", item, f"note {n}") for n, seat in itertools.product(range(2), (here, there))
    ]
    seen: list[int] = []
    while any(writer.poll() is None for writer in writers):
        seen.append(len(here.ok("show", item)["history"]))
    said = [writer.communicate() for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0, 0, 0], said
    assert seen and seen == sorted(seen)
    assert len(here.ok("show", item)["history"]) == 5


def test_without_a_remote_worktrees_share_one_ledger(tmp_path: Path) -> None:
    """File, claim and queue from two worktrees; their branches, files and indexes are not touched."""
    otto = Seat("otto", new_repository(tmp_path / "repo"))
    commit_file(otto.path, "code.txt")
    otto.git("worktree", "add", "-q", "-b", "work", str(tmp_path / "work"))
    alexa = Seat("alexa", tmp_path / "work")
    (otto.path / "code.txt").write_text("changed\n")
    (otto.path / "new.txt").write_text("new\n")
    item = otto.files("CMB", "Work")
    assert alexa.ok("claim", item, "--branch", "work")["claimed"] is True
    assert otto.refused("claim", item)["holder"]["seat"] == "alexa"
    assert otto.queue() == alexa.queue()
    assert otto.git("status", "--porcelain") == " M code.txt\n?? new.txt"
    assert alexa.git("status", "--porcelain") == ""
    otto.git("commit", "-q", "-am", "more code")
    assert alexa.ok("done", item)["posts"][0]["state"] == "DONE"
    assert otto.git("log", "--format=%s").splitlines() == ["more code", "add code.txt"]
    assert otto.git("status", "--porcelain") == "?? new.txt"
