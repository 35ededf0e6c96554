"""Gemini CLI: as Claude Code, but the stop is `AfterAgent`, and timeouts are in milliseconds."""

from ledger.faces.runtimes.runtime import (
    SECONDS,
    Runtime,
    block_by_decision,
    give_start_context,
    make_nested_entry,
)

RUNTIME = Runtime(
    name="gemini",
    title="Gemini CLI",
    settings=".gemini/settings.json",
    memory="GEMINI.md",
    start="SessionStart",
    stop="AfterAgent",
    tool="AfterTool",
    entry=make_nested_entry(SECONDS * 1000),
    block=block_by_decision,
    context=give_start_context,
)
