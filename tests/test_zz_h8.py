from pathlib import Path
from tests.fleet import fleet
from tests.gitrun import git

def test_backdated(tmp_path: Path) -> None:
    a, b = fleet(tmp_path, "CAMBER-01", "EVIL-01")
    a.ok("reserve", "CMB")  # CMB-0001
    a.writes(item="CMB-0001", state="AWAITING_CLAIM", subject="real", at="2026-04-15T03:51:00.000Z")
    a.forces()
    b.git("pull", "-q")
    b.git("checkout", "-q", "-b", "evil")
    b.writes(item="CMB-0001", state="AWAITING_CLAIM", subject="forged", at="2026-04-15T03:50:00.000Z")
    b.git("add", "feed"); b.git("commit", "-q", "-m", "x")
    r = b.run("check", "--range", "origin/main..HEAD")
    print(r.code, r.out, r.err)
    # unreserved by anybody
    a.writes(item="CMB-0009", state="AWAITING_CLAIM", subject="real9", at="2026-04-15T03:51:00.000Z")
    a.forces()
    b.git("push","-q","origin", f"{b.blob('x')}:refs/reserve/CMB/9")
    b.git("fetch","-q"); b.git("merge","-q","origin/main")
    b.writes(item="CMB-0009", state="AWAITING_CLAIM", subject="forged", at="2026-04-15T03:50:00.000Z")
    b.git("add", "feed"); b.git("commit", "-q", "-m", "x")
    r = b.run("check", "--range", "origin/main..HEAD")
    print(r.code, r.out, r.err)
    # a claim dated before another's landed claim
    a.files("FLT", "x")
    a.writes(item="FLT-0001", state="CLAIMED", at="2027-04-15T03:51:00.000Z")
    a.forces()
    b.git("fetch","-q"); b.git("checkout","-q","-B", "evil2", "origin/main")
    b.writes(item="FLT-0001", state="CLAIMED", at="2027-04-15T03:50:00.000Z")
    b.git("add", "feed"); b.git("commit", "-q", "-m", "x")
    r = b.run("check", "--range", "origin/main..HEAD")
    print(r.code, r.out, r.err)
    assert 0
