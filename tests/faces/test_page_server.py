"""The board as a server: a process of its own, its end, and what it reads for how many viewers."""

import json
import os
import re
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

from tests.fleet import Seat, fleet, standing


@pytest.fixture
def seat(tmp_path: Path) -> Seat:
    return standing(_built, tmp_path)[0]


def _built(folder: Path) -> list[Seat]:
    [seat] = fleet(folder, "otto", branch=None)
    seat.ok("init")
    seat.files("CMB", "First")
    return [seat]


@contextmanager
def served(seat: Seat, **env: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A board that is served, and its address."""
    words = seat.command("board", "--port", "0", "--json")
    process = subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **env}
    )
    assert process.stdout is not None and process.stderr is not None
    with process.stdout, process.stderr:
        try:
            yield process, json.loads(process.stdout.readline())["url"]
        finally:
            process.kill()
            process.wait()


def reads(address: str, path: str = "") -> str:
    with urllib.request.urlopen(address + path, timeout=60) as answer:
        return str(answer.read().decode())


@contextmanager
def listening(address: str) -> Iterator[Iterator[str]]:
    """The versions that a page is told."""
    with urllib.request.urlopen(f"{address}events", timeout=60) as stream:
        lines = (line.decode().strip() for line in stream)
        yield (line.removeprefix("data: ") for line in lines if line.startswith("data: "))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_while_pages_listen(number: signal.Signals, seat: Seat) -> None:
    with served(seat) as (process, address), listening(address) as versions:
        next(versions)
        process.send_signal(number)
        assert process.wait(60) == 0
        assert process.stderr is not None and "Traceback" not in process.stderr.read()


def test_a_fetch_that_hangs_holds_up_neither_a_page_nor_the_end(seat: Seat, tmp_path: Path) -> None:
    stuck, began, hang = (tmp_path / name for name in ("stuck", "began", "hang"))
    lines = (f'[ -e "{hang}" ] || exec git-upload-pack "$@"', f'touch "{began}"', "sleep 600")
    stuck.write_text("\n".join(("#!/bin/sh", *lines)))
    stuck.chmod(0o755)
    seat.git("config", "remote.origin.uploadpack", str(stuck))
    trace = tmp_path / "trace"
    with served(seat, GIT_TRACE2_EVENT=str(trace)) as (process, address), listening(address) as versions:
        next(versions)
        hang.touch()
        while not began.exists():
            assert process.poll() is None
            Event().wait(0.05)
        fetches = count_fetches(trace)
        for number in range(20):
            assert "CMB-0001" in reads(address, f"ticket/CMB-0001?page={number}")
            assert "First" in reads(address, f"?words=first&page={number}")
        assert count_fetches(trace) == fetches  # none by a page
        process.terminate()
        assert process.wait(60) == 0


def test_news_of_another_process_reach_every_page(seat: Seat) -> None:
    with served(seat) as (_, address), listening(address) as one, listening(address) as two:
        first = {next(one), next(two)}
        assert len(first) == 1
        seat.files("CMB", "News")
        second = {next(one), next(two)}
        assert len(second) == 1 and first != second
        assert "News" in reads(address)


def count_fetches(trace: Path) -> int:
    """The fetches that a board started, by git's own record."""
    events = map(json.loads, trace.read_text().splitlines())
    return sum(event["event"] == "start" and "fetch" in event["argv"] for event in events)


def test_only_this_machine_is_answered_and_by_its_own_names(seat: Seat) -> None:
    with served(seat) as (process, address):
        port = int(re.fullmatch(r"http://127\.0\.0\.1:(\d+)/", address)[1])  # type: ignore[index]
        sockets = Path(f"/proc/{process.pid}/net/tcp").read_text()
        assert re.search(rf" 0100007F:{port:04X} 00000000:0000 0A ", sockets)
        assert not re.search(rf" 00000000:{port:04X} ", sockets)
        request = urllib.request.Request(address, headers={"Host": "evil.example"})
        with pytest.raises(urllib.error.HTTPError, match="421"):
            urllib.request.urlopen(request, timeout=60)


def test_a_remote_that_is_away_when_it_starts_is_told_on_the_pages(seat: Seat) -> None:
    Path(seat.git("remote", "get-url", "origin")).rename(seat.path.with_name("away.git"))
    with served(seat) as (_, address), listening(address) as versions:
        page = reads(address)
        while "as it was read last" not in page:
            next(versions)
            page = reads(address)
        assert "First" in page
