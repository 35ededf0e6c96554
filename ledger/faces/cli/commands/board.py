"""`board`: the queue, tickets, seats and days as pages for browsers on this machine."""

import importlib.util
from collections.abc import Callable
from typing import Annotated

from ledger.app.ledger import Ledger, open_ledger, reopen_ledger
from ledger.app.publishing import publish_files
from ledger.app.read.overview import name_feed, read_overview, stop_clock
from ledger.core.dataclass import replace
from ledger.core.errors import LedgerError, UnreachableError
from ledger.faces.boundary import format_document
from ledger.faces.cli.command_line import usage
from ledger.faces.cli.parameters import Option
from ledger.faces.cli.session import Session

NEEDED = ("starlette", "uvicorn", "jinja2", "markdown_it")
"""The libraries of the extra, as they are imported."""


def command(
    session: Session,
    port: Annotated[
        int | None, Option(metavar="N", help="serve on this port of this machine (8737; 0: any free one)")
    ] = None,
    opens: Annotated[bool, Option("--open", help="open it in the browser")] = False,
    out: Annotated[
        str | None, Option(metavar="DIR", help="write the pages as files into DIR, and serve nothing")
    ] = None,
) -> int:
    """Serve the board to browsers on this machine until Ctrl-C: queue, tickets, seats, days, findings."""
    _require_libraries()
    if out is not None:
        if port is not None or opens:
            raise usage("`--out` serves nothing", "leave out `--port` and `--open`")
        return _write_files(session, out)
    if port is not None and not 0 <= port <= 65535:
        raise usage(f'"{port}" is no port', "a port is a number from 0 to 65535")
    return _serve(session, port, opens)


def _require_libraries() -> None:
    # Looked for and not imported, which takes about 0.3 s: an error of the line is said before that.
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        message = f'the package "{missing[0]}" is not installed beside git-ledger'
        raise LedgerError("usage", message, "`pip install 'git-ledger[board]'`")


def _write_files(session: Session, out: str) -> int:
    from ledger.faces.page.files import make_files

    ledger = session.ledger
    top = session.env.directory / out
    done = publish_files(top, make_files(stop_clock(ledger), name_feed(ledger)))
    words = [f"left as it is, since somebody changed it: {path}" for path in done.kept]
    line = f"{done.count} files in {out}: {len(done.written)} written, {len(done.removed)} removed"
    record = {"files": done.count, "written": [*done.written], "removed": [*done.removed]}
    return session.answer(record | {"kept": [*done.kept]}, [line], words)


def _serve(session: Session, port: int | None, opens: bool) -> int:
    from ledger.faces.page.serve import bind_port, serve_board

    world = session.env.world
    try:
        # Before a port is taken: what is wrong with the feed ends the command as it ends any other.
        overview = read_overview(session.ledger)
    except UnreachableError:
        # A remote that is away now may come back: until then the board shows what was fetched last.
        overview = read_overview(open_ledger(replace(session.options, offline=True), world))

    session.cancel_notice()
    listener = bind_port(port)

    def announce(address: str) -> None:
        text = format_document({"url": address}) if session.json else f"the board is at {address}"
        session.env.out.write(f"{text}\n")
        # Whoever reads the address from a pipe gets it now: this process ends much later.
        session.env.out.flush()
        session.say("Ctrl-C ends it")
        if opens:
            import webbrowser

            webbrowser.open(address)

    def opened() -> Callable[[], Ledger]:
        # One for each reader: they run in several threads, and the memory of a ledger has no lock.
        return reopen_ledger(session.options, world)

    serve_board(listener, opened, overview, name_feed(session.ledger), world, announce)
    return 0
