"""A turn as a JSON-ready record and as lines, small enough for an agent however large the feed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from ledger.core.queue.briefing import Brief, format_brief, record_of_brief
from ledger.core.queue.turns import Mine, Trigger, Turn
from ledger.core.text import (
    QUOTED,
    Wrap,
    clip_line,
    clip_text,
    escape_json,
    escape_line,
    quote_block,
    quote_line,
)

EACH = 4
"""Of each sort of what is the seat's own, so many are told; and of so many triggers, who offered them."""
TRIGGERS = 10
SUBJECT, WORDS, NOTE = 100, 160, 400
"""Characters of a trigger's subject, of what is told of the seat's own, and of a note to it."""
LIMIT = 7400
"""Characters of a turn as JSON, tickets' texts included; as lines it is shorter."""
_AROUND = 450
"""Characters that a ticket's text takes besides its words: keys, subject, who opened it."""


def record_of_turn(turn: Turn) -> dict[str, Any]:
    """A turn as `turn open` and `turn close` answer it; `more` counts what was left out."""
    mine = _first_of_each_sort(turn.mine)
    record: dict[str, Any] = {
        "may_end": turn.may_end,
        "why": turn.why,
        "mine": [_record_of_mine(entry) for entry in mine],
    }
    record["triggers"] = [_record_of_trigger(entry) for entry in turn.triggers[:TRIGGERS]]
    more = {"mine": len(turn.mine) - len(mine), "triggers": len(turn.triggers) - len(record["triggers"])}
    left = {name: count for name, count in more.items() if count > 0}
    record |= {"more": left} if left else {}
    _add_offers(record, turn)
    _add_ticket_texts(record, turn.briefs)
    return record


def _add_offers(record: Mapping[str, Any], turn: Turn) -> None:
    """Add `offer` to the first triggers that were handed to the seat; the text of a ticket has it anyway."""
    briefed = {brief.item for brief in turn.briefs}
    for trigger, row in zip(turn.triggers[:EACH], record["triggers"], strict=False):
        if trigger.offer is not None and trigger.item not in briefed:
            offer = {"seat": trigger.offer.seat, "reason": trigger.offer.reason}
            row["offer"] = offer | {"body": clip_text(trigger.offer.why, WORDS)}


def _add_ticket_texts(record: Mapping[str, Any], briefs: Sequence[Brief]) -> None:
    """Add `ticket` to the rows of these tickets, the room that is left shared among them."""
    rows = {row["item"]: row for row in reversed([*record["triggers"], *record["mine"]]) if "item" in row}
    for place, brief in enumerate(briefs):
        # Measured as it is written, with everything spelled out that a reader could not see.
        taken = len(escape_json(json.dumps(record, ensure_ascii=False)))
        # What is left is shared by the tickets that are still to come, so that a short one leaves its part to
        # them.
        share = (LIMIT - taken) // (len(briefs) - place) - _AROUND
        if brief.item in rows and share >= WORDS:
            rows[brief.item]["ticket"] = record_of_brief(brief, share)


def format_turn(turn: Turn) -> Iterator[str]:
    """A turn as facts, a line each, escaped: what is the seat's own, then what is claimable."""
    record = record_of_turn(turn)
    if record["mine"] or record["triggers"]:
        yield QUOTED
    if record["mine"]:
        yield f"of {turn.seat}:"
        for row in record["mine"]:
            yield f"  {row.get('item') or row['about']}: {row['why']}"
            yield from quote_row_texts(row)
        yield from format_left_out(record, "mine", turn.seat)
    yield from _format_claimable(record, turn.seat)


def format_triggers(turn: Turn) -> Iterator[str]:
    """The part about what is claimable: the reason, the tickets in order, the command for the first."""
    record = record_of_turn(turn)
    if record["triggers"]:
        yield QUOTED
    yield from _format_claimable(record, turn.seat)


def _format_claimable(record: Mapping[str, Any], seat: str) -> Iterator[str]:
    yield _cut_to_line(record["why"], NOTE)
    for row in record["triggers"]:
        yield f"  {row['item']}  {row['priority']:<8}  warmth {row['warmth']}  {quote_line(row['subject'])}"
        yield from quote_row_texts(row)
    yield from format_left_out(record, "triggers", seat)
    if record["triggers"]:
        yield f"`{record['triggers'][0]['command']}` takes the first"


def quote_row_texts(row: Mapping[str, Any], wrap: Wrap | None = None) -> Iterator[str]:
    """What seats wrote about one row: a note, why a ticket was offered, or the ticket's text."""
    if "ticket" in row:
        yield from format_brief(row["item"], row["ticket"], "    ", wrap)
    elif "offer" in row:
        yield f"    offered by {quote_line(row['offer']['seat'])}: {row['offer']['reason']}"
        yield from quote_block(row["offer"]["body"], "    ", wrap)
    elif "body" in row:
        yield from quote_block(row["body"], "    ", wrap)


def format_stop(turn: Turn | None, idle: Sequence[Mine]) -> Iterator[str]:
    """Why a stop goes on, facts first: claims on which nothing was posted yet, then what is claimable."""
    yield QUOTED
    for claim in idle:
        yield f"{claim.item} is {_cut_to_line(claim.why)}; nothing was posted on it since."
        yield (
            f"`git ledger note {claim.item} TEXT` says how it goes, `git ledger done {claim.item}` closes it."
        )
    if turn is not None:
        yield from _format_claimable(record_of_turn(turn), turn.seat)
        yield "`git ledger turn close --claim` takes the best that can be won;"
        yield "`git ledger decline ID --why TEXT` says of one why this seat will not."


def _first_of_each_sort(mine: Sequence[Mine]) -> list[Mine]:
    """The first of each sort."""
    return [entry for _, sort in groupby(mine, lambda entry: entry.about) for entry in list(sort)[:EACH]]


def _record_of_mine(entry: Mine) -> dict[str, str]:
    record = {
        "about": entry.about,
        "item": entry.item,
        "why": _cut_to_line(entry.why),
        "body": clip_text(entry.body, NOTE),
    }
    return {name: value for name, value in record.items() if value}


def _record_of_trigger(trigger: Trigger) -> dict[str, Any]:
    record: dict[str, Any] = {
        "item": trigger.item,
        "priority": str(trigger.priority),
        "warmth": trigger.warmth,
    }
    return record | {"subject": _cut_to_line(trigger.subject, SUBJECT), "command": trigger.command}


def format_left_out(record: Mapping[str, Any], name: str, seat: str) -> Iterator[str]:
    """How many rows of the list of this name a turn's record leaves out, where it does."""
    if count := record.get("more", {}).get(name):
        yield f"  and {count} more; `git ledger queue --for {seat}` lists them"


def _cut_to_line(text: str, most: int = WORDS) -> str:
    """A text as one short line that acts on no terminal."""
    return clip_line(escape_line(" ".join(text.split())), most)
