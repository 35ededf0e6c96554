from tests.rules.views import Row, rows

OPENED = "05:00 A opens CMB-0036: Cards\n"
OFFER = OPENED + "05:10 A offers CMB-0036: C (warmer: knows it)\n"
GATED = "05:00 A opens CMB-0036 owner=C after=CMB-0037: Cards\n05:01 A opens CMB-0037: First\n"
SAID = ("error CMB-0036",)


@rows(
    Row(name="open to all", landed=OPENED),
    Row(name="not for long yet", landed=OFFER, now="05:30"),
    Row(
        name="not confirmed yet",
        landed="05:00 A opens CMB-0036 owner=C: Cards\n| CONFIRM-PENDING: CMB-0036",
    ),
    Row(name="taken", landed=OFFER + "05:20 C claims CMB-0036"),
    Row(name="offered on", landed=OFFER + "05:20 A offers CMB-0036: open (capacity: anybody)"),
    Row(name="offered anew", landed=OFFER + "05:50 A offers CMB-0036: B (warmer: knows it)"),
    Row(name="behind a gate", landed=GATED),
    Row(
        name="its gate opened just now",
        landed=GATED + "05:20 A claims CMB-0037\n05:50 A finishes CMB-0037",
    ),
    Row(name="waits for a ruling", landed="05:00 A opens CMB-0036 owner=awaiting-S-ruling: Cards"),
    Row(name="not when new", landed=OPENED, new="05:10 A offers CMB-0036: C (warmer: knows it)"),
    Row(name="no answer", landed=OFFER, told=SAID),
    Row(name="filed for a seat", landed=OPENED.replace("0036", "0036 owner=C"), told=SAID),
    Row(
        name="declined, and nobody else may", landed=OFFER + "05:20 C declines CMB-0036: cold: no", told=SAID
    ),
    Row(
        name="its gate opened long ago",
        landed=GATED + "05:20 A claims CMB-0037\n05:30 A finishes CMB-0037",
        told=SAID,
    ),
)
def test_stale_offer(row: Row) -> None:
    assert row.says("stale-offer") == row.told
