"""The one kind of error that reaches a user: a kind, what is wrong, and what to do next.

`faces/boundary.py` turns a kind into words and an exit code; nobody else knows the numbers.
"""

from collections.abc import Mapping
from typing import Any

from ledger.core.dataclass import dataclass, field


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

    def __str__(self) -> str:
        return self.message
