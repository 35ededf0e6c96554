"""The lines of a body that act, and the lines that only look so.

A directive stands at the left margin, outside code fences: `ABSORB: FLT-1297 -> DONE (why)`. A
line that comes near one without being one is a problem that shows the right form; it is never
silent prose. A new directive is one line in the table, with its parser.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from ledger.core.board.kinds import kind_of, kinds_with_directive
from ledger.core.did_you_mean import suggest_nearest
from ledger.core.durations import LEAST_GRACE, format_duration, parse_duration
from ledger.core.feed.bounds import DIRECTIVE_LIMIT
from ledger.core.feed.front import Problem
from ledger.core.ids import is_nonce, is_post_id, is_seat, is_ticket
from ledger.core.lazy_pattern import LazyPattern
from ledger.core.model import Directive, State

DECLINE_REASONS = ("cold", "capacity", "contract", "expertise")
HANDOFF_REASONS = ("capacity", "contract", "expertise", "warmer")
ABSORB_STATES = (State.DONE, State.AWAITING_CLAIM)

Parser = Callable[[str, int, str], Directive | str]
"""(name, line, what stands after the colon) -> the directive, or what is wrong with it."""


class Form(NamedTuple):
    """One kind of directive: the form that messages show, and its parser.

    A name that `is_word` begins prose too (`Alive: the server is up`), so that only a ticket behind it tells.
    """

    shown: str
    parse: Parser
    is_word: bool = False


# Bodies come from anybody and may be long: every pattern here takes time linear in the line.
_search_arrow = LazyPattern(r"(?<![-=])(?:-+>|=+>|→|⇒)").search
_match_parenthesis = LazyPattern(r"\((.*)\)").fullmatch


def _split_arrow(payload: str) -> tuple[str, str] | str:
    """What stands left and right of `->`."""
    found = _search_arrow(payload)
    if found is None:
        return "the arrow `->` is missing"
    if found[0] != "->":
        return f"the arrow is `->`, not `{found[0]}`"
    return payload[: found.start()].strip(), payload[found.end() :].strip()


def _describe_non_ticket(text: str) -> str:
    return f'"{text}" is no ticket' if text else "the ticket is missing"


def _parse_absorb(name: str, line: int, payload: str) -> Directive | str:
    sides = _split_arrow(payload)
    if isinstance(sides, str):
        return sides
    item, right = sides
    if not is_ticket(item):
        return _describe_non_ticket(item)
    state, _, tail = right.partition(" ")
    if state not in ABSORB_STATES:
        return f'"{state}" is no state to absorb to; ' + suggest_nearest(
            state, ABSORB_STATES, "write DONE or AWAITING_CLAIM"
        )
    parsed_tail = _parse_absorb_tail(tail.strip())
    if isinstance(parsed_tail, str):
        return parsed_tail
    absorbed_by, text = parsed_tail
    if absorbed_by is not None and state != State.DONE:
        return "`absorbed-by` goes with DONE only"
    if absorbed_by == item:
        return f"{item} cannot be absorbed by itself"
    return Directive(name, line, item=item, to=state, absorbed_by=absorbed_by, text=text)


_search_absorbed_by = LazyPattern(r"(?<!\S)absorbed-by:\s*([^\s()]*)").search


def _parse_absorb_tail(tail: str) -> tuple[str | None, str] | str:
    """The `absorbed-by` ticket and the reason, either order, each at most once."""
    ticket = None
    found = _search_absorbed_by(tail)
    # Within the parentheses of the reason, `absorbed-by:` is prose.
    if found is not None and tail.count("(", 0, found.start()) == tail.count(")", 0, found.start()):
        before, ticket, after = tail[: found.start()].strip(), found[1], tail[found.end() :].strip()
        if not is_ticket(ticket):
            return _describe_non_ticket(ticket)
        if before and after:
            return f'"{after}" is too much'
        tail = before or after
    reason = _match_parenthesis(tail)
    if tail and reason is None:
        return f'"{tail}" is no reason in parentheses'
    return ticket, reason[1].strip() if reason else ""


def _parse_amendment(name: str, line: int, payload: str) -> Directive | str:
    sides = _split_arrow(payload)
    if isinstance(sides, str):
        return sides
    item, right = sides
    to, _, post = right.partition(" ")
    for ticket in (item, to):
        if not is_ticket(ticket):
            return _describe_non_ticket(ticket)
    post_id = _parse_post_reference(post)
    if post_id is None:
        return "the post that is moved is missing: `post:<post id>`"
    return Directive(name, line, item=item, to=to, post=post_id)


def _parse_post_reference(text: str) -> str | None:
    """The post id of `post:<post id>`."""
    prefix, _, post = text.strip().partition("post:")
    return post if not prefix and is_post_id(post) else None


def _parse_ticket_only(name: str, line: int, payload: str) -> Directive | str:
    return Directive(name, line, item=payload) if is_ticket(payload) else _describe_non_ticket(payload)


def _parse_free_text(name: str, line: int, payload: str) -> Directive | str:
    return Directive(name, line, text=payload) if payload else "it does not say why"


def _parse_auto_release(name: str, line: int, payload: str) -> Directive | str:
    post, _, rest = payload.partition(" ")
    clone, _, evidence = rest.strip().partition(" ")
    post_id, reason = _parse_post_reference(post), _match_parenthesis(evidence.strip())
    if post_id is None:
        return "the challenge that nobody answered is missing: `post:<post id>`"
    if (clone_id := _parse_clone_reference(clone)) is None:
        return "the clone is missing: `clone:<16 hex digits>`"
    if evidence.strip() and reason is None:
        return f'"{evidence.strip()}" is no reason in parentheses'
    return Directive(name, line, post=post_id, clone=clone_id, text=reason[1].strip() if reason else "")


def _parse_challenge(name: str, line: int, payload: str) -> Directive | str:
    item, post, grace, clone, *more = [*payload.split(), "", "", "", ""]
    if not is_ticket(item):
        return _describe_non_ticket(item)
    if (post_id := _parse_post_reference(post)) is None:
        return "the holder's last sign of life is missing: `post:<post id>`"
    duration = parse_duration(grace.removeprefix("grace:")) if grace.startswith("grace:") else None
    if duration is None or duration < LEAST_GRACE:
        return f"the time for an answer is missing: `grace:10m`, {format_duration(LEAST_GRACE)} at least"
    if (clone_id := _parse_clone_reference(clone)) is None:
        return "the clone is missing: `clone:<16 hex digits>`"
    if any(more):
        return f'"{" ".join(more).strip()}" is too much'
    return Directive(name, line, item=item, post=post_id, grace=duration, clone=clone_id)


def _parse_clone_reference(text: str) -> str | None:
    """The id of `clone:<id>`: 16 hex digits."""
    prefix, _, clone = text.partition("clone:")
    return clone if not prefix and is_nonce(clone) else None


def _parse_reason(payload: str, reasons: tuple[str, ...]) -> tuple[str, str, str] | str:
    """`<whom or what> (<one of the reasons>: why)`."""
    whom, _, parenthesis = payload.partition("(")
    if not parenthesis.endswith(")"):
        return "the reason in parentheses is missing"
    reason, _, why = (part.strip() for part in parenthesis[:-1].partition(":"))
    if reason not in reasons:
        return f'"{reason}" is no reason; ' + suggest_nearest(
            reason, reasons, "write " + " or ".join(reasons)
        )
    return (whom.strip(), reason, why) if why else "it does not say why"


def _parse_handoff(name: str, line: int, payload: str) -> Directive | str:
    parsed = _parse_reason(payload, HANDOFF_REASONS)
    if isinstance(parsed, str):
        return parsed
    to, reason, why = parsed
    return Directive(name, line, to=to, reason=reason, text=why) if is_seat(to) else f'"{to}" is no seat'


def _parse_decline(name: str, line: int, payload: str) -> Directive | str:
    parsed = _parse_reason(payload, DECLINE_REASONS)
    if isinstance(parsed, str):
        return parsed
    item, reason, why = parsed
    return (
        Directive(name, line, item=item, reason=reason, text=why)
        if is_ticket(item)
        else _describe_non_ticket(item)
    )


DIRECTIVES: Mapping[str, Form] = {
    "ABSORB": Form(
        "ABSORB: <ticket> -> DONE or AWAITING_CLAIM [absorbed-by:<ticket>] [(why)]",
        _parse_absorb,
    ),
    "AMENDMENT": Form("AMENDMENT: <ticket> -> <ticket> post:<post id>", _parse_amendment),
    "CONFIRM-PENDING": Form("CONFIRM-PENDING: <ticket>", _parse_ticket_only),
    "CONFIRMED": Form("CONFIRMED: <ticket>", _parse_ticket_only),
    "RELEASE": Form("RELEASE: <why, or what resolved the block>", _parse_free_text),
    "REPAIR": Form("REPAIR: <why>", _parse_free_text),
    "AUTO-RELEASE": Form("AUTO-RELEASE: post:<post id> clone:<clone id> [(<evidence>)]", _parse_auto_release),
    "CHALLENGE": Form(
        "CHALLENGE: <ticket> post:<post id> grace:<duration> clone:<clone id>",
        _parse_challenge,
        is_word=True,
    ),
    "ALIVE": Form("ALIVE: <ticket>", _parse_ticket_only, is_word=True),
    "HANDOFF": Form(
        "HANDOFF: <seat or open> (capacity, contract, expertise or warmer: why)",
        _parse_handoff,
    ),
    "DECLINE": Form("DECLINE: <ticket> (cold, capacity, contract or expertise: why)", _parse_decline),
}

_NAMES = "|".join(sorted(DIRECTIVES, key=len, reverse=True))
# Possessive, so that a line of ten thousand markers is walked once and not once for each way to part it.
_MARKERS = r" {0,3}(?:(?:[-*+>#]++|[0-9]++[.)]) ++|[*_]++)*+"
# A line that may be a directive: markers before, the name in any case, and what follows it.
_match_line = LazyPattern(
    rf"(?P<markers>{_MARKERS})(?P<name>(?i:{_NAMES}))(?P<closing>[*_]*)(?P<gap> *)(?P<rest>(?!\w|-\w).*)"
).fullmatch
_search_any_line = LazyPattern(rf"^{_MARKERS}(?i:{_NAMES})", re.MULTILINE).search
# What follows a name where a directive was meant: a ticket, an arrow, a post.
_match_target = LazyPattern(r"[\s:：]*(?:[A-Z][A-Z0-9]{0,15}-[0-9]|-+>|=+>|→|⇒|post:)").match
_match_fence = LazyPattern(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})").match


def parse_directives(body: str, first_line: int, kind: str) -> tuple[tuple[Directive, ...], list[Problem]]:
    """Read the directives of a body whose first line is line `first_line` of its file (LF line ends)."""
    # Most bodies hold no such line: one search over the whole of one, in place of a match for each line.
    if _search_any_line(body) is None:
        return (), []
    directives: list[Directive] = []
    problems: list[Problem] = []
    for line, text in _find_unfenced_lines(body, first_line):
        parsed = _parse_line(line, text, kind)
        # All or none: with its first lines alone a ruling would absorb some tickets and leave others waiting.
        if parsed is not None and len(directives) + len(problems) == DIRECTIVE_LIMIT:
            words = f"more than {DIRECTIVE_LIMIT} lines act or look so: none of the post's is read"
            return (), [*problems, Problem(line, 1, words, "write several posts")]
        if isinstance(parsed, Directive):
            directives.append(parsed)
        elif parsed is not None:
            problems.append(parsed)
    return tuple(directives), problems


def _find_unfenced_lines(body: str, first_line: int) -> Iterator[tuple[int, str]]:
    """The lines outside code fences, as CommonMark 0.31 section 4.5 draws them."""
    fence = ""
    for line, text in enumerate(body.split("\n"), first_line):
        found = _match_fence(text)
        if fence:
            # A closing fence is at least as long as the opening one, and nothing but spaces follows it.
            closing = text.strip(" \t")
            if found and closing.startswith(fence) and not closing.strip(fence[0]):
                fence = ""
        elif found:
            fence = found[1]
        else:
            yield line, text


def _parse_line(line: int, text: str, kind: str) -> Directive | Problem | None:
    found = _match_line(text)
    if found is None:
        return None
    markers, written, closing, gap, rest = found.groups()
    name = written.upper()
    # Only this form acts. What comes near is a problem: a directive that is silently prose leaves tickets
    # BLOCKED that everybody believes to be free.
    if rest.startswith(":") and written == name and not (markers or closing or gap):
        return _parse_exact_line(line, name, rest[1:].strip(), kind)
    if not _looks_intended(name, written, bool(markers.strip() or closing), rest, kind):
        return None
    # Full-width colons and emphasis are taken off, so that the fix shows the line as it must be.
    payload = rest.strip().lstrip(":：").strip(" *_\t")
    return Problem(
        line, len(markers) + 1, f"this looks like {name} and is none", _suggest_form(name, payload)
    )


def _looks_intended(name: str, written: str, marked: bool, rest: str, kind: str) -> bool:
    """Whether a line that is no directive was meant as one, as against prose that begins with its word.

    In capitals: a colon or something to act on follows. Else (`Absorb:`): a bare line with a colon,
    on a kind of post that carries the directive, or with something to act on behind it.
    """
    colon = rest.lstrip().startswith((":", "："))
    acts = _match_target(rest) is not None
    if written == name:
        return colon or acts
    form = DIRECTIVES[name]
    return colon and not marked and (acts or (name in kind_of(kind).directives and not form.is_word))


def _parse_exact_line(line: int, name: str, payload: str, kind: str) -> Directive | Problem:
    form = DIRECTIVES[name]
    if name not in kind_of(kind).directives:
        fix = f"it stands on {' or '.join(kinds_with_directive(name))}"
        return Problem(line, 1, f"{name} has no effect on {kind}", fix)
    parsed = form.parse(name, line, payload)
    if isinstance(parsed, Directive):
        return parsed
    return Problem(line, len(name) + 2, f"{name}: {parsed}", _suggest_form(name, payload))


def _suggest_form(name: str, payload: str) -> str:
    """The line put right when its parts are all there, else the form."""
    arrow = _search_arrow(payload)
    if arrow is not None:
        payload = f"{payload[: arrow.start()].rstrip()} -> {payload[arrow.end() :].lstrip()}"
    parsed = DIRECTIVES[name].parse(name, 1, payload)
    line = f"{name}: {payload}" if isinstance(parsed, Directive) else DIRECTIVES[name].shown
    return f"write `{line}` at the left margin"
