"""For the executables beside it: the Python in which `ledger` can be imported."""

import importlib.util
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def enter() -> None:
    """Run this program again in the checkout's own .venv where there is one; it has the checkout's code.

    Exits 2 when there is none and `ledger` is not installed either.
    """
    venv = ROOT / ".venv"
    python = venv / "bin" / "python"
    if python.exists() and Path(sys.prefix).resolve() != venv.resolve():
        os.execv(str(python), [str(python), *sys.argv])
    if importlib.util.find_spec("ledger") is None:
        sys.stderr.write(
            "error: git-ledger is not installed here\nhint: %s makes a .venv\n" % (ROOT / "tools/test")
        )
        sys.exit(2)
