"""A wish as data: what a seat wants written, whoever lands it, wherever and whenever."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from ledger.core.dataclass import dataclass, field

Value = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PostRequest:
    """One post that is wished for: header fields as texts, without what the tool fills in.

    `reserve` is a namespace when the post opens a ticket under the next number; then `fields` has no
    `item`. `provisional` says that the number is to be confirmed (protocol B). `{{ITEM_ID}}` in fields
    and body stands for the post's own ticket, `{{ITEM_ID.2}}` for that
    of the second post of the batch.
    """

    kind: str
    fields: Mapping[str, Value] = field(default_factory=dict)
    body: str = ""
    reserve: str | None = None
    provisional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteRequest:
    """What lands together, or not at all, at most once: its nonce is the idempotency key.

    `numbers` reserves without filing: (namespace, count). `expects` maps each ticket that the intent
    moves, claims excepted, to the newest post that moved it as the seat saw it. A `staged` intent
    reserves on the authority and leaves the posts to review. An `unreserved` one takes no refs for its
    provisional openings: this host refuses them. `author` is (name, email), `clone` the id of the clone that
    wants it, which claims name; empty when it is none of a clone. One that `answers` answers the challenges
    against its seat; what a shepherd's round posts does not speak for its seat.
    """

    nonce: str
    seat: str
    at: datetime
    author: tuple[str, str]
    wishes: tuple[PostRequest, ...] = ()
    numbers: tuple[str, int] | None = None
    expects: Mapping[str, str] = field(default_factory=dict)
    staged: bool = False
    unreserved: bool = False
    clone: str = ""
    answers: bool = True

    def wish_nonce(self, place: int) -> str:
        """The nonce of the post at `place`: the intent's own for the first, derived from it for others."""
        if place == 0:
            return self.nonce
        from hashlib import sha256  # takes 2.5 ms, and most intents have one wish

        # Derived and not drawn: the same request, tried again, makes the same posts.
        return sha256(f"{self.nonce}.{place}".encode()).hexdigest()[:16]

    def namespaces(self) -> Iterator[str]:
        """Every namespace in which the intent wants numbers."""
        if self.numbers is not None:
            yield self.numbers[0]
        yield from (wish.reserve for wish in self.wishes if wish.reserve is not None)
