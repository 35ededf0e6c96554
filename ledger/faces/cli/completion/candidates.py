"""What may stand in the place of the last word of a line."""

import importlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Final

from ledger.app.read.completion import KeptNames, read_kept_names
from ledger.core.dataclass import dataclass
from ledger.core.errors import LedgerError
from ledger.core.text import escape_line
from ledger.faces.cli import COMMANDS, Command, find_command
from ledger.faces.cli.command_line import FLAGS, VALUED
from ledger.faces.cli.parameters import Argument, Parameter, list_parameters, list_valued_options

FILES: Final = ":files"
"""Given alone: the shell completes names of files itself."""
_ABOUT_WIDTH: Final = 60


_is_plain = re.compile(r"(--?)?[\w@%+:,./][\w@%+:,./=-]*").fullmatch
"""Whether a shell takes a word as it stands: what others called a lane goes onto a line that is run next."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word, and what it is in a few words."""

    word: str
    about: str = ""


class Values:
    """What may stand for a value, by what a parameter calls it."""

    def __init__(self, directory: Path, command: str | None) -> None:
        self._directory = directory
        self._command = command

    @cached_property
    def _names(self) -> KeptNames | None:
        try:
            return read_kept_names(self._directory)
        except LedgerError:
            return None

    def find(self, parameter: Parameter, place: int, typed: str) -> Iterable[Candidate]:
        """The values of a parameter; of an argument of several words, those of the word at a place."""
        if issubclass(parameter.kind, Enum):
            return [Candidate(member.value) for member in parameter.kind]
        shown = str(parameter.declared.settings.get("metavar") or "").strip("[]…'")
        if "|" in shown:
            return [Candidate(word) for word in shown.split("|")]
        words = shown.replace("]", "").split()
        by_name = parameter.name.rstrip("_")
        called = by_name if by_name in _FINDERS else words[min(place, len(words) - 1)] if words else ""
        return self.find_called(called, typed)

    def find_called(self, called: str, typed: str) -> Iterable[Candidate]:
        """The values that are called so."""
        finder = _FINDERS.get(called)
        return finder(self, typed) if finder else []

    def find_tickets(self, typed: str) -> Iterator[Candidate]:
        """Tickets that begin so, in whatever case that was typed."""
        if self._names is not None:
            # Of all commands `reopen` alone is about tickets that are closed.
            for item, subject in self._names.find_tickets(typed.upper(), self._command == "reopen"):
                yield Candidate(item, subject)

    def find_waits(self, typed: str) -> Iterator[Candidate]:
        """What a ticket may wait for: tickets, and rulings on tickets."""
        before = "ruling:"
        if typed.startswith(before):
            for found in self.find_tickets(typed.removeprefix(before)):
                yield Candidate(before + found.word, found.about)
        else:
            yield from self.find_tickets(typed)
            yield Candidate(before, "a ruling on a ticket")

    def find_seats(self, typed: str) -> list[Candidate]:
        """Every seat."""
        return [Candidate(seat) for seat in self._names.list_seats()] if self._names else []

    def find_owners(self, typed: str) -> list[Candidate]:
        """Who may be named as the owner of a ticket, or as whom it is offered to."""
        return [*self.find_seats(typed), Candidate("open", "whoever takes it")]

    def find_prefixes(self, typed: str) -> list[Candidate]:
        """Prefixes of numbers."""
        return [Candidate(prefix) for prefix in self._names.list_prefixes()] if self._names else []

    def find_lanes(self, typed: str) -> list[Candidate]:
        """Lanes."""
        return [Candidate(lane) for lane in self._names.list_lanes()] if self._names else []

    def find_labels(self, typed: str) -> list[Candidate]:
        """Labels."""
        return [Candidate(label) for label in self._names.list_labels()] if self._names else []

    def find_rules(self, typed: str) -> list[Candidate]:
        """Rules, each with what it is about."""
        from ledger.app.read.explain import list_rules  # all rules, which nobody else asks for

        return [Candidate(row["rule"], row["about"]) for row in list_rules()]

    def find_runtimes(self, typed: str) -> list[Candidate]:
        """Runtimes of agents."""
        # Late, as what follows: each TAB starts a process, and hardly any asks for this.
        from ledger.faces.runtimes import RUNTIMES

        return [Candidate(name) for name in RUNTIMES]

    def find_kinds(self, typed: str) -> list[Candidate]:
        """Kinds of post."""
        from ledger.core.board.kinds import KINDS

        return [Candidate(kind) for kind in KINDS]

    def find_files(self, typed: str) -> list[Candidate]:
        """Files and folders."""
        return [Candidate(FILES)]


