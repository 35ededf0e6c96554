"""`doctor`: what works here, and which guarantee holds. Writes nothing anywhere."""

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby
from pathlib import Path

from ledger.app.ledger import Ledger
from ledger.app.pool.rescues import describe_size, list_rescues, measure_rescues
from ledger.app.read.load import Feed, read_feed, read_series
from ledger.app.read.series import ALL_SERIES
from ledger.app.setup.git_hooks import HOOKS, find_foreign_folder, runs_our_check
from ledger.core.config.config import CONFIG_PATH
from ledger.core.dataclass import dataclass
from ledger.core.errors import LedgerError
from ledger.core.ids import tip_ref
from ledger.store.git.working_tree import holds_code

OLDEST_GIT = (2, 36)
MANY_NUMBERS = 10_000
"""Refs of numbers above which a push of anybody takes 50 ms longer (measured: 335 ms at 100,000)."""
MANY_POSTS = 20_000
"""Posts above which a feed on the code's branch slows every commit down (measured: 6 to 96 ms at 60,000)."""
MUCH_SAVED = 1 << 30
"""Bytes above which what the pool has saved is worth a look."""
OWN_REFS = "refs/ledger/"
CLOCK_SLACK = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Examination:
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str
    hint: str = ""


def examine_all(ledger: Ledger) -> list[Examination]:
    """Look at everything that the ledger stands on, in the order in which to mend it."""
    checks = [
        _examine_git(ledger),
        *_examine_seat(ledger),
        _examine_identity(ledger),
        _examine_hooks(ledger),
        *_examine_rescues(ledger),
    ]
    checks += _examine_pruning(ledger)
    reached, feed = _examine_remote(ledger)
    checks.append(reached)
    if feed is not None:
        checks += [
            _examine_atomic_push(ledger),
            _examine_numbers(ledger, feed),
            _examine_clock(ledger, feed),
            _examine_size(ledger, feed),
        ]
    return checks


def _examine_git(ledger: Ledger) -> Examination:
    version_line = ledger.repo.git.check_output("version").decode().strip()
    found = re.search(r"(\d+)\.(\d+)", version_line)
    version = (int(found[1]), int(found[2])) if found else (0, 0)
    wanted = ".".join(map(str, OLDEST_GIT))
    return Examination("git", version >= OLDEST_GIT, version_line, f"install git {wanted} or newer")


def _examine_seat(ledger: Ledger) -> Iterator[Examination]:
    try:
        seat = ledger.seat
    except LedgerError as error:
        yield Examination("seat", False, error.message, error.hint)
        return
    warnings = ledger.warnings()
    yield Examination("seat", not warnings, warnings[0] if warnings else f'this is the seat "{seat}"')


def _examine_identity(ledger: Ledger) -> Examination:
    identity = ledger.repo.find_identity()
    if identity is None:
        return Examination("identity", True, "git has no user.name and user.email; commits are by the seat")
    return Examination("identity", True, f"commits are by {identity.name} <{identity.email}>")


def _examine_hooks(ledger: Ledger) -> Examination:
    path = find_foreign_folder(ledger.repo)
    folder = (ledger.repo.top / path) if path else ledger.repo.common_dir / "hooks"
    missing = [name for name in HOOKS if not runs_our_check(folder / name)]
    command = ledger.repo.config("ledger.command")
    if missing:
        return Examination(
            "hooks", False, f"{', '.join(missing)} in {folder} do not run the checks", "`git ledger init`"
        )
    if command is None or not Path(command).exists():
        words = f'ledger.command is "{command}", which is not there: the hooks let everything pass'
        return Examination("hooks", False, words, "`git ledger init`")
    return Examination("hooks", True, f"{', '.join(HOOKS)} in {folder} run {command}")


def _examine_rescues(ledger: Ledger) -> Iterator[Examination]:
    """What the pool has saved here, where it has: it stays on the disk until somebody lets it go."""
    rescues = list_rescues(ledger.repo)
    if rescues:
        size = measure_rescues(ledger.repo, rescues)
        words = f"{len(rescues)} of what was left in trees of the pool are kept, {describe_size(size)} in all"
        hint = "`git ledger pool rescues` lists them"
        yield Examination("rescues", size < MUCH_SAVED, words, hint if size >= MUCH_SAVED else "")


