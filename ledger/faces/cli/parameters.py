"""How a command declares its options and arguments, and the quick reader of a line that is right.

A command's function says it once, in its signature: `lane: Annotated[str | None, Option(help="…")] = None`.
Both this reader and typer (`by_typer`) go by that. Typer has every line that this reader does not take, for
help and for mistakes: to import it takes longer than all that a short command does besides.
"""

from collections.abc import Callable, Sequence
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Final, get_args, get_origin

from ledger.core.dataclass import dataclass


class Option:
    """An option: `--` and the name of the parameter unless other names are given; `settings` are typer's."""

    def __init__(self, *names: str, **settings: Any) -> None:  # noqa: ANN401 - as typer types them
        self.names = names
        self.settings = settings


class Argument:
    """A word that stands by its place; `settings` are typer's."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - as typer types them
        self.settings = settings


REQUIRED: Final = object()
"""The default of a parameter that must be given."""


class _UnreadError(Exception):
    """The quick reader does not take this line."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a command's function. `kind` is the type of one value; `many` make a list."""

    name: str
    declared: Option | Argument
    annotation: Any
    kind: type
    many: bool
    default: object

    @property
    def names(self) -> tuple[str, ...]:
        """What an option is called on the line; none for an argument."""
        if isinstance(self.declared, Argument):
            return ()
        return self.declared.names or (f"--{self.name.replace('_', '-')}",)

    def convert_words(self, texts: Sequence[str]) -> object:
        """The value for the words that the line has for it. Raises _UnreadError."""
        if not texts:
            if self.default is REQUIRED:
                raise _UnreadError
            return self.default
        values = [self._convert_word(text) for text in texts]
        return values if self.many else values[-1]

    def _convert_word(self, text: str) -> object:
        if self.kind is bool:
            return True
        if self.kind is str:
            return text
        if issubclass(self.kind, Enum) and text in {member.value for member in self.kind}:
            return self.kind(text)
        # `int` takes `1_000`, blanks and the digits of any script too: such words are left to typer.
        if self.kind is int and text.isascii() and text.isdecimal():
            least, most = (self.declared.settings.get(bound, int(text)) for bound in ("min", "max"))
            if least <= int(text) <= most:
                return int(text)
        raise _UnreadError


def list_parameters(function: Callable[..., int]) -> list[Parameter]:
    """The parameters of a command's function after its first one, which is the session."""
    # Not by `inspect.signature`, since `inspect` takes milliseconds to import. Annotations have to be
    # objects, so that no module of a command says `from __future__ import annotations`.
    code, defaults = function.__code__, function.__defaults__ or ()
    names = code.co_varnames[1 : code.co_argcount]
    required = [REQUIRED] * (len(names) - len(defaults))
    annotations = function.__annotations__
    rows = zip(names, (*required, *defaults), strict=True)
    return [_make_parameter(name, annotations[name], default) for name, default in rows]


def _make_parameter(name: str, annotation: object, default: object) -> Parameter:
    whole, declared = get_args(annotation)
    choices = get_args(whole) if get_origin(whole) is UnionType else (whole,)
    kind = next(choice for choice in choices if choice is not NoneType)
    many = get_origin(kind) is list
    return Parameter(name, declared, whole, get_args(kind)[0] if many else kind, many, default)


def list_valued_options(parameters: Sequence[Parameter]) -> dict[str, str]:
    """The options that take a value, each name with the long one of its option, which is named last."""
    valued = [parameter for parameter in parameters if parameter.kind is not bool]
    return {name: parameter.names[-1] for parameter in valued for name in parameter.names}


def read_right_line(parameters: Sequence[Parameter], words: Sequence[str]) -> dict[str, object] | None:
    """The value of each parameter, given words in which values are joined to their options with `=`.

    None for every line that typer would refuse or answer itself, and for some that it would read.
    """
    try:
        found = _sort_words(parameters, words)
        return {parameter.name: parameter.convert_words(found[parameter.name]) for parameter in parameters}
    except _UnreadError:
        return None


def _sort_words(parameters: Sequence[Parameter], words: Sequence[str]) -> dict[str, list[str]]:
    """The words of the line for each parameter; of a flag an empty one."""
    named = {name: parameter for parameter in parameters for name in parameter.names}
    found: dict[str, list[str]] = {parameter.name: [] for parameter in parameters}
    placed: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "--":
            placed += rest
        # A single dash is a value: the body from standard input.
        elif word.startswith("-") and word != "-":
            option, equals, value = word.partition("=")
            parameter = named.get(option)
            if parameter is None or bool(equals) is (parameter.kind is bool):
                raise _UnreadError
            # To typer the `=` is a part of a short option's value.
            if equals and not option.startswith("--"):
                raise _UnreadError
            found[parameter.name].append(value)
        else:
            placed.append(word)
    for parameter in (declared for declared in parameters if isinstance(declared.declared, Argument)):
        taken = len(placed) if parameter.many else 1
        found[parameter.name], placed = placed[:taken], placed[taken:]
    if placed:
        raise _UnreadError
    return found
