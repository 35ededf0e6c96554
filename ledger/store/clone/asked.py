"""The challenges that were posted from this clone, and when, by the clock of this machine since its start.

Kept in the common git directory, one for each seat and ticket. What is lost or damaged was never asked: then
the holder is asked anew, and has the whole time to answer.
"""

import json
from math import isfinite
from pathlib import Path
from typing import Any

from ledger.core.dataclass import asdict, dataclass
from ledger.core.json_input import parse_json
from ledger.store.files import replace_file

_PATH = "ledger/challenges.json"
_MOST = 1000
"""Challenges that are kept; of more the oldest go."""


@dataclass(frozen=True, slots=True)
class AskedChallenge:
    """One challenge: its post, the boot in which it landed, and both clocks just after, in seconds."""

    post: str
    boot: str
    clock: float
    wall: float


def load_asked(common_dir: Path, seat: str) -> dict[str, AskedChallenge]:
    """The newest challenge of a seat against the holder of each ticket, by ticket."""
    rows = {key.partition(" "): value for key, value in _load_rows(common_dir).items()}
    return {item: value for (of, _, item), value in rows.items() if of == seat}


def keep_asked(common_dir: Path, seat: str, challenges: dict[str, AskedChallenge]) -> None:
    """Keep these challenges of a seat beside the others. Two writers at once may lose one."""
    kept = _load_rows(common_dir)
    for item, challenge in challenges.items():
        # Taken out first, so that it comes to stand last: the cut keeps the end.
        kept.pop(f"{seat} {item}", None)
        kept[f"{seat} {item}"] = challenge
    rows = list(kept.items())[-_MOST:]
    replace_file(common_dir, _PATH, json.dumps({key: asdict(challenge) for key, challenge in rows}).encode())


def _load_rows(common_dir: Path) -> dict[str, AskedChallenge]:
    try:
        rows = parse_json((common_dir / _PATH).read_bytes())
        return {str(key): _parse_challenge(row) for key, row in rows.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return {}


def _parse_challenge(row: dict[str, Any]) -> AskedChallenge:
    """Raises ValueError, OverflowError, TypeError or KeyError for what `keep_asked` does not write."""
    clock, wall = float(row["clock"]), float(row["wall"])
    if not (isfinite(clock) and isfinite(wall)):
        raise ValueError("no time")
    return AskedChallenge(str(row["post"]), str(row["boot"]), clock, wall)
