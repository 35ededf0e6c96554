"""`note`: says something."""

from typing import Annotated

from ledger.app.deeds.append import append_posts, wish
from ledger.core.ids import is_ticket
from ledger.faces.cli.command_line import usage
from ledger.faces.cli.parameters import Argument, Option
from ledger.faces.cli.post_options import Met, list_met
from ledger.faces.cli.review_options import Propose, Stage, find_review_target
from ledger.faces.cli.session import Session, check_ticket


def command(
    session: Session,
    words: Annotated[list[str], Argument(metavar="[ID] TEXT")],
    to: Annotated[list[str] | None, Option(metavar="SEAT", help="whom it is meant for")] = None,
    met: Met = None,
    stage: Stage = False,
    propose: Propose = None,
) -> int:
    """Say something, about a ticket or to seats. It keeps a claim of this seat on the ticket alive."""
    if len(words) > 2:
        raise usage(
            f"a note takes a ticket and one text, and got {len(words)} words", "put the text in quotes"
        )
    if not words[-1].strip():
        raise usage("a note without a word says nothing", "`git ledger note -h`")
    if len(words) == 1 and is_ticket(words[0].strip()):
        raise usage(
            f"the note on {words[0].strip()} has no text", f"`git ledger note {words[0].strip()} TEXT`"
        )
    item = check_ticket(words[0]) if len(words) == 2 else None
    note = wish("note", words[-1], item=item, to=tuple(to or ()), met=list_met(met))
    return session.landed(append_posts(session.ledger, [note], find_review_target(stage, propose)))
