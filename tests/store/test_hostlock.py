import subprocess
import sys
from pathlib import Path

from ledger.store.clone.host_lock import host_lock

HOLDER = """
import sys
from pathlib import Path
from ledger.store.clone.host_lock import host_lock
with host_lock(Path(sys.argv[1]), 0) as held:
    print(held, flush=True)
    sys.stdin.read()
"""


def holder(folder: Path) -> "subprocess.Popen[str]":
    """Another process with the lock; it lets go when its stdin ends, or when it dies."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stdout.readline() == "True\n"
    return process


def test_the_lock_may_be_taken_again_by_its_holder(tmp_path: Path) -> None:
    with host_lock(tmp_path, 0) as first, host_lock(tmp_path, 0) as second:
        assert (first, second) == (True, True)
    with host_lock(tmp_path, 0) as again:
        assert again


def test_another_process_waits_and_is_told(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        with host_lock(tmp_path, 0.1) as held:
            assert not held
        assert process.stdin is not None
        process.stdin.close()
        with host_lock(tmp_path, 30) as held:
            assert held


def test_a_dead_holder_holds_nothing(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        process.kill()
        process.wait()
    with host_lock(tmp_path, 0) as held:
        assert held


def test_inner_release_does_not_let_others_in(tmp_path: Path) -> None:
    with host_lock(tmp_path, 0):
        with host_lock(tmp_path, 0):
            pass
        other = subprocess.run(
            [sys.executable, "-c", HOLDER, str(tmp_path)],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        )
        assert other.stdout == "False\n"
