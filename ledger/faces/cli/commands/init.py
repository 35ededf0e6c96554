"""`init`: sets up a repository for the ledger."""

from enum import StrEnum
from typing import Annotated

from ledger.app.setup.init import InitRequest, set_up_repository
from ledger.faces.cli.parameters import Option
from ledger.faces.cli.session import Session


class Host(StrEnum):
    """Hosts on which a job can judge proposals."""

    github = "github"
    gitlab = "gitlab"


def command(
    session: Session,
    branch: Annotated[str | None, Option(metavar="B", help="the feed branch (ledger)")] = None,
    remote: Annotated[str | None, Option(metavar="R", help="the remote that the ledger lives on")] = None,
    seat: Annotated[str | None, Option(metavar="S", help="who acts in this clone or worktree")] = None,
    move_to: Annotated[
        str | None, Option("--move-to", metavar="B", help="move the feed that is there to this branch")
    ] = None,
    ci: Annotated[Host | None, Option("--ci", help="also land the job that judges proposals there")] = None,
) -> int:
    """Set up this repository: feed, hooks, seat. Leaves nothing to commit or push; safe to repeat."""
    result = set_up_repository(
        session.options, session.env.world, InitRequest(branch, remote, seat, ci, move_to)
    )
    record: dict[str, object] = {"branch": result.branch, "hooks": result.hooks, "created": result.created}
    more = {"remote": result.remote, "moved_from": result.moved_from}
    record |= {name: value for name, value in more.items() if value}
    return session.answer(record, result.lines, result.words)
