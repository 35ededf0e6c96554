"""The judges of new posts, each as its users meet it: a check of a range, and the guard of a bare repository.

The third one, which judges what the tool is about to write, is asked while a push is drawn
(`tests.random_feeds.pushes`).
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from ledger.app.effects import Effects, TimeLimit
from ledger.app.guard.index import open_record
from ledger.app.guard.push_check import PushedPosts, judge_pushed_posts
from ledger.app.judge.check import judge_range
from ledger.app.ledger import GlobalOptions, Ledger
from ledger.core.model import Finding
from ledger.faces.context import since_boot
from ledger.store.git.process import Git
from ledger.store.git.repository import Repo
from ledger.store.guard.let_in import Record
from ledger.store.local import LocalStore
from tests.feed_repositories import BRANCH, History, Repository, make_repositories, split_commits
from tests.random_feeds.pushes import Push

SECONDS = 600.0


def keep_nothing(path: Path) -> None:
    """Let a repository have no index, now or later: what would be its file is a folder."""
    (path / "ledger" / "index.db").mkdir(parents=True)


def open_store(path: Path) -> LocalStore:
    """The store of a bare repository."""
    return LocalStore(Repo(path, path, path, False, Git(path), ()), BRANCH, time.sleep)


def judge_as_guard(
    repository: Repository, old: str, new: str, pushed: Mapping[str, str], now: datetime
) -> PushedPosts:
    """What the guard of a bare repository says of a push from one commit to another."""
    store = open_store(repository.path)
    return judge_pushed_posts(store, old, new, pushed, now, Record(store.repo.git_dir))


def judge_as_check(repository: Repository, old: str, new: str, now: datetime) -> list[Finding]:
    """What `check A..B` says, once the reservations of the push are there."""
    store = open_store(repository.path)
    world = Effects(lambda: now, time.monotonic, time.sleep, lambda: 0.0, lambda: "0" * 16, since_boot)
    until = TimeLimit(time.monotonic, time.monotonic() + SECONDS)
    ledger = Ledger(store.repo, store, BRANCH, world, GlobalOptions(repository.path), until)
    return judge_range(ledger, f"{old}..{new}").findings


def tell(findings: Iterable[Finding]) -> list[str]:
    """Findings in one order, with all that they say but the text of lines, whose files a push may lack."""
    plain = (replace(one, where=replace(one.where, text="")) for one in findings)
    return sorted(map(repr, plain))


KNOWN_BY_RECORD = {
    "premature-challenge": "only the guard knows by its own clock when a sign of life came in",
    "premature-release": "only the guard knows by its own clock when a challenge came in",
}
"""Rules that say more to a guard which keeps a record of what landed, and why."""


def find_differences(folder: Path, pushes: Sequence[Push]) -> list[str]:
    """What the judges do not say alike of these pushes, in words; `folder` is empty."""
    histories = [
        History((*split_commits(push.landed), *push.commits), {**push.landed_refs, **push.refs})
        for push in pushes
    ]
    repositories = make_repositories(folder, histories)
    return [
        f"seed {push.seed}, {[step.deed for step in push.steps]}: {words}"
        for push, repository in zip(pushes, repositories, strict=True)
        for words in compare_judges(push, repository)
    ]


def compare_judges(push: Push, repository: Repository) -> Iterator[str]:
    """What the judges do not say alike of one push: the guard by its index, a check by a whole fold.

    What the guard refuses for its files alone it does not judge. Where it keeps a record, posts come back
    unjudged that this has and that the feed has no longer: there, only what is found of others is compared.
    """
    *before, old = repository.commits[: -len(push.commits)]
    new = repository.commits[-1]
    if before and push.seed % 4 == 1:  # the guard has judged before, and goes on from what it kept then
        judge_as_guard(repository, before[-1], old, {}, push.now)
    record = open_record_at(repository, push) if push.seed % 8 == 1 else None
    repository.set_refs(old, push.landed_refs)
    pushed = {ref: repository.refs[ref] for ref in push.refs}
    growth = judge_as_guard(repository, old, new, pushed, push.now)
    if growth.refused:
        return
    told = {"guard": growth.findings}
    if push.planned is not None:
        told["write path"] = push.planned
    if push.planned is None or push.seed % 4 == 3:  # the write path's board is a whole fold too
        told["check"] = tuple(check_aside(repository, old, new, push.now))
    if record is not None:
        told = {judge: tuple(known_to_all(findings, record)) for judge, findings in told.items()}
    everything = {words for findings in told.values() for words in tell(findings)}
    for judge, findings in told.items():
        if others := sorted(everything - {*tell(findings)}):
            yield f"{judge} does not say {others}"


def check_aside(repository: Repository, old: str, new: str, now: datetime) -> list[Finding]:
    """What a check says in another repository, in which nothing is kept of what was read before."""
    other = repository.copy(repository.path.with_suffix(".check"))
    other.set_refs(old, other.refs)
    keep_nothing(other.path)
    return judge_as_check(other, old, new, now)


def open_record_at(repository: Repository, push: Push) -> Record:
    """The guard's record of a feed, begun at its first commit and brought up twice."""
    store = open_store(repository.path)
    landed = repository.commits[: -len(push.commits)]
    for commit in (landed[0], *landed[-2:]):
        record = open_record(store, commit, push.now)
    return record


def known_to_all(findings: Iterable[Finding], record: Record) -> Iterator[Finding]:
    """The findings that do not depend on what a guard noted itself."""
    many = [one for one in findings if one.rule not in KNOWN_BY_RECORD]
    landed = record.find_let_in(one.where.path for one in many)
    yield from (one for one in many if one.where.path not in landed)
