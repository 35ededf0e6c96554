"""The block in a memory file: put in and taken out, byte for byte, and shared by runtimes."""

import pytest

from ledger.app.setup.memory_file import WORDS, add_block, remove_block

TEXTS = {
    "no file": None,
    "an empty file": "",
    "a line": "# Notes\n",
    "no line feed at its end": "# Notes",
    "an empty line at its end": "# Notes\n\n",
    "CRLF": "# Notes\r\nmore\r\n",
    "bytes that are no text": b"# \xff\n".decode("utf-8", "surrogateescape"),
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_block_is_taken_out_byte_for_byte(text: str | None) -> None:
    first = add_block(text, "codex")
    second = add_block(first, "cursor")
    assert add_block(second, "codex") == second
    assert second.startswith(text or "")
    assert remove_block(second, "cursor") == first
    assert remove_block(first, "cursor") == first
    assert remove_block(first, "codex") == text


def test_what_stands_around_it_stays() -> None:
    text = add_block("before\n", "claude") + "after\n"
    assert add_block(text, "claude") == text
    assert remove_block(text, "claude") == "before\nafter\n"


def test_an_older_block_becomes_this_one() -> None:
    old = "a\n\n<!-- git-ledger: begin claude -->\nold words\n<!-- git-ledger: end -->\nb\n"
    assert add_block(old, "claude") == old.replace("old words\n", WORDS)


def test_the_block_is_short() -> None:
    block = add_block(None, "claude")
    assert len(block) < 1500
    for word in ("--reserve", "turn open", "turn close", "pivot", "git ledger -h"):
        assert word in block


@pytest.mark.parametrize(
    "text",
    ["<!-- git-ledger: begin claude -->\nx\n", "x\n<!-- git-ledger: end -->\n", add_block("x\n", "a") * 2],
    ids=["no end", "no beginning", "twice"],
)
def test_a_block_that_is_not_whole_is_left_alone(text: str) -> None:
    with pytest.raises(ValueError, match="marks"):
        add_block(text, "claude")
    with pytest.raises(ValueError, match="marks"):
        remove_block(text, "claude")
