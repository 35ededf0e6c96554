"""What every store keeps: the same questions to the remote, the local and the in-memory one."""

from pathlib import Path

import pytest

from ledger.core.errors import LedgerError
from ledger.store.contract import ABSENT, Applied, Conflict, Outcome, RefUpdate, Store, TreeEntry
from tests.store.stores import commit, land, reserve, two_stores, within

POST = "feed/2026/11/20/03/38/20261120T033857123Z-camber-12-0123456789abcdef.md"
Pair = tuple[Store, Store]


@pytest.fixture(params=["remote", "local", "memory"])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Pair:
    return two_stores(request.param, tmp_path)


def swap(store: Store, *edits: RefUpdate) -> Outcome:
    return store.compare_and_swap(edits, within(30))


def refs(store: Store) -> dict[str, str]:
    return dict(store.read_refs(["refs/reserve/CMB/", "refs/ledger/announce/"], within(30)))


def test_empty_authority_has_no_refs(pair: Pair) -> None:
    assert refs(pair[0]) == {}


def test_create_update_delete(pair: Pair) -> None:
    one, other = pair
    first, second = one.write_blob(b"first"), one.write_blob(b"second")
    tip = "refs/reserve/CMB/tip"
    assert swap(one, RefUpdate(tip, ABSENT, first)) == Applied()
    assert refs(other) == {tip: first}
    assert swap(one, RefUpdate(tip, first, second)) == Applied()
    assert refs(other) == {tip: second}
    assert swap(one, RefUpdate(tip, second, ABSENT)) == Applied()
    assert refs(other) == {}


def test_branch_tip_and_number_land_together(pair: Pair) -> None:
    one, other = pair
    base = land(one, ABSENT, {"feed/ledger.yaml": b"format: 1\n"})
    new = commit(one, base, {POST: b"---\n"})
    edits = [
        RefUpdate(one.feed_ref, base, new),
        reserve(one, 1, b"1"),
        RefUpdate("refs/reserve/CMB/tip", ABSENT, one.write_blob(b"t")),
    ]
    assert swap(one, *edits) == Applied()
    assert refs(other) == {edit.ref: edit.new for edit in edits}


def test_one_stale_of_three_lands_none(pair: Pair) -> None:
    one, other = pair
    taken = reserve(other, 2, b"other's")
    assert swap(other, taken) == Applied()
    outcome = swap(one, reserve(one, 1, b"1"), reserve(one, 2, b"2"), reserve(one, 3, b"3"))
    assert outcome == Conflict((taken.ref,))
    assert refs(one) == {taken.ref: taken.new}


def test_stale_branch_is_lost_and_names_it(pair: Pair) -> None:
    one, other = pair
    base = land(one, ABSENT, {"feed/a": b"a"})
    refs(other)
    moved = land(other, base, {"feed/b": b"b"})
    late = commit(one, base, {"feed/c": b"c"})
    number = reserve(one, 1, b"1")
    assert swap(one, number, RefUpdate(one.feed_ref, base, late)) == Conflict((one.feed_ref,))
    assert refs(one) == {one.feed_ref: moved}


def test_absent_is_a_lease_too(pair: Pair) -> None:
    one, other = pair
    assert swap(other, reserve(other, 7, b"other's")) == Applied()
    assert swap(one, reserve(one, 7, b"mine")) == Conflict(("refs/reserve/CMB/7",))


def test_a_deletion_is_won_once(pair: Pair) -> None:
    one, other = pair
    announced = RefUpdate("refs/ledger/announce/c1/0123456789abcdef", ABSENT, one.write_blob(b"intent"))
    assert swap(one, announced) == Applied()
    refs(other)
    gone = RefUpdate(announced.ref, announced.new, ABSENT)
    assert swap(other, gone) == Applied()
    assert swap(one, gone) == Conflict((announced.ref,))


def test_the_same_object_by_two_is_not_won_by_both(pair: Pair) -> None:
    one, other = pair
    assert swap(one, reserve(one, 5, b"no nonce")) == Applied()
    assert swap(other, reserve(other, 5, b"no nonce")) == Conflict(("refs/reserve/CMB/5",))


def test_reading_sees_what_was_swapped_and_its_contents(pair: Pair) -> None:
    one, other = pair
    number = reserve(one, 1, "Zahl für CMB\n".encode())
    base = land(one, ABSENT, {POST: b"---\nseat: x\n---\n"})
    assert swap(one, number) == Applied()
    there = refs(other)
    assert there == {one.feed_ref: base, number.ref: number.new}
    assert other.read_blobs([there[number.ref]], 100) == {number.new: "Zahl für CMB\n".encode()}
    assert other.list_files(there[one.feed_ref]) == [
        TreeEntry(POST, "100644", one.write_blob(b"---\nseat: x\n---\n"))
    ]


