"""Refs read from their files (gitrepository-layout), where each has one: as those have that a fetch moved."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from ledger.store.contract import Oid


def read_loose_refs(common_dir: Path, names: Sequence[str]) -> Mapping[str, Oid] | None:
    """The values of refs that all working trees share, each from a file of its own.

    None where one has none: it is packed, symbolic, or not there, and git knows. Git replaces such a file
    as a whole.
    """
    refs: dict[str, Oid] = {}
    for name in names:
        try:
            content = (common_dir / name).read_bytes()
        except OSError:
            return None
        if not re.fullmatch(rb"(?!0{40})[0-9a-f]{40}\n", content):
            return None
        refs[name] = content[:40].decode("ascii")
    return refs
