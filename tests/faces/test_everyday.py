"""The commands of every day: `new`, `ls`, `next`, `comment`."""

import io
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import split

import pytest

from ledger.faces.cli.main import run, write_overview
from tests.faces.envs import Said, env_at, said_by
from tests.faces.terminals import run_on_pty
from tests.fleet import Seat, fleet, standing


def built(folder: Path) -> list[Seat]:
    """Two seats of one remote whose feed holds CMB-0001, which is CRITICAL, and CMB-0002."""
    seats = fleet(folder, "otto", "anna", branch=None)
    seats[0].files("CMB", "The first", "--priority", "CRITICAL", "--body", "What it asks for.")
    seats[0].files("CMB", "The second")
    for seat in seats:
        seat.ok("init")
    return seats


@pytest.fixture
def seats(tmp_path: Path) -> list[Seat]:
    return standing(built, tmp_path)


class TerminalIn(io.BytesIO):
    def isatty(self) -> bool:
        return True


class TerminalOut(io.StringIO):
    def isatty(self) -> bool:
        return True


def typed(seat: Seat, *words: str) -> Said:
    """A command line that somebody types at a terminal."""
    env = replace(env_at(seat.path), stdin=TerminalIn(), out=TerminalOut())
    return said_by(env, run(["--seat", seat.name, *words], env))


@dataclass(frozen=True)
class Editor:
    """An editor that puts a text in the place of the first line that it finds, and keeps what it found."""

    found: Path

    def names(self) -> str:
        return self.found.read_text()


def edits(seat: Seat, place: Path, text: str, status: int = 0) -> Editor:
    """Have this clone's editor write a text before all that is there."""
    script, found = place / "editor.sh", place / "found"
    (place / "text").write_text(text)
    script.write_text(f'cp "$2" {found}; cat {place}/text {found} >"$2"; exit {status}\n')
    seat.git("config", "core.editor", f"sh '{script}' --wait")
    return Editor(found)


@pytest.fixture(autouse=True)
def own_editor(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_EDITOR", "VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)


def configures(seat: Seat, folder: Path, line: str) -> None:
    """Land a line of settings, from a working tree in a folder."""
    place = folder / "feed"
    seat.git("fetch", "-q")
    seat.git("worktree", "add", "-q", str(place), "-b", "settings", "origin/ledger")
    settings = place / "feed" / "ledger.yaml"
    settings.write_text(f"{settings.read_text()}{line}\n")
    work = Seat(seat.name, place)
    work.git("commit", "-qam", "settings")
    work.git("push", "-q", "origin", "HEAD:ledger")


def opening(seat: Seat, item: str) -> tuple[str, str]:
    shown = seat.ok("show", item)
    return shown["subject"], shown.get("body", "")


# new


def test_a_ticket_is_opened_by_its_subject_under_the_only_prefix_in_use(seats: Sequence[Seat]) -> None:
    otto, anna = seats
    landed = anna.ok("new", "Cards are grouped by the wrong key")
    assert (landed["posts"][0]["item"], landed["posts"][0]["state"]) == ("CMB-0003", "AWAITING_CLAIM")
    assert landed["reserved"] == ["refs/reserve/CMB/3"]
    assert opening(otto, "CMB-0003") == ("Cards are grouped by the wrong key", "")


TEXTS = {
    "paragraphs": (("Subject", "-m", "One.", "-m", "Two."), b"", "Subject", "One.\n\nTwo."),
    "glued": (("Subject", "-mOne."), b"", "Subject", "One."),
    "a dash first": (("Subject", "-m=--one"), b"", "Subject", "--one"),
    "stdin": (("Subject", "-F", "-"), b"From afar.\r\n", "Subject", "From afar."),
    "all from stdin": (("--file=-",), b"# Title\n\nFrom afar.\n", "Title", "From afar."),
    "all from -m": (("-m", "Title", "-m", "Body"), b"", "Title", "Body"),
    "its own number": (("{{ITEM_ID}} is it", "-m", "{{ITEM_ID}}"), b"", "CMB-0003 is it", "CMB-0003"),
}


