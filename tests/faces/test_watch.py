"""`watch`: what its screen shows, and the command on a real terminal."""

import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from fcntl import ioctl
from pathlib import Path
from threading import Event

import pytest

from ledger.app.read.load import AsOf
from ledger.app.read.overview import Overview
from ledger.core.board.records import summarize_ticket
from ledger.core.config.config import parse_config
from ledger.core.dataclass import replace
from ledger.core.queue.seat_view import by_urgency
from ledger.faces.cli.terminal.cells import measure_cells
from ledger.faces.cli.terminal.live_screen import split_keys
from ledger.faces.cli.terminal.watching import WatchView, begin_view, draw_view, press_key
from ledger.faces.context import LEAST_WIDTH, Screen
from tests.core.boards import board_of
from tests.feeds import moment
from tests.fleet import Seat, fleet, standing

NOW = moment("12:00")
QUEUE = """
    08:00 A opens CMB-0001: one
    08:01 A opens CMB-0002 after=CMB-0001: two
    08:02 A opens CMB-0003: three
"""


def overview_of(text: str) -> Overview:
    board, config = board_of(text), parse_config(b"")[0]
    tickets = by_urgency(board.open_tickets())
    summaries = tuple(summarize_ticket(ticket, config, board, NOW) for ticket in tickets)
    return Overview(AsOf("c" * 40, NOW, 0.0), summaries, {})


def screen(width: int = 80, height: int = 24) -> Screen:
    return Screen(width, height, False, False, NOW)


def shown(view: WatchView, width: int = 80, height: int = 24) -> str:
    return "\n".join(draw_view(view, screen(width, height)))


# The screen


def test_a_screen_fills_the_terminal_and_never_more() -> None:
    text = "".join(f"08:00 A opens CMB-{n:04}: 日本語 {'long ' * 40}\n" for n in range(1, 60))
    view = begin_view("fleet" * 40, overview_of(text))
    for width, height in ((80, 24), (120, 50), (LEAST_WIDTH, 7)):
        lines = draw_view(view, screen(width, height))
        assert len(lines) == height
        assert max(map(measure_cells, lines)) <= width


def test_it_says_counts_rows_and_keys() -> None:
    text = shown(begin_view("fleet", overview_of(QUEUE)))
    assert "fleet: 3 tickets: 2 free, 1 waiting" in text
    assert re.search(r"CMB-0002 +waiting .* two\n +after CMB-0001 \(free\)", text)
    assert "as of cccccccccccc, read now" in text and "q quits" in text
    assert "●" not in text


def test_what_changed_is_marked_until_somebody_has_looked() -> None:
    view = begin_view("fleet", overview_of(QUEUE))
    moved = overview_of(
        QUEUE + "09:00 B claims CMB-0003\n09:01 B opens CMB-0004: four\n09:02 A cancels CMB-0001: no"
    )
    view = replace(view, overview=moved)
    marked = re.findall(r"^● +(CMB-\d+)", shown(view), re.MULTILINE)
    assert {*marked} == {"CMB-0003", "CMB-0004"}
    assert "● 2 changed; left the queue: CMB-0001" in shown(view)
    assert "●" not in shown(press_key(view, " ")) and "left the queue" not in shown(press_key(view, " "))


def test_keys_scroll_and_stop_at_the_ends() -> None:
    text = "".join(f"08:{n:02} A opens CMB-{n:04}: t\n" for n in range(1, 41))
    view = begin_view("fleet", overview_of(text))
    view = press_key(press_key(view, "j"), "down")
    assert "CMB-0002" not in shown(view) and "CMB-0003" in shown(view) and "from 3 of 40" in shown(view)
    assert press_key(press_key(view, "pageup"), "k").top == 0
    assert "CMB-0040" in shown(press_key(view, "G")) and press_key(view, "G").top == 39
    assert press_key(view, "x") == view


def test_a_row_below_which_the_queue_shrank_is_shown_all_the_same() -> None:
    view = replace(begin_view("fleet", overview_of(QUEUE)), top=30)
    assert "CMB-0003" in shown(view)
    assert "nothing is open" in shown(replace(view, overview=overview_of("08:00 A boots: x")))


def test_what_others_wrote_and_what_is_wrong_is_spelled_out() -> None:
    view = begin_view("a\x1b[2J", overview_of(QUEUE))
    text = shown(replace(view, problem="the remote\x1b[31m is away"))
    assert "\x1b" not in text and "is away; as of" in text


