"""What a person writes in an editor: the template that it begins with, and what is read from it."""

from ledger.core.dataclass import dataclass
from ledger.core.lazy_pattern import LazyPattern

SCISSORS = "# ------------------------ >8 ------------------------"
"""From this line on a text is left out, as git's `--cleanup=scissors` has it: `#` begins a heading here."""
_heading = LazyPattern(r"#{1,6} +").match


@dataclass(frozen=True, slots=True)
class TicketText:
    """A ticket in words: its subject, "" where it has none, and what it says."""

    subject: str
    body: str

    @property
    def whole(self) -> str:
        """Both as one text, which `split_subject` takes apart again."""
        return f"{self.subject}\n\n{self.body}".strip("\n")


def make_template(text: str, *words: str) -> str:
    """A text to go on with, and below the scissors what its writer should know, a line each."""
    return "\n".join([text, "", SCISSORS, *(f"# {word}" for word in words), ""])


def cut_template(text: str) -> str:
    """What was written above the scissors, without empty lines around it and blanks at the ends of lines."""
    lines = text.replace("\r\n", "\n").split("\n")
    end = lines.index(SCISSORS) if SCISSORS in lines else len(lines)
    return "\n".join(line.rstrip() for line in lines[:end]).strip("\n")


def split_subject(text: str) -> TicketText:
    """The first line of a text as the subject, the rest as the body. A heading is a subject, too."""
    subject, _, body = text.strip("\n").partition("\n")
    marks = _heading(subject)
    return TicketText(subject[marks.end() if marks else 0 :].strip(), body.strip("\n"))
