"""`pool`: private working trees for the seats of one machine."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Annotated

from ledger.app.pool.pool import (
    PoolResult,
    allocate_tree,
    list_trees,
    prune_trees,
    refresh_trees,
    release_tree,
)
from ledger.app.pool.rescues import (
    Rescue,
    describe_size,
    expire_rescues,
    list_large_files,
    list_rescues,
    measure_rescues,
    restore_rescue,
    show_rescue,
)
from ledger.app.pool.work import PoolTree
from ledger.core.moments import parse_length
from ledger.core.text import escape_line, quote_line
from ledger.faces.cli.command_line import usage
from ledger.faces.cli.parameters import Argument, Option
from ledger.faces.cli.session import Session, check_ticket
from ledger.faces.json.pool import make_rescue_json, make_tree_json

TAKES: Mapping[str, frozenset[str]] = {
    "allocate": frozenset({"--identity", "--item", "--wait", "--pid", "--keep-alive"}),
    "release": frozenset({"PATH", "--identity", "--pid", "--force"}),
    "list": frozenset(),
    "refresh": frozenset({"--identity"}),
    "prune": frozenset(),
    "rescues": frozenset({"PATH"}),
    "restore": frozenset({"PATH"}),
    "expire": frozenset({"--older-than"}),
}
"""What can be done with the pool, and which words each of these deeds takes."""
_DAY = 86400
DEFAULT_STAY = timedelta(days=30)
"""How old a rescue is that `expire` drops, unless `--older-than` says so."""


def command(
    session: Session,
    action: Annotated[str, Argument(metavar="|".join(TAKES))],
    path: Annotated[str | None, Argument(metavar="[PATH or REF]")] = None,
    identity: Annotated[str | None, Option(metavar="I", help="whose trees (the seat's)")] = None,
    item: Annotated[
        str | None, Option(metavar="ID", help="claim this ticket, on a branch named after it")
    ] = None,
    wait: Annotated[
        float | None, Option(metavar="SECONDS", help="how long to wait for a tree (not at all)")
    ] = None,
    pid: Annotated[
        int | None, Option(metavar="PID", help="whose tree it is as long as it lives", min=1)
    ] = None,
    keep_alive: Annotated[
        str | None, Option(metavar="FILE", help="whose tree it is as long as the lock of this file is held")
    ] = None,
    force: Annotated[
        bool, Option("--force", help="release the tree of another session, which may be at work in it")
    ] = False,
    older_than: Annotated[
        str | None, Option(metavar="AGE", help="expire what was saved longer ago, such as 30d")
    ] = None,
) -> int:
    """Working trees of one's own: lease one, give it back, see them all, mend them, remove what nobody has.

    Whatever is not committed, or on no branch, is saved under refs/ledger/rescue before a tree is set anew:
    `rescues` lists that, `restore` makes a branch of it, `expire` drops what is old.
    """
    words_given = {"PATH": path, "--identity": identity, "--item": item, "--wait": wait, "--pid": pid}
    # A flag is never None, by which the others tell that they were not given.
    words_given |= {"--keep-alive": keep_alive, "--force": force or None, "--older-than": older_than}
    _refuse_unfitting(action, {name for name, value in words_given.items() if value is not None})
    # So that NaN is refused too, which is neither below a number nor above it.
    if wait is not None and not 0 <= wait <= _DAY:
        raise usage(f'"{wait}" is no time to wait', "`--wait` takes seconds, up to a day")
    if action in ("rescues", "restore", "expire"):
        return _answer_saved(session, action, path, older_than)
    if action == "allocate":
        ticket = check_ticket(item) if item else None
        file = session.options.directory / keep_alive if keep_alive else None
        result = allocate_tree(session.ledger, identity, ticket, wait or 0.0, pid, file)
    else:
        result = _act_on_trees(session, action, path, identity, pid, force)
    return _answer_pool(session, result, _list_tree_lines(session, action, result.worktrees))


def _answer_saved(session: Session, action: str, path: str | None, older_than: str | None) -> int:
    """What the pool has saved: listed, brought back, or let go of."""
    ledger = session.ledger
    if action == "restore":
        return _restore_and_answer(session, path)
    if action == "rescues":
        return (
            _show_and_answer(session, path) if path else _answer_rescues(session, list_rescues(ledger.repo))
        )
    age = parse_length(older_than) if older_than is not None else DEFAULT_STAY
    if age is None:
        raise usage(f'"{older_than}" is no length of time', "such as `--older-than 30d`")
    return _answer_rescues(session, expire_rescues(ledger, age), "dropped ")


def _act_on_trees(
    session: Session,
    action: str,
    path: str | None,
    identity: str | None,
    pid: int | None,
    force: bool,
) -> PoolResult:
    """What became of the trees that an action is about."""
    ledger = session.ledger
    match action:
        case "release":
            place = session.options.directory / path if path else None
            return release_tree(ledger, place, identity, pid, force)
        case "refresh":
            return refresh_trees(ledger, identity)
        case "prune":
            return prune_trees(ledger)
        case _:
            return list_trees(ledger)


def _answer_rescues(session: Session, rescues: Sequence[Rescue], verb: str = "") -> int:
    repo = session.ledger.repo
    size = measure_rescues(repo, list_rescues(repo) if verb else rescues)
    record = {"rescues": [make_rescue_json(rescue) for rescue in rescues], "bytes": size}
    words = [f"what was saved takes {describe_size(size)}"]
    if session.env.screen is not None and not verb:
        from ledger.faces.cli.terminal.trees import show_rescues

        return session.answer(record, show_rescues(rescues, session.env.screen), words)
    lines = [line for rescue in rescues for line in _describe_rescue(rescue, verb)]
    return session.answer(record, lines, words)


def _show_and_answer(session: Session, ref: str) -> int:
    rescue, changes = show_rescue(session.ledger.repo, ref)
    lines = [*_describe_rescue(rescue), *map(escape_line, changes)]
    words = [f"`git show {rescue.ref}` has every line; `git ledger pool restore` makes a branch of it"]
    return session.answer({"rescues": [make_rescue_json(rescue)]}, lines, words)


def _describe_rescue(rescue: Rescue, verb: str = "") -> Iterator[str]:
    """A rescue in a line, and one for each of its large files."""
    yield escape_line(f"{verb}{rescue.ref}  {rescue.commit[:10]}  {quote_line(rescue.subject)}")
    for file in rescue.large:
        yield escape_line(f"{verb}{file.path}  {describe_size(file.size)}")


def _restore_and_answer(session: Session, ref: str | None) -> int:
    if ref is None:
        raise usage("it is not said what to bring back", "`git ledger pool rescues` lists what was saved")
    rescue, branch = restore_rescue(session.ledger, ref)
    record = {"branch": branch, "rescues": [make_rescue_json(rescue)]}
    words = [f"`git cherry-pick -n {branch}` brings it into a working tree"]
    words += [f"too large for a commit, and kept as a file: {file.path}" for file in rescue.large]
    return session.answer(record, [branch], words)


def _refuse_unfitting(action: str, words_given: set[str]) -> None:
    if action not in TAKES:
        raise usage(
            f'"{action}" is nothing that pool does', f"`git ledger pool` and one of {', '.join(TAKES)}"
        )
    strange = sorted(words_given - TAKES[action])
    if strange:
        raise usage(f'"pool {action}" takes no {strange[0]}', "`git ledger pool -h`")


def _list_tree_lines(session: Session, action: str, trees: Sequence[PoolTree]) -> Iterable[str]:
    # The path and nothing else: it is what `cd "$(git ledger pool allocate)"` changes to.
    if action == "allocate":
        return [escape_line(str(tree.path)) for tree in trees]
    if session.env.screen is None:
        return [escape_line(_write_tree_line(tree)) for tree in trees]
    from ledger.faces.cli.terminal.trees import show_trees

    return show_trees(trees, session.env.screen)


def _answer_pool(session: Session, result: PoolResult, lines: Iterable[str]) -> int:
    record: dict[str, object] = {"worktrees": [make_tree_json(tree) for tree in result.worktrees]}
    record |= {"rescued": list(result.rescued)} if result.rescued else {}
    words = [f"saved what was in the tree: {ref}" for ref in result.rescued]
    large = [file for ref in result.rescued for file in list_large_files(session.ledger.repo, ref)]
    words += [f"too large for a commit, and kept as a file: {file.path}" for file in large]
    return session.answer(record, lines, [*words, *result.words])


def _write_tree_line(tree: PoolTree) -> str:
    lease = tree.lease
    words = [tree.state]
    if lease is not None:
        words.append(lease.description)
        words += [f"for {lease.item}"] if lease.item else []
    return "  ".join([str(tree.path), tree.branch or "-", " ".join(words)])
