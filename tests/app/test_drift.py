"""What drift finds in a real feed, and what `--fix` mends: each with real repositories."""

import json
import os
import subprocess
from dataclasses import replace
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest

from ledger.core.feed.posts import POST_LIMIT
from ledger.faces.cli.main import run
from ledger.faces.context import Context, make_effects
from tests.fleet import Seat, fleet
from tests.gitrun import hook, waiting_for
from tests.machines import Machine, Time
from tests.store.stores import eventually
from tests.test_refusing_remotes import keeps_pushes

TTL = "claim_ttl: 1ms\nclaim_grace: 1s\n"


def configure(seat: Seat, text: str) -> None:
    """Land a `ledger.yaml`."""
    seat.git("pull", "-q", "origin", "main")
    (seat.path / "feed").mkdir(exist_ok=True)
    (seat.path / "feed" / "ledger.yaml").write_text(text)
    seat.git("add", "feed")
    seat.git("commit", "-q", "-m", "settings")
    seat.git("push", "-q", "origin", "HEAD:main")


def fix(seat: Seat) -> Any:
    """Run `drift --fix` and give its document, whatever the exit code."""
    return seat.run("drift", "--fix", "--json").json


def rules_of(document: Any) -> list[str]:
    return sorted({one["rule"] for one in document["findings"] if one["severity"] == "error"})


def mended(document: Any) -> list[tuple[str, str]]:
    return [(one["rule"], one["what"]) for one in document["fixed"]]


def test_a_feed_without_fault_is_left_alone(tmp_path: Path) -> None:
    (seat,) = fleet(tmp_path, "otto")
    seat.files("CMB", "Cards")
    before = seat.git("ls-remote", "origin")
    ran = seat.run("drift", "--fix", "--json")
    assert (ran.code, ran.json["findings"], ran.json["fixed"]) == (0, [], [])
    assert seat.git("ls-remote", "origin") == before


def test_an_expired_claim_is_challenged_then_given_back(tmp_path: Path) -> None:
    seats = fleet(tmp_path, "otto", "shepherd")
    otto, shepherd = (Machine(seat, time) for time in [Time()] for seat in seats)
    configure(seats[0], TTL)
    item = seats[0].files("CMB", "Cards")
    otto.ok("claim", item)
    otto.time.passes(seconds=1)
    found = json.loads(shepherd.run("drift", "--json").out)
    assert rules_of(found) == ["expired-claim"]
    assert shepherd.shepherds() == [("challenge", item)]
    assert shepherd.run("drift").code == 0  # nothing is left to do but to wait
    otto.time.passes(seconds=2)
    assert shepherd.run("drift").code == 1
    assert shepherd.shepherds() == [("expired-claim", item)]
    told = shepherd.ok("show", item)
    assert told["state"] == "AWAITING_CLAIM"
    assert "AUTO-RELEASE" in told["history"][-1]["effect"]
    assert shepherd.shepherds() == []


def test_a_block_on_what_is_over_is_lifted(tmp_path: Path) -> None:
    (otto,) = fleet(tmp_path, "otto")
    first, second = otto.files("CMB", "First"), otto.files("CMB", "Second")
    otto.ok("block", second, "--on", first)
    otto.ok("cancel", first, "--why", "not needed")
    assert mended(fix(otto)) == [("stale-block", second)]
    assert otto.queue()[second]["state"] == "AWAITING_CLAIM"


def test_two_shepherds_at_once_write_one_set_of_posts(tmp_path: Path) -> None:
    seats = fleet(tmp_path, "otto", "shepherd-1", "shepherd-2")
    otto = seats[0]
    configure(
        otto, TTL + "seats:\n  otto: {wip: 3}\n  shepherd-1: {role: strat}\n  shepherd-2: {role: strat}\n"
    )
    items = [otto.files("CMB", f"Cards {n}") for n in range(3)]
    last = otto.files("CMB", "Not needed")
    for item in items:
        otto.ok("block", item, "--on", last)
    otto.ok("cancel", last, "--why", "no")
    running = [seat.start("drift", "--fix") for seat in seats[1:]]
    said = [one.communicate() for one in running]
    assert [one.returncode for one in running] == [0, 0], said
    for item in items:
        effects = [event["effect"] for event in otto.ok("show", item)["history"]]
        assert sum("by RELEASE" in effect for effect in effects) == 1
        assert not any("refused" in effect for effect in effects)


