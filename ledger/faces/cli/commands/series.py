"""`series`: the prefixes in use."""

from collections.abc import Iterable

from ledger.app.read.prefixes import PrefixesResult, list_prefixes
from ledger.faces.cli.session import Session
from ledger.faces.cli.tables import describe_as_of, write_prefixes
from ledger.faces.json.overviews import make_prefixes_json


def command(session: Session) -> int:
    """The prefixes in use: the next number of each unless others are faster, how many tickets are open."""
    result = list_prefixes(session.ledger)
    words = [describe_as_of(result.as_of)] if result.prefixes else ["no prefix is in use yet"]
    return session.answer(make_prefixes_json(result), _list_lines(session, result), words, result.as_of)


def _list_lines(session: Session, result: PrefixesResult) -> Iterable[str]:
    screen = session.env.screen
    if screen is None:
        return write_prefixes(result.prefixes)
    from ledger.faces.cli.terminal.seats import show_prefixes

    return show_prefixes(result.prefixes, screen)
