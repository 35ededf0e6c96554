from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledger.core.board.kinds import KINDS
from ledger.core.feed.bounds import FINDING_LIMIT
from ledger.core.feed.fields import FIELDS, FILLED_IN
from ledger.core.feed.front import Value
from ledger.core.feed.posts import FIELD_ORDER, POST_LIMIT, parse_post, render_post
from ledger.core.hidden import find_hidden
from ledger.core.ids import make_post_id, path_of_post
from ledger.core.model import Directive, Finding, Post, Priority, Severity, State

AT = "2026-11-20T03:38:57.123Z"
NAME = "20261120T033857123Z-claude-cli-camber-12-9c1e07a25b6d4f10"
PATH = f"feed/2026/11/20/03/38/{NAME}.md"
OTHER = "20260416T202406000Z-claude-cli-camber-02-9c1e07a25b6d4f10"
HEAD: dict[str, Value] = {"seat": "CLAUDE-CLI-CAMBER-12", "at": AT}
NEEDED: dict[str, dict[str, Value]] = {
    "actionable": {"item": "CMB-0107", "state": "CLAIMED"},
    "ruling": {"rules_on": ("CMB-0107",), "subject": "Which stands"},
    "amendment": {"item": "CMB-0107"},
    "confirm": {"item": "CMB-0107"},
    "note": {},
    "boot": {},
    "retire": {},
    "adopt": {},
}
"""The fields that each kind of post needs."""

OPENING = """\
---
seat: CLAUDE-CLI-CAMBER-12
at: 2026-11-20T03:38:57.123Z
kind: actionable
item: CMB-0107
state: AWAITING_CLAIM
priority: HIGH
lane: camber
subject: Redline cards are grouped by the wrong key
parent: CMB-0092
---
Cards of one call land in two groups when the call crosses midnight.
"""


def written(kind: str, body: str = "", /, **fields: Value) -> bytes:
    """A post of a kind with what it needs, and these fields."""
    return render_post(list((HEAD | {"kind": kind} | NEEDED.get(kind, {}) | fields).items()), body)


def parsed(data: bytes, path: str = PATH) -> Post:
    post, findings = parse_post(data, path)
    assert post is not None and not findings, findings
    return post


def findings_of(data: bytes, path: str = PATH, mode: str = "100644") -> tuple[Finding, ...]:
    return parse_post(data, path, mode)[1]


def only(data: bytes, path: str = PATH, mode: str = "100644") -> Finding:
    (finding,) = findings_of(data, path, mode)
    return finding


def test_an_opening() -> None:
    assert parsed(OPENING.encode()) == Post(
        id=NAME,
        path=PATH,
        seat="CLAUDE-CLI-CAMBER-12",
        at=datetime(2026, 11, 20, 3, 38, 57, 123000, tzinfo=UTC),
        kind="actionable",
        item="CMB-0107",
        state=State.AWAITING_CLAIM,
        priority=Priority.HIGH,
        lane="camber",
        subject="Redline cards are grouped by the wrong key",
        parent="CMB-0092",
        body="Cards of one call land in two groups when the call crosses midnight.\n",
        body_line=12,
        lines={
            "seat": 2, "at": 3, "kind": 4, "item": 5, "state": 6, "priority": 7, "lane": 8, "subject": 9,
            "parent": 10,
        },
    )  # fmt: skip


def test_values_have_their_types() -> None:
    post = parsed(
        written("boot", lanes=("camber", "ora"), wip="2", cap="10", driver="cron", seq="3", prev=OTHER)
    )
    assert (post.lanes, post.wip, post.cap, post.driver) == (("camber", "ora"), 2, 10, "cron")
    assert (post.seq, post.prev, post.nonce) == (3, OTHER, "9c1e07a25b6d4f10")
    assert type(parsed(written("actionable")).state) is State


