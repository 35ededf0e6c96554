"""A face's world in memory: streams that can be read, the real clock, no settings of the machine."""

import io
from dataclasses import dataclass
from pathlib import Path

from ledger.faces.cli.main import run
from ledger.faces.context import Context, make_effects


@dataclass(frozen=True)
class Said:
    """How a command line that ran in this process ended, and what it said."""

    code: int
    out: str
    err: str


def env_at(folder: Path, stdin: bytes = b"") -> Context:
    return Context(make_effects(), {}, folder, io.BytesIO(stdin), io.StringIO(), io.StringIO())


def said_by(env: Context, code: int) -> Said:
    assert isinstance(env.out, io.StringIO) and isinstance(env.err, io.StringIO)
    return Said(code, env.out.getvalue(), env.err.getvalue())


def run_at(folder: Path, *words: str) -> Said:
    """Run one command line in this process."""
    env = env_at(folder)
    return said_by(env, run(words, env))
