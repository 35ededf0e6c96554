"""Proposals by an enemy: each is found before it lands, and nothing in it acts on whoever looks at it."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.core.ids import path_of_post
from ledger.faces.formats import Format
from tests.fleet import Ran, Seat, fleet, standing
from tests.proposals import RANGE, begins, commits, opens

EARLY = "2026-04-15T03:50:00.000Z"
"""Before everything that the fleet landed by hand."""


@pytest.fixture
def seats(tmp_path: Path) -> list[Seat]:
    """CAMBER-01 opened CMB-0001 with the tool, then CMB-0009 by hand and ORA-01 claimed it by hand."""
    return standing(_built, tmp_path)


def _built(folder: Path) -> list[Seat]:
    camber, evil = fleet(folder, "CAMBER-01", "EVIL-01")
    camber.files("CMB", "Cards are grouped wrongly")
    opens(camber, "CMB-0009", "By hand")
    Seat("ORA-01", camber.path).writes(item="CMB-0009", state="CLAIMED", at="2026-04-15T03:52:00.000Z")
    camber.forces()
    begins(evil)
    return [camber, evil]


def rules(seat: Seat, severity: str = "error") -> set[str]:
    """The rules that a check of the proposal says are broken; its exit code must agree."""
    ran = seat.run("check", "--range", RANGE, "--json")
    found = {one["rule"] for one in ran.json["findings"] if one["severity"] == "error"}
    assert ran.code == (1 if found else 0), ran.err
    return {one["rule"] for one in ran.json["findings"] if one["severity"] == severity}


def after(seat: Seat, item: str) -> tuple[str, str | None]:
    """Once the proposal is landed by force: who opened a ticket, and who holds it."""
    seat.git("push", "-q", "--no-verify", "origin", "HEAD:main")
    ticket = seat.queue()[item]
    return ticket["opened_by"], ticket.get("holder", {}).get("seat")


def test_an_early_date_wins_no_number_of_the_tool(seats: list[Seat]) -> None:
    _, evil = seats
    opens(evil, "CMB-0001", "Mine", at=EARLY)
    commits(evil)
    assert {"double-opening", "reserved-by-another"} <= rules(evil)
    assert "backdated-post" in rules(evil, "warning")
    assert after(evil, "CMB-0001") == ("CAMBER-01", None)


def test_an_early_date_wins_no_number_that_was_taken_by_hand(seats: list[Seat]) -> None:
    """Nobody reserved it, so the enemy can; the date alone would put its opening first."""
    _, evil = seats
    evil.git("push", "-q", "origin", f"{evil.blob('mine')}:refs/reserve/CMB/9")
    opens(evil, "CMB-0009", "Mine", at=EARLY)
    commits(evil)
    assert rules(evil) == {"backdated-post"}
    told = evil.run("review", RANGE).out
    assert '**this takes its number** for "Mine" ("EVIL-01")' in told
    assert '- **CMB-0009** CLAIMED, opened AWAITING\\_CLAIM, by "EVIL-01": "Mine"' in told
    assert after(evil, "CMB-0009") == ("EVIL-01", "ORA-01")  # which is why it must not land


def test_an_early_date_wins_no_claim(seats: list[Seat]) -> None:
    _, evil = seats
    evil.writes(item="CMB-0009", state="CLAIMED", at="2026-04-15T03:51:30.000Z")
    commits(evil)
    assert rules(evil) == {"backdated-post"}


def test_a_forged_place_in_the_feed_wins_no_number(seats: list[Seat]) -> None:
    """A chain post of its own, whose `saw` names the enemy's opening and not the one that landed."""
    camber, evil = seats
    evil.git("push", "-q", "origin", f"{evil.blob('mine')}:refs/reserve/CMB/9")
    mine = opens(evil, "CMB-0009", "Mine", at="2026-04-16T00:00:00.000Z")
    head = next(one["post"] for one in camber.ok("log")["posts"] if one.get("item") == "CMB-0001")
    evil.writes("hm", kind="note", seq="2", prev=head, saw=(mine,))
    commits(evil)
    assert "backdated-post" in rules(evil)


