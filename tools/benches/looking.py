"""The scene of the board: what a page costs whoever asks a server that runs already."""

import json
import subprocess
import time
import urllib.request
from os import sysconf
from pathlib import Path

from benches.grounds import PATIENT, Ground
from benches.spending import Spent, Steps
from benches.timing import ALONE

PAGES = 20
"""Pages of which one is the mean; each is asked for once, so that none is one that was kept."""


def measure_board(ground: Ground) -> Steps:
    """The first byte of the queue, after one page that is not counted; the remote is fetched meanwhile."""

    def deed(_: int) -> Spent:
        words = (*PATIENT, "board", "--port", "0", "--json")
        with subprocess.Popen(words, cwd=ground.place, stdout=subprocess.PIPE, env=ALONE) as server:
            assert server.stdout is not None
            try:
                address = json.loads(server.stdout.readline())["url"]
                _await_first_byte(address)
                return _measure_pages(server.pid, address)
            finally:
                server.terminate()

    return Steps(deed)


def _measure_pages(pid: int, address: str) -> Spent:
    cpu, began = _read_cpu(pid), time.perf_counter()
    for page in range(PAGES):
        _await_first_byte(f"{address}?page={page + 2}")
    wall = time.perf_counter() - began
    return Spent((_read_cpu(pid) - cpu) / PAGES, wall / PAGES)


def _await_first_byte(address: str) -> None:
    with urllib.request.urlopen(address) as answer:
        answer.read(1)


def _read_cpu(pid: int) -> float:
    """Seconds of a processor that a process took (proc(5): utime and stime)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / sysconf("SC_CLK_TCK")
