"""A feed in a few plain lines, for tests and the gallery.

One line a post: a time, a seat, a verb, a ticket, fields as `name=value`, and after a colon the words.
Lines that begin with `|` are further lines of the body. `by hand` makes a post without `seq`, `prev` and
`saw`; every other post is landed as the tool would, on all that stands above it.

    03:51 CAMBER-01 opens CMB-0036: Redline cards
    03:57 ORA-01 opens CMB-0036 by hand: Another thing
    04:10 CAMBER-01 claims CMB-0036 branch=cards worktree=/w/1
    04:20 CAMBER-01 blocks CMB-0036 blocked_on=ruling:CMB-0001,CMB-0002: waits for the ruling
    05:00 STRAT-1 rules FLT-1308 rules_on=FLT-1296: Which of them stands
        | ABSORB: FLT-1297 -> DONE (why)

Lists are separated by commas; `#2` stands for the id of the second post. Times are of 2026-11-20, or
whole (`2026-04-16T20:04:22`).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from ledger.core.feed.posts import parse_post, render_post
from ledger.core.ids import format_timestamp, make_post_id, path_of_post
from ledger.core.model import Post
from ledger.core.write.requests import Value

LISTS = {
    "related",
    "after",
    "blocked_on",
    "rules_on",
    "cites",
    "lanes",
    "to",
    "saw",
    "labels",
    "criteria",
    "met",
}
VERBS: dict[str, tuple[str, str | None, str]] = {
    # verb: kind, state, how the words after the colon are written
    "opens": ("actionable", "AWAITING_CLAIM", "subject"),
    "claims": ("actionable", "CLAIMED", "{}"),
    "finishes": ("actionable", "DONE", "{}"),
    "blocks": ("actionable", "BLOCKED", "{}"),
    "parks": ("actionable", "PARKED", "{}"),
    "cancels": ("actionable", "CANCELLED", "{}"),
    "reposts": ("actionable", "AWAITING_CLAIM", "{}"),
    "releases": ("actionable", "AWAITING_CLAIM", "RELEASE: {}"),
    "repairs": ("actionable", "AWAITING_CLAIM", "REPAIR: {}"),
    "sweeps": ("actionable", "AWAITING_CLAIM", "AUTO-RELEASE: {}"),
    "challenges": ("note", None, "CHALLENGE: {item} {}"),
    "lives": ("note", None, "ALIVE: {}"),
    "offers": ("actionable", "AWAITING_CLAIM", "HANDOFF: {}"),
    "declines": ("note", None, "DECLINE: {item} ({})"),
    "notes": ("note", None, "{}"),
    "rules": ("ruling", None, "subject"),
    "amends": ("amendment", None, "{}"),
    "moves": ("amendment", None, "AMENDMENT: {}"),
    "confirms": ("confirm", None, "CONFIRMED: {item}{}"),
    "boots": ("boot", None, "{}"),
    "retires": ("retire", None, "{}"),
    "says": ("omen", None, "{}"),
}
LINE = re.compile(
    r"(?P<at>[0-9T:.-]+) (?P<seat>\S+) (?P<verb>[a-z]+)(?: (?P<item>[A-Z][A-Z0-9]*-[0-9-]+))?"
    r"(?P<fields>(?: [a-z_-]+=\S*)*)(?P<hand> by hand)?(?:: (?P<words>.*))?"
)


@dataclass(frozen=True)
class Feed:
    """Posts in the order written, and their files."""

    posts: tuple[Post, ...]
    files: dict[str, bytes]


def feed(text: str) -> Feed:
    """Write the posts of a plain feed and read them back as the tool would."""
    files: dict[str, bytes] = {}
    posts: list[Post] = []
    head: tuple[str, int] | None = None
    unseen: list[str] = []
    for number, (line, more) in enumerate(_lines(text), 1):
        name, fields, body, by_hand = _post(line, more, number, [post.id for post in posts])
        if not by_hand:
            fields["seq"] = str(head[1] + 1 if head else 1)
            if head:
                fields["prev"] = head[0]
            if unseen:
                fields["saw"] = tuple(unseen)
            head, unseen = (name, head[1] + 1 if head else 1), []
        else:
            unseen.append(name)
        path = path_of_post(name)
        files[path] = render_post(list(fields.items()), body)
        post, findings = parse_post(files[path], path)
        assert post is not None, findings
        posts.append(post)
    return Feed(tuple(posts), files)


def _lines(text: str) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        bare = line.strip()
        if bare.startswith("|"):
            found[-1][1].append(bare[1:].removeprefix(" "))
        elif bare and not bare.startswith("#"):
            found.append((bare, []))
    return found


def _post(line: str, more: list[str], number: int, ids: list[str]) -> tuple[str, dict[str, Value], str, bool]:
    read = LINE.fullmatch(re.sub(r"#(\d+)", lambda found: ids[int(found[1]) - 1], line))
    assert read is not None, f"cannot read: {line}"
    kind, state, form = VERBS[read["verb"]]
    at = moment(read["at"])
    fields: dict[str, Value] = {"seat": read["seat"], "at": format_timestamp(at), "kind": kind}
    if read["item"]:
        fields["item"] = read["item"]
    if state:
        fields["state"] = state
    words = read["words"] or ""
    if form == "subject" and words:
        fields["subject"] = words
    for pair in read["fields"].split():
        field, _, value = pair.partition("=")
        fields[field] = tuple(value.split(",")) if field in LISTS else value
    bodied = form != "subject" and (words or "{item}" in form)
    first = [form.format(words, item=read["item"])] if bodied else []
    body = "\n".join([*first, *more])
    return make_post_id(at, read["seat"], f"{number:016x}"), fields, body, read["hand"] is not None


def moment(text: str) -> datetime:
    """`03:51`, `03:51:07` of 2026-11-20, or a whole date and time; UTC."""
    whole = text if "T" in text else f"2026-11-20T{text}"
    return datetime.fromisoformat(whole).replace(tzinfo=UTC)
