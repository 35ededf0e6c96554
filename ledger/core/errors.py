"""The one sort of error that reaches a user: a kind, what is wrong, and what to do next.

`faces/boundary.py` turns a kind into words and an exit code; nobody else knows the numbers.
"""

from collections.abc import Mapping
from typing import Any, Final

from ledger.core.dataclass import dataclass, field

_CLASSES: Final[dict[str, type["LedgerError"]]] = {}
"""The class of each kind that has one of its own."""


@dataclass(eq=False)
class LedgerError(Exception):
    """Something a user can act upon.

    `kind` is a short stable word (`held`, `findings`, `unreachable`, …: the table in
    `faces/boundary.py` lists all of them with their exit codes). `hint` is one command or one
    sentence that is safe to follow to the letter. `details` are further keys of the JSON error.
    """

    kind: str
    message: str
    hint: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    def __new__(cls, kind: str, *args: object, **kwargs: object) -> "LedgerError":
        """A kind that code reacts to has a class, of which every error of the kind is, whoever raises it."""
        return super().__new__(_CLASSES.get(kind, cls) if cls is LedgerError else cls)

    def __init_subclass__(cls, kinds: tuple[str, ...]) -> None:
        """Register a class for these kinds."""
        _CLASSES.update(dict.fromkeys(kinds, cls))

    def __str__(self) -> str:
        return self.message


class UsageError(LedgerError, kinds=("usage",)):
    """The words of a command make no sense."""


class FindingsError(LedgerError, kinds=("findings",)):
    """A rule forbids what was to be done; `details["findings"]` says which."""


class NobodyHereError(LedgerError, kinds=("no-repository", "bare-repository", "no-seat")):
    """No seat acts in this folder, so that a hook has nothing to do."""


class NotThereError(LedgerError, kinds=("no-such-ticket", "no-such-seat")):
    """What was asked for by name is not there."""


class OfflineError(LedgerError, kinds=("offline",)):
    """The remote was not to be asked, and has to be."""


class UnreachableError(LedgerError, kinds=("unreachable",)):
    """The remote could not be read or spoken to. Nothing was written."""


class LockedError(LedgerError, kinds=("locked",)):
    """A lock file of git is in the way: another process may be done with it a moment later."""


class CannotKeepError(LedgerError, kinds=("read-only", "disk-full")):
    """Nothing can be written here; what was fetched last can still be read."""


class RefusedByRemoteError(LedgerError, kinds=("refused-by-remote",)):
    """The remote does not take this write, and would not take it again."""


class InDoubtError(LedgerError, kinds=("in-doubt",)):
    """The write may or may not have landed."""


class HeldBackError(LedgerError, kinds=("held-back",)):
    """A tree of the pool was left as it stands, for somebody to look at."""


class UnmergeableError(LedgerError, kinds=("cannot-merge", "leads-outside")):
    """A file of the user's is left as it is, since ours cannot be brought into it."""
