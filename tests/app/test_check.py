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


def test_posts_that_landed_with_their_numbers_are_sound(tmp_path: Path) -> None:
    """All are judged, so the reservations of all are asked for; nothing here is new."""
    otto, anna = fleet(tmp_path, "otto", "anna")
    otto.files("CMB", "Cards")
    anna.opens_by_hand("ORA-0001", "Audio")
    anna.git("pull", "-q", "origin", "main")
    ran = anna.run("check", "--all", "--json")
    found = [one for one in ran.json["findings"] if one["rule"] == "unreserved-ticket"]
    assert [one["message"].partition(" ")[0] for one in found] == ["ORA-0001"], found
