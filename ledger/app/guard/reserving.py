"""What a push does to numbers and tips below `refs/reserve`, held against what is there.

A number is reserved once, above its tip; a tip only rises; what goes is a reservation that has done its work.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property

from ledger.app.guard.index import read_pushed_on
from ledger.core.board.board import Board
from ledger.core.config.config import CONFIG_PATH, Config, parse_config
from ledger.core.config.settings import SETTLING
from ledger.core.dataclass import dataclass
from ledger.core.feed.posts import POST_LIMIT
from ledger.core.ids import tip_ref
from ledger.core.write.numbers import LEAP, Reservation, decode_reservation, decode_tip, is_leap
from ledger.core.write.sealing import is_spent
from ledger.store.contract import Oid
from ledger.store.git.bare import Ref, find_oids_at
from ledger.store.git.objects import read_types
from ledger.store.guard.let_in import Record
from ledger.store.local import LocalStore

RESERVED = "refs/reserve/"
RESERVATION_LIMIT = 4096
"""Bytes of a reservation: every clone that reads the series keeps it for good."""
_TIP_LIMIT = 65536


@dataclass(frozen=True, slots=True)
class PushedUpdate:
    """One line that pre-receive reads: what a ref is and what it becomes; None: it is not there."""

    ref: str
    old: Oid | None
    new: Oid | None


@dataclass(frozen=True, slots=True)
class RefRefusal:
    """Why one ref may not become what a push wants."""

    ref: str
    message: str


class ReservedRefs:
    """The refs below `refs/reserve` that a push changes, by well-formed names.

    `feed` is the feed branch as it stands, `there` has the tips of the series; `pusher` is who pushes, where
    the transport told.
    """

    def __init__(
        self,
        store: LocalStore,
        feed: Ref | None,
        there: Mapping[str, Ref],
        updates: Sequence[PushedUpdate],
        pusher: str | None,
        record: Record,
        now: datetime,
    ) -> None:
        self._store, self._feed, self._pusher, self._now = store, feed, pusher, now
        self._landed = {
            name: update.oid for name, update in record.find_let_in(update.ref for update in updates).items()
        }
        self._updates = updates
        news = [update.new for update in updates if update.new]
        self._kinds = read_types(store.repo, [*news, *(update.ref for update in updates)])
        raising = [update.new for update in updates if update.new and update.ref.endswith("/tip")]
        self._standing = {name: ref.oid for name, ref in there.items() if name.startswith(RESERVED)}
        blobs = store.read_blobs([*raising, *self._standing.values()], _TIP_LIMIT)
        self._tips = {name: decode_tip(blobs[oid]) for name, oid in self._standing.items()}
        self._raised = {oid: decode_tip(blobs[oid]) for oid in raising}
        numbers = [oid for oid in news if self._kinds[oid] == "blob"]
        gone = [update.old for update in updates if update.old and not update.new]
        self._payloads = store.read_blobs([*numbers, *gone], RESERVATION_LIMIT)

    def refusals(self) -> Iterator[RefRefusal]:
        """Every ref that may not become what the push wants, with the reason."""
        for update in self._updates:
            why = self._tip(update) if update.ref.endswith("/tip") else self._number(update)
            if why:
                yield RefRefusal(update.ref, why)

    def _tip(self, update: PushedUpdate) -> str | None:
        if update.new is None:
            return "a tip is never deleted: its series would give numbers again"
        tip, before = self._raised[update.new], self._tips.get(update.ref)
        if self._standing.get(update.ref) != update.old:
            return "the tip moved meanwhile; fetch, then push again"
        if tip is None or self._kinds[update.new] != "blob":
            return 'a tip is a blob such as {"format": 1, "tip": 41, "nonce": "9c1e07a25b6d4f10"}'
        if before is not None and tip <= before:
            return f"a tip only rises: it is {before}, and {tip} is not above that"
        if is_leap(tip, before or 0) and not self._comes_back(update):
            return f"the tip is {before}, and rises by {LEAP} at the most: {tip} would use up the series"
        return None

    def _number(self, update: PushedUpdate) -> str | None:
        if update.new is None and update.old is not None:
            return self._explain_needed(update.ref, update.old)
        if update.old is not None or update.new is None:
            return "a reservation is written once and neither changed nor deleted"
        # Asked by its own name: a listing of the series grows with its numbers.
        if self._kinds[update.ref] != "missing":
            return "this number is reserved already"
        if self._kinds[update.new] != "blob":
            return f"a reservation is a blob, not a {self._kinds[update.new]}"
        # Before the tip is asked: what a rewind took may lie below it, and was judged when it first came.
        if self._comes_back(update):
            return None
        series, _, n = update.ref.removeprefix(RESERVED).partition("/")
        # The tip as it stood before: a write reserves a number and raises the tip to it by one push.
        tip = self._tips.get(tip_ref(series), 0)
        if tip is None:
            return f"the tip of {series} cannot be read, so nobody knows which numbers were given"
        if int(n) <= tip:
            return f"the tip of {series} is {tip}: this number was given before"
        if is_leap(int(n), tip):
            return f"the tip of {series} is {tip}, and this number is more than {LEAP} above it"
        data = self._payloads[update.new]
        # Blobs are read to one byte beyond the limit, which is all that is known of longer ones.
        if len(data) > RESERVATION_LIMIT:
            return f"a reservation has at most {RESERVATION_LIMIT} bytes"
        return self._explain_foreign(decode_reservation(data, series, int(n))) if self._pusher else None

    def _explain_foreign(self, owner: Reservation | None) -> str | None:
        """Why the pusher may not reserve in this name: its own does, and those of its surfaces."""
        if owner is None:
            return f"a reservation names who makes it: it has a JSON object with the seat {self._pusher}"
        if owner.seat not in {self._pusher, *self._config.surfaces_of(self._pusher or "")}:
            return f"{self._pusher} pushes, and reserves for {owner.seat}: a seat reserves only for itself"
        return None

    def _explain_needed(self, ref: str, oid: Oid) -> str | None:
        """Why a reservation may not go: only what has done its work does, by whoever decides for all."""
        if self._config.seal_above is None:
            words = "a reservation is written once and neither changed nor deleted"
            return f"{words}, unless `seal_above` in {CONFIG_PATH} lets it be sealed"
        if self._pusher is not None and self._config.role(self._pusher) not in SETTLING:
            role = self._config.role(self._pusher)
            return f"{self._pusher} is {role}: reservations are sealed by a strat or an operator"
        series, _, n = ref.removeprefix(RESERVED).partition("/")
        reservation = decode_reservation(self._payloads[oid], series, int(n))
        tip = self._tips.get(tip_ref(series)) or 0
        if reservation is None or not is_spent(self._board, reservation, tip, self._now):
            return "this number was not opened yet, or is to be settled: its reservation is still needed"
        return None

    @cached_property
    def _config(self) -> Config:
        """The settings as they landed."""
        # Not as this push would have them: it could set `seal_above` or a role, and use that at once.
        commit = self._feed.oid if self._feed else None
        oid = find_oids_at(self._store.repo, commit, [CONFIG_PATH]).get(CONFIG_PATH) if commit else None
        return parse_config(self._store.read_blobs([oid], POST_LIMIT)[oid])[0] if oid else Config()

    @cached_property
    def _board(self) -> Board:
        """The feed as it landed, read only where a reservation goes."""
        return read_pushed_on(self._store, self._feed.oid if self._feed else None, self._now).board

    def _comes_back(self, update: PushedUpdate) -> bool:
        """Whether a ref is put back as it came into force last: a rewind took it, and it passed once."""
        return self._landed.get(update.ref) == update.new
