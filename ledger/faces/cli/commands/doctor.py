"""`doctor`: what works here, and which guarantee holds."""

from ledger.app.setup.doctor import Examination, examine_all
from ledger.app.setup.runtimes import examine_runtimes
from ledger.core.text import escape_line
from ledger.faces.cli.commands.setup import files_wanted_by
from ledger.faces.cli.session import Session
from ledger.faces.runtimes import RUNTIMES, find_runtime

AILING = 1


def command(session: Session) -> int:
    """Look at git, the seat, the hooks, the remote and the feed, and say what works. Writes nothing.

    Exits 1 when something needs mending.
    """
    runtimes = [files_wanted_by(find_runtime(name)) for name in RUNTIMES]
    checks = [*examine_all(session.ledger), examine_runtimes(session.options, runtimes)]
    session.answer(
        {"checks": [_make_examination_json(check) for check in checks]},
        [line for check in checks for line in _list_lines(session, check)],
    )
    return 0 if all(check.ok for check in checks) else AILING


def _make_examination_json(check: Examination) -> dict[str, str | bool]:
    record: dict[str, str | bool] = {"name": check.name, "ok": check.ok, "detail": check.detail}
    return record | ({"hint": check.hint} if check.hint and not check.ok else {})


def _list_lines(session: Session, check: Examination) -> list[str]:
    lines = session.hang(f"{'ok  ' if check.ok else 'BAD '} {check.name:<9} ", escape_line(check.detail))
    if check.hint and not check.ok:
        lines += session.hang("     hint: ", escape_line(check.hint))
    return lines
