"""What the package knows of one kind of post: the record that each module of `kinds/` makes of its own."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ledger.core.dataclass import dataclass
from ledger.core.model import Post

if TYPE_CHECKING:
    # The board itself asks kinds what posts do (`links.py`), so that they know its type alone.
    from ledger.core.board.board import BoardOverlay


def _open_nothing(subject: object) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of post: its form, what the fold does with it, and what others ask of it.

    `required` and `fields` are names of `feed/fields.py`; of the fields that the tool fills in for every post
    (`seq`, `prev`, `saw`) it says nothing. `directives` are names of `feed/directives.py`. `apply` writes
    a post of this kind to a board; what is not allowed it refuses there.
    """

    name: str
    apply: "Callable[[BoardOverlay, Post], None]"
    required: tuple[str, ...] = ()
    fields: frozenset[str] = frozenset()
    directives: frozenset[str] = frozenset()
    opens: Callable[[object], bool] = _open_nothing
    """Whether a post with this subject (None: without one) brings the ticket in its `item` into being."""
    moves_item: bool = False
    """Its `item` is a ticket that it changes: a write fails where that changed since its seat looked."""
    only_speaks: bool = False
    """It changes no ticket, so that a later post may arrive before it."""
    rules: bool = False
    """It is a ruling: it ends waits for one, and its ABSORB lines move tickets."""
    amends: bool = False
    """It changes what an opening said, its owner included."""
    confirms: bool = False
    """It ends the provisional phase of an opening."""
    boots: bool = False
    """It begins a life of its seat."""
    retires: bool = False
    """It gives back the claims of its seat, and ends that seat's life."""
    by_tool: bool = False
    """The tool alone writes it: no seat asks for it, and no answer to a seat tells of it."""
    number_hint: str = ""
    """What to do about a number that was not reserved, `{namespace}` being the ticket's."""
    template: str = ""
    """What stands in the body of a draft."""

    @property
    def decides(self) -> bool:
        """Whether not every seat may post it on the ticket of another."""
        return self.rules or self.amends or self.confirms
