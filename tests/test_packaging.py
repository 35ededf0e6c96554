"""What is built of this project: a package that installs, with its types, manual pages and completions."""

import re
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest

from ledger import __version__

ROOT = Path(__file__).parent.parent
MANUALS = sorted((ROOT / "docs").glob("*.[1-9]"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.mark.parametrize("manual", MANUALS, ids=lambda manual: manual.name)
def test_a_manual_page_is_installed_and_can_be_shown(manual: Path) -> None:
    shared = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    assert shared[f"docs/{manual.name}"] == f"share/man/man{manual.suffix[1:]}/{manual.name}"
    assert f'"git-ledger {__version__}"' in manual.read_text().splitlines()[0]
    if shutil.which("man"):
        ran = subprocess.run(
            ["man", "--warnings", "-E", "UTF-8", "-l", str(manual)],
            capture_output=True,
            text=True,
            check=True,
        )
        assert ran.stderr == "" and "SEE ALSO" in ran.stdout


def test_the_page_of_concepts_explains_each_of_them() -> None:
    page = (ROOT / "docs" / "gitledger-concepts.7").read_text()
    explained = {word.strip().lower() for word in re.findall(r"^\.BR? ([\w ]+?)(?: [,.:].*)?$", page, re.M)}
    words = (
        "seat fleet driver runtime feed post ticket opening reservation collision lane owner claim challenge"
    )
    more = (
        "gate block ruling absorb warmth decline turn trigger drift finding shepherd guard pool lease rescue"
    )
    assert {*words.split(), *more.split(), "hand off"} <= explained


@pytest.mark.slow
def test_a_wheel_works_in_an_environment_of_its_own(tmp_path: Path) -> None:
    """Built and installed as users do it, away from this checkout."""
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check", "--no-input"]
    subprocess.run([*pip, "wheel", "--no-deps", "-w", str(tmp_path), str(ROOT)], check=True, cwd=tmp_path)
    [wheel] = tmp_path.glob("*.whl")
    place = tmp_path / "env"
    venv.create(place, with_pip=True)
    python = place / "bin" / "python"
    words = ["-m", "pip", "-q", "--disable-pip-version-check", "--no-input", "install", str(wheel)]
    subprocess.run([python, *words], check=True, cwd=tmp_path)

    program = place / "bin" / "git-ledger"
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert said.stdout == f"git-ledger {__version__}\n"
    for shell in ("bash", "zsh", "fish"):
        subprocess.run([program, "completion", shell], stdout=subprocess.DEVNULL, check=True, cwd=tmp_path)
    shared = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    assert [target for target in shared.values() if not (place / target).is_file()] == []
    where = "import ledger, pathlib; print(pathlib.Path(ledger.__file__).parent)"
    package = subprocess.run([python, "-c", where], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert place in Path(package.stdout.strip()).parents
    assert (Path(package.stdout.strip()) / "py.typed").is_file()
    pages = [
        path for path in (ROOT / "ledger" / "faces" / "page").rglob("*") if path.suffix not in (".pyc", "")
    ]
    assert len([path for path in pages if path.suffix in (".html", ".css", ".js", ".svg")]) > 10
    inside = [Path(package.stdout.strip()) / path.relative_to(ROOT / "ledger") for path in pages]
    assert [path for path in inside if not path.is_file()] == []
