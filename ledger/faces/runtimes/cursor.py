"""Cursor: `sessionStart` and `stop` in `.cursor/hooks.json`.

A stop is not held up: a message follows it, at most `loop_limit` times. It comes after an abort and an error
too (`status`), and those are nothing to follow up.
"""

from typing import Any

from ledger.faces.runtimes.runtime import Document, Runtime

LOOPS = 5


def _make_entry(event: str, command: str) -> Document:
    return {"command": command} | ({"loop_limit": LOOPS} if event == "stop" else {})


def _follow_up(reason: str) -> Document:
    return {"followup_message": reason}


def _give_context(facts: str) -> Document:
    return {"additional_context": facts}


def _find_directory(document: Document) -> Any:  # noqa: ANN401 - whatever stands there
    roots = document.get("workspace_roots")
    return document.get("cwd") or (roots[0] if isinstance(roots, list) and roots else None)


def _is_end_of_work(document: Document) -> bool:
    return document.get("status") in (None, "completed")


RUNTIME = Runtime(
    name="cursor",
    title="Cursor",
    settings=".cursor/hooks.json",
    frame={"version": 1},
    start="sessionStart",
    stop="stop",
    tool="postToolUse",
    entry=_make_entry,
    block=_follow_up,
    context=_give_context,
    session=("conversation_id", "session_id"),
    directory=_find_directory,
    ended=_is_end_of_work,
)
