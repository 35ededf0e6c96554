"""Copilot CLI: `sessionStart` and `agentStop` in a file of our own below `.github/hooks/`.

It reads the hooks of `.claude/settings.json` too, and ends a turn after 8 blocks. That a start may add
context is documented, and some versions of early 2026 dropped it.
"""

from ledger.faces.runtimes.runtime import SECONDS, Document, Runtime, block_by_decision


def _make_entry(event: str, command: str) -> Document:
    return {"type": "command", "bash": command, "timeoutSec": SECONDS}


def _give_context(facts: str) -> Document:
    return {"additionalContext": facts}


RUNTIME = Runtime(
    name="copilot",
    title="Copilot CLI",
    settings=".github/hooks/git-ledger.json",
    frame={"version": 1},
    start="sessionStart",
    stop="agentStop",
    tool="postToolUse",
    entry=_make_entry,
    block=block_by_decision,
    context=_give_context,
    runs="claude",
    session=("sessionId", "session_id"),
)
