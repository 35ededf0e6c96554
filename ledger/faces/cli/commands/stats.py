"""`stats`: what the feed adds up to over time."""

from typing import Annotated

from ledger.app.read.stats import count_figures
from ledger.faces.cli.figures import figure_lines, gate_lines
from ledger.faces.cli.parameters import Option
from ledger.faces.cli.session import Session, read_since
from ledger.faces.cli.tables import describe_as_of
from ledger.faces.json.stats import make_stats_json


def command(
    session: Session,
    since: Annotated[
        str | None,
        Option(metavar="T", help="only from then on: 2d, yesterday, 2026-11-20"),
    ] = None,
    gates: Annotated[
        bool, Option("--gates", help="whether the fleet has grown up, and what that is judged by")
    ] = False,
) -> int:
    """Claim density, time to claim, dark spells, declines and collisions, by seat, driver, lane and day."""
    result = count_figures(session.ledger, read_since(session, since), gates)
    record = make_stats_json(result)
    lines = gate_lines(record, session.env.screen) if gates else figure_lines(record, session.env.screen)
    return session.answer(record, lines, [describe_as_of(result.as_of)], result.as_of)
