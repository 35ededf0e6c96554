"""Texts that are written in an editor: kept in a file of this clone until they have landed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ledger.app.ledger import GlobalOptions
from ledger.core.errors import LedgerError
from ledger.core.write.written_text import cut_template
from ledger.store.files import find_inside, remove_file, replace_file
from ledger.store.git.editor import run_editor
from ledger.store.git.repository import open_repository


@contextmanager
def edited_text(
    options: GlobalOptions, name: str, template: str, tell_kept: Callable[[Path], None]
) -> Iterator[str]:
    """What the user makes of a template, in a file of this `name` that goes once the block has ended well.

    Else it holds the text, and `tell_kept` is told where. Raises LedgerError `usage` without an editor.
    """
    repo = open_repository(options.directory)
    path = f"ledger/texts/{name}"
    replace_file(repo.common_dir, path, template.encode("utf-8", "surrogateescape"))
    file = find_inside(repo.common_dir, path)
    text = ""
    try:
        run_editor(repo, file)
        text = cut_template(file.read_text("utf-8", "replace"))
        yield text
    except (LedgerError, KeyboardInterrupt):
        # An editor that failed or was interrupted may have written the file before.
        text = text or cut_template(file.read_text("utf-8", "replace"))
        if text and text != cut_template(template):
            replace_file(repo.common_dir, path, f"{text}\n".encode())
            tell_kept(file)
        else:
            remove_file(repo.common_dir, path)
        raise
    else:
        with suppress(FileNotFoundError):
            remove_file(repo.common_dir, path)