def landed_file(seat: Seat, item: str) -> Path:
    return next(one for one in (seat.path / "feed").rglob("*.md") if f"item: {item}" in one.read_text())


def edits(seat: Seat) -> None:
    file = landed_file(seat, "CMB-0001")
    file.write_text(file.read_text().replace("AWAITING_CLAIM", "BLOCKED"))


def removes(seat: Seat) -> None:
    landed_file(seat, "CMB-0001").unlink()


def renames(seat: Seat) -> None:
    file = landed_file(seat, "CMB-0001")
    file.rename(file.with_name("elsewhere.md"))


def replaces_by_a_link(seat: Seat) -> None:
    file = landed_file(seat, "CMB-0001")
    file.unlink()
    file.symlink_to("/etc/passwd")


def copies_under_its_own_seat(seat: Seat) -> None:
    file = landed_file(seat, "CMB-0001")
    copy = file.with_name(file.name.replace("camber-01", "evil-01"))
    copy.write_text(file.read_text().replace("CAMBER-01", "EVIL-01"))


TAMPERING: dict[str, tuple[Callable[[Seat], None], set[str]]] = {
    "edits": (edits, {"edited-post"}),
    "removes": (removes, {"removed-post"}),
    "renames": (renames, {"removed-post", "unreadable-post"}),
    "replaces by a link": (replaces_by_a_link, {"edited-post"}),
    "copies": (copies_under_its_own_seat, {"double-opening", "forked-feed"}),
}


@pytest.mark.parametrize(("tamper", "found"), TAMPERING.values(), ids=TAMPERING)
def test_a_post_that_touches_another(
    tamper: Callable[[Seat], None], found: set[str], seats: list[Seat]
) -> None:
    _, evil = seats
    tamper(evil)
    commits(evil)
    assert found & rules(evil)
    assert any(f"- **error** {rule}" in evil.run("review", RANGE).out for rule in found)


HIDDEN = {
    "a subject that turns around": "\u202eevil",
    "isolated": "a \u2066hidden\u2069 b",
    "no width": "CMB\u200b-0001",
    "an escape": "\x1b]8;;http://x\x07click\x1b]8;;\x07",
    "a bell": "ding\x07",
    "C1": "\x9b31mred",
    "tags": "ok \U000e0041\U000e0042",
}


def write_raw(seat: Seat, subject: str, body: str = "", folder: str = "") -> Path:
    """An opening by hand with this very text in its subject, unescaped; CMB-0777 is nobody's number."""
    place = seat.path / path_of_post(seat.writes(item="CMB-0777", state="AWAITING_CLAIM", subject="X"))
    quoted = "'" + subject.replace("'", "''") + "'"
    text = (
        place.read_text().replace("subject: X", f"subject: {quoted}\nlane: {quoted}\nx-note: {quoted}") + body
    )
    if folder:
        place.unlink()
        place = seat.path / "feed" / folder / place.name
        place.parent.mkdir(parents=True)
    place.write_bytes(text.encode("utf-8", "surrogateescape"))
    return place


@pytest.mark.parametrize("text", HIDDEN.values(), ids=HIDDEN)
def test_what_cannot_be_seen_is_found(text: str, seats: list[Seat]) -> None:
    _, evil = seats
    write_raw(evil, "harmless", f"\n{text}\n")
    write_raw(evil, text)
    commits(evil)
    ran = evil.run("check", "--range", RANGE, "--json")
    files = {one["path"] for one in ran.json["findings"] if one["rule"] == "hidden-characters"}
    assert ran.code == 1 and len(files) == 2


