"""The board as files: what is written, what is removed, and that every link leads to a file."""

import json
import re
from pathlib import Path

import pytest
from scene.repository import make_clone, make_remote

from ledger.app.publishing import MANIFEST
from tests.faces.test_page import END
from tests.fleet import Seat, fleet, standing


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Seat:
    folder = tmp_path_factory.mktemp("scene")
    return Seat("harbor", make_clone(make_remote(folder, END), folder / "clone"))


@pytest.fixture
def seat(tmp_path: Path) -> Seat:
    return standing(_built, tmp_path)[0]


def _built(folder: Path) -> list[Seat]:
    [seat] = fleet(folder, "otto", branch=None)
    seat.ok("init")
    seat.files("CMB", "First")
    return [seat]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_link_of_every_file_leads_to_a_file(scene: Seat, tmp_path: Path) -> None:
    assert scene.ok("board", "--out", str(tmp_path))["files"] == len(contents(tmp_path)) - 1
    for path, data in contents(tmp_path).items():
        if not path.endswith(".html"):
            continue
        links = re.findall(r'(?:href|src)="([^"#]+)"', data.decode())
        assert "" not in links
        inside = [link for link in links if not link.startswith("https://")]
        assert [link for link in inside if not (tmp_path / path).parent.joinpath(link).is_file()] == [], path
        assert all(not link.startswith("/") for link in inside), path


def test_one_state_of_a_feed_makes_the_same_bytes_in_any_clone(scene: Seat, tmp_path: Path) -> None:
    remote = Path(scene.git("remote", "get-url", "origin"))
    other = Seat("wren", make_clone(remote, tmp_path / "elsewhere", "wren"))
    for seat, name in ((scene, "a"), (other, "b")):
        seat.ok("board", "--out", str(tmp_path / name))
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    page = (tmp_path / "a" / "index.html").read_text()
    assert "Large files open slowly" in page and "read now" not in page


def test_the_same_command_again_writes_nothing(scene: Seat, tmp_path: Path) -> None:
    scene.ok("board", "--out", str(tmp_path))
    again = scene.ok("board", "--out", str(tmp_path))
    assert (again["written"], again["removed"], again["kept"]) == ([], [], [])


def test_a_page_that_is_no_longer_made_is_removed_and_foreign_files_stay(seat: Seat, tmp_path: Path) -> None:
    out = tmp_path / "out"
    seat.ok("board", "--out", str(out))
    record = json.loads((out / MANIFEST).read_text())
    for name in ("tickets/CMB-0999.html", "queue/old.html"):
        (out / name).write_text("made before")
        record["files"][name] = "b6ae2e4cbcb1b71e4bdc2bb10a5d3b5ad9f1c1fe40b4a0c6ed1bd3ae0d6ab3b5"
    made = "tickets/CMB-0998.html"
    (out / made).write_bytes(contents(out)["index.html"])
    record["files"][made] = record["files"]["index.html"]
    (out / MANIFEST).write_text(json.dumps(record))
    (out / "CNAME").write_text("board.example")
    answer = seat.ok("board", "--out", str(out))
    assert answer["removed"] == [made]
    assert answer["kept"] == ["queue/old.html", "tickets/CMB-0999.html"]  # which somebody changed
    assert (out / "CNAME").read_text() == "board.example" and (out / "queue/old.html").exists()


def test_what_landed_since_is_written_and_no_more(seat: Seat, tmp_path: Path) -> None:
    out = tmp_path / "out"
    seat.ok("board", "--out", str(out))
    before = contents(out)
    seat.files("CMB", "Second")
    written = seat.ok("board", "--out", str(out))["written"]
    assert {"index.html", "tickets/CMB-0002.html", "queue/awaiting_claim.html"} <= {*written}
    assert contents(out)["assets/board.css"] == before["assets/board.css"]
    assert "assets/board.css" not in written


def test_a_file_in_the_way_that_no_run_made_is_refused(seat: Seat, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "index.html").write_text("mine")
    error = seat.refused("board", "--out", str(out))
    assert (error["kind"], error["exit"]) == ("path-clash", 3)
    assert contents(out) == {"index.html": b"mine"}


@pytest.mark.parametrize("link", ["index.html", "tickets", MANIFEST])
def test_nothing_is_written_through_a_link_out_of_the_folder(link: str, seat: Seat, tmp_path: Path) -> None:
    out, outside = tmp_path / "out", tmp_path / "outside"
    out.mkdir()
    outside.mkdir()
    (out / link).symlink_to(outside / "target" if link != "tickets" else outside)
    assert seat.refused("board", "--out", str(out))["kind"] == "leads-outside"
    assert list(outside.iterdir()) == []


def test_a_manifest_of_others_makes_nothing_outside_ours(seat: Seat, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "victim").write_text("stays")
    digest = "0" * 64
    bad = {"../victim": digest, "/etc/passwd": digest, "a/../../victim": digest, "a/b/c": digest}
    for text in (json.dumps({"files": bad}), json.dumps({"files": [1]}), "[]", "{", ""):
        (out / MANIFEST).write_text(text)
        assert seat.ok("board", "--out", str(out))["removed"] == []
    assert (tmp_path / "victim").read_text() == "stays"


def test_seats_that_differ_in_case_have_two_files(tmp_path: Path) -> None:
    [seat] = fleet(tmp_path, "otto")
    Seat("Otto", seat.path).writes(item="CMB-0001", state="AWAITING_CLAIM", subject="s")
    seat.writes(item="CMB-0002", state="AWAITING_CLAIM", subject="s")
    seat.forces()
    out = tmp_path / "out"
    seat.ok("board", "--out", str(out))
    assert sorted(path.name for path in (out / "seats").iterdir()) == ["Otto.html", "otto~2.html"]


def test_serving_and_writing_are_two_things(seat: Seat) -> None:
    for option in ("--open", "--port=1"):
        assert seat.refused("board", "--out", "x", option)["message"] == "`--out` serves nothing"
