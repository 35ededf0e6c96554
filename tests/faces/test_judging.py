"""What a person sees of judgements, figures and trees: sentences first, no line beyond the terminal."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.app.pool.rescues import Rescue
from ledger.core.model import Finding, Severity, Where
from ledger.faces.cli.terminal.cells import measure_cells
from ledger.faces.cli.terminal.figures import show_figures
from ledger.faces.cli.terminal.findings import show_drift, show_findings
from ledger.faces.cli.terminal.trees import show_rescues
from ledger.faces.context import Screen
from ledger.store.pool.large_files import LargeFile
from tests.faces.terminals import run_on_terminal
from tests.fleet import Seat, fleet, standing

PLACE = "feed/2026/11/20/03/38/20261120T033857123Z-camber-01-9c1e07a25b6d4f10.md"
FINDINGS = [
    Finding("stale-block", Where(PLACE), "CMB-0001 stays BLOCKED since 2026-11-22T03:00:00.000Z", "lift it"),
    Finding(
        "missed-absorb", Where(PLACE, 9, 1, "ABSORB: FLT-1"), "ruling leaves FLT-1297 waiting " * 4, "add"
    ),
    Finding("stale-offer", Where(PLACE), "nobody takes it", severity=Severity.WARNING),
    Finding("bad-value", Where("feed/\x1b[31m.md"), "日本語 " * 30),
]


def screen(width: int) -> Screen:
    return Screen(width, 24, False, False, datetime(2026, 11, 22, 5, tzinfo=UTC))


def built(folder: Path) -> list[Seat]:
    [seat] = fleet(folder, "otto", branch="main")
    seat.git("config", "ledger.seat", "otto")
    seat.ok("init", "--branch", "main")
    for subject in ("One", "Two"):
        seat.ok("append", "--reserve", "CMB", "--subject", subject)
    seat.git("pull", "-q", "--rebase", "origin", "main")
    return [seat]


@pytest.fixture
def seat(tmp_path: Path) -> Seat:
    return standing(built, tmp_path)[0]


def lines_of(seat: Seat, columns: int, *words: str, code: int = 0) -> list[str]:
    said = run_on_terminal(seat.path, columns, *words)
    assert said.code == code, said.out + said.err
    return said.out.splitlines()


def test_drift_begins_with_what_is_to_be_done() -> None:
    lines = [*show_drift(FINDINGS, screen(80))]
    assert lines[:3] == [
        "1 is mended by `git ledger drift --fix`",
        "1 needs a decision of whoever may rule",
        "2 need a deed of a seat",
    ]
    headings = [line.rstrip(":") for line in lines[3:] if line[:1].isdigit()]
    assert headings == lines[:3]
    assert next(show_drift(FINDINGS[:1], screen(80))) == "1 is mended by `git ledger drift --fix`:"


@pytest.mark.parametrize("width", [40, 80])
def test_a_finding_says_the_sentence_first_and_where_it_stands_last(width: int) -> None:
    lines = [*show_findings(FINDINGS, screen(width))]
    told = " ".join(" ".join(lines).split())
    assert told.startswith("error: CMB-0001 stays BLOCKED since 03:00Z (2 h ago) [stale-block] fix: lift it")
    places = [line for line in lines if ".md:" in line]
    assert places[0] == f"  {PLACE}:1:1" and places[-1] == r"  feed/\x1b[31m.md:1:1"
    assert max(measure_cells(line) for line in lines if line not in places) <= width
    assert any(line.startswith("warning: nobody takes it") for line in lines)


def test_that_all_is_well_is_said_on_a_terminal_and_not_to_a_program(seat: Seat) -> None:
    assert lines_of(seat, 80, "drift") == ["all is well: nothing has drifted"]
    assert lines_of(seat, 80, "drift", "--fix") == ["all is well: nothing has drifted"]
    assert seat.run("drift").out == ""


def test_the_place_comes_first_where_a_program_reads_or_it_is_asked_for(seat: Seat) -> None:
    seat.writes("words", item="CMB-0001", kind="note", prority="HIGH")
    shown = lines_of(seat, 80, "check", code=1)
    assert shown[0].startswith("error: ") and "prority" in shown[0]
    plain = seat.run("check")
    assert re.match(r"feed/\S+\.md:\d+:\d+: ", plain.out)
    assert lines_of(seat, 80, "check", "--format", "text", code=1) == plain.out.splitlines()
    seat.forces()
    drifted = run_on_terminal(seat.path, 80, "drift")
    assert drifted.code == 1 and "need a deed of a seat" in drifted.out.splitlines()[0]
    asked = run_on_terminal(seat.path, 80, "drift", "--format", "text")
    assert asked.out == seat.run("drift").out and asked.out.startswith("feed/")


def test_why_a_write_was_refused_is_told_once(seat: Seat) -> None:
    seat.ok("claim", "CMB-0001")
    said = run_on_terminal(seat.path, 60, "claim", "CMB-0002")
    assert said.code == 3
    assert " ".join(said.err.split()).count("otto holds 2, with a wip of 1") == 1
    assert max(map(measure_cells, said.err.splitlines())) <= 60
    assert seat.run("claim", "CMB-0002").err.count("otto holds 2, with a wip of 1") == 2


def test_a_format_is_for_what_is_found_alone(seat: Seat) -> None:
    assert seat.refused("drift", "--fix", "--format", "sarif")["kind"] == "usage"


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_figures_begin_with_three_sentences_and_fit(columns: int, seat: Seat) -> None:
    seat.ok("claim", "CMB-0001")
    lines = lines_of(seat, columns, "stats")
    assert max(map(measure_cells, lines)) <= columns
    assert [line.split()[0] for line in lines if line[:1] not in (" ", "")][:3] == [
        "work",
        "claims",
        "collisions",
    ]
    whole = " ".join(" ".join(lines).split())
    assert "1 ticket waits to be claimed now" in whole and "none landed; 0 prevented" in whole
    headings = [line.split()[0] for line in lines if line.split()[:1] in (["seat"], ["lane"], ["day"])]
    assert headings == ["seat", "lane", "day"]
    assert "declines" not in whole  # nobody declined anything


def test_the_gates_fit_too(seat: Seat) -> None:
    assert max(map(measure_cells, lines_of(seat, 60, "stats", "--gates"))) <= 60


def test_figures_of_an_empty_feed_are_told(tmp_path: Path) -> None:
    [seat] = fleet(tmp_path, "otto")
    seat.ok("init")
    assert lines_of(seat, 80, "stats")[0].split(None, 1)[1] == "no seat was open"


def test_a_feed_of_wide_names_fits_by_losing_columns() -> None:
    row = {"seat": "s" * 64, "role": "strat", "driver": "operator", "open_s": 9e5, "claimed_s": 8e5}
    row |= {"density": 0.9, "dark_spells": 100, "dark_s": 9e6, "claims": 100, "declines": 99}
    fleet_row = {"collisions_landed": 1, "collisions_prevented": 2, "open_s": 9e5, "density": 0.5}
    record = {"fleet": fleet_row, "seats": [row], "drivers": [], "lanes": [], "namespaces": [], "days": []}
    record["offer_to_claim"] = {"claimed": 3, "waiting": 2, "median_s": 60.0, "p90_s": 7200.0}
    lines = [*show_figures(record, screen(80))]
    assert max(map(measure_cells, lines)) <= 80
    told = " ".join(" ".join(lines).split())
    assert "claims half were taken within 1 min, nine in ten within 2 h; 2 tickets wait to be" in told
    assert "1 collision landed" in told


def test_trees_are_told_by_name_and_their_folder_once(seat: Seat) -> None:
    path = seat.run("pool", "allocate", "--pid", "1", "--item", "CMB-0001").out.strip()
    folder, row = (lines := lines_of(seat, 80, "pool", "list"))[0], lines[-1]
    assert max(map(measure_cells, lines[2:])) <= 80
    assert folder.startswith("1 tree in /") and path.startswith(folder.removeprefix("1 tree in "))
    assert row.split()[1] in ("leased", "abandoned") and "CMB-0001" in row and path not in row
    assert seat.run("pool", "list").out.startswith(path)


def test_what_the_pool_saved_is_told_with_its_ref_whole(seat: Seat) -> None:
    ref = "refs/ledger/rescue/otto/20261122T040000000Z"
    at = datetime(2026, 11, 22, 4, tzinfo=UTC)
    large = LargeFile(Path("/pool/large/video.bin"), 3 << 20)
    lines = [*show_rescues([Rescue(ref, "otto", at, "c" * 40, "what was done " * 9, (large,))], screen(80))]
    assert lines[0].split() == ["ref", "age", "subject"]
    assert lines[1].startswith(f"{ref}  1 h  what was done") and lines[1].endswith("…")
    assert lines[2] == "    /pool/large/video.bin  3.0 MiB"
    assert [*show_rescues([], screen(80))] == []
