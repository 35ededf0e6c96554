"""The pages: records to HTML, by the templates beside this module, which escape every value."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache, partial
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from ledger.app.read.overview import (
    OPEN,
    DayBoard,
    SeatBoard,
    Selection,
    TicketBoard,
    TicketFilter,
)
from ledger.app.read.seats import SeatSummary
from ledger.core.board.records import body_of
from ledger.core.dataclass import dataclass, replace
from ledger.core.model import Finding, State
from ledger.core.moments import format_age
from ledger.core.pictures.day import QUEUED
from ledger.core.text import escape_line
from ledger.faces.page import pictures
from ledger.faces.page.links import Links
from ledger.faces.page.words import PRIORITIES, STATES, make_exact_time, make_text, make_time

HERE = Path(__file__).parent
ASSETS = {"board.css": "text/css", "board.js": "text/javascript", "icon.svg": "image/svg+xml"}
"""What a page loads, with the type of each."""
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'"
)
"""The content security policy: nothing but our own files, and no script or style within a page."""
ENTRIES = 50
"""Posts of a history on one page."""
ROWS = 100
"""Tickets that a seat filed, and findings of one rule, that are shown."""
_WHEN_EMPTY = TicketFilter()


@dataclass(frozen=True, slots=True)
class Site:
    """What all pages have in common: whose board it is, and which state of the feed they show."""

    name: str
    commit: str | None
    read_at: datetime | None
    version: str = ""
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of one state of a feed, at one time. `now` is None where they say no ages, as files do."""

    site: Site
    links: Links
    now: datetime | None

    def queue(self, selection: Selection, wanted: TicketFilter, is_paged: bool) -> str:
        """Tickets by state. `is_paged`: the pages of a group are its own, not that of an overview."""
        return self._render(
            "board.html",
            "queue",
            selection=selection,
            wanted=wanted,
            is_paged=is_paged,
            narrow=partial(_narrow, wanted),
            open_states=OPEN,
        )

    def ticket(self, board: TicketBoard, page: int = 1) -> str:
        """A ticket; of a long history a page, counted from its end."""
        details = board.details
        pages = max(1, -(-len(details.history) // ENTRIES))
        page = min(max(1, page), pages)
        end = len(details.history) - (page - 1) * ENTRIES
        return self._render(
            "ticket.html",
            "queue",
            summary=details.summary,
            ticket=details.summary.ticket,
            body=body_of(details.opening),
            path=details.opening.path,
            rulings=board.rulings,
            criteria=details.criteria,
            drawing=pictures.draw_dependencies(board.picture),
            more=board.picture.more,
            history=details.history[max(0, end - ENTRIES) : end],
            total=len(details.history),
            page=page,
            pages=pages,
        )

    def seats(self, rows: Sequence[SeatSummary]) -> str:
        """All seats."""
        return self._render("seats.html", "seats", rows=rows)

    def seat(self, board: SeatBoard) -> str:
        """One seat."""
        return self._render(
            "seat.html",
            "seats",
            board=board,
            seat=board.seat,
            life=board.seat.life,
            filed=board.filed[:ROWS],
            claims=board.claims[:ROWS],
            held_now={held.ticket.id for held in board.seat.held},
        )

    def day(self, board: DayBoard) -> str:
        """A day."""
        day = board.picture.day
        return self._render(
            "day.html",
            "day",
            picture=board.picture,
            more_claims=sum(seat.more for seat in board.picture.seats),
            drawing=pictures.draw_day(board.picture, self.now),
            earlier=_step_day(day, -1) if day > board.first else None,
            later=_step_day(day, 1) if day < board.last else None,
            QUEUED=QUEUED,
        )

    def findings(self, findings: Sequence[Finding]) -> str:
        """Findings by rule, errors first, those of most places first."""
        shown = [finding for finding in findings if not finding.settled]
        named = groupby(sorted(shown, key=lambda finding: finding.rule), lambda finding: finding.rule)
        groups = sorted(
            ((rule, [*its]) for rule, its in named),
            key=lambda group: (group[1][0].severity, -len(group[1]), group[0]),
        )
        return self._render(
            "findings.html",
            "findings",
            groups=groups,
            total=len(shown),
            settled=len(findings) - len(shown),
            most=ROWS,
        )

    def error(self, title: str, message: str, hint: str = "") -> str:
        """A page that says why there is none."""
        return self._render("error.html", "", title=title, message=message, hint=hint)

    def _render(self, template: str, here: str, **values: object) -> str:
        links = self.links
        navigation = [("queue", "Queue", links.queue(_WHEN_EMPTY))]
        navigation += [(name, name.capitalize(), links.page(name)) for name in ("seats", "day", "findings")]
        return (
            _open_templates()
            .get_template(template)
            .render(
                site=self.site,
                links=links,
                when=lambda at: make_time(at, self.now),
                here=here,
                navigation=navigation,
                no_filter=_WHEN_EMPTY,
                policy=POLICY,
                **values,
            )
        )


def _narrow(wanted: TicketFilter, state: State) -> TicketFilter:
    return replace(wanted, states=(state,))


def _step_day(day: date, days: int) -> date:
    return day + timedelta(days=days)


@cache
def _open_templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        # Jinja's default prints nothing for a name that is misspelled.
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    filters: dict[str, Any] = {
        "spelled": escape_line,
        "text": make_text,
        "ticks": _mark_commands,
        "length_": pictures.format_length,
        "cut": pictures.cut_to_cells,
        "duration": lambda seconds: format_age(timedelta(seconds=seconds)),
    }
    templates.filters |= filters
    templates.globals |= {
        "STATES": STATES,
        "PRIORITIES": PRIORITIES,
        "only": TicketFilter,
        "exact": make_exact_time,
        "clock": _format_clock,
        **{name: value for name, value in vars(pictures).items() if name.isupper()},
    }
    return templates


def _format_clock(at: datetime) -> str:
    return f"{at:%H:%M}"


def _mark_commands(text: str) -> Markup:
    """A sentence of ours, in which `commands` stand between backticks."""
    parts = escape_line(text).split("`")
    marked = (
        Markup("<code>{}</code>").format(part) if n % 2 else escape(part) for n, part in enumerate(parts)
    )
    # An even number of parts: a backtick has no partner, and half a sentence would be shown as a command.
    return Markup("").join(marked) if len(parts) % 2 else escape(escape_line(text))
