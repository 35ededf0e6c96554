"""`feed/ledger.yaml` to settings and findings.

The file travels with the feed, so that all seats obey the same rules. Without it any namespace
works as `NS-n` with at least four digits, and any seat may do anything. What is wrong in it is a
finding of the rule `bad-config` and leaves the default in force.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from ledger.core.config.defaults import DEFAULT_YAML, name_branch, write_default_yaml
from ledger.core.config.settings import FORMAT, Config, Namespace, Seat
from ledger.core.did_you_mean import suggest_nearest
from ledger.core.durations import FORM, LEAST_GRACE, format_duration, parse_duration
from ledger.core.feed.bounds import FINDING_LIMIT, MORE, SETTINGS_LIMIT
from ledger.core.feed.fields import Wrong, read_count
from ledger.core.feed.plain_tree import parse_plain_tree
from ledger.core.feed.yaml_tree import Node, YamlList, YamlMap, YamlScalar, place
from ledger.core.hidden import find_hidden, name_hidden
from ledger.core.ids import Pattern, explain_clash, is_lane, is_namespace, is_seat
from ledger.core.lazy_pattern import LazyPattern
from ledger.core.model import Finding, Severity, Where

__all__ = [
    "CONFIG_PATH",
    "DEFAULT_YAML",
    "FORMAT",
    "Config",
    "name_branch",
    "parse_config",
    "write_default_yaml",
]

CONFIG_PATH = "feed/ledger.yaml"
ROLES = ("code", "verify", "strat", "operator")


def parse_config(text: bytes, path: str = CONFIG_PATH) -> tuple[Config, tuple[Finding, ...]]:
    """Read the file; any bytes give settings. Those of a file that cannot be read are not writable."""
    if not text:
        return Config(), ()
    reading = _Reading(path)
    tree = reading.tree(text)
    if reading.unreadable:
        return Config(writable=False), tuple(reading.findings)
    if tree is None or (isinstance(tree, YamlScalar) and not tree.text):
        return Config(), tuple(reading.findings)
    given = reading.settings(tree, "the file", _SETTINGS)
    newer = given.get("format", FORMAT) > FORMAT
    if newer:
        reading.findings = [one for one in reading.findings if one.severity is Severity.WARNING]
    understood = isinstance(tree, YamlMap) and ("format" in given or not reading.names(tree, "format"))
    writable = understood and not newer
    return Config(**given, writable=writable), tuple(reading.findings)


class _Reading:
    """One file while it is read, and what was found in it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.lines: list[str] = []
        self.findings: list[Finding] = []
        self.unreadable = False

    @property
    def full(self) -> bool:
        """Whether what more is found is not told."""
        return len(self.findings) > FINDING_LIMIT

    def say(
        self, line: int, column: int, message: str, fix: str, severity: Severity = Severity.ERROR
    ) -> None:
        """Keep one finding; of very many the last says that."""
        if self.full:
            return
        if len(self.findings) == FINDING_LIMIT:
            message, fix = MORE, "mend those above first"
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        where = Where(self.path, line, column, text)
        self.findings.append(Finding("bad-config", where, message, fix, severity))

    def say_of(self, node: Node, message: str, fix: str) -> None:
        """Keep one finding at the place of a node."""
        self.say(node.line, node.column, message, fix)

    def tree(self, data: bytes) -> Node | None:
        """The file as a tree; None when it holds nothing, or nothing that can be read."""
        if len(data) > SETTINGS_LIMIT:
            self.unreadable = True
            self.say(1, 1, f"the file has more than {SETTINGS_LIMIT} bytes", "say it shorter")
            return None
        try:
            text = data.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            self.unreadable = True
            message = f"byte {error.start} of the file is not UTF-8"
            self.say(data.count(b"\n", 0, error.start) + 1, 1, message, "save the file as UTF-8")
            return None
        self.lines = text.split("\n")
        for position, chars in find_hidden(text):
            if self.full:
                break
            self.say(*place(text, position), f"hidden: {name_hidden(chars)}", "delete it")
        if (plain := parse_plain_tree(text)) is not None:
            return plain
        from ledger.core.feed.front import parse_yaml_tree  # with YAML, as a rule

        tree, problems = parse_yaml_tree(text)
        for problem in problems:
            self.say(*problem)
        self.unreadable = tree is None and bool(problems)
        return tree

    def names(self, node: Node, key: str) -> bool:
        """True when a map holds a key, whatever its value."""
        return isinstance(node, YamlMap) and any(name.text == key for name, _ in node.entries)

    def rows(self, node: Node, what: str) -> Iterator[tuple[YamlScalar, Node]]:
        """The entries of a map; none where there is nothing; something else is a finding."""
        if isinstance(node, YamlMap):
            yield from node.entries
        elif isinstance(node, YamlList) or node.text:
            self.say_of(node, f"{what} is no map", "write `key: value` lines")

    def settings(self, node: Node, what: str, readers: Mapping[str, "Reader"]) -> dict[str, Any]:
        """What a map sets, by a table of its keys; what cannot be read is left out."""
        given: dict[str, Any] = {}
        for key, value in self.rows(node, what):
            reader = readers.get(key.text)
            if reader is None and self.full:
                continue
            if reader is None:
                self.say_of(
                    key,
                    f"there is no setting `{key.text}`",
                    suggest_nearest(key.text, readers, _known(readers)),
                )
                continue
            read = reader(self, value)
            if read is not None:
                given[key.text] = read
        return given

    def texts(self, node: Node) -> tuple[YamlScalar, ...] | None:
        """A list of text, or None with a finding."""
        if isinstance(node, YamlList):
            leaves = tuple(item for item in node.items if isinstance(item, YamlScalar))
            if len(leaves) == len(node.items):
                return leaves
        self.say_of(node, "this is no list of words", "write a list: `[one, two]`")
        return None

    def texts_like(self, node: Node, is_right: Callable[[str], bool], what: str) -> tuple[str, ...] | None:
        """A list of words that are all right; those that are not become findings and are left out."""
        leaves = self.texts(node)
        if leaves is None:
            return None
        for leaf in leaves:
            if not is_right(leaf.text):
                self.say_of(leaf, f'"{leaf.text}" is no {what}', f"write the name of a {what}")
        return tuple(leaf.text for leaf in leaves if is_right(leaf.text))


