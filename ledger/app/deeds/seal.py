"""`seal`: the refs of reservations that have done their work go, so that nobody's `git push` lists them."""

from collections import Counter

from ledger.app.judge.rewound import refuse_rewound
from ledger.app.ledger import Ledger, with_fresh_deadline
from ledger.app.read.load import read_feed, read_series
from ledger.app.read.series import ALL_SERIES
from ledger.app.write.retry import swap_until_applied
from ledger.core.config.config import CONFIG_PATH, Config
from ledger.core.config.settings import SETTLING
from ledger.core.dataclass import dataclass
from ledger.core.errors import LedgerError
from ledger.core.ids import reservation_ref
from ledger.core.write.sealing import find_spent_numbers
from ledger.store.contract import ABSENT, RefUpdate

BATCH = 1_000
"""Numbers of one swap: a server needs some seconds for so many, of the 30 that it has unless said."""


@dataclass(frozen=True, slots=True)
class SealResult:
    """How many numbers of each series were sealed, and how many refs are left of all."""

    sealed: dict[str, int]
    left: int


def seal_numbers(ledger: Ledger) -> SealResult:
    """Remove the refs of the spent reservations of all series, in atomic batches.

    Each batch names the objects that it removes, so that it changes nothing that others reserve meanwhile,
    and of two who seal at once the slower one looks again. Raises LedgerError `seal-not-set`, `role-may-not`,
    and what any write raises.
    """
    pending: list[RefUpdate] = []
    sealed, tried, refs = Counter[str](), False, 0

    def find_batch() -> tuple[list[RefUpdate], list[RefUpdate]]:
        nonlocal tried, refs
        # What is spent stays so: all of it is looked for once, and again only after a lost swap.
        if tried or not pending:
            pending[:], refs = _find_spent_refs(ledger)
        tried, batch = True, pending[:BATCH]
        return batch, batch

    while not tried or pending:
        # Each batch has the whole time: that is meant for one swap, and a first sealing makes many.
        ledger, tried = with_fresh_deadline(ledger), False
        batch = swap_until_applied(ledger, find_batch)
        del pending[: len(batch)]
        sealed.update(update.ref.split("/")[2] for update in batch)
        refs -= len(batch)
    return SealResult(dict(sealed), refs)


def _find_spent_refs(ledger: Ledger) -> tuple[list[RefUpdate], int]:
    """The edits that remove what is spent, and how many reservations there are."""
    # From where the swap goes: a mirror that lags lists refs that are gone, and each swap would be lost.
    feed = read_feed(ledger, [ALL_SERIES], to_write=True)
    refuse_rewound(ledger, feed)
    _refuse_unless_allowed(ledger, feed.config)
    now, edits, count = ledger.world.now(), list[RefUpdate](), 0
    for series in sorted(read_series(ledger.store, feed.refs, None).values(), key=lambda series: series.name):
        count += len(series.taken)
        edits += [
            RefUpdate(reservation_ref(series.name, n), series.taken[n], ABSENT)
            for n in find_spent_numbers(feed.board, series, now)
        ]
    return edits, count


def _refuse_unless_allowed(ledger: Ledger, config: Config) -> None:
    role = config.role(ledger.seat)
    if role not in SETTLING:
        message = f"{ledger.seat} is {role}: numbers are sealed by a strat or an operator"
        raise LedgerError("role-may-not", message, "let one of them run `git ledger seal`")
    if config.seal_above is None:
        message = f"`seal_above` is not set in {CONFIG_PATH}; nothing was removed"
        hint = "set it there, such as `seal_above: 10000`; docs/protocol.md says what it means"
        raise LedgerError("seal-not-set", message, hint)
