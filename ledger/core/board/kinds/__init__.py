"""The kinds of post: one module each with `apply(board, post)`, and this table.

A kind that is not here is kept and shown, never applied: the feed outlives its readers.
"""

from collections.abc import Callable, Mapping

from ledger.core.board.board import BoardOverlay
from ledger.core.board.kinds import actionable, adopt, amendment, boot, confirm, note, retire, ruling
from ledger.core.model import Post

KINDS: Mapping[str, Callable[[BoardOverlay, Post], None]] = {
    "actionable": actionable.apply,
    "ruling": ruling.apply,
    "amendment": amendment.apply,
    "confirm": confirm.apply,
    "note": note.apply,
    "boot": boot.apply,
    "retire": retire.apply,
    "adopt": adopt.apply,
}