RIGHT: dict[str, tuple[str, Value]] = {
    "seq": ("note", "1"),
    "prev": ("note", OTHER),
    "saw": ("adopt", (OTHER,)),
    "item": ("note", "ORA-2026-0001"),
    "state": ("actionable", "PARKED"),
    "priority": ("amendment", "LOW"),
    "lane": ("amendment", "camber"),
    "subject": ("ruling", "Which: stands"),
    "owner": ("amendment", "awaiting-CLAUDE-STRAT-2-ruling"),
    "parent": ("actionable", "CMB-1"),
    "related": ("actionable", ("CMB-1", "CMB-2")),
    "after": ("amendment", ()),
    "blocked_on": ("actionable", ("CMB-1", "ruling:CMB-2", "the vendor's answer")),
    "rules_on": ("ruling", ("CMB-1",)),
    "corrects": ("ruling", OTHER),
    "cites": ("ruling", (OTHER, NAME)),
    "branch": ("actionable", "feat/cards"),
    "worktree": ("actionable", "/w/camber 12"),
    "clone": ("actionable", "9c1e07a25b6d4f10"),
    "lanes": ("boot", ("camber",)),
    "wip": ("boot", "1"),
    "cap": ("boot", "999999999"),
    "driver": ("boot", "helper"),
    "to": ("note", ("otto", "STRAT-2")),
    "labels": ("amendment", ("ui", "area/docs", "type:bug", "c++", "größe", "2.0")),
    "criteria": ("actionable", ("Cards stay together", "x" * 300, "so: 'yes', [no]")),
    "met": ("note", ("1", "30", "all")),
    "due": ("amendment", "2026-12-01T17:00Z"),
}


def test_every_field_has_a_right_and_a_wrong_value_here() -> None:
    assert set(RIGHT) == set(FIELDS)
    assert {field for _, field, *_ in WRONG} == set(FIELDS)
    assert FIELD_ORDER[:3] == ("seat", "at", "kind") and set(FIELD_ORDER[3:]) == set(FIELDS)


@pytest.mark.parametrize("field", RIGHT)
def test_right_values(field: str) -> None:
    kind, value = RIGHT[field]
    read = getattr(parsed(written(kind, **{field: value})), field)
    assert read == (int(str(value)) if isinstance(read, int) else value)


WRONG: list[tuple[str, str, Value, str]] = [
    ("note", "seq", "0", "1 to 999999999"),
    ("note", "seq", "+1", "1 to 999999999"),
    ("note", "seq", "٣", "1 to 999999999"),
    ("note", "seq", ("1",), "is a list"),
    ("note", "prev", "x", '"x" is no post id'),
    ("adopt", "saw", OTHER, "is no list"),
    ("adopt", "saw", (OTHER, "x"), '"x" is no post id'),
    ("note", "item", "cmb-1", '"cmb-1" is no ticket'),
    ("note", "item", ("CMB-1",), "is a list"),
    ("note", "item", "", '"" is no ticket'),
    ("actionable", "state", "CLAIMD", '"CLAIMD" is no state'),
    ("actionable", "state", "claimed", '"claimed" is no state'),
    ("amendment", "priority", "URGENT", '"URGENT" is no priority'),
    ("amendment", "lane", "two words", "is no lane"),
    ("ruling", "subject", "two\nlines", "is no line of text"),
    ("ruling", "subject", "", "is no line of text"),
    ("ruling", "subject", "  ", "is no line of text"),
    ("amendment", "owner", "not a seat", "is no owner"),
    ("amendment", "owner", "awaiting--ruling", "is no owner"),
    ("actionable", "parent", "CMB", "is no ticket"),
    ("actionable", "related", "CMB-1", "is no list"),
    ("actionable", "after", ("CMB-1", ""), '"" is no ticket'),
    ("actionable", "blocked_on", "CMB-1", "is no list"),
    ("actionable", "blocked_on", ("",), "is no ticket, ruling or text"),
    ("actionable", "blocked_on", ("ruling:",), "is no ticket, ruling or text"),
    ("actionable", "blocked_on", ("ruling: CMB-1",), "is no ticket, ruling or text"),
    ("actionable", "blocked_on", ("Ruling:CMB-1",), "is no ticket, ruling or text"),
    ("ruling", "rules_on", "CMB-1", "is no list"),
    ("ruling", "corrects", "CMB-1", "is no post id"),
    ("ruling", "cites", ("CMB-1",), "is no post id"),
    ("actionable", "branch", "", "is no line of text"),
    ("actionable", "worktree", "a\nb", "is no line of text"),
    ("actionable", "clone", "laptop", "is no id of a clone"),
    ("boot", "lanes", "camber", "is no list"),
    ("boot", "wip", "two", "1 to 999999999"),
    ("boot", "cap", "1.5", "1 to 999999999"),
    ("boot", "driver", "crom", '"crom" is no driver'),
    ("note", "to", ("a..b",), '"a..b" is no seat'),
    ("actionable", "labels", "ui", "is no list"),
    ("actionable", "labels", ("two words",), "is no label"),
    ("actionable", "labels", ("-x",), "is no label"),
    ("actionable", "labels", ("x" * 41,), "is no label"),
    ("actionable", "labels", ("a,b",), "is no label"),
    ("actionable", "labels", ("ui", "docs", "UI"), '"UI" stands twice'),
    ("actionable", "labels", tuple(f"l{n}" for n in range(21)), "has 21 entries, more than 20"),
    ("amendment", "criteria", "x", "is no list"),
    ("amendment", "criteria", ("x" * 301,), "is no criterion"),
    ("amendment", "criteria", ("a\nb",), "is no criterion"),
    ("amendment", "criteria", tuple(f"c{n}" for n in range(31)), "has 31 entries, more than 30"),
    ("note", "met", ("0",), "is no number of a criterion"),
    ("note", "met", ("1", "1"), '"1" stands twice'),
    ("note", "met", ("every",), "is no number of a criterion"),
    ("amendment", "due", "tomorrow", '"tomorrow" is no day or time'),
    ("amendment", "due", "2026-02-30", "is no day or time"),
    ("amendment", "due", "2026-12-01T17:00", "is no day or time"),
    ("amendment", "due", "9999-12-31", "is no day or time"),
    ("amendment", "due", ("2026-12-01",), "is a list"),
]


