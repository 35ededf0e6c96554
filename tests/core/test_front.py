import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.core.feed.bounds import FINDING_LIMIT, HEADER_LIMIT
from ledger.core.feed.front import (
    Header,
    HeaderEntry,
    Parts,
    Problem,
    Value,
    parse_header,
    parse_plain_header,
    parse_yaml_header,
    parse_yaml_tree,
    render_header,
    split_front_matter,
)
from ledger.core.feed.yaml_tree import YamlList, YamlMap, YamlScalar, line_and_column


def values(header: str) -> dict[str, Value]:
    read = parse_header(header)
    assert not isinstance(read, tuple), read
    return {key: entry.value for key, entry in read.items()}


def problems(header: str) -> tuple[Problem, ...]:
    read = parse_header(header)
    assert isinstance(read, tuple), read
    return read


def test_split_keeps_the_body_byte_for_byte() -> None:
    assert split_front_matter("---\na: b\n---\n\n x \n---\n") == Parts("a: b\n", 2, "\n x \n---\n", 4)
    assert split_front_matter("---\na: b\n---") == Parts("a: b\n", 2, "", 4)
    assert split_front_matter("---\n---\nbody") == Parts("", 2, "body", 3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no front matter"),
        ("a: b\n", "no front matter"),
        (" ---\na: b\n---\n", "no front matter"),
        ("----\na: b\n---\n", "no front matter"),
        ("---\na: b\n", "not closed"),
        ("---\na: b\n--- \n", "not closed"),
        ("---\na: b\n----\n", "not closed"),
        ("---", "no front matter"),
    ],
)
def test_no_front_matter(text: str, said: str) -> None:
    problem = split_front_matter(text)
    assert isinstance(problem, Problem) and said in problem.message and problem.fix


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("a: no\n", {"a": "no"}),
        ("a: 0107\nb: 1e3\nc: 0x1F\n", {"a": "0107", "b": "1e3", "c": "0x1F"}),
        ("a: 2026-11-20\n", {"a": "2026-11-20"}),
        ("a: ~\nb: null\n", {"a": "~", "b": "null"}),
        ("a:\nb: x\n", {"a": "", "b": "x"}),
        ('a: ""\n', {"a": ""}),
        ("a: x y  z\n", {"a": "x y  z"}),
        ("a: it's\n", {"a": "it's"}),
        ("a: Grüße — 你好 🙂\n", {"a": "Grüße — 你好 🙂"}),
        ("a: b:c#d\n", {"a": "b:c#d"}),
        ("a: b # c\n", {"a": "b"}),
        ("a: 'it''s'\n", {"a": "it's"}),
        ('a: "b: c # d"\n', {"a": "b: c # d"}),
        ('a: "b\\n\\u263a"\n', {"a": "b\n☺"}),
        ("a: |\n  b\n  c\n", {"a": "b\nc\n"}),
        ("a: >-\n  b\n  c\n", {"a": "b c"}),
        ("a: b\n  c\n", {"a": "b c"}),
        ("a:\n- b\n- c d\n", {"a": ("b", "c d")}),
        ('a:\n- "b: c"\n- d\n', {"a": ("b: c", "d")}),
        ("a:\n  - b\n  - c\n", {"a": ("b", "c")}),
        ("a: [b, c,d]\n", {"a": ("b", "c", "d")}),
        ("a: []\n", {"a": ()}),
        ("a: [b, ruling:FLT-1]\n", {"a": ("b", "ruling:FLT-1")}),
        ("# words\na: b\n\nc: d\n", {"a": "b", "c": "d"}),
        ("~: b\nyes: no\n", {"~": "b", "yes": "no"}),
        ("a: 5 * 3\n", {"a": "5 * 3"}),
    ],
)
def test_every_scalar_is_text_as_written(header: str, expected: dict[str, Value]) -> None:
    assert values(header) == expected


