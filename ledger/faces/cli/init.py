"""`init`: sets up a repository for the ledger."""

from enum import StrEnum
from typing import Annotated

import typer

from ledger.app.ci import write_job
from ledger.app.init import init
from ledger.faces.cli.session import session_of


class Host(StrEnum):
    """Hosts on which a job can judge proposals."""

    github = "github"
    gitlab = "gitlab"


def command(
    ctx: typer.Context,
    branch: Annotated[str | None, typer.Option(metavar="B", help="the feed branch (main)")] = None,
    remote: Annotated[
        str | None, typer.Option(metavar="R", help="the remote that the ledger lives on")
    ] = None,
    seat: Annotated[str | None, typer.Option(metavar="S", help="who acts in this clone or worktree")] = None,
    ci: Annotated[
        Host | None, typer.Option("--ci", help="also write the job that judges proposals there")
    ] = None,
) -> int:
    """Set up this repository: feed, hooks, seat. Commits and pushes nothing; safe to repeat."""
    session = session_of(ctx)
    told = init(session.asked, session.env.world, branch, remote, seat)
    job, more = write_job(session.asked.directory, ci) if ci else ([], [])
    created = [*told.created, *job]
    record = {"branch": told.branch, "hooks": told.hooks, "created": created}
    if told.remote:
        record["remote"] = told.remote
    return session.answer(record, [f"wrote {path}" for path in created], [*told.words, *more])
