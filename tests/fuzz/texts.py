"""The readers of text: posts, headers, directives, names, settings, batches, payloads, files of runtimes."""

import json
from datetime import UTC, date, datetime
from random import Random
from typing import Any

from ledger.app.setup.hooks_file import Hook, add_hooks, make_file, remove_hooks
from ledger.app.setup.memory_file import add_block, remove_block
from ledger.core.board.kinds import KINDS
from ledger.core.config.config import Config, parse_config
from ledger.core.config.config_diff import find_changed_settings
from ledger.core.did_you_mean import find_nearest_ticket, suggest_nearest
from ledger.core.durations import format_duration, parse_duration
from ledger.core.errors import LedgerError
from ledger.core.faults import explain_local_fault, explain_remote_fault
from ledger.core.feed.directives import parse_directives
from ledger.core.feed.fields import FIELDS
from ledger.core.feed.front import (
    Parts,
    parse_header,
    parse_plain_header,
    parse_yaml_header,
    render_header,
    split_front_matter,
)
from ledger.core.feed.posts import FIELD_ORDER, parse_post, render_post
from ledger.core.ids import (
    Pattern,
    explain_clash,
    format_timestamp,
    is_lane,
    is_namespace,
    is_nonce,
    is_seat,
    is_series,
    make_post_id,
    parse_day_or_time,
    parse_post_id,
    parse_reservation_ref,
    parse_timestamp,
    reservation_ref,
    tip_ref,
)
from ledger.core.model import Finding
from ledger.core.text import clip_text, escape_json, escape_line, measure_weight, quote_block
from ledger.core.write.batch import parse_batch
from ledger.core.write.drafts import fill_placeholders
from ledger.core.write.numbers import decode_reservation, decode_tip, encode_reservation, encode_tip
from ledger.core.write.requests import PostRequest
from ledger.core.write.seat_names import find_nearest_seat
from ledger.core.write.validation import validate_request
from ledger.faces.cli.terminal.cells import measure_cells, wrap_for
from ledger.faces.cli.terminal.findings import show_drift
from ledger.faces.context import Screen
from ledger.faces.formats import Format, write_findings
from ledger.faces.formats.markdown import escape_markdown
from ledger.store.git.porcelain import explain_refusal
from ledger.store.git.porcelain import parse_push_lines as porcelain_lines
from tests.fuzz.mutation import encode, mutate_json, mutate_text, pick_word
from tests.fuzz.reader import Reader, assert_shown_clean, pure, text_of
from tests.fuzz.seeds import BATCH, BODIES, SETTINGS, gallery_posts

READ_AT = datetime(2026, 11, 22, tzinfo=UTC)


def assert_findings_told(findings: list[Finding] | tuple[Finding, ...]) -> None:
    """Findings can be told in every format, and say where."""
    for finding in findings:
        assert finding.where.line >= 1 and finding.where.column >= 1 and finding.message, finding
    for form in Format:
        assert_shown_clean(write_findings(findings, form))
    assert_shown_clean("\n".join(show_drift(findings, Screen(50, 24, False, False, READ_AT))))


# Posts: the path on the first line, then the file.


def make_post(dice: Random) -> bytes:
    path, data = dice.choice(gallery_posts())
    texts = [data.decode() for _, data in gallery_posts()[:40]]
    path = mutate_text(dice, path).replace("\n", "") if dice.randrange(6) == 0 else path
    text = mutate_text(dice, data.decode(), texts)
    return path.encode("utf-8", "surrogatepass") + b"\n" + encode(dice, text)


