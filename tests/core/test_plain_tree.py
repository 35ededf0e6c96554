"""Settings that are read without YAML: the same tree as by YAML, places included."""

from random import Random

import pytest

from ledger.core.config.config import DEFAULT_YAML, parse_config, write_default_yaml
from ledger.core.feed.front import parse_yaml_tree
from ledger.core.feed.plain_tree import parse_plain_tree

UNCOMMENTED = "".join(
    line[2:] if line.startswith(("# namespaces", "#   ", "# seats", "# claim_ttl:", "# branch:")) else line
    for line in DEFAULT_YAML.splitlines(keepends=True)
)


@pytest.mark.parametrize(
    "text",
    [
        write_default_yaml("ledger"),
        write_default_yaml("feed/of the team"),
        UNCOMMENTED,
        'format: 1\nbranch: main\nnamespaces:\n  GL: {id: "GL-{n:04}", lane: ledger}\n',
        'seats:\n\n  # w\n  otto: {surfaces: [otto-cli, "otto desktop"], wip: 0}\n  ada: {}\nclaim_ttl: 2h\n',
        'a: ~\nb: no\nc: 0107\nd: [x, y]\ne: []\nf:\ng: "q: # x"',
        "a:\nb:\n  n: {k: v}\n",
    ],
)
def test_what_init_writes_is_read_without_yaml_and_alike(text: str) -> None:
    plain = parse_plain_tree(text)
    assert plain is not None
    assert (plain, ()) == parse_yaml_tree(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "# nothing\n", "a: b\na: c\n", "a: b # words\n", "a: &x b\n", "a:\n  n: {k: v}\n  n: {k: w}\n"),
        *("a:\n  n: {k: v, k: w}\n", "a: b\n  n: {k: v}\n", "  n: {k: v}\n", "a:\n  k: v\n", "a:\n- b\n"),
        *("a: {b: c}\n", "a: |\n  b\n", "a: b\n  c\n", "---\na: b\n", "a: 'b'\n", 'a: "\\n"\n', "a: b\tc\n"),
    ],
)
def test_any_other_text_is_left_to_yaml(text: str) -> None:
    assert parse_plain_tree(text) is None


LINES = (
    *("a: b", "b: [c, d]", "c:", "  n: {k: v}", '  m: {k: "v: {n:04}", l: [x, "y z"]}', "", "# words"),
    *("  # words", "d: x: y", "e: #x", "f: x#y", "  o: {k: v }", "g: -", "h: 2h", "  p: {}", "---", "..."),
    *("i: [", "  q: v", "j: !x", 'k: "x"y', "l: [x,y]", "m: x ", " r: {k: v}", "  s: {k: [], l: 1}"),
    *("n : x", "o:x", "? p", "\u2028", "q: é"),
)


def test_whatever_it_reads_yaml_reads_alike() -> None:
    dice, taken = Random(1), 0
    for _ in range(3000):
        text = "\n".join(dice.choices(LINES, k=dice.randint(1, 4)))
        plain = parse_plain_tree(text)
        taken += plain is not None
        assert plain is None or (plain, ()) == parse_yaml_tree(text), text
    assert taken > 100


def test_a_plain_config_gives_what_it_says() -> None:
    config, found = parse_config(UNCOMMENTED.encode())
    assert found == ()
    assert config.branch == "ledger" and config.seats is not None
    assert config.seats["otto"].surfaces == ("otto-cli", "otto-desktop")