@pytest.mark.parametrize(("words", "stdin", "subject", "body"), TEXTS.values(), ids=TEXTS)
def test_the_text_of_a_ticket_comes_as_it_does_with_git_commit(
    words: tuple[str, ...], stdin: bytes, subject: str, body: str, seats: Sequence[Seat]
) -> None:
    otto, _ = seats
    assert otto.ok("new", *words, stdin=stdin)["posts"][0]["item"] == "CMB-0003"
    assert opening(otto, "CMB-0003") == (subject, body)


def test_new_takes_the_fields_that_append_takes(seats: Sequence[Seat]) -> None:
    otto, _ = seats
    fields = "--priority LOW --lane cards --owner anna --parent CMB-0001 --related CMB-0002 --after CMB-0002"
    otto.ok("new", "Subject", "-p", "FLT", *fields.split())
    row = otto.queue()["FLT-0001"]
    said = [row[name] for name in ("priority", "lane", "owner", "parent")]
    assert said == ["LOW", "cards", "anna", "CMB-0001"]
    assert (row["related"], row["after"]) == (["CMB-0002"], ["CMB-0002"])


def test_of_several_prefixes_none_is_guessed(seats: Sequence[Seat]) -> None:
    otto, anna = seats
    otto.ok("new", "Subject", "-p", "FLT")
    anna.ok("ls")
    error = anna.refused("new", "Subject")
    assert (error["exit"], error["message"]) == (2, "2 prefixes are in use: CMB, FLT")
    assert "`-p CMB`" in error["hint"]
    anna.git("config", "ledger.prefix", "flt")
    assert (
        anna.refused("new", "Subject")["message"] == 'the setting ledger.prefix is "flt", which is no prefix'
    )
    anna.git("config", "ledger.prefix", "FLT")
    assert anna.ok("new", "Subject")["posts"][0]["item"] == "FLT-0002"
    assert anna.ok("new", "Subject", "--prefix", "CMB")["posts"][0]["item"] == "CMB-0003"


def test_the_settings_of_the_feed_name_the_prefix_of_all(seats: Sequence[Seat], tmp_path: Path) -> None:
    otto, anna = seats
    otto.ok("new", "Subject", "-p", "FLT")
    configures(otto, tmp_path, "prefix: FLT")
    anna.ok("ls")
    assert anna.ok("new", "Subject")["posts"][0]["item"] == "FLT-0002"


def test_the_first_ticket_of_a_feed_needs_a_prefix(tmp_path: Path) -> None:
    (otto,) = fleet(tmp_path, "otto", branch=None)
    error = otto.refused("new", "Subject")
    assert (error["exit"], error["hint"]) == (2, "add one, such as `-p CMB`")
    assert otto.ok("new", "Subject", "-p", "CMB")["posts"][0]["item"] == "CMB-0001"


def test_a_clone_that_never_fetched_the_feed_finds_its_prefix(seats: Sequence[Seat], tmp_path: Path) -> None:
    git = seats[0].git
    url = git("remote", "get-url", "origin").strip()
    git("clone", "-q", "--single-branch", "--branch", "main", url, str(tmp_path / "late"))
    assert Seat("late", tmp_path / "late").ok("new", "Subject")["posts"][0]["item"] == "CMB-0003"


# The editor


def test_without_a_subject_an_editor_opens_as_git_would(seats: Sequence[Seat], tmp_path: Path) -> None:
    otto, _ = seats
    editor = edits(otto, tmp_path, "Cards are wrong\n\n# How\n\nSee run 41.\n")
    assert typed(otto, "new", "--lane", "cards").code == 0
    assert opening(otto, "CMB-0003") == ("Cards are wrong", "# How\n\nSee run 41.")
    assert "The first line is the subject." in editor.names()
    assert list((otto.path / ".git" / "ledger").glob("texts/*")) == []


