from tests.rules.views import Row, rows

WAITS = "03:51 A opens CMB-0007 owner=awaiting-S-ruling: Cards\n"
WORDS = "03:51 A opens CMB-0007: Cards\n03:52 A blocks CMB-0007 blocked_on={}: it cannot go on\n"
BODY = "03:51 A opens CMB-0007: Cards\n03:52 A blocks CMB-0007: awaiting ruling from strat\n"


@rows(
    Row(name="nothing waits", landed="03:51 A opens CMB-0007: Cards"),
    Row(name="it names the ruling", landed=WAITS + "03:52 A blocks CMB-0007 blocked_on=ruling:CMB-0009: w"),
    Row(name="it is over", landed=WAITS + "03:52 A cancels CMB-0007: no"),
    Row(name="landed, and another post", landed=WAITS, new="04:00 A notes CMB-0007: hm"),
    Row(name="whole", landed=WAITS, told=("error CMB-0007",)),
    Row(name="blocked on words", landed=WAITS + "03:52 A blocks CMB-0007: w", told=("error CMB-0007",)),
    Row(name="a new one", new=WAITS, told=("warning CMB-0007",)),
    Row(
        name="words of a ruling",
        landed=WORDS.format("awaiting_collision/identity_ruling"),
        told=("error CMB-0007",),
    ),
    Row(name="of a verdict", landed=WORDS.format("the_Verdict_of_STRAT"), told=("error CMB-0007",)),
    Row(
        name="of nothing of the sort",
        landed=WORDS.format("the_rulings-book_and_rain").replace("rulings", "rules"),
    ),
    Row(name="words, and a ruling beside them", landed=WORDS.format("a_decision,ruling:CMB-0009")),
    Row(
        name="words of a ruling, released",
        landed=WORDS.format("a_decision") + "03:53 A releases CMB-0007: came",
    ),
    Row(name="words of a ruling in the body alone", landed=BODY, told=("error CMB-0007",)),
    Row(
        name="words that end in a handoff",
        landed=BODY + "03:53 B offers CMB-0007: C (warmer: x)",
        told=("error CMB-0007",),
    ),
    Row(
        name="a ruling is reminded of words",
        landed=BODY + "03:52 A opens CMB-0008: x",
        new="04:00 S rules rules_on=CMB-0008: x\n| ABSORB: CMB-0008 -> DONE",
        told=("warning S",),
    ),
    Row(
        name="a ruling is reminded",
        landed=WAITS,
        new="04:00 S rules rules_on=CMB-0009: x\n| ABSORB: CMB-0007 -> AWAITING_CLAIM",
    ),
    Row(
        name="a ruling that leaves it",
        landed=WAITS + "03:52 A opens CMB-0008: x",
        new="04:00 S rules rules_on=CMB-0008: x\n| ABSORB: CMB-0008 -> DONE",
        told=("warning S",),
    ),
)
def test_unnamed_wait(row: Row) -> None:
    assert row.says("unnamed-wait") == row.told
