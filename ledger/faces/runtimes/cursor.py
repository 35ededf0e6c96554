"""Cursor: `sessionStart` and `stop` in `.cursor/hooks.json`.

A stop is not held up: a message follows it, at most `loop_limit` times. It comes after an abort and an error
too (`status`), and those are nothing to follow up.
"""

from typing import Any

from ledger.faces.runtimes.runtime import Document, Runtime

LOOPS = 5


def _entry(event: str, command: str) -> Document:
    return {"command": command} | ({"loop_limit": LOOPS} if event == "stop" else {})


def _block(reason: str) -> Document:
    return {"followup_message": reason}


def _context(facts: str) -> Document:
    return {"additional_context": facts}


def _directory(given: Document) -> Any:  # noqa: ANN401 - whatever stands there
    roots = given.get("workspace_roots")
    return given.get("cwd") or (roots[0] if isinstance(roots, list) and roots else None)


def _ended(given: Document) -> bool:
    return given.get("status") in (None, "completed")


RUNTIME = Runtime(
    name="cursor",
    title="Cursor",
    settings=".cursor/hooks.json",
    frame={"version": 1},
    start="sessionStart",
    stop="stop",
    tool="postToolUse",
    entry=_entry,
    block=_block,
    context=_context,
    session=("conversation_id", "session_id"),
    directory=_directory,
    ended=_ended,
)
