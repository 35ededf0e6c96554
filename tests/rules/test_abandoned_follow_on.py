from tests.rules.views import Row, rows

WORK = "05:00 A opens CMB-0036: Cards\n05:10 C claims CMB-0036\n"
FILED = "05:20 C opens CMB-0037 parent=CMB-0036: Wrong key\n"
DONE = "05:21 C finishes CMB-0036\n"
ALL = WORK + FILED + DONE


@rows(
    Row(name="the parent is not done", landed=WORK + FILED),
    Row(name="not for long yet", landed=ALL, now="05:40"),
    Row(
        name="not confirmed yet, its filer gone",
        landed=WORK + FILED + "| CONFIRM-PENDING: CMB-0037\n" + DONE,
        now="07:30",
    ),
    Row(name="claimed", landed=ALL + "05:30 B claims CMB-0037"),
    Row(name="offered to somebody", landed=ALL + "05:30 C offers CMB-0037: B (warmer: knows it)"),
    Row(
        name="its filer works on something else",
        landed=ALL + "05:30 A opens CMB-0038: x\n05:31 C claims CMB-0038",
    ),
    Row(name="its filer declined it", landed=ALL + "05:30 C declines CMB-0037: cold: no"),
    Row(name="filed by another", landed=WORK + FILED.replace("C opens", "A opens") + DONE),
    Row(name="not filed from anything", landed=WORK + FILED.replace(" parent=CMB-0036", "") + DONE),
    Row(name="not when new", landed=WORK + FILED, new=DONE),
    Row(name="left lying", landed=ALL, told=("error CMB-0037",)),
    Row(
        name="its parent was amended since",
        landed=ALL + "05:25 A amends CMB-0036 lane=audio: sorted",
        told=("error CMB-0037",),
    ),
    Row(
        name="its parent was reopened, and closed by a ruling",
        landed=ALL + "05:22 A repairs CMB-0036: wrong\n05:23 A rules CMB-0040 rules_on=CMB-0036: x"
        "\n| ABSORB: CMB-0036 -> DONE (settled)",
    ),
    Row(name="its filer retired", landed=ALL + "05:22 C retires", told=("warning CMB-0037",)),
    Row(name="its filer is gone", landed=ALL, now="07:30", told=("warning CMB-0037",)),
)
def test_abandoned_follow_on(row: Row) -> None:
    assert row.says("abandoned-follow-on") == row.told
