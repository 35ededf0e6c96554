"""Text that a command takes from an option, a file or standard input."""

from ledger.core.feed.posts import POST_LIMIT
from ledger.faces.cli.command_line import usage
from ledger.faces.cli.session import Session


def read_body(session: Session, text: str | None, file: str | None, stdin: bool) -> str:
    """The body from whichever one was given. Raises LedgerError `usage` for several, or what is no text."""
    if (text is not None) + (file is not None) + stdin > 1:
        raise usage("the body was given twice", "give one of `--body`, `--body-file` and `-`")
    if text is not None:
        return text
    return read_text_file(session, "-" if stdin else str(file)) if stdin or file is not None else ""


def read_text_file(session: Session, name: str) -> str:
    """The text of a file, relative to the working directory, or of stdin (`-`), for a body.

    Raises LedgerError `usage` for one that cannot be read.
    """
    data = read_file_bytes(session, name)
    try:
        # Editors write a byte-order mark and CRLF, both of which a post must not have (hidden-characters).
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise usage(f'"{name}" is not UTF-8: byte {error.start}', "save it as UTF-8") from None


def read_file_bytes(session: Session, name: str) -> bytes:
    """The content of a file, relative to the working directory, or of stdin (`-`)."""
    try:
        if name == "-":
            # One byte more than may be tells that there is too much, however much there is.
            data = session.env.stdin.read(POST_LIMIT + 1)
        else:
            with (session.env.directory / name).open("rb") as file:
                data = file.read(POST_LIMIT + 1)
    except OSError as error:
        raise usage(f'"{name}" cannot be read: {error.strerror}', "name a file that is there") from None
    if len(data) > POST_LIMIT:
        raise usage(f'"{name}" is larger than {POST_LIMIT} bytes', "say it shorter, and link to the rest")
    return data
