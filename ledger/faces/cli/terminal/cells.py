"""Texts by the cells that they take on a terminal: a wide character takes two, a joined emoji two in all.

Texts are escaped before they come here. What is ASCII goes without `rich`, which takes 20 ms to import.
"""

from collections.abc import Iterable, Iterator
from unicodedata import category

from ledger.core.lazy_pattern import LazyPattern
from ledger.core.text import Wrap

_find_words = LazyPattern(r"(?:[^\s`]*`[^`]+`\S*)|\S+").finditer


def measure_cells(text: str) -> int:
    """How many cells a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    # Spacing marks, as those of Devanagari: no cell of their own to rich, one to glibc, VTE and tmux.
    return cell_len(text) + sum(category(char) == "Mc" for char in text)


def clip_cells(text: str, room: int) -> str:
    """A text in so many cells; one that was cut ends with `…`, within its quotes if it stands in any.

    It is cut between characters as people see them.
    """
    if measure_cells(text) <= room:
        return text
    if text.startswith('"') and text.endswith('"') and room > 2:
        return f'"{clip_cells(text[1:-1], room - 2)}"'
    if text.isascii():
        return f"{text[: room - 1].rstrip()}…"
    from rich.cells import cell_len, split_text

    kept = split_text(text, room - 1)[0]
    while measure_cells(kept) >= room:
        kept = split_text(kept, cell_len(kept) - 1)[0]
    return f"{kept.rstrip()}…"


def wrap_cells(line: str, width: int, indent: str = "") -> list[str]:
    """A line in several, each of which fits the width; those after the first begin with the indent.

    It is cut between words, and within one only where that is wider than the room.
    """
    if measure_cells(line) <= width:
        return [line]
    return [*_join_words(_split_words(line, width, width - len(indent)), width, indent)]


def hang_text(head: str, text: str, width: int) -> list[str]:
    """A text beside a head: its lines after the first begin where the first does."""
    taken = measure_cells(head)
    first, *more = wrap_cells(text, max(20, width - taken))
    return [head + first, *(" " * taken + line for line in more)]


def wrap_all(lines: Iterable[str], width: int, indent: str = "    ") -> Iterator[str]:
    """Several lines, each wrapped."""
    return (part for line in lines for part in wrap_cells(line, width, indent))


def _split_words(line: str, width: int, room: int) -> Iterator[str]:
    """The words of a line, the first with what it is indented by; a word without room is cut up."""
    margin = line[: len(line) - len(line.lstrip(" "))]
    first, *words = [*_list_words(line, room)] or [""]
    first = margin + first
    yield from [first] if measure_cells(first) <= width else _cut_up(first, room)
    for word in words:
        yield from [word] if measure_cells(word) <= room else _cut_up(word, room)


def _list_words(line: str, room: int) -> Iterator[str]:
    """What stands between spaces; what stands in back-ticks is one word where there is room.

    Who copies a command must not get half of it.
    """
    for found in _find_words(line):
        yield from [found[0]] if measure_cells(found[0]) <= room else found[0].split()


def _cut_up(word: str, room: int) -> Iterable[str]:
    if word.isascii():
        return (word[start : start + room] for start in range(0, len(word), room))
    from rich.cells import chop_cells

    return chop_cells(word, room)


def _join_words(words: Iterable[str], width: int, indent: str) -> Iterator[str]:
    line = ""
    for word in words:
        if not line:
            line = word
        elif measure_cells(line) + 1 + measure_cells(word) <= width:
            line += f" {word}"
        else:
            yield line
            line = indent + word
    yield line


def wrap_for(width: int) -> Wrap:
    """What cuts quoted lines so that they fit a width; they go on at their own indentation."""

    def wrap_line(line: str, taken: int) -> list[str]:
        room = max(20, width - taken)
        margin = line[: len(line) - len(line.lstrip())][: room // 2]
        return wrap_cells(line, room, margin)

    return wrap_line
