"""What others wrote, as HTML that acts on nobody, and times and states as people read them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from ledger.core.ids import format_timestamp
from ledger.core.model import Priority, State
from ledger.core.moments import format_age
from ledger.core.text import escape_lines

STATES: Mapping[State, str] = {
    State.AWAITING_CLAIM: "Awaiting claim",
    State.CLAIMED: "Claimed",
    State.BLOCKED: "Blocked",
    State.PARKED: "Parked",
    State.DONE: "Done",
    State.CANCELLED: "Cancelled",
}
PRIORITIES: Mapping[Priority, str] = {
    Priority.CRITICAL: "Critical",
    Priority.HIGH: "High",
    Priority.NORMAL: "Normal",
    Priority.LOW: "Low",
}
MOST_OF_MARKDOWN = 6_000
"""Characters of a text that is taken for Markdown: reading it may take time that grows with its square."""
_SCHEMES = ("http://", "https://", "mailto:")


def make_time(at: datetime, now: datetime | None) -> Markup:
    """A time as an element that says how long ago it was; where there is no `now`, day and minute, of which
    the script makes an age."""
    if now is None:
        return _mark_time(at, _format_minute(at))
    return _mark_time(at, format_age(now - at))


def make_exact_time(at: datetime) -> Markup:
    """A time as an element that says day and minute, and stays so."""
    return _mark_time(at, _format_minute(at), Markup(" data-exact"))


def _mark_time(at: datetime, shown: str, more: str = "") -> Markup:
    mark = Markup('<time datetime="{}" title="{} UTC"{}>{}</time>')
    return mark.format(format_timestamp(at), _format_minute(at), more, shown)


def _format_minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def make_text(text: str) -> Markup:
    """What a seat wrote, as HTML: the structure of Markdown, and nothing that loads, runs or leads astray.

    HTML in it stays text, pictures stay what they are called, links lead to the web alone, headings do not
    take part in those of the page. Control and invisible characters are spelled out before. What Markdown
    would hide, as the end of what is nested too deep, and what is long, stands as it was written.
    """
    spelled = escape_lines(text)
    if len(spelled) <= MOST_OF_MARKDOWN:
        markdown = _make_markdown()
        tokens = markdown.parse(spelled)
        # Counters compare as multisets: each letter that was written is shown at least as often.
        if _count_letters(spelled) <= _count_letters("".join(_list_shown(tokens))):
            return Markup(markdown.renderer.render(tokens, markdown.options, {}))
    return Markup('<pre tabindex="0">{}</pre>').format(spelled)


def _count_letters(text: str) -> Counter[str]:
    return Counter(filter(str.isalpha, text))


def _list_shown(tokens: Iterable[Token]) -> Iterator[str]:
    """What a reader finds of a text: its words, and where links lead."""
    for token in tokens:
        yield token.content if token.type != "inline" else ""
        yield token.info if token.type == "fence" else ""
        if token.type == "link_open" and token.markup != "autolink":
            yield f"{token.attrGet('href')}{token.attrGet('title') or ''}"
        yield from _list_shown(token.children or ())


class _Markdown(MarkdownIt):
    """Markdown whose links lead to the web, as they were written."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        # The library refuses four schemes and lets all others through, some of which start a program.
        return url.strip().lower().startswith(_SCHEMES)

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the library's name
        return url


@cache
def _make_markdown() -> MarkdownIt:
    markdown = _Markdown("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    markdown.disable(["image", "html_block", "html_inline", "reference", "entity"])
    for name, rule in _RULES.items():
        markdown.add_render_rule(name, rule)
    return markdown


def _open_link(_: Any, tokens: Sequence[Token], place: int, *rest: Any) -> str:  # noqa: ANN401 - its interface
    target, title = (tokens[place].attrGet(name) or "" for name in ("href", "title"))
    # The words of a link may name another place than its target, which is shown when it is pointed at.
    mark = '<a href="{}" title="{}" rel="noopener noreferrer nofollow">'
    return Markup(mark).format(target, f"{target} {title}".strip())


def _open_heading(*_: Any) -> str:  # noqa: ANN401 - the interface of rules
    return '<p class="heading">'


def _close_heading(*_: Any) -> str:  # noqa: ANN401 - the interface of rules
    return "</p>\n"


def _open_table(*_: Any) -> str:  # noqa: ANN401 - the interface of rules
    return '<table class="of-text">\n'


def _render_code(_: Any, tokens: Sequence[Token], place: int, *rest: Any) -> str:  # noqa: ANN401 - its interface
    token = tokens[place]
    title = Markup('<span class="label">{}</span>').format(token.info) if token.info.strip() else ""
    # reached by the keyboard, since a long line scrolls
    return Markup('<pre tabindex="0">{}<code>{}</code></pre>\n').format(title, token.content)


_RULES: Mapping[str, Callable[..., str]] = {
    "link_open": _open_link,
    "heading_open": _open_heading,
    "heading_close": _close_heading,
    "table_open": _open_table,
    "fence": _render_code,
    "code_block": _render_code,
}
"""What is rendered in another way than the library does."""
