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
from ledger.core.feed.yaml_tree import Node, YamlList, YamlMap, YamlScalar, line_and_column
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
    tree = reading.parse_tree(text)
    if reading.unreadable:
        return Config(writable=False), tuple(reading.findings)
    if tree is None or (isinstance(tree, YamlScalar) and not tree.text):
        return Config(), tuple(reading.findings)
    settings = reading.read_settings(tree, "the file", _SETTINGS)
    newer = settings.get("format", FORMAT) > FORMAT
    if newer:
        # An older version cannot tell a mistake from a setting that it does not know yet.
        reading.findings = [finding for finding in reading.findings if finding.severity is Severity.WARNING]
    understood = isinstance(tree, YamlMap) and ("format" in settings or not reading.has_key(tree, "format"))
    writable = understood and not newer
    return Config(**settings, writable=writable), tuple(reading.findings)


class _Reading:
    """One file while it is read, and what was found in it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.lines: list[str] = []
        self.findings: list[Finding] = []
        self.unreadable = False

    @property
    def is_at_limit(self) -> bool:
        """Whether what more is found is not told."""
        return len(self.findings) > FINDING_LIMIT

    def add_finding(
        self, line: int, column: int, message: str, fix: str, severity: Severity = Severity.ERROR
    ) -> None:
        """Keep one finding; of very many the last says that."""
        if self.is_at_limit:
            return
        if len(self.findings) == FINDING_LIMIT:
            message, fix = MORE, "mend those above first"
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        where = Where(self.path, line, column, text)
        self.findings.append(Finding("bad-config", where, message, fix, severity))

    def add_finding_at(self, node: Node, message: str, fix: str) -> None:
        """Keep one finding at the place of a node."""
        self.add_finding(node.line, node.column, message, fix)

    def parse_tree(self, data: bytes) -> Node | None:
        """The file as a tree; None when it holds nothing, or nothing that can be read."""
        if len(data) > SETTINGS_LIMIT:
            self.unreadable = True
            self.add_finding(1, 1, f"the file has more than {SETTINGS_LIMIT} bytes", "say it shorter")
            return None
        try:
            text = data.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            self.unreadable = True
            message = f"byte {error.start} of the file is not UTF-8"
            self.add_finding(data.count(b"\n", 0, error.start) + 1, 1, message, "save the file as UTF-8")
            return None
        self.lines = text.split("\n")
        for position, chars in find_hidden(text):
            if self.is_at_limit:
                break
            self.add_finding(*line_and_column(text, position), f"hidden: {name_hidden(chars)}", "delete it")
        # Importing YAML takes 15 ms, and what `init` writes needs none of it.
        if (plain := parse_plain_tree(text)) is not None:
            return plain
        from ledger.core.feed.front import parse_yaml_tree  # with YAML, as a rule

        tree, problems = parse_yaml_tree(text)
        for problem in problems:
            self.add_finding(*problem)
        self.unreadable = tree is None and bool(problems)
        return tree

    def has_key(self, node: Node, key: str) -> bool:
        """True when a map holds a key, whatever its value."""
        return isinstance(node, YamlMap) and any(name.text == key for name, _ in node.entries)

    def entries_of_map(self, node: Node, what: str) -> Iterator[tuple[YamlScalar, Node]]:
        """The entries of a map; none where there is nothing; something else is a finding."""
        if isinstance(node, YamlMap):
            yield from node.entries
        elif isinstance(node, YamlList) or node.text:
            self.add_finding_at(node, f"{what} is no map", "write `key: value` lines")

    def read_settings(self, node: Node, what: str, readers: Mapping[str, "Reader"]) -> dict[str, Any]:
        """What a map sets, by a table of its keys; what cannot be read is left out."""
        settings: dict[str, Any] = {}
        for key, value in self.entries_of_map(node, what):
            reader = readers.get(key.text)
            if reader is None and self.is_at_limit:
                continue
            if reader is None:
                self.add_finding_at(
                    key,
                    f"there is no setting `{key.text}`",
                    suggest_nearest(key.text, readers, _list_settings(readers)),
                )
                continue
            read = reader(self, value)
            if read is not None:
                settings[key.text] = read
        return settings

    def read_texts(self, node: Node) -> tuple[YamlScalar, ...] | None:
        """A list of text, or None with a finding."""
        if isinstance(node, YamlList):
            leaves = tuple(item for item in node.items if isinstance(item, YamlScalar))
            if len(leaves) == len(node.items):
                return leaves
        self.add_finding_at(node, "this is no list of words", "write a list: `[one, two]`")
        return None

    def read_checked_texts(
        self, node: Node, is_right: Callable[[str], bool], what: str
    ) -> tuple[str, ...] | None:
        """A list of words that are all right; those that are not become findings and are left out."""
        leaves = self.read_texts(node)
        if leaves is None:
            return None
        for leaf in leaves:
            if not is_right(leaf.text):
                self.add_finding_at(leaf, f'"{leaf.text}" is no {what}', f"write the name of a {what}")
        return tuple(leaf.text for leaf in leaves if is_right(leaf.text))


Reader = Callable[[_Reading, Node], Any]
"""Reads the value of one setting; None with a finding when it is wrong."""


def _list_settings(readers: Mapping[str, Reader]) -> str:
    return "there are " + ", ".join(readers)


def _text_of_node(node: Node) -> str:
    """The text of a node, "" for a list or a map."""
    return node.text if isinstance(node, YamlScalar) else ""


def _read_format(reading: _Reading, node: Node) -> int | None:
    number = _read_count(reading, node)
    if number is not None and number > FORMAT:
        message = f"this feed has format {number}; this git-ledger knows {FORMAT} and writes nothing"
        reading.add_finding(node.line, node.column, message, "use a newer git-ledger", Severity.WARNING)
    return number


def _read_count(reading: _Reading, node: Node) -> int | None:
    value = read_count(_text_of_node(node))
    if isinstance(value, Wrong):
        reading.add_finding_at(node, value.message, value.fix)
        return None
    return value


def _read_yes_or_no(reading: _Reading, node: Node) -> bool | None:
    if _text_of_node(node) in ("true", "false"):
        return _text_of_node(node) == "true"
    reading.add_finding_at(node, f'"{_text_of_node(node)}" is neither true nor false', "write true or false")
    return None


# As `git check-ref-format --branch` has it.
_ref = LazyPattern(
    r"(?!.*(?:\.\.|//|@\{|/\.|\.lock(?:/|$)))[^-/.\s~^:?*\[\\][^\s~^:?*\[\\]*(?<![/.])"
).fullmatch


def _read_branch(reading: _Reading, node: Node) -> str | None:
    if _ref(_text_of_node(node)):
        return _text_of_node(node)
    reading.add_finding_at(
        node, f'"{_text_of_node(node)}" is no branch', "write its name without refs/heads/"
    )
    return None


def _read_prefix(reading: _Reading, node: Node) -> str | None:
    if is_namespace(_text_of_node(node)):
        return _text_of_node(node)
    fix = "an upper-case letter, then up to 15 letters and digits"
    reading.add_finding_at(node, f'"{_text_of_node(node)}" is no prefix', fix)
    return None


def _read_duration(reading: _Reading, node: Node) -> timedelta | None:
    duration = parse_duration(_text_of_node(node))
    if duration is None:
        reading.add_finding_at(node, f'"{_text_of_node(node)}" is no duration', FORM)
    return duration


def _read_grace(reading: _Reading, node: Node) -> timedelta | None:
    grace = _read_duration(reading, node)
    if grace is None or grace >= LEAST_GRACE:
        return grace
    words = "leaves nobody the time to answer a challenge"
    reading.add_finding_at(
        node, f'"{_text_of_node(node)}" {words}', f"write {format_duration(LEAST_GRACE)} or more"
    )
    return None


def _read_private_to(reading: _Reading, node: Node) -> str | None:
    if is_seat(_text_of_node(node)):
        return _text_of_node(node)
    reading.add_finding_at(node, f'"{_text_of_node(node)}" is no seat', "write one seat's name")
    return None


def _read_lane(reading: _Reading, node: Node) -> str | None:
    if is_lane(_text_of_node(node)):
        return _text_of_node(node)
    reading.add_finding_at(node, f'"{_text_of_node(node)}" is no lane', "write one word")
    return None


def _read_lanes(reading: _Reading, node: Node) -> tuple[str, ...] | None:
    return reading.read_checked_texts(node, is_lane, "lane")


def _read_surfaces(reading: _Reading, node: Node) -> tuple[str, ...] | None:
    return reading.read_checked_texts(node, is_seat, "seat")


def _read_role(reading: _Reading, node: Node) -> str | None:
    text = _text_of_node(node)
    if text in ROLES:
        return text
    reading.add_finding_at(
        node, f'"{text}" is no role', suggest_nearest(text, ROLES, "write " + " or ".join(ROLES))
    )
    return None


def _read_ids(reading: _Reading, node: Node) -> tuple[YamlScalar, ...] | None:
    return (node,) if isinstance(node, YamlScalar) else reading.read_texts(node)


def _read_namespaces(reading: _Reading, node: Node) -> Mapping[str, Namespace] | None:
    if isinstance(node, YamlScalar) and not node.text:
        return None
    namespaces: dict[str, Namespace] = {}
    for name, row in reading.entries_of_map(node, "`namespaces`"):
        if is_namespace(name.text):
            namespaces[name.text] = _read_namespace(reading, name.text, row)
        else:
            fix = "an upper-case letter, then up to 15 letters and digits"
            reading.add_finding_at(name, f'"{name.text}" is no namespace', fix)
    return MappingProxyType(namespaces)


def _read_namespace(reading: _Reading, name: str, node: Node) -> Namespace:
    readers: Mapping[str, Reader] = {"id": _read_ids, "lane": _read_lane, "private_to": _read_private_to}
    settings = reading.read_settings(node, name, readers)
    patterns = _read_patterns(reading, name, settings.get("id", ()))
    return Namespace(
        patterns or (Pattern(name, 0, False, 4),),
        settings.get("lane", name.lower()),
        settings.get("private_to"),
    )


def _read_patterns(reading: _Reading, name: str, leaves: tuple[YamlScalar, ...]) -> tuple[Pattern, ...]:
    """The patterns that are right and do not clash with one before them."""
    patterns: list[Pattern] = []
    for leaf in leaves:
        pattern = Pattern.parse_pattern(name, leaf.text)
        if isinstance(pattern, str):
            reading.add_finding_at(leaf, pattern, f"write one like {name}-{{n:04}}")
            continue
        clashes = [clash for earlier in patterns if (clash := explain_clash(earlier, pattern))]
        if clashes:
            reading.add_finding_at(leaf, clashes[0], "keep one of them")
        elif pattern not in patterns:
            patterns.append(pattern)
    return tuple(patterns)


def _read_seats(reading: _Reading, node: Node) -> Mapping[str, Seat] | None:
    if isinstance(node, YamlScalar) and not node.text:
        return None
    readers: Mapping[str, Reader] = {
        "role": _read_role,
        "lanes": _read_lanes,
        "wip": _read_count,
        "surfaces": _read_surfaces,
    }
    seats: dict[str, Seat] = {}
    owners: dict[str, str] = {}
    for name, row in reading.entries_of_map(node, "`seats`"):
        if not is_seat(name.text):
            reading.add_finding_at(
                name, f'"{name.text}" is no seat', "up to 64 letters, digits, `.`, `_` and `-`"
            )
            continue
        seat = Seat(**reading.read_settings(row, name.text, readers))
        seats[name.text] = seat
        for surface in seat.surfaces:
            # The first row that names a surface has it, as in `Config.identities`.
            owner = owners.setdefault(surface, name.text)
            if owner != name.text:
                reading.add_finding_at(name, f"{surface} is a surface of {owner} already", "name it once")
    return MappingProxyType(seats)


_SETTINGS: Mapping[str, Reader] = {
    "format": _read_format,
    "branch": _read_branch,
    "prefix": _read_prefix,
    "namespaces": _read_namespaces,
    "seats": _read_seats,
    "seats_listed_only": _read_yes_or_no,
    "claim_ttl": _read_duration,
    "claim_grace": _read_grace,
    "confirm_within": _read_duration,
    "nudge_after": _read_duration,
    "dark_after": _read_duration,
    "ruling_stale_after": _read_duration,
    "warm_window": _read_duration,
    "seal_above": _read_count,
}
