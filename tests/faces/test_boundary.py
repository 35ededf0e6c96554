import ast
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import ledger
from ledger.core.errors import LedgerError
from ledger.core.model import Finding, Where
from ledger.core.write.plan import KIND_OF_RULE
from ledger.faces.boundary import EXITS, format_document, run_guarded
from tests.faces.envs import Said, env_at, said_by

PACKAGE = Path(ledger.__file__).parent
DESTRUCTIVE = re.compile(r"--force|reset --hard|git clean|push -f|--delete|\brm\b|-D\b|--mirror|gc --prune")

ADVISING = {"LedgerError", "No", "Finding", "Problem", "Wrong", "_Verdict", "usage", "_wrong", "say", "about"}
"""What makes errors, refusals and findings."""


def guard(work: Callable[[], int], as_json: bool = False) -> Said:
    env = env_at(Path())
    return said_by(env, run_guarded(env, lambda: as_json, work))


def failing(error: BaseException) -> Callable[[], int]:
    def work() -> int:
        raise error

    return work


def errors_made() -> Iterator[tuple[str, ast.FunctionDef | ast.Module, ast.Call]]:
    """Every place that makes a LedgerError: its module, the function around it, the call."""
    for file in sorted(PACKAGE.rglob("*.py")):
        module = ast.parse(file.read_text())
        inside = {id(one): function for function in functions(module) for one in ast.walk(function)}
        for one in ast.walk(module):
            if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == "LedgerError":
                yield str(file.relative_to(PACKAGE)), inside.get(id(one), module), one


def functions(module: ast.Module) -> Iterator[ast.FunctionDef]:
    return (one for one in ast.walk(module) if isinstance(one, ast.FunctionDef))


def kinds_of(scope: ast.AST, call: ast.Call) -> set[str]:
    """The kinds that a call may give its error: the word itself, or all that its variable may hold."""
    kind = call.args[0]
    if isinstance(kind, ast.Constant):
        return {str(kind.value)}
    assert isinstance(kind, ast.Name), ast.dump(kind)
    values = [one for one in ast.walk(scope) if isinstance(one, ast.Assign)]
    return {word for one in values for word in words_for(kind.id, one)}


def words_for(name: str, assign: ast.Assign) -> Iterator[str]:
    """The texts that an assignment may give a variable, also as one of several."""
    for target in assign.targets:
        pairs = [(target, assign.value)]
        if isinstance(target, ast.Tuple) and isinstance(assign.value, ast.Tuple):
            pairs = list(zip(target.elts, assign.value.elts, strict=True))
        for variable, value in pairs:
            if isinstance(variable, ast.Name) and variable.id == name:
                texts = [one.value for one in ast.walk(value) if isinstance(one, ast.Constant)]
                yield from (one for one in texts if isinstance(one, str))


def test_every_kind_has_an_exit_code_and_every_exit_code_a_use() -> None:
    used = {kind for _, scope, call in errors_made() for kind in kinds_of(scope, call)}
    assert used | set(KIND_OF_RULE.values()) == set(EXITS)


def test_every_error_says_what_to_do_next() -> None:
    """Kind, message and hint; the hint is never an empty text."""
    silent = [
        f"{module}:{call.lineno}"
        for module, _, call in errors_made()
        if not module.startswith("store/")
        if len(call.args) < 3 or (isinstance(call.args[2], ast.Constant) and not call.args[2].value)
    ]
    assert silent == []


def test_nothing_that_is_advised_destroys() -> None:
    """Every text in the making of an error, a refusal or a finding."""
    named = [
        f"{file.relative_to(PACKAGE)}:{text.lineno}: {text.value}"
        for file in sorted(PACKAGE.rglob("*.py"))
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in ADVISING
        for text in ast.walk(call)
        if isinstance(text, ast.Constant) and isinstance(text.value, str) and DESTRUCTIVE.search(text.value)
    ]
    assert named == []


def test_two_lines() -> None:
    said = guard(failing(LedgerError("held", 'CMB-0107 is held by "x"', "`git ledger show CMB-0107`")))
    assert said == Said(3, "", 'error: CMB-0107 is held by "x"\nhint: `git ledger show CMB-0107`\n')


def test_the_error_document() -> None:
    held = LedgerError("held", "held", "hint", {"item": "CMB-0107", "holder": {"seat": "x"}})
    said = guard(failing(held), as_json=True)
    assert (said.code, said.err) == (3, "")
    assert json.loads(said.out) == {
        "schema": 1,
        "error": {
            "exit": 3,
            "kind": "held",
            "message": "held",
            "hint": "hint",
            "item": "CMB-0107",
            "holder": {"seat": "x"},
        },
    }


def test_findings_come_before_the_error() -> None:
    one = Finding("missed-absorb", Where("feed/x.md", 9, 1, "the line"), "ruling leaves X", "add a line")
    refusal = LedgerError("findings", "ruling leaves X", "add a line", {"findings": (one,)})
    said = guard(failing(refusal))
    assert said.err.splitlines() == [
        "feed/x.md:9:1: ruling leaves X [missed-absorb]",
        "  9 | the line",
        "  fix: add a line",
        "error: ruling leaves X",
        "hint: add a line",
    ]
    told = json.loads(guard(failing(refusal), as_json=True).out)["error"]
    assert [found["rule"] for found in told["findings"]] == ["missed-absorb"]


def test_a_bug_says_how_to_report_it() -> None:
    said = guard(failing(ValueError("\x1b[31m")), as_json=True)
    assert said.code == 70
    assert json.loads(said.out)["error"]["kind"] == "bug"
    assert "Traceback" in said.err and "\x1b" not in said.err


def test_a_reader_that_went_away_is_no_error() -> None:
    assert guard(failing(BrokenPipeError())) == Said(0, "", "")


def test_an_interrupt_is_no_bug() -> None:
    assert guard(failing(KeyboardInterrupt())) == Said(130, "", "\ninterrupted\n")


@pytest.mark.parametrize("char", ["\x1b", "\x07", "\x7f", "\x9b", "\u202e", "\u200b", "\u2066", "\ufeff"])
def test_nothing_acts_on_a_terminal(char: str) -> None:
    said = guard(failing(LedgerError("held", f"a{char}b", f"c{char}d")))
    assert char not in said.err and "\\" in said.err
    text = format_document({"subject": f"a{char}b"})
    assert char not in text
    assert json.loads(text)["subject"] == f"a{char}b"


@pytest.mark.parametrize(("words", "collects"), [(["--version"], False), (["turn", "run", "-h"], True)])
def test_a_command_that_ends_soon_collects_no_cyclic_garbage(words: list[str], collects: bool) -> None:
    """It makes none, and looking for it among all that was read is a quarter of its work."""
    script = "import gc; from ledger.__main__ import main; main(); print(gc.isenabled())"
    ran = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == str(collects)
