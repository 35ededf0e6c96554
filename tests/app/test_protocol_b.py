"""Protocol B: on a host that takes no custom refs, numbers are provisional until they are confirmed."""

from pathlib import Path

from tests.fleet import Seat, fleet
from tests.gitrun import hook
from tests.test_refusing_remotes import NO_NUMBERS


def without_refs(folder: Path, *names: str) -> list[Seat]:
    """A fleet whose remote refuses refs/reserve."""
    seats = fleet(folder, *names)
    hook(folder / "remote.git", "pre-receive", NO_NUMBERS)
    return seats


def provisional(seat: Seat, subject: str) -> str:
    return str(seat.ok("append", "--provisional", "CMB", "--subject", subject)["posts"][0]["item"])


def test_reserving_says_which_protocol_is_in_force_and_never_changes_it_silently(tmp_path: Path) -> None:
    (otto,) = without_refs(tmp_path, "otto")
    error = otto.refused("append", "--reserve", "CMB", "--subject", "Cards")
    assert "append --provisional" in error["hint"] and "confirm" in error["hint"]
    assert otto.queue() == {}


def test_a_provisional_ticket_is_claimed_only_after_it_is_confirmed(tmp_path: Path) -> None:
    otto, anna = without_refs(tmp_path, "otto", "anna")
    item = provisional(otto, "Cards")
    assert anna.queue()[item]["provisional"] is True
    assert "provisional" in anna.refused("claim", item)["message"]
    assert otto.ok("confirm") == {"schema": 1, "confirmed": [item], "amended": []}
    assert anna.ok("claim", item)["claimed"] is True
    assert otto.ok("confirm")["confirmed"] == [], "nothing is left to confirm"


def test_the_first_in_order_keeps_the_number_and_the_other_gets_a_new_one(tmp_path: Path) -> None:
    otto, anna = without_refs(tmp_path, "otto", "anna")
    item = provisional(otto, "Cards")
    anna.writes(f"CONFIRM-PENDING: {item}", item=item, state="AWAITING_CLAIM", subject="Audio")
    anna.forces()
    assert anna.queue()[item]["collision"][0]["seat"] == "anna"
    assert anna.refused("cancel", item, "--why", "mine")["kind"] == "ambiguous-item"
    told = anna.ok("confirm")
    assert [(one["from"], one["to"]) for one in told["amended"]] == [(item, "CMB-0002")]
    assert anna.queue()["CMB-0002"]["provisional"] is True, "reservation stays impossible here"
    assert anna.ok("confirm")["confirmed"] == ["CMB-0002"]
    assert otto.ok("confirm")["confirmed"] == [item]
    assert {one: row["subject"] for one, row in otto.queue().items()} == {item: "Cards", "CMB-0002": "Audio"}


def test_after_the_window_any_seat_may_confirm_by_naming_the_ticket(tmp_path: Path) -> None:
    otto, anna = fleet(tmp_path, "otto", "anna")
    item = provisional(otto, "Cards")
    assert anna.ok("confirm")["confirmed"] == []
    assert anna.refused("confirm", item)["kind"] == "illegal-move"
    (otto.path / "feed").mkdir(exist_ok=True)
    (otto.path / "feed" / "ledger.yaml").write_text("confirm_within: 1ms\n")
    otto.forces()
    assert anna.run("drift", "--json").json["findings"][0]["rule"] == "unconfirmed-provisional"
    assert anna.ok("confirm", item)["confirmed"] == [item]


def test_where_refs_are_taken_a_provisional_number_is_reserved_too(tmp_path: Path) -> None:
    (otto,) = fleet(tmp_path, "otto")
    item = provisional(otto, "Cards")
    assert otto.git("ls-remote", "origin", "refs/reserve/CMB/1") != ""
    assert otto.files("CMB", "More") == "CMB-0002"
    assert otto.ok("confirm")["confirmed"] == [item]


def test_a_number_that_another_seat_reserved_meanwhile_is_given_up(tmp_path: Path) -> None:
    """A provisional opening that went through review finds its number reserved when it lands."""
    otto, anna = fleet(tmp_path, "otto", "anna")
    anna.writes("CONFIRM-PENDING: CMB-0001", item="CMB-0001", state="AWAITING_CLAIM", subject="Audio")
    assert otto.ok("reserve", "CMB")["reserved"][0]["item"] == "CMB-0001"
    anna.forces()
    told = anna.ok("confirm")
    assert [(one["from"], one["to"]) for one in told["amended"]] == [("CMB-0001", "CMB-0002")]
    assert sorted(otto.queue()) == ["CMB-0002"]


ROLES = "seats: {strat: {role: strat}, otto: {role: code}, anna: {role: code}, ora: {role: code}}\n"


def collided(folder: Path, settings: str) -> list[Seat]:
    """Otto filed CMB-0001, and ora by hand another CMB-0001; then ora is gone."""
    otto, anna, strat, ora = fleet(folder, "otto", "anna", "strat", "ora")
    otto.files("CMB", "Cards")
    ora.writes(item="CMB-0001", state="AWAITING_CLAIM", subject="Audio")
    (ora.path / "feed" / "ledger.yaml").write_text(settings)
    ora.forces()
    return [otto, anna, strat, ora]


def test_a_strat_settles_the_opening_of_a_seat_that_is_gone(tmp_path: Path) -> None:
    _, anna, strat, ora = collided(tmp_path, ROLES)
    error = anna.refused("confirm", "CMB-0001")
    assert (error["kind"], "once `confirm_within` is over" in error["message"]) == ("illegal-move", True)
    assert strat.ok("confirm")["amended"] == [], "it names the ticket, or settles its own"
    (moved,) = strat.ok("confirm", "CMB-0001")["amended"]
    told = anna.queue()
    assert (moved["to"], told["CMB-0002"]["opened_by"]) == ("CMB-0002", "ora")
    assert (told["CMB-0001"]["subject"], told["CMB-0002"]["subject"]) == ("Cards", "Audio")
    assert anna.run("drift", "--json").code == 0
    error = ora.refused("confirm", "CMB-0001")
    assert ("the one that it filed is CMB-0002 now" in error["message"], error["hint"]) == (
        True,
        "`git ledger show CMB-0002`",
    )
    assert ora.ok("claim", "CMB-0002")["claimed"] is True


def test_who_settles_the_opening_of_another_is_told_whose_it_is(tmp_path: Path) -> None:
    _, _, strat, _ = collided(tmp_path, ROLES)
    assert strat.run("confirm", "CMB-0001").out == "CMB-0001 of ora is CMB-0002 now\n"


def test_after_the_window_anybody_settles_it_also_with_a_number_reserved_before(tmp_path: Path) -> None:
    _, anna, _, _ = collided(tmp_path, f"confirm_within: 1ms\n{ROLES}")
    lost = anna.queue()["CMB-0001"]["collision"][0]["post"]
    (fresh,) = (one["item"] for one in anna.ok("reserve", "CMB")["reserved"])
    line = f"AMENDMENT: CMB-0001 -> {fresh} post:{lost}"
    ran = anna.run("append", "--kind", "amendment", "--item", fresh, "--body", line)
    assert (ran.code, "unverified" in ran.err) == (0, False), ran.err
    assert anna.queue()[fresh]["opened_by"] == "ora"
