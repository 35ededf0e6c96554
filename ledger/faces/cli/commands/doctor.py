"""`doctor`: what works here, and which guarantee holds."""

from ledger.app.setup.doctor import Examination, examine_all
from ledger.app.setup.runtimes import examine_runtimes
from ledger.core.text import escape
from ledger.faces.cli.commands.setup import wanted_by
from ledger.faces.cli.session import Session
from ledger.faces.runtimes import RUNTIMES, runtime

AILING = 1


def command(session: Session) -> int:
    """Look at git, the seat, the hooks, the remote and the feed, and say what works. Writes nothing.

    Exits 1 when something needs mending.
    """
    runtimes = [wanted_by(runtime(name)) for name in RUNTIMES]
    checks = [*examine_all(session.ledger), examine_runtimes(session.asked, runtimes)]
    session.answer(
        {"checks": [_record(one) for one in checks]}, [line for one in checks for line in _lines(one)]
    )
    return 0 if all(one.ok for one in checks) else AILING


def _record(one: Examination) -> dict[str, str | bool]:
    told: dict[str, str | bool] = {"name": one.name, "ok": one.ok, "detail": one.detail}
    return told | ({"hint": one.hint} if one.hint and not one.ok else {})


def _lines(one: Examination) -> list[str]:
    first = f"{'ok  ' if one.ok else 'BAD '} {one.name:<9} {escape(one.detail)}"
    return [first, *([f"     hint: {escape(one.hint)}"] if one.hint and not one.ok else [])]