_FINDERS: Final[Mapping[str, Callable[[Values, str], Iterable[Candidate]]]] = {
    "ID": Values.find_tickets,
    **dict.fromkeys(("on", "blocked_on"), Values.find_waits),
    **dict.fromkeys(("SEAT", "S", "identity"), Values.find_seats),
    **dict.fromkeys(("owner",), Values.find_owners),
    **dict.fromkeys(("PREFIX", "prefix"), Values.find_prefixes),
    "lane": Values.find_lanes,
    "L": Values.find_labels,
    "RULE": Values.find_rules,
    "RUNTIME": Values.find_runtimes,
    "kind": Values.find_kinds,
    **dict.fromkeys(("FILE", "DIR", "PATH"), Values.find_files),
}
"""By the name of a parameter, or the word for its value in the help."""
_GLOBAL_VALUES: Final = {"-C": "DIR", "--seat": "SEAT"}


@dataclass(frozen=True)
class TypedLine:
    """A line up to the word that is typed: the command, what it declares, and what waits for a value."""

    directory: Path
    command: Command | None
    parameters: Sequence[Parameter]
    placed: int
    """How many words stand before it that are no options."""
    pending: str | None
    """The option whose value it is."""
    is_behind_dashes: bool

    def find_candidates(self, typed: str) -> Iterator[Candidate]:
        """What may stand in the place of the word that is typed."""
        option, equals, value = typed.partition("=")
        # A value first: it is one whatever it begins with. Behind `--` stand words of other programs.
        if self.pending is not None:
            yield from self._find_values(self.pending, typed)
        elif self.is_behind_dashes:
            return
        elif equals and option.startswith("-"):
            for found in self._find_values(option, value):
                yield found if found.word == FILES else Candidate(f"{option}={found.word}", found.about)
        elif typed.startswith("-"):
            yield from self._list_options()
        elif self.command is None:
            rows = (command for group in COMMANDS.values() for command in group)
            yield from (Candidate(command.name, command.about) for command in rows)
        else:
            yield from self._find_placed(typed)

    @property
    def _values(self) -> Values:
        return Values(self.directory, self.command.name if self.command else None)

    def _find_values(self, option: str, typed: str) -> Iterable[Candidate]:
        for parameter in self.parameters:
            if option in parameter.names:
                return self._values.find(parameter, 0, typed)
        return self._values.find_called(_GLOBAL_VALUES.get(option, ""), typed)

    def _find_placed(self, typed: str) -> Iterable[Candidate]:
        """The values of the argument that stands at this place of the line."""
        declared = [found for found in self.parameters if isinstance(found.declared, Argument)]
        for place, parameter in enumerate(declared):
            if parameter.many or place == self.placed:
                return self._values.find(parameter, self.placed - place, typed)
        return []

    def _list_options(self) -> Iterator[Candidate]:
        for parameter in self.parameters:
            help_text = str(parameter.declared.settings.get("help") or "")
            yield from (Candidate(name, help_text) for name in parameter.names)
        yield from (Candidate(name) for name in (*VALUED, *FLAGS, "--help"))


def list_candidates(words: Sequence[str], directory: Path) -> list[Candidate]:
    """The candidates for the last of the words behind `ledger`, in the order in which they are to be shown.

    Where the shell split words at `=` and `:`, only what follows is given, since that is what it replaces.
    """
    *before, typed = _join_split_words(words or [""])
    # Of a line that ends with `=` or `:` bash replaces an empty word, and keeps all that stands before.
    cut = len(typed) - len(words[-1]) if words and words[-1] not in (":", "=") else len(typed)
    line = _read_line(before, directory)
    return [
        # No tab and no line break is left, at which the scripts of the shells take the rows apart.
        Candidate(found.word[cut:], escape_line(" ".join(found.about.split()))[:_ABOUT_WIDTH])
        for found in line.find_candidates(typed)
        if found.word == FILES or (_fits(found.word, typed) and _is_plain(found.word))
    ]


def _fits(word: str, typed: str) -> bool:
    return word.casefold().startswith(typed.casefold())


def _join_split_words(words: Sequence[str]) -> list[str]:
    """Join what bash takes apart: `--state=DONE` comes as three words, `ruling:CMB-0001` too."""
    joined: list[str] = []
    is_open = False
    for word in words:
        if joined and (is_open or word in (":", "=")):
            joined[-1] += word
        else:
            joined.append(word)
        is_open = word in (":", "=") and len(joined[-1]) > 1
    return joined


def _read_line(words: Sequence[str], directory: Path) -> TypedLine:
    """Read the words before the one that is typed, as far as they make sense."""
    command: Command | None = None
    parameters: list[Parameter] = []
    placed, rest = 0, iter(words)
    for word in rest:
        option, equals, value = word.partition("=")
        if word == "--":
            return TypedLine(directory, command, parameters, placed, None, True)
        if option in {*VALUED, *list_valued_options(parameters)}:
            setting = value if equals else next(rest, None)
            if setting is None:
                return TypedLine(directory, command, parameters, placed, option, False)
            directory = directory / setting if option == "-C" else directory
        elif word.startswith("-") or (command is None and word == "help"):
            continue
        elif command is None:
            found = find_command(word)
            # An unknown command takes the place of one: else commands would be offered as its arguments.
            command = found or Command(word, "")
            parameters = list_parameters(importlib.import_module(found.module).command) if found else []
        else:
            placed += 1
    return TypedLine(directory, command, parameters, placed, None, False)
