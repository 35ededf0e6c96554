"""`python -m ledger` and the command `git-ledger`."""

import os
import sys


def main() -> int:
    """Run the command line of this process and give its exit code.

    An installation that does not hold together is a bug of its own kind, 70: never 1, by which a hook
    would take it for a proven fault and stop the commit.
    """
    try:
        from ledger.faces.cli.main import run
        from ledger.faces.env import real_env
    except ImportError as error:
        sys.stderr.write(f"error: git-ledger is not installed whole: {error}\n")
        sys.stderr.write("hint: pip install --force-reinstall git-ledger\n")
        return 70

    code = run(sys.argv[1:], real_env())
    try:
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has seen enough; Python must not try again at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


if __name__ == "__main__":
    sys.exit(main())
