"""What records of a board answer to besides their keys: the links of tickets and of posts.

A link of a ticket follows from the ticket as it stands, a link of a post from the post alone.
"""

from collections.abc import Iterator

from ledger.core.board.kinds import kind_of
from ledger.core.board.rulings import awaits_unnamed_ruling
from ledger.core.ids import namespace_of
from ledger.core.model import Post, State, Ticket


def links_of_ticket(item: str, ticket: Ticket) -> tuple[str, ...]:
    """By whom a ticket was filed, what it is near to, and while it is open how it stands."""
    filers = dict.fromkeys([ticket.opened_by, *[lost.seat for lost in ticket.collisions]])
    namespace = namespace_of(item)
    links = [f"filer {namespace} {seat}" for seat in filers]
    links += [f"near {near}" for near in dict.fromkeys((ticket.parent, *ticket.related)) if near]
    if ticket.provisional or ticket.collisions:
        links.append("unsettled")
    # What follows is asked of open tickets alone; closed ones are most of an old feed.
    if ticket.closed:
        return tuple(links)
    links += ["open", f"opener {ticket.opened_by}"]
    if ticket.holder is not None:
        links.append(f"holder {ticket.holder}")
    if ticket.state is State.BLOCKED:
        # Each once: a link stands once in its table, however often a post names the ruling.
        awaited = dict.fromkeys(on for on in ticket.blocked_on if on.startswith("ruling:"))
        links += [f"awaits {on.removeprefix('ruling:')}" for on in awaited]
    if awaits_unnamed_ruling(ticket):
        links.append("unnamed")
    return tuple(links)


def links_of_post(_: str, post: Post) -> tuple[str, ...]:
    """Whose post it is, on what, for whom, and what it does."""
    links = [f"seat {post.seat}"]
    if post.item is not None:
        links.append(f"item {post.item}")
    for reader in dict.fromkeys(post.to):
        links += [f"to {reader}", f"letter {post.seat} {reader}"]
    return (*links, *_find_deed_links(post))


_DECIDES = frozenset(("REPAIR", "AMENDMENT", "HANDOFF"))
"""Directives that not every seat may use. Of a RELEASE the board keeps what it lifted (`Board.lifts`)."""


def _find_deed_links(post: Post) -> Iterator[str]:
    """What a post does, for whoever asks for all posts that do so: it is made `by hand`, it `opens` a ticket,
    `claims` or `decides` as a seat, it is a ruling that `absorbs` into a ticket, or nothing."""
    kind, names = kind_of(post.kind), {line.name for line in post.directives}
    if post.seq is None:
        yield "by hand"
    if opened := opened_ticket_of(post):
        yield f"opens {opened[0]} {post.seat}"
    if post.state is State.CLAIMED:
        yield f"claims {post.seat}"
    if kind.decides or not names.isdisjoint(_DECIDES):
        yield f"decides {post.seat}"
    if kind.rules:
        yield from dict.fromkeys(
            f"absorbs {line.absorbed_by}" for line in post.directives if line.absorbed_by
        )
        if "ABSORB" not in names:
            yield "absorbs nothing"


def opened_ticket_of(post: Post) -> tuple[str, int] | None:
    """The ticket that a post brings into being, and the line that names it: an opening, a ruling with a
    ticket of its own, or the target of an AMENDMENT."""
    line = next((line for line in post.directives if line.name == "AMENDMENT"), None)
    if line is not None and line.to is not None:
        return line.to, line.line
    if post.item is not None and kind_of(post.kind).opens(post.subject):
        return post.item, post.lines.get("item", 1)
    return None
