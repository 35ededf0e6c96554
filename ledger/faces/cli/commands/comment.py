"""`comment`: says something about a ticket."""

from typing import Annotated

from ledger.app.deeds.append import append_posts, wish
from ledger.core.dataclass import replace
from ledger.core.errors import LedgerError
from ledger.faces.cli.command_line import usage
from ledger.faces.cli.message import Edit, Message, TextFile, message_from_editor, read_message
from ledger.faces.cli.parameters import Argument, Option
from ledger.faces.cli.post_options import Met, list_met
from ledger.faces.cli.review_options import Propose, Stage, find_review_target
from ledger.faces.cli.session import Session, check_ticket


def command(
    session: Session,
    item: Annotated[str, Argument(metavar="ID")],
    text: Annotated[list[str] | None, Argument(metavar="[TEXT]")] = None,
    message: Message = None,
    file: TextFile = None,
    edit: Edit = False,
    to: Annotated[list[str] | None, Option(metavar="SEAT", help="whom it is meant for")] = None,
    met: Met = None,
    stage: Stage = False,
    propose: Propose = None,
) -> int:
    """Say something about a ticket. It moves nothing, and keeps a claim of this seat on the ticket alive.
    Without a text on the line, your editor opens.
    """
    check_ticket(item)
    words = text or []
    if len(words) > 1:
        raise usage(
            f"a comment is a ticket and one text, and got {len(words) + 1} words", "put the text in quotes"
        )
    if words and (message or file is not None):
        raise usage("the text was given twice", "give it as TEXT, with `-m TEXT` or with `-F FILE`")
    draft = words[0] if words else read_message(session, message, file) or ""
    review = find_review_target(stage, propose)

    def post(session: Session, body: str) -> int:
        if not body.strip():
            raise _explain_no_text(item)
        note = wish("note", body, item=item, to=tuple(to or ()), met=list_met(met))
        return session.landed(append_posts(session.ledger, [note], review))

    if not edit and (draft.strip() or not session.env.at_terminal):
        return post(session, draft)
    about = f"What you say about {item}, in Markdown; nothing said, nothing posted."
    with message_from_editor(session, "comment", draft, about) as written:
        # With a ledger of its own, whose time limit begins when the text is written.
        return post(replace(session), written)


def _explain_no_text(item: str) -> LedgerError:
    return usage(f"the comment on {item} has no text", f"`git ledger comment {item} TEXT`")
