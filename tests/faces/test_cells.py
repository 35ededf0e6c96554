"""Texts by the cells that they take, and tables that give way."""

from datetime import UTC, datetime

import pytest

from ledger.faces.cli.terminal.cells import clip_cells, measure_cells, wrap_cells
from ledger.faces.cli.terminal.style import Style
from ledger.faces.cli.terminal.table import Cell, Column, Row, write_table
from ledger.faces.context import Screen

FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
TEXTS = {
    "letters": "plain words",
    "wide": "日本語の文",
    "joined": FAMILY,
    "heart": "\u2764\ufe0f\u200d\U0001f525",
    "marks": "\u0928\u092e\u0940\u0928\u0940",
}


def screen(width: int, colour: bool = False) -> Screen:
    return Screen(width, 24, colour, False, datetime(2026, 11, 22, tzinfo=UTC))


@pytest.mark.parametrize(
    ("name", "cells"), [("letters", 11), ("wide", 10), ("joined", 2), ("heart", 2), ("marks", 5)]
)
def test_a_text_takes_the_cells_that_a_person_sees(name: str, cells: int) -> None:
    assert measure_cells(TEXTS[name]) == cells


@pytest.mark.parametrize("text", [*TEXTS.values(), "a" + FAMILY * 9, "日本 " * 20])
@pytest.mark.parametrize("room", [1, 2, 3, 8, 40])
def test_a_cut_text_fits_and_says_so(text: str, room: int) -> None:
    cut = clip_cells(text, room)
    assert measure_cells(cut) <= room
    assert cut == text if measure_cells(text) <= room else cut.endswith("…")
    assert not cut.removesuffix("…").endswith("\u200d")


@pytest.mark.parametrize(
    "text", ["some words of a line", "日本語の文 " * 9, "a" * 50, f"  {FAMILY * 30} end", ""]
)
@pytest.mark.parametrize("width", [12, 17, 40])
def test_a_wrapped_line_fits_and_loses_nothing(text: str, width: int) -> None:
    lines = wrap_cells(text, width, "  ")
    assert max(map(measure_cells, lines)) <= width
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(line.startswith("  ") for line in lines[1:])


def test_words_are_cut_only_where_they_do_not_fit() -> None:
    assert wrap_cells("one two three", 8, " ") == ["one two", " three"]
    assert wrap_cells("    indented text here", 14, "      ") == ["    indented", "      text", "      here"]


def test_a_command_is_not_torn_where_it_fits_on_a_line() -> None:
    lines = wrap_cells("hint: ask first, or `git ledger release CMB-1`.", 30, "  ")
    assert lines == ["hint: ask first, or", "  `git ledger release CMB-1`."]
    assert wrap_cells("or `git ledger release CMB-1`", 14) == ["or `git ledger", "release CMB-1`"]


COLUMNS = (
    Column("id"),
    Column("age", right=True, spare=2),
    Column("who", least=4, spare=1),
    Column("text", least=9),
)


def table(width: int, *rows: Row, colour: bool = False) -> list[str]:
    return [*write_table(COLUMNS, rows, screen(width, colour))]


WHOLE = Row(["A-1", "2 h", "alexander", "a text of some words"], ["    and below"])


def test_a_table_as_wide_as_it_needs() -> None:
    assert table(80, WHOLE, Row(["A-22", "12 min", "", "short"])) == [
        "id       age  who        text",
        "A-1      2 h  alexander  a text of some words",
        "    and below",
        "A-22  12 min             short",
    ]


def test_a_table_is_cut_from_its_last_column_on_and_then_loses_columns() -> None:
    assert table(32, WHOLE)[1] == "A-1  2 h  alexander  a text of…"
    assert table(26, WHOLE)[1] == "A-1  2 h  alex…  a text o…"
    assert table(20, WHOLE)[0].split() == ["id", "who", "text"]
    assert all(measure_cells(line) <= width for width in range(14, 60) for line in table(width, WHOLE))


def test_a_column_in_which_nothing_stands_is_left_out() -> None:
    assert table(80, Row(["A-1", "2 h", "", "text"])) == ["id   age  text", "A-1  2 h  text"]


def test_colours_take_no_room() -> None:
    plain, coloured = (
        table(80, Row([Cell("A-1", Style.RED), "2 h", "x", "y"]), colour=on) for on in (False, True)
    )
    assert coloured[1].replace("\x1b[31m", "").replace("\x1b[0m", "") == plain[1]
    assert "\x1b[31mA-1\x1b[0m  2 h" in coloured[1]
