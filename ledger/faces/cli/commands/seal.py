"""`seal`: the refs of numbers that have done their work."""

from ledger.app.deeds.seal import seal_numbers
from ledger.faces.cli.session import Session


def command(session: Session) -> int:
    """Remove the refs of numbers whose tickets were opened, so that no `git push` has to list them.

    The numbers stay taken. It needs `seal_above` in `feed/ledger.yaml`; where seats are listed, a strat or an
    operator runs it.
    """
    result = seal_numbers(session.ledger)
    lines = [f"{series}: {count} numbers sealed" for series, count in result.sealed.items()]
    words = [f"{result.left} reservations are left"]
    return session.answer({"sealed": result.sealed, "left": result.left}, lines or ["nothing to seal"], words)