def probe_post(given: bytes) -> None:
    head, _, data = given.partition(b"\n")
    path = head.decode("utf-8", "surrogateescape")
    post, findings = parse_post(data, path)
    assert (post, findings) == parse_post(data, path)
    assert post is not None or findings
    assert_findings_told(findings)
    if post is None or findings:
        return
    values = [(name, getattr(post, name)) for name in FIELD_ORDER[3:]]
    told = [
        (name, value if isinstance(value, tuple) else str(value))
        for name, value in values
        if value not in (None, ())
    ]
    base = [("seat", post.seat), ("at", format_timestamp(post.at)), ("kind", post.kind)]
    again, found = parse_post(render_post([*base, *told, *post.extra.items()], post.body), path)
    assert again is not None and not found, found
    for name in FIELD_ORDER:
        assert getattr(again, name) == getattr(post, name), name
    assert [one.name for one in again.directives] == [one.name for one in post.directives]


def make_header(dice: Random) -> bytes:
    parts = split_front_matter(dice.choice(gallery_posts())[1].decode())
    return encode(dice, mutate_text(dice, parts.header if isinstance(parts, Parts) else "seat: otto\n"))


def probe_header(given: bytes) -> None:
    text = text_of(given)
    read = parse_header(text)
    if isinstance(read, tuple):
        assert read and all(problem.line >= 1 and problem.message for problem in read)
        return
    fast = parse_plain_header(text, 2)
    assert fast is None or not fast or fast == parse_yaml_header(text, 2)
    if all(key.replace("-", "").replace("_", "").isalnum() and key.isascii() for key in read):
        written = render_header([(key, entry.value) for key, entry in read.items()])
        again = parse_header(written)
        assert not isinstance(again, tuple), again
        assert {key: entry.value for key, entry in again.items()} == {
            key: entry.value for key, entry in read.items()
        }


def make_body(dice: Random) -> bytes:
    return encode(dice, mutate_text(dice, dice.choice(BODIES), BODIES))


def probe_body(given: bytes) -> None:
    text = text_of(given)
    count = text.count("\n") + 1
    for kind in KINDS:
        directives, problems = parse_directives(text, 1, kind)
        assert all(1 <= line <= count for line in (one.line for one in directives))
        assert all(1 <= problem.line <= count and problem.message for problem in problems)


# Names: any text to every reader of names.


def make_name(dice: Random) -> bytes:
    path, _ = dice.choice(gallery_posts())
    seeds = (
        "CMB-0001",
        "ORA-2026",
        "CAMBER-12",
        "2026-11-20T03:51:00.000Z",
        "20m",
        "CMB-{yyyy}-{n:04}",
        tip_ref("CMB"),
    )
    word = dice.choice((*seeds, path.rpartition("/")[2][:-3], reservation_ref("CMB", 7)))
    return encode(dice, mutate_text(dice, word))


def probe_name(given: bytes) -> None:
    text = text_of(given)
    for is_right in (is_seat, is_lane, is_namespace, is_series, is_nonce):
        assert isinstance(is_right(text), bool)
    at, duration, place, post = (
        parse_timestamp(text),
        parse_duration(text),
        parse_reservation_ref(text),
        parse_post_id(text),
    )
    assert at is None or format_timestamp(at) == text
    assert duration is None or parse_duration(format_duration(duration)) == duration
    assert place is None or text in (tip_ref(place[0]), reservation_ref(*place))
    assert post is None or make_post_id(post.at, post.seat, post.nonce) == text
    moment = parse_day_or_time(text)
    assert moment is None or format_timestamp(moment)
    for read_field in FIELDS.values():
        read_field(text), read_field((text, text))
    config = Config()
    number = config.parse_ticket_id(text)
    assert number is None or text in config.spellings(number.series, number.n)
    config.why_not_ticket(text), config.why_not_namespace(text)
    (
        find_nearest_ticket(text, {"CMB-0001"}),
        suggest_nearest(text, FIELDS, "x"),
        find_nearest_seat(text, ["CAMBER-12", "otto"]),
    )
    pattern = Pattern.parse_pattern("CMB", text)
    if isinstance(pattern, Pattern):
        assert Pattern.parse_pattern("CMB", str(pattern)) == pattern
        series = pattern.series_on_day(date(2026, 11, 20))
        spelled = pattern.spell_ticket(series, 7)
        read = pattern.parse_ticket(spelled)
        assert read is not None and (read.series, read.n) == (series, 7)
        explain_clash(pattern, Pattern("CMB", 0, False, 4))


