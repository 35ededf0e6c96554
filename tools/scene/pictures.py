"""Pictures of every page of the board and of the terminal, of the scene."""

import json
import os
import pty
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from fcntl import ioctl
from io import StringIO
from pathlib import Path
from termios import TIOCSWINSZ

from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

from scene.browser import Browser, open_browser
from scene.repository import make_clone, make_remote

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "docs" / "board.png"
PAGES = {
    "queue": "",
    "blocked": "?state=BLOCKED",
    "done": "?state=DONE",
    "ticket": "ticket/EDT-0001",
    "ruled": "ticket/EDT-0004",
    "waits": "ticket/SYN-0006",
    "seats": "seats",
    "seat": "seat/vesper",
    "day": "day/{yesterday}",
    "findings": "findings",
    "nowhere": "nowhere",
}
LOOKS = {"light": (1280, False), "dark": (1280, True), "narrow": (400, False), "narrow-dark": (400, True)}
COMMANDS = (("queue",), ("ls",), ("show", "EDT-0001"), ("who",), ("stats",))
WIDTHS = (80, 120)
_TERMINAL = "body{margin:16px;font-size:14px} pre{font-family:'DejaVu Sans Mono',monospace!important}"


def make_pictures(folder: Path | None) -> None:
    """Make all pictures into a folder, or where none is named the one of the README."""
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as name, open_browser() as browser:
        clone = make_clone(make_remote(Path(name), now), Path(name) / "clone")
        with _serve(clone) as address:
            if folder is None:
                _picture_readme(browser, address)
                return
            folder.mkdir(parents=True, exist_ok=True)
            _picture_pages(browser, address, folder, now)
        _picture_terminals(browser, clone, folder)


@contextmanager
def _serve(clone: Path) -> Iterator[str]:
    words = (sys.executable, "-m", "ledger", "board", "--port", "0", "--json")
    with subprocess.Popen(words, cwd=clone, stdout=subprocess.PIPE, env=_plain_environment()) as process:
        assert process.stdout is not None
        try:
            yield str(json.loads(process.stdout.readline())["url"])
        finally:
            process.terminate()


def _plain_environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "LEDGER_"))}
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PYTHONPATH": str(ROOT)}
    return {**kept, **alone, **more}


def _picture_readme(browser: Browser, address: str) -> None:
    with browser.open_page(1100, 690) as page:
        page.go(address)
        page.wait_until("document.querySelector('.live-mark')")
        _write_picture(README, page.take_picture(whole=False))


def _picture_pages(browser: Browser, address: str, folder: Path, now: datetime) -> None:
    yesterday = (now - timedelta(days=1)).date().isoformat()
    for look, (width, dark) in LOOKS.items():
        with browser.open_page(width, dark=dark) as page:
            for name, path in PAGES.items():
                page.go(address + path.format(yesterday=yesterday))
                page.wait_until("document.querySelector('.live-mark')")
                _write_picture(folder / f"{name}-{look}.png", page.take_picture())


def _picture_terminals(browser: Browser, clone: Path, folder: Path) -> None:
    for columns in WIDTHS:
        for words in COMMANDS:
            text = run_in_terminal((sys.executable, "-m", "ledger", *words), clone, columns)
            page_file = folder / "terminal.html"
            page_file.write_text(_render_terminal(f"$ git ledger {' '.join(words)}", text, columns))
            with browser.open_page(columns * 9 + 40, 400, dark=True) as page:
                page.go(page_file.resolve().as_uri())
                _write_picture(folder / f"terminal-{words[0]}-{columns}.png", page.take_picture())
            page_file.unlink()


def run_in_terminal(words: Sequence[str], place: Path, columns: int) -> str:
    """What a command says on a terminal of so many columns, colours included."""
    ours, theirs = pty.openpty()
    ioctl(theirs, TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    env = _plain_environment(TERM="xterm-256color", GIT_PAGER="cat", PAGER="cat")
    env.pop("NO_COLOR", None)
    process = subprocess.Popen(words, cwd=place, stdin=theirs, stdout=theirs, stderr=theirs, env=env)
    os.close(theirs)
    found = b""
    with suppress(OSError):  # the other side is closed
        while data := os.read(ours, 1 << 16):
            found += data
    process.wait()
    os.close(ours)
    return found.decode(errors="replace").replace("\r\n", "\n")


def _render_terminal(prompt: str, text: str, columns: int) -> str:
    console = Console(record=True, width=columns, file=StringIO(), force_terminal=True)
    console.print(Text(prompt, style="bold"), soft_wrap=True)
    console.print(Text.from_ansi(text), soft_wrap=True)
    page = console.export_html(theme=DIMMED_MONOKAI, inline_styles=True)
    return page.replace("</head>", f"<style>{_TERMINAL}</style></head>")


def _write_picture(place: Path, data: bytes) -> None:
    place.write_bytes(data)
    print(f"{place} {len(data) // 1024} kB")