def test_a_shepherd_that_was_beaten_mends_what_is_left(tmp_path: Path) -> None:
    """Its first push waits while another one lifts the block; then its seat is idle, and is told so."""
    otto, first, second = fleet(tmp_path, "otto", "shepherd-1", "shepherd-2")
    configure(otto, TTL.replace("1ms", "1h") + "dark_after: 1ms\n")
    item, over = otto.files("CMB", "Cards"), otto.files("CMB", "Not needed")
    otto.ok("boot")
    otto.ok("block", item, "--on", over)
    otto.ok("cancel", over, "--why", "no")
    once = f"if mkdir {tmp_path}/asked; then {waiting_for(tmp_path / 'go')}; fi"
    hook(tmp_path / "remote.git", "pre-receive", once)
    beaten = second.start("drift", "--fix")
    eventually((tmp_path / "asked").exists)
    assert mended(fix(first)) == [("stale-block", item)]
    (tmp_path / "go").touch()
    out, err = beaten.communicate()
    assert beaten.returncode == 0, (out, err)
    assert out.startswith(b"fixed nudge: otto (")


def at(seat: Seat, later: timedelta, *words: str) -> int:
    """Run the command in this process, with a clock that is ahead."""
    world = make_effects()
    world = replace(world, now=lambda: make_effects().now() + later)
    env = Context(world, dict(os.environ), seat.path, BytesIO(), StringIO(), StringIO())
    return run([*words, "--seat", seat.name], env)


def test_a_seat_is_nudged_once_an_hour_and_never_the_same_twice(tmp_path: Path) -> None:
    otto, anna, shepherd = fleet(tmp_path, "otto", "anna", "shepherd")
    item = otto.files("CMB", "Cards")
    anna.opens_by_hand(item, "Audio")
    assert mended(fix(shepherd)) == [("nudge", "anna")]
    (note,) = shepherd.ok("log", "--kind", "note")["posts"]
    assert note["to"] == ["anna"]
    assert item in note["body"]
    assert mended(fix(shepherd)) == []
    at(shepherd, timedelta(hours=2), "drift", "--fix")
    assert len(shepherd.ok("log", "--kind", "note")["posts"]) == 1, "the same is never said twice"
    anna.opens_by_hand(otto.files("CMB", "More"), "More audio")
    assert mended(fix(shepherd)) == [], "within the hour"
    at(shepherd, timedelta(hours=2), "drift", "--fix")
    assert len(shepherd.ok("log", "--kind", "note")["posts"]) == 2
    anna.ok("confirm")
    assert rules_of(shepherd.run("drift", "--json").json) == []


def damaged(seat: Seat, how: str) -> None:
    """Damage the feed as people do, by plain git, and push."""
    seat.git("pull", "-q", "origin", "main")
    posts = sorted((seat.path / "feed").rglob("*.md"))
    if how == "reverted":
        seat.git("revert", "--no-edit", "HEAD")
    elif how == "deleted":
        seat.git("rm", "-q", "-r", "feed")
        seat.git("commit", "-q", "-m", "clean up")
    elif how == "edited":
        posts[0].write_text(posts[0].read_text().replace("Cards", "Mine"))
        seat.git("commit", "-q", "-a", "-m", "fix typo")
    elif how == "merged away":
        seat.git("checkout", "-q", "-b", "side", "HEAD~2")
        seat.git("commit", "-q", "--allow-empty", "-m", "side")
        seat.git("checkout", "-q", "-B", "main", "origin/main")
        seat.git("checkout", "-q", "side")
        seat.git("merge", "-q", "-s", "ours", "-m", "ours", "main")
    seat.git("push", "-q", "--no-verify", "origin", "HEAD:main")


