import re
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.core.config.config import CONFIG_PATH, DEFAULT_YAML, FORMAT, Config, parse_config
from ledger.core.ids import Number, Pattern
from ledger.core.model import Finding, Severity

DAY = date(2026, 11, 20)
WHOLE = """\
format: 1
branch: main
namespaces:
  CMB: {id: "CMB-{n:04}", lane: camber}
  FLT: {id: ["FLT-{yyyymmdd}{n:02}", "FLT-{n:04}"]}
  ORA: {id: "ORA-{yyyy}-{n:04}", private_to: ORA-01}
  NEW:
seats:
  CLAUDE-CLI-CAMBER-12: {role: code, lanes: [camber], wip: 2}
  CLAUDE-STRAT-2: {role: strat}
  otto: {role: verify, surfaces: [otto-cli, otto-desktop]}
  otto-desktop: {role: operator}
seats_listed_only: true
claim_ttl: 90m
claim_grace: 1s
confirm_within: 500ms
nudge_after: 1s
dark_after: 1m
ruling_stale_after: 1h
warm_window: 2d
seal_above: 500
prefix: FLT
"""


def config(text: str) -> Config:
    read, findings = parse_config(text.encode())
    assert not findings, findings
    return read


def only(text: str) -> Finding:
    (finding,) = parse_config(text.encode())[1]
    assert finding.rule == "bad-config" and finding.fix
    return finding


@pytest.mark.parametrize("text", ["", "# words\n", "---\n", DEFAULT_YAML])
def test_a_file_that_sets_nothing(text: str) -> None:
    assert config(text) == Config()


def test_defaults() -> None:
    read = Config()
    assert read.namespaces is None and read.seats is None and read.branch is None
    assert read.writable and not read.seats_listed_only and read.format == FORMAT == 1
    assert (read.claim_ttl, read.confirm_within) == (timedelta(hours=2), timedelta(seconds=30))
    assert read.claim_grace == timedelta(minutes=10)
    assert (read.nudge_after, read.dark_after) == (timedelta(minutes=20), timedelta(minutes=10))
    assert (read.ruling_stale_after, read.warm_window) == (timedelta(minutes=10), timedelta(days=1))


def test_the_commented_file_shows_every_setting_and_its_default() -> None:
    lines = re.findall(r"^# ((?:[a-z_]+:|  ).*)$", DEFAULT_YAML, re.MULTILINE)
    read = config("\n".join(lines))
    assert {line.partition(":")[0] for line in lines if line[0] != " "} == {
        line.partition(":")[0] for line in WHOLE.splitlines() if line[0] != " "
    }
    assert read.namespaces and read.seats
    assert read == Config(
        branch="ledger", prefix="CMB", namespaces=read.namespaces, seats=read.seats, seal_above=10_000
    )


def test_durations_and_switches() -> None:
    read = config(WHOLE)
    assert (read.branch, read.prefix) == ("main", "FLT") and read.seats_listed_only and read.writable
    assert (read.claim_ttl, read.confirm_within) == (timedelta(minutes=90), timedelta(milliseconds=500))
    assert read.claim_grace == timedelta(seconds=1)
    assert (read.nudge_after, read.dark_after) == (timedelta(seconds=1), timedelta(minutes=1))
    assert (read.ruling_stale_after, read.warm_window) == (timedelta(hours=1), timedelta(days=2))
    assert read.seal_above == 500


def test_without_a_table_any_namespace_works() -> None:
    read = Config()
    assert read.patterns_of("XYZ") == (Pattern("XYZ", 0, False, 4),)
    assert read.patterns_of("xyz") == ()
    assert read.series_of("XYZ", DAY) == "XYZ" and read.series_of("xyz", DAY) is None
    assert read.spell("XYZ", 7) == "XYZ-0007"
    assert read.parse_ticket_id("XYZ-0007") == Number("XYZ", 7) and read.parse_ticket_id("XYZ-7") is None
    assert read.default_lane_of("XYZ-0007") == "xyz" and read.private_to("XYZ") is None
    assert read.namespace_of_series("FLT-20261120") == "FLT"


