"""`check`: judges new posts against what landed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from shlex import quote
from types import MappingProxyType

from ledger import rules
from ledger.app.effects import TimeLimit
from ledger.app.hook.forced_push import find_dropped_posts
from ledger.app.judge.beside_code import find_posts_beside_code, is_branch_of_code
from ledger.app.judge.candidates import (
    Comparison,
    compare_commit,
    compare_index,
    compare_working_tree,
    find_unchanged,
)
from ledger.app.ledger import Ledger
from ledger.app.read.load import Cache, Feed, build_feed, find_landed_commit, read_series
from ledger.app.read.series import name_series_refs, read_series_refs
from ledger.core.board.board import BoardOverlay
from ledger.core.config.config import CONFIG_PATH, Config, parse_config
from ledger.core.dataclass import dataclass, replace
from ledger.core.errors import CannotKeepError, LedgerError, UnreachableError
from ledger.core.feed.order import find_returning_posts
from ledger.core.feed.posts import parse_post
from ledger.core.ids import Number, reservation_prefix, reservation_ref
from ledger.core.model import Finding, Post, Severity
from ledger.core.text import Texts, fill_in_lines
from ledger.core.write.numbers import Series
from ledger.rules.view import AlteredPost, Commit, View
from ledger.store.git.bare import find_oids_at
from ledger.store.git.in_progress import find_merge_heads

SERIES_SECONDS = 5.0
"""How long a check waits for the remote's word on reservations that are not known here."""
NO_COMMIT = "0" * 40
LOST_RACE = ("not-the-holder", "illegal-move", "double-opening")
"""What is found of a post by hand whose seat was beaten to it before it landed."""
MERGING = "; `git merge --abort` goes back to before the merge instead"


@dataclass(frozen=True, slots=True)
class Scope:
    """What to check: `paths` narrow the working tree; `pushed` is the remote of a pre-push hook and
    `lines` what the hook reads."""

    paths: tuple[str, ...] = ()
    staged: bool = False
    range: str | None = None
    everything: bool = False
    pushed: str | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judged:
    """What is new on top of a feed: the feed as it landed, the view with the new posts, and the findings."""

    feed: Feed
    board: BoardOverlay
    view: View
    findings: list[Finding]


def check_posts(ledger: Ledger, scope: Scope) -> list[Finding]:
    """Judge what is new in a scope. Raises LedgerError `usage` for a range that names no commits."""
    if scope.range is not None:
        return judge_range(ledger, scope.range).findings
    landed = find_landed_commit(ledger)
    if scope.pushed is not None:
        # What goes along in the same push is no number that somebody else took meanwhile.
        moves = _read_pushed_refs(ledger, scope)
        along = {ref: new for ref, new, _ in moves if new and ref.startswith("refs/reserve/")}
        commits = [new for ref, new, _ in moves if new and ref.startswith("refs/heads/")]
        forced = [find_dropped_posts(ledger, *move) for move in moves if move[0] == ledger.store.feed_ref]
        judged = [finding for commit in commits for finding in _judge_pushed(ledger, landed, commit, along)]
        return [*(finding for finding in forced if finding), *judged]
    if scope.staged:
        return _judge_staged(ledger, landed)
    head = ledger.objects.resolve_commit("HEAD")
    if scope.paths:
        comparison = _narrow_to_paths(ledger, compare_working_tree(ledger, landed), scope.paths)
    else:
        comparison = compare_working_tree(
            ledger, landed, with_gone=not is_branch_of_code(ledger, landed, head)
        )
    comparison, beside = find_posts_beside_code(ledger, comparison, head)
    return [*beside, *_judge_comparison(ledger, comparison, whole=scope.everything).findings]


def _judge_pushed(ledger: Ledger, landed: str | None, commit: str, along: Mapping[str, str]) -> list[Finding]:
    """Judge a commit that is pushed; `along` are the reservations that go to the remote with it."""
    comparison, beside = find_posts_beside_code(ledger, compare_commit(ledger, landed, commit), commit)
    findings = [*beside, *_judge_comparison(ledger, comparison, fetch=True, along=along).findings]
    return add_ways_out(findings, {file.path for file in comparison.fresh}, "")


