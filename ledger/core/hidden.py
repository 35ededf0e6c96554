"""Characters that a reader cannot see: controls, bidirectional marks, zero-width and tag characters.

They can make a post say one thing to a person and another to a program. This is the one table of them:
parsing reports them, output spells them out. An emoji is left as it is: it may hold a joiner (U+200D) between
its parts and U+FE0F behind one, as Unicode's UTS #51 spells them, and three flags hold tag characters.

The table holds the controls but tab and line feed, all that Unicode calls Default_Ignorable_Code_Point, and
the separators of lines, of paragraphs and of annotations.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from ledger.core.lazy_pattern import LazyPattern

HIDDEN: Final = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, but for tab and line feed
    "\xad\u034f\u180b-\u180f\u200b-\u200d\u2060-\u2065\ufeff"  # soft hyphen, joiners, zero width
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # direction
    "\u2028\u2029\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # separators, formatting
    "\u115f\u1160\u17b4\u17b5\u3164\uffa0"  # fillers
    "\ufe00-\ufe0f\U000e0000-\U000e0fff"  # variation selectors, tags
)
"""The hidden characters as ranges, for the inside of a regular expression's `[]`."""

_PICTURE = (
    "[\xa9\xae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u27bf\u2934\u2935"
    "\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_PART = rf"{_PICTURE}\ufe0f?"
_TAGS = {area: "".join(chr(0xE0000 + ord(letter)) for letter in area) for area in ("gbeng", "gbsct", "gbwls")}
_FLAG = (
    f"\U0001f3f4(?:{'|'.join(_TAGS.values())})\U000e007f"  # England, Scotland, Wales: no others are in use
)
EMOJI: Final = rf"{_FLAG}|{_PART}(?:\u200d{_PART})*|[0-9#*]\ufe0f\u20e3"
"""An emoji with whatever hidden characters belong to it, as a regular expression without groups."""

_search_hidden = LazyPattern(f"[{HIDDEN}]").search
_RUNS: Final = f"{EMOJI}|([{HIDDEN}]+)"  # compiled when there is one


def find_hidden(text: str) -> Iterator[tuple[int, str]]:
    """Each run of hidden characters in a text: its position and its characters; emoji left out."""
    if _search_hidden(text) is None:
        return
    # An emoji matches first and takes its joiners along: what is left for the group is hidden without need.
    for found in re.finditer(_RUNS, text):
        if found[1]:
            yield found.start(), found[1]


def name_hidden(chars: str) -> str:
    """Name the first of some characters, `U+202E RIGHT-TO-LEFT OVERRIDE`, and count the others."""
    char = chars[0]
    name = unicodedata.name(char, "CONTROL CHARACTER" if ord(char) < 0xA0 else "")
    more = f" and {len(chars) - 1} more" if len(chars) > 1 else ""
    return f"U+{ord(char):04X} {name}".rstrip() + more
