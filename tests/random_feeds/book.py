"""What stands of a random feed while it is drawn, and how one more post gets its place in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from types import MappingProxyType

from ledger.core.board.board import BoardOverlay
from ledger.core.board.fold import fold_posts, take_post
from ledger.core.feed.order import sort_into_feed_order
from ledger.core.feed.posts import parse_post, render_post
from ledger.core.ids import format_timestamp, make_post_id, path_of_post, reservation_ref, tip_ref
from ledger.core.model import Post, State, Ticket
from ledger.core.write.numbers import Reservation, encode_reservation, encode_tip
from ledger.core.write.requests import PostRequest, Value
from tests.random_feeds.steps import Step

BEGIN = datetime(2026, 11, 20, tzinfo=UTC)
SEATS = ("A-1", "B-1", "C-1", "STRAT-1", "V-1")
CLONES = ("00000000000000c1", "00000000000000c1", "00000000000000c2")
CONFIGS = (
    b"",
    b"""\
namespaces:
  CMB: {id: "CMB-{n:04}"}
  PRV: {id: "PRV-{n:04}", private_to: A-1}
  DAY: {id: "DAY-{yyyymmdd}{n:02}"}
seats:
  A-1: {role: code, wip: 3}
  B-1: {role: code, wip: 2}
  C-1: {role: operator}
  STRAT-1: {role: strat}
  V-1: {role: verify, surfaces: [V-2]}
