from tests.rules.views import Row, rows

OPENED = "05:00 ORA-01 opens CMB-0036: Cards\n05:01 ORA-01 opens CMB-0037: Playback\n"
DONE = "05:10 C claims CMB-0036\n05:20 C finishes CMB-0036\n"
SAID = ("warning CMB-0036",)


@rows(
    Row(name="not yet dark", landed=OPENED + DONE, now="05:30"),
    Row(name="nothing left to claim", landed=OPENED + DONE + "05:21 ORA-01 parks CMB-0037: later"),
    Row(name="another one took it", landed=OPENED + DONE + "05:21 B claims CMB-0037"),
    Row(name="claimed the next", landed=OPENED + DONE + "05:21 C claims CMB-0037"),
    Row(name="retired", landed=OPENED + DONE + "05:21 C retires"),
    Row(name="at its cap", landed="04:00 C boots cap=1\n" + OPENED + DONE),
    Row(name="declined", landed=OPENED + DONE + "05:21 C declines CMB-0037: cold: no"),
    Row(name="behind a gate", landed=OPENED.replace("0037", "0037 after=CMB-0099") + DONE),
    Row(
        name="released, not finished",
        landed=OPENED + DONE.replace("finishes", "releases") + "05:25 C notes: hm",
    ),
    Row(
        name="holds another one, and may hold two",
        landed="04:50 C boots wip=2\n05:01 A opens CMB-0038: Third\n05:05 C claims CMB-0038\n"
        + OPENED
        + DONE,
    ),
    Row(
        name="its DONE was refused",
        landed=OPENED + "05:10 C claims CMB-0036\n05:20 B finishes CMB-0036\n05:21 C notes CMB-0036: hm",
    ),
    Row(name="gone for longer than claim_ttl", landed=OPENED + DONE, now="07:21"),
    Row(name="not when new", landed=OPENED, new=DONE),
    Row(name="dark", landed=OPENED + DONE, told=SAID),
    Row(
        name="driven by a schedule",
        landed="04:59 C boots driver=cron\n" + OPENED + DONE,
        told=("error CMB-0036",),
    ),
    Row(
        name="said what is left, and dark",
        landed=OPENED + DONE + "05:22 C notes CMB-0037: unclaimed",
        told=SAID,
    ),
    Row(name="its clock runs ahead", landed=OPENED + DONE.replace("05:", "06:")),
    Row(name="the time is the config's", landed=OPENED + DONE, config="dark_after: 1h"),
)
def test_done_and_dark(row: Row) -> None:
    assert row.says("done-and-dark") == row.told


def test_the_tickets_are_named_in_the_order_to_take_them() -> None:
    more = "".join(f"05:02 ORA-01 opens CMB-01{n:02} priority=HIGH: More\n" for n in range(6))
    (finding,) = Row(name="", landed=OPENED + more + DONE).findings("done-and-dark")
    assert "CMB-0100, CMB-0101, CMB-0102, CMB-0103, CMB-0104 and 2 more" in finding.message
    assert "CMB-0100" in finding.fix
