"""Records of beads and taskwarrior, as JSON, and rows of a CSV table."""

import csv
import json
from collections.abc import Iterator, Mapping
from typing import Any

from ledger.core.exchange.items import Item, ItemBuilder, Standing
from ledger.core.model import Priority

BEADS, TASKWARRIOR, TABLE = "beads", "taskwarrior", "a table"
_RANKS = (Priority.CRITICAL, Priority.HIGH, Priority.NORMAL, Priority.LOW, Priority.LOW)
"""The priorities of beads, which are 0 to 4."""
_BEADS_STANDINGS = {
    "in_progress": Standing.ACTIVE,
    "hooked": Standing.ACTIVE,
    "blocked": Standing.BLOCKED,
    "deferred": Standing.PARKED,
    "closed": Standing.DONE,
}
_TASK_STANDINGS = {"completed": Standing.DONE, "deleted": Standing.CANCELLED, "waiting": Standing.PARKED}
_TASK_PRIORITIES = {"H": Priority.HIGH, "L": Priority.LOW}
_COLUMNS = {
    **dict.fromkeys(("title", "summary", "name"), "subject"),
    **dict.fromkeys(("key", "number", "item"), "id"),
    **dict.fromkeys(("description", "body"), "text"),
    **dict.fromkeys(("dependencies", "depends", "depends_on"), "after"),
    "status": "state",
    "tags": "labels",
    "due_date": "due",
}
"""Other names of the columns of a table."""
_WORDS = {
    **dict.fromkeys(("done", "closed", "complete", "completed", "finished", "resolved"), Standing.DONE),
    **dict.fromkeys(("cancelled", "canceled", "wontfix", "won't do", "deleted"), Standing.CANCELLED),
    **dict.fromkeys(("blocked", "waiting"), Standing.BLOCKED),
    **dict.fromkeys(("parked", "deferred", "on hold"), Standing.PARKED),
    **dict.fromkeys(("claimed", "in progress", "in_progress", "active", "started", "doing"), Standing.ACTIVE),
}
"""What the state of a row in a table may be called; any other word stands for an open item."""


def parse_beads(data: bytes) -> Iterator[Item | str]:
    """The issues of a JSONL export of beads, a JSON object a line."""
    # By line feeds alone: `splitlines` parts a line at U+2028 too, which JSON texts hold as it is.
    for number, line in enumerate(data.decode("utf-8-sig", "replace").split("\n"), 1):
        if not line.strip():
            continue
        record = _parse_json(line)
        if not isinstance(record, dict) or not _get_text(record, "id"):
            yield f"line {number} is no issue"
        elif record.get("status") == "tombstone" or record.get("_type", "issue") != "issue":
            yield f"line {number} is left out: it was deleted, or is no issue"
        else:
            yield _make_bead(record)


def _make_bead(record: Mapping[str, Any]) -> Item:
    builder = ItemBuilder(_get_text(record, "id"), _get_text(record, "title"))
    builder.standing = _BEADS_STANDINGS.get(_get_text(record, "status"), Standing.OPEN)
    rank = record.get("priority")
    builder.priority = _RANKS[rank] if isinstance(rank, int) and 0 <= rank <= 4 else Priority.NORMAL
    kind = _get_text(record, "issue_type")
    builder.add_labels([*_texts(record, "labels"), *([kind] if kind and kind != "task" else [])])
    builder.set_due(_get_text(record, "due_at"))
    builder.add_text(_get_text(record, "description"))
    parts = {"design": "Design", "acceptance_criteria": "Acceptance criteria", "notes": "Notes"}
    for name, heading in parts.items():
        builder.add_text(_get_text(record, name), heading)
    for comment in _records(record, "comments"):
        builder.add_text(_get_text(comment, "text"), f"Comment by {_get_text(comment, 'author')}")
    for name, heading in {"assignee": "Assigned to", "external_ref": "See", "close_reason": "Closed"}.items():
        builder.note_fact(heading, _get_text(record, name))
    for edge in _records(record, "dependencies"):
        other = _get_text(edge, "depends_on_id")
        if other and _get_text(edge, "type") == "blocks":
            builder.after.append(other)
        elif other and _get_text(edge, "type") == "parent-child":
            builder.parent = other
        elif other:
            builder.related.append(other)
    return builder.make_item(BEADS)


