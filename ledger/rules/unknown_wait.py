"""A ticket that waits for one that does not exist.

Why: what nobody filed is never DONE and never ruled upon, so the wait has no end, and nothing looks wrong.
Wrong: `blocked_on: [CMB-9999]`, `blocked_on: ["ruling:CMB-0010"]` or `after: [CMB-0170]`, none of them filed.
Right: `blocked_on: [CMB-0107]`, as `git ledger queue --all` lists it; file first what is still to be filed.
"""

from collections.abc import Iterator

from ledger.core.board.waits import dependencies
from ledger.core.did_you_mean import find_nearest_ticket
from ledger.core.ids import is_ticket
from ledger.core.model import Finding, Post, State, Ticket
from ledger.rules.view import View

NAME = "unknown-wait"
_LIST = "name a ticket that exists: `git ledger queue --all` lists them"


def check(view: View) -> Iterator[Finding]:
    """New posts that make a ticket wait so; when whole, the tickets that still do.

    The fold takes such a wait as it is, since what was made by hand may arrive before what it waits for.
    """
    yield from _find_standing_waits(view) if view.full_scan else _find_new_waits(view)


def _find_new_waits(view: View) -> Iterator[Finding]:
    for post in view.judged:
        for name, line in _waits_set_by(post):
            if _is_unknown_ticket(view, name):
                yield view.finding_at(
                    NAME, post, _describe_wait(view, post.item or "", name), _suggest_ticket(view, name), line
                )


def _find_standing_waits(view: View) -> Iterator[Finding]:
    for ticket in view.board.open_tickets():
        unknown = [name for name in dependencies(ticket) if _is_unknown_ticket(view, name)]
        if unknown:
            gates = _suggest_gates_left(ticket, unknown)
            block = f"`git ledger block {ticket.id} --on … --why …` with what it waits for"
            for name in unknown:
                fix = gates if name in ticket.after else block
                yield view.finding_on(NAME, ticket, _describe_wait(view, ticket.id, name), fix)


def _waits_set_by(post: Post) -> Iterator[tuple[str, int]]:
    """What a post makes its ticket wait for, each with its line."""
    yield from ((name, post.lines["after"]) for name in post.after)
    if post.state is State.BLOCKED:
        yield from ((name, post.lines["blocked_on"]) for name in post.blocked_on)


def _is_unknown_ticket(view: View, name: str) -> bool:
    """Whether a wait names no ticket though it means one; `cmb-0107` does where CMB-0107 exists."""
    item = name.removeprefix("ruling:")
    # Words are a wait of their own kind; only what is spelled like a ticket can be misspelled as one.
    if is_ticket(item):
        return item not in view.board.tickets
    return item.upper() in view.board.tickets


def _describe_wait(view: View, item: str, name: str) -> str:
    target = name.removeprefix("ruling:")
    moved = view.board.moved.get(target)
    gone = f"; it was moved to {moved}" if moved else ""
    what = f"a ruling on {target}" if target != name else target
    return f"{item} waits for {what}, and there is no such ticket{gone}"


def _suggest_ticket(view: View, name: str) -> str:
    target = name.removeprefix("ruling:")
    moved = view.board.moved.get(target)
    near = moved or find_nearest_ticket(target, view.board.tickets)
    return f"did you mean `{name.removesuffix(target)}{near}`?" if near else _LIST


def _suggest_gates_left(ticket: Ticket, unknown: list[str]) -> str:
    left = " ".join(f"--after {gate}" for gate in ticket.after if gate not in unknown) or "--after none"
    out = ", ".join(gate for gate in ticket.after if gate in unknown)
    return f"`git ledger amend {ticket.id} {left} --why …`, which leaves {out} out"
