"""The pre-receive hook that `git ledger guard install` writes: `python -m ledger.faces.receive BRANCH`.

Exits with PASSED when the push passes, and with REFUSED when it does not. The hook takes every other status,
0 among them, for a push that was not judged, and refuses it: a crash, a closed pipe or a missing module
never lets anything in.
"""

import gc
import importlib
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from ledger.core.push_status import FAILED, PASSED, REFUSED
from ledger.faces.boundary import run_judgement
from ledger.faces.context import Context, real_env

if TYPE_CHECKING:
    from ledger.app.guard.receive import PushVerdict

MOST_FINDINGS: Final = 100
"""Findings that a pusher is told."""
MOST_TEXT: Final = 16 * 1024
"""Characters that a pusher is told: what somebody pushed must not fill everybody's terminal and log."""
PUSHERS = ("LEDGER_PUSHER", "REMOTE_USER", "GL_USERNAME", "GL_USER")
"""Who pushes: a forced ssh command's word, else the web server's (http-backend), GitLab's, gitolite's."""
_OURS = ("refs/heads/", "refs/reserve", "refs/ledger")


def main() -> int:
    """Judge the push that this process is the hook of. The decision is made before a word is written."""
    gc.disable()  # as a command does: what is read lives as long as the judgement
    env = real_env()
    branch, *words = sys.argv[1:]
    # `git ledger guard check` has the hook run this: whether all that judges can be imported here.
    if words == ["check"]:
        importlib.import_module("ledger.app.guard.receive")  # everything that the judgement needs
        return 0
    if words == ["index"]:
        return run_judgement(
            env.err, lambda: _renew_index(env, branch), lambda error: _explain_failure(env, error)
        )
    return run_judgement(
        env.err, lambda: judge_stdin(env, branch), lambda error: _explain_failure(env, error)
    )


def judge_stdin(env: Context, branch: str) -> tuple[int, str]:
    """Judge the push on stdin: PASSED or REFUSED, and what its pusher is told.

    Raises EOFError where stdin names no ref: no push is empty, so that the list was lost on its way.
    """
    lines = env.stdin.read()
    # Git starts this hook for no empty push, so that an empty list was lost on its way.
    if not lines.strip():
        raise EOFError
    if not any(line.casefold().startswith(_OURS) for line in _list_refs(lines)):
        return PASSED, ""  # before anything that takes time to import
    from ledger.app.guard.receive import judge_push, read_updates

    who = find_pusher(env.variables)
    # From here on every way out that is not PASSED refuses; the hook asks for that very number.
    verdict = judge_push(env.directory, branch, read_updates(lines), who, env.world.now())
    text = "".join(f"{line}\n" for line in _limit_text(_describe_verdict(verdict)))
    if verdict.passes:
        return PASSED, text
    advice = _choose_advice(bool(verdict.refusals))
    return REFUSED, f"{text}refused: nothing of this push is in force. {advice}\n"


def _renew_index(env: Context, branch: str) -> tuple[int, str]:
    """Bring up the index that a push found late; the post-receive hook waits for no answer."""
    from ledger.app.guard.index import renew_late

    renew_late(env.directory, branch, env.world.now())
    return 0, ""


def find_pusher(variables: Mapping[str, str]) -> str | None:
    """Who pushes, where the transport told; None binds nobody."""
    return next((variables[name] for name in PUSHERS if variables.get(name)), None)


def _describe_verdict(verdict: "PushVerdict") -> Iterator[str]:
    """What is said of each finding and each refused ref, errors first."""
    from ledger.core.model import Severity
    from ledger.core.text import escape_line, format_finding

    for refusal in verdict.refusals[:MOST_FINDINGS]:
        yield f"{escape_line(refusal.ref)}: {escape_line(refusal.message)}"
    findings = sorted(verdict.findings, key=lambda finding: finding.severity is not Severity.ERROR)
    for finding in findings[:MOST_FINDINGS]:
        yield format_finding(finding)
    more = max(len(findings) - MOST_FINDINGS, 0) + max(len(verdict.refusals) - MOST_FINDINGS, 0)
    if more:
        yield f"and {more} more; `git ledger check` tells all of them"


def _limit_text(lines: Iterator[str]) -> Iterator[str]:
    left = MOST_TEXT
    for line in lines:
        left -= len(line) + 1
        if left < 0:
            yield "and more; `git ledger check` tells all of it"
            return
        yield line


def _explain_failure(env: Context, error: Exception) -> tuple[int, str]:
    """Keep what went wrong where whoever keeps the server finds it; the pusher is told no path of it."""
    from traceback import format_exception

    from ledger.app.guard.install import keep_failure
    from ledger.core.errors import LedgerError

    keep_failure(env.directory, "".join(format_exception(error)))
    kind = error.kind if isinstance(error, LedgerError) else type(error).__name__
    return FAILED, f"git-ledger: the push cannot be judged ({kind})\n"


def _choose_advice(refs: bool) -> str:
    if refs:
        return "Leave these refs out, or bring them up to date, and push again"
    return "Mend what is found above, and push again; `git ledger check` says it before"


def _list_refs(lines: bytes) -> list[str]:
    return [line.split(" ", 2)[-1] for line in lines.decode("utf-8", "replace").splitlines()]


if __name__ == "__main__":
    sys.exit(main())
