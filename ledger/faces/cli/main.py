"""From the words of a command line to a command and its exit code."""

import importlib
from collections.abc import Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

from ledger import __version__
from ledger.app.ledger import GlobalOptions
from ledger.core.dataclass import replace
from ledger.core.did_you_mean import nearest
from ledger.core.errors import LedgerError
from ledger.core.ids import is_nonce
from ledger.faces.boundary import document, guarded, harmless
from ledger.faces.cli import COMMANDS, Command, row
from ledger.faces.cli.parameters import names_of_valued, parameters_of, read_line
from ledger.faces.cli.patience import patience
from ledger.faces.cli.words import SYNONYMS, Globals, after_command, before_command, usage
from ledger.faces.context import Context

GLOBAL_HELP = """\
options of every command, before or after its name:
  -C DIR             work in DIR
  --seat SEAT        who acts (else LEDGER_SEAT, else git config ledger.seat)
  --offline          answer from what was fetched last
  --timeout SECONDS  how long to keep trying (30)
  --intent NONCE     repeat a write safely: 16 hex digits of your own
  --json             one JSON document on stdout
  -q                 no words on stderr
  --version
"""


def run(words: Sequence[str], env: Context) -> int:
    """Run one command line and give its exit code."""
    asks_json = "--json" in takewhile(lambda word: word != "--", words)
    return guarded(env, lambda: asks_json, lambda: _run(words, env))


def _run(words: Sequence[str], env: Context) -> int:
    known, rest = before_command(words)
    if known.version:
        return _version(known, env)
    if not rest:
        if not known.json:
            env.err.write(overview() + "\n")
        raise usage("there is no command on this line", "`git ledger -h`")
    name, *rest = rest
    if name == "help" and rest:
        name, rest = rest[0], ["-h"]
    if name in ("-h", "--help", "help"):
        env.out.write(overview())
        return 0
    command = row(name)
    if command is None:
        raise _unknown(name)
    if command.harmless:
        return harmless(env.out, env.err, lambda: _call(command, known, rest, env))
    return _call(command, known, rest, env)


def _version(known: Globals, env: Context) -> int:
    version = {"version": __version__}
    env.out.write(f"{document(version) if known.json else f'git-ledger {__version__}'}\n")
    return 0


def _unknown(name: str) -> LedgerError:
    if name in SYNONYMS:
        return usage(f'there is no command "{name}"', SYNONYMS[name])
    names = [one.name for rows in COMMANDS.values() for one in rows]
    near = nearest(name, names)
    return usage(f'there is no command "{name}"', f"`git ledger {near}`" if near else "`git ledger -h`")


def _call(command: Command, known: Globals, words: list[str], env: Context) -> int:
    """Import the command's module, take the global options out of its words, and call it."""
    module = importlib.import_module(command.module)
    from ledger.faces.cli.session import Session, with_nearest

    parameters = parameters_of(module.command)
    known, left = after_command(known, words, names_of_valued(parameters), command.own)
    if known.version:
        return _version(known, env)
    asked = _asked(known, env)
    session = Session(env, asked, known.json, known.quiet)

    def call(given: Mapping[str, Any]) -> int:
        return int(module.command(replace(session, given=given), **given))

    with patience(env, known.quiet, asked.timeout) as timer:
        session = replace(session, patience=timer)
        try:
            given = read_line(parameters, left)
            if given is not None:
                return call(given)
            from ledger.faces.cli.by_typer import call_by_typer

            return call_by_typer(command.name, module.command, left, call)
        except LedgerError as error:
            raise with_nearest(session, error) from error


def _asked(known: Globals, env: Context) -> GlobalOptions:
    directory = env.directory / known.directory if known.directory else env.directory
    if known.intent is not None and not is_nonce(known.intent):
        raise usage(
            f'"{known.intent}" is no nonce', "`--intent` takes 16 hex digits, such as 9c1e07a25b6d4f10"
        )
    return GlobalOptions(
        directory=Path(directory),
        seat=known.seat or env.variables.get("LEDGER_SEAT") or None,
        intent=known.intent,
        offline=known.offline,
        timeout=_seconds(known.timeout) if known.timeout else 30.0,
    )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86400:
        raise usage(f'"{text}" is no number of seconds', "`--timeout` takes seconds, above 0 and up to a day")
    return seconds


def overview() -> str:
    """What `git ledger -h` says."""
    lines = ["usage: git ledger [options] COMMAND [options]", ""]
    for group, rows in COMMANDS.items():
        lines.append(group)
        lines += [f"  {one.name:<10} {one.about}" for one in rows]
        lines.append("")
    return "\n".join(lines) + "\n" + GLOBAL_HELP + "\n`git ledger COMMAND -h` tells more of one.\n"
