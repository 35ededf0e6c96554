"""What a push adds to the feed of a bare repository, judged by the same rules as `check`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import PurePosixPath

from ledger import rules
from ledger.app.guard.index import read_pushed_on
from ledger.app.guard.pushed_files import MOST_AT_FIRST, MOST_DIFFERENT, TOO_MANY, refuse_files
from ledger.app.judge.check import find_taken_numbers
from ledger.app.read.load import read_series
from ledger.core.board.board import Board
from ledger.core.config.config import CONFIG_PATH, Config, parse_config
from ledger.core.dataclass import dataclass, field, replace
from ledger.core.feed.order import find_returning_posts
from ledger.core.feed.posts import POST_LIMIT, parse_post
from ledger.core.ids import is_post_path, path_of_post, reservation_prefix, reservation_ref, tip_ref
from ledger.core.model import Finding, Post
from ledger.core.text import Texts, fill_in_lines
from ledger.core.write.numbers import Series
from ledger.rules.view import AlteredPost, View
from ledger.store.git.bare import Difference, resolve_refs
from ledger.store.git.treewalk import TooManyError, walk_push
from ledger.store.git.working_tree import find_landed_contents
from ledger.store.guard.let_in import LetIn, Record, find_landing_times
from ledger.store.index.following import SUBMODULE
from ledger.store.local import LocalStore


@dataclass(frozen=True)
class PushedPosts:
    """What a push does to the feed: its new posts, the findings, the settings by which they were judged,
    and whether this version understands the settings as the push leaves them.

    `refused` says why its files may not land whatever they say; then nothing else was looked at.
    `resets` is true when the push changes the settings, `branch` is where these say that the feed is.
    `series` are the names of the series in which its posts take numbers.
    """

    posts: tuple[Post, ...] = ()
    findings: tuple[Finding, ...] = ()
    config: Config = field(default_factory=Config)
    understood: bool = True
    refused: tuple[str, ...] = ()
    resets: bool = False
    branch: str | None = None
    series: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Pushed:
    """The files of a push below `feed/`, read; `files` has the mode and object of each new one, `back` those
    that the guard's record knows as they are."""

    files: Mapping[str, tuple[str, str]]
    texts: Mapping[str, str]
    posts: tuple[Post, ...]
    found: tuple[Finding, ...]
    changes: tuple[AlteredPost, ...]
    config: bytes | None
    back: frozenset[str] = frozenset()


def judge_pushed_posts(
    store: LocalStore,
    old: str | None,
    new: str,
    pushed: Mapping[str, str | None],
    now: datetime,
    record: Record,
) -> PushedPosts:
    """Judge what the commit `new` adds to `old` (None: there is no feed yet).

    `pushed` are the refs of reservations as this push leaves them (None: deleted). Posts that the record
    knows, and that a rewind took from the feed, come back unjudged as they landed, whoever brings them.
    """
    try:
        changed, contents = walk_push(store.repo, old, new, MOST_DIFFERENT if old else MOST_AT_FIRST)
    except TooManyError:
        # A few hundred bytes can name more files than a server has memory for; nothing of them is read.
        return PushedPosts(refused=(TOO_MANY,))
    landed = record.find_let_in(
        difference.path
        for difference in changed
        if is_post_path(difference.path) and difference.status != "D"
    )
    lost = [difference for difference in changed if difference.status == "A" and difference.path in landed]
    back = frozenset(
        difference.path
        for difference in lost
        if landed[difference.path].content == (difference.mode, difference.oid)
    )
    if refused := refuse_files(store, old, new, changed, contents, back):
        return PushedPosts(refused=tuple(refused))
    read = replace(_read_pushed(store, old, changed, landed), back=back)
    resets = old is not None and any(file.path == CONFIG_PATH for file in changed)
    return _judge_parsed_posts(store, old, read, pushed, now, record, resets)


def _judge_parsed_posts(
    store: LocalStore,
    old: str | None,
    read: _Pushed,
    pushed: Mapping[str, str | None],
    now: datetime,
    record: Record,
    resets: bool,
) -> PushedPosts:
    """Judge what a push adds, on the feed that it goes on from."""
    # By the settings before the push: none loosens the rules that it is judged by.
    feed = read_pushed_on(store, old, now)
    config = parse_config(feed.settings.data)[0] if feed.settings else Config()
    after, config_findings = (config, ()) if read.config is None else parse_config(read.config)
    board = feed.board_with(read.posts)
    mended, changes = _find_mended(store, feed.board, old, read)
    fresh = {post.id for post in read.posts if post.path not in mended}
    posts = tuple(
        sorted((board.posts[name] for name in fresh), key=lambda post: board.posts.place_of(post.id))
    )
    series = _read_taken_series(store, read.posts, config, pushed)
    view = View(
        board=board,
        landed=feed.board,
        judged=posts,
        found=(*config_findings, *(finding for finding in read.found if finding.where.path not in mended)),
        config=config,
        series=series,
        now=now,
        let_in=_find_times_let_in(record, posts),
        changes=(*read.changes, *changes),
    )
    findings = tuple(fill_in_lines(rules.judge(view), read.texts))
    return PushedPosts(
        posts=posts,
        findings=findings,
        config=config,
        understood=after.writable,
        resets=resets,
        branch=after.branch,
        series=frozenset(series),
    )


