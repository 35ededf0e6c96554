"""The quick reader of command lines against typer: what it takes, typer reads the same."""

import importlib
from random import Random
from typing import Any

import pytest

from ledger.core.errors import LedgerError
from ledger.faces.cli import COMMANDS
from ledger.faces.cli.by_typer import call_by_typer
from ledger.faces.cli.parameters import Argument, list_parameters, list_valued_options, read_right_line

FUNCTIONS = {
    row.name: importlib.import_module(row.module).command for rows in COMMANDS.values() for row in rows
}
VALUES = (
    "CMB-0107",
    "CLAIMED",
    "HIGH",
    "3",
    "0",
    "-1",
    "99999",
    "open",
    "",
    "-",
    "--",
    "a=b",
    "--x",
    "½",
    "1.5",
    "claude-code",
)


def read_by_typer(name: str, words: list[str]) -> dict[str, Any] | None:
    """The values as typer reads them; None for a line that it refuses or answers itself."""
    found: list[dict[str, Any]] = []

    def call(given: Any) -> int:
        found.append(dict(given))
        return 0

    try:
        call_by_typer(name, FUNCTIONS[name], words, call)
    except LedgerError:
        return None
    return found[0] if found else None


def random_line(name: str, dice: Random) -> list[str]:
    """Words for a command, many of them right, values joined to their options as the entry point does."""
    parameters = list_parameters(FUNCTIONS[name])
    options = sorted(option for one in parameters for option in one.names)
    valued = list_valued_options(parameters)
    words = ["--unknown", "--json=1", "-x"] if dice.random() < 0.1 else []
    for one in (one for one in parameters if isinstance(one.declared, Argument)):
        words += dice.choices(VALUES, k=dice.choice((1, 1, 1, 2 + one.many)))
    for option in (option for option in options if dice.random() < 0.5):
        value = f"={dice.choice(VALUES)}" if option in valued or dice.random() < 0.1 else ""
        words += [option + value] * dice.choice((1, 1, 2))
    dice.shuffle(words)
    return words


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_the_quick_reader_takes_typer_reads_the_same(name: str) -> None:
    parameters, dice = list_parameters(FUNCTIONS[name]), Random(name)
    lines = [random_line(name, dice) for _ in range(60)]
    quick = [(words, given) for words in lines if (given := read_right_line(parameters, words)) is not None]
    assert [(words, read_by_typer(name, words)) for words, _ in quick] == quick


def test_it_takes_the_lines_of_every_day() -> None:
    lines = {
        "queue": ["--for=otto-cli", "--state=CLAIMED", "--state=BLOCKED", "--lane=infra"],
        "show": ["CMB-0107"],
        "turn": ["close", "--claim"],
        "claim": ["CMB-0107", "--branch=fix"],
        "note": ["CMB-0107", "words and words", "--to=otto-cli"],
        "append": ["--reserve=CMB", "--subject=words", "--priority=HIGH", "--body=--x"],
        "done": ["CMB-0107", "--why=it works"],
        "log": ["--seat=otto-cli", "--since=2026-11-20"],
        "pool": ["allocate", "--item=CMB-0107"],
    }
    taken = {name: read_right_line(list_parameters(FUNCTIONS[name]), words) for name, words in lines.items()}
    assert [name for name, given in taken.items() if given is None] == []