@pytest.mark.parametrize(
    ("why", "header", "line", "column", "said"),
    [
        ("empty", "", 2, 1, "empty"),
        ("only a comment", "# a\n", 2, 1, "no map"),
        ("duplicate key", "a: b\nc: d\na: e\n", 4, 1, "`a` stands twice, first on line 2"),
        ("anchor", "a: &x b\n", 2, 4, "anchor `&x`"),
        ("alias", "a: *x\n", 2, 4, "alias `*x`"),
        ("tag", "a: !!str b\n", 2, 4, "tag"),
        ("local tag", "a: !x b\n", 2, 4, "tag `!x`"),
        ("nested map", "a: b\nc: {d: e}\n", 3, 1, "`c` holds a map"),
        ("map in a list", "a:\n- b: c\n", 2, 1, "`a` holds a map"),
        ("list of lists", "a: [[b]]\n", 2, 1, "list of lists"),
        ("merge key", "<<: {a: b}\n", 2, 1, "`<<` holds a map"),
        ("null key", "? \n: b\n", 2, 2, "a key is missing"),
        ("empty key", '"": b\n', 2, 1, "a key is missing"),
        ("list for a key", "? [a]\n: b\n", 2, 3, "a key is missing"),
        ("no map", "words\n", 2, 1, "no map"),
        ("two documents", "a: b\n--- \nc: d\n", 3, 1, "second document"),
        ("after the end", "a: b\n...\n--- \n", 4, 1, "second document"),
        ("colon in plain text", "subject: Fix: this\n", 2, 13, "no YAML"),
        ("open quote", 'a: "b\n', 3, 1, "no YAML"),
        ("tab", "a:\n\t- b\n", 3, 1, "no YAML"),
        ("control character", "a: b\x00\n", 2, 5, "U+0000"),
        ("separator that YAML takes for a line end", "a: b\u2028\n", 2, 5, "U+2028"),
        ("lone surrogate", "a: \ud800\n", 2, 4, "U+D800"),
        ("deep", "a: " + "[" * 1000, 2, 12, "too deep"),
    ],
)
def test_problems_say_where(why: str, header: str, line: int, column: int, said: str) -> None:
    found = problems(header)
    assert [(one.line, one.column) for one in found] == [(line, column)], (why, found)
    assert said in found[0].message and found[0].fix


def test_all_problems_in_one_run() -> None:
    assert len(problems("a: &x b\nc: *x\na: d\n")) == 3
    assert len(problems("a: {b: c}\nd: [[e]]\n")) == 2


def test_places_of_values() -> None:
    text = 'a: b\nc: "d"\ne: [f]\ng:\n- h\ni:\nj: k\n'
    places = {key: (entry.line, entry.column) for key, entry in read(text).items()}
    assert places == {"a": (2, 4), "c": (3, 4), "e": (4, 4), "g": (5, 1), "i": (7, 3), "j": (8, 4)}


def read(header: str) -> Header:
    found = parse_header(header)
    assert not isinstance(found, tuple), found
    return found


def test_a_header_that_is_too_long_is_not_even_read() -> None:
    assert "more than" in problems("a: " + "b" * HEADER_LIMIT + "\n")[0].message


def test_an_alias_bomb_costs_nothing() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40)]
    began = time.process_time()
    found = problems("\n".join(rows) + "\n")
    assert len(found) == FINDING_LIMIT + 1
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "header",
    [
        "a: b\n",
        'a: "b"\n',
        "a:\n- b\n",
        "a: [b, c]\n",
        "a: [b,c]\n",
        "a: []\n",
        "a:\n",
        "x-1: b:c\n",
        "a: ü b#c\n",
    ],
)
def test_ordinary_headers_take_the_fast_path(header: str) -> None:
    assert parse_plain_header(header, 2) is not None


