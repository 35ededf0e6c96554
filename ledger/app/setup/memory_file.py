"""The block of words that a runtime's memory file has about the ledger, between two marks.

Runtimes that share a file share the block; its first mark names them, so that it goes with the last of them.
"""

import re
from collections.abc import Sequence

_END = "<!-- git-ledger: end -->"
_marks = re.compile(
    r"<!-- git-ledger: begin ([a-z ]+) -->\r?\n(?:.*?\n)?" + re.escape(_END) + r"\r?\n?", re.DOTALL
)

WORDS = """\
## The ledger of this repository

Seats that cannot see each other work in this repository. Its ledger, the posts in `feed/`, says who works
on what.

- Numbers are reserved, never counted: `git ledger append --reserve PREFIX --subject TEXT` files a ticket
  under the next one.
- Every turn is bracketed. It begins with `git ledger turn open`, which says what is yours and what to claim,
  and ends with `git ledger turn close`. Its exit 10 means that the turn goes on: something is to be claimed,
  and `git ledger turn close --claim` takes the best.
- DONE is a pivot, not a stop: after `git ledger done ID` the turn goes on with the next ticket. What is not
  for you is declined: `git ledger decline ID --why TEXT`.
- Work on a ticket begins with `git ledger claim ID`; `git ledger note ID TEXT` keeps the claim alive.
- Posts are written by these commands, or by hand and plain git, which the hooks judge. What landed is never
  edited.

More: `git ledger -h`, `git ledger COMMAND -h`, and `git ledger explain RULE` for what was refused.
"""


def add_block(text: str | None, name: str) -> str:
    """A memory file, None where there is none, with the block for the runtime of this name.

    Raises ValueError when a mark stands there without the other.
    """
    found = _find_block(text or "")
    if text is None:
        return _compose_block([name], "\n")
    newline = "\r\n" if "\r\n" in text else "\n"
    if found is None:
        return f"{text}{newline}{_compose_block([name], newline)}"
    names = found[1].split()
    return (
        text[: found.start()] + _compose_block([*names, *({name} - {*names})], newline) + text[found.end() :]
    )


def remove_block(text: str, name: str) -> str | None:
    """A memory file without the block, or with the runtime's name out of it while others have it.

    None when nothing else was ever in the file. Raises ValueError as `add_block` does.
    """
    found = _find_block(text)
    if found is None or name not in found[1].split():
        return text
    newline = "\r\n" if "\r\n" in text else "\n"
    others = [other for other in found[1].split() if other != name]
    if others:
        return text[: found.start()] + _compose_block(others, newline) + text[found.end() :]
    if found[0] == text:
        return None
    # `add_block` put one line end before the block, which goes with it.
    return text[: found.start()].removesuffix(newline) + text[found.end() :]


def _compose_block(names: Sequence[str], newline: str) -> str:
    text = f"<!-- git-ledger: begin {' '.join(names)} -->\n{WORDS}{_END}\n"
    return text.replace("\n", newline)


def _find_block(text: str) -> re.Match[str] | None:
    found = _marks.search(text)
    # With a mark too few or too many, what is between two of them may be the user's own words.
    if text.count("<!-- git-ledger: ") != (2 if found else 0):
        raise ValueError("one of the marks of its block is missing")
    return found
