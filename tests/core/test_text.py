"""Findings as text and records; nothing that others wrote acts on a terminal."""

import pytest

from ledger.core.model import Finding, Severity, Where
from ledger.core.text import escape, finding_record, finding_text, with_lines

ONE = Finding("missed-absorb", Where("feed/a.md", 9), "ruling leaves FLT-1297 waiting", "add a line")


def test_a_finding_says_where_what_and_what_next() -> None:
    (whole,) = with_lines([ONE], {"feed/a.md": "\n" * 8 + "ABSORB: FLT-1299 -> DONE\n"})
    assert finding_text(whole).splitlines() == [
        "feed/a.md:9:1: ruling leaves FLT-1297 waiting [missed-absorb]",
        "  9 | ABSORB: FLT-1299 -> DONE",
        "  fix: add a line",
    ]


def test_a_warning_says_that_it_is_one() -> None:
    told = finding_text(Finding("future-post", Where("p"), "is early", severity=Severity.WARNING))
    assert told == "p:1:1: warning: is early [future-post]"


def test_a_line_that_is_not_there_is_not_shown() -> None:
    assert with_lines([ONE], {})[0].where.text == ""
    assert with_lines([ONE], {"feed/a.md": "one\n"})[0].where.text == ""


def test_the_record_has_the_keys_of_the_contract() -> None:
    assert finding_record(ONE) == {
        "rule": "missed-absorb",
        "severity": "error",
        "path": "feed/a.md",
        "line": 9,
        "column": 1,
        "message": "ruling leaves FLT-1297 waiting",
        "fix": "add a line",
    }


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain – ü 👍\U0001f3fd", "plain – ü 👍\U0001f3fd"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\rb\nc\x07", "a\\x0db\\x0ac\\x07"),
        ("a\u202eb\u2066c", "a\\u202eb\\u2066c"),
        ("\x9b31m", "\\x9b31m"),
    ],
)
def test_control_and_bidirectional_characters_are_spelled_out(raw: str, shown: str) -> None:
    assert escape(raw) == shown
