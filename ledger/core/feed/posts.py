"""Bytes to a post and what is wrong with it, and fields to bytes.

Any bytes give an answer. A post that cannot be known (no header, no seat, no time, no place in the
feed) is None with a finding; anything less is a finding beside the post, which then lacks the part
that is wrong. Findings are named like the rules that report them.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from ledger.core.board.kinds import KINDS, kind_of, kinds_with_field
from ledger.core.did_you_mean import suggest_nearest
from ledger.core.feed.bounds import FINDING_LIMIT, MORE, POST_LIMIT
from ledger.core.feed.directives import parse_directives
from ledger.core.feed.fields import FIELD_ORDER, FIELDS, FILLED_IN, Typed, Wrong, is_custom_field
from ledger.core.feed.front import (
    Header,
    HeaderEntry,
    Problem,
    Value,
    parse_header,
    render_header,
    split_front_matter,
)
from ledger.core.feed.yaml_tree import line_and_column
from ledger.core.hidden import find_hidden, name_hidden
from ledger.core.ids import (
    YEARS,
    PostId,
    compact_timestamp,
    format_timestamp,
    is_seat,
    make_post_id,
    parse_day_or_time,
    parse_post_id,
    parse_timestamp,
    path_of_post,
)
from ledger.core.lazy_pattern import LazyPattern
from ledger.core.model import Directive, Finding, Post, Severity, Where

__all__ = ["FIELD_ORDER", "POST_LIMIT", "parse_post", "render_post"]

_MODES = {"120000": "a symbolic link", "160000": "a submodule"}
_BASE = ("seat", "at", "kind")
_OWN_ITEM = {"CONFIRM-PENDING": "item", "CONFIRMED": "item", "DECLINE": "item", "AMENDMENT": "to"}

_match_kind = LazyPattern("[a-z][a-z0-9-]{0,31}").fullmatch


def parse_post(data: bytes, path: str, mode: str = "100644") -> tuple[Post | None, tuple[Finding, ...]]:
    """Read the file at `path` (from the repository's root) with git's `mode`; never raises."""
    page = _Page(path)
    return _parse_page(page, data, mode), tuple(page.findings)


def render_post(fields: Sequence[tuple[str, Value]], body: str) -> bytes:
    """The file of a post; its body ends in one line feed unless it is empty."""
    body = body.rstrip("\n")
    ending = "\n" if body else ""
    return f"---\n{render_header(fields)}---\n{body}{ending}".encode()


class _Page:
    """One file while it is read, and what was found in it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.post: str | None = None
        self.item: str | None = None
        self.text = ""
        self.lines: list[str] = []
        """The lines of `text`, made when the first finding needs them."""
        self.findings: list[Finding] = []
        self.counts: Counter[str] = Counter()

    def add_finding(
        self, rule: str, line: int, column: int, message: str, fix: str, severity: Severity = Severity.ERROR
    ) -> None:
        """Keep one finding at a line and column of the text; of many of one rule the last says that."""
        self.counts[rule] += 1
        if self.counts[rule] > FINDING_LIMIT + 1:
            return
        if self.is_at_limit(rule):
            message, fix = MORE, "mend those above first"
        self.lines = self.lines or self.text.split("\n")
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        where = Where(self.path, line, column, text)
        self.findings.append(Finding(rule, where, message, fix, severity, self.item, self.post))

    def is_at_limit(self, rule: str) -> bool:
        """Whether what more is found under this rule's name is not told one by one."""
        return self.counts[rule] > FINDING_LIMIT

    def add_problems(self, rule: str, problems: Sequence[Problem]) -> None:
        """Keep problems as findings of one rule."""
        for problem in problems:
            self.add_finding(rule, *problem)


class _Signature(NamedTuple):
    seat: str
    at: datetime
    kind: str


def _parse_page(page: _Page, data: bytes, mode: str) -> Post | None:
    name = _parse_path(page)
    text = _decode_text(page, data, mode)
    if text is None:
        return None
    text = _normalize_text(page, text)
    parts = split_front_matter(text)
    if isinstance(parts, Problem):
        page.add_problems("unreadable-post", [parts])
        return None
    header = parse_header(parts.header, parts.header_line)
    if isinstance(header, tuple):
        page.add_problems("unreadable-post", header)
        return None
    # Only a quoted YAML text with an escape can hold what the bytes do not show.
    if "\\" in parts.header:
        _find_escaped_hidden(page, header)
    # Without all three a file is no post: the order, the path and the fold all need them.
    signature = _parse_signature(page, header)
    if signature is None or name is None or page.post is None:
        kind = header.get("kind")
        if kind is not None and isinstance(kind.value, str) and kind.value in KINDS:
            _parse_fields(page, header, kind.value)  # what is wrong there is told in the same run
        return None
    _compare_with_path(page, name, signature)
    typed, extra = _parse_fields(page, header, signature.kind)
    directives = _parse_body(page, header, parts.body, parts.body_line, signature.kind)
    lines = {key: header[key].line for key in (*_BASE, *typed)}
    return Post(
        id=page.post,
        path=page.path,
        seat=signature.seat,
        at=signature.at,
        kind=signature.kind,
        extra=MappingProxyType(extra),
        directives=directives,
        body=parts.body,
        body_line=parts.body_line,
        lines=MappingProxyType(lines),
        **typed,
    )


def _parse_path(page: _Page) -> PostId | None:
    """What the file's name says; a name that is no post id, or in the wrong folder, is a finding."""
    stem = page.path.rpartition("/")[2].removesuffix(".md")
    name = parse_post_id(stem)
    for _, chars in find_hidden(page.path):
        page.add_finding("hidden-characters", 1, 1, f"the path holds {name_hidden(chars)}", "rename the file")
    if name is None:
        fix = "`git ledger append` writes posts where they belong"
        page.add_finding("misplaced-post", 1, 1, "the file's name is no post id", fix)
        return None
    # A post in the wrong folder is read all the same: its id says who and when, and moving it is the mending.
    page.post = stem
    if page.path != path_of_post(stem):
        page.add_finding(
            "misplaced-post", 1, 1, "the post is in the wrong folder", f"move it to {path_of_post(stem)}"
        )
    return name


def _decode_text(page: _Page, data: bytes, mode: str) -> str | None:
    if mode in _MODES:
        page.add_finding("unreadable-post", 1, 1, f"the post is {_MODES[mode]}", "make it a plain file")
    elif not data:
        page.add_finding(
            "unreadable-post", 1, 1, "the file is empty", "restore it, or remove it before it lands"
        )
    elif len(data) > POST_LIMIT:
        page.add_finding(
            "unreadable-post", 1, 1, f"the file has more than {POST_LIMIT} bytes", "say it shorter"
        )
    else:
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            column = error.start - data.rfind(b"\n", 0, error.start)
            message = f"byte {error.start} of the file, on line {line}, is not UTF-8"
            page.add_finding("unreadable-post", line, column, message, "save the file as UTF-8")
    return None


def _normalize_text(page: _Page, text: str) -> str:
    """The text with LF line ends and without a byte-order mark; what cannot be seen is said."""
    crlf = text.find("\r\n")
    if crlf >= 0:
        line, column = line_and_column(text, crlf)
        text = text.replace("\r\n", "\n")
    page.text, page.lines = text, []
    if crlf >= 0:
        page.add_finding(
            "hidden-characters", line, column, "line ends are CRLF", "save the file with LF line ends"
        )
    for position, chars in find_hidden(text):
        if page.is_at_limit("hidden-characters"):
            break
        line, column = line_and_column(text, position)
        page.add_finding("hidden-characters", line, column, f"hidden: {name_hidden(chars)}", "delete it")
    # Only now, so that findings count the mark as the first column of the file.
    return text.removeprefix("\ufeff")


def _find_escaped_hidden(page: _Page, header: Header) -> None:
    """Hidden characters that the header spells as escapes of a quoted text."""
    for key, entry in header.items():
        for value in (entry.value,) if isinstance(entry.value, str) else entry.value:
            for _, chars in find_hidden(value):
                message = f"`{key}` holds {name_hidden(chars)}"
                page.add_finding("hidden-characters", entry.line, entry.column, message, "delete the escape")


def _parse_signature(page: _Page, header: Header) -> _Signature | None:
    """Who, when and what sort: a post that does not say all three is none."""
    seat, at, kind = (_read_signature_field(page, header, key) for key in _BASE)
    time = parse_timestamp(at or "")
    if seat and not is_seat(seat):
        fix = "up to 64 letters, digits, `.`, `_` and `-`"
        _add_header_finding(page, header, "seat", f'"{seat}" is no seat', fix)
    if at and time is None:
        _add_header_finding(page, header, "at", f'"{at}" is no time', _suggest_time(at))
    if kind and not _match_kind(kind):
        fix = suggest_nearest(kind, KINDS, "a kind is a word in lower case")
        _add_header_finding(page, header, "kind", f'"{kind}" is no kind of post', fix)
    if seat and time and kind and is_seat(seat) and _match_kind(kind):
        return _Signature(seat, time, kind)
    return None


def _suggest_time(at: str) -> str:
    """The one spelling of a time that can be read otherwise; its file is named after it."""
    moment = parse_day_or_time(at)
    if moment is not None and moment.year not in YEARS:
        return f"write a time of the years {YEARS.start} to {YEARS.stop - 1}"
    if moment is None:
        return "write it like 2026-11-20T03:38:57.123Z"
    name = f"{compact_timestamp(moment)}-…"
    return f"write `at: {format_timestamp(moment)}`, and the file's name to match: `{name}`"


def _read_signature_field(page: _Page, header: Header, key: str) -> str | None:
    entry = header.get(key)
    if entry is not None and isinstance(entry.value, str) and entry.value:
        return entry.value
    if entry is None:
        page.add_finding("unreadable-post", 1, 1, f"`{key}` is missing", f"add a line `{key}: …`")
    else:
        _add_header_finding(page, header, key, f"`{key}` is no text", f"write `{key}: …`")
    return None


def _add_header_finding(page: _Page, header: Header, key: str, message: str, fix: str) -> None:
    page.add_finding("unreadable-post", header[key].line, header[key].column, message, fix)


def _compare_with_path(page: _Page, name: PostId, signature: _Signature) -> None:
    if name.seat == signature.seat.lower() and name.at == signature.at:
        return
    what = "time" if name.seat == signature.seat.lower() else "seat"
    right = path_of_post(make_post_id(signature.at, signature.seat, name.nonce))
    page.add_finding(
        "misplaced-post", 1, 1, f"the file's name has another {what} than the post", f"name it {right}"
    )


def _parse_fields(page: _Page, header: Header, kind: str) -> tuple[dict[str, Any], dict[str, Value]]:
    """The typed fields, and those kept unread: `x-…`, and on an unknown kind all that is not known."""
    typed: dict[str, Any] = {}
    extra: dict[str, Value] = {}
    read = _parse_field if kind in KINDS else _parse_field_of_unknown_kind
    if kind not in KINDS:
        fix = suggest_nearest(kind, KINDS, "a newer git-ledger may know it")
        message = f'this version does not know the kind "{kind}"'
        page.add_finding(
            "bad-value", header["kind"].line, header["kind"].column, message, fix, Severity.WARNING
        )
    for key, entry in header.items():
        if key in _BASE:
            continue
        value = None if is_custom_field(key) else read(page, key, entry, kind)
        if value is not None:
            typed[key] = value
        elif is_custom_field(key) or kind not in KINDS:
            extra[key] = entry.value
    page.item = typed.get("item")
    for key in kind_of(kind).required:
        if key not in header or typed.get(key) == ():
            message = f"`{key}` is missing: {kind} needs it"
            page.add_finding("bad-value", header["kind"].line, 1, message, f"add a line `{key}: …`")
    return typed, extra


def _parse_field(page: _Page, key: str, entry: HeaderEntry, kind: str) -> Typed | None:
    """The value of a field on a known kind; None with a finding when it is wrong or out of place."""
    read = FIELDS.get(key)
    if read is None:
        fix = suggest_nearest(key, FIELD_ORDER, f"fields of your own begin with x-: `x-{key}`")
        page.add_finding("unknown-field", entry.line, 1, f"there is no field `{key}`", fix)
        return None
    if key not in FILLED_IN and key not in kind_of(kind).fields:
        fix = f"it stands on {' or '.join(kinds_with_field(key))}"
        page.add_finding("unknown-field", entry.line, 1, f"`{key}` has no meaning on {kind}", fix)
        return None
    value = read(entry.value)
    if isinstance(value, Wrong):
        page.add_finding("bad-value", entry.line, entry.column, f"`{key}`: {value.message}", value.fix)
        return None
    return value


def _parse_field_of_unknown_kind(page: _Page, key: str, entry: HeaderEntry, kind: str) -> Typed | None:
    """The value of a field on a kind that a newer version made: None where this one cannot read it."""
    read = FIELDS.get(key)
    value = read(entry.value) if read else None
    return None if isinstance(value, Wrong) else value


def _parse_body(page: _Page, header: Header, body: str, line: int, kind: str) -> tuple[Directive, ...]:
    """The directives of a kind that is known; those on another ticket than the post's are findings."""
    if kind not in KINDS:
        return ()
    directives, problems = parse_directives(body, line, kind)
    page.add_problems("bad-directive", problems)
    return tuple(directive for directive in directives if _is_about_own_ticket(page, header, directive))


def _is_about_own_ticket(page: _Page, header: Header, directive: Directive) -> bool:
    attribute = _OWN_ITEM.get(directive.name)
    if attribute is None:
        return True
    ticket = getattr(directive, attribute)
    if ticket == page.item:
        return True
    if page.item is not None or "item" not in header:
        message = f"{directive.name} is about {ticket}, the post about {page.item or 'no ticket'}"
        fix = f"write `item: {ticket}`, or the post's own ticket here"
        page.add_finding("bad-directive", directive.line, 1, message, fix)
    return False
