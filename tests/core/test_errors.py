"""Every error that reaches a user says what to do next."""

import ast
from collections.abc import Iterator
from pathlib import Path

LEDGER = Path(__file__).parents[2] / "ledger"


def without_hint(source: str) -> Iterator[int]:
    """The lines on which a LedgerError is made without a third argument, or with an empty one."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "LedgerError":
            given = {one.arg: one.value for one in node.keywords}
            hint = node.args[2] if len(node.args) > 2 else given.get("hint")
            if hint is None or (isinstance(hint, ast.Constant) and not hint.value):
                yield node.lineno


def test_every_error_has_a_hint() -> None:
    lines = {path: list(without_hint(path.read_text())) for path in LEDGER.rglob("*.py")}
    assert {str(path.relative_to(LEDGER)): found for path, found in lines.items() if found} == {}


def test_what_that_finds() -> None:
    good = "LedgerError('a', 'b', 'c')\nLedgerError('a', 'b', hint=some)\n"
    assert list(without_hint(good)) == []
    assert list(without_hint(good + "LedgerError('a', 'b')\nLedgerError('a', 'b', '')")) == [3, 4]
