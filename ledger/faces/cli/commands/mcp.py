"""`mcp`: the use cases as tools over stdio."""

import importlib.util

from ledger import __version__
from ledger.app.ledger import reopen_ledger
from ledger.core.errors import LedgerError
from ledger.faces.cli.session import Session


def command(session: Session) -> int:
    """Serve the queue, claims, moves, rulings and turns as MCP tools over stdio, for the seat set here."""
    if importlib.util.find_spec("mcp") is None:
        message = 'the package "mcp" is not installed beside git-ledger'
        raise LedgerError("usage", message, "`pip install 'git-ledger[mcp]'`")
    from ledger.faces.mcp.tools import make_server

    session.cancel_notice()
    make_server(reopen_ledger(session.options, session.env.world), __version__).run("stdio")
    return 0
