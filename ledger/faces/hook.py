"""What the hooks of runtimes call, `git ledger hook RUNTIME start|stop|tool`: one JSON object in, one out.

A runtime may take anything else for a block, a failure or a word to the user, so every way out of here ends
with one object on stdout and exit code 0; `{}` lets the turn end.
"""

import json
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import BinaryIO

from ledger.app.hook.stop_cache import is_unmoved
from ledger.core.errors import LedgerError
from ledger.core.json_input import parse_json
from ledger.faces.boundary import run_harmless
from ledger.faces.context import Context, real_env
from ledger.faces.runtimes import find_runtime
from ledger.faces.runtimes.runtime import Document, Runtime

SECONDS = 8.0
"""The hook's own deadline, well under those of the runtimes; LEDGER_HOOK_SECONDS sets another."""
_FOR_GIT = 0.8
"""The part of it in which the remote must have answered, so that git is ended in order before we are."""
_LARGEST = 1 << 22
"""Bytes of a document; one that is longer is not read to its end, and says nothing."""


def answer_process(words: Sequence[str]) -> int:
    """Answer the hook of a runtime, given the words after `hook`; always gives 0."""

    def work() -> int:
        env = real_env()
        return answer_hook(words, env, env.directory, env.variables.get("LEDGER_SEAT") or None)

    return run_harmless(sys.stdout, sys.stderr, work)


def answer_hook(words: Sequence[str], env: Context, directory: Path, seat: str | None) -> int:
    """Print what a runtime is answered. `directory` is the caller's, as is `seat`; None: that of git config.

    Words after the event are passed over: a runtime without a shell hands on what a shell would read.
    Raises LedgerError for whatever went wrong, which must not hold the turn up.
    """
    name, event = [*words[:2], "", ""][:2]
    of = find_runtime(name)
    if event not in ("start", "stop", "tool"):
        raise LedgerError("usage", f'"{event}" is no event of a hook', "`start`, `stop` or `tool`")
    seconds = _find_deadline(env)
    with _limit_time(seconds):
        # Within the limit too: a runtime may leave stdin open, and nobody waits for its end.
        document = _read_document(env.stdin)
        answer: Document = {}
        if document is not None:
            directory = _find_directory(directory, of.directory(document))
            answers = {"start": _answer_start, "stop": _answer_stop, "tool": _answer_tool}
            answer = answers[event](of, document, env, directory, seat, seconds * _FOR_GIT)
    # Out of the alarm's reach, which might cut the object or let a second one follow it.
    env.out.write(json.dumps(answer) + "\n")
    return 0


def _answer_start(
    of: Runtime, document: Document, env: Context, directory: Path, seat: str | None, seconds: float
) -> Document:
    from ledger.app.hook.events import describe_start

    afresh = document.get("source") in (
        None,
        "startup",
        "new",
    )  # and not resumed, cleared, compacted or forked
    facts = describe_start(directory, seat, env.world, seconds, afresh)
    return of.context(facts) if facts else {}


def _answer_stop(
    of: Runtime, document: Document, env: Context, directory: Path, seat: str | None, seconds: float
) -> Document:
    began = env.world.monotonic()
    key = of.name, _name_session(of, document)
    if not of.ended(document) or is_unmoved(directory, seat, key, seconds):
        return {}
    from ledger.app.hook.events import judge_and_keep_stop  # with all that parses and judges

    left = seconds - (env.world.monotonic() - began)
    reason = judge_and_keep_stop(directory, seat, key, env.world, left)
    return of.block(reason) if reason else {}


def _answer_tool(
    of: Runtime, document: Document, env: Context, directory: Path, seat: str | None, seconds: float
) -> Document:
    from ledger.app.hook.events import LOOKS, answer_after_tool

    if not is_unmoved(directory, seat, LOOKS, seconds):
        answer_after_tool(directory, seat, env.world, seconds)
    return {}


def _read_document(stdin: BinaryIO) -> Document | None:
    """The object on stdin; None for anything else, a terminal included."""
    text = b"" if stdin.isatty() else stdin.read(_LARGEST)
    try:
        document = parse_json(text)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _find_directory(directory: Path, where: object) -> Path:
    """Where the runtime says that the seat is; the caller's directory where that can be no place."""
    try:
        is_place = isinstance(where, str) and b"\0" not in os.fsencode(where)
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can spell
        is_place = False
    return directory / str(where) if is_place else directory


def _name_session(of: Runtime, document: Document) -> str:
    """The session by the first of its names that is there; the empty one where the runtime names none."""
    named = (document.get(name) for name in of.session)
    return next((candidate for candidate in named if isinstance(candidate, str)), "")


def _find_deadline(env: Context) -> float:
    try:
        seconds = float(env.variables.get("LEDGER_HOOK_SECONDS", ""))
    except ValueError:
        return SECONDS
    return seconds if 0 < seconds <= 3600 else SECONDS


@contextmanager
def _limit_time(seconds: float) -> Iterator[None]:
    """Raise LedgerError `unreachable` in whatever is under way when the time is up."""

    def late(number: int, frame: FrameType | None) -> None:
        message = f"no answer within {seconds:g} seconds"
        raise LedgerError("unreachable", message, "see that `git fetch` works from here")

    # An alarm reaches code that waits in a system call; a timer thread could only watch.
    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        # The timer first: a late alarm would end the process where the handler before is the default one.
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
