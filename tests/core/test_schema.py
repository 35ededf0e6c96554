"""The JSON Schema of a header and the parser say the same of headers."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ledger.core.board.kinds import KINDS
from ledger.core.feed.fields import FIELDS, Wrong
from ledger.core.feed.front import Problem, Value, parse_header, split_front_matter
from ledger.core.feed.posts import parse_post
from ledger.core.feed.schema import make_header_schema
from ledger.core.ids import format_timestamp
from tests.faces.envs import run_at
from tests.feeds import feed
from tests.random_feeds.drawing import draw_feed

ROOT = Path(__file__).parents[2]
GALLERY = ROOT / "tests" / "gallery"
LOOSE = ("owner", "due", "prev", "saw", "corrects", "cites", "labels", "criteria", "met")
"""Fields of which the schema cannot say all: days of no calendar, entries that differ in case alone, labels
of any script."""


@cache
def validator() -> Draft202012Validator:
    schema = make_header_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def header_of(data: bytes) -> dict[str, Any] | None:
    """The header of a file as JSON has it; None where it has none that can be read."""
    parts = split_front_matter(data.decode(errors="replace").replace("\r\n", "\n"))
    header = () if isinstance(parts, Problem) else parse_header(parts.header)
    if isinstance(header, tuple):
        return None
    return {key: as_json(entry.value) for key, entry in header.items()}


def as_json(value: Value) -> str | list[str]:
    return [*value] if isinstance(value, tuple) else value


def compare(path: str, data: bytes) -> None:
    """What is found in a header by the parser makes it invalid, and nothing else does."""
    header = header_of(data)
    if header is None or header.get("kind") not in KINDS:
        return
    post, found = parse_post(data, path)
    of_header = [
        finding
        for finding in found
        if finding.rule in ("bad-value", "unknown-field") and not str(finding.severity).startswith("warn")
    ]
    errors = [error.message for error in validator().iter_errors(header)]
    if post is None:
        return
    assert bool(errors) is bool(of_header), f"{path}: {errors} {[finding.message for finding in of_header]}"


@pytest.mark.parametrize("case", sorted(GALLERY.iterdir()), ids=lambda case: case.name)
def test_posts_of_the_gallery_are_judged_alike(case: Path) -> None:
    texts = [(case / name).read_text() for name in ("feed.txt", "new.txt") if (case / name).exists()]
    raw = (file for file in (case / "raw").rglob("*.md"))
    files = {str(file.relative_to(case / "raw")): file.read_bytes() for file in raw}
    for path, data in {**feed("\n".join(texts)).files, **files}.items():
        compare(path, data)


@pytest.mark.parametrize("seed", range(20))
def test_random_posts_are_judged_alike(seed: int) -> None:
    for path, data in draw_feed(seed).files.items():
        compare(path, data)


SAMPLES = [
    "CMB-0107", "cmb-1", "CMB-", "ruling:CMB-1", "ruling:x", "Ruling:CMB-1", "ruling", "otto",
    "a.lock", "..", "-", "open", "awaiting-STRAT-2-ruling", "DONE", "done", "HIGH", "cron", "all",
    "12", "0", "1_0", "a,b", "none", "2026-12-01", "2026-12-01T17:00Z", "2026-12-01T17:00",
    "20261120T033857123Z-otto-9c1e07a25b6d4f10", "9c1e07a25b6d4f10", "1000000000", "100", "ui",
]  # fmt: skip
WORDS = st.sampled_from([*SAMPLES, "", " ", "a b", "CMB-1\n", "Ruling : x", "x" * 301]) | st.text(max_size=12)
VALUES = WORDS | st.lists(WORDS, max_size=4).map(tuple)


@pytest.mark.parametrize("name", FIELDS)
@settings(max_examples=150, deadline=None)
@given(value=VALUES)
def test_a_field_is_judged_alike(name: str, value: Value) -> None:
    """What the parser takes is valid; what it refuses is not, but for what no pattern can say."""
    kind = next(kind for kind in KINDS.values() if name in kind.fields or name in ("seq", "prev", "saw"))
    place = next(
        part["then"] for part in make_header_schema()["allOf"]
        if part["if"]["properties"]["kind"]["const"] == kind.name
    )  # fmt: skip
    schema = {key: of for key, of in place["properties"][name].items() if key != "minItems"}
    is_valid = Draft202012Validator(schema).is_valid(as_json(value))
    is_taken = not isinstance(FIELDS[name](value), Wrong)
    assert is_valid or not is_taken
    assert is_taken or not is_valid or name in LOOSE


def test_every_field_of_every_kind_is_described() -> None:
    described = {
        part["if"]["properties"]["kind"]["const"]: set(part["then"]["properties"])
        for part in make_header_schema()["allOf"]
    }
    assert described == {name: {*kind.fields, "seq", "prev", "saw"} for name, kind in KINDS.items()}


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2199, 1, 1)))
def test_a_time_as_the_tool_writes_it_is_valid_and_no_other(moment: datetime) -> None:
    at = format_timestamp(moment.replace(tzinfo=UTC))
    header = {"seat": "otto", "at": at, "kind": "boot"}
    assert validator().is_valid(header)
    assert not validator().is_valid({**header, "at": at.removesuffix("Z")})


def test_explain_prints_the_schema(tmp_path: Path) -> None:
    said = run_at(tmp_path, "explain", "--schema")
    assert (said.code, said.err) == (0, "")
    assert json.loads(said.out) == make_header_schema()
    document = json.loads(run_at(tmp_path, "explain", "--schema", "--json").out)
    assert document == {"schema": 1, "header": make_header_schema()}
    assert run_at(tmp_path, "explain", "bad-value", "--schema").code == 2
