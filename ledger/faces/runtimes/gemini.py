"""Gemini CLI: as Claude Code, but the stop is `AfterAgent`, and timeouts are in milliseconds."""

from ledger.faces.runtimes.runtime import SECONDS, Runtime, decision, nested, session_start

RUNTIME = Runtime(
    name="gemini",
    title="Gemini CLI",
    settings=".gemini/settings.json",
    memory="GEMINI.md",
    start="SessionStart",
    stop="AfterAgent",
    tool="AfterTool",
    entry=nested(SECONDS * 1000),
    block=decision,
    context=session_start,
)