@pytest.mark.parametrize(
    ("ticket", "number"),
    [
        ("CMB-0107", Number("CMB", 107)),
        ("FLT-2026112007", Number("FLT-20261120", 7)),
        ("FLT-0007", Number("FLT", 7)),
        ("ORA-2026-0007", Number("ORA-2026", 7)),
        ("NEW-0007", Number("NEW", 7)),
        ("CMB-107", None),
        ("ORA-0007", None),
        ("XYZ-0007", None),
        ("", None),
    ],
)
def test_tickets_of_a_table(ticket: str, number: Number | None) -> None:
    read = config(WHOLE)
    assert read.parse_ticket_id(ticket) == number
    assert (read.why_not_ticket(ticket) == "") == (number is not None)
    if number:
        assert read.spell(number.series, number.n) == ticket
        assert read.spellings(number.series, number.n) == (ticket,)


def test_the_first_pattern_gives_the_series() -> None:
    read = config(WHOLE)
    given = {name: read.series_of(name, DAY) for name in ("CMB", "FLT", "ORA", "XYZ")}
    assert given == {"CMB": "CMB", "FLT": "FLT-20261120", "ORA": "ORA-2026", "XYZ": None}


def test_a_series_that_no_pattern_spells_any_more() -> None:
    read = config(WHOLE)
    assert read.spellings("CMB-2026", 7) == ()
    assert read.spell("CMB-2026", 7) == "CMB-2026-0007"


@pytest.mark.parametrize(
    ("ticket", "said"),
    [
        ("CMB-107", '"CMB-107" is spelled CMB-0107'),
        ("CMB-00107", '"CMB-00107" is spelled CMB-0107'),
        ("ORA-2026-7", '"ORA-2026-7" is spelled ORA-2026-0007'),
        ("ORA-20260007", '"ORA-20260007" is spelled ORA-2026-0007'),
        ("FLT-20261120-07", '"FLT-20261120-07" is spelled FLT-2026112007'),
        ("FLT-7", '"FLT-7" is spelled FLT-0007'),
        ("FLT-2026-7", '"FLT-2026-7" does not fit FLT-{yyyymmdd}{n:02} or FLT-{n:04}'),
        ("CMB-0000", '"CMB-0000" does not fit CMB-{n:04}'),
        ("cmb-0107", '"cmb-0107" is no ticket; did you mean `CMB-0107`?'),
        ("CMB", '"CMB" is no ticket; write it like CMB-0107'),
        ("CNB-0107", '"CNB-0107": there is no namespace "CNB"; did you mean `CMB`?'),
        ("XY-0107", '"XY-0107": there is no namespace "XY"; there are CMB, FLT, ORA, NEW'),
    ],
)
def test_why_not(ticket: str, said: str) -> None:
    assert config(WHOLE).why_not_ticket(ticket) == said


def test_why_not_a_namespace() -> None:
    read = config(WHOLE)
    assert read.why_not_namespace("CMB") == "" and Config().why_not_namespace("XYZ") == ""
    assert read.why_not_namespace("CBM") == 'there is no namespace "CBM"; did you mean `CMB`?'
    assert "is no namespace" in Config().why_not_namespace("cmb")
    assert config("namespaces: {}").why_not_namespace("CMB") == 'there is no namespace "CMB"; there are none'


def test_seats() -> None:
    read = config(WHOLE)
    roles = {name: read.role(name) for name in ("CLAUDE-CLI-CAMBER-12", "CLAUDE-STRAT-2", "otto", "stranger")}
    assert roles == {
        "CLAUDE-CLI-CAMBER-12": "code", "CLAUDE-STRAT-2": "strat", "otto": "verify", "stranger": "code",
    }  # fmt: skip
    assert read.lanes("CLAUDE-CLI-CAMBER-12") == ("camber",) and read.lanes("stranger") == ()
    assert read.wip("CLAUDE-CLI-CAMBER-12") == 2 and read.wip("stranger") == 1
    assert read.is_listed("otto") and not read.is_listed("stranger") and not read.is_listed("OTTO")


