from ledger.core.lazy_pattern import LazyPattern


def test_a_pattern_finds_what_a_compiled_one_finds() -> None:
    number = LazyPattern(r"([0-9]+)")
    assert [found[1] for found in number.finditer("a1b22")] == ["1", "22"]
    assert (number.fullmatch("12") is None, number.fullmatch("12a") is None) == (False, True)
    assert (number.match("a1", 1) is None, number.match("a1") is None) == (False, True)
    found = number.search("a12")
    assert found is not None and found.start() == 1
    assert number.sub(lambda found: f"<{found[1]}>", "a1b2", count=1) == "a<1>b2"


def test_nothing_is_compiled_before_it_is_used() -> None:
    LazyPattern("(")  # which is no pattern