# Settings


def make_settings(dice: Random) -> bytes:
    return encode(dice, mutate_text(dice, dice.choice(SETTINGS), SETTINGS))


def probe_settings(given: bytes) -> None:
    config, findings = parse_config(given)
    assert (config, findings) == parse_config(given)
    assert config.writable or findings
    assert_findings_told(findings)
    for seat in (*(config.seats or {}), "otto"):
        assert config.wip(seat) > 0 and config.role(seat) and config.lanes(seat) is not None
    for namespace in (*(config.namespaces or {}), "CMB"):
        for pattern in config.patterns_of(namespace):
            series = pattern.series_on_day(date(2026, 11, 20))
            assert config.parse_ticket_id(config.spell(series, 3)) is not None
    for row in find_changed_settings(Config(), config):
        assert_shown_clean(escape_markdown(row.new or ""))


# Payloads of refs: the series and number are CMB and 7.

RESERVATION = {
    "format": 1,
    "series": "CMB",
    "n": 7,
    "ticket": "CMB-0007",
    "seat": "otto",
    "at": "x",
    "nonce": "0" * 16,
}


def make_payload(dice: Random) -> bytes:
    return mutate_json(dice, RESERVATION if dice.randrange(2) else {"format": 1, "tip": 7, "nonce": "0" * 16})


def probe_payload(given: bytes) -> None:
    reservation = decode_reservation(given, "CMB", 7)
    if reservation is not None:
        assert decode_reservation(encode_reservation(reservation), "CMB", 7) == reservation
        assert is_seat(reservation.seat)
    tip = decode_tip(given)
    assert tip is None or (type(tip) is int and decode_tip(encode_tip(tip, "x")) == tip)


# Batches, and the posts that they wish for


def make_batch(dice: Random) -> bytes:
    return encode(dice, mutate_text(dice, BATCH, SETTINGS))


def probe_batch(given: bytes) -> None:
    try:
        wishes = parse_batch(given, "batch.yaml")
    except LedgerError as error:
        assert error.kind == "usage" and error.message and error.hint
        return
    items = [f"CMB-{place:04}" for place in range(1, len(wishes) + 1)]
    for place, wish in enumerate(wishes):
        try:
            validate_request(wish)
            filled = fill_placeholders(wish, place, items)
        except LedgerError as error:
            assert error.kind == "usage" and error.hint
            continue
        assert_written_is_read(filled)


def assert_written_is_read(wish: PostRequest) -> None:
    """A wish that passes makes a post that the tool reads: nothing of it is lost on the way."""
    at, path = "2026-11-20T03:51:00.000Z", gallery_posts()[0][0]
    name = make_post_id(parse_day_or_time(at) or parse_day_or_time("2026-11-20"), "otto", "0" * 16)  # type: ignore[arg-type]
    path = f"feed/2026/11/20/03/51/{name}.md"
    base = {"seat": "otto", "at": at, "kind": wish.kind}
    post, findings = parse_post(render_post(list((base | dict(wish.fields)).items()), wish.body), path)
    assert post is not None, findings
    assert not [
        one for one in findings if one.rule in ("unreadable-post", "misplaced-post", "unknown-field")
    ], findings
    assert post.body.rstrip("\n") == wish.body.rstrip("\n") or "\r" in wish.body


# Files of runtimes, and words of others' git


def make_memory(dice: Random) -> bytes:
    make_file = add_block(add_block("# Mine\n", "claude"), "codex")
    return encode(dice, mutate_text(dice, make_file))


