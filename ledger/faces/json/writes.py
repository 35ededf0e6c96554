"""What writes answer, as JSON."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ledger.core.ids import reservation_ref
from ledger.faces.json import Json

if TYPE_CHECKING:
    from ledger.app.deeds.confirm import ConfirmResult
    from ledger.app.judge.drift import Mended
    from ledger.app.write.loop import WriteResult
    from ledger.core.board.absorbing import AbsorbOutcome
    from ledger.core.write.plan import PostAnswer


def make_write_json(written: "WriteResult", ref: str) -> Json:
    """A write: `posts`; `commit` and `ref` (the feed branch), or `staged`, or `proposed` (a branch);
    `reserved`."""
    record: Json = {"posts": [_make_post_json(written, post) for post in written.answer.posts]}
    if written.proposed:
        record["proposed"] = written.proposed
    else:
        record |= {"staged": True} if written.staged else {"commit": written.commit, "ref": ref}
    reserved = [reservation_ref(number.series, number.n) for number in written.answer.reserved]
    return record | ({"reserved": reserved} if reserved else {})


def _make_post_json(written: "WriteResult", post: "PostAnswer") -> Json:
    ticket = written.after.board.tickets.get(post.item or "")
    record = {"post": post.post, "path": post.path, "item": post.item}
    record |= {"subject": ticket.subject if ticket else None, "state": post.state and str(post.state)}
    return {name: value for name, value in record.items() if value}


def make_reservations_json(written: "WriteResult") -> Json:
    """The numbers that were reserved: item, ref, oid, seat, at."""
    reserved = [
        {
            "item": number.ticket,
            "ref": reservation_ref(number.series, number.n),
            "oid": written.oids[reservation_ref(number.series, number.n)],
            "seat": number.seat,
            "at": number.at,
        }
        for number in written.answer.reserved
    ]
    return {"reserved": reserved}


def make_outcomes_json(outcomes: Iterable["AbsorbOutcome"]) -> Json:
    """What became of the tickets that a ruling absorbed: `moved` (item, from, to)."""
    return {
        "moved": [
            {"item": outcome.item, "from": str(outcome.before), "to": str(outcome.after)}
            for outcome in outcomes
        ]
    }


def make_confirm_json(result: "ConfirmResult") -> Json:
    """The tickets that were `confirmed`, and the openings that were `amended` (from, to, post)."""
    amended = [
        {"from": renumbering.old, "to": renumbering.new, "post": renumbering.post}
        for renumbering in result.amended
    ]
    return {"confirmed": list(result.confirmed), "amended": amended}


def make_repairs_json(repairs: Iterable["Mended"]) -> list[dict[str, str]]:
    """What `drift --fix` mended: rule, what, by."""
    return [{"rule": repair.rule, "what": repair.what, "by": repair.by} for repair in repairs]
