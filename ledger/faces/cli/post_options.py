"""The options that say what a post is, for the commands that write any post: `append` and `draft`.

`new` has some of them. They declare the same names with these types; `read_post_options` reads their values.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Annotated, Any

from ledger.app.deeds.append import list_prefixes_in_use, wish
from ledger.core.board.kinds import kind_of
from ledger.core.errors import LedgerError
from ledger.core.model import Priority, State
from ledger.core.write.requests import PostRequest
from ledger.faces.cli.body_text import read_body
from ledger.faces.cli.command_line import usage
from ledger.faces.cli.parameters import Argument, Option
from ledger.faces.cli.session import Session, check_namespace, check_ticket, check_tickets

Source = Annotated[str | None, Argument(metavar="[-]", help="`-`: the body from stdin")]
Kind = Annotated[str, Option(help="actionable, amendment, note, …")]
Reserve = Annotated[
    str | None, Option(metavar="PREFIX", help="open a ticket under the next number of PREFIX")
]
Provisional = Annotated[str | None, Option(metavar="PREFIX", help="the same, to be confirmed: protocol B")]
Item = Annotated[str | None, Option(metavar="ID", help="the ticket it is about")]
LeadsTo = Annotated[State | None, Option(help="the state it leads to (an opening: AWAITING_CLAIM)")]
Subject = Annotated[str | None, Option(metavar="TEXT", help="one line, on openings")]
HowUrgent = Annotated[Priority | None, Option(help="NORMAL unless said")]
Lane = Annotated[str | None, Option(help="the stream of work it belongs to")]
Owner = Annotated[str | None, Option(help="open, a seat, or awaiting-<seat>-ruling")]
Parent = Annotated[str | None, Option(metavar="ID", help="the ticket it was filed from")]
Related = Annotated[list[str] | None, Option(metavar="ID", help="near to it; repeatable")]
After = Annotated[
    list[str] | None, Option(metavar="ID", help="must be DONE before it is claimed; repeatable")
]
BlockedOn = Annotated[list[str] | None, Option(metavar="B", help="ID, ruling:ID or words; repeatable")]
Labels = Annotated[list[str] | None, Option("--label", metavar="L", help="a short word; repeatable")]
Criteria = Annotated[
    list[str] | None,
    Option("--criterion", metavar="TEXT", help="what must hold when it is done; repeatable"),
]
Due = Annotated[str | None, Option(metavar="T", help="when it is due: 2026-12-01, 2026-12-01T17:00Z, or 3d")]
Met = Annotated[list[str] | None, Option(metavar="N", help="a criterion that is met, or all; repeatable")]
RulesOn = Annotated[list[str] | None, Option(metavar="ID", help="on rulings; repeatable")]
To = Annotated[list[str] | None, Option(metavar="SEAT", help="on notes; repeatable")]
Where = Annotated[str | None, Option(help="on claims: where the work happens")]
Body = Annotated[str | None, Option(metavar="TEXT", help="`{{ITEM_ID}}` becomes the ticket's id")]
BodyFile = Annotated[str | None, Option(metavar="FILE", help="the body from a file")]


def read_post_options(session: Session, **more: object) -> PostRequest:
    """The post that these options describe, and what the command says besides them, by their names; what it
    does not declare was not given. Raises LedgerError `usage`."""
    values: Mapping[str, Any] = defaultdict(_give_nothing, {"kind": "actionable", **session.values, **more})
    source, kind, subject = values["source"], values["kind"], values["subject"]
    if source not in (None, "-"):
        raise usage(f'"{source}" is one word too many', "text goes into `--body`; `-` reads it from stdin")
    prefixes = [values[name] for name in ("reserve", "provisional", "item") if values[name] is not None]
    if len(prefixes) > 1:
        raise usage("`--reserve`, `--provisional` and `--item` exclude each other", "give one of them")
    opening = "state" in kind_of(kind).required and subject is not None
    if opening and not prefixes:
        raise _explain_unnumbered(session)
    state = str(State(values["state"])) if values["state"] else None
    fields: dict[str, str | tuple[str, ...] | None] = {
        "item": check_ticket(values["item"]) if values["item"] else None,
        "state": state or ("AWAITING_CLAIM" if opening else None),
        "subject": subject,
        "priority": str(Priority(values["priority"])) if values["priority"] else None,
        "parent": check_ticket(values["parent"]) if values["parent"] else None,
    }
    fields |= {name: check_tickets(values[name] or ()) for name in ("related", "after", "rules_on")}
    fields |= {name: tuple(values[name] or ()) for name in ("blocked_on", "to")}
    fields |= {name: list_once(values[name]) for name in ("labels", "criteria")}
    fields |= {name: values[name] for name in ("lane", "owner", "branch", "worktree")}
    fields["met"] = list_met(values["met"])
    fields["due"] = read_due(session, values["due"])
    body = read_body(session, values["body"], values["body_file"], source == "-")
    prefix = values["reserve"] or values["provisional"]
    provisional = values["provisional"] is not None
    return require_subject(
        wish(kind, body, check_namespace(prefix) if prefix else None, provisional, **fields)
    )


def _give_nothing() -> None:
    return None


def list_once(texts: Sequence[str] | None) -> tuple[str, ...]:
    """What an option was given, each once."""
    return tuple(dict.fromkeys(texts or ()))


def list_met(texts: Sequence[str] | None) -> tuple[str, ...]:
    """The value of `--met`: `--met 1,3` says what `--met 1 --met 3` says."""
    return list_once([number.strip() for text in texts or () for number in text.split(",")])


def read_due(session: Session, text: str | None) -> str | None:
    """The value of `--due` as posts spell it. Raises LedgerError `usage`."""
    if text is None:
        return None
    from ledger.core.due import spell_due  # few posts say it

    due = spell_due(text, session.env.world.now())
    if due is None:
        raise usage(
            f'"{text}" is no day or time',
            "`--due` takes 2026-12-01, 2026-12-01T17:00Z, tomorrow, or 3d from now",
        )
    return due


def _explain_unnumbered(session: Session) -> LedgerError:
    """An opening that says neither a prefix nor a number; the hint names the prefixes that there are."""
    prefixes: list[str] = []
    with suppress(LedgerError):
        prefixes = list_prefixes_in_use(session.ledger)
    used = f", one of {', '.join(prefixes[:8])}, or a new one" if prefixes else ", such as CMB"
    return usage("a ticket is opened under a number of some prefix", f"add `--reserve PREFIX`{used}")


def require_subject(request: PostRequest) -> PostRequest:
    """The same wish. Raises LedgerError `usage` where it reserves a number without opening a ticket."""
    if request.reserve is not None and "item" in request.fields:
        words = "`--reserve` and `--item` exclude each other"
        raise usage(words, "reserve a fresh number, or name a ticket")
    if request.reserve is not None and "subject" not in request.fields:
        raise usage("a ticket is opened with a subject", "add `--subject 'what is to be done'`")
    return request
