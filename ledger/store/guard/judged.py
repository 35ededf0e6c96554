"""What must come into force together with posts: refs of the same push, by which the posts were judged.

A file for each such move of the feed in `<git dir>/ledger/judged/`, named `<old>-<new>`: sorted lines of
`<object> <ref>`. The guard's reference-transaction hook holds the move to it, whoever makes it and whenever.
"""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from ledger.store.contract import Oid
from ledger.store.files import replace_file

_ZERO = "0" * 40


def keep_needed(folder: Path, old: Oid | None, new: Oid, needed: Mapping[str, Oid]) -> None:
    """Keep which refs a move of the feed needs; the newest judgement of a move is the one that counts.

    Moves from other commits than `old`, where the feed stands, can never come into force any more, and are
    forgotten. Raises OSError where it cannot be kept: such a push must not go on.
    """
    place = folder / "ledger" / "judged"
    start = f"{old or _ZERO}-"
    file = place / (start + new)
    if not needed:
        file.unlink(missing_ok=True)
        return
    data = "".join(sorted(f"{oid} {ref}\n" for ref, oid in needed.items())).encode()
    replace_file(folder, f"ledger/judged/{file.name}", data)
    # a push that was judged and then given up leaves its file; nothing else would remove it
    for other in place.iterdir():
        if not other.name.startswith((start, ".")):
            with suppress(OSError):
                other.unlink()
