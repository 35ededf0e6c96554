from ledger.rules.view import Branch
from tests.rules.views import Row, rows

OPENED = "03:51 CAMBER-01 opens CMB-0036: Redline cards\n"
HELD = OPENED + "04:00 CAMBER-01 claims CMB-0036 branch=cmb-0036-mine\n"
STRANGER = Branch("fix/CMB-0036-audio", "ORA-01")


@rows(
    Row(name="by its holder", landed=HELD, branches=(Branch("cmb-0036-cards", "CAMBER-01"),)),
    Row(name="the branch that its holder named", landed=HELD, branches=(Branch("cmb-0036-mine", "Someone"),)),
    Row(name="names none", landed=HELD, branches=(Branch("main", "ORA-01"), Branch("xcmb-0036", "ORA-01"))),
    Row(name="another number", landed=HELD, branches=(Branch("cmb-00361", "ORA-01"),)),
    Row(name="done", landed=HELD + "04:10 CAMBER-01 finishes CMB-0036", branches=(STRANGER,)),
    Row(name="not when new", landed=HELD, new="", branches=(STRANGER,)),
    Row(name="by a stranger", landed=HELD, branches=(STRANGER,), told=("warning CMB-0036",)),
    Row(name="held by nobody", landed=OPENED, branches=(STRANGER,), told=("warning CMB-0036",)),
    Row(
        name="a second try",
        landed=HELD,
        branches=(Branch("cmb-0036-2", "ORA-01"),),
        told=("warning CMB-0036",),
    ),
)
def test_branch_without_claim(row: Row) -> None:
    assert row.says("branch-without-claim") == row.told