def test_keys_that_come_at_once_are_told_apart() -> None:
    assert split_keys("j\x1b[Bk\x1b[5~ q\x03") == ["j", "down", "k", "pageup", " ", "q", "q"]


# On a terminal


@pytest.fixture
def seat(tmp_path: Path) -> Seat:
    return standing(_built, tmp_path)[0]


def _built(folder: Path) -> list[Seat]:
    [seat] = fleet(folder, "otto", branch=None)
    seat.ok("init")
    seat.files("CMB", "First")
    return [seat]


class Terminal:
    """A process on a terminal of 80 columns and 24 lines."""

    def __init__(self, words: list[str]) -> None:
        self.ours, self._theirs = pty.openpty()
        ioctl(self._theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.before = termios.tcgetattr(self._theirs)
        env = {**os.environ, "TERM": "xterm", "COLUMNS": "", "LINES": ""}
        self.process = subprocess.Popen(
            words,
            stdin=self._theirs,
            stdout=self._theirs,
            stderr=self._theirs,
            env=env,
            start_new_session=True,
        )
        self.said = ""

    def wait_for(self, words: str) -> None:
        """Wait until the terminal was sent some words, behind what was waited for before."""
        while words not in self.said:
            ready, _, _ = select.select([self.ours], [], [], 120)
            assert ready, self.said
            self.said += os.read(self.ours, 1 << 16).decode()
        self.said = self.said.partition(words)[2]

    def press(self, keys: str) -> None:
        os.write(self.ours, keys.encode())

    def ends(self) -> int:
        """The exit code; the terminal must be as it was."""
        self.wait_for("\x1b[?25h\x1b[?1049l")
        code = self.process.wait(60)
        assert termios.tcgetattr(self._theirs) == self.before
        return code

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.ours)
        os.close(self._theirs)


@contextmanager
def watching(seat: Seat) -> Iterator[Terminal]:
    terminal = Terminal(seat.command("watch"))
    try:
        terminal.wait_for("\x1b[?1049h")
        terminal.wait_for("First")
        yield terminal
    finally:
        terminal.close()


def test_a_post_of_another_process_appears_marked_and_q_ends_it(seat: Seat) -> None:
    with watching(seat) as terminal:
        seat.files("CMB", "Second")
        terminal.wait_for("●")
        terminal.wait_for("Second")
        terminal.press("q")
        assert terminal.ends() == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_and_the_terminal_is_as_it_was(number: signal.Signals, seat: Seat) -> None:
    with watching(seat) as terminal:
        terminal.process.send_signal(number)
        assert terminal.ends() == 0


def test_a_remote_that_hangs_holds_up_no_key(seat: Seat, tmp_path: Path) -> None:
    stuck, began, hang = (tmp_path / name for name in ("stuck", "began", "hang"))
    lines = (f'[ -e "{hang}" ] || exec git-upload-pack "$@"', f'touch "{began}"', "sleep 600")
    stuck.write_text("\n".join(("#!/bin/sh", *lines)))
    stuck.chmod(0o755)
    seat.git("config", "remote.origin.uploadpack", str(stuck))
    with watching(seat) as terminal:
        hang.touch()
        while not began.exists():
            assert terminal.process.poll() is None
            Event().wait(0.05)
        terminal.press("j")
        terminal.wait_for("First")  # drawn anew
        terminal.press("q")
        assert terminal.ends() == 0


def test_a_remote_that_goes_away_is_told(seat: Seat) -> None:
    with watching(seat) as terminal:
        Path(seat.git("remote", "get-url", "origin")).rename(seat.path.with_name("away.git"))
        terminal.wait_for("origin")
        terminal.press("q")
        assert terminal.ends() == 0


def test_where_there_is_no_terminal_it_says_what_to_type(seat: Seat) -> None:
    error = seat.refused("watch")
    assert (error["kind"], error["hint"]) == ("usage", "`git ledger queue`")


def test_the_time_of_reading_is_told_in_ages() -> None:
    view = begin_view("fleet", overview_of(QUEUE))
    later = replace(screen(), now=datetime(2026, 11, 20, 12, 5, tzinfo=UTC))
    assert "read 5 min ago" in "\n".join(draw_view(view, later))
