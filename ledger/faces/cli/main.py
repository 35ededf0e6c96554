"""From the words of a command line to a command and its exit code."""

import importlib
from collections.abc import Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

from ledger import __version__
from ledger.app.ledger import GlobalOptions
from ledger.core.dataclass import replace
from ledger.core.did_you_mean import find_nearest
from ledger.core.errors import LedgerError
from ledger.core.ids import is_nonce
from ledger.faces.boundary import format_document, run_guarded, run_harmless
from ledger.faces.cli import COMMANDS, Command, find_command
from ledger.faces.cli.command_line import SYNONYMS, Globals, split_after_command, split_before_command, usage
from ledger.faces.cli.parameters import list_parameters, list_valued_options, read_right_line
from ledger.faces.cli.slow_notice import slow_notice
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
  --no-pager         no pager, however long the answer is
  --version
"""


def run(words: Sequence[str], env: Context) -> int:
    """Run one command line and give its exit code."""
    # Known before the line is read: an error in the line itself must be a document, too.
    asks_json = "--json" in takewhile(lambda word: word != "--", words)
    return run_guarded(env, lambda: asks_json, lambda: _run_words(words, env))


def _run_words(words: Sequence[str], env: Context) -> int:
    found, rest = split_before_command(words)
    if found.version:
        return _print_version(found, env)
    if not rest:
        if not found.json:
            env.err.write(write_overview() + "\n")
        raise usage("there is no command on this line", "`git ledger -h`")
    name, *rest = rest
    if name == "help" and rest:
        name, rest = rest[0], ["-h"]
    if name in ("-h", "--help", "help"):
        return _print_overview(found, env)
    command = find_command(name)
    if command is None:
        raise _explain_unknown(name)
    if command.harmless:
        return run_harmless(env.out, env.err, lambda: _call_command(command, found, rest, env))
    return _call_command(command, found, rest, env)


def _print_overview(found: Globals, env: Context) -> int:
    screen = env.screen
    if screen is None or found.no_pager or not screen.pageable:
        env.out.write(write_overview())
        return 0
    from ledger.faces.cli.terminal.pager import show_lines

    show_lines(write_overview().splitlines(), env, screen, env.directory)
    return 0


def _print_version(found: Globals, env: Context) -> int:
    version = {"version": __version__}
    env.out.write(f"{format_document(version) if found.json else f'git-ledger {__version__}'}\n")
    return 0


def _explain_unknown(name: str) -> LedgerError:
    if name in SYNONYMS:
        return usage(f'there is no command "{name}"', SYNONYMS[name])
    names = [command.name for rows in COMMANDS.values() for command in rows]
    near = find_nearest(name, names)
    return usage(f'there is no command "{name}"', f"`git ledger {near}`" if near else "`git ledger -h`")


def _call_command(command: Command, found: Globals, words: list[str], env: Context) -> int:
    """Import the command's module, take the global options out of its words, and call it."""
    module = importlib.import_module(command.module)
    from ledger.faces.cli.session import Session, name_nearest_ticket

    parameters = list_parameters(module.command)
    found, left = split_after_command(found, words, list_valued_options(parameters), command.own)
    if found.version:
        return _print_version(found, env)
    options = _find_options(found, env)
    session = Session(env, options, found.json, found.quiet, paging=not found.no_pager)

    def call(values: Mapping[str, Any]) -> int:
        return int(module.command(replace(session, values=values), **values))

    # Around the reading of the line too: typer may have to be imported for it.
    with slow_notice(env, found.quiet, options.timeout) as timer:
        session = replace(session, patience=timer)
        try:
            values = read_right_line(parameters, left)
            if values is not None:
                return call(values)
            from ledger.faces.cli.by_typer import call_by_typer

            return call_by_typer(command.name, module.command, left, call)
        except LedgerError as error:
            raise name_nearest_ticket(session, error) from error


def _find_options(found: Globals, env: Context) -> GlobalOptions:
    directory = env.directory / found.directory if found.directory else env.directory
    if found.intent is not None and not is_nonce(found.intent):
        raise usage(
            f'"{found.intent}" is no nonce', "`--intent` takes 16 hex digits, such as 9c1e07a25b6d4f10"
        )
    return GlobalOptions(
        directory=Path(directory),
        seat=found.seat or env.variables.get("LEDGER_SEAT") or None,
        intent=found.intent,
        offline=found.offline,
        timeout=_parse_seconds(found.timeout) if found.timeout else 30.0,
    )


def _parse_seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86400:
        raise usage(f'"{text}" is no number of seconds', "`--timeout` takes seconds, above 0 and up to a day")
    return seconds


def write_overview() -> str:
    """What `git ledger -h` says."""
    from ledger.faces.cli.glossary import WORDS  # no other command asks for it

    lines = ["usage: git ledger [options] COMMAND [options]", ""]
    for group, rows in COMMANDS.items():
        lines.append(group)
        for command in rows:
            lines.append(f"  {command.name:<10} {command.about}")
            lines += [f"  {'':<10}   {command.example}"] if command.example else []
        lines.append("")
    lines += ["words, all of which stand in docs/glossary.md:"]
    lines += [f"  {word:<11} {meaning}" for word, meaning in WORDS.items()]
    lines.append("")
    return "\n".join(lines) + "\n" + GLOBAL_HELP + "\n`git ledger COMMAND -h` tells more of one.\n"
