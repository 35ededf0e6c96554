"""Regular expressions that are compiled when they are first used: a command uses few of those it imports."""

import re
from collections.abc import Callable, Iterator
from functools import cached_property


class LazyPattern:
    """A pattern with those methods of a compiled one that the package uses (`re.Pattern`)."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self._pattern, self._flags = pattern, flags

    @cached_property
    def _compiled_pattern(self) -> re.Pattern[str]:
        return re.compile(self._pattern, self._flags)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """Match the whole text."""
        return self._compiled_pattern.fullmatch(text)

    def match(self, text: str, position: int = 0) -> re.Match[str] | None:
        """Match from a position on."""
        return self._compiled_pattern.match(text, position)

    def search(self, text: str) -> re.Match[str] | None:
        """Find the first place that matches."""
        return self._compiled_pattern.search(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Find all places that match."""
        return self._compiled_pattern.finditer(text)

    def sub(self, replacement: Callable[[re.Match[str]], str], text: str, count: int = 0) -> str:
        """Replace all places that match, or so many."""
        return self._compiled_pattern.sub(replacement, text, count)