Reader = Callable[[_Reading, Node], Any]
"""Reads the value of one setting; None with a finding when it is wrong."""


def _known(readers: Mapping[str, Reader]) -> str:
    return "there are " + ", ".join(readers)


def _text(node: Node) -> str:
    """The text of a node, "" for a list or a map."""
    return node.text if isinstance(node, YamlScalar) else ""


def _format(reading: _Reading, node: Node) -> int | None:
    number = _count(reading, node)
    if number is not None and number > FORMAT:
        message = f"this feed has format {number}; this git-ledger knows {FORMAT} and writes nothing"
        reading.say(node.line, node.column, message, "use a newer git-ledger", Severity.WARNING)
    return number


def _count(reading: _Reading, node: Node) -> int | None:
    value = read_count(_text(node))
    if isinstance(value, Wrong):
        reading.say_of(node, value.message, value.fix)
        return None
    return value


def _yes_or_no(reading: _Reading, node: Node) -> bool | None:
    if _text(node) in ("true", "false"):
        return _text(node) == "true"
    reading.say_of(node, f'"{_text(node)}" is neither true nor false', "write true or false")
    return None


# As `git check-ref-format --branch` has it.
_ref = LazyPattern(
    r"(?!.*(?:\.\.|//|@\{|/\.|\.lock(?:/|$)))[^-/.\s~^:?*\[\\][^\s~^:?*\[\\]*(?<![/.])"
).fullmatch


def _branch(reading: _Reading, node: Node) -> str | None:
    if _ref(_text(node)):
        return _text(node)
    reading.say_of(node, f'"{_text(node)}" is no branch', "write its name without refs/heads/")
    return None


def _duration(reading: _Reading, node: Node) -> timedelta | None:
    duration = parse_duration(_text(node))
    if duration is None:
        reading.say_of(node, f'"{_text(node)}" is no duration', FORM)
    return duration


def _grace(reading: _Reading, node: Node) -> timedelta | None:
    grace = _duration(reading, node)
    if grace is None or grace >= LEAST_GRACE:
        return grace
    words = "leaves nobody the time to answer a challenge"
    reading.say_of(node, f'"{_text(node)}" {words}', f"write {format_duration(LEAST_GRACE)} or more")
    return None


