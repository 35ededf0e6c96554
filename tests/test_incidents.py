"""What happened, and what must happen instead: the incidents that made this tool necessary."""

from pathlib import Path
from typing import Any

from tests.fleet import Seat, fleet
from tests.gitrun import git


def rules_of(error: dict[str, Any]) -> set[str]:
    """The rules that a refusal names."""
    return {one["rule"] for one in error["findings"]}


def history(seat: Seat, item: str) -> list[dict[str, Any]]:
    """The history of a ticket, oldest first."""
    return list(seat.ok("show", item)["history"])


def test_1_two_seats_count_from_memory(tmp_path: Path) -> None:
    """CAMBER-01 files CMB-0036 at 03:51, ORA-01 files CMB-0036 at 03:57, each counting from memory."""
    camber, ora = fleet(tmp_path, "CAMBER-01", "ORA-01")
    camber.raises_tip("CMB", 35)
    assert camber.files("CMB", "Redline cards") == "CMB-0036"
    assert ora.files("CMB", "Another thing") == "CMB-0037"
    assert ora.ok("reserve", "CMB")["reserved"][0]["item"] == "CMB-0038"


def test_1_by_hand_without_reserving_the_commit_is_refused(tmp_path: Path) -> None:
    """The same two, writing post files: the hook that `init` installed names the missing reservation."""
    (camber,) = fleet(tmp_path, "CAMBER-01")
    camber.raises_tip("CMB", 35)
    camber.ok("init")
    head = camber.git("rev-parse", "HEAD")
    camber.writes(item="CMB-0036", state="AWAITING_CLAIM", subject="Redline cards")
    camber.git("add", "feed")
    said = camber.git_refuses("commit", "-m", "CMB-0036")
    assert "CMB-0036 was not reserved [unreserved-ticket]" in said
    assert camber.git("rev-parse", "HEAD") == head


def test_1_forced_in_the_first_stands_and_the_other_moves(tmp_path: Path) -> None:
    """Both by hand past every hook: the first stands, the other moves, 36 is never given again."""
    camber, ora = fleet(tmp_path, "CAMBER-01", "ORA-01")
    camber.raises_tip("CMB", 35)
    camber.writes(item="CMB-0036", state="AWAITING_CLAIM", subject="Redline cards")
    camber.forces()
    second = ora.writes(
        item="CMB-0036", state="AWAITING_CLAIM", subject="Another thing", at="2026-04-15T03:57:00.000Z"
    )
    ora.forces()
    row = ora.queue()["CMB-0036"]
    assert (row["subject"], row["opened_by"]) == ("Redline cards", "CAMBER-01")
    assert [(one["post"], one["seat"]) for one in row["collision"]] == [(second, "ORA-01")]
    assert ora.refused("cancel", "CMB-0036", "--why", "mine")["kind"] == "ambiguous-item"
    assert camber.ok("confirm")["amended"] == []
    (moved,) = ora.ok("confirm")["amended"]
    assert (moved["from"], moved["to"]) == ("CMB-0036", "CMB-0037")
    queue = camber.queue()
    assert {item: row["subject"] for item, row in queue.items()} == {
        "CMB-0036": "Redline cards",
        "CMB-0037": "Another thing",
    }
    assert "collision" not in queue["CMB-0036"]
    assert camber.files("CMB", "Next") == "CMB-0038"


