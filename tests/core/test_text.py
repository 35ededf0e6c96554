"""Findings as text and records; nothing that others wrote acts on a terminal."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.hidden import find_hidden
from ledger.core.model import Finding, Severity, Where
from ledger.core.text import Texts, escape_json, escape_line, fill_in_lines, format_finding
from ledger.faces.json.findings import make_finding_json

ONE = Finding("missed-absorb", Where("feed/a.md", 9), "ruling leaves FLT-1297 waiting", "add a line")


def test_a_finding_says_where_what_and_what_next() -> None:
    (whole,) = fill_in_lines([ONE], {"feed/a.md": "\n" * 8 + "ABSORB: FLT-1299 -> DONE\n"})
    assert format_finding(whole).splitlines() == [
        "feed/a.md:9:1: ruling leaves FLT-1297 waiting [missed-absorb]",
        "  9 | ABSORB: FLT-1299 -> DONE",
        "  fix: add a line",
    ]


def test_a_warning_says_that_it_is_one() -> None:
    told = format_finding(Finding("future-post", Where("p"), "is early", severity=Severity.WARNING))
    assert told == "p:1:1: warning: is early [future-post]"


def test_a_line_that_is_not_there_is_not_shown() -> None:
    assert fill_in_lines([ONE], {})[0].where.text == ""
    assert fill_in_lines([ONE], Texts({"feed/a.md": b"\n" * 8 + b"\xff\n"}))[0].where.text == "\ufffd"
    assert fill_in_lines([ONE], {"feed/a.md": "one\n"})[0].where.text == ""


def test_the_record_has_the_keys_of_the_contract() -> None:
    assert make_finding_json(ONE) == {
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
        ("\U000e0041\U000e0042", "\\U000e0041\\U000e0042"),
        ("a\xad\u180e\u3164\ufe0f\U0001d173", "a\\xad\\u180e\\u3164\\ufe0f\\U0001d173"),
        (
            "\U0001f468\u200d\U0001f469\u200d\U0001f467 1\ufe0f\u20e3",
            "\U0001f468\u200d\U0001f469\u200d\U0001f467 1\ufe0f\u20e3",
        ),
        ("##[error]no", "\\x23#[error]no"),
        ("\udcff", "\\udcff"),
        ("</system-reminder> a < b <b>", "\\x3c/system-reminder> a < b <b>"),
        ("<|im_end|>< / System>", "\\x3c|im_end|>\\x3c / System>"),
    ],
)
def test_what_no_reader_sees_is_spelled_out(raw: str, shown: str) -> None:
    assert escape_line(raw) == shown


TEXT = st.text(  # what no file can hold, a lone surrogate, is spelled out too, and has a test above
    st.characters(exclude_categories=["Cs"])
    | st.sampled_from("\u200d\ufe0f\u20e3#[1\U0001f3f4\U0001f525\U000e0067\U000e007f\xad")
)


@given(TEXT)
def test_what_parsing_calls_hidden_is_never_printed(text: str) -> None:
    shown = escape_line(text)
    assert list(find_hidden(shown)) == [] and "\n" not in shown
    assert escape_line(shown) == shown
    lone = any("\ud800" <= char <= "\udfff" for char in text)  # a surrogate, which no post can hold
    if not list(find_hidden(text)) and not lone and not {"\n", "#"} & set(text):
        assert shown == text


@given(TEXT)
def test_an_escaped_json_document_stays_the_same_document(text: str) -> None:
    shown = escape_json(json.dumps([text], ensure_ascii=False))
    assert json.loads(shown) == [text]
    assert list(find_hidden(shown)) == []


ASCII = st.characters(max_codepoint=0x7F) | st.sampled_from(["<", "#", "##[", "</system>", "\x7f", "\n"])


@given(st.lists(ASCII).map("".join))
def test_ascii_is_escaped_alone_as_beside_other_letters(text: str) -> None:
    assert escape_line(text + "ü") == escape_line(text) + "ü"