def test_only_the_prefixes_asked_for_are_read(pair: Pair) -> None:
    one, _ = pair
    camber, other = reserve(one, 1, b"1"), RefUpdate("refs/reserve/CMBX/1", ABSENT, one.write_blob(b"x"))
    assert swap(one, camber, other) == Applied()
    assert set(one.read_refs(["refs/reserve/CMBX/"], within(30))) == {other.ref}
    assert set(one.read_refs([], within(30))) == set()


def test_entries_are_the_feed_in_path_order(pair: Pair) -> None:
    one, _ = pair
    files = {"feed/b/z.md": b"1", "feed/b.md": b"2", "README.md": b"3", "feed/ä/ß ü.md": b"4", POST: b"5"}
    base = land(one, ABSENT, files)
    land(one, base, {"feed/b.md": b"edited"})
    tip = refs(one)[one.feed_ref]
    paths = [entry.path for entry in one.list_files(tip)]
    assert paths == [POST, "feed/b.md", "feed/b/z.md", "feed/ä/ß ü.md"]
    assert [entry.oid for entry in one.list_files(base)][1] == one.write_blob(b"2")
    assert [entry.oid for entry in one.list_files(tip)][1] == one.write_blob(b"edited")


def test_blobs_are_cut_one_past_the_limit(pair: Pair) -> None:
    one, _ = pair
    small, exact, large = one.write_blob(b""), one.write_blob(b"x" * 10), one.write_blob(b"y" * 300_000)
    read = one.read_blobs([large, small, exact, large], 10)
    assert read == {small: b"", exact: b"x" * 10, large: b"y" * 11}


def test_a_missing_blob_is_an_error(pair: Pair) -> None:
    with pytest.raises(LedgerError) as caught:
        pair[0].read_blobs(["1" * 40], 10)
    assert caught.value.kind == "broken-repository"


@pytest.mark.parametrize(
    ("there", "added"),
    [
        pytest.param("feed/2026", "feed/2026/11/post.md", id="a file where a folder is needed"),
        pytest.param("feed", "feed/post.md", id="feed itself is a file"),
        pytest.param("feed/2026/11/post.md", "feed/2026", id="a folder where a file is wanted"),
    ],
)
def test_files_and_folders_never_replace_each_other(pair: Pair, there: str, added: str) -> None:
    one, _ = pair
    base = land(one, ABSENT, {there: b"here first"})
    with pytest.raises(LedgerError) as caught:
        commit(one, base, {added: b"new"})
    assert caught.value.kind == "path-clash"


def test_what_was_read_last_is_known_without_asking(pair: Pair) -> None:
    one, other = pair
    number = reserve(one, 1, b"1")
    base = land(one, ABSENT, {POST: b"---\n"})
    assert swap(one, number) == Applied()
    read = refs(other)
    assert (
        dict(other.read_known_refs(["refs/reserve/CMB/"]))
        == read
        == {one.feed_ref: base, number.ref: number.new}
    )
    assert other.read_known_refs(["refs/reserve/CMB/"], judge=True).rewind is None
    assert (other.knows_reservation(number.ref), other.knows_reservation("refs/reserve/CMB/2")) == (
        True,
        False,
    )


def test_a_branch_beside_the_feed_is_read_by_its_name(pair: Pair) -> None:
    one, other = pair
    assert other.read_branch("posts", within(30)) is None
    proposed = commit(one, ABSENT, {POST: b"---\n"})
    assert swap(one, RefUpdate("refs/heads/posts", ABSENT, proposed)) == Applied()
    assert other.read_branch("posts", within(30)) == proposed
    assert [entry.path for entry in other.list_files(proposed)] == [POST]


def test_types_are_those_of_git(pair: Pair) -> None:
    one, _ = pair
    blob, base = one.write_blob(b"a blob"), land(one, ABSENT, {POST: b"---\n"})
    assert one.read_types([blob, base, "1" * 40]) == {blob: "blob", base: "commit", "1" * 40: "missing"}


def test_posts_that_another_commit_lacks_are_lost(pair: Pair) -> None:
    one, _ = pair
    base = land(one, ABSENT, {POST: b"one"})
    edited = commit(one, base, {POST: b"two"})
    oid = one.write_blob(b"one")
    assert one.find_lost_posts(base, base) == {}
    assert one.find_lost_posts(base, edited) == one.find_lost_posts(base, None) == {POST: oid}
    assert one.vanished_reservations() == {}
    one.forget_vanished()


def test_the_authority_says_what_it_is_and_takes_swaps(pair: Pair) -> None:
    one, _ = pair
    land(one, ABSENT, {POST: b"---\n"})
    authority = one.authority
    assert authority.label
    assert (authority.remote is None) == (authority.url is None)
    assert authority.remote is None or {authority.remote, authority.url} <= authority.names
    assert one.explain_no_swap(within(30)) is None
    assert authority.remote is None or (one.read_refs([], within(30)) and one.fetched_at() is not None)
    assert authority.remote is not None or one.fetched_at() is None