def _find_times_let_in(record: Record, posts: Iterable[Post]) -> dict[str, datetime]:
    """When each post came into force that new ones name as a sign of life or as a challenge."""
    named = {line.post for post in posts for line in post.directives if line.post and line.name in _SILENCE}
    times = find_landing_times(record.find_let_in(map(path_of_post, named))) if named else {}
    return {PurePosixPath(path).stem: at for path, at in times.items()}


_SILENCE = ("CHALLENGE", "AUTO-RELEASE")
"""The directives that ask a holder, and that end its claim: for them it matters when a post was let in."""


def _find_mended(
    store: LocalStore, board: Board, old: str | None, read: _Pushed
) -> tuple[frozenset[str], tuple[AlteredPost, ...]]:
    """The files that bring back removed posts, and those that bring them back otherwise than they landed: by
    the guard's record, or as the history has those that landed ones still name."""
    paths = [
        post.path for post in find_returning_posts(read.posts, board.is_named) if post.path not in read.back
    ]
    # The record goes first (`back`): the history of a restored backup lacks what landed after it.
    first = find_landed_contents(store.repo, old, paths) if old else {}
    same = [post for post in read.posts if first.get(post.path) == read.files[post.path]]
    back = read.back | {post.path for post in find_returning_posts(same, board.is_named)}
    return back, tuple(AlteredPost(path, "edited") for path in sorted(first.keys() - back))


def _read_pushed(
    store: LocalStore, old: str | None, changed: Sequence[Difference], landed: Mapping[str, LetIn]
) -> _Pushed:
    """Read what a push changes: new posts, changes to landed ones, the file of settings."""
    fresh = [file for file in changed if file.status == "A" and is_post_path(file.path)]
    settings = [file for file in changed if file.path == CONFIG_PATH and file.status != "D"]
    oids = [file.oid for file in (*fresh, *settings) if file.mode != SUBMODULE]
    blobs = store.read_blobs(oids, POST_LIMIT)
    parsed = [parse_post(blobs.get(file.oid, b""), file.path, file.mode) for file in fresh]
    return _Pushed(
        files={file.path: (file.mode, file.oid) for file in fresh},
        texts=Texts({file.path: blobs.get(file.oid, b"") for file in fresh}),
        posts=tuple(post for post, _ in parsed if post is not None),
        found=tuple(finding for _, found in parsed for finding in found),
        changes=tuple(_find_changes(store, old, changed, landed)),
        config=next((blobs.get(file.oid, b"") for file in settings), None),
    )


def _find_changes(
    store: LocalStore, old: str | None, changed: Iterable[Difference], landed: Mapping[str, LetIn]
) -> Iterator[AlteredPost]:
    """What is done to landed posts. The branch only grows, so what is gone was removed.

    One that gets back what it landed with is not edited but mended. What that was the record says; of a post
    that was there before the guard, the history.
    """
    posts = [file for file in changed if is_post_path(file.path)]
    # `M` is another content or mode, `T` another type: a link in the place of the file (git-diff-tree(1)).
    edited = [file for file in posts if file.status not in ("A", "D")]
    seen = {path: file.content for path, file in landed.items() if file.at is not None}
    unseen = [file.path for file in edited if file.path not in seen]
    first = (find_landed_contents(store.repo, old, unseen) if old else {}) | seen
    yield from (
        AlteredPost(file.path, "edited") for file in edited if first.get(file.path) != (file.mode, file.oid)
    )
    yield from (AlteredPost(file.path, "removed") for file in posts if file.status == "D")
    new = [file for file in posts if file.status == "A" and file.path in landed]
    yield from (
        AlteredPost(file.path, "edited") for file in new if landed[file.path].content != (file.mode, file.oid)
    )


def _read_taken_series(
    store: LocalStore, posts: Iterable[Post], config: Config, pushed: Mapping[str, str | None]
) -> Mapping[str, Series]:
    """The series in which new posts take numbers, as they are once the push is in force."""
    numbers = [number for post in posts for number in find_taken_numbers(post, config)]
    names = sorted({number.series for number in numbers})
    if not names:
        return {}
    exact = [*map(tip_ref, names), *(reservation_ref(number.series, number.n) for number in numbers)]
    refs = resolve_refs(store.repo, exact)
    bare = [reservation_prefix(name) for name in names if tip_ref(name) not in refs]
    there = {
        name: ref.oid for name, ref in {**refs, **(resolve_refs(store.repo, bare) if bare else {})}.items()
    }
    # As if all refs were in force: the reference-transaction hook keeps the feed from moving without them.
    after = {name: oid for name, oid in {**there, **pushed}.items() if oid is not None}
    owned = {name: [number.n for number in numbers if number.series == name] for name in names}
    read = read_series(store, {ref: oid for ref, oid in after.items() if _is_in_series(ref, names)}, owned)
    return {name: Series(name) for name in names} | read


def _is_in_series(ref: str, names: Iterable[str]) -> bool:
    return any(ref.startswith(reservation_prefix(name)) for name in names)
