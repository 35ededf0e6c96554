"""`new`: opens a ticket."""

from typing import Annotated

from ledger.app.deeds.append import append_posts
from ledger.app.deeds.prefix import find_default_prefix
from ledger.app.write.loop import ReviewTarget
from ledger.core.dataclass import replace
from ledger.core.errors import LedgerError
from ledger.core.write.written_text import TicketText, split_subject
from ledger.faces.cli import post_options as options
from ledger.faces.cli.command_line import usage
from ledger.faces.cli.message import Edit, Message, TextFile, message_from_editor, read_message
from ledger.faces.cli.parameters import Argument, Option
from ledger.faces.cli.review_options import Propose, Stage, find_review_target
from ledger.faces.cli.session import Session

LINES = (
    "The first line is the subject. After an empty line comes what the ticket says, in Markdown.",
    "This line and all from the scissors on is left out. Without a subject no ticket is opened.",
)


def command(
    session: Session,
    subject: Annotated[list[str] | None, Argument(metavar="[SUBJECT]")] = None,
    prefix: Annotated[
        str | None,
        Option("-p", "--prefix", metavar="PREFIX", help="else the default, or the only one in use"),
    ] = None,
    message: Message = None,
    file: TextFile = None,
    edit: Edit = False,
    priority: options.HowUrgent = None,
    lane: options.Lane = None,
    owner: options.Owner = None,
    parent: options.Parent = None,
    related: options.Related = None,
    after: options.After = None,
    labels: options.Labels = None,
    criteria: options.Criteria = None,
    due: options.Due = None,
    stage: Stage = False,
    propose: Propose = None,
) -> int:
    """Open a ticket, with its number reserved in the same push. Without a subject on the line, the first line
    of the text is the subject; without a text either, your editor opens.
    """
    draft = _read_text(session, subject or [], read_message(session, message, file))
    writes = edit or (not draft.subject and session.env.at_terminal)
    if not (writes or draft.subject):
        raise _explain_no_subject()
    review = find_review_target(stage, propose)
    # Before anybody writes a text: what is wrong with the line is said first.
    prefix = prefix or find_default_prefix(session.ledger)
    # An opening without a subject is refused, and the one that will be written is not there yet.
    options.read_post_options(session, reserve=prefix, subject=draft.subject or "a subject")
    if not writes:
        return _open_ticket(session, prefix, draft, review)
    with message_from_editor(session, "new", draft.whole, *LINES) as whole:
        # With a ledger of its own, whose time limit begins when the text is written.
        return _open_ticket(replace(session), prefix, split_subject(whole), review)


def _open_ticket(session: Session, prefix: str, text: TicketText, review: ReviewTarget | None) -> int:
    if not text.subject:
        raise _explain_no_subject()
    request = options.read_post_options(session, reserve=prefix, subject=text.subject, body=text.body)
    return session.landed(append_posts(session.ledger, [request], review))


def _explain_no_subject() -> LedgerError:
    return usage("a ticket is opened with a subject", '`git ledger new "SUBJECT"`')


def _read_text(session: Session, words: list[str], text: str | None) -> TicketText:
    """What the line says of the ticket."""
    if len(words) > 1:
        quoted = " ".join(words)
        raise usage(
            f"a ticket takes one subject, and got {len(words)} words", f'put it in quotes: "{quoted}"'
        )
    return TicketText(words[0], text or "") if words else split_subject(text or "")
