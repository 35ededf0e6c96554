"""The runtimes that seats live in, one module each with a `RUNTIME`, and this table.

A hook imports the module of its own runtime alone.
"""

import importlib

from ledger.core.errors import LedgerError
from ledger.faces.runtimes.runtime import Runtime

RUNTIMES = ("claude", "codex", "gemini", "copilot", "cursor")
"""The names by which `hook` and `setup` know them."""


def find_runtime(name: str) -> Runtime:
    """The runtime of this name. Raises LedgerError `usage` when there is none."""
    if name not in RUNTIMES:
        raise LedgerError("usage", f'"{name}" is no runtime', f"one of {', '.join(RUNTIMES)}")
    found = importlib.import_module(f"ledger.faces.runtimes.{name}").RUNTIME
    assert isinstance(found, Runtime)
    return found
