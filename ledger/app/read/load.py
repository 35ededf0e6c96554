"""Reading the authority: refs, the feed's posts, the config and the series, as one view."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from ledger.app.judge.own_feed import refuse_own_feed
from ledger.app.ledger import Ledger
from ledger.app.read.series import read_series_refs
from ledger.core.board.board import Board, BoardOverlay
from ledger.core.config.config import Config, parse_config
from ledger.core.dataclass import dataclass, field, replace
from ledger.core.did_you_mean import suggest_respelled
from ledger.core.errors import CannotKeepError, LedgerError
from ledger.core.ids import parse_reservation_ref
from ledger.core.model import Finding, Post, Ticket
from ledger.core.write.numbers import Series, decode_reservation, decode_tip
from ledger.store.contract import Rewind, Store
from ledger.store.feed_branch import guess_feed_branch, holds_feed, is_of_code, name_free_branch
from ledger.store.git.repository import Repo
from ledger.store.index.file import find_index_file
from ledger.store.index.following import KeptFeed, read_kept_feed, read_settings, read_whole_feed
from ledger.store.index.kept import Settings, open_index
from ledger.store.remote_heads import fetch_candidates

REWOUND = "the feed was rewound: what was seen here is gone; `git ledger drift` names it"
"""What a reader is told of a rewound feed."""
BEHIND = "the fetch URL is behind: what was seen here is missing, and the push URL could not be asked"
"""What a reader is told of a mirror that lags."""


@dataclass()
class Cache:
    """What a command read so far: a config is parsed once, by its object; `config` is the newest one."""

    config: Config | None = None
    configs: dict[str, tuple[Config, tuple[Finding, ...]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AsOf:
    """The commit of the feed (None: it is empty), when that was read, and how many seconds ago.

    `rewound`: posts or tips that this clone saw before are gone from the authority; `behind`: they are
    missing in the mirror that was read.
    """

    commit: str | None
    at: datetime
    age: float
    rewound: bool = False
    behind: bool = False

    @property
    def notices(self) -> tuple[str, ...]:
        """What a reader of the answer must be told of it."""
        return (REWOUND,) if self.rewound else (BEHIND,) if self.behind else ()


@dataclass(frozen=True)
class Feed:
    """The feed at one commit: board and config, and what reading them found.

    `commit` is None while the branch does not exist. `read_at` is when the authority was read, `rewind` what
    it had before and has no longer; `behind`: a mirror was read that lacks what this clone saw. `offline`:
    the authority was not asked, so that the numbers may be known from an earlier time than the posts.
    """

    commit: str | None
    refs: Mapping[str, str]
    board: Board
    config: Config
    kept: KeptFeed
    config_found: tuple[Finding, ...]
    read_at: datetime
    rewind: Rewind | None = None
    behind: bool = False
    offline: bool = False

    def all_posts(self) -> Iterator[Post]:
        """Every post that could be read, copies included."""
        return self.kept.all_posts()

    def findings(self) -> tuple[Finding, ...]:
        """What reading the config and the posts found."""
        return (*self.config_found, *self.kept.findings())


def date_feed(ledger: Ledger, feed: Feed) -> AsOf:
    """Which state a feed is, by the seat's clock now."""
    age = max(0.0, (ledger.world.now() - feed.read_at).total_seconds())
    rewound = feed.rewind is not None
    return AsOf(feed.commit, feed.read_at, age, rewound, feed.behind and not rewound)


