"""`python -m ledger` and the command `git-ledger`."""

import sys


def main() -> int:
    """Run the command line of this process and give its exit code."""
    from ledger.faces.cli.main import run
    from ledger.faces.env import real_env

    return run(sys.argv[1:], real_env())


if __name__ == "__main__":
    sys.exit(main())
