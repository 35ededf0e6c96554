"""Writes the posts of a feed one after the other, for feeds of some shape."""

from datetime import UTC, datetime, timedelta

from ledger.core.feed.order import SAW_LIMIT
from ledger.core.feed.posts import render_post
from ledger.core.ids import format_timestamp, make_post_id, path_of_post
from ledger.core.write.requests import Value

FIRST = datetime(2026, 4, 15, 3, 51, tzinfo=UTC)
NOW = FIRST + timedelta(hours=3)
"""When the feeds are judged: all claims have been silent for long, and no seat has left."""


class Writer:
    """Writes posts one after the other, a chain but for those by hand, all within an hour."""

    def __init__(self, config: str = "") -> None:
        self.files: dict[str, bytes] = {}
        self.config = config
        self._ids: list[str] = []
        self._head: str | None = None
        self._seq = 0
        self._unseen: list[str] = []

    def post(
        self,
        seat: str,
        kind: str,
        body: str = "",
        hand: bool = False,
        nonce: int | None = None,
        /,
        **fields: Value,
    ) -> str:
        """Write a post and give its id."""
        at = FIRST + timedelta(milliseconds=100 * len(self._ids))
        name = make_post_id(at, seat, f"{len(self._ids) if nonce is None else nonce:016x}")
        head: dict[str, Value] = {"seat": seat, "at": format_timestamp(at), "kind": kind}
        if hand:
            self._unseen.append(name)
        else:
            self._seq += 1
            head["seq"] = str(self._seq)
            head |= {"prev": self._head} if self._head else {}
            head |= {"saw": tuple(self._unseen[:SAW_LIMIT])} if self._unseen else {}
            self._head, self._unseen = name, self._unseen[SAW_LIMIT:]
        self.files[path_of_post(name)] = render_post([*head.items(), *fields.items()], body)
        self._ids.append(name)
        return name

    def moves(
        self, seat: str, item: str, state: str, body: str = "", hand: bool = False, **fields: Value
    ) -> str:
        """Write a post that moves a ticket."""
        return self.post(seat, "actionable", body, hand, item=item, state=state, **fields)

    def opens(self, n: int, seat: str = "A", hand: bool = False, /, **fields: Value) -> str:
        """Open a ticket and give its post."""
        return self.moves(seat, ticket(n), "AWAITING_CLAIM", "", hand, subject=f"Work {n}", **fields)


def ticket(n: int, series: str = "CMB") -> str:
    """The id of the n-th ticket."""
    return f"{series}-{n:04}"
