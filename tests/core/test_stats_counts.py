"""What is counted: offers that were taken, collisions, bypasses, and waits past a ruling."""

from typing import Any

import pytest

from ledger.core.stats.records import record_of_figures
from tests.core.figuring import figures, words

OPEN = "08:00 A opens CMB-0001: Cards\n"


@pytest.mark.parametrize(
    ("text", "taken", "waiting"),
    [
        pytest.param(OPEN, "", "CMB-0001", id="it stands"),
        pytest.param(OPEN + "08:05 S claims CMB-0001", "CMB-0001 S 300", "", id="taken"),
        pytest.param("08:00 S opens CMB-0001 state=CLAIMED: x", "", "", id="opened CLAIMED, never offered"),
        pytest.param(
            OPEN + "08:01 A opens CMB-0002 after=CMB-0001: y\n08:10 S claims CMB-0001\n"
            "09:00 S finishes CMB-0001\n09:02 S claims CMB-0002",
            "CMB-0001 S 600, CMB-0002 S 120",
            "",
            id="offered when its gate opens",
        ),
        pytest.param(
            OPEN + "08:01 A opens CMB-0002 after=CMB-0001: y", "", "CMB-0001", id="behind a gate it waits not"
        ),
        pytest.param(
            OPEN + "08:01 A opens CMB-0002 after=CMB-0001: y\n08:05 A amends CMB-0002 after=CMB-0003: z\n"
            "08:06 A opens CMB-0003: w\n08:07 S claims CMB-0003\n08:08 S finishes CMB-0003\n"
            "08:10 S claims CMB-0002",
            "CMB-0003 S 60, CMB-0002 S 120",
            "CMB-0001",
            id="another gate",
        ),
        pytest.param(
            "08:00 A opens CMB-0001: x\n| CONFIRM-PENDING: CMB-0001\n08:01 A confirms CMB-0001\n"
            "08:03 S claims CMB-0001",
            "CMB-0001 S 120",
            "",
            id="offered when confirmed",
        ),
        pytest.param(
            "08:00 A opens CMB-0001 owner=awaiting-STRAT-1-ruling: x\n"
            "08:10 A amends CMB-0001 owner=open: ruled\n08:11 S claims CMB-0001",
            "CMB-0001 S 60",
            "",
            id="offered when no ruling is awaited",
        ),
        pytest.param(
            OPEN + "08:05 S claims CMB-0001\n09:00 S releases CMB-0001: tired\n09:07 B claims CMB-0001",
            "CMB-0001 S 300, CMB-0001 B 420",
            "",
            id="offered again",
        ),
        pytest.param(
            OPEN + "08:05 A parks CMB-0001: later\n09:00 A releases CMB-0001: now\n09:01 S claims CMB-0001",
            "CMB-0001 S 60",
            "",
            id="parked in between",
        ),
        pytest.param(
            OPEN + "08:05 S claims CMB-0001\n08:06 S blocks CMB-0001: no key\n09:00 S claims CMB-0001",
            "CMB-0001 S 300",
            "",
            id="taken up by its holder, not offered",
        ),
        pytest.param(
            OPEN + "08:05 STRAT-1 rules rules_on=CMB-0001: Enough\n| ABSORB: CMB-0001 -> DONE (enough)",
            "",
            "",
            id="ruled away",
        ),
        pytest.param(OPEN + "07:55 S claims CMB-0001", "CMB-0001 S 0", "", id="a clock that is late"),
        pytest.param(OPEN + "20:00 S claims CMB-0001", "CMB-0001 S 14400", "", id="dated in the future"),
        pytest.param(
            OPEN + "08:05 S opens CMB-0001 by hand: lost\n08:10 S moves CMB-0002: CMB-0001 -> CMB-0002 "
            "post:#2\n08:12 B claims CMB-0002",
            "CMB-0002 B 120",
            "CMB-0001",
            id="moved to a number of its own",
        ),
    ],
)
def test_from_offer_to_claim(text: str, taken: str, waiting: str) -> None:
    found = figures(text)
    stood = [(deed, max(0, (deed.at - (deed.start or deed.at)).total_seconds())) for deed in found.taken]
    assert ", ".join(f"{deed.item} {deed.seat} {seconds:.0f}" for deed, seconds in stood) == taken
    assert " ".join(ticket.id for ticket in found.waiting) == waiting


def waits(*minutes: int) -> dict[str, Any]:
    """What is told of offers that stood so many minutes each."""
    opened = [f"08:00 A opens CMB-{n:04}: x" for n in range(1, len(minutes) + 1)]
    claimed = [f"08:{stood:02} S{n} claims CMB-{n:04}" for n, stood in enumerate(minutes, 1)]
    told: dict[str, Any] = record_of_figures(figures("\n".join(opened + claimed)))["offer_to_claim"]
    return told


