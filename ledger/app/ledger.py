"""Opening the ledger of a repository: which store, which branch, which seat."""

from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path

from ledger.app.effects import Effects, TimeLimit
from ledger.core.dataclass import dataclass, field, replace
from ledger.core.errors import LedgerError
from ledger.core.faults import explain_os_error
from ledger.core.ids import is_seat
from ledger.core.model import Ticket
from ledger.store.clone.clone_id import ensure_clone_id, read_clone_id
from ledger.store.contract import Memory, Signature, Store
from ledger.store.feed_branch import find_feed_branch
from ledger.store.git.objects import Objects
from ledger.store.git.repository import Repo, Worktree, choose_remote, open_repository
from ledger.store.git.working_tree import holds_code
from ledger.store.local import LocalStore
from ledger.store.remote import RemoteStore


@dataclass(frozen=True, slots=True)
class GlobalOptions:
    """What the command line and the environment say for every command alike.

    `seat` and `intent` are None when not given; `timeout` is in seconds.
    """

    directory: Path
    seat: str | None = None
    intent: str | None = None
    offline: bool = False
    timeout: float = 30.0


@dataclass(frozen=True)
class Ledger:
    """An open ledger: the repository, the store that is its authority, and who asks."""

    repo: Repo
    store: Store
    branch: str
    world: Effects
    options: GlobalOptions
    until: TimeLimit
    notices: list[str] = field(default_factory=list)
    """Why what was read is not as the remote has it now, for whoever is told of it."""

    @property
    def offline(self) -> bool:
        """True when nothing may be read from the remote."""
        return self.options.offline and self.store.authority.remote is not None

    @cached_property
    def objects(self) -> Objects:
        """The commits, index and files of the repository in which somebody asks, wherever the feed is."""
        return self.store.objects or Objects(self.repo)

    @cached_property
    def seat(self) -> str:
        """The seat that acts. Raises LedgerError `no-seat` when none is set, `usage` when malformed."""
        seat = self.options.seat or self.repo.config("ledger.seat")
        if not seat:
            raise LedgerError(
                "no-seat",
                "no seat is set: nobody could tell who writes",
                "`git ledger init --seat NAME`, or LEDGER_SEAT in the environment, or `--seat NAME`",
            )
        if not is_seat(seat):
            raise LedgerError(
                "usage",
                f'"{seat}" is no seat: letters, digits, `.`, `_` and `-`, at most 64, no `..`',
                "choose a name such as `otto-cli`",
            )
        return seat

    @cached_property
    def clone(self) -> str:
        """The id of this clone, which its worktrees share: two clones may be one seat by mistake."""
        try:
            return ensure_clone_id(self.repo.common_dir, self.world.nonce)
        except OSError as error:
            raise explain_os_error(error) or error from error

    def is_elsewhere(self, ticket: Ticket) -> bool:
        """Whether this seat holds a ticket by a claim that another clone of it made. Writes nothing."""
        mine = ticket.holder == self.seat and ticket.clone is not None
        return mine and ticket.clone != read_clone_id(self.repo.common_dir)

    @cached_property
    def author(self) -> Signature:
        """Who writes commits: the git identity, else the seat."""
        # No host is called `.invalid` (RFC 2606), so that the address is nobody's.
        return self.repo.find_identity() or Signature(self.seat, f"{self.seat}@git-ledger.invalid")

    def warnings(self) -> list[str]:
        """What is odd about the settings, for a seat that is about to write."""
        shared = self.options.seat is None and self.repo.config_scope("ledger.seat") == "local"
        if shared and self.repo.has_worktrees and len(list(islice(self._trees_of_seats(), 2))) > 1:
            words = f'every worktree of this repository is the seat "{self.seat}"; give each its own'
            return [f"{words} with `git ledger init --seat NAME` in it"]
        return []

    def _trees_of_seats(self) -> Iterator[Worktree]:
        """The working trees in which seats work: all but checkouts of a feed that has a branch of its own."""
        trees = self.repo.list_worktrees()
        return (tree for tree in trees if tree.head is None or holds_code(self.repo, tree.head))


def with_fresh_deadline(ledger: Ledger) -> Ledger:
    """The ledger with the whole time that a command has, from now on: for one that waited for others."""
    clock = ledger.world.monotonic
    return replace(ledger, until=TimeLimit(clock, clock() + ledger.options.timeout))


def open_ledger(
    options: GlobalOptions, world: Effects, branch: str | None = None, memory: Memory | None = None
) -> Ledger:
    """Find the repository and its ledger, on this branch if one is named.

    `memory` is that of an earlier ledger of the same repository.

    Raises LedgerError when there is none it can use.
    """
    repo = open_repository(options.directory)
    remote = choose_remote(repo)
    branch = branch or find_feed_branch(repo, remote)
    until = TimeLimit(world.monotonic, world.monotonic() + options.timeout)
    store = RemoteStore(repo, remote, branch, world.wait) if remote else LocalStore(repo, branch, world.wait)
    store.memory = memory or store.memory
    return Ledger(repo, store, branch, world, options, until)


def reopen_ledger(options: GlobalOptions, world: Effects) -> Callable[[], Ledger]:
    """What opens the ledger anew each time, and keeps what was read of a commit for the next time."""
    memory = Memory()
    return lambda: open_ledger(options, world, memory=memory)
