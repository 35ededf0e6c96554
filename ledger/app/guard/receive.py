"""The judgement of one push, as pre-receive sees it: all of its refs together, all or nothing.

Refs of the ledger are held to docs/protocol.md; other refs are left alone.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from pathlib import Path

from ledger.app.guard.index import open_guard_store, open_record
from ledger.app.guard.push_check import PushedPosts, judge_pushed_posts
from ledger.core.config.config import CONFIG_PATH, FORMAT, Config, parse_config
from ledger.core.dataclass import dataclass
from ledger.core.errors import LedgerError
from ledger.core.feed.posts import POST_LIMIT
from ledger.core.ids import is_nonce, is_series, parse_reservation_ref, reservation_prefix, tip_ref
from ledger.core.model import Finding, Post, Severity
from ledger.core.write.numbers import LEAP, Reservation, decode_reservation, decode_tip, is_leap
from ledger.store.checkpoint_ref import REF as CHECKPOINT
from ledger.store.contract import Oid
from ledger.store.git.bare import Ref, find_oids_at, is_fast_forward, open_bare, resolve_refs
from ledger.store.git.objects import read_types
from ledger.store.git.process import split_lines
from ledger.store.guard.judged import keep_needed
from ledger.store.guard.let_in import Record
from ledger.store.local import LocalStore

RESERVED = "refs/reserve/"
PRIVATE = "refs/ledger/"
ANNOUNCED = "refs/ledger/announce/"
SETTLING = ("strat", "operator", "any")
"""Roles that change the settings; `any` where the feed lists no seats."""
RESERVATION_LIMIT = 4096
"""Bytes of a reservation: every clone that reads the series keeps it for good."""
_TIP_LIMIT = 65536
_clone = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}").fullmatch


@dataclass(frozen=True, slots=True)
class PushedUpdate:
    """One line that pre-receive reads: what a ref is and what it becomes; None: it is not there."""

    ref: str
    old: Oid | None
    new: Oid | None


@dataclass(frozen=True, slots=True)
class RefRefusal:
    """Why one ref may not become what a push wants."""

    ref: str
    message: str


@dataclass(frozen=True, slots=True)
class PushVerdict:
    """What is said of a push: refused refs, and the findings about its posts."""

    refusals: tuple[RefRefusal, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def passes(self) -> bool:
        """True when the push may go on: warnings stop none."""
        return not self.refusals and all(finding.severity is not Severity.ERROR for finding in self.findings)


def read_updates(heard: bytes) -> list[PushedUpdate]:
    """Read `<old> <new> <ref>` lines (githooks(5), pre-receive). Raises LedgerError `usage` for any other."""
    rows = [line.split(" ", 2) for line in split_lines(heard)]
    if any(len(row) != 3 for row in rows):
        raise LedgerError("usage", "a line of the hook's input is not `<old> <new> <ref>`", "see githooks(5)")
    return [PushedUpdate(ref, _parse_oid(old), _parse_oid(new)) for old, new, ref in rows]


def _parse_oid(word: str) -> Oid | None:
    return word if word.strip("0") else None


def judge_push(
    directory: Path, branch: str, updates: Sequence[PushedUpdate], pusher: str | None, now: datetime
) -> PushVerdict:
    """Judge a push into the bare repository at a directory whose feed is on `branch`.

    `pusher` is who pushes, where the transport told.
    """
    store = open_guard_store(open_bare(directory), branch)
    # Branches and tips are looked at once. Git compares the old value of each ref again as it locks it.
    there = resolve_refs(store.repo, ["refs/heads/", *_name_tips(updates)])
    meant = [PushedUpdate(_resolve_symbolic(update.ref, there), update.old, update.new) for update in updates]
    reserving = [update for update in meant if update.ref.startswith(RESERVED)]
    landed = there.get(store.feed_ref)
    # Before anything is judged: it takes in what a post-receive hook noted, and posts that none could note.
    record = open_record(store, landed.oid if landed else None, now)
    refusals = [*_refuse_doubled(meant), *_refuse_look_alikes(meant, store.feed_ref)]
    refusals += [RefRefusal(update.ref, why) for update in meant if (why := _explain_misnamed(update))]
    owners = _Owners(store, landed, pusher) if pusher is not None and reserving else None
    refusals += _Reserving(store, there, reserving, owners, record).refusals()
    feed = next((update for update in meant if update.ref == store.feed_ref), None)
    # Posts are the dearest part to judge, and are not read for a push that is refused anyway.
    if feed is None or refusals:
        return PushVerdict(tuple(refusals))
    why = _explain_not_forward(store, there, feed)
    if why is not None or feed.new is None:
        return PushVerdict((RefRefusal(feed.ref, why or ""),))
    growth = judge_pushed_posts(
        store, feed.old, feed.new, {update.ref: update.new for update in reserving}, now, record
    )
    branches = {update.ref for update in meant if update.new} | there.keys() - {
        update.ref for update in meant
    }
    refusals += [
        *_refuse_whole_push(feed.ref, growth, pusher),
        *_refuse_lost_branch(feed.ref, growth, branches),
    ]
    verdict = PushVerdict(tuple(refusals), growth.findings)
    if verdict.passes:
        # The reference-transaction hook reads it as soon as git locks the refs. A push of which it cannot be
        # kept is refused by the error.
        keep_needed(store.repo.git_dir, feed.old, feed.new, _find_needed_refs(growth, meant))
    return verdict


def _find_needed_refs(growth: PushedPosts, updates: Iterable[PushedUpdate]) -> dict[str, Oid]:
    """The refs of a push by which its posts and settings were judged: their numbers, and the branch to which
    settings send the clones. Every other ref could as well have been pushed alone."""
    prefixes = tuple(map(reservation_prefix, growth.series))
    branch = f"refs/heads/{growth.branch}" if growth.resets else ""
    return {
        update.ref: update.new
        for update in updates
        if update.new and (update.ref == branch or update.ref.startswith(prefixes))
    }


def _refuse_doubled(updates: Iterable[PushedUpdate]) -> Iterator[RefRefusal]:
    """Refs that a push names twice: git would do one after the other, and only the first was judged."""
    counts = Counter(update.ref for update in updates)
    words = "this push names the ref twice; each ref is changed once"
    yield from (RefRefusal(ref, words) for ref, count in counts.items() if count > 1)


def _refuse_look_alikes(updates: Iterable[PushedUpdate], feed: str) -> Iterator[RefRefusal]:
    """Refs that are the feed branch on a disk that tells no case apart."""
    words = f"this differs only in case from the feed branch, {feed}"
    for update in updates:
        if update.ref != feed and update.ref.casefold() == feed.casefold():
            yield RefRefusal(update.ref, words)


def _name_tips(updates: Iterable[PushedUpdate]) -> list[str]:
    """The tips of the series in which a push reserves."""
    series = {
        update.ref.removeprefix(RESERVED).partition("/")[0]
        for update in updates
        if _is_below_reserve(update.ref)
    }
    return [tip_ref(update) for update in sorted(series) if is_series(update)]


def _resolve_symbolic(ref: str, there: Mapping[str, Ref]) -> str:
    """The ref that git writes for this name: a symbolic one leads to another."""
    return (there[ref].target or ref) if ref in there else ref


def _is_below_reserve(ref: str) -> bool:
    # With the slash `refs/reserve` itself counts: as a ref it would take the place of the folder.
    return f"{ref.casefold()}/".startswith(RESERVED)


def _explain_misnamed(update: PushedUpdate) -> str | None:
    """Why a ref of this name may not be pushed at all; None where it may, or is none of ours."""
    if _is_below_reserve(update.ref):
        if parse_reservation_ref(update.ref) is None:
            return "below refs/reserve stand <series>/<number> and <series>/tip, such as refs/reserve/CMB/41"
    elif update.ref == CHECKPOINT:
        return "the guard of this repository makes the checkpoint itself"
    elif f"{update.ref.casefold()}/".startswith(PRIVATE):
        clone, _, nonce = update.ref.removeprefix(ANNOUNCED).partition("/")
        if not (update.ref.startswith(ANNOUNCED) and _clone(clone) and is_nonce(nonce)):
            return "refs/ledger is private to each clone and is not pushed"
        if update.old and update.new:
            return "an announcement is made and taken back, never changed"
    return None


class _Owners:
    """In whose names a pusher may reserve: its own, and those of its surfaces in the settings as landed."""

    def __init__(self, store: LocalStore, feed: Ref | None, pusher: str) -> None:
        oid = find_oids_at(store.repo, feed.oid, [CONFIG_PATH]).get(CONFIG_PATH) if feed else None
        config = parse_config(store.read_blobs([oid], POST_LIMIT)[oid])[0] if oid else Config()
        self._pusher = pusher
        self._names = {pusher, *config.surfaces_of(pusher)}

    def why_not(self, owner: Reservation | None) -> str | None:
        """Why a reservation with this owner may not be made by the pusher."""
        if owner is None:
            return f"a reservation names who makes it: it has a JSON object with the seat {self._pusher}"
        if owner.seat not in self._names:
            return f"{self._pusher} pushes, and reserves for {owner.seat}: a seat reserves only for itself"
        return None


class _Reserving:
    """What a push does below refs/reserve, held against what is there."""

    def __init__(
        self,
        store: LocalStore,
        there: Mapping[str, Ref],
        updates: Sequence[PushedUpdate],
        owners: _Owners | None,
        record: Record,
    ) -> None:
        self._owners = owners
        self._landed = {
            name: update.oid for name, update in record.find_let_in(update.ref for update in updates).items()
        }
        self._updates = [update for update in updates if not _explain_misnamed(update)]
        news = [update.new for update in self._updates if update.new]
        self._kinds = read_types(store.repo, [*news, *(update.ref for update in self._updates)])
        raising = [update.new for update in self._updates if update.new and update.ref.endswith("/tip")]
        self._standing = {name: ref.oid for name, ref in there.items() if name.startswith(RESERVED)}
        blobs = store.read_blobs([*raising, *self._standing.values()], _TIP_LIMIT)
        self._tips = {name: decode_tip(blobs[oid]) for name, oid in self._standing.items()}
        self._raised = {oid: decode_tip(blobs[oid]) for oid in raising}
        numbers = [oid for oid in news if self._kinds[oid] == "blob"]
        self._payloads = store.read_blobs(numbers, RESERVATION_LIMIT)

    def refusals(self) -> Iterator[RefRefusal]:
        """Every ref that may not become what the push wants, with the reason."""
        for update in self._updates:
            why = self._tip(update) if update.ref.endswith("/tip") else self._number(update)
            if why:
                yield RefRefusal(update.ref, why)

    def _tip(self, update: PushedUpdate) -> str | None:
        if update.new is None:
            return "a tip is never deleted: its series would give numbers again"
        tip, before = self._raised[update.new], self._tips.get(update.ref)
        if self._standing.get(update.ref) != update.old:
            return "the tip moved meanwhile; fetch, then push again"
        if tip is None or self._kinds[update.new] != "blob":
            return 'a tip is a blob such as {"format": 1, "tip": 41, "nonce": "9c1e07a25b6d4f10"}'
        if before is not None and tip <= before:
            return f"a tip only rises: it is {before}, and {tip} is not above that"
        if is_leap(tip, before or 0) and not self._comes_back(update):
            return f"the tip is {before}, and rises by {LEAP} at the most: {tip} would use up the series"
        return None

    def _number(self, update: PushedUpdate) -> str | None:
        if update.old is not None or update.new is None:
            return "a reservation is written once and neither changed nor deleted"
        # Asked by its own name: a listing of the series grows with its numbers.
        if self._kinds[update.ref] != "missing":
            return "this number is reserved already"
        if self._kinds[update.new] != "blob":
            return f"a reservation is a blob, not a {self._kinds[update.new]}"
        if self._comes_back(update):
            return None
        series, _, n = update.ref.removeprefix(RESERVED).partition("/")
        tip = self._tips.get(tip_ref(series), 0)
        if tip is None:
            return f"the tip of {series} cannot be read, so nobody knows which numbers were given"
        if int(n) <= tip:
            return f"the tip of {series} is {tip}: this number was given before"
        if is_leap(int(n), tip):
            return f"the tip of {series} is {tip}, and this number is more than {LEAP} above it"
        data = self._payloads[update.new]
        if len(data) > RESERVATION_LIMIT:
            return f"a reservation has at most {RESERVATION_LIMIT} bytes"
        return self._owners.why_not(decode_reservation(data, series, int(n))) if self._owners else None

    def _comes_back(self, update: PushedUpdate) -> bool:
        """Whether a ref is put back as it came into force last: a rewind took it, and it passed once."""
        return self._landed.get(update.ref) == update.new


def _explain_not_forward(store: LocalStore, there: Mapping[str, Ref], feed: PushedUpdate) -> str | None:
    """Why the feed branch may not move so, whatever the posts say."""
    if feed.new is None:
        return "the feed branch is never deleted"
    standing = there.get(feed.ref)
    if (standing.oid if standing else None) != feed.old:
        return "the branch moved meanwhile; fetch, then push again"
    if feed.old is not None and not is_fast_forward(store.repo, feed.old, feed.new):
        return "the feed branch only grows: this does not stand on what is there; merge it, then push again"
    return None


def _refuse_whole_push(ref: str, growth: PushedPosts, pusher: str | None) -> Iterator[RefRefusal]:
    """What no rule about single posts says: files without a place, settings that nobody here understands or
    that the pusher may not change, posts in another's name."""
    yield from (RefRefusal(ref, why) for why in growth.refused)
    if growth.resets and pusher is not None and growth.config.role(pusher) not in SETTLING:
        words = (
            f"{pusher} is {growth.config.role(pusher)}: the settings are changed by a strat or an operator"
        )
        yield RefRefusal(ref, words)
    if not growth.understood:
        words = f"feed/ledger.yaml cannot be read, or asks for a format above {FORMAT}"
        yield RefRefusal(ref, f"{words}: the git-ledger of this server cannot judge what is pushed")
    for seat in sorted({post.seat for post in growth.posts if _is_foreign_post(growth.config, post, pusher)}):
        yield RefRefusal(ref, f"{pusher} pushes, and posts as {seat}: a seat posts only as itself")


def _refuse_lost_branch(ref: str, growth: PushedPosts, branches: Set[str]) -> Iterator[RefRefusal]:
    """Settings that send every clone to a branch that is not there, where it would begin another feed."""
    named = f"refs/heads/{growth.branch}"
    if growth.resets and growth.branch is not None and named != ref and named not in branches:
        words = f"{CONFIG_PATH} says that the feed is on {growth.branch}, which is not there"
        yield RefRefusal(ref, f"{words}: `git ledger init --move-to {growth.branch}` brings both")


def _is_foreign_post(config: Config, post: Post, pusher: str | None) -> bool:
    return pusher is not None and post.seat != pusher and post.seat not in config.surfaces_of(pusher)
