"""Valid inputs of every sort: the gallery's feeds and settings, and what the product's own writers make."""

from functools import cache
from pathlib import Path

from ledger.core.config.defaults import DEFAULT_YAML
from tests.feeds import feed

GALLERY = Path(__file__).parent.parent / "gallery"
SETTINGS = (
    DEFAULT_YAML,
    "format: 1\nbranch: ledger\nseats_listed_only: true\nclaim_ttl: 2h\nclaim_grace: 10m\nwarm_window: 24h\n",
    "namespaces:\n  CMB:\n    id: CMB-{n:04}\n    lane: camber\n\n",
    "namespaces:\n  ORA: {id: ['ORA-{yyyy}-{n:04}', 'ORA-{n}']}\n",
    "namespaces:\n  FLT: {id: 'FLT-{yyyymmdd}{n:02}', private_to: A}\n",
    "seats:\n  A: {wip: 2, lanes: [camber, ora]}\n  B: {role: strat}\n  C: {surfaces: [C-1, C-2]}\n",
)
BATCH = (
    "kind: actionable\nreserve: CMB\nsubject: Cards\nbody: |\n  of {{ITEM_ID}}\n---\n"
    "reserve: CMB\nsubject: More\nafter: ['{{ITEM_ID.1}}']\npriority: HIGH\n---\n"
    "kind: note\nitem: CMB-0001\nto: [otto]\nx-run: 7\nbody: hello\n"
)
BODIES = (
    "ABSORB: CMB-0001 -> DONE (why)\nABSORB: CMB-0002 -> DONE absorbed-by:CMB-0001\nwords\n",
    "AMENDMENT: CMB-0001 -> CMB-0002 post:20261120T035100000Z-a-9c1e07a25b6d4f10\n",
    "CHALLENGE: CMB-0107 post:20261120T035100000Z-a-9c1e07a25b6d4f10 grace:10m clone:9c1e07a25b6d4f10\n",
    "AUTO-RELEASE: post:20261120T035100000Z-a-9c1e07a25b6d4f10 clone:9c1e07a25b6d4f10 (silent)\n",
    "HANDOFF: open (capacity: why)\nDECLINE: CMB-0110 (cold: why)\nRELEASE: why\nREPAIR: why\n",
    "```\nABSORB: CMB-0001 -> DONE\n```\n> ABSORB: CMB-0001 -> DONE\n**CONFIRMED: CMB-0001**\n",
    "Absorb: CMB-0001\n",
)


@cache
def gallery_feeds() -> tuple[dict[str, bytes], ...]:
    """The files of every case of the gallery, by path."""
    cases = sorted(place for place in GALLERY.iterdir() if place.is_dir())
    return tuple(_case(place) for place in cases)


def _case(place: Path) -> dict[str, bytes]:
    texts = [_text(place / name) for name in ("feed.txt", "new.txt")]
    raw = {str(one.relative_to(place / "raw")): one.read_bytes() for one in place.glob("raw/**/*.md")}
    files = feed("\n".join(texts)).files | raw
    settings = _text(place / "ledger.yaml")
    return files | ({"feed/ledger.yaml": settings.encode()} if settings else {})


def _text(place: Path) -> str:
    return place.read_text() if place.exists() else ""


@cache
def gallery_posts() -> tuple[tuple[str, bytes], ...]:
    """Path and bytes of every post of the gallery."""
    return tuple(
        (path, data) for files in gallery_feeds() for path, data in sorted(files.items()) if ".md" in path
    )
