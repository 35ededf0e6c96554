import unicodedata

import pytest

from ledger.core.hidden import find_hidden, name_hidden

# Characters of category Cf that are drawn: number signs over digits, marks of hieroglyphs.
_DRAWN = [*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD, *range(0x13430, 0x13440)]


def _tags(letters: str) -> str:
    """Letters as tag characters, which no reader sees and a language model reads."""
    return "".join(chr(0xE0000 + ord(letter)) for letter in letters)


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("plain", "plain text\n\twith a tab"),
        ("letters of the world", "Grüße, 你好, שלום, नमस्ते"),
        ("heart on fire", "\u2764\ufe0f\u200d\U0001f525"),
        ("family", "\U0001f468\u200d\U0001f469\u200d\U0001f467"),
        ("health worker, dark skin", "\U0001f469\U0001f3ff\u200d\u2695\ufe0f"),
        ("keycap", "1\ufe0f\u20e3"),
        ("pirates", "\U0001f3f4\u200d\u2620\ufe0f"),
        ("flag of England", "\U0001f3f4" + _tags("gbeng") + "\U000e007f"),
        ("flag of letters", "\U0001f1e9\U0001f1ea"),
        ("no-break space", "a\xa0b"),
    ],
)
def test_nothing_hidden(why: str, text: str) -> None:
    assert list(find_hidden(text)) == [], why


@pytest.mark.parametrize(
    ("name", "char"),
    [
        ("U+0000 CONTROL CHARACTER", "\x00"),
        ("U+001B CONTROL CHARACTER", "\x1b"),
        ("U+007F CONTROL CHARACTER", "\x7f"),
        ("U+0085 CONTROL CHARACTER", "\x85"),
        ("U+000D CONTROL CHARACTER", "\r"),
        ("U+00AD SOFT HYPHEN", "\xad"),
        ("U+FEFF ZERO WIDTH NO-BREAK SPACE", "\ufeff"),
        ("U+200B ZERO WIDTH SPACE", "\u200b"),
        ("U+200C ZERO WIDTH NON-JOINER", "\u200c"),
        ("U+200D ZERO WIDTH JOINER", "\u200d"),
        ("U+2060 WORD JOINER", "\u2060"),
        ("U+200F RIGHT-TO-LEFT MARK", "\u200f"),
        ("U+202E RIGHT-TO-LEFT OVERRIDE", "\u202e"),
        ("U+2069 POP DIRECTIONAL ISOLATE", "\u2069"),
        ("U+061C ARABIC LETTER MARK", "\u061c"),
        ("U+2028 LINE SEPARATOR", "\u2028"),
        ("U+2029 PARAGRAPH SEPARATOR", "\u2029"),
        ("U+FE0F VARIATION SELECTOR-16", "\ufe0f"),
        ("U+E0041 TAG LATIN CAPITAL LETTER A", "\U000e0041"),
        ("U+E0100 VARIATION SELECTOR-17", "\U000e0100"),
        ("U+3164 HANGUL FILLER", "\u3164"),
    ],
)
def test_hidden_between_letters(name: str, char: str) -> None:
    assert list(find_hidden(f"ab{char}cd")) == [(2, char)]
    assert name_hidden(char) == name


@pytest.mark.parametrize(
    ("why", "text", "position"),
    [
        ("a joiner behind an emoji joins nothing", "\U0001f525\u200d", 1),
        ("a joiner before a letter", "\U0001f525\u200da", 1),
        ("two joiners", "\U0001f525\u200d\u200d\U0001f525", 1),
        ("two selectors", "\u2764\ufe0f\ufe0f", 2),
        ("selector behind a digit that is no keycap", "1\ufe0f", 1),
        ("letters in tags behind a flag", f"\U0001f3f4{_tags('obey')}\U000e007f", 1),
        ("tags behind the tags of a flag", f"\U0001f3f4{_tags('gbeng')}{_tags('x')}\U000e007f", 1),
        ("tags behind a flag", "\U0001f3f4\U000e0067\U000e007f", 1),
    ],
)
def test_hidden_beside_emoji(why: str, text: str, position: int) -> None:
    assert [at for at, _ in find_hidden(text)] == [position], why


def test_a_run_is_one() -> None:
    assert list(find_hidden("a\u202e\u200bb")) == [(1, "\u202e\u200b")]
    assert name_hidden("\u202e\u200b\u200b") == "U+202E RIGHT-TO-LEFT OVERRIDE and 2 more"


def test_all_that_unicode_calls_control_format_or_line_end_is_hidden() -> None:
    unseen = [code for code in range(0x110000) if unicodedata.category(chr(code)) in ("Cc", "Cf", "Zl", "Zp")]
    assert [
        hex(code) for code in unseen if code not in (9, 10, *_DRAWN) and not list(find_hidden(chr(code)))
    ] == []
