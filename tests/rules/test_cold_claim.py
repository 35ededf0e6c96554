from tests.rules.views import Row, rows

OPENED = "05:00 A opens CMB-0036: Cards\n05:01 C boots lanes=audio\n"
CLAIM = "05:10 C claims CMB-0036\n"


@rows(
    Row(name="in its lane", landed=OPENED.replace("audio", "cmb") + CLAIM),
    Row(name="declared no lanes", landed=OPENED.replace(" lanes=audio", "") + CLAIM),
    Row(name="filed by itself", landed=OPENED.replace("A opens", "C opens") + CLAIM),
    Row(name="meant for it", landed=OPENED.replace("0036", "0036 owner=C") + CLAIM),
    Row(name="posted on it before", landed=OPENED + "05:05 C notes CMB-0036: hm\n" + CLAIM),
    Row(name="given back", landed=OPENED + CLAIM + "05:11 C releases CMB-0036: cold"),
    Row(name="not when new", landed=OPENED, new=CLAIM),
    Row(name="cold", landed=OPENED + CLAIM, told=("warning C",)),
    Row(
        name="posting on it since does not warm it",
        landed=OPENED + CLAIM + "05:20 C notes CMB-0036: hm",
        told=("warning C",),
    ),
)
def test_cold_claim(row: Row) -> None:
    assert tuple(said.replace("CMB-0036", "C") for said in row.says("cold-claim")) == row.told
