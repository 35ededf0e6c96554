"""What `git status` says of one working tree, and the error for one that is left as it stands."""

from collections.abc import Sequence
from typing import Final

from ledger.core.dataclass import dataclass
from ledger.core.errors import LedgerError
from ledger.store.contract import Oid

SLOW_SECONDS: Final = 3600.0
"""How long writing or hashing a whole working tree may take, large files of LFS included."""


@dataclass(frozen=True, slots=True)
class TreeStatus:
    """What `git status` says: HEAD (None: unborn), its branch (None: detached), and what no commit has.

    `submodules` have changes of their own, which only their own repositories can keep.
    """

    head: Oid | None
    branch: str | None
    changed: str | None = None
    submodules: tuple[str, ...] = ()


def parse_status(records: Sequence[str]) -> TreeStatus:
    """Read `git status --porcelain=v2 -z --branch` (git-status(1), "Porcelain Format Version 2")."""
    head = branch = changed = None
    submodules = []
    for record in records:
        kind, _, rest = record.partition(" ")
        if record.startswith("# branch.oid "):
            head = record.split(" ")[2]
        elif record.startswith("# branch.head "):
            branch = record.split(" ")[2]
        elif kind in ("1", "u"):
            state, sub, path = (
                rest.split(" ")[0],
                rest.split(" ")[1],
                rest.split(" ", 7 if kind == "1" else 9)[-1],
            )
            if sub[2:] != "..":
                submodules.append(path)
            # a submodule is left as git has it
            if not (sub.startswith("S") and state == ".M"):
                changed = changed or path
        elif kind == "?":
            changed = changed or rest
    return TreeStatus(
        None if head == "(initial)" else head,
        None if branch == "(detached)" else branch,
        changed,
        tuple(submodules),
    )


def tree_held_back(why: str) -> LedgerError:
    """A tree that is left as it stands, for somebody to look at."""
    hint = "see to it in the tree, then `git ledger pool refresh`"
    return LedgerError("held-back", f"the tree was left as it is: {why}", hint)
