"""Figures for people: the tables of `stats`, at most 100 columns wide. What others wrote is escaped."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any

from ledger.core.text import escape_line
from ledger.faces.context import Screen

Record = Mapping[str, Any]
Cell = Callable[[Record], str]

LONGEST_NAME = 20
WIDTH = 100
FACT = 21
"""Cells of the name of a fact about the gates."""
_UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


def figure_lines(record: Record, screen: Screen | None = None) -> Iterator[str]:
    """All tables, the fleet first. Tables without a row are left out."""
    if screen is not None:
        from ledger.faces.cli.terminal.figures import show_figures

        yield from show_figures(record, screen)
        return
    fleet = record["fleet"]
    open_s, claimed_s = lasted(fleet["open_s"]), lasted(fleet["claimed_s"])
    yield f"claim density  {_density(fleet) or 'none'} ({claimed_s} with a claim of {open_s} open)"
    yield f"to claim       {_offers(record['offer_to_claim'])}"
    yield f"collisions     {fleet['collisions_landed']} landed, {fleet['collisions_prevented']} prevented"
    for key, columns in TABLES.items():
        if record[key]:
            yield ""
            yield from table(record[key], columns)


def gate_lines(record: Record, screen: Screen | None = None) -> Iterator[str]:
    """The gates, and what they stand on."""
    if screen is not None:
        from ledger.faces.cli.terminal.figures import show_gates

        yield from show_gates(record, screen)
        return
    for name, words in list_gate_facts(record):
        # `wrap` gives no line at all for a text of blanks, which the gap is.
        yield from _fact(name, words) if name else [""]


def list_gate_facts(record: Record) -> Iterator[tuple[str, str]]:
    """The gates, an empty line, and what they stand on: names and sentences."""
    for gate in record["gates"]:
        yield f"{gate['gate']}: {'met' if gate['met'] else 'not met'}", gate["why"]
        yield "  judged by", gate["judged_by"]
    yield "", ""
    for days in record["clean_days"]:
        since = "a collision" if days["collided"] else "its first post"
        yield days["driver"], f"{days['days']} clean days since {since} {days['since']}"
    for name, words in _grounds(record).items():
        yield name, words or "none"


def _grounds(record: Record) -> dict[str, str]:
    blocked = record["blocked_after_ruling"]
    items = [f"{wait['item']} {lasted(wait['seconds'])}" for wait in blocked["items"]]
    grounds = {
        "never posted": ", ".join(record["never_posted"]),
        "all reserved": ", ".join(record["all_reserved"]),
        "not all reserved": ", ".join(record["not_all_reserved"]),
        "bypasses landed": str(record["bypasses"]["landed"]),
        "bypasses refused": "unknown (no guard here keeps count)",
        "blocked after ruling": ", ".join([lasted(blocked["seconds"]), *items]),
    }
    if "density" not in record:
        return grounds
    before, after = (_density(record["density"][when]) or "none" for when in ("before", "after"))
    return grounds | {"claim density": f"{before} before {record['since']}, {after} since"}


def _fact(name: str, words: str) -> list[str]:
    indent = " " * (FACT + 2)
    return wrap(f"{name:<{FACT}}  {escape_line(words)}", WIDTH, subsequent_indent=indent)


def lasted(seconds: float) -> str:
    """A duration in its two largest units: `2h05m`, `40s`."""
    left = int(seconds)
    place = next((at for at, (_, size) in enumerate(_UNITS) if left >= size), len(_UNITS) - 1)
    name, size = _UNITS[place]
    words = f"{left // size}{name}"
    if place + 1 < len(_UNITS) and (rest := left % size // _UNITS[place + 1][1]):
        words += f"{rest:02}{_UNITS[place + 1][0]}"
    return words


def table(rows: Sequence[Record], columns: Mapping[str, Cell]) -> Iterator[str]:
    """A heading and a line a row: the first column left, all others right."""
    cells = [list(columns), *([cell(row) for cell in columns.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for first, *others in cells:
        padded = [f"{text:>{width}}" for text, width in zip(others, widths[1:], strict=True)]
        yield "  ".join([f"{first:<{widths[0]}}", *padded])


def _name(key: str) -> Cell:
    def cell(row: Record) -> str:
        # Before it is cut: what is spelled out is wider than what was written.
        text = escape_line(row[key])
        return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"

    return cell


def _count(key: str) -> Cell:
    return lambda row: str(row[key])


def _time(key: str) -> Cell:
    return lambda row: lasted(row[key]) if key in row else ""


def _density(row: Record) -> str:
    return f"{row['density']:.0%}" if "density" in row else ""


def _dark(row: Record) -> str:
    return f"{row['dark_spells']}: {lasted(row['dark_s'])}" if row["dark_spells"] else "0"


def _offers(record: Record) -> str:
    words = f"{record['claimed']} claimed, {record['waiting']} waiting"
    if "median_s" not in record:
        return words
    return f"median {lasted(record['median_s'])}, nine in ten within {lasted(record['p90_s'])}, {words}"


_OPEN: Mapping[str, Cell] = {"open": _time("open_s"), "claimed": _time("claimed_s"), "density": _density}
_COLLISIONS: Mapping[str, Cell] = {
    "landed": _count("collisions_landed"),
    "prevented": _count("collisions_prevented"),
}
_CLAIMS: Mapping[str, Cell] = {"claims": _count("claims"), "declines": _count("declines")}
_WAITS: Mapping[str, Cell] = {"to claim": _time("median_s"), "9 in 10": _time("p90_s")}

TABLES: Mapping[str, Mapping[str, Cell]] = {
    "seats": {
        "seat": _name("seat"),
        "role": _count("role"),
        "driver": _count("driver"),
        **_OPEN,
        "dark": _dark,
        **_CLAIMS,
    },
    "drivers": {
        "driver": _name("driver"),
        "seats": _count("seats"),
        **_OPEN,
        **_CLAIMS,
        **_WAITS,
        **_COLLISIONS,
    },
    "lanes": {
        "lane": _name("lane"),
        "claimed": _time("claimed_s"),
        "waiting": _count("waiting"),
        **_CLAIMS,
        **_WAITS,
        **_COLLISIONS,
    },
    "namespaces": {
        "namespace": _name("namespace"),
        "openings": _count("openings"),
        "reserved": _count("reserved"),
        "bypasses": _count("bypasses"),
        **_COLLISIONS,
    },
    "days": {
        "day": _name("day"),
        "posts": _count("posts"),
        **_OPEN,
        **_CLAIMS,
        "to claim": _time("median_s"),
        **_COLLISIONS,
    },
}
"""The tables by the JSON keys of their rows, each with its columns."""
