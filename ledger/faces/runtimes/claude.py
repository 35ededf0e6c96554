"""Claude Code: `SessionStart` and `Stop` in `.claude/settings.json`. It ends a turn after 8 blocks."""

from ledger.faces.runtimes.runtime import SECONDS, Runtime, decision, nested, session_start

RUNTIME = Runtime(
    name="claude",
    title="Claude Code",
    settings=".claude/settings.json",
    memory="CLAUDE.md",
    start="SessionStart",
    stop="Stop",
    tool="PostToolUse",
    entry=nested(SECONDS),
    block=decision,
    context=session_start,
)