def test_2_a_mass_dispatch_never_displaces_the_first(tmp_path: Path) -> None:
    """CAMBER-12 files CMB-0105 (card grouping); CAMBER-02 another CMB-0105 from a mass dispatch."""
    first, second = fleet(tmp_path, "CAMBER-12", "CAMBER-02")
    first.raises_tip("CMB", 104)
    assert first.files("CMB", "Card grouping") == "CMB-0105"
    lost = second.writes(item="CMB-0105", state="AWAITING_CLAIM", subject="Audio playback")
    second.forces()
    row = second.queue()["CMB-0105"]
    assert (row["subject"], row["opened_by"]) == ("Card grouping", "CAMBER-12")
    assert row["collision"][0]["subject"] == "Audio playback"
    fresh = second.ok("reserve", "CMB")["reserved"][0]["item"]
    amend = ("append", "--kind", "amendment", "--item", fresh, "--body")
    wrong = f"AMENDMENT: CMB-0105 -> {fresh} post:{history(first, 'CMB-0105')[0]['post']}"
    assert second.refused(*amend, wrong)["kind"] == "illegal-move"
    second.ok(*amend, f"AMENDMENT: CMB-0105 -> {fresh} post:{lost}")
    subjects = {item: row["subject"] for item, row in first.queue().items()}
    assert subjects == {"CMB-0105": "Card grouping", fresh: "Audio playback"}


def test_3_a_seat_on_no_feed_takes_a_number_for_other_work(tmp_path: Path) -> None:
    """CAMBER-12 files CMB-0122; a seat that is on no feed works on it, unclaimed, and posts DONE."""
    camber, stranger = fleet(tmp_path, "CAMBER-12", "STRANGER-1")
    item = camber.files("CMB", "Speaker labels")
    before = camber.queue()[item]
    assert stranger.refused("done", item)["kind"] == "not-the-holder"
    stranger.writes(item=item, state="DONE", body="done")
    stranger.forces()
    assert camber.queue()[item] == before
    drift = camber.run("drift", "--json")
    errors = [one for one in drift.json["findings"] if one["severity"] == "error"]
    assert (drift.code, [one["rule"] for one in errors]) == (1, ["not-the-holder"])
    assert stranger.ok("claim", item)["claimed"] is True
    assert stranger.ok("done", item)["posts"][0]["state"] == "DONE"


def test_4_a_ruling_leaves_two_tickets_blocked(tmp_path: Path) -> None:
    """FLT-1308 rules the FLT-1296 collision; FLT-1297 and FLT-1299, blocked on it alone, stay BLOCKED."""
    seat, strat = fleet(tmp_path, "CAMBER-01", "STRAT-2")
    seat.raises_tip("FLT", 1295)
    batch = "".join(f"---\nreserve: FLT\nsubject: Work {n}\n" for n in range(4))
    filed = seat.ok("append", "--batch", "-", stdin=batch.encode())["posts"]
    assert [one["item"] for one in filed] == ["FLT-1296", "FLT-1297", "FLT-1298", "FLT-1299"]
    for item in ("FLT-1297", "FLT-1299"):
        seat.ok("block", item, "--on", "ruling:FLT-1296")
    seat.raises_tip("FLT", 1307)
    rule = ("rule", "--on", "FLT-1296", "--reserve", "FLT", "--subject", "The FLT-1296 collision")
    first = ("--absorb", "FLT-1297 -> DONE (collision-resolved, no further work)")
    second = ("--absorb", "FLT-1299 -> AWAITING_CLAIM (work continues)")
    assert strat.refused(*rule)["exit"] == 3
    refusal = strat.refused(*rule, *first)
    assert rules_of(refusal) == {"missed-absorb"}
    assert "ABSORB: FLT-1299 -> " in refusal["findings"][0]["fix"]
    suggested = strat.ok("rule", "--on", "FLT-1296", "--suggest")["absorb"]
    assert [line.split()[1] for line in suggested] == ["FLT-1297", "FLT-1299"]
    assert {row["state"] for row in strat.queue().values()} == {"AWAITING_CLAIM", "BLOCKED"}
    landed = strat.ok(*rule, *first, *second)
    states = {item: row["state"] for item, row in seat.queue().items()}
    assert states == {
        "FLT-1296": "AWAITING_CLAIM",
        "FLT-1297": "DONE",
        "FLT-1298": "AWAITING_CLAIM",
        "FLT-1299": "AWAITING_CLAIM",
        "FLT-1308": "DONE",
    }
    commits = {history(seat, item)[-1]["commit"] for item in ("FLT-1297", "FLT-1299", "FLT-1308")}
    assert commits == {landed["commit"]}


