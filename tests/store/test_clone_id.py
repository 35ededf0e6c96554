"""The name of a clone is drawn once, whoever asks, and is mended where the file was spoilt."""

import subprocess
import sys
from pathlib import Path
from secrets import token_hex

from ledger.store.clone.clone_id import ensure_clone_id

ASK = "import sys; from pathlib import Path; from ledger.store.clone.clone_id import ensure_clone_id"
ASK += "; print(ensure_clone_id(Path(sys.argv[1]), lambda: sys.argv[2]))"


def _draw() -> str:
    return token_hex(8)


def test_asked_again_it_is_the_same(tmp_path: Path) -> None:
    first = ensure_clone_id(tmp_path, _draw)
    assert len(first) == 16
    assert ensure_clone_id(tmp_path, _draw) == first


def test_two_clones_are_told_apart(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    assert ensure_clone_id(tmp_path / "a", _draw) != ensure_clone_id(tmp_path / "b", _draw)


def test_many_processes_that_ask_at_once_agree(tmp_path: Path) -> None:
    commands = [[sys.executable, "-c", ASK, str(tmp_path), _draw()] for _ in range(8)]
    asking = [subprocess.Popen(command, stdout=subprocess.PIPE) for command in commands]
    answers = {child.communicate()[0] for child in asking}
    assert len(answers) == 1
    assert [one.name for one in (tmp_path / "ledger").iterdir()] == ["clone"]


def test_a_spoilt_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "clone").write_text("half a wo")
    drawn = ensure_clone_id(tmp_path, _draw)
    assert ensure_clone_id(tmp_path, _draw) == drawn
