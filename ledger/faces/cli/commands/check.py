"""`check`: judges new posts against what landed."""

from typing import Annotated

from ledger.app.judge.check import Scope, check_posts
from ledger.faces.cli.command_line import usage
from ledger.faces.cli.findings import answer_findings
from ledger.faces.cli.parameters import Argument, Option
from ledger.faces.cli.session import Session
from ledger.faces.formats import Format


def command(
    session: Session,
    paths: Annotated[list[str] | None, Argument(metavar="[PATH]…", help="only these files")] = None,
    staged: Annotated[bool, Option("--staged", help="what is staged for the next commit")] = False,
    range_: Annotated[str | None, Option("--range", metavar="A..B", help="what B adds to A")] = None,
    everything: Annotated[bool, Option("--all", help="every post of the feed")] = False,
    pushed: Annotated[
        str | None, Option("--pushed", metavar="REMOTE", help="what a pre-push hook reads on stdin")
    ] = None,
    format_: Annotated[Format | None, Option("--format", help="how findings are written")] = None,
) -> int:
    """Judge new posts against what landed; without arguments those of the working tree.

    Exits 1 when an error is found; warnings change nothing.
    """
    if sum((staged, range_ is not None, everything, pushed is not None)) > 1:
        raise usage(
            "only one of `--staged`, `--range`, `--all` and `--pushed` makes sense", "`git ledger check -h`"
        )
    lines = session.env.stdin.read().decode("utf-8", "replace").splitlines() if pushed is not None else ()
    scope = Scope(tuple(paths or ()), staged, range_, everything, pushed, tuple(lines))
    return answer_findings(session, check_posts(session.ledger, scope), format_)