def test_an_editor_is_asked_for_beside_what_the_line_says(seats: Sequence[Seat], tmp_path: Path) -> None:
    otto, _ = seats
    editor = edits(otto, tmp_path, "")
    assert typed(otto, "new", "The subject", "-m", "The body", "-e").code == 0
    assert opening(otto, "CMB-0003") == ("The subject", "The body")
    assert editor.names().startswith("The subject\n\nThe body\n")
    assert typed(otto, "comment", "CMB-0003", "words", "--edit").code == 0
    assert otto.ok("show", "CMB-0003")["history"][-1]["body"] == "words"


def test_a_subject_on_the_line_opens_no_editor(seats: Sequence[Seat], tmp_path: Path) -> None:
    otto, _ = seats
    editor = edits(otto, tmp_path, "Something else\n")
    assert typed(otto, "new", "The subject").code == 0
    assert not editor.found.exists() and opening(otto, "CMB-0003") == ("The subject", "")


@pytest.mark.parametrize("line", ["new", "comment CMB-0001", "new -e Subject", "comment CMB-0001 words -e"])
def test_nobody_waits_for_an_editor_without_a_terminal(
    line: str, seats: Sequence[Seat], tmp_path: Path
) -> None:
    otto, _ = seats
    editor = edits(otto, tmp_path, "Something else\n")
    assert otto.refused(*line.split())["exit"] == 2
    assert not editor.found.exists()


def test_nothing_written_is_nothing_opened(seats: Sequence[Seat], tmp_path: Path) -> None:
    otto, _ = seats
    edits(otto, tmp_path, "\n")
    said = typed(otto, "new")
    assert (said.code, said.err.splitlines()[0]) == (2, "error: a ticket is opened with a subject")
    assert otto.queue().keys() == {"CMB-0001", "CMB-0002"}
    assert list((otto.path / ".git" / "ledger").glob("texts/*")) == []


@pytest.mark.parametrize("failing", ["the editor", "the post"])
def test_what_was_written_and_not_posted_is_kept(failing: str, seats: Sequence[Seat], tmp_path: Path) -> None:
    otto, _ = seats
    edits(
        otto,
        tmp_path,
        f"{'x' * 5000 if failing == 'the post' else 'Subject'}\n\nMuch work.\n",
        failing == "the editor",
    )
    said = typed(otto, "new")
    assert said.code == 2 and "your text is kept in " in said.err
    kept = Path(said.err.split('kept in "')[1].split('"')[0])
    assert kept.read_text().endswith("\n\nMuch work.\n")
    kept.write_text("Shorter\n\n" + kept.read_text().partition("\n\n")[2])
    otto.ok("new", "-F", str(kept))
    assert opening(otto, "CMB-0003") == ("Shorter", "Much work.")


