"""Tickets that go out: for a spreadsheet, a program, a page and a calendar, whatever their words are."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.faces.envs import run_at
from tests.gitrun import commit_file, new_repository
from tests.templates import copy_template

NEW = ("append", "--reserve", "CMB", "--subject")
LONG = "Wörter; und, mehr " * 12


def says(folder: Path, *words: str) -> str:
    said = run_at(folder, "--seat", "otto", *words)
    assert said.code == 0, said
    return said.out


def begun(folder: Path) -> None:
    repo = new_repository(folder / "repo")
    commit_file(repo, "code.txt")
    says(repo, "init")
    says(
        repo,
        *NEW,
        '=HYPERLINK("http://x","y")',
        "--body",
        "@cmd\nDDE, two",
        "--due",
        "2026-12-01",
        "--label",
        "ui",
    )
    says(
        repo,
        *NEW,
        LONG.strip(),
        "--due",
        "2026-12-01T17:00Z",
        "--criterion",
        "[fast](http://x)",
        "--after=CMB-0001",
    )
    says(repo, *NEW, "-1+2", "--priority", "HIGH")
    says(repo, "claim", "CMB-0003")
    says(repo, "done", "CMB-0003")


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    copy_template("export", begun, tmp_path)
    return tmp_path / "repo"


def test_no_cell_of_a_table_is_a_formula(repo: Path) -> None:
    rows = [*csv.DictReader(io.StringIO(says(repo, "export", "--all")))]
    assert [row["id"] for row in rows] == ["CMB-0003", "CMB-0001", "CMB-0002"]
    assert not any(cell[:1] in "=+-@" for row in rows for cell in row.values() if cell)
    assert rows[1]["subject"] == '\'=HYPERLINK("http://x","y")' and rows[1]["text"] == "'@cmd\nDDE, two"
    assert (rows[0]["state"], rows[2]["after"], rows[1]["labels"]) == ("DONE", "CMB-0001", "ui")


def test_json_lines_and_json_say_the_same(repo: Path) -> None:
    lines = [json.loads(line) for line in says(repo, "export", "--format", "jsonl").splitlines()]
    assert lines == json.loads(says(repo, "--json", "export"))["items"]
    assert [row["item"] for row in lines] == ["CMB-0001", "CMB-0002"]
    assert lines[0]["body"] == "@cmd\nDDE, two" and lines[1]["criteria"][0]["met"] is False


def test_a_page_holds_text_and_no_markup(repo: Path) -> None:
    page = says(repo, "export", "--format", "markdown", "--all")
    assert "- [x] **CMB-0003** -1+2 (DONE, HIGH)" in page
    assert "  - [ ] \\[fast\\](http:" in page and "[fast](" not in page


def test_a_calendar_has_the_due_times(repo: Path) -> None:
    text = says(repo, "export", "--format", "ical")
    assert text.startswith("BEGIN:VCALENDAR\r\n") and text.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    whole = text.replace("\r\n ", "").split("\r\n")
    assert "DTSTART;VALUE=DATE:20261201" in whole and "DTSTART:20261201T170000Z" in whole
    [summary] = [line for line in whole if line.startswith("SUMMARY:CMB-0002")]
    assert summary == "SUMMARY:CMB-0002 " + LONG.strip().replace(";", "\\;").replace(",", "\\,")
    assert text.count("BEGIN:VEVENT") == 2


def test_filters_are_those_of_the_queue(repo: Path) -> None:
    assert says(repo, "export", "--format", "jsonl", "--label", "UI").count("\n") == 1
    assert says(repo, "export", "--state", "DONE").count("\n") == 2
