"""Slips of people and agents at the command line: what is said of each, and that its hint leads on."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.core.ids import make_post_id, path_of_post
from ledger.faces.cli import COMMANDS
from ledger.faces.cli.command_line import SYNONYMS
from tests.faces.envs import Said, run_at
from tests.gitrun import commit_file, git, new_repository

NAMES = {row.name for rows in COMMANDS.values() for row in rows}


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the tickets CMB-0001, which alexa holds, CMB-0012 and FLT-0012, both free."""
    repo = new_repository(tmp_path_factory.mktemp("mistakes") / "repo")
    commit_file(repo, "code.txt")
    opening = "append --reserve CMB --subject"
    for line in ("init", f"{opening} one", "claim CMB-0001", "reserve CMB --count 10", f"{opening} two"):
        assert said(repo, *line.split(), seat="alexa").code == 0
    for line in ("reserve FLT --count 11", "append --reserve FLT --subject three"):
        assert said(repo, *line.split()).code == 0
    return repo


def said(repo: Path, *words: str, seat: str = "otto") -> Said:
    return run_at(repo, "--seat", seat, *words)


def told(repo: Path, *words: str) -> tuple[int, str, str]:
    """The exit code, the error and the hint of a command line that is refused; nothing else is printed."""
    ran = said(repo, *words)
    assert ran.out == ""
    error, hint = ran.err.splitlines()
    return ran.code, error.removeprefix("error: "), hint.removeprefix("hint: ")


MISTAKES = {
    "a note without its text": (
        "note CMB-0001",
        2,
        "the note on CMB-0001 has no text",
        "`git ledger note CMB-0001 TEXT`",
    ),
    "a ticket in lower case": ("claim cmb-0012", 2, '"cmb-0012" is no ticket', "did you mean `CMB-0012`?"),
    "a ticket without its zeros": (
        "claim CMB-12",
        3,
        "there is no ticket CMB-12",
        "did you mean `CMB-0012`?",
    ),
    "one in lower case and without zeros": (
        "done cmb-1",
        2,
        '"cmb-1" is no ticket',
        "did you mean `CMB-0001`?",
    ),
    "a number alone": ("show 1", 2, '"1" is no ticket', "did you mean `CMB-0001`?"),
    "a number of two tickets": ("show 12", 2, '"12" is no ticket', "did you mean `CMB-0012` or `FLT-0012`?"),
    "a ticket to show": ("show CMB-12", 3, "there is no ticket CMB-12", "did you mean `CMB-0012`?"),
    "a ticket to ask about": (
        "claim --check CMB-12",
        3,
        "there is no ticket CMB-12",
        "did you mean `CMB-0012`?",
    ),
    "a ticket that is not there": (
        "claim CMB-0099",
        3,
        "there is no ticket CMB-0099",
        "`git ledger queue --all` lists the tickets",
    ),
    "no ticket at all": (
        "show nonsense",
        2,
        '"nonsense" is no ticket',
        "a ticket is spelled like CMB-0107; `git ledger queue` lists them",
    ),
    "an opening without a prefix": (
        "append --subject x",
        2,
        "a ticket is opened under a number of some prefix",
        "add `--reserve PREFIX`, one of CMB, FLT, or a new one",
    ),
    "done on a ticket that nobody holds": (
        "done CMB-0012",
        3,
        "otto does not hold CMB-0012, which is AWAITING_CLAIM: only its holder may close it",
        "`git ledger claim CMB-0012`",
    ),
    "a word too many": (
        "show CMB-0001 CMB-0012",
        2,
        '"CMB-0012" is too much on this line',
        "`git ledger show -h`",
    ),
    "a missing ticket": ("show", 2, '"ID" is missing on this line', "`git ledger show -h`"),
    "a missing option": ("handoff CMB-0012 --why x", 2, 'option "--to" is missing', "add `--to SEAT`"),
    "an option that is not there": (
        "claim CMB-0012 --brnch x",
        2,
        'there is no option "--brnch"',
        "did you mean `--branch`?",
    ),
    "a global option that is not there": ("--frob", 2, 'there is no option "--frob"', "`git ledger -h`"),
    "a value that is none": (
        "append --reserve CMB --subject x --priority URGENT",
        2,
        "\"--priority\": 'URGENT' is not one of 'CRITICAL', 'HIGH', 'NORMAL', 'LOW'.",
        "`git ledger append -h`",
    ),
    "an offer to a seat with a slip in its name": (
        "handoff CMB-0012 --to alxea --why x",
        2,
        'no seat "alxea" has posted or is listed',
        "did you mean `alexa`?",
    ),
    "an owner in another case": (
        "amend CMB-0012 --owner ALEXA --why x",
        2,
        'no seat "ALEXA" has posted or is listed',
        "did you mean `alexa`?",
    ),
    "a note to a seat with a slip in its name": (
        "note CMB-0012 x --to alex",
        2,
        'no seat "alex" has posted or is listed',
        "did you mean `alexa`?",
    ),
    "a missing text": ("note", 2, '"[ID] TEXT" is missing on this line', "`git ledger note -h`"),
}


