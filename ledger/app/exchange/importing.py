"""`import`: items of another tracker become tickets, each once, whoever imports them and however often."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from ledger.app.deeds.append import append_posts
from ledger.app.ledger import Ledger
from ledger.app.read.load import Feed, read_feed
from ledger.core.board.tables import join_key
from ledger.core.dataclass import dataclass, replace
from ledger.core.errors import LedgerError
from ledger.core.exchange import backlog, records
from ledger.core.exchange.items import Item
from ledger.core.exchange.requests import AT_ONCE, FIELD, make_moves, make_openings, sort_items
from ledger.core.write.requests import PostRequest
from ledger.store.files import list_markdown_files

Files = Mapping[str, bytes]
_PARSERS: Mapping[str, Callable[[Files], Iterator[Item | str]]] = {
    "backlog": backlog.parse_backlog,
    "beads": lambda files: records.parse_beads(b"\n".join(files.values())),
    "taskwarrior": lambda files: records.parse_taskwarrior(b"\n".join(files.values())),
    "csv": lambda files: records.parse_table(b"\n".join(files.values())),
}
LARGEST, MOST = 64 << 20, 20_000
"""Bytes of all files that are read, and how many files of a folder."""
TRACKERS = tuple(_PARSERS)
"""What may be imported, by the names on the command line and in FIELD."""


@dataclass(frozen=True, slots=True)
class ImportedItem:
    """An item and its ticket: None in a dry run, as long as it has none. `before`: it was there already."""

    item: Item
    ticket: str | None
    before: bool = False


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What came of each item, in the order of their tickets, and words about what could not be kept."""

    items: tuple[ImportedItem, ...]
    words: tuple[str, ...]
    dry: bool


def guess_tracker(path: str, is_folder: bool) -> str | None:
    """Which tracker keeps its items under such a name; None where nobody can tell."""
    if is_folder:
        return "backlog"
    ends = {".jsonl": "beads", ".json": "taskwarrior", ".csv": "csv"}
    return next((name for end, name in ends.items() if path.lower().endswith(end)), None)


def read_outside_files(place: Path) -> dict[str, bytes]:
    """A file, or the Markdown files of a folder and those below it, by their paths; links are passed by.

    Raises LedgerError `usage` for what cannot be read, or is too much.
    """
    try:
        paths = list_markdown_files(place, MOST) if place.is_dir() else [place]
        files, left = dict[str, bytes](), LARGEST
        for path in paths:
            with path.open("rb") as file:
                # A file may be endless, as a device is: no more is read than tells that it is too much.
                files[str(path)] = file.read(left + 1)
            left -= len(files[str(path)])
            if left < 0:
                raise LedgerError("usage", f'"{place}" has more than {LARGEST} bytes', "import it in parts")
    except OSError as error:
        words = f'"{place}" cannot be read: {error.strerror}'
        raise LedgerError("usage", words, "name a file or a folder that is there") from None
    return files


def import_items(ledger: Ledger, tracker: str, files: Files, prefix: str, dry: bool = False) -> ImportResult:
    """File the items of some files that were not imported before, with their dependencies; in a dry run only
    say which.

    What landed before something went wrong stays, and the same command goes on behind it. Raises LedgerError.
    """
    parsed = [*_PARSERS[tracker](files)]
    items = [entry for entry in parsed if isinstance(entry, Item)]
    if not items:
        problems = "; ".join(entry for entry in parsed if isinstance(entry, str))
        hint = "name another file, or its kind by `--from`"
        raise LedgerError("usage", problems[:500] or "there is no item in it", hint)
    before = _find_imported(read_feed(ledger), tracker)
    order = sort_items(items, before)
    words = [*(entry for entry in parsed if isinstance(entry, str)), *order.words]
    words += [f"{item.old}: {what} was not kept" for item in order.items for what in item.lost]
    tickets = dict(before)
    if not dry:
        fresh = [item for item in order.items if item.old not in before]
        for start in range(0, len(fresh), AT_ONCE):
            part = fresh[start : start + AT_ONCE]
            # In one swap, so that the openings may name one another.
            landed = append_posts(_renew(ledger), make_openings(tracker, part, tickets, prefix))
            ids = [post.item for post in landed.answer.posts]
            tickets |= {item.old: name for item, name in zip(part, ids, strict=False) if name is not None}
        _move_items(ledger, order.items, tickets)
    rows = (ImportedItem(item, tickets.get(item.old), item.old in before) for item in order.items)
    return ImportResult(tuple(rows), tuple(words), dry)


def _find_imported(feed: Feed, tracker: str) -> dict[str, str]:
    """The tickets that were imported from a tracker, by their old ids, under the numbers of today."""
    found: dict[str, str] = {}
    for post in feed.board.all_posts():
        mark = post.extra.get(FIELD)
        if isinstance(mark, str) and post.item is not None and mark.startswith(f"{tracker} "):
            moved = feed.board.renumbered.get(join_key(post.item, post.id))
            found.setdefault(mark.partition(" ")[2], moved or post.item)
    return found


def _move_items(ledger: Ledger, items: Sequence[Item], tickets: Mapping[str, str]) -> None:
    """Lead tickets to where their items stand, unless anybody moved them since they were opened."""
    board = read_feed(ledger).board
    moves: list[list[PostRequest]] = []
    for item in items:
        ticket = board.tickets.get(tickets.get(item.old, ""))
        if ticket is not None and ticket.moved_by == ticket.opening:
            moves += [wishes] if (wishes := [*make_moves(item, ticket.id)]) else []
    # A claim and its end land together: else it would count as one that the seat holds.
    for start in range(0, len(moves), AT_ONCE):
        append_posts(_renew(ledger), [wish for wishes in moves[start : start + AT_ONCE] for wish in wishes])


def _renew(ledger: Ledger) -> Ledger:
    """The ledger with a nonce of its own for each write."""
    return replace(ledger, options=replace(ledger.options, intent=None))
