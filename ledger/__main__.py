"""`python -m ledger` and the command `git-ledger`."""

import gc
import os
import sys
from collections.abc import Callable, Sequence

_LASTING = frozenset({"mcp", "run"})
"""Words of commands that go on for hours: `mcp` and `turn run`. All others go without the collector of cyclic
garbage: it looks at all that was read again and again, a quarter of the work at 16,000 posts."""


def main() -> int:
    """Run the command line of this process and give its exit code.

    An installation that does not hold together is a bug of its own kind, 70: never 1, by which a hook
    would take it for a proven fault and stop the commit.
    """
    if not _LASTING.intersection(sys.argv[1:]):
        gc.disable()
    try:
        entry = _choose_entry(sys.argv[1:])
    except ImportError as error:
        sys.stderr.write(f"error: git-ledger is not installed whole: {error}\n")
        sys.stderr.write("hint: pip install --force-reinstall git-ledger\n")
        return 70

    code = entry()
    try:
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has seen enough; Python must not try again at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    gc.freeze()  # else Python looks at every object once more as it ends: 8 to 15 ms
    return code


def _choose_entry(words: Sequence[str]) -> Callable[[], int]:
    """What answers a command line. The hook of a runtime goes without all that reads command lines."""
    if words[:1] == ["hook"] and not {"-h", "--help"}.intersection(words):
        from ledger.faces.hook import answer_process as answer

        return lambda: answer(words[1:])
    from ledger.faces.cli.main import run
    from ledger.faces.context import real_env

    return lambda: run(words, real_env())


if __name__ == "__main__":
    sys.exit(main())
