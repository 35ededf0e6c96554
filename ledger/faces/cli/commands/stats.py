"""`stats`: what the feed adds up to over time."""

from typing import Annotated

from ledger.app.read.stats import stats
from ledger.faces.cli.figures import figure_lines, gate_lines
from ledger.faces.cli.parameters import Option
from ledger.faces.cli.session import Session, parse_moment
from ledger.faces.cli.tables import as_of_words


def command(
    session: Session,
    since: Annotated[
        str | None,
        Option(metavar="T", help="only from then on: 2026-11-20, or with T03:38:57Z"),
    ] = None,
    gates: Annotated[
        bool, Option("--gates", help="whether the fleet has grown up, and what that is judged by")
    ] = False,
) -> int:
    """Claim density, time to claim, dark spells, declines and collisions, by seat, driver, lane and day."""
    told = stats(session.ledger, parse_moment(since) if since else None, gates)
    lines = gate_lines(told) if gates else figure_lines(told)
    return session.answer(told, lines, [as_of_words(told["as_of"])])
