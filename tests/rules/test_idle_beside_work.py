from tests.rules.views import Row, rows

OPENED = "05:00 ORA-01 opens CMB-0036 lane=ora: Cards\n"
BOOTS = "05:20 C boots lanes=ora\n"


@rows(
    Row(name="not yet dark", landed=OPENED + BOOTS, now="05:29"),
    Row(name="nothing in its lanes", landed=OPENED + BOOTS.replace("ora", "audio")),
    Row(name="never booted", landed=OPENED + "05:20 C notes CMB-0036: hm"),
    Row(name="retired", landed=OPENED + BOOTS + "05:21 C retires"),
    Row(
        name="holds work",
        landed=OPENED + "05:01 ORA-01 opens CMB-0037: x\n" + BOOTS + "05:21 C claims CMB-0037",
    ),
    Row(
        name="finished something: that is done-and-dark",
        landed=OPENED
        + "05:01 C opens CMB-0037: x\n"
        + BOOTS
        + "05:21 C claims CMB-0037\n05:22 C finishes CMB-0037",
    ),
    Row(name="gone for longer than claim_ttl", landed=OPENED + BOOTS, now="07:21"),
    Row(name="a strat", landed=OPENED + BOOTS, config="seats:\n  C: {role: strat}"),
    Row(name="not when new", landed=OPENED, new=BOOTS),
    Row(name="idle", landed=OPENED + BOOTS, told=("warning CMB-0036",)),
    Row(
        name="driven by a schedule",
        landed=OPENED + BOOTS.replace("lanes", "driver=cron lanes"),
        told=("error CMB-0036",),
    ),
    Row(
        name="gave it back",
        landed=OPENED + BOOTS + "05:21 C claims CMB-0036\n05:22 C releases CMB-0036: no",
        told=("warning CMB-0036",),
    ),
)
def test_idle_beside_work(row: Row) -> None:
    assert row.says("idle-beside-work") == row.told