@pytest.mark.parametrize(("line", "code", "error", "hint"), MISTAKES.values(), ids=MISTAKES)
def test_a_slip_is_named_and_its_hint_leads_on(
    line: str, code: int, error: str, hint: str, repo: Path
) -> None:
    before = said(repo, "--json", "log").out.partition('"posts"')[2]
    assert told(repo, *line.split()) == (code, error, hint)
    assert said(repo, "--json", "log").out.partition('"posts"')[2] == before


WITHOUT_WHY = ("amend", "handoff --to alexa", "decline", "block", "cancel", "park", "reopen")


@pytest.mark.parametrize("command", WITHOUT_WHY)
def test_a_why_that_is_missing_is_a_wrong_command_line(command: str, repo: Path) -> None:
    name, *words = command.split()
    code, error, hint = told(repo, name, "CMB-0012", *words)
    assert code == 2 and "--why TEXT" in hint, error


def test_a_block_is_not_released_without_a_why(tmp_path: Path) -> None:
    repo = new_repository(tmp_path / "repo")
    commit_file(repo, "code.txt")
    for words in ("init", "append --reserve CMB --subject x", "block CMB-0001 --why rain"):
        assert said(repo, *words.split()).code == 0
    assert told(repo, "release", "CMB-0001")[0] == 2


@pytest.mark.parametrize("word", SYNONYMS)
def test_what_others_call_a_command_hints_the_right_one(word: str, tmp_path: Path) -> None:
    assert word not in NAMES
    code, error, hint = told(tmp_path, word, "CMB-0001")
    assert (code, error) == (2, f'there is no command "{word}"')
    assert hint.split("`git ledger ", 1)[1].split("`")[0].split()[0] in NAMES


def test_the_words_that_people_try_first_have_a_hint() -> None:
    tried = "new add list close comment search assign next ready undo status edit create start take view"
    assert [word for word in tried.split() if word not in SYNONYMS and word not in NAMES] == []


@pytest.mark.parametrize("name", ["claim", "queue"])
def test_help_with_a_command_is_the_help_of_that_command(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_at(tmp_path, "help", name).code == 0
    first = capsys.readouterr().out
    assert run_at(tmp_path, name, "-h").code == 0
    assert first == capsys.readouterr().out != ""


def test_help_with_a_word_that_is_no_command_says_so(tmp_path: Path) -> None:
    assert told(tmp_path, "help", "cliam")[2] == "`git ledger claim`"


def test_a_lane_that_no_ticket_has_is_named(repo: Path) -> None:
    assert said(repo, "queue", "--lane", "nolane").err == "no ticket has the lane nolane\n"
    assert said(repo, "queue", "--lane", "cmb").err.startswith("as of ")
    assert said(repo, "queue", "--lane", "cmb", "--state", "PARKED").err == "nothing is open\n"


def test_findings_are_counted_in_good_grammar(tmp_path: Path) -> None:
    repo = new_repository(tmp_path / "repo")
    git(repo, "symbolic-ref", "HEAD", "refs/heads/ledger")
    for nonce, counted in (("0" * 16, "1 error, 0 warnings"), ("1" * 16, "2 errors, 0 warnings")):
        place = repo / path_of_post(make_post_id(datetime(2026, 11, 20, tzinfo=UTC), "otto", nonce))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("")
        assert said(repo, "check").err.splitlines()[-1] == counted


def test_as_json_a_slip_names_what_was_meant_too(repo: Path) -> None:
    error = json.loads(said(repo, "--json", "claim", "cmb-12").out)["error"]
    assert (error["kind"], error["item"], error["hint"]) == ("usage", "cmb-12", "did you mean `CMB-0012`?")
