"""A reader under fuzz: what is made for it, and what must hold of whatever it is given."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from ledger.core.hidden import find_hidden

Probe = Callable[[bytes], object]
"""Hands one input to a reader. Raises what the reader must not raise, or AssertionError."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One place where bytes of others come in.

    `generate` makes inputs, `open` a probe that may use an empty folder of its own; `examples` is how many
    inputs the suite tries.
    """

    name: str
    generate: Callable[[Random], bytes]
    open: Callable[[Path], Probe]
    examples: int = 60


def pure(name: str, generate: Callable[[Random], bytes], probe: Probe, examples: int = 60) -> Reader:
    """A reader that needs no folder."""
    return Reader(name, generate, lambda folder: probe, examples)


def text_of(data: bytes) -> str:
    """An input for a reader of texts: lone surrogates are kept, and so are bytes that are no UTF-8."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "surrogateescape")


def assert_shown_clean(text: str) -> None:
    """No control or hidden character of others stands in an output; line feeds are the output's own."""
    hidden = [(place, chars) for place, chars in find_hidden(text) if chars.strip("\n")]
    assert hidden == [], hidden[:3]
    text.encode()  # lone surrogates cannot be printed
