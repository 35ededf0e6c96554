"""Figures on a terminal: three sentences that matter, then tables that fit."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from ledger.core.moments import format_age, tell_ages
from ledger.core.text import escape_line
from ledger.faces.cli.figures import FACT, TABLES, Record, list_gate_facts
from ledger.faces.cli.terminal.cells import wrap_cells
from ledger.faces.cli.terminal.style import Style, paint
from ledger.faces.cli.terminal.table import Cell, Column, Row, write_table
from ledger.faces.context import Screen

_NOTHING = frozenset({"", "0", "0s", "any", "none said"})
"""What a cell says that says nothing: a column of such cells alone is left out."""


def show_figures(record: Record, screen: Screen) -> Iterator[str]:
    """What a lead wants to know first, then all tables that have a row."""
    for name, words in _list_headlines(record).items():
        first, *more = wrap_cells(words, screen.width - 12)
        yield f"{paint(f'{name:<10}', Style.BOLD, screen)}  {first}"
        yield from (f"{'':<12}{line}" for line in more)
    for key, cells in TABLES.items():
        if not record[key]:
            continue
        rows = [[cell(row) for cell in cells.values()] for row in record[key]]
        yield ""
        yield from write_table(_make_columns(list(cells)), [_make_row(row, rows) for row in rows], screen)


def _list_headlines(record: Record) -> dict[str, str]:
    """How much of the time was worked, how fast work was taken, and what went wrong."""
    fleet = record["fleet"]
    landed, prevented = fleet["collisions_landed"], fleet["collisions_prevented"]
    collisions = f"{_count(landed, 'collision', 'none')} landed"
    return {
        "work": _describe_work(record),
        "claims": _describe_claims(record["offer_to_claim"]),
        "collisions": f"{collisions}; {prevented} prevented by reserved numbers",
    }


def _describe_work(record: Record) -> str:
    fleet = record["fleet"]
    if "density" not in fleet:
        return "no seat was open"
    words = (
        f"seats held a claim for {fleet['density']:.0%} of the {_age_of(fleet['open_s'])} that they were open"
    )
    workers = [row for row in record["seats"] if row["role"] != "strat"]
    spells = sum(row["dark_spells"] for row in workers)
    if not spells:
        return f"{words}, and none went dark"
    dark = _age_of(sum(row["dark_s"] for row in workers))
    return f"{words}, and went dark {_count(spells, 'time', 'never')}, {dark} in all"


def _describe_claims(offers: Record) -> str:
    waiting = _count(offers["waiting"], "ticket", "nothing")
    waits = f"{waiting} wait{'' if offers['waiting'] > 1 else 's'} to be claimed now"
    if "median_s" not in offers:
        return f"none was taken; {waits}"
    half, most = _age_of(offers["median_s"]), _age_of(offers["p90_s"])
    return f"half were taken within {half}, nine in ten within {most}; {waits}"


def _count(count: int, noun: str, none: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}" if count else none


def _age_of(seconds: float) -> str:
    return format_age(timedelta(seconds=seconds))


def show_gates(record: Record, screen: Screen) -> Iterator[str]:
    """Whether the fleet has grown up, and what that is judged by."""
    for name, words in list_gate_facts(record):
        first, *more = wrap_cells(tell_ages(escape_line(words), screen.now), screen.width - FACT - 2)
        style = Style.PLAIN if name.startswith(" ") else Style.BOLD
        yield f"{paint(f'{name:<{FACT}}', style, screen)}  {first}".rstrip()
        yield from (f"{'':<{FACT + 2}}{line}" for line in more)


def _make_columns(titles: Sequence[str]) -> list[Column]:
    """The first column is cut, then the others go from the last on."""
    first, *others = titles
    return [
        Column(first, least=8),
        *(Column(title, right=True, spare=place) for place, title in enumerate(others, 1)),
    ]


def _make_row(row: Sequence[str], rows: Sequence[Sequence[Any]]) -> Row:
    """A row, in which nothing stands in the columns that say nothing of any row."""
    telling = [any(other[place] not in _NOTHING for other in rows) for place in range(len(row))]
    return Row([Cell(text if tells else "") for text, tells in zip(row, telling, strict=True)])
