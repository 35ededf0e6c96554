"""Text of posts inside a review: shown as it is, and nothing but text."""

import re

import pytest

from ledger.faces.formats.markdown import LONGEST, escape_markdown

SHOWN = {
    "plain words": ("Cards of one call: 2 groups (why?)", "Cards of one call: 2 groups (why?)"),
    "emphasis": ("*now* or __never__ ~~gone~~", r"\*now\* or \_\_never\_\_ \~\~gone\~\~"),
    "code": ("`rm -rf` ```", r"\`rm -rf\` \`\`\`"),
    "HTML": ("<b onclick=x>&amp;<!--", r"&lt;b onclick=x&gt;&amp;amp;&lt;!--"),
    "a link": ("[a](http://b.c)", r"\[a\](http://&#8203;b.c)"),
    "an image": ("![a](//b)", r"!\[a\](//b)"),
    "bare links": ("https://b.c www.b.c WWW.b.c", "https://&#8203;b.c www&#8203;.b.c WWW&#8203;.b.c"),
    "a mail address": ("a@b.example", "a@&#8203;b.example"),
    "mentions": ("@all @org/team", "@&#8203;all @&#8203;org/team"),
    "references": (
        "#12 GH-12 !7 %3 org/repo#1",
        "#&#8203;12 GH-&#8203;12 !&#8203;7 %&#8203;3 org/repo#&#8203;1",
    ),
    "a table": ("a | b", r"a \| b"),
    "a formula": ("$x$ $`y`$", r"&#36;x&#36; &#36;\`y\`&#36;"),
    "its own escapes": (r"\*now\*", r"\\\*now\\\*"),
    "line breaks": ("a\n# b\r\n::error::c", r"a\\x0a# b\\x0d\\x0a::error::c"),
    "other line breaks": ("a\u2028b\x85c\x0cd", r"a\\u2028b\\x85c\\x0cd"),
    "an escape": ("\x1b]8;;x\x07", r"\\x1b\]8;;x\\x07"),
    "turned around": ("\u202eevil", r"\\u202eevil"),
    "commands of build servers": ("##[error]a ##vso[x]", r"\\x23#\[error\]a \\x23#&#8203;vso\[x\]"),
}


@pytest.mark.parametrize(("text", "shown"), SHOWN.values(), ids=SHOWN)
def test_text_is_shown_as_it_is(text: str, shown: str) -> None:
    assert escape_markdown(text) == shown


@pytest.mark.parametrize("text", [text for text, _ in SHOWN.values()], ids=SHOWN)
def test_nothing_is_active(text: str) -> None:
    """Without its escapes nothing is left of what Markdown, HTML or a host would act on."""
    left = re.sub(r"\\[\\`*_{}\[\]|~]|&(?:lt|gt|amp|#36|#8203);", " ", escape_markdown(text))
    assert not re.search(
        r"[\\`*_\[\]|~<>$]|://\w|@\w|[#!]\w|[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]", left
    )


def test_long_text_is_cut_before_it_is_escaped() -> None:
    assert escape_markdown("`" * 1000) == r"\`" * (LONGEST - 1) + "…"
    assert escape_markdown("x" * LONGEST) == "x" * LONGEST
