"""What a clone knows of reservations, kept in a file: nothing of it hinders a command."""

from pathlib import Path

import pytest

from ledger.store.clone.reservations import Reservations, Stored

ONE, TWO = "refs/reserve/CMB/1", "refs/reserve/CMB/2"
ALL = ["refs/reserve/"]


@pytest.fixture
def known(tmp_path: Path) -> Reservations:
    """A clone that knows two numbers."""
    return keeping(tmp_path, "origin", {ONE: "a" * 40, TWO: "b" * 40})


def keeping(folder: Path, remote: str, refs: dict[str, str]) -> Reservations:
    """The reservations of a remote, as a process that read these."""
    reservations = Reservations(folder, remote)
    reservations.stored |= {oid: Stored("blob", oid[:1].encode()) for oid in refs.values()}
    reservations.record_standing(reservations.find_standing(ALL), refs)
    return reservations


def test_another_process_knows_what_was_kept_and_what_it_holds(known: Reservations, tmp_path: Path) -> None:
    later = Reservations(tmp_path, "origin")
    assert later.find_standing([ONE, "refs/reserve/CMB/3"]) == {ONE: "a" * 40}
    assert later.stored == {"a" * 40: Stored("blob", b"a")}
    assert (
        later.find_standing(["refs/reserve/CMB/"])
        == later.find_standing(ALL)
        == {ONE: "a" * 40, TWO: "b" * 40}
    )
    assert (
        later.find_standing(["refs/reserve/CM/"]) == Reservations(tmp_path, "other").find_standing(ALL) == {}
    )


def test_one_that_vanished_is_remembered_until_it_is_back_or_forgotten(
    known: Reservations, tmp_path: Path
) -> None:
    keeping(tmp_path, "origin", {TWO: "c" * 40})
    assert known.find_standing(ALL) == {TWO: "c" * 40}
    assert known.find_vanished() == {ONE: "a" * 40, TWO: "b" * 40}
    keeping(tmp_path, "origin", {ONE: "a" * 40, TWO: "c" * 40})
    assert known.find_vanished() == {TWO: "b" * 40}
    known.forget_vanished()
    assert known.find_vanished() == {}
    assert known.find_standing(ALL) == {ONE: "a" * 40, TWO: "c" * 40}


def test_a_reading_of_some_names_says_nothing_of_others(known: Reservations, tmp_path: Path) -> None:
    known.record_standing(known.find_standing([ONE]), {})
    assert (known.find_standing(ALL), known.find_vanished()) == ({TWO: "b" * 40}, {ONE: "a" * 40})


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_begun_anew(known: Reservations, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ledger" / "reservations.db").write_bytes(content)
    assert known.find_standing(ALL) == {}
    keeping(tmp_path, "origin", {TWO: "b" * 40})
    assert Reservations(tmp_path, "origin").find_standing(ALL) == {TWO: "b" * 40}


def test_where_nothing_can_be_written_this_process_knows_it(tmp_path: Path) -> None:
    (tmp_path / "ledger").write_text("a file stands where the folder would be")
    reservations = keeping(tmp_path, "origin", {ONE: "a" * 40})
    assert reservations.find_standing(ALL) == {}
    assert reservations.stored == {"a" * 40: Stored("blob", b"a")}
