"""A View from plain feeds, and rows of tests that say what one rule tells of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from ledger.core.board.board import Board
from ledger.core.board.fold import fold_posts
from ledger.core.config.config import CONFIG_PATH, Config, parse_config
from ledger.core.feed.order import sort_into_feed_order
from ledger.core.feed.posts import parse_post
from ledger.core.ids import format_timestamp
from ledger.core.model import Finding, Post
from ledger.core.write.numbers import Reservation, Series
from ledger.rules import BY_NAME
from ledger.rules.view import AlteredPost, Branch, Commit, Rewound, View
from tests.feeds import feed, moment

NOW = "06:00"


def view(
    landed: str = "",
    new: str | None = None,
    *,
    config: str = "",
    series: str | None = None,
    now: str = NOW,
    lenient_history: bool = False,
    changes: Sequence[AlteredPost] = (),
    branches: Sequence[Branch] = (),
    odd_refs: Mapping[str, str] | None = None,
    commit: Commit | None = None,
    raw: Mapping[str, bytes] | None = None,
    rewound: Rewound | None = None,
    forged: str | None = None,
) -> View:
    """The view of a plain feed: whole, or of its `new` posts and the `raw` files beside them.

    `series` is one line a series (`CMB tip=3 4=CAMBER-01 5=?`); None reserves every number that a post
    names, for whoever wants it.
    """
    before = feed(landed).posts
    files = {**feed(f"{landed}\n{new or ''}").files, **(raw or {})}
    posts: list[Post] = []
    found: list[Finding] = []
    old = frozenset[str]() if new is None else frozenset(post.id for post in before)
    for path, data in files.items():
        post, findings = parse_post(data, path)
        posts += [post] if post else []
        found += findings if post is None or post.id not in old else ()
    settings, said = parse_config(config.encode(), CONFIG_PATH) if config else (Config(), ())
    board = fold_posts(posts)
    return View(
        board=board,
        judged=tuple(post for post in sort_into_feed_order(posts)[0] if post.id not in old),
        found=(*found, *said),
        config=settings,
        series=reserved(board, settings) if series is None else read_series(series),
        now=moment(now),
        full_scan=new is None,
        lenient_history=lenient_history,
        landed=board if new is None else fold_posts(post for post in posts if post.id in old),
        changes=tuple(changes),
        branches=tuple(branches),
        odd_refs=odd_refs or {},
        commit=commit,
        rewound=rewound,
        forged=forged,
    )


PATH = "feed/2026/11/20/03/51/20261120T035100000Z-camber-01-9c1e07a25b6d4f10.md"


def written(fields: str = "", body: str = "hello", path: str = PATH, kind: str = "note") -> dict[str, bytes]:
    """A file of CAMBER-01 at 03:51, with these lines in its header."""
    header = f"seat: CAMBER-01\nat: 2026-11-20T03:51:00.000Z\nkind: {kind}\n{fields}"
    return {path: f"---\n{header.rstrip()}\n---\n{body}\n".encode()}


def read_series(text: str) -> dict[str, Series]:
    """`CMB tip=3 4=CAMBER-01 5=ORA-01@2026-11-18T00:00:00 6=? 7=hand:ORA-01`; `?` says no seat."""
    known: dict[str, Series] = {}
    for name, *words in (line.split() for line in text.splitlines() if line.strip()):
        pairs = [word.split("=") for word in words]
        said = next((value for key, value in pairs if key == "tip"), "0")
        tip = int(said) if said != "?" else 0
        owners = {int(n): _owner(name, int(n), who) for n, who in pairs if n != "tip"}
        known[name] = Series(
            name, tip, "t" if said != "0" else None, dict.fromkeys(owners, "o"), owners, said == "?"
        )
    return known


def _owner(series: str, n: int, who: str) -> Reservation | None:
    seat, _, at = who.partition("@")
    given = format_timestamp(moment(at or "03:00"))
    ticket = "" if seat.startswith("hand:") else f"{series}-{n:04}"
    seat = seat.removeprefix("hand:")
    return None if who == "?" else Reservation(series, n, ticket, seat, given, "0" * 16)


def reserved(board: Board, config: Config) -> dict[str, Series]:
    """Series in which every number that the board names has a ref, and whose payload nobody read."""
    numbers = [number for one in board.named.keys_from("") if (number := config.parse_ticket_id(one))]
    return {
        one.series: Series(
            one.series,
            max(other.n for other in numbers if other.series == one.series),
            "t",
            {other.n: "o" for other in numbers if other.series == one.series},
        )
        for one in numbers
    }


@dataclass(frozen=True, kw_only=True)
class Row:
    """One case of a rule: a feed, and what is told of it, as `error CMB-0036` or `warning CAMBER-01`.

    Without `new` the whole feed is judged. A finding about no ticket is told by its seat, else its path.
    """

    name: str
    landed: str = ""
    new: str | None = None
    config: str = ""
    series: str | None = None
    now: str = NOW
    changes: tuple[AlteredPost, ...] = ()
    branches: tuple[Branch, ...] = ()
    odd_refs: Mapping[str, str] = field(default_factory=dict)
    commit: Commit | None = None
    raw: Mapping[str, bytes] = field(default_factory=dict)
    rewound: Rewound | None = None
    forged: str | None = None
    told: tuple[str, ...] = ()

    def findings(self, rule: str) -> tuple[Finding, ...]:
        """What the rule says."""
        return tuple(BY_NAME[rule].check(self.view()))

    def says(self, rule: str) -> tuple[str, ...]:
        """What the rule says, in the words of `told`."""
        judged = self.view().judged_by_id
        seats = {name: post.seat for name, post in judged.items()}
        return tuple(
            f"{one.severity} {one.item or seats.get(one.post or '', one.where.path)}"
            for one in self.findings(rule)
        )

    def view(self) -> View:
        """The view of this row."""
        return view(
            self.landed,
            self.new,
            config=self.config,
            series=self.series,
            now=self.now,
            changes=self.changes,
            branches=self.branches,
            odd_refs=self.odd_refs,
            commit=self.commit,
            raw=self.raw,
            rewound=self.rewound,
            forged=self.forged,
        )


def rows(*table: Row) -> pytest.MarkDecorator:
    """Run a test once for each row."""
    return pytest.mark.parametrize("row", table, ids=[row.name for row in table])
