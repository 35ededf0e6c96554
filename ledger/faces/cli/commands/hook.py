"""`hook`: what the hooks of runtimes call.

`ledger/__main__.py` answers them before this is imported, unless options stand before the command.
"""

from typing import Annotated

from ledger.core.errors import LedgerError
from ledger.faces.cli.parameters import Argument
from ledger.faces.cli.session import Session
from ledger.faces.hook import answer_hook


def command(
    session: Session,
    runtime: Annotated[str, Argument(metavar="RUNTIME")],
    event: Annotated[str, Argument(metavar="start|stop")],
) -> int:
    """Answer a runtime's hook: its JSON on stdin, one JSON object on stdout. Always exits 0."""
    options = session.options
    if options.offline:
        raise LedgerError("offline", "a hook reads the queue afresh", "the same command without `--offline`")
    return answer_hook([runtime, event], session.env, options.directory, options.seat)
