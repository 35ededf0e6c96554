"""Logs: lists that only grow, as values."""

from ledger.core.log import Log


def test_adding_leaves_the_log_that_was_added_to_as_it_is() -> None:
    empty: Log[str] = Log()
    first = empty.added("a")
    second = first.added("b")
    other = first.added("c")
    assert [*empty, *first] == ["a"]
    assert ([*second], [*other], [*other.added("d")]) == (["a", "b"], ["a", "c"], ["a", "c", "d"])
    assert [*second] == ["a", "b"]


def test_a_log_is_read_like_a_tuple() -> None:
    log = Log("ab").added("c")
    grown = log.added("d")
    assert (len(log), log[0], log[-1], log[1:], log[-1:], log[:-1]) == (
        3,
        "a",
        "c",
        ("b", "c"),
        ("c",),
        ("a", "b"),
    )
    assert (list(reversed(log)), "d" in log, "d" in grown, bool(Log())) == (
        ["c", "b", "a"],
        False,
        True,
        False,
    )
    assert log == Log("abc") != grown and repr(Log("a")) == "Log(['a'])"
    assert Log("ab") != "ab"


def test_entries_are_shared_until_two_logs_differ() -> None:
    """That is what makes a ticket with many posts cost what its posts cost."""
    log = Log(range(3))
    grown = log.added(3)
    assert grown._entries is log._entries
    assert log.added(4)._entries is not log._entries
