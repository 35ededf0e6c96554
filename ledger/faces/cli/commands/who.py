"""`who`: the seats, what each holds, and when it was last seen."""

from collections.abc import Iterable, Sequence
from typing import Annotated

from ledger.app.read.seats import SeatsResult, list_seats
from ledger.app.setup.runtimes import list_set_up_runtimes
from ledger.faces.cli.commands.setup import files_wanted_by
from ledger.faces.cli.parameters import Option
from ledger.faces.cli.session import Session
from ledger.faces.cli.tables import describe_as_of, write_seats
from ledger.faces.json.overviews import make_seats_json
from ledger.faces.runtimes import RUNTIMES, find_runtime


def command(
    session: Session,
    everything: Annotated[bool, Option("--all", help="also who retired or has not posted for long")] = False,
) -> int:
    """The seats at work: what each holds since when, its last sign of life, who asked whether it lives."""
    result = list_seats(session.ledger, everything)
    # Of other clones nobody knows: their settings are theirs.
    runtimes = [files_wanted_by(find_runtime(name)) for name in RUNTIMES]
    hooks = list_set_up_runtimes(session.ledger.repo, runtimes)
    words = [describe_as_of(result.as_of)] if result.seats else ["no seat is at work"]
    if result.more:
        words.append(f"{result.more} more retired or have not posted for long: `git ledger who --all`")
    lines = _list_lines(session, result, hooks)
    return session.answer(make_seats_json(result, hooks), lines, words, result.as_of)


def _list_lines(session: Session, result: SeatsResult, hooks: Sequence[str]) -> Iterable[str]:
    screen = session.env.screen
    if screen is None:
        return write_seats(result.seats)
    from ledger.faces.cli.terminal.seats import show_seats

    return show_seats(result.seats, hooks, screen)
