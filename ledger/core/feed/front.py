"""Text to header and body, byte for byte, and back; the only place that knows YAML.

A header is a flat map of text and lists of text. Every scalar stays what was written: `no`, `0107`,
`~` and dates are text. Most headers are a plain subset of YAML that one regular expression reads;
everything else goes by YAML's events, of which nothing is ever constructed, so that aliases cost
nothing. Both read a header alike, held so by a test.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ledger.core.feed.bounds import FIELD_LIMIT, FINDING_LIMIT, HEADER_LIMIT, MORE
from ledger.core.feed.yaml_tree import (
    FLOW_WORD,
    PLAIN_SCALAR,
    QUOTED_SCALAR,
    Node,
    YamlList,
    YamlMap,
    YamlScalar,
    line_and_column,
)
from ledger.core.lazy_pattern import LazyPattern

if TYPE_CHECKING:
    from yaml import Event

_DEPTH_LIMIT = 8

Value = str | tuple[str, ...]


class Problem(NamedTuple):
    """What is wrong at a line and column (from 1) of a file, and what to write instead."""

    line: int
    column: int
    message: str
    fix: str = ""


class HeaderEntry(NamedTuple):
    """The value of one key. `line` is the key's; `column` the value's if it begins on that line, else 1."""

    value: Value
    line: int
    column: int


Header = Mapping[str, HeaderEntry]


class Parts(NamedTuple):
    """A text with front matter, taken apart: `body` begins on line `body_line` of the text."""

    header: str
    header_line: int
    body: str
    body_line: int


def split_front_matter(text: str) -> Parts | Problem:
    """Take front matter and body apart at lines that are exactly `---`; LF line ends."""
    if not text.startswith("---\n"):
        return Problem(1, 1, "no front matter", "begin the file with a line `---`")
    # From 3, since the line feed behind the first line may be the one before the last: an empty header.
    end = text.find("\n---\n", 3)
    if end < 0 and text.endswith("\n---"):
        end = len(text) - 4
    if end < 0:
        return Problem(1, 1, "the front matter is not closed", "end it with a line that is exactly `---`")
    header = text[4 : end + 1]
    return Parts(header, 2, text[end + 5 :], header.count("\n") + 3)


def parse_header(header: str, first_line: int = 2) -> Header | tuple[Problem, ...]:
    """Read what stands between the `---` lines: every key with its value and place, or the problems."""
    if len(header) > HEADER_LIMIT:
        message = f"the front matter has {len(header)} characters, more than {HEADER_LIMIT}"
        return (Problem(first_line, 1, message, "put long text into the body"),)
    if not header.strip():
        return (Problem(first_line, 1, "the front matter is empty", "write `key: value` lines"),)
    # A header that is not blank has at least one entry, or is not plain: `or` never drops an empty result.
    entries = parse_plain_header(header, first_line) or parse_yaml_header(header, first_line)
    if len(entries) > FIELD_LIMIT and not isinstance(entries, tuple):
        message = f"the front matter has {len(entries)} fields, more than {FIELD_LIMIT}"
        return (Problem(first_line, 1, message, "put long text into the body"),)
    return entries


_match_entry = LazyPattern(
    rf"([A-Za-z_][A-Za-z0-9_-]{{0,63}}):(?: (?:({PLAIN_SCALAR})|({QUOTED_SCALAR})"
    rf"|\[((?:{FLOW_WORD}(?:, ?{FLOW_WORD})*)?)\])\n"
    rf"|\n((?:- (?:{PLAIN_SCALAR}|{QUOTED_SCALAR})\n)*))"
).match
_match_plain = LazyPattern(PLAIN_SCALAR).fullmatch
_FORBIDDEN = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff"
_search_forbidden = LazyPattern(f"[{_FORBIDDEN}]").search
_ESCAPED = LazyPattern(rf'[\t\n"\\{_FORBIDDEN}]')


def parse_plain_header(header: str, first_line: int) -> Header | None:
    """Read a header of the plain subset quickly; None for any other, right or wrong."""
    if not header.replace("\n", "").isprintable():
        return None
    entries: dict[str, HeaderEntry] = {}
    line, position, end = first_line, 0, len(header)
    while position < end:
        found = _match_entry(header, position)
        if found is None:
            return None
        key, plain, quoted, flow, items = found.groups()
        # The full reader says of a key that stands twice where it stood first.
        if key in entries:
            return None
        start = position
        position = found.end()
        if plain is not None:
            entries[key] = HeaderEntry(plain, line, found.start(2) - start + 1)
        elif quoted is not None:
            entries[key] = HeaderEntry(quoted[1:-1], line, found.start(3) - start + 1)
        elif flow is not None:
            listed = tuple(flow.replace(" ", "").split(",")) if flow else ()
            entries[key] = HeaderEntry(listed, line, found.start(4) - start)
        elif items:
            listed = tuple(_strip_quotes(item[2:]) for item in items[:-1].split("\n"))
            entries[key] = HeaderEntry(listed, line, 1)
            line += len(listed)
        else:
            entries[key] = HeaderEntry("", line, len(key) + 2)
        line += 1
    return entries


def _strip_quotes(text: str) -> str:
    return text[1:-1] if text[0] == '"' else text


def parse_yaml_header(header: str, first_line: int) -> Header | tuple[Problem, ...]:
    """Read any header by YAML's events."""
    tree, problems = parse_yaml_tree(header, first_line)
    if problems:
        return problems
    if not isinstance(tree, YamlMap):
        where = (tree.line, tree.column) if tree else (first_line, 1)
        return (Problem(*where, "the front matter is no map", "write `key: value` lines"),)
    entries: dict[str, HeaderEntry] = {}
    nested: list[Problem] = []
    for key, node in tree.entries:
        value = _flatten_node(node)
        if value is None:
            message = f"`{key.text}` holds a map or a list of lists"
            nested.append(Problem(key.line, key.column, message, "write text or a list of text"))
        else:
            entries[key.text] = HeaderEntry(value, key.line, node.column if node.line == key.line else 1)
    return tuple(nested) or entries


