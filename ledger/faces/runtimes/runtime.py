"""What is told of a runtime, and the spellings that several of them share."""

from collections.abc import Callable, Mapping
from typing import Any

from ledger.core.dataclass import dataclass, field

Document = Mapping[str, Any]
"""A JSON object: what a runtime gives a hook on stdin, or what the hook answers."""

# After each use of a tool: at most once in a minute of the clock, and beside the runtime, git-ledger looks
# whether this seat's claims are challenged. What the runtime says on stdin is read to its end. Without
# a double quote, so that it stands in a JSON file as it is: an empty IFS keeps a path with spaces whole.
# The minute is noted before the look, so that one that fails is not made again until the next minute.
AFTER_TOOL = (
    "cat >/dev/null; {{ IFS=; set -f; d=$(git rev-parse --git-dir) && m=$(date +%Y%m%d%H%M) && "
    "f=$d/ledger-looked-$LEDGER_SEAT l= && {{ read -r l <$f; [ x$l != x$m ]; }} && echo $m >$f && "
    "(echo '{{}}' | git ledger hook {name} tool >/dev/null 2>&1 &) ; }} 2>/dev/null; echo '{{}}'"
)
"""What runs after each use of a tool. It starts no Python unless the minute is a new one."""
SECONDS = 20
"""How long a runtime is asked to wait for a hook, which keeps a shorter deadline of its own."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """One runtime: how its hooks are spelled, and which of its files say that they run.

    `start`, `stop` and `tool` are its names of the events, the last of the one after a tool was used; `entry`
    makes of an event and a command what stands in the list of that event in the file `settings`, which is a
    JSON object with `hooks` in it and, when it is made anew, `frame`. `block` spells a reason to go on,
    `context` facts for the start. `memory` is the file of words that it reads. `session` are the keys of
    stdin that may name the session, the first that is there; `directory` finds in it where the seat is,
    `ended` says whether a stop is the end of work done.
    `trust` says what the user must do before hooks run at all, `runs` is a runtime whose hooks it runs too.
    """

    name: str
    title: str
    settings: str
    start: str
    stop: str
    tool: str
    entry: Callable[[str, str], Document]
    block: Callable[[str], Document]
    context: Callable[[str], Document]
    memory: str = "AGENTS.md"
    frame: Document = field(default_factory=dict)
    session: tuple[str, ...] = ("session_id",)
    directory: Callable[[Document], Any] = lambda document: document.get("cwd")
    ended: Callable[[Document], bool] = lambda document: True
    trust: str = ""
    runs: str = ""

    def command(self, event: str) -> str:
        """What the runtime runs: nothing that fails, a missing git-ledger included, may look like a block."""
        if event == "tool":
            return AFTER_TOOL.format(name=self.name)
        return f"git ledger hook {self.name} {event} || echo '{{}}'"


def make_nested_entry(timeout: int) -> Callable[[str, str], Document]:
    """The entry of Claude Code and those that took over its shape: a group with one command in it."""

    def entry(event: str, command: str) -> Document:
        return {"hooks": [{"type": "command", "command": command, "timeout": timeout}]}

    return entry


def block_by_decision(reason: str) -> Document:
    """The block that most runtimes share; they refuse or do not know any other key beside these."""
    return {"decision": "block", "reason": reason}


def give_start_context(facts: str) -> Document:
    """The answer to a start that Claude Code, Codex and Gemini CLI share."""
    return {"hookSpecificOutput": {"hookEventName": "SessionStart", "additionalContext": facts}}
