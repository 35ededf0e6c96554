"""Valid inputs made invalid: by lines, words and characters, by JSON values, and by bytes.

Everything takes its chances from a `Random`, so that Hypothesis can drive and shrink it, and `tools/fuzz` can
run it at full speed from a seed.
"""

import json
import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

HOSTILE = (
    *(
        "\x00",
        "\x1b[31m",
        "\x1b]52;c;eA==\x07",
        "\x85",
        "\xad",
        "\u061c",
        "\u200b",
        "\u2028",
        "\u202e",
        "\ufeff",
    ),
    *(
        "\U000e0041\U000e0042",
        "\U0001f468\u200d\U0001f469",
        "\u2764\ufe0f\u200d",
        "\ud800",
        "\udfff",
        "\uffff",
    ),
    *(
        "\r",
        "\r\n",
        "\n",
        "\t",
        " ",
        "",
        "\n---\n",
        "\n...\n",
        "---",
        "```",
        "~~~",
        "::error::",
        "##vso[x]",
        "%0A",
    ),
    *(
        "&a",
        "*a",
        "!!int",
        "!x ",
        "? a",
        "[",
        "]",
        "{",
        "}",
        "[]",
        "{}",
        "|",
        ">",
        "%",
        "@",
        "`",
        "'",
        '"',
        "\\",
    ),
    *("~", "null", "no", "0107", "1e3", "-1", "0", "1", "9" * 9, "9" * 40, "٣", "²", "½", "ﬁ", "İ", "ß"),
    *("..", ".lock", "../../x", "/etc/passwd", "-x", "--", "$(x)", "{{ITEM_ID}}", "{{ITEM_ID.2}}", "a" * 70),
    *("->", "=>", "→", "-" * 30 + ">", "(", ")", "(why)", ":", "：", "#", ",", ": ", " #", "x-", "ruling:"),
)
"""What readers stumble over: invisible and control characters, marks of YAML, numbers that are none, names
that climb, and the marks of directives."""
LEDGER = (
    *("CMB-0001", "CMB-0002", "CMB-1", "cmb-0001", "ORA-2026-0001", "FLT-2026112001", "CMB-999999999", "CMB"),
    *("AWAITING_CLAIM", "CLAIMED", "BLOCKED", "DONE", "PARKED", "CANCELLED", "done", "HIGH", "LOW", "open"),
    *(
        "actionable",
        "ruling",
        "amendment",
        "confirm",
        "note",
        "boot",
        "retire",
        "adopt",
        "omen",
        "awaiting-A-ruling",
    ),
    *(
        "seat",
        "at",
        "kind",
        "seq",
        "prev",
        "saw",
        "item",
        "state",
        "subject",
        "priority",
        "lane",
        "owner",
        "parent",
    ),
    *(
        "related",
        "after",
        "blocked_on",
        "rules_on",
        "corrects",
        "cites",
        "branch",
        "worktree",
        "clone",
        "lanes",
    ),
    *(
        "wip",
        "cap",
        "driver",
        "to",
        "labels",
        "criteria",
        "met",
        "due",
        "x-run",
        "format",
        "namespaces",
        "seats",
        "role",
        "surfaces",
        "id",
        "{n:04}",
    ),
    *("ABSORB: CMB-0001 -> DONE (why)", "ABSORB: CMB-0002 -> AWAITING_CLAIM", "RELEASE: why", "REPAIR: why"),
    *("ABSORB: CMB-0002 -> DONE absorbed-by:CMB-0001", "CONFIRM-PENDING: CMB-0001", "CONFIRMED: CMB-0001"),
    *(
        "HANDOFF: open (capacity: why)",
        "DECLINE: CMB-0001 (cold: why)",
        "ALIVE: CMB-0001",
        "Absorb: CMB-0001",
    ),
    *(
        "2026-11-20T03:51:00.000Z",
        "2026-11-20",
        "0001-01-01T00:00:00.000Z",
        "9999-12-31T23:59:59.999Z",
        "20m",
        "0s",
    ),
    *("999999d", "1ms", "awaiting-B-ruling", "ruling:CMB-0001", "A", "B", "C", "STRAT-1", "CAMBER-01"),
)
"""Words that mean something to some reader."""
_MOMENTS = (
    *(
        "0001-01-01T00:00:00.000Z",
        "9999-12-31T23:59:59.999Z",
        "9999-12-31T22:00:00.000Z",
        "1970-01-01T00:00:00.000Z",
    ),
    *(
        "2026-11-20T00:00:00.000Z",
        "2026-11-21T23:59:59.999Z",
        "2027-02-29T00:00:00.000Z",
        "2026-11-20T23:59:60.000Z",
    ),
)
_TICKETS = ("CMB-0001", "CMB-0002", "CMB-0036", "CMB-9", "FLT-1297", "ORA-2026-0001", "X-1", "CMB-999999999")
_SEATS = ("A", "B", "C", "a", "CAMBER-01", "STRAT-1", "ORA-01", "otto", "x" * 64)
_FITTING = {
    "at": _MOMENTS,
    **dict.fromkeys(("item", "parent", "related", "after", "rules_on"), _TICKETS),
    **dict.fromkeys(("seat", "to"), _SEATS),
    "owner": (*_SEATS, "open", "awaiting-A-ruling"),
    "blocked_on": (*_TICKETS, "ruling:CMB-0001", "ruling:FLT-1296", "the ruling", "words"),
    "state": ("AWAITING_CLAIM", "CLAIMED", "BLOCKED", "DONE", "PARKED", "CANCELLED"),
    "kind": ("actionable", "ruling", "amendment", "confirm", "note", "boot", "retire", "adopt", "omen"),
    "labels": ("ui", "docs", "UI", "a/b", "-x", "x" * 41),
    "criteria": ("it works", "it is said", "x" * 301),
    "met": ("1", "2", "all", "0", "99", "100"),
    "due": ("2026-11-20", "2026-11-20T03:00Z", "none", "2026-02-30", "0001-01-01", "9999-12-31"),
    "seq": ("1", "2", "3", "999999999"),
    **dict.fromkeys(
        ("claim_ttl", "claim_grace", "warm_window", "dark_after", "nudge_after"), ("999999d", "1ms", "1s")
    ),
}
"""Values that a key may well have, so that a change makes another valid feed as often as a broken one."""
_values = re.compile(r"^([a-z_-]+): (.*)$", re.MULTILINE).finditer
_words = re.compile(r"[^\s:,\[\]()]+")


