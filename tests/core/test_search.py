"""What a query is, whatever stands in it, and where a text has it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.search import MOST_WORDS, Phrase, cut_snippet, fold_text, matches_post, parse_query
from tests.feeds import feed


def finds(query: str, text: str, subject: str = "") -> bool:
    [post] = feed(f"08:00 A opens CMB-0001: {subject or 'Subject'}\n| {text}\n").posts
    return matches_post(parse_query(query), post)


def test_plain_words_are_beginnings_and_words_in_quotes_stand_together() -> None:
    assert parse_query('Red cards "by the key"').phrases == (
        Phrase(("red",), True), Phrase(("cards",), True), Phrase(("by", "the", "key"), False),
    )  # fmt: skip
    assert parse_query("call-id").phrases == (Phrase(("call", "id"), True),)
    assert parse_query('"open').phrases == (Phrase(("open",), False),)


@pytest.mark.parametrize("text", ["", "  ", '"', '""', "--", "🎉", "\x00", "* ( ) ^ :"])
def test_what_has_no_word_finds_nothing(text: str) -> None:
    assert parse_query(text).phrases == () and not finds(text, "anything")


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("redl", "Redline cards"),
        ("CARDS redline", "Redline cards"),
        ('"redline cards"', "Redline, cards"),
        ("grosse", "Größe und Maß"),
        ("größe", "GRÖSSE"),
        ("cafe", "Café"),
        ("カード", "通話のカードが"),
        ("OR", "Ork"),
        ("NEAR(a, b)", "near a, b"),
        ("subject:x", "subject: x"),
        ("cmb-0001", "work"),
        ("0001", "work"),
    ],
)
def test_found(query: str, text: str) -> None:
    assert finds(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("line", "Redline"),
        ('"redlin"', "Redline"),
        ('"cards redline"', "redline cards"),
        ("redline missing", "Redline cards"),
        ("ドカー", "通話のカードが"),
    ],
)
def test_not_found(query: str, text: str) -> None:
    assert not finds(query, text)


def test_words_may_stand_in_subject_and_text_but_those_in_quotes_in_one() -> None:
    assert finds("cards midnight", "at midnight", "Cards")
    assert not finds('"cards at"', "at midnight", "Cards")


def test_the_snippet_is_where_a_word_stands() -> None:
    text = "first " * 30 + "the Key is wrong " + "last " * 30
    snippet = cut_snippet(text, parse_query("key"), 60)
    assert snippet.startswith("…") and snippet.endswith("…") and "the Key is wrong" in snippet
    assert len(snippet) <= 62
    assert cut_snippet("one\n two", parse_query("two"), 60) == "one two"
    assert cut_snippet("x" * 100, parse_query("y"), 60) == "x" * 60 + "…"


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_is_a_query(query: str, text: str) -> None:
    parsed = parse_query(query)
    assert sum(len(phrase.words) for phrase in parsed.phrases) <= MOST_WORDS
    cut_snippet(text, parsed, 20)
    assert fold_text(fold_text(text)).split() == fold_text(text).split()
