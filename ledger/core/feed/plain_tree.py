"""Settings of the plain form in which `init` writes them, read without YAML, whose import takes 15 ms.

Any other text is for `front.read_tree`; both read this form alike, held so by a test.
"""

import re
from typing import Final

from ledger.core.feed.yaml_tree import (
    FLOW_WORD,
    PLAIN_SCALAR,
    QUOTED_SCALAR,
    Node,
    YamlList,
    YamlMap,
    YamlScalar,
)

_SCALAR: Final = rf"(?:{FLOW_WORD}|{QUOTED_SCALAR})"
_LIST: Final = rf"\[(?:{_SCALAR}(?:, ?{_SCALAR})*)?\]"
_KEY: Final = r"[A-Za-z_][A-Za-z0-9_-]{0,63}"
_NAME: Final = r"[A-Za-z_][A-Za-z0-9_.-]{0,63}"
_PAIR: Final = rf"{_NAME}: (?:{_SCALAR}|{_LIST})"
_SETTING: Final = rf"({_KEY}):(?: ({PLAIN_SCALAR}|{QUOTED_SCALAR}|{_LIST}))?"
_ROW: Final = rf"  ({_NAME}): \{{(?:{_PAIR}(?:, ?{_PAIR})*)?\}}"
_PAIRS: Final = rf"({_NAME}): ({_SCALAR}|{_LIST})"
_SCALARS: Final = _SCALAR


def parse_plain_tree(text: str) -> YamlMap | None:
    """Read lines `key: value`, and below a `key:` lines `  name: {key: value, …}`; a value is text or a list.

    None for any other text, right or wrong.
    """
    if not text.replace("\n", "").isprintable():
        return None
    settings: dict[str, tuple[YamlScalar, Node]] = {}
    rows: dict[str, tuple[YamlScalar, Node]] = {}
    title: YamlScalar | None = None  # the key to which rows belong
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if found := re.fullmatch(_SETTING, line):
            # A key that stands twice is for the full reader, which says where.
            if found[1] in settings:
                return None
            key = YamlScalar(found[1], number, 1)
            title, rows = (None, rows) if found[2] else (key, {})
            value = (
                _parse_value(found[2], number, found.start(2) + 1)
                if found[2]
                else YamlScalar("", number, found.end() + 1)
            )
            settings[key.text] = key, value
        elif title is not None and (found := re.fullmatch(_ROW, line)) and found[1] not in rows:
            row = _parse_flow_map(line, number, found.end(1) + 2)
            if row is None:
                return None
            rows[found[1]] = YamlScalar(found[1], number, 3), row
            first = next(iter(rows.values()))[0]
            settings[title.text] = title, YamlMap(tuple(rows.values()), first.line, first.column)
        else:
            return None
    if not settings:
        return None
    first = next(iter(settings.values()))[0]
    return YamlMap(tuple(settings.values()), first.line, first.column)


def _parse_flow_map(line: str, number: int, start: int) -> YamlMap | None:
    """The map that begins at `start` of a line; None where a key stands twice."""
    pairs = list(re.compile(_PAIRS).finditer(line, start))
    entries = {
        pair[1]: (
            YamlScalar(pair[1], number, pair.start(1) + 1),
            _parse_value(pair[2], number, pair.start(2) + 1),
        )
        for pair in pairs
    }
    return YamlMap(tuple(entries.values()), number, start + 1) if len(entries) == len(pairs) else None


def _parse_value(written: str, line: int, column: int) -> Node:
    """A list or a scalar that stands at a place."""
    if written.startswith("["):
        items = (
            YamlScalar(_strip_quotes(found[0]), line, column + found.start())
            for found in re.finditer(_SCALARS, written)
        )
        return YamlList(tuple(items), line, column)
    return YamlScalar(_strip_quotes(written), line, column)


def _strip_quotes(written: str) -> str:
    return written[1:-1] if written.startswith('"') else written
