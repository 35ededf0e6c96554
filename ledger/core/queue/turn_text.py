"""A turn as a JSON-ready record and as lines, small enough for an agent however large the feed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from ledger.core.queue.briefing import Brief, brief_lines, brief_record
from ledger.core.queue.turns import Mine, Trigger, Turn
from ledger.core.text import QUOTED, clip_line, clip_text, escape_json, escape_line, quote_block, quote_line

EACH = 4
"""Of each sort of what is the seat's own, so many are told; and of so many triggers, who offered them."""
TRIGGERS = 10
SUBJECT, WORDS, NOTE = 100, 160, 400
"""Characters of a trigger's subject, of what is told of the seat's own, and of a note to it."""
LIMIT = 7400
"""Characters of a turn as JSON, tickets' texts included; as lines it is shorter."""
_AROUND = 450
"""Characters that a ticket's text takes besides its words: keys, subject, who opened it."""


def turn_record(turn: Turn) -> dict[str, Any]:
    """A turn as `turn open` and `turn close` answer it; `more` counts what was left out."""
    mine = _told(turn.mine)
    told: dict[str, Any] = {"may_end": turn.may_end, "why": turn.why, "mine": [_mine(one) for one in mine]}
    told["triggers"] = [_trigger(one) for one in turn.triggers[:TRIGGERS]]
    more = {"mine": len(turn.mine) - len(mine), "triggers": len(turn.triggers) - len(told["triggers"])}
    left = {name: count for name, count in more.items() if count > 0}
    told |= {"more": left} if left else {}
    _add_offers(told, turn)
    _add_texts(told, turn.briefs)
    return told


def _add_offers(told: Mapping[str, Any], turn: Turn) -> None:
    """Add `offer` to the first triggers that were handed to the seat; the text of a ticket has it anyway."""
    briefed = {brief.item for brief in turn.briefs}
    for trigger, row in zip(turn.triggers[:EACH], told["triggers"], strict=False):
        if trigger.offer is not None and trigger.item not in briefed:
            offer = {"seat": trigger.offer.seat, "reason": trigger.offer.reason}
            row["offer"] = offer | {"body": clip_text(trigger.offer.why, WORDS)}


def _add_texts(told: Mapping[str, Any], briefs: Sequence[Brief]) -> None:
    """Add `ticket` to the rows of these tickets, the room that is left shared among them."""
    rows = {row["item"]: row for row in reversed([*told["triggers"], *told["mine"]]) if "item" in row}
    for place, brief in enumerate(briefs):
        taken = len(escape_json(json.dumps(told, ensure_ascii=False)))
        share = (LIMIT - taken) // (len(briefs) - place) - _AROUND
        if brief.item in rows and share >= WORDS:
            rows[brief.item]["ticket"] = brief_record(brief, share)


def turn_lines(turn: Turn) -> Iterator[str]:
    """A turn as facts, a line each, escaped: what is the seat's own, then what is claimable."""
    told = turn_record(turn)
    if told["mine"] or told["triggers"]:
        yield QUOTED
    if told["mine"]:
        yield f"of {turn.seat}:"
        for row in told["mine"]:
            yield f"  {row.get('item') or row['about']}: {row['why']}"
            yield from _text_lines(row)
        yield from _more(told, "mine", turn.seat)
    yield from _triggers(told, turn.seat)


def trigger_lines(turn: Turn) -> Iterator[str]:
    """The part about what is claimable: the reason, the tickets in order, the command for the first."""
    told = turn_record(turn)
    if told["triggers"]:
        yield QUOTED
    yield from _triggers(told, turn.seat)


def _triggers(told: Mapping[str, Any], seat: str) -> Iterator[str]:
    yield _cut(told["why"], NOTE)
    for row in told["triggers"]:
        yield f"  {row['item']}  {row['priority']:<8}  warmth {row['warmth']}  {quote_line(row['subject'])}"
        yield from _text_lines(row)
    yield from _more(told, "triggers", seat)
    if told["triggers"]:
        yield f"`{told['triggers'][0]['command']}` takes the first"


def _text_lines(row: Mapping[str, Any]) -> Iterator[str]:
    """What seats wrote about one row: a note, why a ticket was offered, or the ticket's text."""
    if "ticket" in row:
        yield from brief_lines(row["item"], row["ticket"], "    ")
    elif "offer" in row:
        yield f"    offered by {quote_line(row['offer']['seat'])}: {row['offer']['reason']}"
        yield from quote_block(row["offer"]["body"], "    ")
    elif "body" in row:
        yield from quote_block(row["body"], "    ")


def stop_lines(turn: Turn | None, idle: Sequence[Mine]) -> Iterator[str]:
    """Why a stop goes on, facts first: claims on which nothing was posted yet, then what is claimable."""
    yield QUOTED
    for one in idle:
        yield f"{one.item} is {_cut(one.why)}; nothing was posted on it since."
        yield f"`git ledger note {one.item} TEXT` says how it goes, `git ledger done {one.item}` closes it."
    if turn is not None:
        yield from _triggers(turn_record(turn), turn.seat)
        yield "`git ledger turn close --claim` takes the best that can be won;"
        yield "`git ledger decline ID --why TEXT` says of one why this seat will not."


def _told(mine: Sequence[Mine]) -> list[Mine]:
    """The first of each sort."""
    return [one for _, sort in groupby(mine, lambda one: one.about) for one in list(sort)[:EACH]]


def _mine(one: Mine) -> dict[str, str]:
    told = {"about": one.about, "item": one.item, "why": _cut(one.why), "body": clip_text(one.body, NOTE)}
    return {name: value for name, value in told.items() if value}


def _trigger(one: Trigger) -> dict[str, Any]:
    told: dict[str, Any] = {"item": one.item, "priority": str(one.priority), "warmth": one.warmth}
    return told | {"subject": _cut(one.subject, SUBJECT), "command": one.command}


def _more(told: Mapping[str, Any], name: str, seat: str) -> Iterator[str]:
    if count := told.get("more", {}).get(name):
        yield f"  and {count} more; `git ledger queue --for {seat}` lists them"


def _cut(text: str, most: int = WORDS) -> str:
    """A text as one short line that acts on no terminal."""
    return clip_line(escape_line(" ".join(text.split())), most)