def test_a_terminal_that_shows_no_editor_says_so(
    seats: Sequence[Seat], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    said = typed(seats[0], "comment", "CMB-0001")
    assert said.code == 2 and "-m TEXT" in said.err.splitlines()[1]


# ls


def test_ls_is_the_queue(seats: Sequence[Seat]) -> None:
    otto, _ = seats
    for words in ((), ("--for", "anna"), ("--all", "--lane", "cmb")):
        assert otto.run("ls", *words).out == otto.run("queue", *words).out != ""
    assert [row["item"] for row in otto.ok("ls")["items"]] == ["CMB-0001", "CMB-0002"]


# next


def test_next_takes_the_best_ticket_and_shows_what_it_says(seats: Sequence[Seat]) -> None:
    otto, anna = seats
    assert anna.ok("next", "--dry-run") | {"ticket": None} == {
        "schema": 1,
        "item": "CMB-0001",
        "claimed": False,
        "ticket": None,
    }
    said = otto.run("next")
    assert said.code == 0 and said.out.startswith("CMB-0001 held by otto since ")
    assert "  | What it asks for." in said.out.splitlines()
    taken = anna.ok("next")
    assert (taken["item"], taken["claimed"], taken["holder"]["seat"]) == ("CMB-0002", True, "anna")
    assert taken["ticket"]["subject"] == "The second"


def test_a_dry_run_writes_nothing(seats: Sequence[Seat]) -> None:
    before = seats[0].ok("log")["posts"]
    assert seats[0].run("next", "--dry-run").out.startswith("CMB-0001 is free\n")
    assert seats[0].ok("log")["posts"] == before


def test_who_holds_as_much_as_it_may_is_told_what_and_how_to_hold_more(seats: Sequence[Seat]) -> None:
    otto, _ = seats
    otto.ok("boot", "--lane", "cmb", "--driver", "cron")
    otto.ok("next")
    for words in (("next",), ("next", "--dry-run")):
        error = otto.refused(*words)
        assert (error["exit"], error["kind"], error["holds"]) == (3, "nothing-claimable", ["CMB-0001"])
        assert error["message"] == 'otto holds CMB-0001 "The first" and may hold 1'
    command = error["hint"].split("`git ledger ")[2].split("`")[0]
    assert command == "boot --wip 2 --lane cmb --driver cron"
    otto.ok(*command.split())
    assert otto.ok("next")["item"] == "CMB-0002"


def test_a_seat_whose_claims_are_counted_is_not_told_to_count_anew(seats: Sequence[Seat]) -> None:
    otto, _ = seats
    otto.ok("boot", "--cap", "5")
    otto.ok("next")
    assert "boot" not in otto.refused("next")["hint"]


def test_next_says_why_nothing_is_for_this_seat(seats: Sequence[Seat]) -> None:
    otto, anna = seats
    otto.ok("amend", "CMB-0001", "--owner", "otto", "--why", "mine")
    anna.ok("decline", "CMB-0002", "--why", "no time")
    error = anna.refused("next")
    assert error["message"] == (
        "nothing is claimable for anna; of 2 open tickets, 1 meant for another seat, 1 declined by this seat"
    )
    assert error["hint"] == "`git ledger queue --for anna` says why of each ticket"
    anna.ok("retire")
    assert anna.refused("next")["hint"] == "`git ledger boot`"


def test_next_in_an_empty_feed_leads_to_new(tmp_path: Path) -> None:
    (otto,) = fleet(tmp_path, "otto", branch=None)
    error = otto.refused("next")
    assert (error["message"], error["hint"]) == (
        "no ticket awaits a claim",
        '`git ledger new "SUBJECT"` opens one',
    )


def test_next_tells_what_opened_a_block(seats: Sequence[Seat]) -> None:
    otto, anna = seats
    otto.ok("block", "CMB-0002", "--on", "CMB-0001")
    otto.ok("next")
    otto.ok("done", "CMB-0001")
    assert anna.ok("next")["unblocked_by"] == ["CMB-0001"]


def test_next_repeated_by_its_nonce_takes_one_ticket(seats: Sequence[Seat]) -> None:
    otto, _ = seats
    otto.ok("boot", "--wip", "5")
    nonce = "0123456789abcdef"
    assert [otto.ok("next", "--intent", nonce)["item"] for _ in range(2)] == ["CMB-0001", "CMB-0001"]
    assert otto.queue()["CMB-0002"]["state"] == "AWAITING_CLAIM"


def test_next_that_finds_nothing_answers_challenges(seats: Sequence[Seat], tmp_path: Path) -> None:
    otto, anna = seats
    configures(otto, tmp_path, "claim_ttl: 1ms")
    otto.ok("next")
    assert anna.refused("claim", "CMB-0001", "--challenge")["kind"] == "held"
    assert "challenge" in otto.queue()["CMB-0001"]
    otto.refused("next")
    assert "challenge" not in otto.queue()["CMB-0001"]


def test_seats_that_ask_at_once_get_tickets_of_their_own(seats: Sequence[Seat]) -> None:
    """In processes of their own, with the feed moving below each of them."""
    running = [seat.start("next", "--json") for seat in seats]
    ended = [process.communicate() for process in running]
    assert [process.returncode for process in running] == [0, 0], ended
    assert sorted(json.loads(out)["item"] for out, _ in ended) == ["CMB-0001", "CMB-0002"]


# comment


def test_a_comment_is_a_note_on_its_ticket(seats: Sequence[Seat]) -> None:
    otto, anna = seats
    anna.ok("comment", "CMB-0001", "The key is the call.", "--to", "otto")
    anna.ok("comment", "CMB-0001", "-m", "One.", "-m", "Two.")
    anna.ok("comment", "CMB-0001", "-F", "-", stdin=b"Three.\n")
    history = otto.ok("show", "CMB-0001")["history"][1:]
    assert [entry["body"] for entry in history] == ["The key is the call.", "One.\n\nTwo.", "Three."]
    assert {entry["effect"] for entry in history} == {"note"}


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("comment CMB-0001", "`git ledger comment CMB-0001 TEXT`"),
        ("comment CMB-0001 ' '", "`git ledger comment CMB-0001 TEXT`"),
        ("comment CMB-0001 one two", "put the text in quotes"),
        ("comment cmb-1 words", "did you mean `CMB-0001`?"),
        ("comment CMB-0001 words -m words", "give it as TEXT, with `-m TEXT` or with `-F FILE`"),
        ("new", '`git ledger new "SUBJECT"`'),
        ("new Fix the cards", 'put it in quotes: "Fix the cards"'),
        ("new x -m one -F two", "give `-m TEXT` or `-F FILE`"),
        ("new x -p cmb", "a prefix is like CMB: capital letters and digits, at most 16"),
        ("new x -F nowhere", "name a file that is there"),
    ],
)
def test_a_slip_in_an_everyday_line_writes_nothing(line: str, hint: str, seats: Sequence[Seat]) -> None:
    otto, _ = seats
    words = [word.strip("'") or " " for word in line.replace("' '", "''").split()]
    before = otto.ok("log")["posts"]
    error = otto.refused(*words)
    assert (error["exit"], error["hint"]) == (2, hint)
    assert otto.ok("log")["posts"] == before


