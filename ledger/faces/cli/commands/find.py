"""`find`: tickets by the words of their posts."""

from collections.abc import Iterator
from typing import Annotated

from ledger.app.read.search import Hit, SearchFilter, SearchResult, search_tickets
from ledger.core.model import State
from ledger.core.text import escape_line, quote_line
from ledger.faces.cli.parameters import Argument, Option
from ledger.faces.cli.session import Session
from ledger.faces.cli.tables import describe_as_of, describe_row
from ledger.faces.json.searches import make_search_json


def command(
    session: Session,
    text: Annotated[list[str], Argument(metavar="TEXT")],
    state: Annotated[list[State] | None, Option(help="only these states; repeatable")] = None,
    lane: Annotated[list[str] | None, Option(help="only these lanes; repeatable")] = None,
    label: Annotated[
        list[str] | None, Option(metavar="L", help="only with this label; repeatable: all")
    ] = None,
    limit: Annotated[int, Option(min=1, max=1000, metavar="N", help="how many tickets, 20 unless said")] = 20,
    everything: Annotated[bool, Option("--all", help="also what is DONE, CANCELLED or PARKED")] = False,
) -> int:
    """Find tickets by words of their subjects, texts, notes and whys, the likeliest first. Every word has to
    stand in one post, or begin a word there; `"words in quotes"` stand together.
    """
    wanted = SearchFilter(tuple(state or ()), tuple(lane or ()), tuple(label or ()), everything, limit)
    result = search_tickets(session.ledger, " ".join(text), wanted)
    words = [*_describe_rest(result), describe_as_of(result.as_of)]
    return session.answer(make_search_json(result), _list_lines(session, result), words, result.as_of)


def _list_lines(session: Session, result: SearchResult) -> Iterator[str]:
    if session.env.screen is not None:
        from ledger.faces.cli.terminal.found import show_found

        yield from show_found(result.found, session.env.screen)
        return
    for found in result.found:
        yield describe_row(found.summary) if found.summary is not None else "about no ticket"
        yield from (f"    {_describe_hit(hit)}" for hit in found.hits if not hit.is_told_by_row)
        if found.more:
            yield f"    and {found.more} more post{'' if found.more == 1 else 's'}"


def _describe_hit(hit: Hit) -> str:
    who = f" by {quote_line(hit.post.seat)}" if hit.where in ("note", "why", "ruling") else ""
    return escape_line(f"{hit.where}{who}: {quote_line(hit.snippet)}")


def _describe_rest(result: SearchResult) -> Iterator[str]:
    if not result.found:
        yield "nothing open has all of these words" if result.left_out else "nothing has all of these words"
    if result.more:
        yield f"{result.more} more: say more words, or `--limit`"
    if result.left_out:
        noun = "ticket has" if result.left_out == 1 else "tickets have"
        yield f"{result.left_out} more {noun} them, beyond these states, lanes and labels: `--all`, `--state`"
    if result.cut:
        yield "very many posts have them, and only the likeliest were looked at"