@pytest.mark.parametrize(("kind", "field", "value", "said"), WRONG)
def test_a_wrong_value_is_dropped_and_the_post_stays(kind: str, field: str, value: Value, said: str) -> None:
    post, (finding,) = parse_post(written(kind, **{field: value}), PATH)
    assert (finding.rule, finding.severity, finding.post) == ("bad-value", Severity.ERROR, NAME)
    assert finding.message.startswith(f"`{field}`") and said in finding.message and finding.fix
    assert finding.where.text.startswith(f"{field}:")
    assert post is not None and field not in post.lines
    assert getattr(post, field) in (None, ())


@pytest.mark.parametrize(
    ("field", "value", "fix"),
    [
        ("state", "CLAIMD", "did you mean `CLAIMED`?"),
        ("priority", "high", "did you mean `HIGH`?"),
        ("related", "CMB-1", "write a list: `[CMB-1]`"),
    ],
)
def test_fixes_name_what_was_meant(field: str, value: Value, fix: str) -> None:
    assert only(written("actionable", **{field: value})).fix == fix


def test_a_finding_says_where() -> None:
    where = only(OPENING.replace("HIGH", "HGIH").encode()).where
    assert (where.path, where.line, where.column, where.text) == (PATH, 7, 11, "priority: HGIH")


def test_every_kind_of_post_has_an_example() -> None:
    assert {*NEEDED} == {*KINDS}


@pytest.mark.parametrize(
    ("kind", "field"), [(kind.name, field) for kind in KINDS.values() for field in kind.required]
)
def test_what_a_kind_needs(kind: str, field: str) -> None:
    fields = HEAD | {"kind": kind} | {key: value for key, value in NEEDED[kind].items() if key != field}
    post, (finding,) = parse_post(render_post(list(fields.items()), ""), PATH)
    assert post is not None and finding.rule == "bad-value"
    assert finding.message == f"`{field}` is missing: {kind} needs it"


def test_an_empty_rules_on_is_missing() -> None:
    assert "`rules_on` is missing" in only(written("ruling", rules_on=())).message


@pytest.mark.parametrize("kind", KINDS)
def test_fields_stand_on_their_kinds_only(kind: str) -> None:
    for field, (_, value) in RIGHT.items():
        allowed = field in FILLED_IN or field in KINDS[kind].fields
        post, findings = parse_post(written(kind, **{field: value}), PATH)
        assert post is not None
        if allowed:
            assert not findings
        else:
            assert [one.rule for one in findings] == ["unknown-field"], field
            assert findings[0].message == f"`{field}` has no meaning on {kind}"
            assert field not in post.lines and getattr(post, field) in (None, ())


def test_unknown_fields_name_the_nearest() -> None:
    post, (finding,) = parse_post(written("note", itme="CMB-1"), PATH)
    assert post is not None
    assert (finding.rule, finding.fix) == ("unknown-field", "did you mean `item`?")
    assert "`x-mood`" in only(written("note", mood="good")).fix


def test_fields_of_your_own_are_kept_unread() -> None:
    own: dict[str, Value] = {"x-mood": "good", "x-list": ("a", "b")}
    post = parsed(written("note", **own))
    assert dict(post.extra) == own