HOSTILE = {
    "a workflow command": "::error file=code.txt,line=1::forged",
    "a second line": "ok%0A::error::forged",
    "an older command": "##[error]forged ##vso[task.complete]",
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "Markdown": "`code` | **bold** [click](http://evil.example) @everyone #1",
    "an escape": "\x1b[2J\x1b[31mred\x1b]0;title\x07",
    "a direction": "\u202eevil",
    "a shell": "$(touch pwned) `touch pwned`; touch pwned",
    "a template": "{{ITEM_ID}} ${{ github.token }} {0}",
}
LOOKS: dict[str, tuple[str, ...]] = {
    **{form: ("check", "--range", RANGE, "--format", form) for form in Format},
    "check --json": ("check", "--range", RANGE, "--json"),
    "review": ("review", RANGE),
    "review --json": ("review", RANGE, "--json"),
}


def harmless(ran: Ran, commands: bool) -> None:
    """Nothing that a terminal or a build log would obey; workflow commands only of our own."""
    said = ran.out + ran.err
    assert "Traceback" not in said
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]", said
    )
    assert not re.search(r"##(?:vso)?\[", said, re.IGNORECASE)
    for line in said.splitlines():
        ours = commands and re.match(
            "::(error|warning) file=feed/[^,:]*,line=[0-9]+,col=[0-9]+,title=[a-z-]+::", line
        )
        assert ours or not line.lstrip().startswith("::")


def proposes_it_all(seat: Seat) -> set[str]:
    """Posts with each text in subject, lane, a field of its own, the body and a folder; gives their paths."""
    files = [write_raw(seat, text, f"\n{text}\nABSORB: {text}\n") for text in HOSTILE.values()]
    files += [write_raw(seat, text, folder=text.replace("/", "_")) for text in HOSTILE.values()]
    commits(seat)
    return {file.relative_to(seat.path).as_posix() for file in files}


def test_it_is_all_found(seats: list[Seat]) -> None:
    _, evil = seats
    paths = proposes_it_all(evil)
    ran = evil.run("check", "--range", RANGE, "--json")
    assert ran.code == 1
    assert {one["path"] for one in ran.json["findings"] if one["severity"] == "error"} == paths


@pytest.mark.parametrize(("name", "words"), LOOKS.items(), ids=LOOKS)
def test_nothing_acts_on_whoever_looks(name: str, words: tuple[str, ...], seats: list[Seat]) -> None:
    _, evil = seats
    proposes_it_all(evil)
    ran = evil.run(*words)
    assert ran.code == (0 if "review" in words else 1), ran.err
    harmless(ran, commands=name == "github")
    if "json" in name or name in ("gitlab", "sarif"):
        json.loads(ran.out)
    assert not list(evil.path.rglob("pwned")) and not Path("pwned").exists()


def test_a_review_shows_it_as_text(seats: list[Seat]) -> None:
    """No tag, no code, no link, no mention, no row of a table is left in the page."""
    _, evil = seats
    for number, text in enumerate(HOSTILE.values()):
        begins(evil, f"proposal-{number}")
        write_raw(evil, text)
        commits(evil)
        page = evil.run("review", RANGE).out
        assert "- **CMB-0777** " in page or "hidden-characters" in page
        bare = re.sub(r"\\[\\`*_{}\[\]|~]|&(?:lt|gt|amp|#36|#8203);", " ", page)
        assert not re.search(r"[<`|\[]|(?<!-)>|://\w|@\w|#\d", bare.replace("**", ""))


def test_yaml_in_a_proposal_makes_nothing(seats: list[Seat], tmp_path: Path) -> None:
    _, evil = seats
    canary = tmp_path / "canary"
    for number, value in enumerate(
        ("!!python/object/apply:os.system ['touch %s']", "!!python/name:os.system %s")
    ):
        name = opens(evil, f"CMB-077{number}", "X")
        place = evil.path / path_of_post(name)
        place.write_text(
            place.read_text().replace("subject: X", "subject: " + value.replace("%s", str(canary)))
        )
    config = evil.path / "feed" / "ledger.yaml"
    config.write_text(f"format: !!python/object/apply:os.system ['touch {canary}']\n")
    commits(evil)
    found: Any = evil.run("check", "--range", RANGE, "--json")
    assert found.code == 1 and {one["path"] for one in found.json["findings"]} >= {"feed/ledger.yaml"}
    assert evil.run("review", RANGE).code == 0
    assert not canary.exists()
