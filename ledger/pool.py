"""Private working trees for programs, as `git ledger pool` gives them to people.

```python
from ledger.pool import allocate, release

tree = allocate("otto")
...
release("otto", tree)
```

The tree is the caller's as long as its process lives. Raises LedgerError as the command does: `kind` is
`pool-exhausted` when all trees of the identity are taken, `held` when another seat has the ticket.
"""

import os
from pathlib import Path

from ledger.app.ledger import GlobalOptions, Ledger, open_ledger
from ledger.app.pool import pool
from ledger.faces.context import make_effects


def allocate(
    identity: str,
    repository: Path | None = None,
    *,
    item: str | None = None,
    wait: float = 0.0,
    offline: bool = False,
) -> Path:
    """Lease a clean tree at the base of the code to this process, and give its path.

    `repository` is any working tree of it (default: where the process is); `item` a ticket to claim as the
    seat `identity`; `wait` seconds. What was in the tree is under `refs/ledger/rescue/<identity>/`.
    """
    ledger = _open_ledger(identity, repository, offline)
    result = pool.allocate_tree(ledger, identity, item, wait, os.getpid())
    return result.worktrees[0].path


def release(identity: str, path: Path) -> tuple[str, ...]:
    """Give a tree back, and say under which refs what was in it and on no branch is kept."""
    return pool.release_tree(_open_ledger(identity, path, offline=True), path, identity).rescued


def _open_ledger(identity: str, repository: Path | None, offline: bool) -> Ledger:
    return open_ledger(GlobalOptions(repository or Path.cwd(), identity, offline=offline), make_effects())
