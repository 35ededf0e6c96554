"""What was found by words, as JSON."""

from typing import TYPE_CHECKING, Any

from ledger.core.ids import format_timestamp
from ledger.faces.json.tickets import make_as_of_json, make_ticket_json

if TYPE_CHECKING:
    from ledger.app.read.search import FoundTicket, Hit, SearchResult

Json = dict[str, Any]


def make_search_json(result: "SearchResult") -> Json:
    """`as_of`; `items`, tickets with their `hits`, and what is about no ticket without an `item`; `more`,
    `left_out` and `cut` where they say something."""
    record: Json = {"as_of": make_as_of_json(result.as_of), "items": [_make_row(row) for row in result.found]}
    rest: Json = {"more": result.more, "left_out": result.left_out, "cut": result.cut}
    return record | {name: value for name, value in rest.items() if value}


def _make_row(found: "FoundTicket") -> Json:
    record = make_ticket_json(found.summary) if found.summary is not None else {}
    record |= {"hits": [_make_hit(hit) for hit in found.hits]}
    return record | ({"more_posts": found.more} if found.more else {})


def _make_hit(hit: "Hit") -> Json:
    post = hit.post
    return {
        "post": post.id,
        "at": format_timestamp(post.at),
        "seat": post.seat,
        "kind": post.kind,
        "where": hit.where,
        "text": hit.snippet,
    }