def test_an_unknown_kind_is_kept_and_warned_of() -> None:
    body = "ABSORB: CMB-1 -> DONE\nAbsorb: CMB-2"
    data = written("omen", body, item="CMB-0107", wip="two", question="which", **{"x-a": "b"})
    post, (finding,) = parse_post(data, PATH)
    assert (finding.rule, finding.severity) == ("bad-value", Severity.WARNING)
    assert post is not None and post.kind == "omen" and post.item == "CMB-0107" and not post.directives
    assert dict(post.extra) == {"wip": "two", "question": "which", "x-a": "b"}


def test_a_misspelled_kind_names_the_nearest() -> None:
    assert only(written("actionble")).fix == "did you mean `actionable`?"


UNREADABLE = [
    ("not UTF-8", b"---\nseat: a\xff\n---\n", "byte 11 of the file, on line 2, is not UTF-8"),
    ("UTF-16", "---\n".encode("utf-16"), "byte 0 of the file, on line 1, is not UTF-8"),
    ("empty", b"", "empty"),
    ("large", b"x" * (POST_LIMIT + 1), "more than 1048576 bytes"),
    ("no front matter", b"words\n", "no front matter"),
    ("not closed", b"---\nseat: a\n", "not closed"),
    ("duplicate key", OPENING.replace("lane:", "item:").encode(), "`item` stands twice"),
    ("anchor", OPENING.replace("HIGH", "&a HIGH").encode(), "anchor"),
    ("no YAML", OPENING.replace("cards are", "cards: are").encode(), "no YAML"),
    ("nested", OPENING.replace("camber\n", "{a: b}\n").encode(), "`lane` holds a map"),
    ("no seat", OPENING.replace("seat:", "x-seat:").encode(), "`seat` is missing"),
    ("empty seat", OPENING.replace("CLAUDE-CLI-CAMBER-12", "").encode(), "`seat` is no text"),
    ("a list of seats", OPENING.replace("CLAUDE-CLI-CAMBER-12", "[a, b]").encode(), "`seat` is no text"),
    ("no such seat", OPENING.replace("CLAUDE-CLI-CAMBER-12", "a..b").encode(), '"a..b" is no seat'),
    ("no time", OPENING.replace("\nat:", "\nx-at:").encode(), "`at` is missing"),
    ("seconds only", OPENING.replace(".123Z", "Z").encode(), '"2026-11-20T03:38:57Z" is no time'),
    ("no such time", OPENING.replace("T03", "T24").encode(), "is no time"),
    ("no kind", OPENING.replace("kind:", "x-kind:").encode(), "`kind` is missing"),
    ("kind in capitals", OPENING.replace("actionable", "Actionable").encode(), '"Actionable" is no kind'),
]


@pytest.mark.parametrize(
    ("data", "said"), [row[1:] for row in UNREADABLE], ids=[row[0] for row in UNREADABLE]
)
def test_unreadable(data: bytes, said: str) -> None:
    post, findings = parse_post(data, PATH)
    assert post is None
    assert [one.rule for one in findings] == ["unreadable-post"] and findings[0].fix
    assert said in findings[0].message


def test_all_that_is_missing_in_one_run() -> None:
    assert [one.message for one in findings_of(b"---\nx-a: b\n---\n")] == [
        f"`{key}` is missing" for key in ("seat", "at", "kind")
    ]


@pytest.mark.parametrize(
    ("mode", "said"),
    [("100644", None), ("100755", None), ("120000", "symbolic link"), ("160000", "submodule")],
)
def test_only_files_are_posts(mode: str, said: str | None) -> None:
    post, findings = parse_post(OPENING.encode(), PATH, mode)
    if said is None:
        assert post is not None and not findings
    else:
        assert post is None and [one.rule for one in findings] == ["unreadable-post"]
        assert said in findings[0].message


def test_the_largest_post() -> None:
    data = written("note", "x" * POST_LIMIT)
    over = len(data) - POST_LIMIT
    assert parse_post(written("note", "x" * (POST_LIMIT - over)), PATH)[1] == ()


@pytest.mark.parametrize(
    ("why", "path", "said", "fix"),
    [
        ("other folder", f"feed/{NAME}.md", "wrong folder", f"move it to {PATH}"),
        ("other minute", PATH.replace("/38/", "/39/"), "wrong folder", f"move it to {PATH}"),
        ("other ending", PATH + ".txt", "no post id", "git ledger append"),
        ("other seat", PATH.replace("camber-12", "camber-13"), "another seat", f"name it {PATH}"),
        ("other time", PATH.replace("57123Z", "57124Z"), "another time", f"name it {PATH}"),
        ("no post id", "feed/2026/11/20/03/38/notes.md", "no post id", "git ledger append"),
        ("upper case", PATH.replace("camber", "CAMBER"), "no post id", "git ledger append"),
    ],
)
def test_misplaced(why: str, path: str, said: str, fix: str) -> None:
    post, findings = parse_post(OPENING.encode(), path)
    assert [one.rule for one in findings] == ["misplaced-post"], why
    assert said in findings[0].message and fix in findings[0].fix
    assert (post is None) == ("no post id" in said)


