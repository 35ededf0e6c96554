"""What the sessions of runtimes were told before: a small file each, below the common git directory."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from ledger.core.dataclass import asdict
from ledger.core.json_input import parse_json
from ledger.core.queue.stop_policy import StopMemory
from ledger.store.files import replace_file

try:
    # `hashlib` loads OpenSSL for its other functions, which takes 3 ms
    from _blake2 import blake2b
except ImportError:  # a Python that was built without it
    from hashlib import blake2b

KEPT_SECONDS = 7 * 24 * 3600
"""A session that was told nothing for so long is forgotten."""


class Sessions:
    """The sessions of all runtimes in one repository."""

    def __init__(self, common_dir: Path) -> None:
        self._common_dir = common_dir
        self._folder = common_dir / "ledger" / "sessions"

    def load_memory(self, *key: str) -> StopMemory:
        """What the session of this key was told; nothing where its file is damaged."""
        try:
            return _parse_memory(parse_json(self._file_of(key).read_bytes()))
        except (OSError, ValueError, TypeError):
            return StopMemory()

    def save_memory(self, memory: StopMemory, now: float, *key: str) -> None:
        """Keep what a session was told. `now` is Unix time: a new session ends those of a week ago."""
        place = self._file_of(key)
        if not place.exists():
            # once in the life of a session, so that no stop pays for looking at all of them
            for file in self._folder.iterdir() if self._folder.is_dir() else ():
                # another session was faster
                with suppress(FileNotFoundError):
                    if now - file.stat().st_mtime > KEPT_SECONDS:
                        file.unlink()
        replace_file(self._common_dir, f"ledger/sessions/{place.name}", json.dumps(asdict(memory)).encode())

    def _file_of(self, key: tuple[str, ...]) -> Path:
        return self._folder / f"{digest_of(json.dumps(key).encode())}.json"


def digest_of(data: bytes) -> str:
    """32 hex digits that no other data has (BLAKE2b, RFC 7693)."""
    return blake2b(data, digest_size=16).hexdigest()


def _parse_memory(record: object) -> StopMemory:
    """The record of a file. Raises TypeError when it is not as `write` makes it."""
    if not isinstance(record, dict):
        raise TypeError("no object")
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in record.items()
    }
    memory = StopMemory(**values)
    fresh = asdict(StopMemory())
    if any(type(getattr(memory, name)) is not type(fresh[name]) for name in fresh):
        raise TypeError("a value of another type")
    if not all(isinstance(word, str) for word in (*memory.sets, *memory.reminded)):
        raise TypeError("a word that is none")
    return memory
