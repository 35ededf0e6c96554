"""What `check` judges new posts by."""

from pathlib import Path

from tests.fleet import fleet

STRICT = "seats_listed_only: true\nseats:\n  otto: {role: code}\n"


def test_no_proposal_loosens_the_rules_that_it_is_judged_by(tmp_path: Path) -> None:
    otto, mallory = fleet(tmp_path, "otto", "mallory")
    settings = otto.path / "feed" / "ledger.yaml"
    settings.parent.mkdir()
    settings.write_text(STRICT)
    otto.forces()
    item = otto.files("CMB", "Cards")
    mallory.git("pull", "-q", "origin", "main")
    (mallory.path / "feed" / "ledger.yaml").write_text("seats_listed_only: false\n")
    mallory.writes("I take this.", kind="note", item=item)
    mallory.git("add", "feed")
    mallory.git("commit", "-q", "-m", "propose")
    ran = mallory.run("check", "--range", "origin/main..HEAD", "--json")
    assert ran.code == 1
    assert [one["rule"] for one in ran.json["findings"] if one["severity"] == "error"] == ["unlisted-seat"]
