"""The pages held to the program: commands, options, exit codes, links, the first lines that people type."""

import importlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ledger import __version__
from ledger.app.guard.pushed_files import MOST_BYTES, MOST_POSTS
from ledger.app.guard.reserving import RESERVATION_LIMIT
from ledger.app.setup.founding import ATTRIBUTES, ATTRIBUTES_TEXT
from ledger.core.board.kinds import KINDS
from ledger.core.board.transitions import TRANSITIONS
from ledger.core.config.config import CONFIG_PATH, parse_config
from ledger.core.feed.directives import DIRECTIVES
from ledger.core.feed.fields import FIELDS
from ledger.core.model import State
from ledger.core.write.numbers import LEAP
from ledger.faces.boundary import BUG, EXITS
from ledger.faces.cli import COMMANDS
from ledger.faces.cli.by_typer import make_click_command
from ledger.faces.cli.command_line import FLAGS, VALUED
from ledger.faces.cli.commands.turn import TRIGGERED
from ledger.faces.cli.findings import FOUND
from ledger.faces.cli.glossary import WORDS
from ledger.faces.cli.legacy_commands import CLAIM_USAGE
from ledger.faces.cli.main import write_overview
from ledger.faces.receive import MOST_FINDINGS, MOST_TEXT
from ledger.faces.runtimes import RUNTIMES, find_runtime
from tests.fleet import bare_remote, clone
from tests.gitrun import git

ROOT = Path(__file__).parent.parent
CLI = (ROOT / "docs" / "cli.md").read_text()
FEED = (ROOT / "docs" / "feed.md").read_text()
MANUAL = (ROOT / "docs" / "git-ledger.1").read_text()
README = (ROOT / "README.md").read_text()
SECURITY = (ROOT / "SECURITY.md").read_text()
PAGES = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").glob("*.md"),
    *(ROOT / "docs" / "how-to").glob("*.md"),
    ROOT / "feed" / "README.md",
]
ROWS = [row for rows in COMMANDS.values() for row in rows]
OPTION = re.compile(r"(?<![\w-])--?[A-Za-z][A-Za-z-]*")


def parameters(name: str) -> list[Any]:
    """The parameters of a command, as typer has them."""
    row = next(one for one in ROWS if one.name == name)
    command = make_click_command(name, importlib.import_module(row.module).command)
    return [one for one in command.params if "--help" not in one.opts]


def options(name: str) -> set[str]:
    """The options of a command, short of those that all commands have."""
    return {opt for one in parameters(name) if one.param_type_name == "option" for opt in one.opts}


def sections(text: str) -> dict[str, str]:
    """The third-level sections of a page."""
    parts = re.split(r"^#{2,3} ", text, flags=re.MULTILINE)[1:]
    return {part.partition("\n")[0]: part.partition("\n")[2] for part in parts}


def synopsis(name: str) -> str:
    """The first fenced block of a command's section."""
    return sections(CLI)[name].split("```")[1]


def table(text: str, heading: str) -> list[list[str]]:
    """The cells of the table whose first column has this heading."""
    lines = text.split(f"| {heading} |")[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip().strip("|").split(" | ")] for line in lines]


# docs/cli.md


def test_every_command_has_its_section_in_the_order_of_the_program() -> None:
    headings = re.findall(r"^### (\S+)$", CLI, re.MULTILINE)
    assert headings == [row.name for row in ROWS]


@pytest.mark.parametrize("name", [row.name for row in ROWS])
def test_the_options_of_a_command_are_those_that_stand(name: str) -> None:
    assert synopsis(name).split()[:3] == ["git", "ledger", name]
    assert set(OPTION.findall(synopsis(name))) == options(name)


@pytest.mark.parametrize("name", [row.name for row in ROWS])
def test_values_to_choose_from_are_those_that_stand(name: str) -> None:
    given = {one.opts[0]: list(getattr(one.type, "choices", ())) for one in parameters(name)}
    listed = dict(re.findall(r"(--[a-z]+) ([a-z]+(?:\|[a-z]+)+)", synopsis(name)))
    lower = {option: "|".join(ones) for option, ones in given.items() if ones and ones[0].islower()}
    assert listed == lower


def test_the_page_mentions_no_option_that_is_not_there() -> None:
    known = {*VALUED, *FLAGS, "-h", "--help", "--opt", "--x", "--from", "--atomic"}
    for row in ROWS:
        known |= options(row.name)
    assert set(OPTION.findall(re.sub(r"```json.*?```", "", CLI, flags=re.DOTALL))) <= known


def test_the_options_of_every_command_are_named() -> None:
    block = sections(CLI)["Options of every command"].split("```")[1]
    assert set(OPTION.findall(block)) == {*VALUED, *FLAGS}


def test_the_exit_table_is_the_program_s() -> None:
    written = {int(row[0]): set(re.findall(r"`([a-z-]+)`", row[2])) for row in table(CLI, "exit")}
    known: dict[int, set[str]] = {0: set(), FOUND: set(), TRIGGERED: set(), BUG: set()}
    for kind, code in EXITS.items():
        known.setdefault(code, set()).add(kind)
    assert written == known


