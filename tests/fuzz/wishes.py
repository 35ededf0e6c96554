"""What a seat wants written, beside a feed that stands: refused in words, or made posts that are read."""

import json
from datetime import UTC, datetime
from random import Random
from typing import Any

from ledger.core.board.fold import fold_posts
from ledger.core.config.config import parse_config
from ledger.core.errors import LedgerError
from ledger.core.feed.posts import parse_post
from ledger.core.model import Finding, Severity
from ledger.core.write.numbers import Series
from ledger.core.write.plan import Case, PlanView, plan
from ledger.core.write.requests import PostRequest, WriteRequest
from ledger.core.write.validation import validate_request
from ledger.faces.boundary import EXITS
from tests.core.test_plan import quiet
from tests.feeds import feed
from tests.fuzz.mutation import mutate_json, pick_word
from tests.fuzz.reader import Reader, pure

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FEED = """\
08:00 A opens CMB-0001: one
08:01 B claims CMB-0001
08:02 A opens CMB-0002: two
08:03 B opens CMB-0003 after=CMB-0001: three
08:04 B blocks CMB-0002 blocked_on=ruling:CMB-0003: waits
08:05 C notes CMB-0001 by hand: x
"""
WISHES: tuple[dict[str, Any], ...] = (
    {"kind": "actionable", "fields": {"state": "AWAITING_CLAIM", "subject": "s"}, "reserve": "CMB"},
    {"kind": "actionable", "fields": {"item": "CMB-0001", "state": "DONE"}, "body": "done"},
    {"kind": "actionable", "fields": {"item": "CMB-0002", "state": "BLOCKED", "blocked_on": ["CMB-0003"]}},
    {"kind": "actionable", "fields": {"item": "CMB-0001", "state": "AWAITING_CLAIM"}, "body": "RELEASE: why"},
    {"kind": "note", "fields": {"item": "CMB-0001", "to": ["B"], "x-run": "7"}, "body": "hello"},
    {
        "kind": "ruling",
        "fields": {"rules_on": ["CMB-0003"], "subject": "s"},
        "body": "ABSORB: CMB-0002 -> DONE",
    },
    {"kind": "amendment", "fields": {"item": "CMB-0003", "after": [], "priority": "HIGH"}},
    {"kind": "confirm", "fields": {"item": "CMB-0001"}, "body": "CONFIRMED: CMB-0001"},
    {"kind": "boot", "fields": {"lanes": ["camber"], "wip": "2", "driver": "cron"}},
)


def make_wish(dice: Random) -> bytes:
    wish = dict(dice.choice(WISHES))
    fields = dict(wish["fields"])
    for name in fields:
        if dice.randrange(3) == 0:
            word = pick_word(dice)
            fields[name] = [word, pick_word(dice)] if isinstance(fields[name], list) else word
    if dice.randrange(4) == 0:
        fields[pick_word(dice)] = pick_word(dice)
    body = wish.get("body", "") + (pick_word(dice) if dice.randrange(2) else "")
    record = wish | {"fields": fields, "body": body, "provisional": dice.randrange(6) == 0}
    return mutate_json(dice, record) if dice.randrange(6) == 0 else json.dumps(record).encode()


def wish_of(given: bytes) -> PostRequest | None:
    """The wish of an input; None for what no face can hand on: they give texts, and lists of texts."""
    try:
        record = json.loads(given)
    except (ValueError, RecursionError):
        return None
    fields = record.get("fields") if isinstance(record, dict) else None
    if not isinstance(fields, dict) or not isinstance(record.get("kind"), str):
        return None
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
    if not all(_is_value(value) for value in values.values()) or not isinstance(record.get("body", ""), str):
        return None
    reserve = "CMB" if record.get("reserve") else None
    return PostRequest(
        record["kind"], values, record.get("body", ""), reserve, bool(reserve and record.get("provisional"))
    )


def _is_value(value: object) -> bool:
    return isinstance(value, str) or (
        isinstance(value, tuple) and all(isinstance(word, str) for word in value)
    )


def judge(case: Case) -> list[Finding]:
    """What the fold refuses, and what is wrong with the posts themselves."""
    return [*quiet(case), *(one for one in case.findings if one.severity is Severity.ERROR)]


def probe_wish(given: bytes) -> None:
    wish = wish_of(given)
    if wish is None:
        return
    posts = feed(FEED).posts
    view = PlanView(fold_posts(posts), parse_config(b"")[0], {"CMB": Series("CMB", 3)}, NOW)
    intent = WriteRequest(nonce="0" * 15 + "f", seat="B", at=NOW, author=("B", "b@x"), wishes=(wish,))
    try:
        validate_request(wish)
        draft, answers = plan(view, [intent], judge)
    except LedgerError as error:
        assert error.kind == "usage" and error.hint
        return
    answer = answers[intent.nonce]
    if isinstance(answer, LedgerError):
        assert answer.kind in EXITS and answer.message and answer.hint
        return
    files = [(path, data) for landing in draft.landings for path, data in landing.files]
    read = [parse_post(data, path) for path, data in files]
    assert files and all(post is not None for post, _ in read), [findings for _, findings in read]
    board = fold_posts([*posts, *(post for post, _ in read if post is not None)])
    assert [(one.id, one.state, one.holder) for one in board.all_tickets()] == [
        (one.id, one.state, one.holder) for one in draft.after.board.all_tickets()
    ]


READERS: tuple[Reader, ...] = (pure("wish", make_wish, probe_wish, 100),)