def _examine_pruning(ledger: Ledger) -> Iterator[Examination]:
    """Settings by which `git fetch --prune` deletes what the ledger keeps here, as `git clone --mirror` makes
    them: a refspec that brings refs to where `refs/ledger/` is, without one that leaves that out."""
    settings = [entry for entry in ledger.repo.settings if re.fullmatch(r"remote\..*\.fetch", entry.key)]
    for key, specs in groupby(sorted(settings, key=lambda entry: entry.key), key=lambda entry: entry.key):
        name = key.removeprefix("remote.").removesuffix(".fetch")
        values = [setting.value for setting in specs]
        covers = [
            value for value in values if OWN_REFS.startswith(_cut_at_star(value.partition(":")[2], "/"))
        ]
        # A refspec that begins with `^` leaves refs out (git 2.29 and later).
        spared = any(
            OWN_REFS.startswith(_cut_at_star(value[1:], "/")) for value in values if value[:1] == "^"
        )
        if covers and not spared:
            words = (
                f"`git fetch --prune {name}` deletes refs/ledger/* here: what the pool saved, what was seen"
            )
            yield Examination(
                "prune", False, words, f"`git config --add remote.{name}.fetch '^refs/ledger/*'`"
            )


def _cut_at_star(pattern: str, otherwise: str) -> str:
    """What stands before the star of a refspec's side; what no ref begins with, where there is none."""
    return pattern[:-1] if pattern.endswith("*") else otherwise


def _examine_remote(ledger: Ledger) -> tuple[Examination, Feed | None]:
    where = ledger.store.authority.label
    try:
        feed = read_feed(ledger, [ALL_SERIES])
    except LedgerError as error:
        return Examination("remote", False, error.message, error.hint), None
    state = "is there" if feed.commit else "is not there yet"
    return Examination("remote", True, f'{where} is read; the feed branch "{ledger.branch}" {state}'), feed


def _examine_atomic_push(ledger: Ledger) -> Examination:
    """Ask the server for an atomic push without making one."""
    store = ledger.store
    remote = store.authority.remote
    if remote is None:
        return Examination("swap", True, "refs change by one transaction of this repository")
    # Git asks what the server can do before it sends anything, so that `--dry-run` finds out.
    complaint = store.explain_no_swap(ledger.until)
    if complaint:
        hint = "see that `git push` works from here, and that the host supports atomic pushes"
        return Examination("swap", False, f"no atomic push to {remote}: {complaint}", hint)
    return Examination("swap", True, f"{remote} takes pushes that land whole or not at all")


def _examine_numbers(ledger: Ledger, feed: Feed) -> Examination:
    """Which protocol gives numbers, and series that give none because their tip is overwritten."""
    tipless = [series.name for series in read_series(ledger.store, feed.refs, {}).values() if series.tipless]
    if tipless:
        refs = ", ".join(map(tip_ref, tipless))
        return Examination(
            "numbers", False, f"{refs}: no tip, so no number is given", "`git ledger drift --fix`"
        )
    count = sum(ref.startswith("refs/reserve/") for ref in feed.refs)
    words = f"protocol A: numbers are reserved on the remote ({count} refs)"
    if count > MANY_NUMBERS and feed.config.seal_above is None:
        hint = (
            f"every `git push` lists them; `seal_above` in {CONFIG_PATH} lets `git ledger seal` remove most"
        )
        return Examination("numbers", True, words, hint)
    if count:
        return Examination("numbers", True, words)
    words = "no number was reserved yet, so it is not known whether this host takes refs/reserve/*"
    return Examination("numbers", True, words, "the first `git ledger append --reserve PREFIX …` tells")


def _examine_clock(ledger: Ledger, feed: Feed) -> Examination:
    """Git tells no server's time; posts of others that are dated after now tell of a clock that is off."""
    mine = ledger.options.seat or ledger.repo.config("ledger.seat")
    now = ledger.world.now()
    ahead = [post for post in feed.all_posts() if post.seat != mine and post.at - now > CLOCK_SLACK]
    if ahead:
        post = max(ahead, key=lambda latest: latest.at)
        words = (
            f"{post.seat} has posted at {post.at:%Y-%m-%dT%H:%M:%SZ}, and here it is {now:%Y-%m-%dT%H:%M:%SZ}"
        )
        return Examination("clock", False, words, "set this machine's clock, or tell that seat")
    return Examination("clock", True, "no other seat's post is dated after now")


def _examine_size(ledger: Ledger, feed: Feed) -> Examination:
    count = len(feed.board.posts)
    shared = feed.commit is not None and holds_code(ledger.repo, feed.commit)
    if count > MANY_POSTS and shared:
        words = f"{count} posts share a branch with the code, which slows its commits down"
        return Examination(
            "feed", False, words, "`git ledger init --move-to ledger` gives the feed a branch of its own"
        )
    return Examination("feed", True, f"{count} posts")