@pytest.mark.parametrize(
    ("how", "rule"),
    [
        ("reverted", "removed-post"),
        ("deleted", "removed-post"),
        ("merged away", "removed-post"),
        ("edited", "edited-post"),
    ],
)
def test_a_damaged_feed_is_mended_from_history(tmp_path: Path, how: str, rule: str) -> None:
    otto, hands = fleet(tmp_path, "otto", "hands")
    item = otto.files("CMB", "Cards")
    otto.ok("claim", item)
    before = otto.queue()
    assert rules_of(otto.run("drift", "--json").json) == []  # what it keeps of this history hides no damage
    damaged(hands, how)
    tip = hands.git("rev-parse", "HEAD")
    assert rule in rules_of(otto.run("drift", "--json").json)
    document = fix(otto)
    assert {one for one, _ in mended(document)} == {rule}
    assert rules_of(document) == []
    assert otto.queue() == before
    hands.git("fetch", "-q", "origin")
    hands.git("merge-base", "--is-ancestor", tip, "origin/main")


def test_what_never_was_a_post_may_go_and_holds_up_no_repair(tmp_path: Path) -> None:
    """Beside posts there were a guide, a link, a submodule, a giant and a folder that is no text."""
    otto, hands = fleet(tmp_path, "otto", "hands")
    otto.files("CMB", "Cards")
    before = otto.queue()
    hands.git("pull", "-q", "origin", "main")
    feed = hands.path / "feed"
    names = [f"20260415T035100000Z-hands-{n:016}.md" for n in range(4)]
    (feed / "guide.md").write_text("how we work")
    (feed / names[0]).symlink_to("guide.md")
    (feed / names[1]).write_bytes(b"a" * (POST_LIMIT + 1))
    (feed / os.fsdecode(b"\xff")).mkdir()
    (feed / os.fsdecode(b"\xff") / names[2]).write_text("hello")
    hands.git("add", "-f", "feed")
    hands.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},feed/{names[3]}")
    hands.git("commit", "-q", "--no-verify", "-m", "odd files")
    hands.git("rm", "-q", "-r", "--cached", "feed")
    hands.git(
        "commit", "-q", "--no-verify", "-m", "clean up", "--author", "Somebody else <else@example.invalid>"
    )
    hands.git("push", "-q", "--no-verify", "origin", "HEAD:main")
    document = fix(otto)
    assert len(mended(document)) == 1, document["fixed"]
    assert otto.queue() == before
    left = sorted(one["path"] for one in document["findings"])
    assert left == sorted([f"feed/{names[1]}", f"feed/\udcff/{names[2]}"])
    assert mended(fix(otto)) == [], "what cannot be written again is told, and adds no commit"


def test_a_tip_that_a_mirror_push_took_is_raised_again(tmp_path: Path) -> None:
    otto, hands = fleet(tmp_path, "otto", "hands")
    for n in range(3):
        otto.files("CMB", f"Cards {n}")
    hands.git("push", "-q", "origin", ":refs/reserve/CMB/tip", ":refs/reserve/CMB/3")
    assert otto.refused("append", "--reserve", "CMB", "--subject", "x")["kind"] == "rewound"
    assert rules_of(hands.run("drift", "--json").json) == ["lost-tip", "unreserved-ticket"]
    assert mended(fix(hands)) == [("lost-tip", "CMB")]
    assert otto.files("CMB", "Cards 4") == "CMB-0004"


def test_the_shape_of_an_old_post_is_past_mending_for_drift_and_not_for_check(tmp_path: Path) -> None:
    otto, hands = fleet(tmp_path, "otto", "hands")
    item = otto.files("CMB", "Cards")
    hands.writes("hello", kind="note", item=item, blocks_on=("CMB-0001",))
    hands.forces()
    otto.ok("note", item, "the chain has seen it")
    otto.git("pull", "-q", "origin", "main")
    assert (at(otto, timedelta(), "drift"), at(otto, timedelta(days=2), "drift")) == (1, 0)
    assert at(otto, timedelta(days=2), "check", "--all") == 1


def test_offline_nothing_is_mended(tmp_path: Path) -> None:
    otto, hands = fleet(tmp_path, "otto", "hands")
    otto.files("CMB", "Cards")
    damaged(hands, "reverted")
    assert rules_of(otto.run("drift", "--json").json) == ["removed-post"]
    before = otto.git("ls-remote", "origin")
    assert otto.refused("drift", "--fix", "--offline")["kind"] == "offline"
    assert otto.git("ls-remote", "origin") == before


