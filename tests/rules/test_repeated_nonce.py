from ledger import rules
from ledger.core.feed.posts import render_post
from tests.rules.views import Row, rows

OPENED = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n"
CLAIMED = OPENED + "03:55 ORA-01 claims CMB-0036\n"


def note(minute: int, nonce: str = "9c1e07a25b6d4f10") -> dict[str, bytes]:
    """A note by hand on the ticket."""
    at = f"2026-11-20T04:{minute}:00.000Z"
    name = f"20261120T04{minute}00000Z-camber-12-{nonce}"
    fields = [("seat", "CAMBER-12"), ("at", at), ("kind", "note"), ("item", "CMB-0036")]
    return {f"feed/2026/11/20/04/{minute}/{name}.md": render_post(fields, "hello")}


TWINS = note(30) | note(31)


@rows(
    Row(name="a nonce each", landed=OPENED, raw=note(30) | note(31, "0" * 16)),
    Row(name="one nonce", landed=OPENED, raw=TWINS, told=("error CMB-0036",)),
    Row(name="one of them is new", landed=OPENED, new="", raw=TWINS, told=("error CMB-0036",)),
)
def test_repeated_nonce(row: Row) -> None:
    assert row.says("repeated-nonce") == row.told


@rows(Row(name="twins on a ticket that is claimed", landed=CLAIMED, raw=TWINS))
def test_every_rule_can_be_asked_and_the_board_has_whatever_its_history_names(row: Row) -> None:
    """The refused twin stands in the ticket's history: who looks it up finds it."""
    view = row.view()
    assert {finding.rule for finding in rules.judge(view)} >= {"repeated-nonce"}
    for ticket in view.board.all_tickets():
        assert all(event.post in view.board.posts for event in view.board.history_of(ticket))


@rows(
    Row(
        name="a ruling that says on nothing what it rules",
        landed="03:51 CAMBER-01 opens CMB-0036 owner=awaiting-STRAT-1-ruling: Redline cards\n"
        "03:52 CAMBER-01 opens CMB-0037: Cards\n"
        "03:53 CAMBER-01 blocks CMB-0037 blocked_on=ruling:CMB-0036: undecided\n",
        new="04:30 STRAT-1 rules: r",
    )
)
def test_a_ruling_without_its_fields_stops_no_rule(row: Row) -> None:
    rules.judge(row.view())
