"""YAML as a tree with places: text, lists and maps of text; and the scalars that are read without YAML."""

from typing import Final

from ledger.core.dataclass import dataclass

# The subset for which YAML and one regular expression surely agree, in a header that is printable and
# thus without what YAML takes for a line end or refuses. `:` and `#` end a plain scalar beside a space.
# Small character classes matter: with all of Unicode spelled out, compiling takes 40 ms. Only single
# classes repeat possessively: early releases of Python 3.11 misread a possessive group within a group.
_FIRST = r"[^\s!\"#%&'*,\->?@\[\]`{|}:]"
PLAIN_SCALAR: Final = rf"{_FIRST}[^\n:#]*+(?:(?::(?=[!-~])|(?<=[!-~])#)[^\n:#]*+)*(?<! )"
QUOTED_SCALAR: Final = r'"[^"\\\n]*+"'
FLOW_WORD: Final = r"[A-Za-z0-9_][A-Za-z0-9_./-]*+"


@dataclass(frozen=True, slots=True)
class YamlScalar:
    """Text, as written."""

    text: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class YamlList:
    """A list."""

    items: tuple["Node", ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class YamlMap:
    """A map, in the order written; a key that stands twice has its first value."""

    entries: tuple[tuple[YamlScalar, "Node"], ...]
    line: int
    column: int


Node = YamlScalar | YamlList | YamlMap


def line_and_column(text: str, position: int) -> tuple[int, int]:
    """The line and column, both from 1, of a position in a text with LF line ends."""
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)
