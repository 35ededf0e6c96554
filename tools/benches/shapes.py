"""Shapes of feeds that tempt a reader into more work than they are long: each is made of n things at will.

All of them are posts that anybody may push. A shape is a function of n that writes posts with a `Writer`.
"""

from collections.abc import Callable, Mapping

from benches.writer import Writer, ticket

LISTED = 10
"""Names in each list, where a shape needs lists."""
CONFIG = "seats:\n  S: {role: strat}\n  A: {role: code, wip: 99999}\n  B: {role: code}\n"
LISTABLE = 2000
"""Seats or namespaces that a file of settings has room for."""


def gates_in_a_row(feed: Writer, n: int) -> None:
    """Each ticket after the one before."""
    for place in range(1, n + 1):
        feed.opens(place, after=(ticket(place - 1),) if place > 1 else ())


def gates_named_before_they_are(feed: Writer, n: int) -> None:
    """Each ticket after the next one, which is filed later."""
    for place in range(1, n + 1):
        feed.opens(place, after=(ticket(place + 1),))


def gates_on_many(feed: Writer, n: int) -> None:
    """Each ticket after many before it."""
    for place in range(1, n + 1):
        after = tuple(ticket(other) for other in range(max(1, place - LISTED), place))
        feed.opens(place, after=after)


