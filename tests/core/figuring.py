"""Figures of plain feeds, for tests of what is counted."""

from datetime import datetime

from ledger.core.board.fold import fold_posts
from ledger.core.config.config import parse_config
from ledger.core.ids import format_timestamp
from ledger.core.stats.figures import Figures
from ledger.core.stats.spans import Span
from tests.feeds import feed, moment
from tests.rules.views import read_series


def figures(
    text: str,
    *,
    yaml: str = "",
    series: str | None = "",
    now: str = "12:00",
    since: str | None = None,
    whole: bool = False,
) -> Figures:
    """The figures of a plain feed; `series` is one line a series (tests/rules/views.py), None: not read."""
    return Figures(
        fold_posts(feed(text).posts),
        parse_config(yaml.encode())[0],
        None if series is None else read_series(series),
        moment(now),
        moment(since) if since else None,
        whole,
    )


def clock(at: datetime) -> str:
    """`08:30`, or `21T08:30` on another day than the 20th."""
    text = format_timestamp(at)
    return text[11:16] if text.startswith("2026-11-20") else text[8:16]


def words(span: Span) -> str:
    """`08:30-09:00`."""
    return f"{clock(span.start)}-{clock(span.end)}"
