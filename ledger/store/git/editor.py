"""The user's editor, chosen as git chooses it."""

import os
from pathlib import Path

from ledger.core.errors import LedgerError
from ledger.store.git.child_process import run_command
from ledger.store.git.repository import Repo


def run_editor(repo: Repo, file: Path) -> None:
    """Let the user edit a file, on this terminal, until the editor ends.

    Raises LedgerError `usage` where git finds none, as on a terminal that can show none, and where the editor
    ends with a failure.
    """
    ran = repo.git.find_editor()
    editor = ran.out.decode("utf-8", "surrogateescape").strip()
    if ran.code or not editor:
        message = f"there is no editor: {ran.complaint}" if ran.code else "there is no editor"
        raise LedgerError("usage", message, "give the text with `-m TEXT` or `-F FILE`")
    # By the shell, since the setting may hold options, as git starts it (git-var(1), GIT_EDITOR).
    code = run_command(["sh", "-c", f'{editor} "$@"', editor, str(file)], os.environ)
    if code:
        message = f'the editor "{editor}" ended with status {code}; nothing was posted'
        raise LedgerError("usage", message, "give the text with `-m TEXT` or `-F FILE`")