def read_feed(
    ledger: Ledger, names: Sequence[str] = (), cache: Cache | None = None, to_write: bool = False
) -> Feed:
    """Read the feed, freshly unless offline, and refs of series: by name, or all below a folder.

    `to_write` reads from where a write would go, which is another place where a mirror is fetched from.
    Raises LedgerError `unreachable` when the remote cannot be read.
    """
    store = ledger.store
    # Taken before the reading, so that the age that is told may be too high and is never too low.
    read_at = ledger.world.now()
    if ledger.offline:
        refs = store.read_known_refs(names, judge=True)
        read_at = store.fetched_at() or read_at
    else:
        refs = read_series_refs(lambda refs: store.read_refs(refs, ledger.until, to_write), names)
        # Asked only when the branch is missing, as this fetches every candidate.
        if store.feed_ref not in refs and refs.rewind is None:
            _refuse_feed_elsewhere(ledger)
    commit = refs.get(store.feed_ref)
    # Before the feed is built, which makes an index of every post where there is none.
    if commit is not None and ledger.repo.config("ledger.checkpoint") == "trust":
        _start_by_checkpoint(ledger, commit)
    feed = build_feed(store, commit, refs, read_at, cache or Cache(), partial(find_landed_commit, ledger))
    if refs.rewind is None:  # else the remote had a feed, and it is what is told
        refuse_own_feed(ledger, feed.commit)
    if not len(feed.board.posts) and ledger.repo.config("ledger.branch") is None:
        refuse_code_branch(ledger.repo, store.authority.remote, ledger.branch)
    if feed.config.branch not in (None, ledger.branch):
        raise LedgerError(
            "wrong-branch",
            f'`feed/ledger.yaml` on "{ledger.branch}" says that the feed is on "{feed.config.branch}"',
            f"`git ledger init --branch {feed.config.branch}`",
        )
    return replace(feed, rewind=refs.rewind, behind=refs.behind, offline=ledger.offline)


def _start_by_checkpoint(ledger: Ledger, commit: str) -> None:
    """Where this clone has no index, let it begin with the remote's checkpoint."""
    remote = ledger.store.authority.remote
    if remote is None or ledger.offline or find_index_file(ledger.repo.common_dir):
        return
    from ledger.app.read.checkpoint import take_checkpoint  # once in the life of a clone

    take_checkpoint(ledger, remote, commit)


def read_feed_to_show(ledger: Ledger, names: Sequence[str] = (), cache: Cache | None = None) -> Feed:
    """Read the feed as `read_feed` does; where nothing that is fetched can be kept here, as on a full disk,
    as it was fetched last, and the ledger's notices say so. For answers alone: no right is judged by it."""
    try:
        return read_feed(ledger, names, cache)
    except CannotKeepError as error:
        ledger.notices.append(f"{error.message}; this is as it was fetched last")
        return read_feed(replace(ledger, options=replace(ledger.options, offline=True)), names, cache)


def refuse_code_branch(repo: Repo, remote: str | None, branch: str) -> None:
    """Raise LedgerError `needs-own-branch` for a branch of the code that only has the name of a feed's."""
    ref = f"refs/remotes/{remote}/{branch}" if remote else f"refs/heads/{branch}"
    if repo.git.run("show-ref", "--verify", "-q", ref).code == 0 and is_of_code(repo, ref):
        message = f'"{branch}" is a branch of the code, and holds no feed'
        free = name_free_branch(repo, remote, branch)
        raise LedgerError("needs-own-branch", message, f"`git ledger init --branch {free}`")


def _refuse_feed_elsewhere(ledger: Ledger) -> None:
    """Where the feed's branch is missing, ask the remote whether another has the feed.

    A clone may be older than the feed; to begin a second one would split the fleet. Raises LedgerError
    `wrong-branch`.
    """
    remote = ledger.store.authority.remote
    if remote is not None:
        fetch_candidates(ledger.repo, remote, ledger.until, ledger.world.wait)
        refuse_second_feed(ledger.repo, remote, ledger.branch)


def refuse_second_feed(repo: Repo, remote: str, branch: str) -> None:
    """Raise LedgerError `wrong-branch` where the remote, as last fetched, has a feed, and it is elsewhere."""
    found = guess_feed_branch(repo, remote)
    ref = f"refs/remotes/{remote}/"
    if found == branch or holds_feed(repo, ref + branch) or not holds_feed(repo, ref + found):
        return
    message = f'the feed is on the branch "{found}" of {remote}, and not on "{branch}"'
    raise LedgerError("wrong-branch", message, f"`git ledger init --branch {found}`")


