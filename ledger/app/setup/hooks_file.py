"""The file in which a runtime's hooks are written, with the ledger's commands in it and without them."""

import json
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from ledger.app.setup.json_edit import add_entry, list_entries, remove_entries
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


def make_file(frame: Mapping[str, Any], hooks: Sequence[Hook]) -> str:
    """The file where there was none."""
    lists = {hook.event: [hook.entry] for hook in hooks}
    return json.dumps({**frame, _HOOKS: lists}, indent=2) + "\n"


def add_hooks(text: str, hooks: Sequence[Hook]) -> str:
    """The file with the hooks that it does not call yet; one that is there, even changed, stays as it is.

    Raises ValueError for what is no plain JSON, or has something else where hooks stand, unless the commands
    are all in it, as somebody added them by hand.
    """
    if not _is_plain_json(text) and all(hook.command in text for hook in hooks):
        return text
    for hook in hooks:
        path = (_HOOKS, hook.event)
        if not any(hook.command in _find_commands(entry) for entry in list_entries(text, path)):
            text = add_entry(text, path, hook.entry)
    return text


def remove_hooks(text: str, frame: Mapping[str, Any], hooks: Sequence[Hook]) -> str | None:
    """The file without the entries that call these hooks alone; None when it is just as `made` makes it.

    Raises ValueError for what is no plain JSON and has one of the commands in it.
    """
    if text == make_file(frame, hooks):
        return None
    if not any(hook.command in text for hook in hooks):
        return text
    commands = {hook.command for hook in hooks}
    for hook in reversed(hooks):
        text = remove_entries(text, (_HOOKS, hook.event), lambda entry: _calls_only_these(entry, commands))
    return text


def _calls_only_these(entry: object, commands: Set[str]) -> bool:
    called = {*_find_commands(entry)}
    return bool(called) and called <= commands


def _is_plain_json(text: str) -> bool:
    try:
        parse_json(text)
    except ValueError:
        return False
    return True


def _find_commands(entry: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON value
    """Every command in an entry, however deep."""
    todo = [entry]
    while todo:
        value = todo.pop()
        if isinstance(value, list):
            todo += value
        if isinstance(value, dict):
            yield from (
                command for key, command in value.items() if key in _COMMANDS and isinstance(command, str)
            )
            todo += value.values()
