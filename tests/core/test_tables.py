"""Tables over tables answer like one table, and leave what they stand on as it is."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.core.board.tables import Overlay, OverlayArrivals, OverlayJournal, OverlayLows, Table

KEYS = ("a 1", "a 2", "a 3", "b 1", "b 2", "c")
WORDS = ("red", "green", "red green", "")
START = datetime(2026, 11, 20, tzinfo=UTC)


def links_of(_: str, words: str) -> tuple[str, ...]:
    """A record of these tables is some words; each is a link."""
    return tuple(words.split())


def answers(table: Table[str]) -> dict[str, object]:
    """All that a table says when it is asked."""
    return {
        "get": [table.get(key) for key in KEYS],
        "in": [key in table for key in KEYS],
        "all": list(table.all()),
        "find": [table.find(link) for link in ("red", "green", "blue")],
        "links": [table.links_from(prefix) for prefix in ("", "r", "gr", "x")],
        "keys": [table.keys_from(prefix) for prefix in ("", "a", "a ", "b 2", "c", "d")],
    }


def expected(records: dict[str, str]) -> dict[str, object]:
    """The same of plain records."""
    keys = sorted(records)
    words = {word for record in records.values() for word in record.split()}
    return {
        "get": [records.get(key) for key in KEYS],
        "in": [key in records for key in KEYS],
        "all": [records[key] for key in keys],
        "find": [[key for key in keys if link in records[key].split()] for link in ("red", "green", "blue")],
        "links": [sorted(one for one in words if one.startswith(prefix)) for prefix in ("", "r", "gr", "x")],
        "keys": [
            [key for key in keys if key.startswith(prefix)] for prefix in ("", "a", "a ", "b 2", "c", "d")
        ],
    }


Deed = tuple[str, str | None]
"""A key, and what is put there; None takes it away."""
DEEDS = st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from((*WORDS, None))), max_size=12)


def write(table: Overlay[str], records: dict[str, str], deeds: Sequence[Deed]) -> None:
    """Write to a table and to plain records alike, and ask between the writes."""
    for key, words in deeds:
        if words is None:
            table.remove(key)
            records.pop(key, None)
        else:
            table.put(key, words)
            records[key] = words
        assert answers(table) == expected(records)


@settings(deadline=None, max_examples=60)
@given(st.lists(DEEDS, min_size=1, max_size=4))
def test_tables_over_tables_answer_like_one_and_each_keeps_what_it_said(floors: list[list[Deed]]) -> None:
    table: Overlay[str] | None = None
    records: dict[str, str] = {}
    before: list[tuple[Overlay[str], dict[str, object]]] = []
    for deeds in floors:
        table = Overlay(table, links_of)
        assert answers(table) == expected(records)
        write(table, records, deeds)
        before.append((table, expected(records)))
    for floor, said in before:
        assert answers(floor) == said


@settings(deadline=None, max_examples=60)
@given(DEEDS, DEEDS, DEEDS, DEEDS)
def test_what_is_merged_is_what_was_there_with_what_was_written_on_top(
    ground: list[Deed], base: list[Deed], above: list[Deed], after: list[Deed]
) -> None:
    lowest: Overlay[str] = Overlay(None, links_of)
    records: dict[str, str] = {}
    write(lowest, records, ground)
    table = Overlay(lowest, links_of)
    write(table, records, base)
    top = Overlay(table, links_of)
    write(top, records, above)
    table.merge(top)
    assert answers(table) == answers(top) == expected(records)
    write(table, records, after)


def test_what_was_removed_is_gone_for_every_question_and_can_be_put_back() -> None:
    base: Overlay[str] = Overlay(None, links_of)
    base.put("a 1", "red")
    above = Overlay(base, links_of)
    above.remove("a 1")
    assert ("a 1" in above, above.find("red"), above.links_from(""), above.keys_from("")) == (
        False,
        [],
        [],
        [],
    )
    with pytest.raises(KeyError):
        above["a 1"]
    above.put("a 1", "green")
    assert (above["a 1"], above.find("red"), above.find("green")) == ("green", [], ["a 1"])
    assert (base["a 1"], base.find("red"), base.find("green")) == ("red", ["a 1"], [])
    base.merge(above)
    assert (base["a 1"], base.find("red"), base.find("green")) == ("green", [], ["a 1"])


def test_a_removal_that_is_merged_stays_one_for_the_table_below() -> None:
    ground: Overlay[str] = Overlay()
    ground.put("a 1", "red")
    base = Overlay(ground)
    above = Overlay(base)
    above.remove("a 1")
    base.merge(above)
    assert ("a 1" in base, "a 1" in ground) == (False, True)


def floors_of(counts: Sequence[int]) -> tuple[list[OverlayArrivals[str]], dict[str, str]]:
    """Tables over tables in each of which so many records arrived, and all these records in their order."""
    floors: list[OverlayArrivals[str]] = []
    records: dict[str, str] = {}
    for count in counts:
        floors.append(OverlayArrivals(floors[-1] if floors else None, links_of))
        for _ in range(count):
            key = f"{97 - len(records)}"  # so that the keys do not rise with the places
            records[key] = WORDS[len(records) % len(WORDS)] + f" {key}"
            floors[-1].add(key, records[key])
    return floors, records


COUNTS = st.lists(st.integers(0, 9), min_size=1, max_size=4)


@settings(deadline=None, max_examples=60)
@given(COUNTS)
def test_arrivals_over_arrivals_keep_their_places_and_their_order(counts: list[int]) -> None:
    floors, records = floors_of(counts)
    for depth, floor in enumerate(floors, start=1):
        expect_arrivals(floor, dict(list(records.items())[: sum(counts[:depth])]))


def expect_arrivals(table: OverlayArrivals[str], records: dict[str, str]) -> None:
    """A table of arrivals answers every question like these records in their order."""
    keys, rows = list(records), list(records.values())
    assert len(table) == len(rows)
    assert [table.place_of(key) for key in keys] == list(range(len(keys)))
    assert list(table.all()) == rows
    assert list(table.newest_first()) == rows[::-1]
    assert [list(table.since(place)) for place in range(len(rows) + 2)] == [
        rows[place:] for place in range(len(rows) + 2)
    ]
    assert table.keys_from("") == sorted(keys)
    for link in ("red", "green", "blue", *keys):
        linked = [key for key in keys if link in records[key].split()]
        assert table.find(link) == linked
        assert list(table.newest(link)) == [records[key] for key in reversed(linked)]
    assert [table.get(key) for key in (*keys, "none")] == [*rows, None]
    with pytest.raises(KeyError):
        table.place_of("none")


@settings(deadline=None, max_examples=60)
@given(COUNTS, COUNTS)
def test_merged_arrivals_stand_behind_what_was_there(below: list[int], above: list[int]) -> None:
    floors, records = floors_of([*below, *above])
    base = floors[len(below) - 1]
    for floor in floors[len(below) :]:
        base.merge(floor)
    expect_arrivals(base, records)


def test_the_newest_are_found_as_they_are_asked_for() -> None:
    """Nothing below is asked for what stands above."""
    base = OverlayArrivals[str](None, links_of)
    base.add("old", "red")
    above = OverlayArrivals(base, links_of)
    above.add("new", "red")
    base.newest = base.newest_first = refuse_to_answer  # type: ignore[method-assign,assignment]
    assert next(above.newest("red")) == next(above.newest_first()) == "red"
    with pytest.raises(AssertionError):
        list(above.newest("red"))


def refuse_to_answer(*_: object) -> None:
    """Stands for a question that nobody asks."""
    raise AssertionError


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(st.tuples(st.sampled_from("ab"), st.integers()), max_size=8)), st.booleans())
def test_journals_over_journals_are_read_like_one(floors: list[list[tuple[str, int]]], merges: bool) -> None:
    journal: OverlayJournal[int] = OverlayJournal()
    rows: dict[str, list[int]] = {"a": [], "b": []}
    for added in floors:
        before = {key: list(journal.rows(key)) for key in rows}
        above = OverlayJournal(journal)
        for key, row in added:
            above.add(key, row)
            rows[key].append(row)
        assert {key: list(journal.rows(key)) for key in rows} == before
        expect_rows(above, rows)
        if merges:
            journal.merge(above)
            expect_rows(journal, rows)
        else:
            journal = above


def expect_rows(journal: OverlayJournal[int], rows: dict[str, list[int]]) -> None:
    """A journal has these rows."""
    assert {key: list(journal.rows(key)) for key in rows} == rows
    assert {key: journal.last(key) for key in rows} == {
        key: added[-1] if added else None for key, added in rows.items()
    }


MOMENTS = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 20)), max_size=10)
"""For each moment by how many places it stands behind the one before, and its minute."""


@settings(deadline=None, max_examples=60)
@given(st.lists(MOMENTS, min_size=1, max_size=4), st.booleans())
def test_the_earliest_moment_from_a_place_on_is_the_least_of_all_behind_it(
    floors: list[list[tuple[int, int]]], merges: bool
) -> None:
    lows = OverlayLows()
    moments: dict[int, datetime] = {}
    place = -1
    for floor in floors:
        before = dict(moments)
        above = OverlayLows(lows)
        for ahead, minute in floor:
            place += ahead
            moments[place] = START + timedelta(minutes=minute)
            above.add(place, moments[place])
        expect_lows(lows, before)
        expect_lows(above, moments)
        if merges:
            lows.merge(above)
            expect_lows(lows, moments)
        else:
            lows = above


def expect_lows(lows: OverlayLows, moments: dict[int, datetime]) -> None:
    """Every place is answered by a plain minimum."""
    for place in range(max(moments, default=0) + 2):
        behind = [moment for at, moment in moments.items() if at >= place]
        assert lows.earliest(place) == min(behind, default=None)
