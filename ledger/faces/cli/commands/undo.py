"""`undo`: takes back what this seat did last; `--dry-run` only says how."""

from collections.abc import Mapping
from typing import Annotated, Any

from ledger.app.deeds.undo import find_undo, undo_last_deed
from ledger.core.moments import format_ago
from ledger.core.text import escape_line
from ledger.core.write.requests import PostRequest
from ledger.core.write.undoing import Undo
from ledger.faces.cli.parameters import Option
from ledger.faces.cli.session import Session


def command(
    session: Session,
    dry_run: Annotated[bool, Option("--dry-run", help="only say what would be posted")] = False,
) -> int:
    """Take back what this seat did last, by the posts that lead the ticket to where it was, unless somebody
    went on from it. Nothing that was written is removed.
    """
    if dry_run:
        undo = find_undo(session.ledger)
        would = [_make_request_json(request) for request in undo.requests]
        lines = [f"would undo {_describe_undone(session, undo)}", *map(_describe_request, undo.requests)]
        return session.answer({**_make_undone_json(undo), "would": would}, lines)
    landed, done = undo_last_deed(session.ledger)
    # A nonce that had landed: what was undone then is not looked up again.
    if done is None:
        return session.landed(landed)
    return session.landed(landed, _make_undone_json(done), [f"undone: {_describe_undone(session, done)}"])


def _make_undone_json(undo: Undo) -> dict[str, Any]:
    return {"undone": {"post": undo.post.id, "item": undo.item, "effect": undo.effect}}


def _describe_undone(session: Session, undo: Undo) -> str:
    """The deed: for a person how long ago it was done, for others the post."""
    screen = session.env.screen
    when = format_ago(undo.post.at, screen.now) if screen is not None else undo.post.id
    return escape_line(f"{undo.item}: {undo.effect} ({when})")


def _make_request_json(request: PostRequest) -> Mapping[str, Any]:
    values = request.fields.items()
    fields = {name: list(value) if isinstance(value, tuple) else value for name, value in values}
    return {"kind": request.kind, **fields} | ({"body": request.body} if request.body else {})


def _describe_request(request: PostRequest) -> str:
    """A post that would be made, in a line: what it sets, and by which directive."""
    values = {name: value for name, value in request.fields.items() if name != "item"}
    texts = {name: " ".join(value) if isinstance(value, tuple) else value for name, value in values.items()}
    changes = ", ".join(f"{name} {text or 'none'}" for name, text in texts.items())
    directive = request.body.partition(": ")[0]
    by = f" by {directive}" if directive.isupper() else ""
    return escape_line(f"  {request.fields.get('item')}: {changes}{by}")
