"""Words that are looked for, and where a text has them.

A query is plain words: each has to be there, in one post, at least as the beginning of a word; `"words in
quotes"` have to stand together, as they are. Case, accents and all that is no letter and no digit does not
count. No text is a wrong query.
"""

import re
import unicodedata
from collections.abc import Iterator

from ledger.core.dataclass import dataclass
from ledger.core.lazy_pattern import LazyPattern
from ledger.core.model import Post

MOST_WORDS = 64
"""Words of a query that count; the others are passed by."""
_WORD = r"[^\W_]+"
_find_words = LazyPattern(_WORD).finditer
_find_pieces = LazyPattern(r'"([^"]*)"?|([^\s"]+)').finditer
# Scripts that put no space between words: each character is taken for a word, and those that stand together
# for words in quotes.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_unspaced = LazyPattern(f"[{_UNSPACED}]")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand together; of a `prefix` the last one may go on."""

    words: tuple[str, ...]
    prefix: bool


@dataclass(frozen=True, slots=True)
class Query:
    """Phrases, all of which a post has to have. Without any it finds nothing."""

    phrases: tuple[Phrase, ...]


def parse_query(text: str) -> Query:
    """The query that any text is."""
    phrases: list[Phrase] = []
    left = MOST_WORDS
    for piece in _find_pieces(text):
        words = tuple(found[0] for found in _find_words(fold_text(piece[0])))[:left]
        left -= len(words)
        if words:
            phrases.append(Phrase(words, piece[2] is not None))
    return Query(tuple(phrases))


def fold_text(text: str) -> str:
    """A text as it is compared: in lower case, without accents, characters of unspaced scripts apart."""
    if text.isascii():
        return text.lower()
    # Twice: a mathematical letter becomes one that has a case, and that may fall apart in its turn.
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(char for char in parts if not unicodedata.combining(char))
    # Composed anew: NFKD has taken apart the syllables of Hangul as well.
    return _unspaced.sub(lambda found: f" {found[0]} ", unicodedata.normalize("NFC", bare))


def texts_of_post(post: Post) -> tuple[str, str]:
    """What is searched in a post: its subject, with the number of the ticket; and its words."""
    subject = f"{post.item or ''} {post.subject}" if post.subject else ""
    return subject, "\n".join((*post.labels, *post.criteria, post.body))


def matches_post(query: Query, post: Post) -> bool:
    """Whether a post has all of a query."""
    # Each column for itself, as FTS5 does: no phrase begins in the subject and ends in the text.
    words = [[found[0] for found in _find_words(fold_text(text))] for text in texts_of_post(post)]
    return bool(query.phrases) and all(
        any(_has_phrase(phrase, column) for column in words) for phrase in query.phrases
    )


def _has_phrase(phrase: Phrase, words: list[str]) -> bool:
    *front, last = phrase.words
    for place in range(len(words) - len(front)):
        ends = words[place + len(front)]
        if words[place : place + len(front)] == front and (
            ends.startswith(last) if phrase.prefix else ends == last
        ):
            return True
    return False


def counts_in(query: Query, text: str) -> int:
    """How many phrases of a query stand in a text."""
    words = [found[0] for found in _find_words(fold_text(text))]
    return sum(_has_phrase(phrase, words) for phrase in query.phrases)


def cut_snippet(text: str, query: Query, most: int) -> str:
    """The part of a text, on one line, in which a word of a query stands; `…` where it was cut."""
    line = " ".join(text.split())
    start = next(_find_places(line, query), 0)
    if len(line) <= most:
        return line
    # A third of the room stands before the word, from the beginning of a word on.
    first = max(0, min(start - most // 3, len(line) - most))
    if first:
        first = line.find(" ", first, start) + 1 or first
    cut = line[first : first + most]
    return f"{'…' if first else ''}{cut}{'…' if first + most < len(line) else ''}"


def _find_places(line: str, query: Query) -> Iterator[int]:
    """Where the words of a line stand that a phrase begins with."""
    begins = tuple(phrase.words[0] for phrase in query.phrases)
    for found in re.finditer(r"\S+", line):
        if any(word[0].startswith(begins) for word in _find_words(fold_text(found[0]))):
            yield found.start()