def test_surfaces_are_listed_with_their_identity() -> None:
    read = config(WHOLE)
    assert read.surfaces_of("otto") == ("otto-cli", "otto-desktop") and read.surfaces_of("otto-cli") == ()
    assert read.is_listed("otto-cli") and read.role("otto-cli") == "verify"
    assert read.role("otto-desktop") == "operator", "its own row says more than its identity's"


def test_a_surface_belongs_to_the_first_that_names_it() -> None:
    read, _ = parse_config(b"seats: {a: {role: strat, surfaces: [x]}, b: {role: verify, surfaces: [x]}}")
    assert read.role("x") == "strat"


def test_without_a_table_of_seats() -> None:
    read = Config()
    assert read.role("anybody") == "any" and not read.is_listed("anybody")
    assert read.wip("anybody") == 1 and read.lanes("anybody") == () and read.surfaces_of("anybody") == ()
    assert config("seats:\n").seats is None and config("seats: {}").role("anybody") == "code"


def test_lanes_and_privacy_of_namespaces() -> None:
    read = config(WHOLE)
    assert read.default_lane_of("CMB-0107") == "camber" and read.default_lane_of("ORA-2026-0001") == "ora"
    assert read.private_to("ORA") == "ORA-01" and read.private_to("CMB") is None


BAD = [
    ("unknown key", "clame_ttl: 2h", 1, 1, "no setting `clame_ttl`", "did you mean `claim_ttl`?"),
    ("unknown key of a namespace", "namespaces: {CMB: {ids: x}}", 1, 20, "no setting `ids`", "`id`"),
    ("unknown key of a seat", "seats: {a: {rol: code}}", 1, 13, "no setting `rol`", "`role`"),
    ("duration without a unit", "claim_ttl: 2", 1, 12, '"2" is no duration', "20m"),
    ("duration of nothing", "claim_ttl: 0s", 1, 12, '"0s" is no duration', "20m"),
    ("duration in weeks", "claim_ttl: 2w", 1, 12, '"2w" is no duration', "20m"),
    ("no time to answer", "claim_grace: 999ms", 1, 14, "leaves nobody the time", "1s or more"),
    ("list for a duration", "claim_ttl: [2h]", 1, 12, "no duration", "20m"),
    ("switch", "seats_listed_only: yes", 1, 20, '"yes" is neither', "true or false"),
    ("branch", "branch: a..b", 1, 9, '"a..b" is no branch', "refs/heads/"),
    ("branch that is a lock", "branch: a.lock", 1, 9, "is no branch", "refs/heads/"),
    ("no table of namespaces", "namespaces: [CMB]", 1, 13, "`namespaces` is no map", "key: value"),
    ("no table of a namespace", "namespaces: {CMB: x}", 1, 19, "CMB is no map", "key: value"),
    ("namespace in lower case", "namespaces: {cmb: }", 1, 14, '"cmb" is no namespace', "upper-case"),
    ("pattern", "namespaces: {CMB: {id: CMB-N}}", 1, 24, 'pattern "CMB-N" is not', "CMB-{n:04}"),
    (
        "pattern of another",
        "namespaces: {CMB: {id: 'FLT-{n}'}}",
        1,
        24,
        "must begin with `CMB-`",
        "CMB-{n:04}",
    ),
    ("map for a pattern", "namespaces: {CMB: {id: {a: b}}}", 1, 24, "no list", "[one, two]"),
    (
        "clash",
        "namespaces:\n  CMB:\n    id:\n    - 'CMB-{n:04}'\n    - 'CMB-{yyyy}{n:04}'\n",
        5,
        7,
        "both read CMB-20261111",
        "keep one",
    ),
    ("lane", "namespaces: {CMB: {lane: a b}}", 1, 26, '"a b" is no lane', "one word"),
    ("private to nobody", "namespaces: {CMB: {private_to: a..b}}", 1, 32, '"a..b" is no seat', "seat"),
    ("no seat", "seats: {a..b: {role: code}}", 1, 9, '"a..b" is no seat', "letters"),
    ("role", "seats: {a: {role: strait}}", 1, 19, '"strait" is no role', "did you mean `strat`?"),
    ("wip", "seats: {a: {wip: 0}}", 1, 18, "no number", "digits"),
    ("lanes", "seats: {a: {lanes: camber}}", 1, 20, "no list", "[one, two]"),
    ("a lane of lanes", "seats: {a: {lanes: [b, 'c d']}}", 1, 24, '"c d" is no lane', "lane"),
    ("a surface", "seats: {a: {surfaces: [b, c..d]}}", 1, 27, '"c..d" is no seat', "seat"),
    (
        "a surface of two",
        "seats: {a: {surfaces: [x]}, b: {surfaces: [x]}}",
        1,
        29,
        "surface of a already",
        "once",
    ),
    ("duplicate key", "claim_ttl: 2h\nclaim_ttl: 3h", 2, 1, "`claim_ttl` stands twice", "keep one"),
    ("anchor", "branch: &a main", 1, 9, "anchor `&a`", "delete it"),
    ("tag", "branch: !!str main", 1, 9, "tag", "delete it"),
    ("hidden character", "branch: main # \u202e", 1, 16, "U+202E", "delete it"),
]


