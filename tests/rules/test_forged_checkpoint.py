from tests.rules.views import Row, rows

OPENED = "03:51 A opens CMB-0007: Cards\n"
REF = "refs/ledger/checkpoint"


@rows(
    Row(name="as the posts say", landed=OPENED),
    Row(name="a ticket differs", landed=OPENED, forged="ticket CMB-0007", told=(f"error {REF}",)),
    Row(name="not when new", new=OPENED, forged="ticket CMB-0007"),
)
def test_forged_checkpoint(row: Row) -> None:
    assert row.says("forged-checkpoint") == row.told