def _flatten_node(node: Node) -> Value | None:
    """The text or list of text that a node is, None when it is more than that."""
    if isinstance(node, YamlScalar):
        return node.text
    if isinstance(node, YamlMap):
        return None
    texts = tuple(item.text for item in node.items if isinstance(item, YamlScalar))
    return texts if len(texts) == len(node.items) else None


def render_header(fields: Sequence[tuple[str, Value]]) -> str:
    """Write fields so that `parse_header` gives them back: plain where it can be, else double quoted.

    Keys are plain words and differ; text may hold anything that UTF-8 can.
    """
    return "".join(_render_field(key, value) for key, value in fields)


def _render_field(key: str, value: Value) -> str:
    if isinstance(value, str):
        return f"{key}: {_render_scalar(value)}\n"
    if not value:
        return f"{key}: []\n"
    return f"{key}:\n" + "".join(f"- {_render_scalar(item)}\n" for item in value)


def _render_scalar(text: str) -> str:
    # What the plain pattern takes is read back by it as it is; YAML would agree, held so by a test.
    if text.isprintable() and _match_plain(text):
        return text
    return '"' + _ESCAPED.sub(_escape_character, text) + '"'


def _escape_character(found: re.Match[str]) -> str:
    char = found[0]
    if char in '"\\':
        return "\\" + char
    return f"\\u{ord(char):04x}"


