"""Which landed posts matter to a push: those that can change what the rules say of its posts.

The rules look at the tickets that new posts name, at what these tickets depend on, and at what the seats of
new claims hold. A post made by hand is placed by the post of the chain that saw it, so that one comes too.
"""

from collections.abc import Iterable, Iterator, Sequence

from ledger.core.config import Config
from ledger.core.fold import tickets_named
from ledger.core.ids import Number, namespace_of
from ledger.core.model import Post, State
from ledger.store.known import UNNAMED, Fact, Known


def needed(
    known: Known, posts: Sequence[Post], config: Config, untouched: Iterable[str], touched: Iterable[str]
) -> list[Fact]:
    """The landed posts that matter to these new ones, which continue the chain plainly.

    `untouched` are series without a reservation, `touched` the files of landed posts that the push
    changes.
    """
    found: dict[str, Fact] = {}
    first = {ticket for post in posts for ticket in tickets_named(post)}
    for post in posts:
        first |= _of_seat(known, post, found) | _of_ruling(known, post) | _private(known, post, config)
    opened = _spelled(known, posts, config, set(untouched))
    _keep(found, (one for ticket in opened for one in known.naming(ticket)))
    for ticket in _closure(known, first):
        _keep(found, known.acting(ticket))
    claims = [one for one in found.values() if one.state == State.CLAIMED]
    _keep(found, (back for seat in {one.seat for one in claims} for back in known.retired_by_hand(seat)))
    _keep(found, (back for claim in claims for back in known.retired_after(claim)))
    _keep(found, (one for path in touched for one in known.at_path(path)))
    _keep(found, (one for name in _named(known, posts) for one in known.with_id(name)))
    _keep(found, (one for name in _asked_since(posts) for one in known.earliest_behind(name)))
    return _placed(known, found)


def _keep(found: dict[str, Fact], facts: Iterable[Fact]) -> None:
    found.update((one.path, one) for one in facts)


def _of_seat(known: Known, post: Post, found: dict[str, Fact]) -> set[str]:
    """For a new claim: its seat's newest boot and retirement, what it may hold, what counts against a cap."""
    if post.state is not State.CLAIMED:
        return set()
    turning = known.turning(post.seat)
    _keep(found, turning)
    boots = [one for one in turning if one.kind == "boot"]
    held = known.maybe_held(post.seat)
    if any(one.cap for one in boots):
        held |= known.claimed_since(post.seat, max((one.seq or 0 for one in boots if one.chain), default=0))
    return held


def _of_ruling(known: Known, post: Post) -> set[str]:
    """For a new ruling: the tickets that may wait for it."""
    if post.kind != "ruling":
        return set()
    return {one for on in (*post.rules_on, UNNAMED) for one in known.waiting_for(on)}


def _private(known: Known, post: Post, config: Config) -> set[str]:
    """In a namespace private to the seat: every ticket, since one by another seat ends that."""
    spaces = {namespace_of(ticket) for ticket in tickets_named(post)}
    mine = [one for one in spaces if config.private_to(one) == post.seat]
    return {ticket for one in mine for ticket in known.tickets_of(one)}


def _spelled(known: Known, posts: Sequence[Post], config: Config, untouched: set[str]) -> set[str]:
    """The tickets of the series in which a new post may take the first number."""
    taking = [post for post in posts if post.subject is not None or post.kind in ("ruling", "amendment")]
    named = {ticket for post in taking for ticket in tickets_named(post)}
    first = [one for one in map(config.read_ticket, named) if one is not None and one.n == 1]
    series = {one.series for one in first} & untouched
    spaces = {namespace_of(one) for one in series}
    there = {ticket for space in spaces for ticket in known.tickets_of(space)}
    return {ticket for ticket in there if _counts_in(config.read_ticket(ticket), series)}


def _counts_in(number: Number | None, series: set[str]) -> bool:
    return number is not None and number.series in series


def _closure(known: Known, tickets: set[str]) -> set[str]:
    """These tickets and all that the fold looks at when posts move them: gates, blocks, renumberings."""
    done: set[str] = set()
    todo = set(tickets)
    while todo:
        ticket = todo.pop()
        done.add(ticket)
        todo |= known.needed_by(ticket) - done
    return done


def _named(known: Known, posts: Sequence[Post]) -> Iterator[str]:
    """The posts that new posts name, and the end of the chain."""
    head = known.head()
    if head is not None:
        yield head[0]
    for post in posts:
        yield from post.saw
        yield from (line.post for line in post.directives if line.post is not None)
    for seat, nonce in {(post.seat, post.nonce) for post in posts}:
        yield from (one.id for one in known.twins_of(seat, nonce))


def _asked_since(posts: Sequence[Post]) -> Iterator[str]:
    """The signs of life that new challenges name: how old they are shows in what landed behind them."""
    lines = (line for post in posts for line in post.directives)
    return (line.post for line in lines if line.name == "CHALLENGE" and line.post is not None)


def _placed(known: Known, found: dict[str, Fact]) -> list[Fact]:
    """These posts with all that their place follows from: who saw them, copies, posts of the same nonce."""
    todo = list(found.values())
    ids: set[str | None] = {None}
    nonces: set[tuple[str, str]] = set()
    while todo:
        one = todo.pop()
        more = [fact for name in {one.id, one.seer} - ids if name for fact in known.with_id(name)]
        more += known.twins_of(one.seat, one.nonce) if (one.seat, one.nonce) not in nonces else []
        ids |= {one.id, one.seer}
        nonces.add((one.seat, one.nonce))
        fresh = [other for other in more if other.path not in found]
        _keep(found, fresh)
        todo += fresh
    return list(found.values())
