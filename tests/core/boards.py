"""Boards as plain lines, for tests of the fold."""

from ledger.core.board.board import Board, BoardOverlay
from ledger.core.board.fold import fold_posts
from ledger.core.board.tables import Table
from ledger.core.model import Refusal
from tests.feeds import feed


def board_of(text: str) -> BoardOverlay:
    """The board of a plain feed."""
    return fold_posts(feed(text).posts)


def lines(board: Board) -> list[str]:
    """Each ticket in a line: id, state, holder or owner, subject, and what is odd about it."""
    told = []
    for one in board.all_tickets():
        who = one.holder or one.owner
        odd = [f"collision {lost.seat}: {lost.subject}" for lost in one.collisions]
        odd += ["provisional"] if one.provisional else []
        odd += [f"on {' '.join(one.blocked_on)}"] if one.blocked_on else []
        odd += [f"absorbed by {one.absorbed_by}"] if one.absorbed_by else []
        told.append(" | ".join([f"{one.id} {one.state} {who}: {one.subject}", *odd]))
    return told


def all_refusals(board: Board) -> list[Refusal]:
    """What was refused of all posts, in feed order."""
    return [refusal for post in board.all_posts() for refusal in board.refused.rows(post.id)]


def refusals(board: Board) -> list[str]:
    """Each refusal: its rule and the seat whose post it was."""
    return [f"{one.rule} {board.posts[one.post].seat}" for one in all_refusals(board)]


def contents(board: Board) -> dict[str, object]:
    """All that a board answers, to compare it with another one."""
    posts = list(board.all_posts())
    tables: dict[str, Table[object]] = {
        "tickets": board.tickets,
        "seats": board.seats,
        "posts": board.posts,
        "seen": board.seen,
        "named": board.named,
        "moved": board.moved,
        "renumbered": board.renumbered,
        "ruled": board.ruled,
        "lifts": board.lifts,
        "newest_challenges": board.newest_challenges,
        "declined": board.declined,
        "posted": board.posted,
        "milestones": board.milestones,
        "shifts": board.shifts,
    }
    return {
        **{name: rows_of(table) for name, table in tables.items()},
        **{f"links of {name}": links_of(table) for name, table in tables.items()},
        "deeds": {life.seat: [*board.deeds_by(life.seat, life.first_at)] for life in board.all_seats()},
        "order of posts": [post.id for post in posts],
        "refused": {post.id: list(board.refused.rows(post.id)) for post in posts},
        "histories": {post.id: list(board.events.rows(post.id)) for post in posts},
        "landed by": {post.id: board.landed_at_latest(post.id) for post in posts},
        "order": board.order,
    }


def rows_of(table: Table[object]) -> dict[str, object]:
    """All records of a table, by key."""
    return {key: table[key] for key in table.keys_from("")}


def links_of(table: Table[object]) -> dict[str, list[str]]:
    """The keys behind each link of a table, in their order."""
    return {link: table.find(link) for link in table.links_from("")}
