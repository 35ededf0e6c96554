"""`setup`: lets a runtime call the ledger when it starts and when it stops."""

from typing import Annotated

from ledger.app.setup.hooks_file import Hook
from ledger.app.setup.runtimes import RuntimeFiles, SetupResult, check_runtime, remove_runtime, set_up_runtime
from ledger.faces.cli.command_line import usage
from ledger.faces.cli.parameters import Argument, Option
from ledger.faces.cli.session import Session
from ledger.faces.runtimes import RUNTIMES, find_runtime
from ledger.faces.runtimes.runtime import Runtime

NOT_CURRENT = 1


def command(
    session: Session,
    name: Annotated[str, Argument(metavar="|".join(RUNTIMES))],
    check_: Annotated[bool, Option("--check", help="only say what would be written")] = False,
    remove_: Annotated[bool, Option("--remove", help="take out what was written")] = False,
) -> int:
    """Write a runtime's hooks and its words about the ledger, into what is there; safe to repeat.

    With --check, exits 1 when something is missing.
    """
    if check_ and remove_:
        raise usage("`--check` and `--remove` are two things", f"`git ledger setup {name} --check`")
    deed = remove_runtime if remove_ else check_runtime if check_ else set_up_runtime
    done = deed(session.options, files_wanted_by(find_runtime(name)))
    session.answer(_make_setup_json(done), _write_lines(done, check_), done.words)
    return NOT_CURRENT if check_ and done.state != "current" else 0


def files_wanted_by(of: Runtime) -> RuntimeFiles:
    """What a runtime wants written."""
    served = find_runtime(of.runs) if of.runs else None
    return RuntimeFiles(
        name=of.name,
        settings=of.settings,
        frame=of.frame,
        hooks=_list_hooks(of),
        memory=of.memory,
        trust=of.trust,
        served=(served.settings, _list_hooks(served)) if served else None,
    )


def _list_hooks(of: Runtime) -> list[Hook]:
    events = {of.start: "start", of.stop: "stop", of.tool: "tool"}
    commands = {name: of.command(event) for name, event in events.items()}
    return [Hook(event, of.entry(event, command), command) for event, command in commands.items()]


def _make_setup_json(done: SetupResult) -> dict[str, object]:
    return {
        "state": done.state,
        "files": [{"path": change.path, "what": change.what} for change in done.changes],
    }


def _write_lines(done: SetupResult, only_said: bool) -> list[str]:
    would = "would be " if only_said else ""
    return [
        f"{change.path}: {'' if change.what == 'current' else would}{change.what}"
        for change in done.changes
        if change.before is not None or change.after is not None
    ]
