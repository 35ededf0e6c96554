import pytest

from ledger.core.did_you_mean import find_nearest_ticket
from tests.rules.views import Row, rows

OPENED = "03:51 A opens CMB-0036: Cards\n03:52 A opens CMB-0107: Audio\n"
BLOCK = "04:00 A blocks CMB-0036 blocked_on={}: waits"
FOUND = ("error CMB-0036",)
MOVED = """
    03:53 B opens CMB-0036 by hand: Export
    03:54 B moves CMB-0108: CMB-0036 -> CMB-0108 post:#3
    03:55 A opens CMB-0040: Import
    | CONFIRM-PENDING: CMB-0040
    03:56 A moves CMB-0041: CMB-0040 -> CMB-0041 post:#5
"""


@rows(
    Row(name="a ticket that exists", landed=OPENED, new=BLOCK.format("CMB-0107")),
    Row(name="a ruling on one that exists", landed=OPENED, new=BLOCK.format("ruling:CMB-0107")),
    Row(name="words", landed=OPENED, new=BLOCK.format("phase-2,the-weather")),
    Row(
        name="one that is filed in the same write",
        landed=OPENED,
        new=BLOCK.format("CMB-0108") + "\n04:01 A opens CMB-0108: Export",
    ),
    Row(name="a ticket that does not", landed=OPENED, new=BLOCK.format("CMB-9999"), told=FOUND),
    Row(name="a ruling on one that does not", landed=OPENED, new=BLOCK.format("ruling:CMB-9999"), told=FOUND),
    Row(name="one in small letters", landed=OPENED, new=BLOCK.format("cmb-0107"), told=FOUND),
    Row(name="one that was moved away", landed=OPENED + MOVED, new=BLOCK.format("CMB-0040"), told=FOUND),
    Row(name="a gate", landed=OPENED, new="04:00 A amends CMB-0036 after=CMB-9999: so", told=FOUND),
    Row(
        name="an opening behind one",
        landed=OPENED,
        new="04:00 A opens CMB-0050 after=CMB-9999: so",
        told=("error CMB-0050",),
    ),
    Row(name="landed, and another post", landed=OPENED + BLOCK.format("CMB-9999"), new="05:00 A notes: hm"),
    Row(name="whole", landed=OPENED + BLOCK.format("CMB-9999"), told=FOUND),
    Row(name="filed since", landed=OPENED + BLOCK.format("CMB-9999") + "\n04:10 A opens CMB-9999: late"),
    Row(name="over since", landed=OPENED + BLOCK.format("CMB-9999") + "\n04:10 A cancels CMB-0036: no"),
    Row(name="released since", landed=OPENED + BLOCK.format("CMB-9999") + "\n04:10 A releases CMB-0036: x"),
)
def test_unknown_wait(row: Row) -> None:
    assert row.says("unknown-wait") == row.told


@pytest.mark.parametrize(
    ("on", "fix"),
    [
        ("CMB-0170", "did you mean `CMB-0107`?"),
        ("ruling:CMB-107", "did you mean `ruling:CMB-0107`?"),
        ("CMB-0040", "did you mean `CMB-0041`?"),
        ("CMB-9999", "name a ticket that exists: `git ledger queue --all` lists them"),
    ],
)
def test_the_nearest_ticket_is_named(on: str, fix: str) -> None:
    (one,) = Row(name="", landed=OPENED + MOVED, new=BLOCK.format(on)).findings("unknown-wait")
    assert one.fix == fix


@pytest.mark.parametrize(
    ("item", "near"),
    [
        ("CMB-0107", None),
        ("CMB-107", "CMB-0107"),
        ("CMB-00107", "CMB-0107"),
        ("cmb-0107", "CMB-0107"),
        ("CBM-0107", "CMB-0107"),
        ("CMB-1007", "CMB-0107"),
        ("CMB-01107", "CMB-0107"),
        ("CMB-0108", "CMB-0107"),
        ("CMB-010", "CMB-0107"),
        ("CMB-0200", None),
        ("ORA-2026-0001", None),
    ],
)
def test_one_slip_of_the_keyboard_is_near(item: str, near: str | None) -> None:
    assert find_nearest_ticket(item, {"CMB-0107"}) == near