def _judge_staged(ledger: Ledger, landed: str | None) -> list[Finding]:
    """Judge the next commit. Posts of a merge that stood on this side of it, and have not landed, are the
    user's own."""
    head = ledger.objects.resolve_commit("HEAD")
    staged = compare_index(ledger, landed)
    comparison, beside = find_posts_beside_code(ledger, staged, head)
    fresh = {file.path for file in comparison.fresh}
    heads = find_merge_heads(ledger.repo.git_dir, ledger.repo.git.env)
    paths = [*fresh, CONFIG_PATH]
    before, *brought = [
        _find_objects(ledger, side, paths) for side in (head, *map(ledger.objects.resolve_commit, heads))
    ]
    others = {path for objects in brought for path in objects}
    commit = Commit(
        seat=ledger.options.seat or ledger.repo.config("ledger.seat"),
        added=frozenset(Path(path).stem for path in fresh - before.keys() - others),
        configures=staged.alters_settings
        and _configures(ledger, landed, (before, *brought))
        and not is_branch_of_code(ledger, landed, head),
    )
    findings = [*beside, *_judge_comparison(ledger, comparison, commit=commit).findings]
    own = (before.keys() - others) & fresh if heads else set()
    return add_ways_out(findings, own, MERGING)


def _configures(ledger: Ledger, landed: str | None, sides: Sequence[Mapping[str, str]]) -> bool:
    """Whether the staged settings are other than those that landed or that a side of a merge brings: these
    are not changed by whoever commits here."""
    known_objects = (_find_objects(ledger, landed, [CONFIG_PATH]), *sides)
    settings = {objects.get(CONFIG_PATH) for objects in known_objects}
    return ledger.objects.find_staged_blob(CONFIG_PATH) not in settings


def _find_objects(ledger: Ledger, commit: str | None, paths: Sequence[str]) -> dict[str, str]:
    """Which of these files of the feed are at a commit; none where there is no commit yet."""
    return find_oids_at(ledger.repo, commit, paths) if commit else {}


def add_ways_out(findings: Sequence[Finding], own: Collection[str], otherwise: str) -> list[Finding]:
    """Findings about posts that lost a race, with what their author can do: a post that has not landed may be
    taken out again (`own` are the paths of such), and the commit that holds it keeps it."""
    mended = []
    for finding in findings:
        if finding.rule in LOST_RACE and finding.severity is Severity.ERROR and finding.where.path in own:
            way = (
                f"`git rm -f {quote(f':/{finding.where.path}')}` and `git commit` go on without it{otherwise}"
            )
            finding = replace(finding, fix=f"{finding.fix}; this post has not landed: {way}")
        mended.append(finding)
    return mended


def judge_range(ledger: Ledger, text: str) -> Judged:
    """Judge what B adds to A, for an `A..B`; A counts as landed.

    Raises LedgerError `usage` for a range that names no commits.
    """
    first, last = find_range_commits(ledger, text)
    return _judge_comparison(ledger, compare_commit(ledger, first, last), fetch=True)


def find_range_commits(ledger: Ledger, text: str) -> tuple[str, str]:
    """The two commits of an `A..B`. Raises LedgerError `usage` where it names none."""
    first, dots, last = text.partition("..")
    commits = [ledger.objects.resolve_commit(word or "HEAD") for word in (first, last.removeprefix("."))]
    if not dots or commits[0] is None or commits[1] is None:
        raise LedgerError("usage", f'"{text}" names no two commits', "a range is like `origin/main..HEAD`")
    return commits[0], commits[1]


def _read_pushed_refs(ledger: Ledger, scope: Scope) -> list[tuple[str, str | None, str | None]]:
    """The refs that a push to where the ledger lives changes, each with its new object and its old one; None
    where the push deletes or makes it."""
    # Git tells the hook the remote's name, or the address for a push to one without a name (githooks(5)).
    if scope.pushed not in ledger.store.authority.names:
        return []
    rows = [line.split() for line in scope.lines]
    objects = {NO_COMMIT: None}
    return [
        (row[2], objects.get(row[1], row[1]), objects.get(row[3], row[3])) for row in rows if len(row) == 4
    ]


def _narrow_to_paths(ledger: Ledger, comparison: Comparison, paths: Sequence[str]) -> Comparison:
    """What concerns files at or below these paths. Raises LedgerError `usage` for one that is nowhere."""
    top = ledger.repo.top.resolve()
    wanted = {path: _resolve_path(ledger.options.directory / path) for path in paths}
    names = [file.path for file in comparison.fresh] + [file.path for file in comparison.changes]
    above = {place for name in names for place in (top / name, *(top / name).parents)}
    for path, place in wanted.items():
        if not place.exists() and place not in above:
            words = f'there is no file "{path}"'
            raise LedgerError("usage", words, "`git ledger check` judges all that is new")

    places = set(wanted.values())

    def inside(path: str) -> bool:
        return not places.isdisjoint((top / path, *(top / path).parents))

    fresh = tuple(file for file in comparison.fresh if inside(file.path))
    changes = tuple(file for file in comparison.changes if inside(file.path))
    return replace(comparison, fresh=fresh, changes=changes)


