"""What a push said: the lines of `git push --porcelain`, and the packets that left.

Format and words are those of git-push(1), section OUTPUT: `<flag>TAB<from>:<to>TAB<summary> (<reason>)`.
"""

import re
from collections.abc import Iterable, Mapping

from ledger.core.dataclass import dataclass
from ledger.core.lazy_pattern import LazyPattern
from ledger.core.text import escape_line
from ledger.store.contract import Absent, RefUpdate, Value

_WON = frozenset("*+ -")
_SPOKEN = frozenset({"file", "git", "ssh", "git+ssh", "ssh+git", "http", "https"})
_match_line = LazyPattern(r"([ +\-*=!])\t[^\t]*:([^\t:]+)\t(.*?)(?: \((.*)\))?").fullmatch


@dataclass(frozen=True, slots=True)
class Line:
    """What git says of one ref."""

    flag: str
    ref: str
    summary: str
    reason: str

    @property
    def is_applied(self) -> bool:
        """The edit is in force, and this push made it so."""
        return self.flag in _WON

    @property
    def is_refused(self) -> bool:
        """The edit is not in force and will not be. `[remote failure]`: the other end said nothing of it."""
        return self.flag == "!" and self.summary != "[remote failure]"

    @property
    def is_unsent(self) -> bool:
        """Refused here, before anything left: as every ref of an atomic push is when one lease is stale."""
        return self.flag == "!" and self.summary == "[rejected]"

    @property
    def is_carried(self) -> bool:
        """Refused only because another ref of the same atomic push was; for words, never for outcomes."""
        return self.reason.startswith("atomic push fail")


def parse_push_lines(out: bytes) -> Mapping[str, Line]:
    """The line of each ref in the output of a push; other lines are passed over."""
    found = (_match_line(text) for text in out.decode("utf-8", "replace").split("\n"))
    return {match[2]: Line(match[1], match[2], match[3], match[4] or "") for match in found if match}


def shows_command(trace: str, edits: Iterable[RefUpdate]) -> bool:
    """Whether a packet trace shows a command for one of the edits: `<old> <new> <ref>`."""
    return any(f"> {_spell_value(edit.old)} {_spell_value(edit.new)} {edit.ref}" in trace for edit in edits)


def is_traceable(url: str) -> bool:
    """Whether git itself speaks to this URL, so that what it sends is in the trace; else a helper does."""
    named = re.match(r"([\w+.-]+):(?://|:)", url)
    return named is None or (named[1] in _SPOKEN and not url.startswith(f"{named[1]}::"))


def explain_refusal(refused: Iterable[Line], err: bytes) -> tuple[str, tuple[str, ...]]:
    """The reason for a refusal, in the remote's words as far as it gave any, and the refs it is about."""
    refusals = list(refused)
    causes = [line for line in refusals if not line.is_carried] or refusals
    reasons = dict.fromkeys(line.reason or line.summary for line in causes)
    lines = [text.strip() for text in err.decode("utf-8", "replace").splitlines()]
    answers = [text.removeprefix("remote:").strip() for text in lines if text.startswith("remote:")]
    words = [*reasons, *(text for text in answers if text)]
    return escape_line("; ".join(words)), tuple(line.ref for line in causes)


def _spell_value(value: Value) -> str:
    return "0" * 40 if isinstance(value, Absent) else value
