"""A draft becomes objects and ref edits: one commit an intent, a blob a number."""

from collections.abc import Mapping

from ledger.app.judge.own_feed import refuse_unpushed
from ledger.app.ledger import Ledger
from ledger.app.read.load import Feed
from ledger.core.ids import reservation_ref, tip_ref
from ledger.core.write.numbers import Series, encode_reservation, encode_tip
from ledger.core.write.plan import SwapPlan
from ledger.store.contract import ABSENT, Absent, RefUpdate, Signature


def build_updates(
    ledger: Ledger, draft: SwapPlan, feed: Feed, series: Mapping[str, Series], nonce: str
) -> tuple[list[RefUpdate], str | None]:
    """Build the objects of a draft, one commit an intent and a blob a number, and the edits for the swap."""
    # All of it before the swap: killed in between, a write leaves objects that no ref names, for `git gc`.
    store = ledger.store
    commit = feed.commit
    committer = ledger.author
    seconds = int(ledger.world.now().timestamp())
    updates: list[RefUpdate] = []
    for landing in draft.landings:
        if landing.files and not landing.intent.staged:
            author = Signature(*landing.intent.author)
            message = f"{landing.title}\n\nIntent: {landing.intent.nonce}\n"
            # Commits are stacked in the order of the intents; one update moves the branch over them all.
            parent = commit or find_first_parent(ledger)
            commit = store.write_commit(parent, dict(landing.files), message, author, committer, seconds)
        for reservation in landing.reserved:
            updates.append(
                RefUpdate(
                    reservation_ref(reservation.series, reservation.n),
                    ABSENT,
                    store.write_blob(encode_reservation(reservation)),
                )
            )
    # The lease on the tip lets one of two writers of a series win, also where they drew different numbers.
    for name, tip in draft.tips.items():
        updates.append(
            RefUpdate(tip_ref(name), series[name].tip_oid or ABSENT, store.write_blob(encode_tip(tip, nonce)))
        )
    if commit is not None and commit != feed.commit:
        updates.append(RefUpdate(store.feed_ref, feed.commit or ABSENT, commit))
    return updates, commit


def find_first_parent(ledger: Ledger) -> Absent:
    """A feed begins with a commit of its own, unless people's history of that name is not pushed yet."""
    refuse_unpushed(ledger)
    return ABSENT