def _resolve_path(place: Path) -> Path:
    """A path without links on the way to it; a link at its end is what is meant, not what it points to."""
    return place.parent.resolve() / place.name if place.is_symlink() else place.resolve()


def _judge_comparison(
    ledger: Ledger,
    comparison: Comparison,
    whole: bool = False,
    fetch: bool = False,
    commit: Commit | None = None,
    along: Mapping[str, str] = MappingProxyType({}),
) -> Judged:
    """Judge the fresh files of a comparison as posts on top of what landed.

    By the config as it landed: no proposal loosens the rules that it is judged by.
    """
    feed = build_feed(ledger.store, comparison.landed, {}, ledger.world.now(), Cache())
    config, found = feed.config, list(feed.findings()) if whole else []
    if comparison.config is not None:
        found += parse_config(comparison.config.data)[1]
    read = [parse_post(file.data, file.path, file.mode) for file in comparison.fresh]
    posts = [post for post, _ in read if post is not None]
    board = feed.kept.board_with(posts)
    back, otherwise = _find_brought_back(ledger, feed, comparison, posts)
    found += [finding for _, findings in read for finding in findings if finding.where.path not in back]
    new = (board.posts[name] for name in {post.id for post in posts if post.path not in back})
    judged = () if whole else tuple(sorted(new, key=lambda post: board.posts.place_of(post.id)))
    numbers = [number for post in posts for number in find_taken_numbers(post, config)]
    if whole:
        named = map(config.parse_ticket_id, board.named.keys_from(""))
        numbers += [number for number in named if number is not None]
    view = View(
        board=board,
        landed=feed.board,
        judged=judged,
        found=tuple(found),
        config=config,
        series=_read_taken_series(ledger, numbers, fetch, along),
        now=ledger.world.now(),
        full_scan=whole,
        changes=(*comparison.changes, *otherwise),
        commit=commit,
    )
    texts = Texts({file.path: file.data for file in comparison.fresh})
    return Judged(feed, board, view, fill_in_lines(rules.judge(view), texts))


def _find_brought_back(
    ledger: Ledger, feed: Feed, comparison: Comparison, posts: Sequence[Post]
) -> tuple[frozenset[str], tuple[AlteredPost, ...]]:
    """The files that bring back removed posts which landed ones still name: as they landed, and otherwise."""
    again = {post.path for post in find_returning_posts(posts, feed.board.is_named)}
    unchanged = find_unchanged(
        ledger, comparison.landed, [file for file in comparison.fresh if file.path in again]
    )
    same = find_returning_posts([post for post in posts if unchanged.get(post.path)], feed.board.is_named)
    back = frozenset(post.path for post in same)
    return back, tuple(AlteredPost(path, "edited") for path in sorted(unchanged.keys() - back))


def find_taken_numbers(post: Post, config: Config) -> list[Number]:
    """The numbers that a post may take: of its own ticket, and of an AMENDMENT's target."""
    targets = (line.to for line in post.directives if line.name == "AMENDMENT")
    named = (config.parse_ticket_id(number) for number in (post.item, *targets) if number is not None)
    return [number for number in named if number is not None]


def _read_taken_series(
    ledger: Ledger, taken: Iterable[Number], fetch: bool, along: Mapping[str, str]
) -> Mapping[str, Series]:
    """The series of numbers that posts take: as this clone knows them, where it does, else as the remote has
    them; and what goes there `along` with them.

    A series that cannot be read is left out, and its numbers are unverified.
    """
    numbers: dict[str, set[int]] = {}
    for number in taken:
        numbers.setdefault(number.series, set()).add(number.n)
    if not numbers:
        return {}
    store = ledger.store
    names = name_series_refs(numbers)
    refs = read_series_refs(store.read_known_refs, names)
    missing = any(reservation_ref(name, n) not in refs for name in numbers for n in numbers[name])
    if store.authority.remote is not None and (missing or fetch):
        clock = ledger.world.monotonic
        # A check runs in a hook before a commit, where nobody waits half a minute for a dead remote.
        seconds = min(SERIES_SECONDS, max(0.1, ledger.until.remaining()))
        until = TimeLimit(clock, clock() + seconds)
        try:
            refs = read_series_refs(lambda names: store.read_refs(names, until), names)
        except (UnreachableError, CannotKeepError) as error:
            ledger.notices.append(f"{error.message}; reservations are judged by what was fetched last")
            if missing:
                return {}
    pushed = {
        ref: oid for ref, oid in along.items() if ref.startswith(tuple(map(reservation_prefix, numbers)))
    }
    # What the remote has comes last: a number that it has already is not the one that goes along.
    return {name: Series(name) for name in numbers} | read_series(store, pushed | refs, None)
