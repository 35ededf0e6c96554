"""The kinds of post: one module each, which ends in its record, and one line each in this table.

A kind that is not here is kept and shown, never applied: the feed outlives its readers.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from ledger.core.board.kind import Kind
from ledger.core.board.kinds import actionable, adopt, amendment, boot, confirm, note, retire, ruling
from ledger.core.model import Post

if TYPE_CHECKING:
    from ledger.core.board.board import BoardOverlay

_TABLE: Final = (
    actionable.KIND,
    ruling.KIND,
    amendment.KIND,
    confirm.KIND,
    note.KIND,
    boot.KIND,
    retire.KIND,
    adopt.KIND,
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _TABLE}
"""The kinds that this version knows, by their names."""


def _change_nothing(board: "BoardOverlay", post: Post) -> None:
    pass


def kind_of(name: str) -> Kind:
    """The kind of this name; for one that this version does not know, one that carries and does nothing."""
    return KINDS.get(name) or Kind(name=name, apply=_change_nothing)


def kinds_with_field(field: str) -> list[str]:
    """The names of the kinds that carry a field, sorted."""
    return sorted(kind.name for kind in KINDS.values() if field in kind.fields)


def kinds_with_directive(directive: str) -> list[str]:
    """The names of the kinds that carry a directive, in the order of the table."""
    return [kind.name for kind in KINDS.values() if directive in kind.directives]
