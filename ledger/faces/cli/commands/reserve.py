"""`reserve`: numbers, without filing."""

from typing import Annotated

from ledger.app.deeds.reserve import reserve_numbers
from ledger.faces.cli.parameters import Argument, Option
from ledger.faces.cli.session import Session, check_namespace


def command(
    session: Session,
    prefix: Annotated[str, Argument(metavar="PREFIX", help="a namespace such as CMB")],
    count: Annotated[int, Option(metavar="N", help="how many, 1 to 1000")] = 1,
) -> int:
    """Reserve the next numbers of a namespace for this seat; open them later with `append --item`."""
    landed = reserve_numbers(session.ledger, check_namespace(prefix), count)
    record = {"reserved": landed.reservations()}
    lines = [reservation.ticket for reservation in landed.answer.reserved]
    return session.answer(record, lines, [*session.ledger.warnings(), *landed.words])
