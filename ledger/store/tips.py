"""The highest tip of each series ever seen in this clone, so that a tip that sinks is noticed."""

import json
from collections.abc import Mapping
from pathlib import Path

from ledger.store.files import replace_file


def seen_tips(common_dir: Path) -> dict[str, int]:
    """Series to the highest tip seen here; empty when nothing was kept or it cannot be read."""
    try:
        record = json.loads(_place(common_dir).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(record, dict):
        return {}
    return {name: tip for name, tip in record.items() if isinstance(tip, int)}


def remember_tips(common_dir: Path, tips: Mapping[str, int]) -> None:
    """Keep tips that rose. Two writers at once may forget one rise: the next write sees it again."""
    known = seen_tips(common_dir)
    risen = {name: tip for name, tip in tips.items() if tip > known.get(name, 0)}
    if not risen:
        return
    replace_file(_place(common_dir), json.dumps(known | risen, sort_keys=True).encode())


def _place(common_dir: Path) -> Path:
    return common_dir / "ledger" / "tips.json"