@pytest.mark.parametrize(
    ("minutes", "median", "ninth"),
    [
        pytest.param((7,), 7, 7, id="one"),
        pytest.param((1, 4), 2.5, 4, id="two"),
        pytest.param((9, 1, 2), 2, 9, id="three, in any order"),
        pytest.param((1, 2, 3, 4, 5, 6, 7, 8, 9, 50), 5.5, 9, id="nine in ten"),
        pytest.param((1, 2, 3, 4, 5, 6, 7, 8, 9, 40, 50), 6, 40, id="nine in ten of eleven"),
    ],
)
def test_the_median_and_what_nine_in_ten_do_not_exceed(
    minutes: tuple[int, ...], median: float, ninth: int
) -> None:
    told = {"median_s": 60 * median, "p90_s": 60 * ninth, "claimed": len(minutes), "waiting": 0}
    assert waits(*minutes) == told
    assert waits() == {"claimed": 0, "waiting": 0}


LOST = OPEN + "08:06 B opens CMB-0001 by hand: Lost\n"
MOVED = LOST + "08:10 B moves CMB-0002: CMB-0001 -> CMB-0002 post:#2\n"


@pytest.mark.parametrize(
    ("text", "landed"),
    [
        pytest.param(OPEN, "", id="none"),
        pytest.param(LOST, "B 1", id="stands under its winner"),
        pytest.param(MOVED, "B 1", id="moved since"),
        pytest.param(MOVED + "08:11 B notes CMB-0001: sorry\n", "B 1", id="talked about"),
        pytest.param(LOST + "08:07 C opens CMB-0001 by hand: Lost\n", "B 1, C 1", id="two"),
        pytest.param(
            "08:00 A opens CMB-0001: x\n| CONFIRM-PENDING: CMB-0001\n08:06 B opens CMB-0001 by hand: y\n"
            "08:07 A moves CMB-0002: CMB-0001 -> CMB-0002 post:#1",
            "B 1",
            id="the first went, and the loser is the ticket now",
        ),
    ],
)
def test_a_lost_opening_is_counted_once(text: str, landed: str) -> None:
    counts = {row["seat"]: row["collisions_landed"] for row in record_of_figures(figures(text))["seats"]}
    assert ", ".join(f"{seat} {n}" for seat, n in sorted(counts.items()) if n) == landed


@pytest.mark.parametrize(
    ("series", "text", "prevented"),
    [
        pytest.param("", OPEN, "", id="no reservations"),
        pytest.param("CMB tip=2 1=A@08:00:00 2=B@08:00:30", "", "B CMB-0002", id="within confirm_within"),
        pytest.param("CMB tip=2 1=A@08:00:00 2=B@08:00:31", "", "", id="later"),
        pytest.param("CMB tip=2 1=A@08:00:20 2=B@08:00:00", "", "A CMB-0001", id="the other clock is late"),
        pytest.param("CMB tip=2 1=A@08:01:00 2=B@08:00:00", "", "", id="the other clock is very late"),
        pytest.param("CMB tip=2 1=A@08:00:00 2=A@08:00:01", "", "", id="one seat"),
        pytest.param("CMB tip=3 1=A@08:00:00 3=B@08:00:01", "", "", id="no neighbours"),
        pytest.param("CMB tip=2 1=A@08:00:00\nORA tip=2 2=B@08:00:01", "", "", id="two series"),
        pytest.param("CMB tip=2 1=A@08:00:00 2=?", "", "", id="a payload that is not ours"),
        pytest.param(
            "CMB tip=3 1=A@08:00:00 2=B@08:00:01 3=A@08:00:02", "", "B CMB-0002, A CMB-0003", id="three"
        ),
        pytest.param(
            "CMB tip=2",
            "08:00:00 A opens CMB-0001: x\n08:00:05 B opens CMB-0002: y",
            "B CMB-0002",
            id="reservations that were sealed away, by their openings",
        ),
        pytest.param(
            "CMB tip=2",
            "08:00:00 A opens CMB-0001: x\n08:00:05 B opens CMB-0002 by hand: y",
            "",
            id="a number that nobody reserved",
        ),
    ],
)
def test_collisions_that_reserving_prevented(series: str, text: str, prevented: str) -> None:
    seen = figures(text, series=series.replace("@08", "@2026-11-20T08"))
    found = [f"{one.seat} {seen.config.spell(one.series, one.n)}" for one in seen.prevented_collisions]
    assert ", ".join(found) == prevented