def test_directives_are_read() -> None:
    post = parsed(written("ruling", "Words.\n\nABSORB: FLT-1 -> DONE (why)\n"))
    assert post.directives == (Directive("ABSORB", post.body_line + 2, item="FLT-1", to="DONE", text="why"),)


def test_a_bad_directive_says_where() -> None:
    finding = only(written("ruling", "Words.\nAbsorb: FLT-1 -> DONE\n"))
    assert (finding.rule, finding.where.column) == ("bad-directive", 1)
    assert finding.where.text == "Absorb: FLT-1 -> DONE"


@pytest.mark.parametrize(
    ("kind", "line", "is_own"),
    [
        ("actionable", "CONFIRM-PENDING: CMB-0107", True),
        ("actionable", "CONFIRM-PENDING: CMB-0108", False),
        ("confirm", "CONFIRMED: CMB-0107", True),
        ("confirm", "CONFIRMED: CMB-0108", False),
        ("amendment", f"AMENDMENT: CMB-0105 -> CMB-0107 post:{OTHER}", True),
        ("amendment", f"AMENDMENT: CMB-0107 -> CMB-0108 post:{OTHER}", False),
        ("note", "DECLINE: CMB-0107 (cold: x)", True),
        ("note", "DECLINE: CMB-0108 (cold: x)", False),
    ],
)
def test_directives_about_the_posts_own_ticket(kind: str, line: str, is_own: bool) -> None:
    post, findings = parse_post(written(kind, line, item="CMB-0107"), PATH)
    assert post is not None
    assert [one.rule for one in findings] == ([] if is_own else ["bad-directive"])
    assert len(post.directives) == (1 if is_own else 0)


def test_a_decline_needs_its_item() -> None:
    assert "no ticket" in only(written("note", "DECLINE: CMB-0108 (cold: x)")).message


def test_a_wrong_item_is_said_once() -> None:
    assert only(written("confirm", "CONFIRMED: CMB-0107", item="cmb-0107")).rule == "bad-value"


def test_crlf_is_said_once_and_read_as_lf() -> None:
    post, (finding,) = parse_post(OPENING.replace("\n", "\r\n").encode(), PATH)
    assert (finding.rule, finding.message) == ("hidden-characters", "line ends are CRLF")
    assert post == parsed(OPENING.encode())


def test_a_byte_order_mark_is_said_and_left_out() -> None:
    post, (finding,) = parse_post(b"\xef\xbb\xbf" + OPENING.encode(), PATH)
    assert finding.rule == "hidden-characters" and "U+FEFF" in finding.message
    assert post == parsed(OPENING.encode())


