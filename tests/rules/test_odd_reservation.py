from ledger.rules.odd_reservation import MOST
from tests.rules.views import Row, rows

OPENED = "03:51 A opens CMB-0007: Cards\n"
COMMIT, PADDED = "refs/reserve/CMB/9", "refs/reserve/CMB/0009"
FAR = "refs/reserve/CMB/900000"


@rows(
    Row(name="ours, and one by hand", landed=OPENED, series="CMB tip=7 7=A 9=hand:ORA-01"),
    Row(name="a commit", series="CMB 9=?", odd_refs={COMMIT: "commit"}, told=(f"warning {COMMIT}",)),
    Row(name="no seat", series="CMB 9=?", odd_refs={COMMIT: "blob"}, told=(f"warning {COMMIT}",)),
    Row(name="padded", series="CMB tip=3", odd_refs={PADDED: "blob"}, told=(f"warning {PADDED}",)),
    Row(name="not when new", new=OPENED, odd_refs={PADDED: "blob"}),
    Row(
        name="a tip that leaps",
        landed=OPENED,
        series="CMB tip=900000 7=A",
        told=("error refs/reserve/CMB/tip",),
    ),
    Row(name="a number that leaps", landed=OPENED, series="CMB tip=7 7=A 900000=A", told=(f"warning {FAR}",)),
    Row(name="a height that two refs say", landed=OPENED, series="CMB tip=900000 7=A 900000=hand:A"),
    Row(name="a series that begins there", series="CMB tip=394204"),
    Row(name="a tip that a post bears out", landed="03:51 A opens CMB-394205: x", series="CMB tip=394205"),
)
def test_odd_reservation(row: Row) -> None:
    assert row.says("odd-reservation") == row.told


def test_of_very_many_odd_refs_twenty_are_told_and_the_rest_counted() -> None:
    many = {f"refs/reserve/CMB/0{n}": "blob" for n in range(1000)}
    *_, last = findings = Row(name="many", odd_refs=many).findings("odd-reservation")
    assert len(findings) == MOST + 1
    assert last.message == "and 980 more such refs; `git ls-remote` lists them"