@pytest.mark.parametrize(
    ("settings", "kind"), [("format: 2\n", "format-too-new"), ("branch: ledger\n", "wrong-branch")]
)
def test_a_feed_that_may_only_be_read_is_not_mended(tmp_path: Path, settings: str, kind: str) -> None:
    otto, hands = fleet(tmp_path, "otto", "hands")
    otto.files("CMB", "Cards")
    damaged(hands, "reverted")
    configure(hands, settings)
    before = otto.git("ls-remote", "origin")
    assert otto.refused("drift", "--fix")["kind"] == kind
    assert otto.git("ls-remote", "origin") == before


def test_two_forks_of_a_feed_become_one_order_and_stay_so(tmp_path: Path) -> None:
    """Two remotes grew from one feed; one is merged into the other by plain git."""
    otto, anna = fleet(tmp_path, "otto", "anna")
    shared = otto.files("CMB", "Shared")
    other = tmp_path / "other.git"
    subprocess.run(["git", "clone", "-q", "--mirror", str(tmp_path / "remote.git"), str(other)], check=True)
    otto.ok("claim", shared)
    anna.git("remote", "set-url", "origin", str(other))
    anna.ok("claim", shared)
    anna.files("ORA", "Of the fork")
    anna.git("remote", "set-url", "origin", str(tmp_path / "remote.git"))
    anna.git("fetch", "-q", str(other), "main")
    anna.git("checkout", "-q", "-B", "main", "FETCH_HEAD")
    anna.git("fetch", "-q", "origin")
    anna.git("merge", "-q", "-m", "both", "origin/main")
    anna.git("push", "-q", "--no-verify", "origin", "main")
    found = rules_of(otto.run("drift", "--json").json)
    assert "forked-feed" in found
    before = otto.queue()
    fix(otto)
    assert "forked-feed" not in rules_of(otto.run("drift", "--json").json)
    assert {one: row["state"] for one, row in otto.queue().items()} == {
        one: row["state"] for one, row in before.items()
    }


def test_what_hands_did_past_the_hooks_is_found_and_repaired(tmp_path: Path) -> None:
    """Incidents 1 to 6, forced in by plain git: drift names each, and confirm or a ruling repairs it."""
    camber, ora, strat = fleet(tmp_path, "CAMBER-01", "ORA-01", "STRAT-2")
    camber.opens_by_hand("CMB-0036", "Cards")
    ora.opens_by_hand("CMB-0036", "Audio")
    for item in ("CMB-0037", "CMB-0038"):
        camber.writes("waits", item=item, state="BLOCKED", subject=item, blocked_on=("ruling:CMB-0036",))
    camber.forces()
    ora.writes(item="CMB-0036", state="DONE", at="2026-11-20T10:00:00.000Z")
    ora.forces()
    strat.writes(
        "ABSORB: CMB-0037 -> DONE absorbed-by:CMB-0038", kind="ruling", rules_on=("CMB-0036",), subject="x"
    )
    strat.forces()
    found = rules_of(camber.run("drift", "--json").json)
    assert {"unreserved-ticket", "double-opening", "ambiguous-item", "missed-absorb", "circular-wait"} <= set(
        found
    )
    (moved,) = ora.ok("confirm")["amended"]
    assert camber.queue()["CMB-0036"]["subject"] == "Cards"
    assert camber.queue()[moved["to"]]["subject"] == "Audio"
    strat.ok(
        "rule", "--on", "CMB-0036", "--absorb", "CMB-0038 -> AWAITING_CLAIM", "--subject", "And the live one"
    )
    left = set(rules_of(camber.run("drift", "--json").json))
    assert not left & {"double-opening", "missed-absorb", "circular-wait"}
    assert camber.queue()["CMB-0038"]["state"] == "AWAITING_CLAIM"


def test_a_repair_in_doubt_is_repeated_as_it_is(tmp_path: Path) -> None:
    """It has no nonce to be asked for: the hint is the same command, which mends what is still due."""
    otto, hands = fleet(tmp_path, "otto", "hands")
    otto.files("CMB", "Cards")
    damaged(hands, "reverted")
    keeps_pushes(tmp_path / "remote.git", tmp_path)
    error = otto.cut_off("drift", "--fix")
    assert (error["exit"], error["kind"], error["in_doubt"]) == (4, "in-doubt", True)
    assert "--intent" not in error["hint"] and "intent" not in error
    (tmp_path / "go").touch()
    assert rules_of(fix(otto)) == []
    assert sorted(otto.queue()) == ["CMB-0001"]