def parse_yaml_tree(text: str, first_line: int = 1) -> tuple[Node | None, tuple[Problem, ...]]:
    """Read one YAML document without anchors, aliases, tags and duplicate keys.

    None without a problem is a document that holds nothing. A tree with problems is what could be
    read; None with problems is text that is no YAML.
    """
    import yaml

    forbidden = _search_forbidden(text)
    if forbidden is not None:
        line, column = line_and_column(text, forbidden.start())
        message = f"the character U+{ord(forbidden[0]):04X} cannot stand here"
        return None, (Problem(first_line + line - 1, column, message, "delete it"),)
    # Events and no objects: nothing is constructed, so that tags run no code and aliases multiply nothing.
    # CSafeLoader is missing where PyYAML was built without libyaml.
    builder = _TreeBuilder(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)), first_line)
    try:
        return builder.build_document(), tuple(builder.problems)
    except _TooMuchError as much:
        return None, (*builder.problems, much.problem)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = (first_line + mark.line, mark.column + 1) if mark else (first_line, 1)
        fix = 'write text that holds `: ` or ` #`, or begins with a mark, in "double quotes"'
        return None, (*builder.problems, Problem(*where, f"this is no YAML: {error.problem}", fix))


class _TooMuchError(Exception):
    """The text is nested too deep, or has too many problems, to be read to its end."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem


class _TreeBuilder:
    """Turns events into a tree; what a file of ours may not use becomes a problem."""

    def __init__(self, events: "Iterator[Event]", first_line: int) -> None:
        self.events = events
        self.first_line = first_line
        self.problems: list[Problem] = []

    def build_document(self) -> Node | None:
        """The one document of the stream."""
        import yaml

        # The stream begins; then it ends, or its first document begins, whose node is next.
        next(self.events)
        if isinstance(next(self.events), yaml.StreamEndEvent):
            return None
        tree = self._build_node(next(self.events), 0)
        next(self.events)
        end = next(self.events)
        if not isinstance(end, yaml.StreamEndEvent):
            self._add_problem(end, "a second document begins here", "keep one")
        return tree

    def _build_node(self, event: "Event", depth: int) -> Node:
        import yaml

        self._reject_references(event)
        line, column = self._position_of(event)
        # The tree is built by recursion: some hundreds of levels would end in a RecursionError.
        if depth > _DEPTH_LIMIT:
            raise _TooMuchError(Problem(line, column, "this is nested too deep", "write it flat"))
        if isinstance(event, yaml.SequenceStartEvent):
            return YamlList(tuple(self._build_items(depth + 1)), line, column)
        if isinstance(event, yaml.MappingStartEvent):
            return YamlMap(tuple(self._build_entries(depth + 1)), line, column)
        return YamlScalar(event.value if isinstance(event, yaml.ScalarEvent) else "", line, column)

    def _build_items(self, depth: int) -> Iterator[Node]:
        import yaml

        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            yield self._build_node(event, depth)

    def _build_entries(self, depth: int) -> Iterator[tuple[YamlScalar, Node]]:
        import yaml

        seen: dict[str, int] = {}
        # Keys and values take turns as events; a key may be a whole node.
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._build_node(event, depth)
            value = self._build_node(next(self.events), depth)
            if not isinstance(key, YamlScalar) or not key.text:
                self._add_problem(event, "a key is missing here", "write `key: value`")
            elif key.text in seen:
                first = seen[key.text]
                self._add_problem(event, f"`{key.text}` stands twice, first on line {first}", "keep one")
            else:
                seen[key.text] = key.line
                yield key, value

    def _reject_references(self, event: "Event") -> None:
        import yaml

        if isinstance(event, yaml.AliasEvent):
            self._add_problem(event, f"alias `*{event.anchor}`", "write the value itself, or quote it")
        elif isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            self._add_problem(event, f"anchor `&{event.anchor}`", "delete it, or quote the value")
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._add_problem(event, f"tag `{tag}`", "delete it, or quote the value")

    def _add_problem(self, event: "Event", message: str, fix: str) -> None:
        if len(self.problems) == FINDING_LIMIT:
            raise _TooMuchError(Problem(*self._position_of(event), MORE, "mend those above first"))
        self.problems.append(Problem(*self._position_of(event), message, fix))

    def _position_of(self, event: "Event") -> tuple[int, int]:
        mark = event.start_mark
        return (self.first_line + mark.line, mark.column + 1) if mark else (self.first_line, 1)