def build_feed(
    store: Store,
    commit: str | None,
    refs: Mapping[str, str],
    read_at: datetime,
    cache: Cache,
    newest: Callable[[], str | None] | None = None,
    most: int | None = None,
) -> Feed:
    """The feed at a commit; at the `newest` one known by now, where that is what is kept; as it is kept,
    where that lacks more than `most` posts."""
    kept = _read_kept(store, commit, newest, most)
    config, found = _parse_config_once(kept.settings, cache)
    cache.config = config
    return Feed(kept.commit, refs, kept.board, config, kept, found, read_at)


def _read_kept(
    store: Store, commit: str | None, newest: Callable[[], str | None] | None, most: int | None
) -> KeptFeed:
    if commit is None:
        return KeptFeed(None, BoardOverlay())
    if (objects := store.objects) is not None:
        return read_kept_feed(objects, commit, newest, most=most)
    return read_whole_feed(store, commit)


def _parse_config_once(settings: Settings | None, cache: Cache) -> tuple[Config, tuple[Finding, ...]]:
    oid, data = (settings.oid, settings.data) if settings is not None else ("", b"")
    if oid not in cache.configs:
        cache.configs[oid] = parse_config(data)
    return cache.configs[oid]


def find_last_config(ledger: Ledger, cache: Cache) -> Config:
    """The config as it was last known here, without looking at the remote."""
    index = open_index(ledger.repo.common_dir)
    if index is not None:
        return _parse_config_once(index.settings, cache)[0]
    return read_config_at(ledger.store, find_landed_commit(ledger), cache)


def read_config_at(store: Store, commit: str | None, cache: Cache) -> Config:
    """The config as it stands at a commit."""
    return _parse_config_once(read_settings(store, commit) if commit is not None else None, cache)[0]


def find_landed_commit(ledger: Ledger) -> str | None:
    """The feed as last fetched; in a repository without a remote the branch itself."""
    store = ledger.store
    return store.read_known_refs([]).get(store.feed_ref)


def read_board_here(ledger: Ledger) -> Board:
    """The board as it was when the feed was fetched last; nothing is asked of a remote."""
    store = ledger.store
    return build_feed(store, find_landed_commit(ledger), {}, ledger.world.now(), Cache()).board


def find_ticket(feed: Feed, item: str) -> Ticket:
    """A ticket of the feed. Raises LedgerError `no-such-ticket`, naming where it went."""
    ticket = feed.board.tickets.get(item)
    if ticket is None:
        gone = feed.board.moved.get(item)
        hint = suggest_respelled(item, feed.board.tickets, "`git ledger queue --all`")
        hint = f"`git ledger show {gone}`" if gone else hint
        words = f"there is no ticket {item}" + (f"; it was moved to {gone}" if gone else "")
        raise LedgerError("no-such-ticket", words, hint, {"item": item})
    return ticket


def read_series(
    store: Store, refs: Mapping[str, str], owned: Mapping[str, Iterable[int]] | None
) -> dict[str, Series]:
    """Every series of which refs were read. `owned` says which payloads to read; None: all of them."""
    series: dict[str, dict[int | str, str]] = {}
    for ref, oid in refs.items():
        place = parse_reservation_ref(ref)
        if place is not None:
            series.setdefault(place[0], {})[place[1] or "tip"] = oid
    return {name: _parse_series(store, name, its, owned) for name, its in series.items()}


def _parse_series(
    store: Store, name: str, refs: Mapping[int | str, str], owned: Mapping[str, Iterable[int]] | None
) -> Series:
    taken = {n: oid for n, oid in refs.items() if isinstance(n, int)}
    wanted = [n for n in (taken if owned is None else owned.get(name, ())) if n in taken]
    tip_oid = refs.get("tip")
    blobs = store.read_blobs([*(taken[n] for n in wanted), *([tip_oid] if tip_oid else [])], 65536)
    tip = decode_tip(blobs[tip_oid]) if tip_oid else 0
    owners = {n: decode_reservation(blobs[taken[n]], name, n) for n in wanted}
    return Series(name, tip or 0, tip_oid, taken, owners, tipless=tip is None)
