"""Refs read from the files that git keeps them in (gitrepository-layout), without a process."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ledger.store.contract import Oid


def read_ref_files(common_dir: Path, names: Sequence[str]) -> Mapping[str, Oid] | None:
    """The values of refs that all working trees share, each from a file of its own or from `packed-refs`.

    None where one has none: it is symbolic or not there, and git knows. Git replaces such files as a whole.
    """
    refs: dict[str, Oid] = {}
    for name in names:
        try:
            content = (common_dir / name).read_bytes()
        except FileNotFoundError:  # git packs a ref before it removes the ref's own file
            content = _find_packed(common_dir, name)
        except OSError:
            return None
        value = content[:40]
        # What is symbolic (`ref: …`) fails here, as an id of SHA-256 does, which has 64 digits: git is asked.
        if content[40:] != b"\n" or value.strip(b"0123456789abcdef") or not value.strip(b"0"):
            return None
        refs[name] = value.decode("ascii")
    return refs


def _find_packed(common_dir: Path, name: str) -> bytes:
    """The value of a ref that is packed as a file of its own would hold it; nothing for another."""
    try:
        packed = (common_dir / "packed-refs").read_bytes()
    except OSError:
        return b""
    # With what stands around it: else a name would be found at the end or beginning of a longer one.
    end = packed.find(f" {name}\n".encode())
    return packed[end - 40 : end] + b"\n" if end >= 40 else b""