@pytest.mark.parametrize(
    ("text", "line", "column", "said", "fix"), [row[1:] for row in BAD], ids=[row[0] for row in BAD]
)
def test_what_is_wrong_has_a_place_and_a_fix(text: str, line: int, column: int, said: str, fix: str) -> None:
    finding = only(text)
    assert (finding.where.path, finding.where.line, finding.where.column) == (CONFIG_PATH, line, column)
    assert said in finding.message and fix in finding.fix
    assert finding.where.text == text.splitlines()[line - 1]
    assert finding.severity is Severity.ERROR
    assert parse_config(text.encode())[0].writable


def test_what_is_wrong_leaves_the_rest_in_force() -> None:
    read, findings = parse_config(WHOLE.replace("90m", "soon").replace("role: strat", "role: boss").encode())
    assert len(findings) == 2
    assert read.claim_ttl == timedelta(hours=2) and read.role("CLAUDE-STRAT-2") == "code"
    assert read.dark_after == timedelta(minutes=1) and read.wip("CLAUDE-CLI-CAMBER-12") == 2


def test_of_patterns_that_clash_the_first_stays() -> None:
    read, _ = parse_config(b"namespaces: {CMB: {id: ['CMB-{n:03}', 'CMB-{n:04}']}}")
    assert read.patterns_of("CMB") == (Pattern("CMB", 0, False, 3),)


def test_a_namespace_without_a_right_pattern_has_the_default_one() -> None:
    read, _ = parse_config(b"namespaces: {CMB: {id: nonsense}}")
    assert read.patterns_of("CMB") == (Pattern("CMB", 0, False, 4),)


def test_a_newer_format_is_read_and_not_written() -> None:
    read, (finding,) = parse_config(b"format: 2\nclaim_ttl: 3h\nmoon_phase: full\nseats: 7\n")
    assert finding.severity is Severity.WARNING and "format 2" in finding.message
    assert not read.writable and read.format == 2 and read.claim_ttl == timedelta(hours=3)


@pytest.mark.parametrize("text", ["format: one", "format: 0", "- a", "words", "a: ["])
def test_a_file_that_cannot_be_understood_is_not_written_under(text: str) -> None:
    read, findings = parse_config(text.encode())
    assert findings and not read.writable


def test_no_utf8() -> None:
    read, (finding,) = parse_config(b"branch: main\n# \xff\n")
    assert not read.writable and finding.where.line == 2 and "byte 15" in finding.message


def test_line_ends_and_a_byte_order_mark_do_not_matter() -> None:
    assert parse_config(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode()) == (config(WHOLE), ())


SCRAPS = re.findall(r"[a-zA-Z_-]+|[^a-zA-Z_-]", WHOLE)


@settings(deadline=None)
@given(st.one_of(st.binary(), st.lists(st.sampled_from(SCRAPS)).map(lambda one: "".join(one).encode())))
def test_any_bytes_give_settings(data: bytes) -> None:
    read, findings = parse_config(data)
    assert read.writable or findings
    assert all(one.where.line >= 1 and one.message and one.rule == "bad-config" for one in findings)
