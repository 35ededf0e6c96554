"""`hook`: what the hooks of runtimes call.

`ledger/__main__.py` answers them before this is imported, unless options stand before the command.
"""

from typing import Annotated

import typer

from ledger.core.errors import LedgerError
from ledger.faces.cli.session import session_of
from ledger.faces.hook import hook


def command(
    ctx: typer.Context,
    runtime: Annotated[str, typer.Argument(metavar="RUNTIME")],
    event: Annotated[str, typer.Argument(metavar="start|stop")],
) -> int:
    """Answer a runtime's hook: its JSON on stdin, one JSON object on stdout. Always exits 0."""
    session = session_of(ctx)
    asked = session.asked
    if asked.offline:
        raise LedgerError("offline", "a hook reads the queue afresh", "the same command without `--offline`")
    return hook([runtime, event], session.env, asked.directory, asked.seat)
