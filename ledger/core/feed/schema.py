"""The header of a post as JSON Schema, for editors and for programs that write posts without the tool.

It says of a header what `posts.parse_post` says: what that finds to be a `bad-value` or an `unknown-field` is
invalid here. A pattern cannot say that a day is in no calendar, nor that two entries differ in case alone:
such headers are valid here, and refused there. Values are text or lists of text, as the tool reads them;
counts may be numbers too, since other readers of YAML make numbers of them.
"""

from collections.abc import Iterable
from typing import Any, Final

from ledger.core.board.kind import Kind
from ledger.core.board.kinds import KINDS
from ledger.core.feed.bounds import CRITERIA_LIMIT, CRITERION_LIMIT, FIELD_LIMIT, LABEL_LIMIT, LIST_LIMIT
from ledger.core.feed.fields import ALL, DRIVERS, FILLED_IN
from ledger.core.ids import NAME_PATTERNS
from ledger.core.model import NEVER_DUE, Priority, State

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_BASE: Final = ("seat", "at", "kind")

Schema = dict[str, Any]


def make_header_schema() -> Schema:
    """The schema of a header: of each kind what it needs and carries, and of each field what it may say."""
    fields = _describe_fields()
    return {
        "$schema": DIALECT,
        "title": "The header of a post of git-ledger",
        "type": "object",
        "required": [*_BASE],
        "maxProperties": FIELD_LIMIT,
        "properties": {
            "seat": _match(NAME_PATTERNS["seat"]),
            "at": _match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z"),
            "kind": _match("[a-z][a-z0-9-]{0,31}"),
        },
        "allOf": [_describe_kind(kind, fields) for kind in KINDS.values()],
    }


def _describe_kind(kind: Kind, fields: dict[str, Schema]) -> Schema:
    """What holds of a header of a kind. A list that a kind needs has an entry."""
    carried = [name for name in fields if name in kind.fields or name in FILLED_IN]
    properties = {name: fields[name] for name in carried}
    for name in kind.required:
        if fields[name].get("type") == "array":
            properties[name] = {**fields[name], "minItems": 1}
    own = {"propertyNames": {"anyOf": [{"enum": [*_BASE, *carried]}, {"pattern": "^x-"}]}}
    return {
        "if": {"properties": {"kind": {"const": kind.name}}, "required": ["kind"]},
        "then": {"required": [*kind.required], "properties": properties, **own},
    }


def _describe_fields() -> dict[str, Schema]:
    """What each field may say, by its name."""
    ticket, seat, lane = (_match(NAME_PATTERNS[name]) for name in ("ticket", "seat", "lane"))
    post, posts = _match(NAME_PATTERNS["post"]), _list(_match(NAME_PATTERNS["post"]))
    tickets, count = _list(ticket), {"anyOf": [_match("[1-9][0-9]{0,8}"), _count()]}
    line = _match(_LINE)
    return {
        "seq": count,
        "prev": post,
        "saw": posts,
        "item": ticket,
        "state": _choose(State),
        "priority": _choose(Priority),
        "lane": lane,
        "subject": line,
        "owner": _match(rf"{NAME_PATTERNS['seat']}|awaiting-[A-Za-z0-9._-]{{1,64}}-ruling"),
        "parent": ticket,
        "related": tickets,
        "after": tickets,
        "blocked_on": _list(_match(rf"(?:ruling:(?:{NAME_PATTERNS['ticket']})|(?!{_RULING}){_LINE})")),
        "rules_on": tickets,
        "corrects": post,
        "cites": posts,
        "branch": line,
        "worktree": line,
        "clone": _match("[0-9a-f]{16}"),
        "lanes": _list(lane),
        "wip": count,
        "cap": count,
        "driver": _choose(DRIVERS),
        "labels": _set({"type": "string", "minLength": 1, "maxLength": 40}, LABEL_LIMIT),
        "criteria": _set({**line, "maxLength": CRITERION_LIMIT}, CRITERIA_LIMIT),
        "met": _set({"anyOf": [_match(f"{ALL}|[1-9][0-9]?"), _count(99)]}, CRITERIA_LIMIT),
        "due": _match(rf"{NEVER_DUE}|{_DAY}(?:T[0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}}(?:\.[0-9]{{3}})?)?Z)?"),
        "to": _list(seat),
    }


_LINE: Final = r"[^\n]*\S[^\n]*"
_DAY: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_RULING: Final = r"[Rr][Uu][Ll][Ii][Nn][Gg]\s*:"


def _match(pattern: str) -> Schema:
    """Text that is this from end to end; `$` would let a line feed stand behind it where Python looks."""
    return {"type": "string", "pattern": rf"^(?:{pattern})(?![\s\S])"}


def _count(most: int = 999_999_999) -> Schema:
    return {"type": "integer", "minimum": 1, "maximum": most}


def _choose(words: Iterable[str]) -> Schema:
    return {"enum": [str(word) for word in words]}


def _list(entry: Schema, most: int = LIST_LIMIT) -> Schema:
    return {"type": "array", "items": entry, "maxItems": most}


def _set(entry: Schema, most: int) -> Schema:
    return {**_list(entry, most), "uniqueItems": True}