""",
    b"seats:\n  A-1: {role: code}\n  STRAT-1: {role: strat}\nseats_listed_only: true\n",
)
NOTHING: Mapping[str, Value] = MappingProxyType({})
NOBODYS = "20261120T000000000Z-a-1-0000000000000000"
"""A post id that no post has."""


@dataclass(frozen=True)
class Habits:
    """How the seats of one feed behave, each a share from 0 to 1: posts that are made by hand, deeds that
    their seat may not do, accidents with files, and numbers that are taken without a reservation."""

    by_hand: float
    wrong: float
    accidents: float
    unreserved: float


@dataclass(frozen=True)
class Wanted:
    """One post that a seat wants written."""

    seat: str
    wish: PostRequest


@dataclass
class Book:
    """The feed so far. `board` is the fold of its posts in the order written: it guides what is drawn next.

    `changes` and `refs` are what the step that is being drawn changes.
    """

    dice: Random
    habits: Habits
    files: dict[str, bytes] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    removed: dict[str, bytes] = field(default_factory=dict)
    tickets: list[str] = field(default_factory=list)
    asked: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """The newest challenge of each ticket: its post, seat and clone."""
    head: tuple[str, int] | None = None
    unseen: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    now: datetime = BEGIN
    wanted: list[Wanted] = field(default_factory=list)
    """Every post as its seat wanted it, before it got its place."""
    changes: dict[str, bytes | None] = field(default_factory=dict)
    refs: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.board = BoardOverlay()

    def draws(self, share: float) -> bool:
        """True in this share of all cases."""
        return self.dice.random() < share

    def goes_wrong(self) -> bool:
        """True where a seat now does what it may not do."""
        return self.draws(self.habits.wrong)

    def take_step(self, deed: str) -> Step:
        """All that changed since the step before."""
        step = Step(deed, self.changes, self.refs)
        self.changes, self.refs = {}, {}
        return step

    def pass_time(self, least: timedelta = timedelta(0)) -> None:
        """Let some seconds go by, seldom hours, at least so much; some clocks tell parts of a second."""
        self.now += max(least, timedelta(seconds=self.dice.choice((0, 1, 7.25, 61, 300, 300, 900, 7300))))

    def pick_ticket(self, *states: State, where: Callable[[Ticket], bool] = bool) -> Ticket | None:
        """A ticket in one of these states (without any: in any state); now and then one that is not."""
        there = [ticket for item in self.tickets if (ticket := self.board.tickets.get(item)) is not None]
        if states and not self.goes_wrong():
            there = [ticket for ticket in there if ticket.state in states]
        return self.dice.choice(there) if (there := [ticket for ticket in there if where(ticket)]) else None

    def pick_item(self) -> str:
        """Any ticket, seldom one that is not there."""
        if self.tickets and not self.draws(0.06):
            return self.dice.choice(self.tickets)
        return self.dice.choice(("CMB-0999", f"DAY-202611{self.dice.randrange(20, 26)}09"))

    def pick_post(self) -> str:
        """The id of any post."""
        return self.dice.choice([*self.posts]) if self.posts and not self.draws(0.05) else NOBODYS

    def pick_seat(self, rightful: str | None = None) -> str:
        """The seat that may do it, seldom another; any where nobody in particular may."""
        wrong = rightful is None or rightful not in SEATS or self.goes_wrong()
        return self.dice.choice(SEATS) if wrong else str(rightful)

    def take_number(self, seat: str) -> str:
        """The next ticket of a namespace, most often with its reservation; of PRV its owner needs none."""
        space = self.dice.choice(("CMB", "CMB", "PRV", "DAY"))
        series = f"DAY-202611{self.dice.randrange(20, 26)}" if space == "DAY" else space
        number = self.numbers.get(series, 0) + self.dice.choice((1, 1, 1, 2))
        self.numbers[series] = number
        item = f"{series}{number:02}" if space == "DAY" else f"{series}-{number:04}"
        needless = space == "PRV" and seat == "A-1"
        if not (needless and self.draws(0.7)) and not self.draws(self.habits.unreserved):
            owner = self.pick_seat(seat)
            given = Reservation(series, number, item, owner, format_timestamp(self.now), self.draw_nonce())
            self.refs[reservation_ref(series, number)] = (
                b"?\n" if self.draws(0.03) else encode_reservation(given)
            )
            self.refs[tip_ref(series)] = encode_tip(number, self.draw_nonce())
        self.tickets.append(item)
        return item

    def draw_nonce(self, seat: str | None = None) -> str:
        """16 hex digits that nothing else has; seldom those of another post of the seat."""
        others = [post.nonce for post in self.posts.values() if post.seat == seat] if self.draws(0.03) else []
        return self.dice.choice(others) if others else f"{self.dice.getrandbits(64):016x}"

    def write_post(
        self,
        seat: str,
        kind: str,
        body: str = "",
        fields: Mapping[str, Value] = NOTHING,
        *,
        by_hand: bool | None = None,
        nonce: str | None = None,
    ) -> str:
        """Write one more post, on the chain or by hand, and give its id."""
        self.pass_time()
        hand = self.draws(self.habits.by_hand) if by_hand is None else by_hand
        skew = timedelta(minutes=self.dice.choice((-300, -120, -20, 3, 30)))
        at = max(BEGIN, self.now + skew) if self.draws(0.06) else self.now
        name = make_post_id(at, seat, nonce or self.draw_nonce(seat))
        self.wanted.append(Wanted(seat, PostRequest(kind, fields, body)))
        header: dict[str, Value] = {
            "seat": seat,
            "at": format_timestamp(at),
            "kind": kind,
            **fields,
            **self._own_fields(),
        }
        self.put_file(path_of_post(name), render_post([*(header | self._place(name, hand)).items()], body))
        return name

    def _own_fields(self) -> dict[str, Value]:
        """Fields of the writer's own, which nothing reads and all keep."""
        return (
            {"x-run": self.dice.choice(("7", ("a", "b"), '\u00fc "q" \u2028 \U0001f9ed'))}
            if self.draws(0.05)
            else {}
        )

    def _place(self, name: str, by_hand: bool) -> dict[str, Value]:
        """The fields that place a post at the end of the chain; none for one that is made by hand.

        What was made by hand is seen at once as a rule, and sometimes late.
        """
        if by_hand:
            self.unseen.append(name)
            return {}
        place: dict[str, Value] = {"seq": str(self.head[1] + 1 if self.head else 1)}
        if self.head:
            place["prev"] = self.head[0]
        seen = [one for one in self.unseen if self.draws(0.85)]
        if seen:
            place["saw"] = tuple(seen)
        self.unseen = [one for one in self.unseen if one not in seen]
        self.head = name, self.head[1] + 1 if self.head else 1
        return place

    def put_file(self, path: str, data: bytes) -> None:
        """Let a file stand, and take its post into the board that guides."""
        self.files[path] = self.changes[path] = data
        self.removed.pop(path, None)
        post, _ = parse_post(data, path)
        if post is not None:
            self.posts[post.id] = post
            take_post(self.board, post, post.seq is not None)

    def remove_file(self, path: str) -> None:
        """Let a file go; it can be restored."""
        self.removed[path] = self.files.pop(path)
        self.changes[path] = None

    def look_again(self) -> None:
        """Read all files anew, after one went or changed: the end of the chain may be another."""
        read = [parse_post(data, path)[0] for path, data in self.files.items() if path.endswith(".md")]
        posts = [post for post in read if post is not None]
        self.board = fold_posts(posts)
        self.posts = {post.id: post for post in posts}
        self.head, self.unseen = self.board.order.head, [*self.board.order.unseen]

    def chain(self) -> list[Post]:
        """The posts of the chain, lowest first."""
        posts, order = sort_into_feed_order(self.posts.values())
        return [post for post in posts if post.seq is not None and post.id not in order.forked]


def fields_of(**fields: Value) -> Mapping[str, Value]:
    """The fields that have a value."""
    return {name: value for name, value in fields.items() if value}