@pytest.mark.parametrize(
    ("text", "series", "told"),
    [
        pytest.param(OPEN, "CMB tip=1 1=A", "reserved", id="reserved"),
        pytest.param(OPEN, "CMB tip=1 1=?", "reserved", id="by a payload that binds nobody"),
        pytest.param(OPEN, "CMB tip=1", "reserved", id="sealed away"),
        pytest.param(OPEN, None, "reserved", id="offline, landed by a swap"),
        pytest.param(OPEN, "", "bypass", id="a swap without any number"),
        pytest.param("08:00 A opens CMB-0001 by hand: x", "CMB tip=1 1=A", "reserved", id="staged"),
        pytest.param("08:00 A opens CMB-0001 by hand: x", "CMB tip=1 1=B", "bypass", id="another's number"),
        pytest.param("08:00 A opens CMB-0001 by hand: x", "CMB tip=1", "bypass", id="by hand, no ref"),
        pytest.param("08:00 A opens CMB-0001 by hand: x", "", "bypass", id="by hand, no series"),
        pytest.param("08:00 A opens CMB-0001 by hand: x", None, "bypass", id="offline, by hand"),
        pytest.param("08:00 A opens CMB-0002: x", "CMB tip=1", "bypass", id="above the tip"),
        pytest.param("08:00 A opens CMB-1: x", "CMB tip=1", "bypass", id="spelled wrongly"),
        pytest.param(
            "08:00 A opens CMB-0001: x\n| CONFIRM-PENDING: CMB-0001", "", "provisional", id="provisional"
        ),
        pytest.param(
            "08:00 STRAT-1 rules FLT-0001 rules_on=CMB-0001: So", "FLT tip=1 1=STRAT-1", "reserved", id="rule"
        ),
        pytest.param("08:00 A notes CMB-0001: no ticket", "", "", id="no opening"),
        pytest.param(
            "08:00 A opens CMB-0001: x\n08:01 B opens CMB-0001 by hand: y",
            "CMB tip=1 1=A",
            "reserved bypass",
            id="one that lost",
        ),
        pytest.param(
            "08:00 A opens CMB-0001: x\n08:01 A opens CMB-0001 by hand: y",
            "CMB tip=1 1=A",
            "reserved bypass",
            id="two under one reservation",
        ),
        pytest.param(
            "08:00 B opens CMB-0001 by hand: x\n08:01 A opens CMB-0001: y",
            "CMB tip=1 1=A",
            "bypass reserved",
            id="one that lost to a bypass",
        ),
        pytest.param(
            "08:00 A opens CMB-0001: x\n08:01 A reposts CMB-0001", "CMB tip=1 1=A", "reserved", id="reposted"
        ),
    ],
)
def test_which_openings_were_reserved(text: str, series: str | None, told: str) -> None:
    found = figures(text, series=series).openings
    assert " ".join(_word(one.reserved, one.bypass) for one in found) == told


def _word(reserved: bool, bypass: bool) -> str:
    assert not (reserved and bypass)
    return "reserved" if reserved else "bypass" if bypass else "provisional"


RULED = """
    17:00 A opens FLT-1296: One
    17:01 B opens FLT-1297 state=BLOCKED blocked_on=ruling:FLT-1296: Waits
    18:55 STRAT-1 rules rules_on=FLT-1296: So be it
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(RULED + "20:06 B releases FLT-1297: ruled", "FLT-1297 18:55-20:06", id="71 minutes"),
        pytest.param(RULED + "20:10 B notes FLT-1297: still?", "FLT-1297 18:55-21:00", id="it waits still"),
        pytest.param(
            RULED + "19:30 STRAT-1 rules rules_on=FLT-1296: Again\n20:06 B releases FLT-1297: ruled",
            "FLT-1297 19:30-20:06",
            id="past the newest ruling",
        ),
        pytest.param(RULED + "| ABSORB: FLT-1297 -> DONE (over)", "", id="absorbed"),
        pytest.param(
            RULED + "19:00 STRAT-1 rules rules_on=FLT-1296: Again\n| ABSORB: FLT-1297 -> DONE (over)",
            "FLT-1297 18:55-19:00",
            id="absorbed by the next",
        ),
        pytest.param(RULED.replace("rules_on=FLT-1296", "rules_on=FLT-1297"), "", id="ruled elsewhere"),
        pytest.param(
            RULED + "19:00 B blocks FLT-1297 blocked_on=CMB-0001: and that\n20:00 B releases FLT-1297: x",
            "FLT-1297 18:55-19:00",
            id="then blocked on something else",
        ),
        pytest.param(
            RULED.replace("blocked_on=ruling", "blocked_on=CMB-0001,ruling") + "20:00 B cancels FLT-1297: x",
            "FLT-1297 18:55-20:00",
            id="blocked on more than the ruling",
        ),
    ],
)
def test_how_long_a_ticket_stays_blocked_after_its_ruling(text: str, told: str) -> None:
    found = figures(text, now="21:00").overdue
    assert ", ".join(f"{one.item} {words(one.span)}" for one in found) == told
