"""An item of another tracker, in words that this one has."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from ledger.core.dataclass import dataclass
from ledger.core.due import respell_due
from ledger.core.feed.bounds import CRITERIA_LIMIT, CRITERION_LIMIT, DIRECTIVE_LIMIT, LABEL_LIMIT
from ledger.core.feed.directives import parse_directives
from ledger.core.hidden import find_hidden
from ledger.core.ids import is_label
from ledger.core.model import Priority

MOST_OF_TEXT = 200_000
"""Characters of one item's text that come along."""


class Standing(StrEnum):
    """How an item stands where it comes from."""

    OPEN = "open"
    ACTIVE = "active"
    BLOCKED = "blocked"
    PARKED = "parked"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item: its id there, what it says, and the ids of those that it comes after, belongs to, is near to.

    `lost` says what there is of it that a ticket cannot have.
    """

    old: str
    subject: str
    text: str = ""
    standing: Standing = Standing.OPEN
    priority: Priority = Priority.NORMAL
    labels: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
    due: str | None = None
    after: tuple[str, ...] = ()
    parent: str | None = None
    related: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


class ItemBuilder:
    """Puts an item together from what another tracker says, and notes what cannot be kept."""

    def __init__(self, old: str, subject: str) -> None:
        self.old = _clean_line(old)
        self.subject = _clean_line(subject) or "Untitled"
        self.standing = Standing.OPEN
        self.priority = Priority.NORMAL
        self.after: list[str] = []
        self.related: list[str] = []
        self.parent: str | None = None
        self._labels: list[str] = []
        self._criteria: list[str] = []
        self._due: str | None = None
        self._parts: list[str] = []
        self._lost: list[str] = []

    def add_text(self, text: str, heading: str = "") -> None:
        """Add a part of its text, below a heading where it has one."""
        bare = text.replace("\r\n", "\n").strip()
        if bare:
            self._parts.append(f"## {heading}\n\n{bare}" if heading else bare)

    def add_labels(self, labels: Iterable[str]) -> None:
        """Add labels; one that is no word here becomes one."""
        for label in labels:
            word = "".join(char if is_label(f"a{char}") else "-" for char in label.strip())[:40]
            # After the cut at a label's 40 characters, which may leave a dash at the end.
            word = word.strip("-").lstrip("_.:/+-")
            if is_label(word) and word.casefold() not in map(str.casefold, self._labels):
                self._labels.append(word)
            if word != label.strip():
                self._lost.append(f'the label "{label}" is "{word}"' if word else f'the label "{label}"')

    def add_criteria(self, lines: Iterable[tuple[str, bool]]) -> None:
        """Add criteria, each with whether it is met."""
        for text, is_met in lines:
            line = _clean_line(text)
            fits = len(line) <= CRITERION_LIMIT and len(self._criteria) < CRITERIA_LIMIT
            if fits and line and line.casefold() not in map(str.casefold, self._criteria):
                self._criteria.append(line)
                if is_met:
                    self._parts.append(f"Was met: {line}")
            elif line:
                self._parts.append(f"- [{'x' if is_met else ' '}] {line}")

    def set_due(self, text: str) -> None:
        """Say when it is due."""
        self._due = respell_due(text.strip())
        if self._due is None and text.strip():
            self._lost.append(f'due "{text}"')

    def note_fact(self, name: str, value: str) -> None:
        """Keep a fact that tickets have no field for as a line of the text."""
        if value.strip():
            self._parts.append(f"{name}: {_clean_line(value)}")

    def make_item(self, source: str) -> Item:
        """The item; its text ends with where it comes from."""
        labels = self._labels[:LABEL_LIMIT]
        if self.standing is Standing.ACTIVE:
            self._lost.append("that somebody works on it")
        self._lost += [f'the label "{label}"' for label in self._labels[LABEL_LIMIT:]]
        # People read in the text where it comes from: a cut takes that away, and it is added again.
        text = "\n\n".join([*self._parts, f"Imported from {source}: {self.old}"])
        if len(text) > MOST_OF_TEXT:
            text = f"{text[:MOST_OF_TEXT]}…\n\nImported from {source}: {self.old}"
            self._lost.append("the end of its text")
        return Item(
            old=self.old,
            subject=self.subject,
            # Once it is whole: a line that would act may come from any of its parts.
            text=_make_harmless(text),
            standing=self.standing,
            priority=self.priority,
            labels=tuple(labels),
            criteria=tuple(self._criteria),
            due=self._due,
            after=tuple(dict.fromkeys(_clean_line(name) for name in self.after)),
            parent=_clean_line(self.parent) if self.parent else None,
            related=tuple(dict.fromkeys(_clean_line(name) for name in self.related)),
            lost=tuple(self._lost),
        )


def _clean_line(text: str) -> str:
    return " ".join(_break_placeholders(_drop_hidden(text)).split())


def _break_placeholders(text: str) -> str:
    # Else the number of a new ticket would be put into the words of others.
    return text.replace("{{ITEM_ID", "{ {ITEM_ID")


def _drop_hidden(text: str) -> str:
    """A text without characters that a reader cannot see, which no post may hold."""
    # From the end, so that the positions of those before stay right.
    for position, chars in reversed([*find_hidden(text)]):
        text = text[:position] + text[position + len(chars) :]
    # JSON may spell half of a surrogate pair (`\ud83d`), which no file in UTF-8 can hold.
    return text.encode("utf-8", "replace").decode()


def _find_acting_lines(text: str) -> list[int]:
    directives, problems = parse_directives(text, 1, "actionable")
    return [*(line.line for line in directives), *(problem.line for problem in problems)]


def _make_harmless(text: str) -> str:
    """A text in which no line acts: what reads like a directive is indented, as code is."""
    lines = _break_placeholders(_drop_hidden(text)).split("\n")
    marked: Sequence[int] = _find_acting_lines("\n".join(lines))
    # Of too many none is named: then each line is asked by itself, which finds those within code too.
    if len(marked) == 1 and _find_acting_lines(lines[marked[0] - 1]) and len(lines) > DIRECTIVE_LIMIT:
        marked = [number for number, line in enumerate(lines, 1) if _find_acting_lines(line)]
    for number in marked:
        lines[number - 1] = f"    {lines[number - 1].lstrip()}"
    return "\n".join(lines)
