"""The text of a post as a person gives it to everyday commands: on the line, in a file, in an editor."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from ledger.core.errors import LedgerError
from ledger.core.write.written_text import make_template
from ledger.faces.cli.body_text import read_text_file
from ledger.faces.cli.command_line import usage
from ledger.faces.cli.parameters import Option
from ledger.faces.cli.session import Session

Message = Annotated[
    list[str] | None, Option("-m", "--message", metavar="TEXT", help="the text; each further one a paragraph")
]
TextFile = Annotated[
    str | None, Option("-F", "--file", metavar="FILE", help="the text from a file; `-`: from stdin")
]
Edit = Annotated[bool, Option("-e", "--edit", help="write it in your editor, the one that git opens")]


def read_message(session: Session, messages: Sequence[str] | None, file: str | None) -> str | None:
    """The text of the line or of a file; None where neither is given. Raises LedgerError `usage` for both."""
    if messages and file is not None:
        raise usage("the text was given twice", "give `-m TEXT` or `-F FILE`")
    return "\n\n".join(messages) if messages else None if file is None else read_text_file(session, file)


@contextmanager
def message_from_editor(session: Session, name: str, text: str, *words: str) -> Iterator[str]:
    """What the user writes, who begins with `text` and reads `words` below it, for the write in the block.

    What is not posted is kept, and said where. Raises LedgerError `usage` where there is nobody to write.
    """
    from ledger.app.write.editing import edited_text  # with the store's files, of which other lines need none

    if not session.env.at_terminal:
        raise explain_no_terminal()
    session.cancel_notice()

    def tell_kept(file: Path) -> None:
        session.say(f'your text is kept in "{file}"; `git ledger {name} … -F FILE` takes it')

    file = f"{name}-{session.env.world.nonce()}.md"
    with edited_text(session.options, file, make_template(text, *words), tell_kept) as written:
        yield written


def explain_no_terminal() -> LedgerError:
    """An editor is asked for where nobody could write in it."""
    words = "an editor needs a terminal, and this is none"
    return usage(words, "give the text with `-m TEXT`, or `-F FILE` (`-F -` reads stdin)")