def pick_word(dice: Random) -> str:
    """A word that is hostile or means something."""
    return dice.choice(HOSTILE) if dice.randrange(2) else dice.choice(LEDGER)


def mutate_text(dice: Random, text: str, others: Sequence[str] = ()) -> str:
    """A text with a few changes; `others` are texts of the same sort, to be mixed in."""
    for _ in range(dice.randrange(1, 5)):
        text = dice.choice(_CHANGES)(dice, text)
    if others and dice.randrange(5) == 0:
        lines, more = text.split("\n"), dice.choice(others).split("\n")
        text = "\n".join(lines[: dice.randrange(len(lines) + 1)] + more[dice.randrange(len(more)) :])
    return text


def _drop_line(dice: Random, text: str) -> str:
    lines = text.split("\n")
    del lines[dice.randrange(len(lines))]
    return "\n".join(lines)


def _repeat_line(dice: Random, text: str) -> str:
    lines = text.split("\n")
    place = dice.randrange(len(lines))
    lines[place:place] = [lines[place]] * dice.choice((1, 1, 2, 30))
    return "\n".join(lines)


def _move_line(dice: Random, text: str) -> str:
    lines = text.split("\n")
    line = lines.pop(dice.randrange(len(lines)))
    lines.insert(dice.randrange(len(lines) + 1), line)
    return "\n".join(lines)


_LINES = (
    *("{}", "{}: {}", "- {}", "{}: [{}]", "{}: &a {}", '{}: "{}"', "? {}"),
    *("{}:\n- {}", "{}: |\n  {}", "> {}"),
)


def _add_line(dice: Random, text: str) -> str:
    lines = text.split("\n")
    forms = (
        "{}",
        "{}: {}",
        "- {}",
        "{}: [{}]",
        "{}: &a {}",
        '{}: "{}"',
        "? {}",
        "{}:\n- {}",
        "{}: |\n  {}",
        "> {}",
    )
    line = dice.choice(forms).format(pick_word(dice), pick_word(dice))
    lines.insert(dice.randrange(len(lines) + 1), line)
    return "\n".join(lines)


def _change_word(dice: Random, text: str) -> str:
    found = list(_words.finditer(text))
    if not found:
        return pick_word(dice)
    place = dice.choice(found)
    word = dice.choice((pick_word(dice), place[0].swapcase(), place[0] + pick_word(dice), place[0][:-1]))
    return text[: place.start()] + word + text[place.end() :]


