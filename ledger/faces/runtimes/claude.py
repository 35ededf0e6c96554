"""Claude Code: `SessionStart` and `Stop` in `.claude/settings.json`. It ends a turn after 8 blocks."""

from ledger.faces.runtimes.runtime import (
    SECONDS,
    Runtime,
    block_by_decision,
    give_start_context,
    make_nested_entry,
)

RUNTIME = Runtime(
    name="claude",
    title="Claude Code",
    settings=".claude/settings.json",
    memory="CLAUDE.md",
    start="SessionStart",
    stop="Stop",
    tool="PostToolUse",
    entry=make_nested_entry(SECONDS),
    block=block_by_decision,
    context=give_start_context,
)
