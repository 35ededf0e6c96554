"""Processes that use one index at once, that die in the midst of it, or may not write: answers are right."""

import ctypes
import json
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.fleet import Seat
from tests.store.index_children import bring_up, ended, forked
from tests.store.indexes import answers, link_of, make_feed

ROOT = Path(__file__).parents[2]
_DROP_FROM_BOUNDING_SET = 24
_OVERRIDE_MODES = 1


def _obey_modes() -> None:
    """Have the modes of files hold for root too (prctl(2), capabilities(7)). Others need not, and cannot."""
    ctypes.CDLL(None).prctl(_DROP_FROM_BOUNDING_SET, _OVERRIDE_MODES)


@pytest.mark.parametrize(
    "work", [pytest.param("killed", marks=pytest.mark.slow), "killed at some", "crowd", "full"]
)
def test_every_answer_is_right_and_the_index_stands_after_it(work: str, tmp_path: Path) -> None:
    """After a writer that is killed at each of its statements; for 20 readers beside 4 writers of which one
    drops the file again and again; on a disk whose space ends at some point of a write."""
    words = [sys.executable, "-m", "tests.store.index_children", work, str(tmp_path)]
    ran = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere root writes whatever modes say")
@pytest.mark.parametrize("mode", [0o444, 0o000])
def test_an_index_that_may_only_be_read_answers_with_what_its_log_has(mode: int, tmp_path: Path) -> None:
    """A process that died left the log. One that may not even be read is done without."""
    repo = tmp_path / "repo"
    tips = make_feed(repo)
    answers(repo, tips[0])
    assert ended(forked(partial(bring_up, repo, tips[2]))) == 0
    home = link_of(repo).parent
    assert [file.stat().st_size > 0 for file in home.glob("*-wal")] == [True]
    copy = Path(shutil.copytree(repo, tmp_path / "copy", symlinks=True))
    shutil.rmtree(copy / ".git" / "ledger")
    expected = said(Seat("A-1", copy))
    before = {file.name: file.read_bytes() for file in home.iterdir()}
    for file in home.iterdir():
        if not file.is_symlink():
            file.chmod(mode)
    places = [home, repo / ".git", *(place for place in (repo / ".git").rglob("*") if place.is_dir())]
    for place in places:
        place.chmod(0o555)
    try:
        assert said(Seat("A-1", repo), obeying=True) == expected
    finally:
        for place in places:
            place.chmod(0o755)
        for file in home.iterdir():
            file.chmod(0o644)
    assert {file.name: file.read_bytes() for file in home.iterdir()} == before


def said(seat: Seat, obeying: bool = False) -> dict[str, object]:
    """What the queue says, without when."""
    ran = subprocess.run(
        seat.command("queue", "--all", "--json", "-q"),
        capture_output=True,
        preexec_fn=_obey_modes if obeying else None,
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    return {name: value for name, value in json.loads(ran.stdout).items() if name != "as_of"}
