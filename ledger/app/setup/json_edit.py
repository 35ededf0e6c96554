"""Adding to JSON that somebody wrote, and taking it out again: every other byte stays as it is.

What is made anew around an entry, an object or a list, never has its first member right after its bracket;
an empty one that was there is filled right after it. So taking out tells the one, which goes, from the other,
which is left empty as it was.
"""

import json
import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from ledger.core.dataclass import dataclass
from ledger.core.json_input import parse_json

_match_space = re.compile(r"[ \t\r\n]*")
_find_indents = re.compile(r"\n([ \t]+)\S").findall
_decode_value = json.JSONDecoder().raw_decode


@dataclass(frozen=True, slots=True)
class Node:
    """A value and where it stands in the text; `members` of an object or a list, where they were read."""

    start: int
    end: int
    value: Any
    members: tuple["Member", ...] = ()

    def find_member(self, key: str) -> "Member | None":
        """The member of this name that counts: the last one."""
        return next((member for member in reversed(self.members) if member.key == key), None)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object, from its key on, or of a list, where the key is empty."""

    key: str
    start: int
    node: Node


def list_entries(text: str, path: Sequence[str]) -> list[Any]:
    """What the list at a path holds; nothing where there is none.

    Raises ValueError for what is no JSON object, or has something else at the path.
    """
    nodes = _find_nodes(text, path)
    return list(nodes[-1].value) if len(nodes) > len(path) else []


def add_entry(text: str, path: Sequence[str], entry: Any) -> str:  # noqa: ANN401 - any JSON value
    """The text with an entry more at the end of the list at a path, which is made where it is missing.

    Raises ValueError as `entries` does.
    """
    nodes = _find_nodes(text, path)
    box, missing = nodes[-1], path[len(nodes) - 1 :]
    style = _find_style(text, box)
    if box.members:
        last = box.members[-1].node.end
        return text[:last] + f",{style.before}{_write_member(missing, entry, style)}" + text[last:]
    return text[: box.start + 1] + _write_member(missing, entry, style) + text[box.start + 1 :]


def remove_entries(text: str, path: Sequence[str], ours: Callable[[Any], bool]) -> str:
    """The text without the entries that are ours in the list at a path, and what was made to hold them."""
    nodes = _find_nodes(text, path)
    members = nodes[-1].members if len(nodes) > len(path) else ()
    for before, member in reversed(list(pairwise(members))):
        if ours(member.node.value):
            text = text[: before.node.end] + text[member.node.end :]
    if not members or not ours(members[0].node.value):
        return text
    nodes = _find_nodes(text, path)
    start, end = _find_extent(nodes, nodes[-1].members[0])
    return text[:start] + text[end:]


def _find_extent(nodes: Sequence[Node], member: Member) -> tuple[int, int]:
    """What goes when a member of the last of these nodes goes, each node being a member of the one before."""
    box = nodes[-1]
    place = box.members.index(member)
    if place:
        return box.members[place - 1].node.end, member.node.end
    if len(box.members) > 1:
        return member.start, box.members[1].start
    if member.start == box.start + 1 or len(nodes) == 1:
        return member.start, member.node.end
    holder = next(member_of for member_of in nodes[-2].members if member_of.node.start == box.start)
    return _find_extent(nodes[:-1], holder)


@dataclass(frozen=True, slots=True)
class _Style:
    """How a container is laid out: what stands before a member, on a line of its own or not."""

    lines: bool
    newline: str
    indent: str
    unit: str

    @property
    def before(self) -> str:
        return f"{self.newline}{self.indent}" if self.lines else " "


def _find_style(text: str, box: Node) -> _Style:
    newline = "\r\n" if "\r\n" in text else "\n"
    unit = min(_find_indents(text), key=len, default="  ")
    if not box.members:
        return _Style(True, newline, _find_indent(text, box.start) + unit, unit)
    last = box.members[-1]
    lines = "\n" in text[last.node.end : box.end]
    return _Style(lines, newline, _find_indent(text, last.start), unit)


def _find_indent(text: str, at: int) -> str:
    """What the line of a place begins with."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _write_member(missing: Sequence[str], entry: Any, style: _Style) -> str:  # noqa: ANN401
    """The entry with what is missing around it, the outermost as a member of what is there."""
    if not style.lines:
        text = json.dumps(entry)
        for key in reversed(missing):
            text = f'"{key}": [ {text} ]' if key == missing[-1] else f'"{key}": {{ {text} }}'
        return text
    value = entry
    for key in reversed(missing):
        value = {key: [value] if key == missing[-1] else value}
    text = json.dumps(value, indent=style.unit)
    if missing:  # the member alone, without the braces around it
        text = "\n".join(line.removeprefix(style.unit) for line in text.split("\n")[1:-1])
    return text.replace("\n", f"{style.newline}{style.indent}")


def _find_nodes(text: str, path: Sequence[str]) -> list[Node]:
    """The nodes from the root along a path, as far as it is there."""
    parse_json(text)
    nodes = [_parse_node(text, _skip_space(text, 0))]
    for key in path:
        if not isinstance(nodes[-1].value, dict):
            raise ValueError("something else than an object stands there")
        member = nodes[-1].find_member(key)
        if member is None:
            return nodes
        nodes.append(_parse_node(text, member.node.start))
    if not isinstance(nodes[-1].value, list):
        raise ValueError("something else than a list stands there")
    return nodes


def _parse_node(text: str, at: int) -> Node:
    """The value at a place; those of its members are read, and not their members."""
    value, end = _decode_value(text, at)
    if not isinstance(value, dict | list):
        return Node(at, end, value)
    # The text is JSON by now (`_find_nodes`): what is skipped is a colon, a comma or the closing bracket.
    members: list[Member] = []
    place = _skip_space(text, at + 1)
    while place < end - 1:
        start, key = place, ""
        if isinstance(value, dict):
            key, place = _decode_value(text, place)
            place = _skip_space(text, _skip_space(text, place) + 1)
        inner, stop = _decode_value(text, place)
        members.append(Member(key, start, Node(place, stop, inner)))
        place = _skip_space(text, _skip_space(text, stop) + 1)
    return Node(at, end, value, tuple(members))


def _skip_space(text: str, at: int) -> int:
    found = _match_space.match(text, at)
    return found.end() if found else at
