"""`init`: sets up a repository for the ledger."""

from typing import Annotated

import typer

from ledger.app.init import init
from ledger.faces.cli.session import session_of


def command(
    ctx: typer.Context,
    branch: Annotated[str | None, typer.Option(metavar="B", help="the feed branch (main)")] = None,
    remote: Annotated[
        str | None, typer.Option(metavar="R", help="the remote that the ledger lives on")
    ] = None,
    seat: Annotated[str | None, typer.Option(metavar="S", help="who acts in this clone or worktree")] = None,
) -> int:
    """Set up this repository: feed, hooks, seat. Commits and pushes nothing; safe to repeat."""
    session = session_of(ctx)
    told = init(session.asked, session.env.world, branch, remote, seat)
    lines = [f"wrote {path}" for path in told.created]
    record = {"branch": told.branch, "hooks": told.hooks, "created": list(told.created)}
    if told.remote:
        record["remote"] = told.remote
    return session.answer(record, lines, told.words)