@pytest.mark.parametrize(
    ("why", "old", "new", "line", "column", "name"),
    [
        ("in the body", "one call", "one\u202ecall", 12, 13, "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("in the header", "wrong key", "wrong\u200bkey", 9, 48, "U+200B ZERO WIDTH SPACE"),
        ("a lone carriage return", "one call", "one\rcall", 12, 13, "U+000D"),
        ("escaped in the header", "Redline cards", '"Redline\\u202e cards', 9, 10, "U+202E"),
    ],
)
def test_hidden_characters(why: str, old: str, new: str, line: int, column: int, name: str) -> None:
    text = OPENING.replace(old, new)
    text = text.replace("wrong key", 'wrong key"') if "escaped" in why else text
    post, (finding,) = parse_post(text.encode(), PATH)
    assert post is not None and finding.rule == "hidden-characters", why
    assert (finding.where.line, finding.where.column) == (line, column) and name in finding.message


def test_hidden_characters_in_the_path() -> None:
    rules = [one.rule for one in findings_of(OPENING.encode(), PATH.replace("feed/", "feed/\u200b"))]
    assert rules == ["hidden-characters", "misplaced-post"]


def test_hidden_characters_without_end_are_not_all_listed() -> None:
    findings = findings_of(written("note", "a\u200b" * 1000))
    assert len(findings) == FINDING_LIMIT + 1 and "more of them" in findings[-1].message


def test_emoji_may_join() -> None:
    assert parsed(written("note", "\u2764\ufe0f\u200d\U0001f525")).body == "\u2764\ufe0f\u200d\U0001f525\n"


def test_render_ends_the_body_once() -> None:
    fields: list[tuple[str, Value]] = [("seat", "a"), ("to", ("b", "c"))]
    assert render_post(fields, "") == b"---\nseat: a\nto:\n- b\n- c\n---\n"
    assert (
        render_post(fields, "x") == render_post(fields, "x\n\n") == b"---\nseat: a\nto:\n- b\n- c\n---\nx\n"
    )


@settings(deadline=None)
@given(st.binary(), st.text(), st.sampled_from(["100644", "120000", "040000", ""]))
@example(b"---\nseat: \\\n---\n", PATH, "100644")
def test_any_bytes_give_an_answer(data: bytes, path: str, mode: str) -> None:
    post, findings = parse_post(data, path, mode)
    assert post is not None or findings


SCRAPS = [
    "x-a",
    ": ",
    "\n",
    "- ",
    "[",
    "]",
    '"',
    "\\",
    "\x00",
    "\u202e",
    "CMB-1",
    "ABSORB",
    "->",
    "---\n",
    "\r\n",
    "note",
    "ruling",
    "a",
    "&",
    "ü",
]
MESS = st.lists(st.sampled_from([*FIELD_ORDER, *State, AT, *SCRAPS])).map("".join)


@settings(deadline=None)
@given(MESS, st.sampled_from([*KINDS, "omen"]), MESS)
def test_any_header_and_body_give_an_answer(header: str, kind: str, body: str) -> None:
    text = f"---\nseat: CLAUDE-CLI-CAMBER-12\nat: {AT}\nkind: {kind}\n{header}\n---\n{body}"
    post, findings = parse_post(text.encode(), PATH)
    assert post is not None or findings
    assert all(one.where.path == PATH and one.where.line >= 1 and one.message for one in findings)


LINE = st.text(min_size=1, max_size=40).filter(
    lambda text: "\n" not in text and not text.isspace() and not list(find_hidden(text))
)
SEAT = st.from_regex("[A-Za-z0-9][A-Za-z0-9_-]{0,20}", fullmatch=True)


@settings(deadline=None)
@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC)),
    SEAT,
    LINE,
    st.lists(LINE.map("w {}".format), max_size=3).map(tuple),
    st.text().filter(lambda text: not list(find_hidden(text))),
)
def test_render_then_parse_gives_the_fields_back(
    at: datetime, seat: str, subject: str, blocked_on: tuple[str, ...], body: str
) -> None:
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    name = make_post_id(at, seat, "9c1e07a25b6d4f10")
    fields = HEAD | {
        "seat": seat,
        "at": at.isoformat(timespec="milliseconds")[:23] + "Z",
        "kind": "actionable",
    }
    fields |= NEEDED["actionable"] | {"subject": subject, "blocked_on": blocked_on}
    post, findings = parse_post(render_post(list(fields.items()), body), path_of_post(name))
    assert post is not None
    assert all(one.rule == "bad-directive" for one in findings)
    assert (post.seat, post.at, post.subject, post.blocked_on) == (seat, at, subject, blocked_on)
    assert post.body.rstrip("\n") == body.rstrip("\n")


def test_a_time_that_is_spelled_otherwise_is_told_its_spelling_with_all_else_that_is_wrong() -> None:
    """Seconds without milliseconds, and a state that is none: both in one run."""
    path = "feed/2026/11/20/14/19/20261120T141900000Z-a-9c1e07a25b6d4f10.md"
    header = "seat: A\nat: 2026-11-20T14:19:00Z\nkind: actionable\nitem: CMB-0001\nstate: awaiting_claim\n"
    post, findings = parse_post(f"---\n{header}---\n".encode(), path)
    assert post is None
    assert [(one.rule, one.where.line) for one in findings] == [("unreadable-post", 3), ("bad-value", 6)]
    assert findings[0].fix == (
        "write `at: 2026-11-20T14:19:00.000Z`, and the file's name to match: `20261120T141900000Z-…`"
    )


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "soon"])
def test_a_time_beyond_the_calendar_is_no_time(at: str) -> None:
    _, findings = parse_post(f"---\nseat: A\nat: {at}\nkind: note\n---\n".encode(), "feed/x.md")
    assert "write it like 2026-11-20T03:38:57.123Z" in [one.fix for one in findings]
