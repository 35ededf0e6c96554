"""`completion`: the script by which a shell completes the words of a line, and what that asks on a TAB."""

from importlib import resources
from typing import Annotated

from ledger.faces.cli.command_line import usage
from ledger.faces.cli.parameters import Argument
from ledger.faces.cli.session import Session

SCRIPTS = {"bash": "git-ledger.bash", "zsh": "_git-ledger", "fish": "git-ledger.fish"}
"""The script of each shell, under the name by which the shell finds it in a folder of such scripts."""
WORDS = "words"


def command(
    session: Session,
    shell: Annotated[str, Argument(metavar="|".join((*SCRIPTS, WORDS)))],
    words: Annotated[list[str] | None, Argument(metavar="[-- WORD…]")] = None,
) -> int:
    """The completion of a shell, as a script: `source <(git ledger completion bash)` in its start file.

    `words` prints what may stand in the place of the last WORD of a line, a row each; the scripts ask for it.
    """
    if shell == WORDS:
        from ledger.faces.cli.completion.candidates import list_candidates

        found = list_candidates(words or [], session.options.directory)
        rows = [{"word": candidate.word, "about": candidate.about} for candidate in found]
        return session.answer({"candidates": rows}, [f"{row['word']}\t{row['about']}" for row in rows])
    if shell not in SCRIPTS:
        raise usage(f'there is no completion for "{shell}"', "`git ledger completion bash`, `zsh` or `fish`")
    script = resources.files("ledger.faces.cli.completion").joinpath(SCRIPTS[shell])
    return session.answer({"script": script.read_text()}, script.read_text().splitlines())
