"""Pages that are played: what stands in their `console` blocks is typed, and what is shown there is compared.

A line `otto$ git ledger ls` runs in the folder `otto` of a fresh home, and `$ …` in the home itself.
What stands below it up to the next command is what it prints, on either stream; `…` in a line is anything,
and a line `…` for any lines. A command below which nothing stands may print what it likes. It ends with 0,
unless a line `(exit 3)` below it says otherwise.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.fleet import bare_remote

URL = "https://git.example.org/team/project.git"
"""What the pages call the remote; a bare repository of the test stands behind it."""
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)
PROMPT = re.compile(r"^(?P<folder>[a-z0-9.-]*)\$ (?P<command>.+)$")
EXIT = re.compile(r"\(exit ([0-9]+)\)")


@dataclass(frozen=True)
class Typed:
    """A command of a page: where it is typed, what it prints (nothing: whatever it likes), how it ends."""

    folder: str
    command: str
    printed: tuple[str, ...]
    code: int


def list_commands(text: str) -> list[Typed]:
    """What a page types, in order."""
    return [typed for block in BLOCK.findall(text) for typed in _list_of_block(block)]


def _list_of_block(block: str) -> Iterator[Typed]:
    for part in re.split(r"^(?=[a-z0-9.-]*\$ )", block, flags=re.M):
        if not part.strip():
            continue
        first, *below = part.rstrip("\n").replace("\\\n", "").split("\n")
        prompt = PROMPT.match(first)
        assert prompt, f"no prompt: {first}"
        codes = [found for line in below if (found := EXIT.fullmatch(line))]
        printed = tuple(line for line in below if not EXIT.fullmatch(line))
        yield Typed(prompt["folder"], prompt["command"], printed, int(codes[0][1]) if codes else 0)


def make_home(folder: Path) -> Mapping[str, str]:
    """The environment of somebody who begins: an empty home, the tool on the path, and a remote with code."""
    remote = bare_remote(folder)
    (folder / "home").mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "LEDGER_"))}
    return {
        **kept,
        "HOME": str(folder / "home"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_COUNT": "4",
        "GIT_CONFIG_KEY_0": f"url.{remote}.insteadOf",
        "GIT_CONFIG_VALUE_0": URL,
        "GIT_CONFIG_KEY_1": "user.name",
        "GIT_CONFIG_VALUE_1": "Somebody",
        "GIT_CONFIG_KEY_2": "user.email",
        "GIT_CONFIG_VALUE_2": "somebody@example.invalid",
        "GIT_CONFIG_KEY_3": "advice.detachedHead",
        "GIT_CONFIG_VALUE_3": "false",
    }


def type_command(typed: Typed, env: Mapping[str, str]) -> tuple[int, list[str]]:
    """Type a command in its folder; gives how it ended and the lines that it printed."""
    ran = subprocess.run(
        ["sh", "-c", typed.command], cwd=Path(env["HOME"]) / typed.folder, env=env, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    return ran.returncode, ran.stdout.rstrip("\n").split("\n")


def fits(printed: tuple[str, ...], lines: list[str]) -> bool:
    """Whether lines are those of a page."""
    pattern = "".join("(?:.*\n)*" if line == "…" else _fit_line(line) for line in printed)
    return re.fullmatch(pattern, "".join(f"{line.rstrip()}\n" for line in lines)) is not None


def _fit_line(line: str) -> str:
    return ".*".join(map(re.escape, line.rstrip().split("…"))) + "\n"


def play(text: str, folder: Path) -> list[str]:
    """Play a page in a fresh home below a folder; gives what went otherwise than it says."""
    env, wrong = make_home(folder), []
    for typed in list_commands(text):
        code, lines = type_command(typed, env)
        if code != typed.code or (typed.printed and not fits(typed.printed, lines)):
            shown = "\n".join(lines)
            wrong.append(f"{typed.folder}$ {typed.command}\n(exit {code}, {typed.code} on the page)\n{shown}")
            break
    return wrong