# The help


def test_the_help_begins_with_the_commands_of_every_day_and_an_example_each() -> None:
    lines = write_overview().split("\n\n")[1].splitlines()
    assert lines[0] == "everyday"
    assert [line.split()[0] for line in lines[1::2]] == ["new", "ls", "next", "comment", "done"]
    assert all(
        f"git ledger {name.split()[0]}" in example
        for name, example in zip(lines[1::2], lines[2::2], strict=True)
    )


def test_the_examples_of_the_help_run_as_they_stand(tmp_path: Path) -> None:
    (otto,) = fleet(tmp_path, "otto", branch=None)
    otto.git("config", "ledger.prefix", "CMB")
    for example in write_overview().split("\n\n")[1].splitlines()[2::2]:
        assert otto.run(*split(example)[2:]).code == 0, example
    assert otto.queue()["CMB-0001"]["state"] == "DONE"


def test_a_person_writes_a_ticket_on_a_real_terminal(seats: Sequence[Seat], tmp_path: Path) -> None:
    """The editor reads from and shows on the same terminal, as one that is no script does."""
    otto, _ = seats
    editor = tmp_path / "editor.py"
    editor.write_text(
        "import os, sys\n"
        "assert all(os.isatty(number) for number in (0, 1, 2))\n"
        "open(sys.argv[1], 'w').write('Typed\\n\\nby hand\\n')\n"
    )
    said = run_on_pty(otto.command("new"), {"GIT_EDITOR": f"'{sys.executable}' '{editor}'"})
    assert said.code == 0, said.out
    assert opening(otto, "CMB-0003") == ("Typed", "by hand")
