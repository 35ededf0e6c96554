"""Names that somebody may want to complete, as the index of this clone has them.

Nothing is fetched, followed or written for it: a key waits for the answer.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from ledger.core.board.board import Board
from ledger.core.config.config import Config, parse_config
from ledger.core.dataclass import dataclass
from ledger.core.model import Ticket
from ledger.core.queue.seat_view import by_urgency, lane_of
from ledger.store.git.repository import open_repository
from ledger.store.index.kept import Index, open_index


@dataclass(frozen=True)
class KeptNames:
    """The names in a feed, as they were when the index was written."""

    index: Index

    @property
    def _board(self) -> Board:
        return self.index.board

    @cached_property
    def _config(self) -> Config:
        settings = self.index.settings
        return parse_config(settings.data if settings else b"")[0]

    def find_tickets(self, typed: str, closed: bool = False) -> list[tuple[str, str]]:
        """The tickets whose ids begin with what was typed, each with its subject, the most urgent first.

        The open ones; where none of them begins so, or `closed` says it, those that are closed.
        """
        found = [] if closed else [ticket for ticket in self._open if ticket.id.startswith(typed)]
        if not found:
            keys = self._board.tickets.keys_from(typed)
            found = [ticket for key in keys if (ticket := self._board.tickets[key]).closed]
        return [(ticket.id, ticket.subject) for ticket in by_urgency(found)]

    @cached_property
    def _open(self) -> Sequence[Ticket]:
        return self._board.open_tickets()

    def list_seats(self) -> list[str]:
        """The seats that the settings list, and those that ever posted."""
        return sorted({*(self._config.seats or ()), *self._board.seats.keys_from("")})

    def list_prefixes(self) -> list[str]:
        """The prefixes that the settings list, and those that are in use."""
        return sorted({*(self._config.namespaces or ()), *self._board.namespaces()})

    def list_lanes(self) -> list[str]:
        """The lanes of the open tickets."""
        return sorted({lane_of(ticket, self._config) for ticket in self._open})

    def list_labels(self) -> list[str]:
        """The labels of the open tickets."""
        return sorted({label for ticket in self._open for label in ticket.labels})


def read_kept_names(directory: Path) -> KeptNames | None:
    """The names that the index of a repository has; None where there is no index.

    Raises LedgerError where there is no repository.
    """
    index = open_index(open_repository(directory).common_dir)
    return None if index is None else KeptNames(index)