def test_the_older_claim_is_as_it_says_itself() -> None:
    assert f"`tools/{CLAIM_USAGE}`" in CLI


# docs/glossary.md


def test_every_word_of_the_glossary_is_used_and_the_overview_explains_its_own() -> None:
    """A page uses each word, and `git ledger -h` says of those that stand in it what the glossary says."""
    glossary = dict(table((ROOT / "docs" / "glossary.md").read_text(), "word"))
    pages = " ".join(page.read_text() for page in PAGES if page.name != "glossary.md").lower()
    stem = {"hand off": "hand"}
    assert [word for word in glossary if not re.search(rf"\b{stem.get(word, word)}", pages)] == []
    assert {word: glossary.get(word) for word in WORDS} == dict(WORDS)
    listed = write_overview().split("words, all of which")[0]
    used = {word for word in glossary if re.search(rf"\b{word}(?:s|es)?\b", listed)}
    commands = {row.name for row in ROWS} - {"claim", "turn"}  # whose own lines say what they are
    assert used - commands == WORDS.keys()


# docs/runtimes.md, and where docs/cli.md names runtimes


def test_setup_and_hook_name_every_runtime() -> None:
    names = "|".join(RUNTIMES)
    assert f"git ledger setup {names} " in synopsis("setup") and f"git ledger hook {names} " in synopsis(
        "hook"
    )


def test_the_page_of_runtimes_names_each_with_its_files_and_events() -> None:
    page = (ROOT / "docs" / "runtimes.md").read_text()
    rows = {cells[0]: set(re.findall(r"`([^`]+)`", " ".join(cells[1:]))) for cells in table(page, "runtime")}
    runtimes = [find_runtime(name) for name in RUNTIMES]
    assert rows == {of.title: {of.settings, of.memory, of.start, of.stop, of.tool} for of in runtimes}


# docs/git-ledger.1


def test_the_manual_page_names_every_command_and_exit_code() -> None:
    commands = MANUAL.split(".SH COMMANDS")[1].split(".SH EXIT")[0]
    assert re.findall(r"^\.TP\n\.B (\S+)$", commands, re.MULTILINE) == [row.name for row in ROWS]
    codes = MANUAL.split(".SH EXIT STATUS")[1].split(".SH FILES")[0]
    assert {int(one) for one in re.findall(r"^\.B (\d+)$", codes, re.MULTILINE)} == {
        0,
        FOUND,
        TRIGGERED,
        *EXITS.values(),
    }
    assert f'"git-ledger {__version__}"' in MANUAL


def test_the_manual_page_names_the_options_of_every_command() -> None:
    part = MANUAL.split(".SH OPTIONS")[1].split(".SH COMMANDS")[0].replace("\\-", "-")
    assert set(OPTION.findall(part)) == {*VALUED, *FLAGS}


# docs/feed.md


def names(text: str, heading: str) -> set[str]:
    """The words in backquotes of the first column of a table."""
    return {name for row in table(text, heading) for name in re.findall(r"`([^`]+)`", row[0])}


def test_the_feed_page_names_every_field_kind_and_directive() -> None:
    assert names(FEED, "field") == {"seat", "at", "kind", *FIELDS}
    assert names(FEED, "kind") == set(KINDS)
    assert {one.partition(":")[0] for one in names(FEED, "directive")} == set(DIRECTIVES)


def test_the_feed_page_names_every_move_of_the_table() -> None:
    def states(cell: str) -> list[State]:
        return [State(one) for one in re.findall(r"[A-Z_]{4,}", cell)]

    written = {
        (before, after)
        for row in table(FEED, "from")
        if row[0] != "nothing" and "ABSORB" not in row[2]
        for before in states(row[0])
        for after in states(row[1])
    }
    assert written == {
        (before, after) for row in TRANSITIONS for before in row.from_states for after in row.to
    }


# README.md, links, and this project's own feed


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text())
    assert [one for one in links if not one.startswith("https://") and not (page.parent / one).exists()] == []


def test_the_readme_shows_lines_of_the_demo() -> None:
    shown = README.split("```text\n")[1].split("```")[0].splitlines()
    demo = (ROOT / "tools" / "demo").read_text()
    steps = [line for line in shown if re.match(r"[0-9]\. ", line)]
    assert len(shown) == 12 and steps != []
    assert [step for step in steps if step.partition(" ")[2].replace("camber", "$winner") not in demo] == []
    assert shown[-1].strip() in demo


def test_the_readme_names_commands_and_options_that_there_are() -> None:
    """Those that are not played by the test of the first hour below."""
    lines = re.findall(r"^git ledger ([a-z]+)([^#\n]*)", README, re.MULTILINE)
    assert len(lines) > 10
    assert [name for name, words in lines if not set(OPTION.findall(words)) <= options(name)] == []


