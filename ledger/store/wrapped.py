"""Running a command of the user's, with this terminal as its own."""

import subprocess
import sys
from collections.abc import Mapping, Sequence

from ledger.core.errors import LedgerError


def run_command(words: Sequence[str], env: Mapping[str, str], quiet_out: bool = False) -> int:
    """Run a command to its end and give its status, 128 and the number for one that a signal ended.

    An interrupt from the terminal reaches it too, and is its to answer. `quiet_out` keeps its answers off
    our stdout: they go to stderr. Raises LedgerError `usage` when it cannot be started.
    """
    try:
        child = subprocess.Popen(list(words), env=dict(env), stdout=sys.stderr if quiet_out else None)
    except OSError as error:
        message = f'"{words[0]}" cannot be started: {error.strerror}'
        raise LedgerError("usage", message, "name a command that is on the path after `--`") from error
    while True:
        try:
            code = child.wait()
            return 128 - code if code < 0 else code
        except KeyboardInterrupt:
            continue
