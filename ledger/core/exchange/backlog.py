"""Tasks of Backlog.md (github.com/MrLesk/Backlog.md): a Markdown file each, with a header and sections."""

import re
from collections.abc import Iterator, Mapping

from ledger.core.exchange.items import Item, ItemBuilder, Standing
from ledger.core.feed.front import Header, Problem, parse_header, split_front_matter
from ledger.core.lazy_pattern import LazyPattern
from ledger.core.model import Priority

SOURCE = "Backlog.md"
FOLDERS = ("tasks", "completed")
"""Where its tasks are that count, below its folder; drafts and what is archived stay behind."""
_STANDINGS = {"in progress": Standing.ACTIVE, "done": Standing.DONE, "blocked": Standing.BLOCKED}
_PRIORITIES = {"critical": Priority.CRITICAL, "high": Priority.HIGH, "low": Priority.LOW}
_FACTS = {"assignee": "Assigned to", "milestone": "Milestone", "type": "Type", "references": "See"}
_MARK = LazyPattern(r"(?m)^<!-- (?:SECTION:[A-Z_]+|AC|DOD):(?:BEGIN|END) -->\n?")
_find_criteria = LazyPattern(r"(?m)^- \[([ xX])\] (?:#\d+ )?(.+)$").finditer
_search_checklist = re.compile(r"(?ms)^## Acceptance Criteria\n(.*?)(?=^## |\Z)")


def parse_backlog(files: Mapping[str, bytes]) -> Iterator[Item | str]:
    """The tasks in some files by their paths; a text says of a file why it is left out."""
    for path, data in files.items():
        folder = path.replace("\\", "/").split("/")[-2:-1]
        if path.endswith(".md") and folder and folder[0] in FOLDERS:
            yield _parse_task(path, data, folder[0] == "completed")


def _parse_task(path: str, data: bytes, is_completed: bool) -> Item | str:
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    parts = split_front_matter(text)
    if isinstance(parts, Problem):
        return f"{path}: {parts.message}"
    header = parse_header(parts.header, parts.header_line)
    if isinstance(header, tuple):
        return f"{path}: {header[0].message}"
    old = _text_of(header, "id")
    if not old:
        return f"{path}: it has no `id`"
    builder = ItemBuilder(old, _text_of(header, "title"))
    status = _text_of(header, "status")
    builder.standing = Standing.DONE if is_completed else _STANDINGS.get(status.lower(), Standing.OPEN)
    builder.priority = _PRIORITIES.get(_text_of(header, "priority").lower(), Priority.NORMAL)
    builder.after += _list_of(header, "dependencies")
    builder.parent = _text_of(header, "parent_task_id") or None
    builder.add_labels(_list_of(header, "labels"))
    builder.set_due(_text_of(header, "due_date"))
    body = _MARK.sub(lambda _: "", parts.body)
    found = _search_checklist.search(body)
    if found is not None:
        body = body[: found.start()] + body[found.end() :]
    builder.add_text(body.removeprefix("\n").replace("## Description\n", "", 1))
    lines = _find_criteria(found[1]) if found is not None else ()
    # Behind the text: what was met, and what is no criterion here, is added to its end.
    builder.add_criteria((line[2], line[1] != " ") for line in lines)
    for name, heading in _FACTS.items():
        builder.note_fact(heading, ", ".join(_list_of(header, name)))
    if status.lower() not in {"to do", *_STANDINGS}:
        builder.note_fact("Status", status)
    return builder.make_item(SOURCE)


def _text_of(header: Header, name: str) -> str:
    entry = header.get(name)
    return entry.value if entry is not None and isinstance(entry.value, str) else ""


def _list_of(header: Header, name: str) -> list[str]:
    entry = header.get(name)
    if entry is None:
        return []
    return [entry.value] if isinstance(entry.value, str) and entry.value else [*entry.value]