def parse_taskwarrior(data: bytes) -> Iterator[Item | str]:
    """The tasks of `task export`: a JSON list, or an object a line."""
    text = data.decode("utf-8-sig", "replace").strip()
    whole = _parse_json(text)
    lines = whole if isinstance(whole, list) else [_parse_json(line.rstrip(",")) for line in text.split("\n")]
    for number, record in enumerate(lines, 1):
        if isinstance(record, dict) and _get_text(record, "uuid"):
            yield _make_task(record)
        else:
            yield f"task {number} has no `uuid`"


def _make_task(record: Mapping[str, Any]) -> Item:
    builder = ItemBuilder(_get_text(record, "uuid"), _get_text(record, "description"))
    active = Standing.ACTIVE if record.get("start") else Standing.OPEN
    builder.standing = _TASK_STANDINGS.get(_get_text(record, "status"), active)
    builder.priority = _TASK_PRIORITIES.get(_get_text(record, "priority"), Priority.NORMAL)
    builder.add_labels(_texts(record, "tags"))
    builder.set_due(_get_text(record, "due"))
    # Versions before 2.6 join them by commas.
    builder.after += [name for text in _texts(record, "depends") for name in text.split(",")]
    for note in _records(record, "annotations"):
        builder.add_text(_get_text(note, "description"))
    for name in ("project", "recur", "until", "scheduled"):
        builder.note_fact(name.capitalize(), _get_text(record, name))
    return builder.make_item(TASKWARRIOR)


def parse_table(data: bytes) -> Iterator[Item | str]:
    """The rows of a CSV file whose first row names the columns: `subject`, and any of `id`, `text`, `state`,
    `priority`, `labels`, `due`, `after`, `parent`."""
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    first = text.partition("\n")[0]
    # Spreadsheets of many countries part columns by semicolons.
    delimiter = ";" if ";" in first and "," not in first else ","
    # Each line with its end: a cell in quotes may go on over several of them.
    rows = csv.reader((f"{line}\n" for line in text.split("\n")), delimiter=delimiter)
    try:
        names = [_column(name) for name in next(rows, [])]
        if "subject" not in names:
            yield "the first row names no column `subject`"
            return
        # Rows may be shorter or longer than the first: what lacks is empty, what has no column is left out.
        for number, row in enumerate(rows, 1):
            if any(row):
                yield _make_row(number, dict(zip(names, row, strict=False)))
    except csv.Error as error:
        # Such as a cell of more than 131,072 characters (csv.field_size_limit); the rows before it count.
        yield f"the table ends here: {error}"


def _column(name: str) -> str:
    word = name.strip().lower().replace(" ", "_")
    return _COLUMNS.get(word, word)


def _make_row(number: int, cells: Mapping[str, str]) -> Item | str:
    if not cells.get("subject", "").strip():
        return f"row {number} has no subject"
    # A row without an id is known by what it says, so that it is known again.
    builder = ItemBuilder(cells.get("id", "").strip() or cells["subject"], cells["subject"])
    builder.standing = _WORDS.get(cells.get("state", "").strip().lower(), Standing.OPEN)
    priority = cells.get("priority", "").strip().upper()
    builder.priority = Priority(priority) if priority in set(Priority) else Priority.NORMAL
    builder.add_labels(_split_cell(cells.get("labels", "")))
    builder.set_due(cells.get("due", ""))
    builder.after += _split_cell(cells.get("after", ""))
    builder.parent = cells.get("parent", "").strip() or None
    builder.add_text(cells.get("text", ""))
    columns = {"id", "subject", "text", "state", "priority", "labels", "due", "after", "parent"}
    for name, value in cells.items():
        if name not in columns:
            builder.note_fact(name, value)
    return builder.make_item(TABLE)


def _split_cell(cell: str) -> list[str]:
    """The words of a cell that holds several."""
    return cell.replace(";", " ").replace(",", " ").split()


def _parse_json(text: str) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _get_text(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    return value if isinstance(value, str) else ""


def _texts(record: Mapping[str, Any], name: str) -> list[str]:
    value = record.get(name)
    listed = value if isinstance(value, list) else [value]
    return [text for text in listed if isinstance(text, str)]


def _records(record: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = record.get(name)
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
