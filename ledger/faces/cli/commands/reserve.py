"""`reserve`: numbers, without filing."""

from typing import Annotated

from ledger.app.deeds.reserve import reserve_numbers
from ledger.faces.cli.parameters import Argument, Option
from ledger.faces.cli.session import Session, check_namespace
from ledger.faces.json.writes import make_reservations_json


def command(
    session: Session,
    prefix: Annotated[str, Argument(metavar="PREFIX", help="a namespace such as CMB")],
    count: Annotated[int, Option(metavar="N", help="how many, 1 to 1000")] = 1,
) -> int:
    """Reserve the next numbers of a namespace for this seat; open them later with `append --item`."""
    landed = reserve_numbers(session.ledger, check_namespace(prefix), count)
    lines = [reservation.ticket for reservation in landed.answer.reserved]
    return session.answer(
        make_reservations_json(landed), lines, [*session.ledger.warnings(), *landed.notices]
    )
