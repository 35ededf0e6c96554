"""The text of an index: what is made of it is the same index, and goes on as it would have."""

import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from ledger.store.contract import ABSENT, Oid
from ledger.store.index.checkpoint import (
    find_first_difference,
    pack_index,
    place_index,
    unpack_lines,
    write_text_pieces,
)
from ledger.store.index.file import drop_index_file, find_index_file
from ledger.store.index.following import read_kept_feed
from ledger.store.index.kept import Index, open_index
from ledger.store.local import LocalStore
from tests.feeds import feed
from tests.gitrun import new_repository
from tests.store.stores import commit, local_store

POSTS = """
03:51 CAMBER-01 opens CMB-0001: Cards
03:52 CAMBER-01 opens CMB-0002: Ünicode
03:53 ORA-01 claims CMB-0001
03:54 ORA-01 notes CMB-0001: half way
03:55 CAMBER-01 claims CMB-0001
03:56 ORA-01 finishes CMB-0001: done
"""
LATER = POSTS + "03:57 CAMBER-01 claims CMB-0002\n03:58 ORA-01 claims CMB-0002\n"
ODD = {"feed/2026/11/20/03/51/20261120T035100000Z-x-0011223344556677.md": b"\x1f\x1b\xff no post\n"}


def landed(store: LocalStore, *texts: str) -> Sequence[Oid]:
    """Commits with the posts of each text, each on the last; the first has settings and a damaged file."""
    first = {"feed/ledger.yaml": b"format: 1\nseats: {\xff: {}}\n", **ODD}
    tips = [commit(store, ABSENT, {**feed(texts[0]).files, **first})]
    for text in texts[1:]:
        tips.append(commit(store, tips[-1], feed(text).files))
    return tips


def index_of(store: LocalStore) -> Index:
    index = open_index(store.repo.common_dir)
    assert index is not None
    return index


def drop(store: LocalStore) -> None:
    place = find_index_file(store.repo.common_dir)
    assert place is not None
    drop_index_file(place)


def text_of(store: LocalStore) -> list[str]:
    index = index_of(store)
    return list(write_text_pieces(index.db))


def packed(store: LocalStore) -> bytes:
    index = index_of(store)
    return pack_index(index.db)[0]


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return local_store(new_repository(tmp_path / "repo"))


def test_an_index_made_of_a_text_has_that_text(store: LocalStore) -> None:
    (tip,) = landed(store, POSTS)
    read_kept_feed(store, tip)
    before, data = text_of(store), packed(store)
    drop(store)
    assert place_index(store.repo.common_dir, data, tip, "mark")
    assert text_of(store) == before
    assert (index_of(store).commit, index_of(store).taken) == (tip, "mark")


def test_an_index_made_of_a_text_and_brought_on_equals_one_of_all_posts(store: LocalStore) -> None:
    early, late = landed(store, POSTS, LATER)
    read_kept_feed(store, early)
    data = packed(store)
    drop(store)
    read_kept_feed(store, late)
    whole = text_of(store)
    drop(store)
    assert place_index(store.repo.common_dir, data, early, "mark")
    read_kept_feed(store, late)
    assert text_of(store) == whole


def test_the_text_is_the_same_whether_posts_came_at_once_or_one_by_one(store: LocalStore) -> None:
    early, late = landed(store, POSTS, LATER)
    for tip in (early, late):
        read_kept_feed(store, tip)
    brought = packed(store)
    drop(store)
    read_kept_feed(store, late)
    assert packed(store) == brought


def damages(data: bytes) -> dict[str, bytes]:
    text = zlib.decompress(data)
    first, _, rest = text.partition(b"\n")
    return {
        "cut": data[: len(data) // 2],
        "empty": b"",
        "no zlib": b"select 1",
        "a table less": zlib.compress(text.rpartition(b"lows")[0]),
        "a row more": zlib.compress(text + b"x\x1fy\n"),
        "a value more": zlib.compress(text.replace(b"CMB-0001\x1f", b"CMB-0001\x1f1\x1f", 1)),
        "a word for a number": zlib.compress(text.replace(b"posts_links\x1f", b"posts_links\x1fx", 1)),
        "no text": zlib.compress(first + b"\xff\n" + rest),
        "a bomb": zlib.compress(bytes(1 << 24)),
    }


@pytest.mark.parametrize("how", damages(b"x\x9c\x03\x00\x00\x00\x00\x01"))
def test_no_index_is_made_of_a_damaged_text(store: LocalStore, how: str) -> None:
    (tip,) = landed(store, POSTS)
    read_kept_feed(store, tip)
    before, data = text_of(store), damages(packed(store))[how]
    drop(store)
    assert not place_index(store.repo.common_dir, data, tip, "mark")
    assert not index_of(store).commit
    read_kept_feed(store, tip)
    assert text_of(store) == before


def test_an_index_that_is_there_is_left_alone(store: LocalStore) -> None:
    (tip,) = landed(store, POSTS)
    read_kept_feed(store, tip)
    assert not place_index(store.repo.common_dir, packed(store), tip, "mark")
    assert index_of(store).taken is None


def test_the_first_difference_names_a_ticket_before_all_else(store: LocalStore) -> None:
    (tip,) = landed(store, POSTS)
    read_kept_feed(store, tip)
    lines = [*unpack_lines(packed(store))]
    forged = [line.replace("AWAITING_CLAIM", "CANCELLED") for line in lines]
    assert find_first_difference(iter(lines), iter(lines)) is None
    assert find_first_difference(iter(lines), iter(forged)) == "ticket CMB-0002"
    assert find_first_difference(iter(lines), iter(lines[:-1])) == f"low {lines[-1].partition(chr(31))[0]}"
    assert find_first_difference(iter(lines), iter(["x", *lines[1:]])) == "order"


def test_values_with_what_separates_them_come_back_as_they_were() -> None:
    from ledger.store.index.checkpoint import _escape_value, _unescape_value

    for value in ("\x1f", "\x1b", "\n", "\x1bn", "\x1be\x1b0", "\x1b0", "\x1b\x1bu\n\x1f", "", "\\n"):
        assert _unescape_value(_escape_value(value)) == value
        assert not {"\n", "\x1f"} & {*_escape_value(value)}
    assert _unescape_value(_escape_value(None)) is None
