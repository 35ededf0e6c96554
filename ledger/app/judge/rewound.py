"""A feed that was rewound: what is gone of what this clone saw, and refusing to write on it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ledger.app.ledger import Ledger
from ledger.app.read.load import Feed
from ledger.core.errors import LedgerError
from ledger.core.ids import tip_ref
from ledger.core.write.numbers import decode_reservation, decode_tip
from ledger.core.write.sealing import is_spent
from ledger.store.contract import Oid

if TYPE_CHECKING:
    from ledger.rules.view import Rewound  # with all rules, of which a reader needs none

PAYLOAD_LIMIT = 65536
"""Bytes that are read of a tip or a reservation."""


def find_rewound(ledger: Ledger, feed: Feed) -> "Rewound | None":
    """What is gone of what was seen; None where nothing is."""
    rewind = feed.rewind
    if rewind is None:
        return None
    from ledger.rules.view import Rewound

    posts = sorted(find_lost_posts(ledger, feed))
    tips = [
        (parse_series(ref), read_tip_at(ledger, oid), read_tip_at(ledger, feed.refs.get(ref)))
        for ref, oid in rewind.tips.items()
    ]
    return Rewound(tuple(posts), tuple(tips), tuple(sorted(find_absent_numbers(ledger, feed))))


def refuse_rewound(ledger: Ledger, feed: Feed) -> None:
    """Raise LedgerError `rewound` where what was seen is gone: a right may have been given twice."""
    rewound = find_rewound(ledger, feed)
    if rewound is not None:
        raise LedgerError(
            "rewound",
            f'"{ledger.store.feed_ref}" was rewound: {rewound.summary}; nothing was written',
            "`git ledger drift` names what is gone, then `git ledger drift --fix` lands it again",
        )


def find_lost_posts(ledger: Ledger, feed: Feed) -> Mapping[str, Oid]:
    """The posts that were seen and are gone or changed: path to object."""
    seen = feed.rewind.feed if feed.rewind else None
    return ledger.store.find_lost_posts(seen, feed.commit) if seen else {}


def find_absent_numbers(ledger: Ledger, feed: Feed) -> dict[str, Oid]:
    """Reservations that were seen, and whose refs are gone; without those that were sealed, as is meant."""
    gone = {ref: oid for ref, oid in ledger.store.vanished_reservations().items() if ref not in feed.refs}
    if not gone or feed.config.seal_above is None:
        return gone
    tips = {series: read_tip_at(ledger, feed.refs.get(tip_ref(series))) for series in map(parse_series, gone)}
    payloads, now = ledger.store.read_blobs(gone.values(), PAYLOAD_LIMIT), ledger.world.now()

    def is_sealed(ref: str, oid: Oid) -> bool:
        series = parse_series(ref)
        reservation = decode_reservation(payloads[oid], series, parse_number(ref))
        return reservation is not None and is_spent(feed.board, reservation, tips[series], now)

    return {ref: oid for ref, oid in gone.items() if not is_sealed(ref, oid)}


def parse_series(ref: str) -> str:
    """The series of a tip or a reservation."""
    return ref.split("/")[-2]


def parse_number(ref: str) -> int:
    """The number of a reservation."""
    return int(ref.rpartition("/")[2])


def read_tip_at(ledger: Ledger, oid: Oid | None) -> int:
    """The number that an object says as a tip; 0 where it is none."""
    return (decode_tip(ledger.store.read_blobs([oid], PAYLOAD_LIMIT)[oid]) or 0) if oid else 0
