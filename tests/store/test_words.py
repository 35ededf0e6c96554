"""Searches by the words that an index keeps, and without them, find the same."""

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.core.board.fold import fold_anew
from ledger.core.search import parse_query
from ledger.store.index.board import IndexBoard, Reader
from ledger.store.index.kept import begin_in_memory
from ledger.store.index.tables import WORDS, clear_words, fill_words, write_meta_value
from tests.feeds import feed

POSTS = feed("""
    08:00 A opens CMB-0001 labels=ui,Größe criteria=fast: Redline cards
        | Café: the key is the day of the call, NEAR(midnight) AND "not" the call-id.
    08:01 A opens CMB-0002: 通話のカードが二つ
    08:02 B claims CMB-0001
    08:03 B notes CMB-0001: the key is the call; see CMB-0002
    08:04 B finishes CMB-0001: key_fixed in 3f2a91c, twice
    08:05 C notes: nightly export is green again 🎉
    08:06 S rules CMB-0003 rules_on=CMB-0002: Which of the keys
        | ABSORB: CMB-0002 -> DONE (why not)
""").posts  # fmt: skip
MEMORY = fold_anew(POSTS)[1]
SAID = (
    "key",
    "ke",
    "the key",
    '"the key"',
    '"key the"',
    "cafe",
    "grosse",
    "カード",
    "cmb-0002",
    "3f2a",
    "ui fast",
)
HOSTILE = (
    *['"', "'", "*", "^key", "key*", "subject:key", "OR", "-key", "key)", "a+b", "🎉", "(key"],
    *(
        "NEAR(key call, 2)",
        "key AND",
        "NOT key",
        "{a b}: key",
        "",
        '"" key',
        "col : key",
        "; DROP TABLE words",
    ),
    *("\x00", "key\x00", "\ud800"),
)


def kept() -> sqlite3.Connection:
    writing = begin_in_memory()
    writing.put_board("commit", fold_anew(POSTS)[0], [])
    return writing.db


DB = kept()


def found(db: sqlite3.Connection, words: str) -> list[tuple[str, str | None]]:
    board = IndexBoard.__new__(IndexBoard)
    board.__init__(_Standing(db), {})  # type: ignore[misc]
    return board.search_posts(parse_query(words), 100)


class _Standing(Reader):
    """A reader that leaves its tables open for the next one."""

    def __init__(self, db: sqlite3.Connection) -> None:
        super().__init__(db, lambda damaged: db)

    def __del__(self) -> None:
        pass


@pytest.mark.parametrize("words", [*SAID, *HOSTILE])
def test_an_index_finds_what_reading_every_post_finds(words: str) -> None:
    expected = sorted(MEMORY.search_posts(parse_query(words), 100))
    assert sorted(found(DB, words)) == expected
    assert expected or words not in SAID or words in ('"key the"',)


@given(st.lists(st.sampled_from([*SAID, *HOSTILE]), max_size=4).map(" ".join) | st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_so_it_does_for_any_text(words: str) -> None:
    assert sorted(found(DB, words)) == sorted(MEMORY.search_posts(parse_query(words), 100))


def test_the_subject_counts_more_and_then_the_newest() -> None:
    items = [item for _, item in found(DB, "key")]
    assert items[0] == "CMB-0003"
    assert len(found(DB, "key")) == 4 and len(found(DB, "the")) >= 2


def test_an_index_without_words_reads_every_post_until_they_are_filled_in() -> None:
    db = kept()
    expected = sorted(found(db, "key"))
    clear_words(db)
    assert db.execute("SELECT count(*) FROM words WHERE words MATCH 'key*'").fetchone() == (0,)
    assert sorted(found(db, "key")) == expected
    fill_words(db)
    fill_words(db)  # which changes nothing
    assert sorted(found(db, "key")) == expected
    assert db.execute("SELECT count(*) FROM words WHERE words MATCH 'key*'").fetchone() == (4,)


def test_so_does_one_of_an_sqlite_that_cannot_keep_words() -> None:
    db = kept()
    db.execute("DROP TABLE words")
    db.execute("DELETE FROM meta WHERE name = ?", (WORDS,))
    assert len(found(db, "key")) == 4
    clear_words(db)
    fill_words(db)


def test_words_are_told_of_as_the_index_says() -> None:
    db = kept()
    write_meta_value(db, WORDS, "anything else")
    assert len(found(db, "key")) == 4
