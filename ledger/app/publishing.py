"""Files that are made of a feed, in a folder of the user's: written where they changed, removed where they
are no longer made. What somebody else put there is never touched."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Final

from ledger.core.dataclass import dataclass
from ledger.core.errors import LedgerError
from ledger.core.faults import explain_os_error
from ledger.store.files import find_inside, remove_file, replace_file

MANIFEST: Final = ".git-ledger-board.json"
"""Which files were made, with the digest of each, so that the next run knows its own."""
BATCH: Final = 200
"""Files that are held at once before they are written."""
_match_name = re.compile(r"(?:[a-z]+/)?[A-Za-z0-9][A-Za-z0-9._~-]*").fullmatch


@dataclass(frozen=True, slots=True)
class Publication:
    """What became of a folder: how many files there are, which of them were written, which are gone, and
    which would be but were changed by somebody."""

    count: int
    written: tuple[str, ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...]


def publish_files(top: Path, files: Iterable[tuple[str, bytes]]) -> Publication:
    """Let a folder hold these files, made one after the other, and none that an earlier run made besides.

    Raises LedgerError `path-clash` where a file stands in the way that no run made, `leads-outside` for a
    link out of the folder, and what the disk says.
    """
    try:
        top.mkdir(parents=True, exist_ok=True)
        return _publish_files(top, files)
    except OSError as error:
        raise explain_os_error(error) or _explain_folder(top, error) from error


def _explain_folder(top: Path, error: OSError) -> LedgerError:
    return LedgerError("path-clash", f'"{top}" cannot be used: {error.strerror}', "name another folder")


def _publish_files(top: Path, files: Iterable[tuple[str, bytes]]) -> Publication:
    before = _read_manifest(top)
    made: dict[str, str] = {}
    written = []
    rest = iter(files)
    while batch := list(islice(rest, BATCH)):
        fresh = {path: hashlib.sha256(data).hexdigest() for path, data in batch}
        made |= fresh
        changed = [path for path in fresh if not _is_current(top, path, fresh[path], before)]
        # before the files: a run that is ended in between knows them as its own the next time
        if not fresh.keys() <= before.keys():
            before |= fresh
            _write_manifest(top, before)
        for path, data in batch:
            if path in changed:
                replace_file(top, path, data)
        written += changed
    stale = [path for path in sorted(before) if path not in made]
    removed = [path for path in stale if _digest_file(top, path) == before[path]]
    for path in removed:
        remove_file(top, path)
    kept = [path for path in stale if path not in removed and _digest_file(top, path) is not None]
    # Last: killed before it, the next run still knows what it has to remove. A file that somebody changed
    # and that is no longer made leaves the manifest here, and is not taken for ours again.
    _write_manifest(top, made)
    return Publication(len(made), tuple(written), tuple(removed), tuple(kept))


def _is_current(top: Path, path: str, digest: str, before: Mapping[str, str]) -> bool:
    """Whether a file is there already as it should be. Raises LedgerError `path-clash` where another stands
    in its place that no run made."""
    there = _digest_file(top, path)
    if there not in (None, digest) and path not in before:
        message = f'"{top / path}" is there, and no run of this command made it'
        raise LedgerError("path-clash", message, "name a folder of its own", {"path": path})
    return there == digest


def _digest_file(top: Path, path: str) -> str | None:
    """The digest of a file that is there; None where none is."""
    place = find_inside(top, path)
    return hashlib.sha256(place.read_bytes()).hexdigest() if place.is_file() else None


def _read_manifest(top: Path) -> dict[str, str]:
    """The files that earlier runs made. Of one that makes no sense nothing is taken for ours."""
    try:
        read = json.loads(find_inside(top, MANIFEST).read_text("utf-8"))["files"]
    except (FileNotFoundError, ValueError, LookupError, TypeError):
        return {}
    rows = read.items() if isinstance(read, Mapping) else ()
    # The folder may come from somebody else: what a run would never make is not removed on a file's word.
    return {str(path): str(digest) for path, digest in rows if _match_name(str(path))}


def _write_manifest(top: Path, made: Mapping[str, str]) -> None:
    record = {"format": 1, "files": dict(sorted(made.items()))}
    replace_file(top, MANIFEST, f"{json.dumps(record, indent=1)}\n".encode())
