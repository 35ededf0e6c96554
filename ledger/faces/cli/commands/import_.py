"""`import`: tickets of another tracker."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

from ledger.app.deeds.prefix import find_default_prefix
from ledger.app.exchange.importing import ImportResult, guess_tracker, import_items, read_outside_files
from ledger.core.text import escape_line, quote_line
from ledger.faces.cli.command_line import usage
from ledger.faces.cli.parameters import Argument, Option
from ledger.faces.cli.session import Session, check_namespace
from ledger.faces.json.imports import make_import_json

_WORDS = 20
"""What could not be kept, of which so many lines are told unless a program reads them."""


class Tracker(StrEnum):
    """What may be imported."""

    BACKLOG = "backlog"
    BEADS = "beads"
    TASKWARRIOR = "taskwarrior"
    CSV = "csv"


def command(
    session: Session,
    path: Annotated[str, Argument(metavar="PATH")],
    prefix: Annotated[
        str | None,
        Option("-p", "--prefix", metavar="PREFIX", help="else the default, or the only one in use"),
    ] = None,
    from_: Annotated[Tracker | None, Option("--from", help="what PATH is of; else its name tells")] = None,
    dry_run: Annotated[bool, Option("--dry-run", help="only say what would be filed")] = False,
) -> int:
    """File the tickets of another tracker here: the folder of Backlog.md, the JSONL of beads, what `task
    export` of taskwarrior prints, or a CSV table. What was imported before stays as it is.
    """
    # From where the caller stands, as `--body-file` is: `-C` says which repository is meant.
    place = session.env.directory / path
    tracker = from_ or guess_tracker(path, place.is_dir())
    if tracker is None:
        raise usage(f'"{path}" does not tell what it is', f"add `--from {'`, `'.join(Tracker)}`")
    namespace = check_namespace(prefix) if prefix else find_default_prefix(session.ledger)
    result = import_items(session.ledger, str(tracker), read_outside_files(place), namespace, dry_run)
    return session.answer(make_import_json(result), _list_lines(result), [*_describe_rest(result)])


def _list_lines(result: ImportResult) -> Iterator[str]:
    for row in result.items:
        before = " (imported before)" if row.before else ""
        ticket = f"{row.ticket or 'a new ticket'}{before}"
        words = f"{row.item.standing}  {quote_line(row.item.subject)}"
        yield f"{escape_line(row.item.old)} -> {ticket}  {words}"


def _describe_rest(result: ImportResult) -> Iterator[str]:
    yield from map(escape_line, result.words[:_WORDS])
    if len(result.words) > _WORDS:
        yield f"and {len(result.words) - _WORDS} more of these: `--json` has all"
    fresh = sum(not row.before for row in result.items)
    did = "would be filed" if result.dry else "filed"
    yield f"{fresh} {did}, {len(result.items) - fresh} imported before"
