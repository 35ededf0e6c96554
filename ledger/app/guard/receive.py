"""The judgement of one push, as pre-receive sees it: all of its refs together, all or nothing.

Refs of the ledger are held to docs/protocol.md; other refs are left alone.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from pathlib import Path

from ledger.app.guard.index import open_record, store_of
from ledger.app.guard.push_check import Growth, judge_growth
from ledger.core.config.config import CONFIG_PATH, FORMAT, Config, parse_config
from ledger.core.dataclass import dataclass
from ledger.core.errors import LedgerError
from ledger.core.feed.posts import POST_LIMIT
from ledger.core.ids import is_nonce, is_series, read_reserve_ref, reserve_prefix, tip_ref
from ledger.core.model import Finding, Post, Severity
from ledger.core.write.numbers import LEAP, Reservation, leaps, read_reservation, read_tip
from ledger.store.checkpoint_ref import REF as CHECKPOINT
from ledger.store.contract import Oid
from ledger.store.git.bare import Ref, is_fast_forward, oids_at, open_bare, refs_at
from ledger.store.git.objects import kinds_of
from ledger.store.git.process import lines
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
class Update:
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
        return not self.refusals and all(one.severity is not Severity.ERROR for one in self.findings)


def read_updates(heard: bytes) -> list[Update]:
    """Read `<old> <new> <ref>` lines (githooks(5), pre-receive). Raises LedgerError `usage` for any other."""
    rows = [line.split(" ", 2) for line in lines(heard)]
    if any(len(row) != 3 for row in rows):
        raise LedgerError("usage", "a line of the hook's input is not `<old> <new> <ref>`", "see githooks(5)")
    return [Update(ref, _oid(old), _oid(new)) for old, new, ref in rows]


def _oid(word: str) -> Oid | None:
    return word if word.strip("0") else None


def judge_push(
    directory: Path, branch: str, updates: Sequence[Update], pusher: str | None, now: datetime
) -> PushVerdict:
    """Judge a push into the bare repository at a directory whose feed is on `branch`.

    `pusher` is who pushes, where the transport told.
    """
    store = store_of(open_bare(directory), branch)
    there = refs_at(store.repo, ["refs/heads/", *_tips(updates)])
    meant = [Update(_meant(one.ref, there), one.old, one.new) for one in updates]
    reserving = [one for one in meant if one.ref.startswith(RESERVED)]
    landed = there.get(store.feed_ref)
    record = open_record(store, landed.oid if landed else None, now)
    refusals = [*_doubled(meant), *_look_alikes(meant, store.feed_ref)]
    refusals += [RefRefusal(one.ref, why) for one in meant if (why := _misnamed(one))]
    owners = _Owners(store, landed, pusher) if pusher is not None and reserving else None
    refusals += _Reserving(store, there, reserving, owners, record).refusals()
    feed = next((one for one in meant if one.ref == store.feed_ref), None)
    if feed is None or refusals:
        return PushVerdict(tuple(refusals))
    why = _not_grown(store, there, feed)
    if why is not None or feed.new is None:
        return PushVerdict((RefRefusal(feed.ref, why or ""),))
    growth = judge_growth(store, feed.old, feed.new, {one.ref: one.new for one in reserving}, now, record)
    branches = {one.ref for one in meant if one.new} | there.keys() - {one.ref for one in meant}
    refusals += [*_as_a_whole(feed.ref, growth, pusher), *_moved_nowhere(feed.ref, growth, branches)]
    verdict = PushVerdict(tuple(refusals), growth.findings)
    if verdict.passes:
        keep_needed(store.repo.git_dir, feed.old, feed.new, _needed(growth, meant))
    return verdict


def _needed(growth: Growth, updates: Iterable[Update]) -> dict[str, Oid]:
    """The refs of a push by which its posts and settings were judged: their numbers, and the branch to which
    settings send the clones. Every other ref could as well have been pushed alone."""
    prefixes = tuple(map(reserve_prefix, growth.series))
    branch = f"refs/heads/{growth.branch}" if growth.resets else ""
    return {
        one.ref: one.new for one in updates if one.new and (one.ref == branch or one.ref.startswith(prefixes))
    }


def _doubled(updates: Iterable[Update]) -> Iterator[RefRefusal]:
    """Refs that a push names twice: git would do one after the other, and only the first was judged."""
    counts = Counter(update.ref for update in updates)
    words = "this push names the ref twice; each ref is changed once"
    yield from (RefRefusal(ref, words) for ref, count in counts.items() if count > 1)


def _look_alikes(updates: Iterable[Update], feed: str) -> Iterator[RefRefusal]:
    """Refs that are the feed branch on a disk that tells no case apart."""
    words = f"this differs only in case from the feed branch, {feed}"
    for update in updates:
        if update.ref != feed and update.ref.casefold() == feed.casefold():
            yield RefRefusal(update.ref, words)


def _tips(updates: Iterable[Update]) -> list[str]:
    """The tips of the series in which a push reserves."""
    series = {one.ref.removeprefix(RESERVED).partition("/")[0] for one in updates if _is_reserve(one.ref)}
    return [tip_ref(one) for one in sorted(series) if is_series(one)]


def _meant(ref: str, there: Mapping[str, Ref]) -> str:
    """The ref that git writes for this name: a symbolic one leads to another."""
    return (there[ref].target or ref) if ref in there else ref


def _is_reserve(ref: str) -> bool:
    return f"{ref.casefold()}/".startswith(RESERVED)


def _misnamed(one: Update) -> str | None:
    """Why a ref of this name may not be pushed at all; None where it may, or is none of ours."""
    if _is_reserve(one.ref):
        if read_reserve_ref(one.ref) is None:
            return "below refs/reserve stand <series>/<number> and <series>/tip, such as refs/reserve/CMB/41"
    elif one.ref == CHECKPOINT:
        return "the guard of this repository makes the checkpoint itself"
    elif f"{one.ref.casefold()}/".startswith(PRIVATE):
        clone, _, nonce = one.ref.removeprefix(ANNOUNCED).partition("/")
        if not (one.ref.startswith(ANNOUNCED) and _clone(clone) and is_nonce(nonce)):
            return "refs/ledger is private to each clone and is not pushed"
        if one.old and one.new:
            return "an announcement is made and taken back, never changed"
    return None


class _Owners:
    """In whose names a pusher may reserve: its own, and those of its surfaces in the settings as landed."""

    def __init__(self, store: LocalStore, feed: Ref | None, pusher: str) -> None:
        oid = oids_at(store.repo, feed.oid, [CONFIG_PATH]).get(CONFIG_PATH) if feed else None
        config = parse_config(store.blobs([oid], POST_LIMIT)[oid])[0] if oid else Config()
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
        updates: Sequence[Update],
        owners: _Owners | None,
        record: Record,
    ) -> None:
        self._owners = owners
        self._landed = {name: one.oid for name, one in record.find(one.ref for one in updates).items()}
        self._updates = [one for one in updates if not _misnamed(one)]
        news = [one.new for one in self._updates if one.new]
        self._kinds = kinds_of(store.repo, [*news, *(one.ref for one in self._updates)])
        raising = [one.new for one in self._updates if one.new and one.ref.endswith("/tip")]
        self._standing = {name: ref.oid for name, ref in there.items() if name.startswith(RESERVED)}
        blobs = store.blobs([*raising, *self._standing.values()], _TIP_LIMIT)
        self._tips = {name: read_tip(blobs[oid]) for name, oid in self._standing.items()}
        self._raised = {oid: read_tip(blobs[oid]) for oid in raising}
        numbers = [oid for oid in news if self._kinds[oid] == "blob"]
        self._payloads = store.blobs(numbers, RESERVATION_LIMIT)

    def refusals(self) -> Iterator[RefRefusal]:
        """Every ref that may not become what the push wants, with the reason."""
        for one in self._updates:
            why = self._tip(one) if one.ref.endswith("/tip") else self._number(one)
            if why:
                yield RefRefusal(one.ref, why)

    def _tip(self, one: Update) -> str | None:
        if one.new is None:
            return "a tip is never deleted: its series would give numbers again"
        tip, before = self._raised[one.new], self._tips.get(one.ref)
        if self._standing.get(one.ref) != one.old:
            return "the tip moved meanwhile; fetch, then push again"
        if tip is None or self._kinds[one.new] != "blob":
            return 'a tip is a blob such as {"format": 1, "tip": 41, "nonce": "9c1e07a25b6d4f10"}'
        if before is not None and tip <= before:
            return f"a tip only rises: it is {before}, and {tip} is not above that"
        if leaps(tip, before or 0) and not self._comes_back(one):
            return f"the tip is {before}, and rises by {LEAP} at the most: {tip} would use up the series"
        return None

    def _number(self, one: Update) -> str | None:
        if one.old is not None or one.new is None:
            return "a reservation is written once and neither changed nor deleted"
        if self._kinds[one.ref] != "missing":
            return "this number is reserved already"
        if self._kinds[one.new] != "blob":
            return f"a reservation is a blob, not a {self._kinds[one.new]}"
        if self._comes_back(one):
            return None
        series, _, n = one.ref.removeprefix(RESERVED).partition("/")
        tip = self._tips.get(tip_ref(series), 0)
        if tip is None:
            return f"the tip of {series} cannot be read, so nobody knows which numbers were given"
        if int(n) <= tip:
            return f"the tip of {series} is {tip}: this number was given before"
        if leaps(int(n), tip):
            return f"the tip of {series} is {tip}, and this number is more than {LEAP} above it"
        data = self._payloads[one.new]
        if len(data) > RESERVATION_LIMIT:
            return f"a reservation has at most {RESERVATION_LIMIT} bytes"
        return self._owners.why_not(read_reservation(data, series, int(n))) if self._owners else None

    def _comes_back(self, one: Update) -> bool:
        """Whether a ref is put back as it came into force last: a rewind took it, and it passed once."""
        return self._landed.get(one.ref) == one.new


def _not_grown(store: LocalStore, there: Mapping[str, Ref], feed: Update) -> str | None:
    """Why the feed branch may not move so, whatever the posts say."""
    if feed.new is None:
        return "the feed branch is never deleted"
    standing = there.get(feed.ref)
    if (standing.oid if standing else None) != feed.old:
        return "the branch moved meanwhile; fetch, then push again"
    if feed.old is not None and not is_fast_forward(store.repo, feed.old, feed.new):
        return "the feed branch only grows: this does not stand on what is there; merge it, then push again"
    return None


def _as_a_whole(ref: str, growth: Growth, pusher: str | None) -> Iterator[RefRefusal]:
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
    for seat in sorted({post.seat for post in growth.posts if _is_foreign(growth.config, post, pusher)}):
        yield RefRefusal(ref, f"{pusher} pushes, and posts as {seat}: a seat posts only as itself")


def _moved_nowhere(ref: str, growth: Growth, branches: Set[str]) -> Iterator[RefRefusal]:
    """Settings that send every clone to a branch that is not there, where it would begin another feed."""
    named = f"refs/heads/{growth.branch}"
    if growth.resets and growth.branch is not None and named != ref and named not in branches:
        words = f"{CONFIG_PATH} says that the feed is on {growth.branch}, which is not there"
        yield RefRefusal(ref, f"{words}: `git ledger init --move-to {growth.branch}` brings both")


def _is_foreign(config: Config, post: Post, pusher: str | None) -> bool:
    return pusher is not None and post.seat != pusher and post.seat not in config.surfaces_of(pusher)