SPECIAL = st.sampled_from(
    [*list(" \n\t:#-?,[]{}&*!|>'\"%@`~=<.\\a0é\xa0\u2028\ufeff"), "- ", ": ", " #", "\n- "]
)
VALUES = st.lists(SPECIAL, max_size=8).map("".join)
KEYS = st.sampled_from(["a", "b", "c_d", "x-e", "no", "<<", "'a'", "_"])
LINES = st.one_of(
    st.builds("{}: {}\n".format, KEYS, VALUES),
    st.builds("{}:\n- {}\n- {}\n".format, KEYS, VALUES, VALUES),
    st.builds('{}: "{}"\n'.format, KEYS, VALUES),
    st.builds('{}:\n- "{}"\n'.format, KEYS, VALUES),
    st.builds("{}: [{}, {}]\n".format, KEYS, VALUES, VALUES),
    st.builds("{}:\n".format, KEYS),
)


@pytest.mark.parametrize("examples", [200, pytest.param(1500, marks=pytest.mark.slow)])
def test_what_the_fast_path_takes_yaml_reads_alike(examples: int) -> None:
    @settings(max_examples=examples, deadline=None)
    @given(st.one_of(st.lists(LINES, min_size=1, max_size=4).map("".join), st.text()))
    def run(header: str) -> None:
        fast = parse_plain_header(header, 2)
        if fast:
            assert parse_yaml_header(header, 2) == fast

    run()


TEXT = st.one_of(st.text(), VALUES)


NAMES = st.from_regex("[a-z][a-z_]{0,9}", fullmatch=True)


@pytest.mark.parametrize("examples", [100, pytest.param(500, marks=pytest.mark.slow)])
def test_any_text_comes_back(examples: int) -> None:
    @settings(max_examples=examples, deadline=None)
    @given(st.dictionaries(NAMES, st.one_of(TEXT, st.lists(TEXT).map(tuple))))
    def run(fields: dict[str, Value]) -> None:
        header = render_header(list(fields.items()))
        if fields:
            assert values(header) == fields
        assert "\n---\n" not in "\n" + header

    run()


@settings(deadline=None)
@given(st.text())
def test_reading_never_raises(text: str) -> None:
    parse_header(text)
    parse_yaml_tree(text)
    split_front_matter(text)


def test_plain_text_is_written_plain_and_other_text_readably() -> None:
    fields: list[tuple[str, Value]] = [
        ("a", "Grüße, b:c"),
        ("d", "e: f"),
        ("g", ("h", "- i")),
        ("j", ()),
        ("k", ""),
        ("l", '"m" \\ \n'),
    ]
    assert render_header(fields) == (
        'a: Grüße, b:c\nd: "e: f"\ng:\n- h\n- "- i"\nj: []\nk: ""\nl: "\\"m\\" \\\\ \\u000a"\n'
    )


def test_a_tree_has_places() -> None:
    tree, found = parse_yaml_tree("a:\n  b: [c]\n", first_line=5)
    assert not found
    inner = YamlMap(((YamlScalar("b", 6, 3), YamlList((YamlScalar("c", 6, 7),), 6, 6)),), 6, 3)
    assert tree == YamlMap(((YamlScalar("a", 5, 1), inner),), 5, 1)


def test_a_tree_of_nothing() -> None:
    assert parse_yaml_tree("") == (None, ())
    assert parse_yaml_tree("# words\n") == (None, ())


def test_what_is_wrong_in_a_tree_leaves_the_rest() -> None:
    tree, found = parse_yaml_tree("a: &x b\na: c\n")
    assert isinstance(tree, YamlMap) and [key.text for key, _ in tree.entries] == ["a"]
    assert len(found) == 2


def test_place() -> None:
    assert line_and_column("ab\ncd", 0) == (1, 1)
    assert line_and_column("ab\ncd", 4) == (2, 2)


def test_entries_are_values_with_places() -> None:
    assert read("a: b\n") == {"a": HeaderEntry("b", 2, 4)}
