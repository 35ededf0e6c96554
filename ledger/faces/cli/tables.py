"""Tables for people: the queue, a ticket, the log. What others wrote is escaped."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ledger.core.board.waits import name_dependency
from ledger.core.queue.briefing import format_brief
from ledger.core.text import QUOTED, escape_line, quote_block, quote_line

Record = Mapping[str, Any]

_COLOURS = {"CLAIMED": "36", "BLOCKED": "33", "AWAITING_CLAIM": "32"}


def as_of_words(as_of: Record) -> str:
    """Which commit an answer is about, and how old it is."""
    commit = as_of.get("commit")
    at = f"as of {commit[:12]}" if commit else "the feed is empty"
    return f"{at}, read {as_of['age_s']:.0f} s ago"


def queue_lines(items: Sequence[Record], colour: bool) -> Iterator[str]:
    """One row a ticket, and below it what is odd about it."""
    if not items:
        return
    width = max(len(one["item"]) for one in items)
    who_width = min(28, max(len(_who(one)) for one in items))
    for one in items:
        state = f"{one['state']:<14}"
        if colour and one["state"] in _COLOURS:
            state = f"\x1b[{_COLOURS[one['state']]}m{state}\x1b[0m"
        who = f"{escape_line(_who(one)):<{who_width}}"
        yield f"{one['item']:<{width}}  {state}  {one['priority']:<8}  {who}  {quote_line(one['subject'])}"
        for odd in _odd(one):
            yield f"{'':<{width}}  {escape_line(odd)}"


def _who(one: Record) -> str:
    if "holder" in one:
        return str(one["holder"]["seat"])
    return "" if one["owner"] == "open" else f"-> {one['owner']}"


def _odd(one: Record) -> Iterator[str]:
    if one["provisional"]:
        yield "provisional: its number is not confirmed"
    for lost in one.get("collision", ()):
        who, what = quote_line(lost["seat"]), quote_line(lost["subject"])
        yield f"collision: {who} filed the same number: {what} ({lost['post']})"
    if "challenge" in one:
        asked, holder = one["challenge"], quote_line(one["holder"]["seat"])
        who = quote_line(asked["seat"])
        yield f"CHALLENGED by {who}: the claim ends after {asked['until']} unless {holder} answers"
        yield f"`git ledger alive {one['item']}` by {holder} does"
    if one["blocked_on"]:
        yield f"waits for {_waits(one, one['blocked_on'])}"
    if one["after"]:
        yield f"after {_waits(one, one['after'])}"
    if one.get("claimable"):
        yield f"claimable, warmth {one['warmth']}"
    for why in one.get("why_not", ()):
        yield f"not claimable: {why['detail']}"


def _waits(one: Record, names: Sequence[str]) -> str:
    """What a ticket waits for, the tickets among it with their states."""
    states = one.get("waits", {})
    return ", ".join(
        f"{name} ({states[name]})" if name in states else name_dependency(name) for name in names
    )


def ticket_lines(told: Record, width: int | None) -> Iterator[str]:
    """A ticket: what it is and says, then its history, oldest first, with the words of each post.

    What seats wrote stands in quotes, and in lines that begin with `|`, wrapped where there is a `width`.
    """
    yield f"{told['item']}  {quote_line(told['subject'])}"
    yield f"  {QUOTED}"
    facts = {
        "state": told["state"] + (f" since {told['since']}"),
        "priority": told["priority"],
        "lane": quote_line(told["lane"]),
        "owner": told["owner"] if told["owner"] == "open" else quote_line(told["owner"]),
        "opened": f"{told['opened_at']} by {quote_line(told['opened_by'])}",
        "path": told["path"],
        "parent": told.get("parent", ""),
        "related": ", ".join(told.get("related", ())),
        "absorbed by": told.get("absorbed_by", ""),
    }
    if "holder" in told:
        holder = told["holder"]
        facts["holder"] = f"{quote_line(holder['seat'])} since {holder['since']}"
        if "challenge" not in told:
            facts["holder"] += f"; if silent, may be asked from {holder['silent_from']} on"
        where = {fact: holder[fact] for fact in ("branch", "worktree") if fact in holder}
        facts |= {fact: quote_line(words) for fact, words in where.items()}
    yield from (f"  {name:<12}{escape_line(value)}" for name, value in facts.items() if value)
    yield from (f"  {escape_line(odd)}" for odd in _odd(told))
    yield from quote_block(told["body"], "  ", width) if "body" in told else ()
    yield ""
    for event in told["history"]:
        who, commit = quote_line(event["seat"]), event.get("commit", "")[:10]
        yield f"  {event['at']}  {who:<20}  {escape_line(event['effect'])}  {commit}".rstrip()
        if not told["path"].endswith(f"/{event['post']}.md"):  # whose words stand above
            yield from _words(event, width)


def _words(event: Record, width: int | None) -> Iterator[str]:
    yield from quote_block(event["body"], "    ", width) if "body" in event else ()
    if "more" in event:
        yield f"    it goes on; `git ledger log --json` has all of {event['post']}"


def text_lines(item: str, told: Record, width: int | None) -> Iterator[str]:
    """What a ticket that was claimed says, and what was said about it since."""
    yield f"  {QUOTED}"
    yield f"  opened by {quote_line(told['opened_by'])}: {quote_line(told['subject'])}"
    yield from format_brief(item, told, "  ", width)


def log_lines(posts: Sequence[Record]) -> Iterator[str]:
    """One line a post: its subject, else the first line of what it says."""
    for post in posts:
        subject = quote_line(post["subject"]) if "subject" in post else ""
        said = " ".join(filter(None, (post.get("item", ""), post.get("state", ""), subject)))
        if not subject and "body" in post:
            line = quote_line(_first_line(post["body"]))
            said = f"{said}: {line}" if said else line
        refused = f"  (refused: {post['refused']})" if "refused" in post else ""
        seat = escape_line(post["seat"])
        yield f"{post['at']}  {seat:<20}  {post['kind']:<10}  {escape_line(said + refused)}"


def _first_line(body: str) -> str:
    line, _, more = body.partition("\n")
    return f"{line[:79]}…" if more or len(line) > 80 else line
