"""The pre-receive hook that `git ledger guard install` writes: `python -m ledger.faces.receive BRANCH`.

Exits 0 when the push passes, and REFUSED, with the reasons on stderr, when it does not. Any other status
means that the push was not judged: the hook then refuses what touches the feed or the reservations.
"""

import importlib
import sys
from collections.abc import Mapping

from ledger.faces.boundary import guarded
from ledger.faces.env import Env, real_env

REFUSED = 3
PUSHERS = ("LEDGER_PUSHER", "REMOTE_USER", "GL_USERNAME", "GL_USER")
"""Who pushes: a forced ssh command's word, else the web server's (http-backend), GitLab's, gitolite's."""
_OURS = ("refs/heads/", "refs/reserve", "refs/ledger")


def main() -> int:
    """Judge the push that this process is the hook of."""
    env = real_env()
    branch, *words = sys.argv[1:]
    work = _can_judge if words == ["check"] else lambda: receive(env, branch)
    return guarded(env, lambda: False, work)


def _can_judge() -> int:
    """`git ledger guard check` asks whether everything that the judgement needs is still installed."""
    importlib.import_module("ledger.app.receiving")
    return 0


def receive(env: Env, branch: str) -> int:
    """Judge the push on stdin, and say why when it is refused."""
    lines = env.stdin.read()
    if not any(line.casefold().startswith(_OURS) for line in _refs(lines)):
        return 0  # before anything that takes time to import
    from ledger.app.receiving import judge_push, read_updates
    from ledger.core.text import escape, finding_text

    who = pusher(env.variables)
    verdict = judge_push(env.directory, branch, read_updates(lines), who, env.world.now())
    for finding in verdict.findings:
        env.err.write(finding_text(finding) + "\n")
    for refusal in verdict.refusals:
        env.err.write(f"{escape(refusal.ref)}: {escape(refusal.message)}\n")
    if verdict.passes:
        return 0
    env.err.write(f"refused: nothing of this push is in force. {_advice(bool(verdict.refusals))}\n")
    return REFUSED


def pusher(variables: Mapping[str, str]) -> str | None:
    """Who pushes, where the transport told; None binds nobody."""
    return next((variables[name] for name in PUSHERS if variables.get(name)), None)


def _advice(refs: bool) -> str:
    if refs:
        return "Leave these refs out, or bring them up to date, and push again"
    return "Mend what is found above, and push again; `git ledger check` says it before"


def _refs(lines: bytes) -> list[str]:
    return [line.split(" ", 2)[-1] for line in lines.decode("utf-8", "replace").splitlines()]


if __name__ == "__main__":
    sys.exit(main())
