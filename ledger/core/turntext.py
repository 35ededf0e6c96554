"""A turn as a JSON-ready record and as lines, small enough for an agent however large the feed."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from ledger.core.text import escape
from ledger.core.turns import Mine, Trigger, Turn

EACH = 4
"""Of each sort of what is the seat's own, so many are told."""
TRIGGERS = 10
SUBJECT, WORDS, NOTE = 100, 160, 400
"""Characters of a trigger's subject, of what is told of the seat's own, and of a note to it."""


def turn_record(turn: Turn) -> dict[str, Any]:
    """A turn as `turn open` and `turn close` answer it; `more` counts what was left out."""
    mine = _told(turn.mine)
    told: dict[str, Any] = {"may_end": turn.may_end, "why": turn.why, "mine": [_mine(one) for one in mine]}
    told["triggers"] = [_trigger(one) for one in turn.triggers[:TRIGGERS]]
    more = {"mine": len(turn.mine) - len(mine), "triggers": len(turn.triggers) - len(told["triggers"])}
    left = {name: count for name, count in more.items() if count > 0}
    return told | ({"more": left} if left else {})


def turn_lines(turn: Turn) -> Iterator[str]:
    """A turn as facts, a line each, escaped: what is the seat's own, then what is claimable."""
    mine = _told(turn.mine)
    if mine:
        yield f"of {turn.seat}:"
        yield from (f"  {one.item or one.about}: {_why(one)}" for one in mine)
        yield from _more(len(turn.mine) - len(mine), f"`git ledger queue --for {turn.seat}` lists them")
    yield from trigger_lines(turn)


def trigger_lines(turn: Turn) -> Iterator[str]:
    """The part about what is claimable: the reason, the tickets in order, the command for the first."""
    yield _cut(turn.why, NOTE)
    shown = turn.triggers[:TRIGGERS]
    for one in shown:
        yield f"  {one.item}  {one.priority:<8}  warmth {one.warmth}  {_cut(one.subject, SUBJECT)}"
    yield from _more(len(turn.triggers) - len(shown), f"`git ledger queue --for {turn.seat}` lists them")
    if shown:
        yield f"`{shown[0].command}` takes the first"


def stop_lines(turn: Turn | None, idle: Sequence[Mine]) -> Iterator[str]:
    """Why a stop goes on, facts first: claims on which nothing was posted yet, then what is claimable."""
    for one in idle:
        yield f"{one.item} is {_cut(one.why)}; nothing was posted on it since."
        yield f"`git ledger note {one.item} TEXT` says how it goes, `git ledger done {one.item}` closes it."
    if turn is not None:
        yield from trigger_lines(turn)
        yield "`git ledger turn close --claim` takes the best that can be won;"
        yield "`git ledger decline ID --why TEXT` says of one why this seat will not."


def _told(mine: Sequence[Mine]) -> list[Mine]:
    """The first of each sort."""
    return [one for _, sort in groupby(mine, lambda one: one.about) for one in list(sort)[:EACH]]


def _mine(one: Mine) -> dict[str, str]:
    told = {"about": one.about, "item": one.item, "why": _why(one)}
    return {name: value for name, value in told.items() if value}


def _trigger(one: Trigger) -> dict[str, Any]:
    told: dict[str, Any] = {"item": one.item, "priority": str(one.priority), "warmth": one.warmth}
    return told | {"subject": _cut(one.subject, SUBJECT), "command": one.command}


def _more(count: int, where: str) -> Iterator[str]:
    if count > 0:
        yield f"  and {count} more; {where}"


def _why(one: Mine) -> str:
    return _cut(one.why, NOTE if one.about == "note" else WORDS)


def _cut(text: str, most: int = WORDS) -> str:
    """A text as one short line that acts on no terminal."""
    line = escape(" ".join(text.split()))
    return line if len(line) <= most else f"{line[: most - 1]}…"
