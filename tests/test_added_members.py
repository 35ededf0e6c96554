"""One more command and one more runtime, added in a copy of the checkout by the steps of CONTRIBUTING.md.

With all of them the tests pass, and each step that is forgotten fails a test whose name says what is missing.
"""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COMMANDS = "ledger/faces/cli/__init__.py"
CLI, MANUAL, RUNTIMES = "docs/cli.md", "docs/git-ledger.1", "docs/runtimes.md"

COMMAND = '''\
"""`greet`: says hello."""

from ledger.faces.cli.session import Session


def command(session: Session) -> int:
    """Say hello."""
    return session.answer({"greeting": "hello"}, ["hello"])
'''
NEW_COMMAND: Mapping[str, tuple[str, str, str]] = {
    "module": ("ledger/faces/cli/commands/greet.py", "", COMMAND),
    "line in the table": (
        COMMANDS,
        '        Command("doctor", ',
        '        Command("greet", "say hello"),\n        Command("doctor", ',
    ),
    "section of its own": (
        CLI,
        "### doctor\n",
        "### greet\n\n```\ngit ledger greet\n```\n\nSays hello.\n\n### doctor\n",
    ),
    "line in the manual": (MANUAL, ".TP\n.B doctor\n", ".TP\n.B greet\nSay hello.\n.TP\n.B doctor\n"),
    "promise": (
        "tests/faces/test_commands.py",
        '    "doctor": set(),\n',
        '    "greet": set(),\n    "doctor": set(),\n',
    ),
}
"""The steps for a command, each with its file, the text before which it goes there, and what it becomes."""
TOLD_OF_COMMAND = {
    "module": "test_a_command_has_no_option_that_is_not_promised[greet]",
    "line in the table": "test_every_command_has_its_section_in_the_order_of_the_program",
    "section of its own": "test_every_command_has_its_section_in_the_order_of_the_program",
    "line in the manual": "test_the_manual_page_names_every_command_and_exit_code",
    "promise": "test_every_command_is_promised_and_shown",
}

NEW_RUNTIME: Mapping[str, tuple[str, str, str]] = {
    "module": ("ledger/faces/runtimes/pilot.py", "", ""),
    "line in the table": ("ledger/faces/runtimes/__init__.py", '"cursor")', '"cursor", "pilot")'),
    "row of the page": (
        RUNTIMES,
        "| Cursor | ",
        "| Pilot | `.pilot/hooks.json` | `AGENTS.md` | `SessionStart`, `Stop`, `PostToolUse` |\n| Cursor | ",
    ),
    "synopses": (CLI, "copilot|cursor", "copilot|cursor|pilot"),
    "row of its document": (
        "tests/faces/test_runtimes.py",
        "\n\ndef test_every_runtime_has_a_row",
        '\nROWS["pilot"] = Row(CODEX, BLOCKED, START, CONTEXT)\n\n\ndef test_every_runtime_has_a_row',
    ),
}
TOLD_OF_RUNTIME = {
    "module": "test_every_runtime_has_a_row",
    "line in the table": "test_every_runtime_has_a_row",
    "row of the page": "test_the_page_of_runtimes_names_each_with_its_files_and_events",
    "synopses": "test_setup_and_hook_name_every_runtime",
    "row of its document": "test_every_runtime_has_a_row",
}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the files that are in version control."""
    copy = tmp_path_factory.mktemp("copy")
    listed = subprocess.run(("git", "ls-files", "-z"), cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).is_file() and not name.startswith("feed/2"):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name, follow_symlinks=False)
    return copy


def apply(step: tuple[str, str, str], checkout: Path, folder: Path) -> None:
    """Take a step in the checkout; what was there is kept below `folder`, for `undo`."""
    name, before, after = step
    place = checkout / name
    if place.exists():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(place, folder / name)
    text = place.read_text() if place.exists() else ""
    assert before in text, f"{name} has no {before!r} any more"
    place.write_text(text.replace(before, after) if before else after)


def undo(steps: Mapping[str, tuple[str, str, str]], checkout: Path, folder: Path) -> None:
    """Put the checkout back."""
    for name, before, _ in steps.values():
        if (folder / name).exists():
            shutil.copy2(folder / name, checkout / name)
        elif not before:
            (checkout / name).unlink(missing_ok=True)


def failures(checkout: Path, selected: str) -> list[str]:
    """The tests that fail in a checkout, of those about commands, runtimes and pages that are selected."""
    words = ("-m", "pytest", "-q", "-rf", "-p", "no:cacheprovider", "-k", selected)
    files = ("tests/test_docs.py", "tests/faces/test_commands.py", "tests/faces/test_runtimes.py")
    ran = subprocess.run(
        (sys.executable, *words, *files), cwd=checkout, capture_output=True, text=True, check=False
    )
    assert ran.returncode in (0, 1), ran.stdout + ran.stderr
    lines = [line.split(" - ")[0] for line in ran.stdout.splitlines() if line.startswith("FAILED ")]
    return [line.rpartition("::")[2] for line in lines]


def try_steps(
    steps: Mapping[str, tuple[str, str, str]], left_out: str | None, checkout: Path, selected: str, kept: Path
) -> list[str]:
    """The failures once all steps but one were taken."""
    try:
        for step, change in steps.items():
            if step != left_out:
                apply(change, checkout, kept)
        return failures(checkout, selected)
    finally:
        undo(steps, checkout, kept)


COMMAND_TESTS = "greet or names_every_command or has_its_section or promised_and_shown"


@pytest.mark.slow
@pytest.mark.parametrize("forgotten", [None, *NEW_COMMAND])
def test_a_command_takes_five_steps_and_each_that_is_forgotten_is_told(
    forgotten: str | None, checkout: Path, tmp_path: Path
) -> None:
    failed = try_steps(NEW_COMMAND, forgotten, checkout, COMMAND_TESTS, tmp_path)
    assert TOLD_OF_COMMAND[forgotten] in failed if forgotten else failed == []


@pytest.mark.slow
@pytest.mark.parametrize("forgotten", [None, *NEW_RUNTIME])
def test_a_runtime_takes_five_steps_and_each_that_is_forgotten_is_told(
    forgotten: str | None, checkout: Path, tmp_path: Path
) -> None:
    codex = (checkout / "ledger/faces/runtimes/codex.py").read_text()
    pilot = codex.replace("codex", "pilot").replace("Codex", "Pilot")
    steps = {**NEW_RUNTIME, "module": ("ledger/faces/runtimes/pilot.py", "", pilot)}
    tests = "has_a_row or page_of_runtimes or setup_and_hook or (pilot and start)"
    failed = try_steps(steps, forgotten, checkout, tests, tmp_path)
    assert TOLD_OF_RUNTIME[forgotten] in failed if forgotten else failed == []