def test_5_a_meaning_is_absorbed_and_closed(tmp_path: Path) -> None:
    """FLT-1309 rules FLT-1297's trim work absorbed by FLT-1306; the first meaning is never closed."""
    seat, strat = fleet(tmp_path, "CAMBER-01", "STRAT-2")
    seat.raises_tip("FLT", 1296)
    trim = seat.files("FLT", "Trim work")
    seat.raises_tip("FLT", 1305)
    heir = seat.files("FLT", "Trim, done right")
    assert (trim, heir) == ("FLT-1297", "FLT-1306")
    rule = ("rule", "--on", trim, "--reserve", "FLT", "--absorb")
    assert rules_of(strat.refused(*rule, f"{trim} -> DONE absorbed-by:FLT-9999")) == {"unknown-absorb"}
    strat.ok(*rule, f"{trim} -> DONE absorbed-by:{heir}")
    told = seat.ok("show", trim)
    assert (told["state"], told["absorbed_by"]) == ("DONE", heir)
    assert told["history"][-1]["effect"] == f"AWAITING_CLAIM -> DONE by ruling, absorbed by {heir}"
    assert told["history"][-1]["kind"] == "ruling"


def test_6_the_live_ticket_waits_for_the_ruling_that_names_it(tmp_path: Path) -> None:
    """FLT-1310 moves two tickets' work to CMB-394224, which itself waits for this ruling: a circle."""
    seat, strat = fleet(tmp_path, "CAMBER-01", "STRAT-2")
    seat.raises_tip("FLT", 1309)
    one, two, live = "CMB-394196", "CMB-394205", "CMB-394224"
    waiting = ("--state", "BLOCKED", "--blocked-on", f"ruling:{one}")
    for item, state in ((one, ()), (two, waiting), (live, waiting)):
        seat.raises_tip("CMB", int(item.removeprefix("CMB-")) - 1)
        assert seat.files("CMB", f"Work {item}", *state) == item
    seat.ok("block", one, "--on", f"ruling:{one}")
    rule = ("rule", "--on", two, "--on", one, "--reserve", "FLT")
    moves = ("--absorb", f"{one} -> DONE absorbed-by:{live}", "--absorb", f"{two} -> DONE absorbed-by:{live}")
    assert rules_of(strat.refused(*rule, *moves)) == {"missed-absorb", "circular-wait"}
    assert {row["state"] for row in seat.queue().values()} == {"BLOCKED"}
    strat.ok(*rule, *moves, "--absorb", f"{live} -> AWAITING_CLAIM (the live one)")
    states = {item: row["state"] for item, row in seat.queue().items()}
    assert states == {one: "DONE", two: "DONE", live: "AWAITING_CLAIM", "FLT-1310": "DONE"}


def test_10_one_agent_on_two_surfaces(tmp_path: Path) -> None:
    """`otto` runs on two surfaces; both claim B-0444 as `otto`, each thinks it holds it."""
    cli, desktop = fleet(tmp_path, "otto-cli", "otto-desktop")
    cli.raises_tip("B", 443)
    item = cli.files("B", "Bring the mail")
    assert item == "B-0444"
    taken = cli.ok("claim", item, "--branch", "mail", "--worktree", "/w/1")
    refusal = desktop.refused("claim", item)
    assert (refusal["exit"], refusal["kind"]) == (3, "held")
    expected = {"seat": "otto-cli", "branch": "mail", "worktree": "/w/1", "since": taken["holder"]["since"]}
    assert expected.items() <= refusal["holder"].items()
    assert "held by otto-cli (mail) [worktree: /w/1] since " in refusal["message"]
    check = desktop.run("claim", item, "--check")
    assert (check.code, check.out.startswith(f"{item} held by otto-cli (mail) [worktree: /w/1] since")) == (
        3,
        True,
    )
    assert desktop.refused("claim", item, "--check")["holder"] == taken["holder"]
    assert git(cli.path, "status", "--porcelain") == ""
