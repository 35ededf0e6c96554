"""What one file can carry, and that reading it takes work as its size does."""

import json
from collections.abc import Callable

import pytest

from ledger.app.setup.hooks_file import Hook, add_hooks, remove_hooks
from ledger.core.config.config import parse_config
from ledger.core.did_you_mean import find_nearest_ticket
from ledger.core.errors import LedgerError
from ledger.core.feed.bounds import (
    BATCH_LIMIT,
    DIRECTIVE_LIMIT,
    FIELD_LIMIT,
    FINDING_LIMIT,
    LIST_LIMIT,
    SETTINGS_LIMIT,
)
from ledger.core.feed.posts import parse_post
from ledger.core.model import Finding, Post
from ledger.core.write.batch import parse_batch
from tests.counting import work

PATH = "feed/2026/11/20/03/51/20261120T035100000Z-camber-01-9c1e07a25b6d4f10.md"
HEAD = "---\nseat: CAMBER-01\nat: 2026-11-20T03:51:00.000Z\nkind: {}\n"
RULING = "rules_on: [CMB-0001]\nsubject: s\n"


def parsed(kind: str, header: str, body: str = "") -> tuple[Post | None, tuple[Finding, ...]]:
    return parse_post(f"{HEAD.format(kind)}{header}---\n{body}".encode(), PATH)


def only(findings: tuple[Finding, ...]) -> str:
    (finding,) = findings
    return f"{finding.rule}: {finding.message}"


def test_a_header_has_so_many_fields() -> None:
    own = "".join(f"x-{number}: a\n" for number in range(FIELD_LIMIT - 3))
    assert parsed("note", own)[1] == ()
    post, findings = parsed("note", own + "item: CMB-0001\n")
    assert post is None and only(findings).endswith(f"has {FIELD_LIMIT + 1} fields, more than {FIELD_LIMIT}")


@pytest.mark.parametrize("quote", ["", "'"], ids=["plain", "any YAML"])
def test_a_list_has_so_many_entries(quote: str) -> None:
    def listing(count: int) -> str:
        return "to:\n" + f"- {quote}otto{quote}\n" * count

    post, findings = parsed("note", listing(LIST_LIMIT))
    assert post is not None and len(post.to) == LIST_LIMIT and findings == ()
    post, findings = parsed("note", listing(LIST_LIMIT + 1))
    assert post is not None and post.to == ()
    assert only(findings).endswith(f"has {LIST_LIMIT + 1} entries, more than {LIST_LIMIT}")


def test_a_ruling_with_more_lines_than_are_read_does_nothing() -> None:
    """Its lines act all at once, or none does."""
    line = "ABSORB: CMB-0001 -> DONE\n"
    post, findings = parsed("ruling", RULING, line * DIRECTIVE_LIMIT)
    assert post is not None and len(post.directives) == DIRECTIVE_LIMIT and findings == ()
    post, findings = parsed("ruling", RULING, line * (DIRECTIVE_LIMIT + 1))
    assert post is not None and post.directives == ()
    assert only(findings).startswith(f"bad-directive: more than {DIRECTIVE_LIMIT} lines")


def test_settings_have_so_many_bytes() -> None:
    text = b"claim_ttl: 3h\n" + b"#" * (SETTINGS_LIMIT - 14)
    assert parse_config(text)[1] == ()
    config, findings = parse_config(text + b"#")
    assert not config.writable and "bytes" in only(findings)


def test_a_batch_has_so_many_posts() -> None:
    document = b"kind: note\n---\n"
    assert len(parse_batch(document * BATCH_LIMIT, "x")) == BATCH_LIMIT
    with pytest.raises(LedgerError, match=f"at most {BATCH_LIMIT} posts"):
        parse_batch(document * (BATCH_LIMIT + 1), "x")


MANY: dict[str, Callable[[int], tuple[Finding, ...]]] = {
    "bad directives": lambda count: parsed("ruling", RULING, "ABSORB: x\n" * count)[1],
    "hidden characters": lambda count: parsed("note", "", "a\u200b" * count)[1],
    "anchors": lambda count: parsed("note", "".join(f"x-{n}: &a b\n" for n in range(count)))[1],
    "keys of one mark": lambda count: parsed("note", "? a\n" * count)[1],
    "tags": lambda count: parsed("note", f"to: [{'!,' * count}]\n")[1],
    "settings": lambda count: parse_config("".join(f"a{n}:\n" for n in range(count)).encode())[1],
    "hidden in settings": lambda count: parse_config(("#" + "a\u200b" * count + "\n").encode())[1],
}


@pytest.mark.parametrize("make", MANY.values(), ids=MANY)
def test_of_very_many_findings_the_last_says_so(make: Callable[[int], tuple[Finding, ...]]) -> None:
    findings = make(400)
    assert len(findings) == FINDING_LIMIT + 1 and findings[-1].message.startswith("and more of them")


def read_quietly(data: bytes) -> None:
    try:
        parse_batch(data, "x")
    except LedgerError:
        return


HOOK = Hook("Stop", {"hooks": [{"command": "x"}]}, "x")


def with_seats(count: int) -> object:
    return parse_config(("seats:\n" + "".join(f"  s{n}: {{}}\n" for n in range(count))).encode())


def with_patterns(count: int) -> object:
    return parse_config(("namespaces: {CMB: {id: [" + "'CMB-{n:04}'," * count + "]}}").encode())


def hooks_file(count: int, command: str) -> str:
    return json.dumps({"hooks": {"Stop": [{"command": command}] * count}})


def nested_hooks(count: int) -> object:
    return add_hooks('{"hooks": {}, "y": ' + "[" * count + "]" * count + "}", [HOOK])


GROWING: dict[str, Callable[[int], object]] = {
    **MANY,
    "good directives": lambda count: parsed("ruling", RULING, "ABSORB: CMB-0001 -> DONE\n" * count),
    "fences": lambda count: parsed("note", "", "ABSORB\n" + "```\n" * count),
    "markers": lambda count: parsed("note", "", "> " * count + "ABSORB"),
    "unknown fields": lambda count: parsed("note", "".join(f"a{n}:\n" for n in range(count))),
    "entries": lambda count: parsed("note", "x-a: [" + "'a'," * count + "]\n"),
    "brackets": lambda count: parsed("note", f"x-a: {'[' * count}\n"),
    "seats": with_seats,
    "patterns": with_patterns,
    "documents": lambda count: read_quietly(b"kind: note\n---\n" * count),
    "hooks that are there": lambda count: add_hooks(hooks_file(count, "y"), [HOOK]),
    "hooks of ours": lambda count: remove_hooks(hooks_file(count, "x"), {}, [HOOK]),
    "hooks nested deep": nested_hooks,
}


@pytest.mark.parametrize("make", GROWING.values(), ids=GROWING)
def test_twice_as_much_is_at_most_twice_the_work(make: Callable[[int], object]) -> None:
    make(10)  # what is imported and compiled once
    once, twice = work(lambda: make(300)), work(lambda: make(600))
    assert twice <= 2.1 * once + 200


def test_a_very_long_name_is_no_slip_of_a_ticket() -> None:
    """Each place of it would be tried."""
    assert find_nearest_ticket("CMB-00001", {"CMB-0001"}) == "CMB-0001"
    assert work(lambda: find_nearest_ticket("CMB-" + "9" * 10_000, {"CMB-0001"})) < 50