def test_the_readme_links_every_page() -> None:
    linked = set(re.findall(r"\]\(([^)#]+)\)", README))
    wanted = [one for one in PAGES if one.name != "README.md"]
    assert [str(one) for one in wanted if str(one.relative_to(ROOT)) not in linked] == []


def test_the_first_hour_of_the_readme_works_as_it_stands(tmp_path: Path) -> None:
    """With a remote of this machine in place of the one named, and the package found by pip already.

    In a clone, four commands lead from nothing to a ticket that is claimed, with its text on the screen. The
    code that is pushed afterwards is rejected by nobody, and has no commit of the feed in its history.
    """
    section = README.split("## From a clone to a claimed ticket")[1].split("\n## ")[0]
    first, second, *_ = (block.split("```")[0] for block in section.split("```sh\n")[1:])
    assert len(first.splitlines()) == 1 + 4
    remote = bare_remote(tmp_path)
    here = Path(sys.executable).parent
    env = os.environ | {
        "PATH": f"{here}{os.pathsep}{os.environ['PATH']}",
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{remote}.insteadOf",
        "GIT_CONFIG_VALUE_0": first.split()[2],
    }
    script = f"{first}\n{second}\ngit status --porcelain >../status\n"
    ran = subprocess.run(
        ["sh", "-e", "-c", script], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert re.search(r"^CMB-0001 held by otto since ", ran.stdout, re.MULTILINE)
    assert "\n  | By the card; it should be by the call.\n" in ran.stdout
    assert (tmp_path / "status").read_text() == ""
    landed = git(remote, "grep", "-h", "-E", "^(state|item): ", "ledger", "--", "feed").splitlines()
    assert landed[::2] == ["item: CMB-0001"] * 3
    assert landed[1::2] == ["state: AWAITING_CLAIM", "state: CLAIMED", "state: DONE"]
    assert git(remote, "log", "--format=%s", "main").splitlines() == ["Group redline cards by call", "code"]


def test_this_project_s_own_feed_is_in_order() -> None:
    config, found = parse_config((ROOT / CONFIG_PATH).read_bytes())
    assert found == ()
    assert config.patterns_of("GL") != ()
    assert (ROOT / ATTRIBUTES).read_text() == ATTRIBUTES_TEXT


def test_this_project_s_own_tickets_are_judged_and_drafted_as_contributing_says(tmp_path: Path) -> None:
    """In a clone of a repository with this feed beside code: nothing is found, nothing but commits lands."""
    remote = bare_remote(tmp_path)
    seat = clone(remote, tmp_path / "clone", "engine", branch=None)
    shutil.copytree(ROOT / "feed", seat.path / "feed")
    seat.git("add", "feed")
    seat.git("commit", "-q", "-m", "the feed")
    seat.git("push", "-q", "origin", "main")
    section = (ROOT / "CONTRIBUTING.md").read_text().split("## This project's own tickets")[1]
    filing, confirming = (block.split("```")[0] for block in section.split("```sh\n")[1:])
    here = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}

    subprocess.run(["sh", "-e", "-c", filing], cwd=seat.path, env=here, check=True)
    assert git(remote, "for-each-ref", "--format=%(refname)").split() == ["refs/heads/main"]
    assert git(remote, "log", "--format=%s", "main").splitlines() == ["the feed", "code"]
    seat.git("push", "-q", "origin", "main")
    rows = seat.queue()
    [filed] = [item for item, row in rows.items() if row.get("provisional")]
    assert len(rows) > 10 and filed == f"GL-{len(rows):04}"
    script = confirming.replace("GL-0018", filed)
    subprocess.run(["sh", "-e", "-c", script], cwd=seat.path, env=here, check=True)
    seat.git("push", "-q", "origin", "main")
    assert seat.queue()[filed]["provisional"] is False
    assert seat.run("check", "--all").code == 0  # what is only a warning may come with the time


# SECURITY.md


def test_every_promise_about_security_names_tests_that_are_there() -> None:
    texts = [file.read_text() for file in (ROOT / "tests").rglob("test_*.py")]
    there = {name for text in texts for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE)}
    tables = [part.split("\n\n")[0] for part in SECURITY.split("| promise | test |")[1:]]
    promises = [row for table in tables for row in table.splitlines()[2:]]
    assert len(promises) > 10
    assert [row for row in promises if not set(re.findall(r"`(test_\w+)`", row)) & there] == []
    assert set(re.findall(r"\btest_\w+", SECURITY)) <= there


def test_the_bounds_that_the_security_page_names_are_those_of_the_guard() -> None:
    bounds = (
        f"{MOST_POSTS:,} posts and {MOST_BYTES >> 20} MiB of them",
        f"reservations of {RESERVATION_LIMIT >> 10} KiB, and numbers {LEAP:,} above the tip",
        f"{MOST_FINDINGS} findings and {MOST_TEXT >> 10} KiB",
    )
    assert [bound for bound in bounds if bound not in " ".join(SECURITY.split())] == []