def probe_memory(given: bytes) -> None:
    text = given.decode("utf-8", "surrogateescape")
    try:
        with_it = add_block(text, "gemini")
    except ValueError:
        return
    assert add_block(with_it, "gemini") == with_it
    without = remove_block(with_it, "gemini")
    assert without is None or "gemini" not in without.partition(" -->")[0].rpartition("begin ")[2]


PUSHED = (
    "To ../remote\n!\trefs/heads/main:refs/heads/main\t[rejected] (stale info)\n"
    "=\t:refs/reserve/CMB/1\t[up to date]\n \tabc:refs/heads/x\tabc..def\nDone\n"
)


def make_git_words(dice: Random) -> bytes:
    said = ("remote: error: hook declined\nremote: x\nfatal: the remote end hung up\n", PUSHED)
    return encode(dice, mutate_text(dice, dice.choice(said), said))


def probe_git_words(given: bytes) -> None:
    words = given.decode("utf-8", "replace")
    explain_local_fault(words), explain_remote_fault(words)
    told = porcelain_lines(given)
    shown, _ = explain_refusal(told.values(), given)
    assert_shown_clean(shown)


def make_shown(dice: Random) -> bytes:
    return encode(
        dice, "".join(pick_word(dice) * dice.choice((1, 1, 40)) for _ in range(dice.randrange(1, 12)))
    )


def probe_shown(given: bytes) -> None:
    text = text_of(given)
    for room in (0, 1, 7, 100):
        cut = clip_text(text, room)
        assert measure_weight(cut) <= max(room, 0) + 1 and (cut.endswith("…") or cut == text or not cut)
        assert_shown_clean(escape_line(cut))
    assert_shown_clean(escape_line(text))
    assert_shown_clean(escape_json(text.replace("\n", "")))
    assert_shown_clean(escape_markdown(text))
    for width in (None, 24, 80):
        told = list(quote_block(text, "  ", wrap_for(width) if width else None))
        assert width is None or max(map(measure_cells, told)) <= width
        assert all(line.startswith("  |") and "\n" not in line for line in told)
        assert_shown_clean("\n".join(told))


# Files in which runtimes have their hooks

HOOKS = tuple(
    Hook(event, {"hooks": [{"command": f"ledger {event}"}]}, f"ledger {event}") for event in ("A", "B")
)


def make_hooks(dice: Random) -> bytes:
    theirs = {"hooks": {"A": [{"command": "x"}, {"y": [1]}], "C": []}, "z": {"A": [], "hooks": "ledger A"}}
    ours = json.loads(make_file({"version": 1}, HOOKS))
    seeds: tuple[dict[str, Any], ...] = (theirs, ours, {"hooks": {"A": [HOOKS[0].entry] * 3}}, {})
    return mutate_json(dice, dice.choice(seeds))


def probe_hooks(given: bytes) -> None:
    text = given.decode("utf-8", "surrogateescape")
    try:
        merged = add_hooks(text, HOOKS)
        without = remove_hooks(text, {}, HOOKS)
    except ValueError:
        return
    assert all(hook.command in merged for hook in HOOKS) and add_hooks(merged, HOOKS) == merged
    if not any(hook.command in text for hook in HOOKS):
        assert without == text and remove_hooks(merged, {}, HOOKS) == text


READERS: tuple[Reader, ...] = (
    pure("post", make_post, probe_post, 150),
    pure("header", make_header, probe_header, 150),
    pure("body", make_body, probe_body, 150),
    pure("name", make_name, probe_name, 150),
    pure("settings", make_settings, probe_settings, 100),
    pure("payload", make_payload, probe_payload, 100),
    pure("batch", make_batch, probe_batch, 100),
    pure("memory", make_memory, probe_memory, 50),
    pure("hooks-file", make_hooks, probe_hooks, 100),
    pure("git-words", make_git_words, probe_git_words, 50),
    pure("shown", make_shown, probe_shown, 100),
)