def _set_value(dice: Random, text: str) -> str:
    """Another value behind a `key: `."""
    found = list(_values(text))
    if not found:
        return text
    place = dice.choice(found)
    word = pick_word(dice)
    value = dice.choice(
        (word, word, f'"{word}"', f"[{word}]", f"[{place[2]}, {word}]", f"{place[2]} {word}", "")
    )
    if place[1] in _FITTING and dice.randrange(3):
        value = dice.choice(_FITTING[place[1]])
    return text[: place.start(2)] + value + text[place.end(2) :]


def _change_digit(dice: Random, text: str) -> str:
    found = list(re.finditer("[0-9]", text))
    if not found:
        return text
    place = dice.choice(found).start()
    return text[:place] + dice.choice("0129٣x") + text[place + 1 :]


def _insert_word(dice: Random, text: str) -> str:
    place = dice.randrange(len(text) + 1)
    return text[:place] + dice.choice(HOSTILE) + text[place:]


def _cut(dice: Random, text: str) -> str:
    return text[: dice.randrange(len(text) + 1)]


_CHANGES: Sequence[Callable[[Random, str], str]] = (
    *(_drop_line, _repeat_line, _move_line, _add_line, _add_line, _change_word, _change_word, _change_word),
    *(_set_value, _set_value, _set_value, _change_digit, _insert_word, _insert_word, _cut),
)


def mutate_bytes(dice: Random, data: bytes) -> bytes:
    """Bytes with one change that no text editor makes."""
    place = dice.randrange(len(data) + 1)
    piece = dice.choice(
        (b"\xff", b"\x00", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\r", data[:place][-40:])
    )
    return dice.choice(
        (data[:place], data[:place] + piece + data[place:], data[:place] + piece + data[place + 1 :])
    )


def encode(dice: Random, text: str) -> bytes:
    """A text as bytes, now and then damaged."""
    data = text.encode("utf-8", "surrogatepass")
    return mutate_bytes(dice, data) if dice.randrange(12) == 0 else data


_VALUES: Sequence[Any] = (
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        2**31,
        2**63,
        2**64,
        10**400,
        0.5,
        float("inf"),
        float("nan"),
        "",
        "x",
        "1",
        [],
    ),
    *({}, [[]], [None], ["x"], [1], {"x": 1}, {"": None}, "x" * 300),
)


def mutate_json(dice: Random, value: Any) -> bytes:
    """A JSON document with a few values, keys or bytes changed."""
    for _ in range(dice.randrange(3)):
        value = _change_value(dice, value)
    text = json.dumps(value, ensure_ascii=bool(dice.randrange(2)), indent=dice.choice((None, 1)))
    if dice.randrange(8) == 0:
        text = mutate_text(dice, text)
    if dice.randrange(20) == 0:
        text = dice.choice(('"x": ', "")) + dice.choice(("[", '{"a":', "1", "9")) * dice.choice(
            (3, 5000, 60_000)
        )
    return encode(dice, text)


def _change_value(dice: Random, value: Any) -> Any:
    if isinstance(value, dict) and value and dice.randrange(8):
        key = dice.choice(sorted(value))
        rest = {name: one for name, one in value.items() if name != key}
        return dice.choice(
            (
                rest,
                rest | {pick_word(dice): value[key]},
                *([rest | {key: _change_value(dice, value[key])}] * 4),
            )
        )
    if isinstance(value, list) and value and dice.randrange(4):
        place = dice.randrange(len(value))
        return [*value[:place], _change_value(dice, value[place]), *value[place + 1 :]]
    return dice.choice((dice.choice(_VALUES), pick_word(dice), [value], {pick_word(dice): value}))


def grow(dice: Random, data: bytes, size: int) -> bytes:
    """An input of about so many bytes: one of its parts over and over, a line or a few characters."""
    if not data:
        return data
    lines = data.split(b"\n")
    place = dice.randrange(len(lines))
    if dice.randrange(3):
        part = lines[place] + b"\n"
        lines[place] = (part * (size // len(part)))[:-1]
        return b"\n".join(lines)
    place = dice.randrange(len(data))
    part = data[place : place + dice.choice((1, 2, 5, 20))]
    return data[:place] + part * (size // len(part)) + data[place:]
