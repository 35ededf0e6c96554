"""`append`: post."""

from contextlib import suppress
from typing import Annotated

import typer

from ledger.app.append import append, prefixes_in_use, wish
from ledger.app.land import Review
from ledger.core.batch import read_batch
from ledger.core.errors import LedgerError
from ledger.core.intents import Wish
from ledger.core.model import Priority, State
from ledger.faces.cli.review_options import Propose, Stage, review_of
from ledger.faces.cli.session import Session, namespace, session_of, ticket, tickets
from ledger.faces.cli.text import body_of, file_bytes
from ledger.faces.cli.words import usage


def command(
    ctx: typer.Context,
    source: Annotated[str | None, typer.Argument(metavar="[-]", help="`-`: the body from stdin")] = None,
    kind: Annotated[str, typer.Option(help="actionable, amendment, note, …")] = "actionable",
    reserve: Annotated[
        str | None, typer.Option(metavar="PREFIX", help="open a ticket under the next number of PREFIX")
    ] = None,
    provisional: Annotated[
        str | None, typer.Option(metavar="PREFIX", help="the same, to be confirmed: protocol B")
    ] = None,
    item: Annotated[str | None, typer.Option(metavar="ID", help="the ticket it is about")] = None,
    state: Annotated[
        State | None, typer.Option(help="the state it leads to (an opening: AWAITING_CLAIM)")
    ] = None,
    subject: Annotated[str | None, typer.Option(metavar="TEXT", help="one line, on openings")] = None,
    priority: Annotated[Priority | None, typer.Option(help="NORMAL unless said")] = None,
    lane: Annotated[str | None, typer.Option(help="the stream of work it belongs to")] = None,
    owner: Annotated[str | None, typer.Option(help="open, a seat, or awaiting-<seat>-ruling")] = None,
    parent: Annotated[str | None, typer.Option(metavar="ID", help="the ticket it was filed from")] = None,
    related: Annotated[list[str] | None, typer.Option(metavar="ID", help="near to it; repeatable")] = None,
    after: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="must be DONE before it is claimed; repeatable")
    ] = None,
    blocked_on: Annotated[
        list[str] | None, typer.Option(metavar="B", help="ID, ruling:ID or words; repeatable")
    ] = None,
    rules_on: Annotated[list[str] | None, typer.Option(metavar="ID", help="on rulings; repeatable")] = None,
    to: Annotated[list[str] | None, typer.Option(metavar="SEAT", help="on notes; repeatable")] = None,
    branch: Annotated[str | None, typer.Option(help="on claims: where the work happens")] = None,
    worktree: Annotated[str | None, typer.Option(help="on claims: where the work happens")] = None,
    body: Annotated[
        str | None, typer.Option(metavar="TEXT", help="`{{ITEM_ID}}` becomes the ticket's id")
    ] = None,
    body_file: Annotated[str | None, typer.Option(metavar="FILE", help="the body from a file")] = None,
    batch: Annotated[
        str | None, typer.Option(metavar="FILE", help="several posts at once: YAML documents; `-`: stdin")
    ] = None,
    stage: Stage = False,
    propose: Propose = None,
) -> int:
    """Post: open a ticket with its number reserved in the same push, move one, or say something."""
    session = session_of(ctx)
    if batch is not None:
        wishes = read_batch(file_bytes(session, batch), batch)
    else:
        if source not in (None, "-"):
            raise usage(
                f'"{source}" is one word too many', "text goes into `--body`; `-` reads it from stdin"
            )
        opening = kind == "actionable" and subject is not None
        fields = {
            "item": ticket(item) if item else None,
            "state": str(state) if state else ("AWAITING_CLAIM" if opening else None),
            "subject": subject,
            "priority": str(priority) if priority else None,
            "lane": lane,
            "owner": owner,
            "parent": ticket(parent) if parent else None,
            "related": tickets(related or ()),
            "after": tickets(after or ()),
            "blocked_on": tuple(blocked_on or ()),
            "rules_on": tickets(rules_on or ()),
            "to": tuple(to or ()),
            "branch": branch,
            "worktree": worktree,
        }
        text = body_of(session, body, body_file, source == "-")
        if (reserve is not None) + (provisional is not None) + (item is not None) > 1:
            raise usage("`--reserve`, `--provisional` and `--item` exclude each other", "give one of them")
        prefix = reserve or provisional
        if opening and prefix is None and item is None:
            raise _unnumbered(session)
        wishes = [wish(kind, text, namespace(prefix) if prefix else None, provisional is not None, **fields)]
    return _posted(session, wishes, review_of(stage, propose))


def _unnumbered(session: Session) -> LedgerError:
    """An opening that says neither a prefix nor a number; the hint names the prefixes that there are."""
    prefixes: list[str] = []
    with suppress(LedgerError):
        prefixes = prefixes_in_use(session.ledger)
    used = f", one of {', '.join(prefixes[:8])}, or a new one" if prefixes else ", such as CMB"
    return usage("a ticket is opened under a number of some prefix", f"add `--reserve PREFIX`{used}")


def _posted(session: Session, wishes: list[Wish], review: Review | None) -> int:
    for one in wishes:
        if one.reserve is not None and "item" in one.fields:
            raise usage(
                "`--reserve` and `--item` exclude each other", "reserve a fresh number, or name a ticket"
            )
        if one.reserve is not None and "subject" not in one.fields:
            raise usage("a ticket is opened with a subject", "add `--subject 'what is to be done'`")
    return session.landed(append(session.ledger, wishes, review))
