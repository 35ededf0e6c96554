"""Items as requests: openings that name one another, then the moves of those that are over or wait."""

from collections.abc import Iterator, Mapping, Sequence

from ledger.core.dataclass import dataclass, replace
from ledger.core.exchange.items import Item, Standing
from ledger.core.model import Priority
from ledger.core.write.requests import PostRequest, Value

FIELD = "x-imported"
"""The field of an opening that says which item of which tracker it was."""
AT_ONCE = 300
"""Items that are filed by one swap; a guard lets a thousand posts in."""


@dataclass(frozen=True, slots=True)
class ItemOrder:
    """Items in an order in which each stands behind what it comes after, and words about what was cut."""

    items: tuple[Item, ...]
    words: tuple[str, ...]


def sort_items(items: Sequence[Item], filed: Mapping[str, str]) -> ItemOrder:
    """Put items in order; what they name must be among them or `known`, tickets by old ids."""
    # Backwards, so that of two with one id the first stays.
    by_id = {item.old: item for item in reversed(items)}
    words = [f"{item.old} is there twice; the first counts" for item in items if by_id[item.old] is not item]
    pruned = {name: _keep_known(item, {*by_id, *filed}, words) for name, item in by_id.items()}
    done: dict[str, Item] = {}
    for item in items:
        _place_item(item.old, pruned, done, words)
    return ItemOrder(tuple(done.values()), tuple(words))


def _keep_known(item: Item, there: set[str], words: list[str]) -> Item:
    for name in (*item.after, *item.related, *([item.parent] if item.parent else [])):
        if name not in there:
            words.append(f"{item.old} names {name}, which is not there")
    return replace(
        item,
        after=tuple(name for name in item.after if name in there and name != item.old),
        related=tuple(name for name in item.related if name in there),
        parent=item.parent if item.parent in there else None,
    )


def _place_item(first: str, items: dict[str, Item], done: dict[str, Item], words: list[str]) -> None:
    """Place an item behind its parent and all that it comes after; chains may be long, circles are cut."""
    stack, open_names = [first], set[str]()
    while stack:
        name = stack[-1]
        item = items.get(name)
        if item is None or name in done:
            stack.pop()
            continue
        before = [*item.after, *([item.parent] if item.parent else [])]
        waiting = [other for other in before if other in items and other not in done]
        circle = [other for other in waiting if other in open_names]
        if circle:
            words.append(f"{name} and {circle[0]} wait for one another: one of the two waits is left out")
            kept = tuple(other for other in item.after if other not in circle)
            # It stays on the stack, and is looked at once more without the circle.
            items[name] = replace(item, after=kept, parent=None if item.parent in circle else item.parent)
        elif waiting:
            open_names.add(name)
            stack.append(waiting[0])
        else:
            open_names.discard(name)
            done[name] = item
            stack.pop()


def make_openings(
    source: str, items: Sequence[Item], tickets: Mapping[str, str], prefix: str
) -> list[PostRequest]:
    """The openings of some items, which may name one another; `tickets` are those of others by old ids."""
    places = {item.old: f"{{{{ITEM_ID.{place}}}}}" for place, item in enumerate(items, 1)}
    # Those of the same swap have no numbers yet, and are named by their places in it.
    names = {**tickets, **places}
    return [_make_opening(source, item, names, prefix) for item in items]


def _make_opening(source: str, item: Item, names: Mapping[str, str], prefix: str) -> PostRequest:
    after = tuple(names[name] for name in item.after if name in names)
    # What is over waits for nothing: its claim would be refused while a gate is shut.
    over = item.standing in (Standing.DONE, Standing.CANCELLED)
    near = tuple(names[name] for name in item.related if name in names)
    fields: dict[str, Value | None] = {
        "state": "AWAITING_CLAIM",
        "subject": item.subject,
        "priority": str(item.priority) if item.priority is not Priority.NORMAL else None,
        "labels": item.labels,
        "criteria": item.criteria,
        "due": item.due,
        "after": () if over else after,
        "related": tuple(dict.fromkeys((*near, *after))) if over else near,
        "parent": names.get(item.parent or ""),
        FIELD: imported_mark(source, item.old),
    }
    return PostRequest(
        "actionable", {name: value for name, value in fields.items() if value}, item.text, prefix
    )


def imported_mark(source: str, old: str) -> str:
    """What FIELD says of an item."""
    return f"{source} {old}"


def make_moves(item: Item, ticket: str) -> Iterator[PostRequest]:
    """What leads the ticket of an item from its opening to where the item stands."""
    why = "so it stood where it was imported from"
    # No move leads from AWAITING_CLAIM to DONE: only a holder finishes a ticket.
    if item.standing is Standing.DONE:
        yield PostRequest("actionable", {"item": ticket, "state": "CLAIMED"})
        yield PostRequest("actionable", {"item": ticket, "state": "DONE"}, f"Done: {why}.")
    elif item.standing is Standing.CANCELLED:
        yield PostRequest("actionable", {"item": ticket, "state": "CANCELLED"}, f"Cancelled: {why}.")
    elif item.standing is Standing.PARKED:
        yield PostRequest("actionable", {"item": ticket, "state": "PARKED"}, f"Parked: {why}.")
    # What waits for tickets alone is kept by them; words would need a release.
    elif item.standing is Standing.BLOCKED and not item.after:
        fields: dict[str, Value] = {
            "item": ticket,
            "state": "BLOCKED",
            "blocked_on": ("what blocked it before",),
        }
        yield PostRequest("actionable", fields, f"Blocked: {why}.")
