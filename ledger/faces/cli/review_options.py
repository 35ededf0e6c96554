"""The two options of a write that goes through review."""

from typing import Annotated

from ledger.app.write.loop import ReviewTarget
from ledger.faces.cli.command_line import usage
from ledger.faces.cli.parameters import Option

Stage = Annotated[bool, Option("--stage", help="in a checkout of the feed: reserve, then write and stage")]
Propose = Annotated[
    str | None,
    Option("--propose", metavar="NAME", help="land on the branch NAME, for a pull request"),
]


def find_review_target(stage: bool, propose: str | None) -> ReviewTarget | None:
    """How the posts are to be reviewed; None: they land. Raises LedgerError `usage` for both ways."""
    if stage and propose is not None:
        raise usage("`--stage` and `--propose` exclude each other", "give one of them")
    return ReviewTarget(propose) if stage or propose is not None else None
