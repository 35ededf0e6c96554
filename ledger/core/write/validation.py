"""A wish that no post could say is a wrong command line: told before anything is read or written."""

from collections.abc import Iterator

from ledger.core.board.kinds import KINDS, kinds_with_field
from ledger.core.did_you_mean import suggest_nearest
from ledger.core.errors import LedgerError
from ledger.core.feed.fields import FIELDS, FILLED_IN, Wrong, is_custom_field
from ledger.core.write.requests import PostRequest, Value

WRITABLE = tuple(kind.name for kind in KINDS.values() if not kind.by_tool)
"""The kinds of post that a seat may wish for."""


def validate_request(wish: PostRequest) -> None:
    """Raise LedgerError `usage` for a kind, a field, a value or a text that cannot be."""
    if wish.kind not in WRITABLE:
        fix = suggest_nearest(wish.kind, WRITABLE, f"write {', '.join(WRITABLE)}")
        raise _usage_error(f'"{wish.kind}" is no kind of post that a seat writes', fix)
    for name in KINDS[wish.kind].required:
        if name not in wish.fields and not (name == "item" and wish.reserve is not None):
            raise _usage_error(f"`{name}` is missing: {wish.kind} needs it", f"give `{name}`")
    for name, value in wish.fields.items():
        _validate_field(wish.kind, name, value)
    # Words of a command line that are no UTF-8 arrive as lone surrogates (PEP 383), which no file can hold.
    for text in _texts_of_request(wish):
        if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
            raise _usage_error(f'"{text[:80]}" is not UTF-8', "write it in UTF-8")


def _validate_field(kind: str, name: str, value: Value) -> None:
    if is_custom_field(name):
        return
    read = FIELDS.get(name)
    if read is None:
        raise _usage_error(f"there is no field `{name}`", suggest_nearest(name, FIELDS, "leave it out"))
    if name not in FILLED_IN and name not in KINDS[kind].fields:
        fix = f"it stands on {' or '.join(kinds_with_field(name))}"
        raise _usage_error(f"`{name}` has no meaning on {kind}", fix)
    parsed = read(value)
    if isinstance(parsed, Wrong) and "{{ITEM_ID" not in str(value):
        raise _usage_error(f"`{name}`: {parsed.message}", parsed.fix)


def _texts_of_request(wish: PostRequest) -> Iterator[str]:
    yield wish.body
    for value in wish.fields.values():
        yield from (value,) if isinstance(value, str) else value


def _usage_error(message: str, fix: str) -> LedgerError:
    return LedgerError("usage", message, fix)
