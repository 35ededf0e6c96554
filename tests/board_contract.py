"""What any board must answer: every table by every key, every question for every seat, ticket and post.

`describe_board` asks all of it and gives plain data; two boards of the same posts describe alike.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice, product

from ledger.core.board.board import Board
from ledger.core.ids import namespace_of
from ledger.core.search import parse_query

NEVER_SEEN = ("", "CMB-9999", "CMB-9999 X-1", "X-1", "20200101T000000000Z-x-1-0000000000000000")
"""Keys that no table has."""
BY_KEY = (
    *(
        "tickets",
        "seats",
        "posts",
        "seen",
        "named",
        "moved",
        "renumbered",
        "ruled",
        "lifts",
        "newest_challenges",
    ),
    *("declined", "posted", "milestones", "shifts"),
)
JOURNALS = ("refused", "events")
LINKED = ("tickets", "posts")
"""The tables that are asked by link."""


@dataclass
class Names:
    """All names that any board of a feed ever had: what is asked for, also once it is gone."""

    keys: dict[str, set[str]] = field(default_factory=lambda: {table: {*NEVER_SEEN} for table in BY_KEY})
    links: dict[str, set[str]] = field(default_factory=lambda: {table: {*NEVER_SEEN} for table in LINKED})

    def add_from(self, board: Board) -> None:
        """Keep the names of a board that was folded in memory."""
        for table, keys in self.keys.items():
            keys.update(getattr(board, table).keys_from(""))
        for table, links in self.links.items():
            links.update(getattr(board, table).links_from(""))

    @property
    def seats(self) -> list[str]:
        """Every seat that ever posted."""
        return sorted(self.keys["seats"])

    @property
    def items(self) -> list[str]:
        """Every ticket id that any post ever named."""
        return sorted(self.keys["tickets"] | self.keys["named"])

    @property
    def posts(self) -> list[str]:
        """Every post that ever stood."""
        return sorted(self.keys["posts"])


Question = Callable[[Board, Names], object]
QUESTIONS: Mapping[Callable[..., object], Question] = {
    Board.all_tickets: lambda board, _: [*board.all_tickets()],
    Board.open_tickets: lambda board, _: board.open_tickets(),
    Board.tickets_held_by: lambda board, names: {seat: board.tickets_held_by(seat) for seat in names.seats},
    Board.open_tickets_filed_by: lambda board, names: {
        seat: board.open_tickets_filed_by(seat) for seat in names.seats
    },
    Board.unsettled_tickets: lambda board, _: board.unsettled_tickets(),
    Board.tickets_awaiting_ruling: lambda board, names: {
        item: board.tickets_awaiting_ruling(item) for item in names.items
    },
    Board.tickets_awaiting_unnamed_ruling: lambda board, _: board.tickets_awaiting_unnamed_ruling(),
    Board.namespaces: lambda board, _: board.namespaces(),
    Board.filers_in: lambda board, names: {
        space: board.filers_in(space) for space in {namespace_of(item) for item in names.items}
    },
    Board.renumbered_from: lambda board, names: {item: board.renumbered_from(item) for item in names.items},
    Board.history_of: lambda board, _: {
        ticket.id: [*board.history_of(ticket)] for ticket in board.all_tickets()
    },
    Board.challenges: lambda board, _: {
        ticket.id: board.challenges(ticket) for ticket in board.all_tickets()
    },
    Board.has_declined: lambda board, names: [
        (seat, ticket.id)
        for seat, ticket in product(names.seats, board.all_tickets())
        if board.has_declined(seat, ticket)
    ],
    Board.tickets_ever_declined_by: lambda board, names: {
        seat: board.tickets_ever_declined_by(seat) for seat in names.seats
    },
    Board.all_seats: lambda board, _: [*board.all_seats()],
    Board.tickets_posted_on_by: lambda board, names: {
        seat: board.tickets_posted_on_by(seat) for seat in names.seats
    },
    Board.newest_post_on: lambda board, names: {
        (item, seat): board.newest_post_on(item, seat) for item, seat in product(names.items, names.seats)
    },
    Board.deeds_by: lambda board, names: {
        (seat, at): [*board.deeds_by(seat, at)] for seat, at in product(names.seats, _some_times(board))
    },
    Board.was_retired: lambda board, names: {
        (seat, at): board.was_retired(seat, at) for seat, at in product(names.seats, _some_times(board))
    },
    Board.openings_of: lambda board, names: {item: [*board.openings_of(item)] for item in names.items},
    Board.all_posts: lambda board, _: [*board.all_posts()],
    Board.posts_on: lambda board, names: {item: board.posts_on(item) for item in names.items},
    Board.newest_posts_by: lambda board, names: {
        seat: [*board.newest_posts_by(seat)] for seat in names.seats
    },
    Board.newest_notes_to: lambda board, names: {
        seat: [*board.newest_notes_to(seat)] for seat in names.seats
    },
    Board.newest_post_to: lambda board, names: {
        (writer, reader): board.newest_post_to(writer, reader)
        for writer, reader in product(names.seats, names.seats)
    },
    Board.is_before: lambda board, names: [
        [board.is_before(post, other) for other in _standing(board, names)[::7]]
        for post in _standing(board, names)
    ],
    Board.landed_at_latest: lambda board, names: {
        post: board.landed_at_latest(post) for post in _standing(board, names)
    },
    # In order of likeliness each board has its own measure.
    Board.search_posts: lambda board, _: {
        words: sorted(board.search_posts(parse_query(words), 10_000), key=str)
        for words in ("", "work", "w", "wor it", '"is so"', "e b", "hello", "cmb 1", "absorb done")
    },
    Board.is_named: lambda board, names: {post: board.is_named(post) for post in names.posts},
}
"""How each question of a board is asked for all names."""


def _some_times(board: Board) -> list[datetime]:
    """Before all posts, at some of them, and a little later."""
    times = [post.at for post in board.all_posts()][::9]
    return [datetime.min.replace(tzinfo=UTC), *times, *(at + timedelta(microseconds=1) for at in times)]


def _standing(board: Board, names: Names) -> list[str]:
    return [post for post in names.posts if post in board.posts]


def describe_board(board: Board, names: Names) -> dict[str, object]:
    """All that a board says when it is asked for these names."""
    said: dict[str, object] = {"order": board.order}
    for table in BY_KEY:
        said |= _describe_table(board, table, names.keys[table])
    for table, links in names.links.items():
        found = {link: getattr(board, table).find(link) for link in sorted(links)}
        said[f"{table} by link"] = {link: keys for link, keys in found.items() if keys}
    for table in ("tickets", "posts"):
        said[f"{table} links"] = getattr(board, table).links_from("")
    openings = [ticket.opening for ticket in board.all_tickets()]
    for table, keys in (("refused", names.posts), ("events", [*openings, *NEVER_SEEN])):
        journal = getattr(board, table)
        said[f"{table} rows"] = {key: [*rows] for key in keys if (rows := journal.rows(key))}
        said[f"{table} last"] = {key: last for key in keys if (last := journal.last(key)) is not None}
    said |= _describe_arrivals(board, names)
    return said | {question.__name__: ask(board, names) for question, ask in QUESTIONS.items()}


def _describe_table(board: Board, name: str, keys: Iterable[str]) -> dict[str, object]:
    table = getattr(board, name)
    found = {key: record for key in sorted(keys) if (record := table.get(key)) is not None}
    prefixes = {key[:end] for key in found for end in (3, len(key) // 2)}
    said = {
        name: found,
        f"{name} there": [key for key in sorted(keys) if key in table],
        f"{name} keys": table.keys_from(""),
        f"{name} some keys": {prefix: table.keys_from(prefix) for prefix in sorted(prefixes)},
        f"{name} all": [*table.all()],
    }
    return said | {f"{name} got": [table[key] for key in found]}


def _describe_arrivals(board: Board, names: Names) -> dict[str, object]:
    posts = board.posts
    count = len(posts)
    return {
        "posts count": count,
        "posts place": {key: posts.place_of(key) for key in _standing(board, names)},
        "posts since": [[post.id for post in posts.since(place)] for place in (0, count // 2, count)],
        "posts backwards": [post.id for post in posts.newest_first()],
        "posts last": [post.id for post in islice(posts.newest_first(), 3)],
        "posts newest": {
            link: newest
            for link in sorted(names.links["posts"])
            if (newest := [post.id for post in posts.newest(link)])
        },
        "lows": [board.lows.earliest(place) for place in range(count + 1)],
    }


def find_unlike(board: Board, expected: Board, names: Names) -> list[str]:
    """What a board does not say as another one does, in words."""
    said, wanted = describe_board(board, names), describe_board(expected, names)
    return [
        f"{name}: {_cut(said[name], wanted[name])}, and not {_cut(wanted[name], said[name])}"
        for name in wanted
        if said[name] != wanted[name]
    ]


def _cut(said: object, other: object) -> object:
    """Of an answer the part that another answer does not have."""
    if isinstance(said, dict) and isinstance(other, dict):
        return {key: value for key, value in said.items() if key not in other or other[key] != value}
    if isinstance(said, list) and isinstance(other, list) and len(said) != len(other):
        return [one for one in said if one not in other] or said
    return said
