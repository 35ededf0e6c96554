"""Codex: as Claude Code, in `.codex/hooks.json`.

It bounds no blocks, refuses keys that it does not know in an answer, and runs a hook only once its exact text
was trusted; `codex exec` skips silently one that was not.
"""

from ledger.faces.runtimes.runtime import (
    SECONDS,
    Runtime,
    block_by_decision,
    give_start_context,
    make_nested_entry,
)

RUNTIME = Runtime(
    name="codex",
    title="Codex",
    settings=".codex/hooks.json",
    start="SessionStart",
    stop="Stop",
    tool="PostToolUse",
    entry=make_nested_entry(SECONDS),
    block=block_by_decision,
    context=give_start_context,
    trust="Codex runs these hooks once you trusted them with /hooks, and again after every change of them",
)