def _private_to(reading: _Reading, node: Node) -> str | None:
    if is_seat(_text(node)):
        return _text(node)
    reading.say_of(node, f'"{_text(node)}" is no seat', "write one seat's name")
    return None


def _lane(reading: _Reading, node: Node) -> str | None:
    if is_lane(_text(node)):
        return _text(node)
    reading.say_of(node, f'"{_text(node)}" is no lane', "write one word")
    return None


def _lanes(reading: _Reading, node: Node) -> tuple[str, ...] | None:
    return reading.texts_like(node, is_lane, "lane")


def _surfaces(reading: _Reading, node: Node) -> tuple[str, ...] | None:
    return reading.texts_like(node, is_seat, "seat")


def _role(reading: _Reading, node: Node) -> str | None:
    text = _text(node)
    if text in ROLES:
        return text
    reading.say_of(node, f'"{text}" is no role', suggest_nearest(text, ROLES, "write " + " or ".join(ROLES)))
    return None


def _ids(reading: _Reading, node: Node) -> tuple[YamlScalar, ...] | None:
    return (node,) if isinstance(node, YamlScalar) else reading.texts(node)


def _namespaces(reading: _Reading, node: Node) -> Mapping[str, Namespace] | None:
    if isinstance(node, YamlScalar) and not node.text:
        return None
    known: dict[str, Namespace] = {}
    for name, row in reading.rows(node, "`namespaces`"):
        if is_namespace(name.text):
            known[name.text] = _namespace(reading, name.text, row)
        else:
            fix = "an upper-case letter, then up to 15 letters and digits"
            reading.say_of(name, f'"{name.text}" is no namespace', fix)
    return MappingProxyType(known)


def _namespace(reading: _Reading, name: str, node: Node) -> Namespace:
    readers: Mapping[str, Reader] = {"id": _ids, "lane": _lane, "private_to": _private_to}
    given = reading.settings(node, name, readers)
    patterns = _patterns(reading, name, given.get("id", ()))
    return Namespace(
        patterns or (Pattern(name, 0, False, 4),), given.get("lane", name.lower()), given.get("private_to")
    )


def _patterns(reading: _Reading, name: str, leaves: tuple[YamlScalar, ...]) -> tuple[Pattern, ...]:
    """The patterns that are right and do not clash with one before them."""
    patterns: list[Pattern] = []
    for leaf in leaves:
        pattern = Pattern.parse(name, leaf.text)
        if isinstance(pattern, str):
            reading.say_of(leaf, pattern, f"write one like {name}-{{n:04}}")
            continue
        clashes = [said for one in patterns if (said := explain_clash(one, pattern))]
        if clashes:
            reading.say_of(leaf, clashes[0], "keep one of them")
        elif pattern not in patterns:
            patterns.append(pattern)
    return tuple(patterns)


def _seats(reading: _Reading, node: Node) -> Mapping[str, Seat] | None:
    if isinstance(node, YamlScalar) and not node.text:
        return None
    readers: Mapping[str, Reader] = {"role": _role, "lanes": _lanes, "wip": _count, "surfaces": _surfaces}
    known: dict[str, Seat] = {}
    owners: dict[str, str] = {}
    for name, row in reading.rows(node, "`seats`"):
        if not is_seat(name.text):
            reading.say_of(name, f'"{name.text}" is no seat', "up to 64 letters, digits, `.`, `_` and `-`")
            continue
        seat = Seat(**reading.settings(row, name.text, readers))
        known[name.text] = seat
        for surface in seat.surfaces:
            owner = owners.setdefault(surface, name.text)
            if owner != name.text:
                reading.say_of(name, f"{surface} is a surface of {owner} already", "name it once")
    return MappingProxyType(known)


_SETTINGS: Mapping[str, Reader] = {
    "format": _format,
    "branch": _branch,
    "namespaces": _namespaces,
    "seats": _seats,
    "seats_listed_only": _yes_or_no,
    "claim_ttl": _duration,
    "claim_grace": _grace,
    "confirm_within": _duration,
    "nudge_after": _duration,
    "dark_after": _duration,
    "ruling_stale_after": _duration,
    "warm_window": _duration,
}
