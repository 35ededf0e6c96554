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
from ledger.app.guard.reserving import RESERVED, PushedUpdate, RefRefusal, ReservedRefs
from ledger.core.config.config import CONFIG_PATH, FORMAT, Config
from ledger.core.config.settings import SETTLING
from ledger.core.dataclass import dataclass
from ledger.core.errors import LedgerError
from ledger.core.ids import is_nonce, is_series, parse_reservation_ref, reservation_prefix, tip_ref
from ledger.core.model import Finding, Post, Severity
from ledger.store.checkpoint_ref import REF as CHECKPOINT
from ledger.store.contract import Oid
from ledger.store.git.bare import Ref, is_fast_forward, open_bare, resolve_refs
from ledger.store.git.process import split_lines
from ledger.store.guard.judged import keep_needed
from ledger.store.local import LocalStore

PRIVATE = "refs/ledger/"
ANNOUNCED = "refs/ledger/announce/"
_clone = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}").fullmatch


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
    misnamed = {update.ref: why for update in meant if (why := _explain_misnamed(update))}
    refusals += [RefRefusal(ref, why) for ref, why in misnamed.items()]
    named = [update for update in reserving if update.ref not in misnamed]
    refusals += ReservedRefs(store, landed, there, named, pusher, record, now).refusals()
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