def one_gate_amended(feed: Writer, n: int) -> None:
    """A row of gates, and a ticket that is put behind its end and taken away again."""
    gates_in_a_row(feed, n // 2)
    feed.opens(n)
    for turn in range(n // 2):
        feed.post("A", "amendment", "so", item=ticket(n), after=(ticket(n // 2),) if turn % 2 == 0 else ())


def gates_in_a_ring(feed: Writer, n: int) -> None:
    """Each ticket after the one before, and the first after the last."""
    for place in range(1, n + 1):
        feed.opens(place, after=(ticket(place - 1 or n),))


def blocks_in_a_row(feed: Writer, n: int) -> None:
    """Each ticket blocked on the next."""
    for place in range(1, n + 1):
        feed.moves("A", ticket(place), "BLOCKED", subject="x", blocked_on=(ticket(place + 1),))


def blocks_in_a_ring(feed: Writer, n: int) -> None:
    """Each ticket blocked on the next, and the last on the first."""
    for place in range(1, n + 1):
        feed.moves("A", ticket(place), "BLOCKED", subject="x", blocked_on=(ticket(place % n + 1),))


def a_gate_that_opens_and_shuts(feed: Writer, n: int) -> None:
    """Tickets behind one gate, which is DONE and repaired in turn."""
    feed.opens(1)
    for place in range(2, n // 2):
        feed.opens(place, after=(ticket(1),))
    for _ in range(n // 6):
        feed.moves("A", ticket(1), "CLAIMED")
        feed.moves("A", ticket(1), "DONE")
        feed.moves("A", ticket(1), "AWAITING_CLAIM", "REPAIR: it was not done")


def seats_that_boot(feed: Writer, n: int) -> None:
    """A seat boots for each ticket that is opened."""
    for place in range(n // 2):
        feed.opens(place + 1)
        feed.post(f"SEAT-{place}", "boot", driver="cron")


def seats_with_lanes(feed: Writer, n: int) -> None:
    """Every seat and every ticket has a lane of its own."""
    for place in range(n // 2):
        feed.opens(place + 1, lane=f"lane-{place}")
        feed.post(f"SEAT-{place}", "boot", lanes=(f"lane-{place}",))


def seats_that_hold(feed: Writer, n: int) -> None:
    """Every seat holds a ticket out of its lanes."""
    for place in range(n // 3):
        feed.post(f"SEAT-{place}", "boot", lanes=("elsewhere",))
        feed.opens(place + 1)
        feed.moves(f"SEAT-{place}", ticket(place + 1), "CLAIMED")


def a_seat_that_holds_all(feed: Writer, n: int) -> None:
    """One seat claims every ticket, and retires."""
    for place in range(n // 2):
        feed.opens(place + 1, "S")
        feed.moves("A", ticket(place + 1), "CLAIMED")
    feed.post("B", "note", "hm", item=ticket(1))


def a_seat_that_retires(feed: Writer, n: int) -> None:
    """One seat claims and retires in turn, among many tickets."""
    for place in range(n // 2):
        feed.opens(place + 1, "S")
    for place in range(n // 4):
        feed.moves("A", ticket(1), "CLAIMED", "", place % 2 == 1)
        feed.post("A", "retire", "", place % 2 == 1)


def notes_on_one_ticket(feed: Writer, n: int) -> None:
    """Notes on one ticket."""
    feed.opens(1)
    for place in range(n - 1):
        feed.post("AB"[place % 2], "note", f"said {place}", item=ticket(1), to=("B",))


def notes_by_many_seats(feed: Writer, n: int) -> None:
    """Notes on one ticket, each by another seat."""
    feed.opens(1)
    for place in range(n - 1):
        feed.post(f"SEAT-{place}", "note", f"said {place}", item=ticket(1))


def offers_back_and_forth(feed: Writer, n: int) -> None:
    """One ticket handed from seat to seat."""
    feed.opens(1, "S")
    for place in range(n - 1):
        seat, other = "AB"[place % 2], "AB"[(place + 1) % 2]
        feed.moves(seat, ticket(1), "AWAITING_CLAIM", f"HANDOFF: {other} (warmer: go on)")


def blocks_back_and_forth(feed: Writer, n: int) -> None:
    """One ticket blocked and released."""
    feed.opens(1)
    feed.opens(2)
    for place in range(n // 2 - 1):
        feed.moves("A", ticket(1), "BLOCKED", "x", blocked_on=(ticket(2),))
        feed.moves("AB"[place % 2], ticket(1), "AWAITING_CLAIM", "RELEASE: no need")


def declines(feed: Writer, n: int) -> None:
    """One ticket declined by many seats."""
    feed.opens(1)
    for place in range(n - 1):
        feed.post(f"SEAT-{place}", "note", f"DECLINE: {ticket(1)} (cold: no)", item=ticket(1))


def challenges(feed: Writer, n: int) -> None:
    """One claim challenged by many seats, which all try to end it; its holder answers at the end."""
    feed.opens(1)
    life = feed.moves("A", ticket(1), "CLAIMED")
    asked = []
    for place in range(n // 2):
        body = f"CHALLENGE: {ticket(1)} post:{life} grace:10m clone:{place:016x}"
        asked.append(feed.post(f"SEAT-{place}", "note", body, item=ticket(1)))
    for place, post in enumerate(asked):
        body = f"AUTO-RELEASE: post:{post} clone:{place:016x} (gone)"
        feed.moves(f"SEAT-{place}", ticket(1), "AWAITING_CLAIM", body)


def signs_of_life(feed: Writer, n: int) -> None:
    """One claim challenged and answered in turn."""
    feed.opens(1)
    life = feed.moves("A", ticket(1), "CLAIMED")
    for place in range(n // 2 - 1):
        body = f"CHALLENGE: {ticket(1)} post:{life} grace:10m clone:{place:016x}"
        feed.post("B", "note", body, item=ticket(1))
        life = feed.post("A", "note", f"ALIVE: {ticket(1)}")


def openings_of_one_number(feed: Writer, n: int) -> None:
    """One number opened by many seats, which all post on it."""
    for place in range(n // 2):
        feed.opens(1, f"SEAT-{place}", True)
        feed.post(f"SEAT-{place}", "note", "hm", True, item=ticket(1))


def openings_that_are_moved(feed: Writer, n: int) -> None:
    """One number opened again and again, and each moved to another."""
    feed.opens(1)
    for place in range(n // 2 - 1):
        opening = feed.opens(1, f"SEAT-{place}")
        body = f"AMENDMENT: {ticket(1)} -> {ticket(place + 2)} post:{opening}"
        feed.post(f"SEAT-{place}", "amendment", body, item=ticket(place + 2))


def rulings_beside_waits(feed: Writer, n: int) -> None:
    """Tickets that wait for a ruling, and rulings on it that forget them all."""
    feed.opens(1)
    for place in range(2, n // 2):
        feed.moves("A", ticket(place), "BLOCKED", subject="x", blocked_on=(f"ruling:{ticket(1)}",))
    for _ in range(n // 2):
        feed.post("S", "ruling", "so be it", subject="x", rules_on=(ticket(1),))


def rulings_on_all(feed: Writer, n: int) -> None:
    """Each ticket waits for a ruling of its own, which forgets it."""
    for place in range(1, n // 3):
        feed.moves("A", ticket(place), "BLOCKED", subject="x", blocked_on=(f"ruling:{ticket(place)}",))
        feed.opens(n + place)
        feed.post(
            "S", "ruling", f"ABSORB: {ticket(n + place)} -> DONE (x)", subject="x", rules_on=(ticket(place),)
        )


def one_ruling_for_all(feed: Writer, n: int) -> None:
    """One ruling with a line for every ticket, all absorbed by one that waits for it."""
    feed.moves("A", ticket(1), "BLOCKED", subject="x", blocked_on=(f"ruling:{ticket(2)}",))
    for place in range(2, n):
        feed.opens(place)
    lines = [f"ABSORB: {ticket(place)} -> DONE absorbed-by:{ticket(1)}" for place in range(2, n)]
    for start in range(0, len(lines), 400):
        feed.post("S", "ruling", "\n".join(lines[start : start + 400]), subject="x", rules_on=(ticket(2),))


def one_ticket_absorbed(feed: Writer, n: int) -> None:
    """One ticket that every ruling names."""
    feed.opens(1)
    for _ in range(n - 1):
        feed.post(
            "S", "ruling", f"ABSORB: {ticket(1)} -> AWAITING_CLAIM (x)", subject="x", rules_on=(ticket(1),)
        )


def children_of_one(feed: Writer, n: int) -> None:
    """Follow-ons of one ticket that was finished and is talked about."""
    feed.opens(1)
    feed.moves("A", ticket(1), "CLAIMED")
    feed.moves("A", ticket(1), "DONE")
    for place in range(2, n // 2):
        feed.opens(place, parent=ticket(1))
        feed.post("B", "note", "hm", item=ticket(1))


def children_by_many(feed: Writer, n: int) -> None:
    """Every seat finishes a ticket and files a follow-on."""
    for place in range(1, n // 4):
        seat = f"SEAT-{place}"
        feed.opens(place, seat)
        feed.moves(seat, ticket(place), "CLAIMED")
        feed.moves(seat, ticket(place), "DONE")
        feed.opens(n + place, seat, parent=ticket(place))


def first_numbers(feed: Writer, n: int) -> None:
    """The first number of many series."""
    for place in range(n):
        feed.moves("A", f"N{place}-0001", "AWAITING_CLAIM", subject="x")


def unknown_tickets(feed: Writer, n: int) -> None:
    """Posts on tickets that are not there, and waits for such."""
    for place in range(n // 2):
        feed.moves("A", ticket(100_000 + place), "CLAIMED")
        feed.opens(place + 1, after=(ticket(200_000 + place),))


def unlisted_seats(feed: Writer, n: int) -> None:
    """Seats that the settings do not list, among those that they do."""
    for place in range(n):
        feed.post(f"SEET-{place}", "note", "hm", to=(f"SAET-{place}",))


def unknown_prefixes(feed: Writer, n: int) -> None:
    """Namespaces that the settings do not have."""
    for place in range(n):
        feed.moves("A", f"X{place}-0001", "AWAITING_CLAIM", subject="x")


def private_namespace(feed: Writer, n: int) -> None:
    """Openings in a namespace of one seat."""
    for place in range(n):
        feed.moves("A", ticket(place + 1, "OWN"), "AWAITING_CLAIM", subject="x")


def forks(feed: Writer, n: int) -> None:
    """Posts beside the chain, each of which claims to go on with it."""
    feed.opens(1)
    head, seq = feed.post("A", "note", "x", item=ticket(1)), 2
    for place in range(n):
        feed.post("B", "note", "x", True, item=ticket(1), seq=str(seq + 1 + place % 3), prev=head)


def chain_by_hand(feed: Writer, n: int) -> None:
    """A chain by hand, whose every post says that it is its own beginning's end."""
    before = "20260101T000000000Z-a-0000000000000000"
    for place in range(n):
        before = feed.post("B", "note", "x", True, seq=str(place + 2), prev=before)


def by_hand(feed: Writer, n: int) -> None:
    """Posts by hand that no post of the chain saw."""
    feed.opens(1)
    for place in range(n):
        feed.post("AB"[place % 2], "note", "x", True, item=ticket(1))


def one_nonce(feed: Writer, n: int) -> None:
    """Posts of one seat with one nonce."""
    feed.opens(1)
    for _ in range(n):
        feed.post("A", "note", "x", False, 1, item=ticket(1))


def one_post_cited(feed: Writer, n: int) -> None:
    """One post that all others cite, about tickets that are all related to one."""
    cited = feed.opens(1)
    for place in range(n):
        feed.opens(place + 2, cites=(cited,), related=(ticket(1),), lane=f"lane-{place}")


def bad_lines(feed: Writer, n: int) -> None:
    """Bodies whose every line comes near a directive."""
    for start in range(0, n, 1000):
        feed.post("A", "note", "ABSORB: x\n" * min(1000, n - start))


SHAPES: Mapping[str, Callable[[Writer, int], None]] = {
    shape.__name__.replace("_", " "): shape
    for shape in (
        *(gates_in_a_row, gates_named_before_they_are, gates_on_many, one_gate_amended, gates_in_a_ring),
        *(blocks_in_a_row, blocks_in_a_ring, a_gate_that_opens_and_shuts),
        *(seats_that_boot, seats_with_lanes, seats_that_hold, a_seat_that_holds_all, a_seat_that_retires),
        *(notes_on_one_ticket, notes_by_many_seats, offers_back_and_forth, blocks_back_and_forth),
        *(declines, challenges, signs_of_life, openings_of_one_number, openings_that_are_moved),
        *(rulings_beside_waits, rulings_on_all, one_ruling_for_all, one_ticket_absorbed),
        *(children_of_one, children_by_many, first_numbers, unknown_tickets),
        *(unlisted_seats, unknown_prefixes, private_namespace, forks, chain_by_hand, by_hand, one_nonce),
        *(one_post_cited, bad_lines),
    )
}
"""Every shape by its name."""


def settings(name: str, n: int) -> str:
    """The settings of a feed of some shape: a long file where the shape is theirs."""
    if name == "unlisted seats":
        rows = "".join(f"  SEAT-{place}: {{role: code}}\n" for place in range(min(n, LISTABLE)))
        return f"seats_listed_only: true\nseats:\n{rows}"
    if name == "unknown prefixes":
        rows = "".join(f"  N{place}: {{}}\n" for place in range(min(n, LISTABLE)))
        return f"namespaces:\n{rows}"
    if name == "private namespace":
        return "namespaces:\n  OWN: {private_to: A}\n"
    return CONFIG if name in RULED else ""


RULED = ("offers back and forth", "blocks back and forth", "one ticket absorbed", "a seat that holds all")
"""Shapes in which roles matter."""


def written(name: str, n: int) -> Writer:
    """A feed of some shape."""
    feed = Writer(settings(name, n))
    SHAPES[name](feed, n)
    return feed
