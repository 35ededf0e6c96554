"""The file in which a runtime's hooks are written, with the ledger's commands in it and without them."""

import json
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from ledger.app.setup.json_edit import entries, with_entry, without_entries
from ledger.core.dataclass import dataclass
from ledger.core.json_input import parse_json

_HOOKS = "hooks"
_COMMANDS = ("command", "bash")
"""The keys under which runtimes have what they run."""


@dataclass(frozen=True, slots=True)
class Hook:
    """One hook: the runtime's name of its event, what stands in the list of that event, and its command."""

    event: str
    entry: Mapping[str, Any]
    command: str


def made(frame: Mapping[str, Any], hooks: Sequence[Hook]) -> str:
    """The file where there was none."""
    lists = {one.event: [one.entry] for one in hooks}
    return json.dumps({**frame, _HOOKS: lists}, indent=2) + "\n"


def with_hooks(text: str, hooks: Sequence[Hook]) -> str:
    """The file with the hooks that it does not call yet; one that is there, even changed, stays as it is.

    Raises ValueError for what is no plain JSON, or has something else where hooks stand, unless the commands
    are all in it, as somebody added them by hand.
    """
    if not _plain(text) and all(one.command in text for one in hooks):
        return text
    for one in hooks:
        path = (_HOOKS, one.event)
        if not any(one.command in _commands(entry) for entry in entries(text, path)):
            text = with_entry(text, path, one.entry)
    return text


def without_hooks(text: str, frame: Mapping[str, Any], hooks: Sequence[Hook]) -> str | None:
    """The file without the entries that call these hooks alone; None when it is just as `made` makes it.

    Raises ValueError for what is no plain JSON and has one of the commands in it.
    """
    if text == made(frame, hooks):
        return None
    if not any(one.command in text for one in hooks):
        return text
    commands = {one.command for one in hooks}
    for one in reversed(hooks):
        text = without_entries(text, (_HOOKS, one.event), lambda entry: _calls_only(entry, commands))
    return text


def _calls_only(entry: object, commands: Set[str]) -> bool:
    called = {*_commands(entry)}
    return bool(called) and called <= commands


def _plain(text: str) -> bool:
    try:
        parse_json(text)
    except ValueError:
        return False
    return True


def _commands(entry: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON value
    """Every command in an entry, however deep."""
    todo = [entry]
    while todo:
        value = todo.pop()
        if isinstance(value, list):
            todo += value
        if isinstance(value, dict):
            yield from (one for key, one in value.items() if key in _COMMANDS and isinstance(one, str))
            todo += value.values()
