"""`init`: what a repository needs for the ledger, landed and set. The user's files stay; safe to repeat."""

import sys
from collections.abc import Iterable
from pathlib import Path

from ledger.app.effects import Effects, TimeLimit
from ledger.app.judge.own_feed import describe_own_feed, refuse_unpushed
from ledger.app.ledger import GlobalOptions, Ledger, open_ledger
from ledger.app.read.load import Cache, read_config_at, refuse_code_branch, refuse_second_feed
from ledger.app.setup.ci import JOBS, list_job_notices
from ledger.app.setup.founding import FoundResult, found_feed, make_setup_files
from ledger.app.setup.git_hooks import install_hooks, refuse_linked_folder
from ledger.app.setup.moving import list_move_notices, move_feed
from ledger.core.dataclass import dataclass, replace
from ledger.core.errors import LedgerError
from ledger.core.ids import is_seat
from ledger.store.feed_branch import OWN_BRANCH, guess_feed_branch, holds_feed, name_free_branch
from ledger.store.git.checkouts import find_checkouts
from ledger.store.git.repository import Repo, choose_remote, open_repository
from ledger.store.git.working_tree import holds_code
from ledger.store.remote_heads import fetch_candidates


@dataclass(frozen=True, slots=True)
class InitRequest:
    """What the command line asks of `init`; None: not given. `host` is one of JOBS, `move_to` the branch to
    which a feed that stands elsewhere is to go."""

    branch: str | None = None
    remote: str | None = None
    seat: str | None = None
    host: str | None = None
    move_to: str | None = None


@dataclass(frozen=True, slots=True)
class InitResult:
    """The settings in force, the files that were landed, lines that say how it stands, and words."""

    branch: str
    remote: str | None
    hooks: str
    created: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    moved_from: str | None = None
    judging: bool = True


def set_up_repository(options: GlobalOptions, world: Effects, request: InitRequest) -> InitResult:
    """Set a repository up, and begin the feed where there is none.

    What can be set up here is, also when the remote cannot be reached. Raises LedgerError `usage` for a
    branch, remote or seat that cannot be, `needs-own-branch` for a branch shared with code where there is no
    remote, and what a write raises.
    """
    _refuse_unusable(open_repository(options.directory), request)
    repo = _store_settings(options, {"ledger.remote": request.remote, "ledger.command": _find_program()})
    words = _store_seat(repo, request.seat, options.seat)
    hooks = install_hooks(repo)
    remote = choose_remote(repo)
    # Hooks and seat are set by now: they need no remote, and a machine may be set up offline.
    trouble = _fetch_or_explain(options, world, repo, remote)
    branch = request.branch or repo.config("ledger.branch") or guess_feed_branch(repo, remote)
    moved_from, branch = _move_where_asked(options, world, request, branch, trouble)
    if remote is None and not holds_feed(repo, f"refs/heads/{branch}"):
        _refuse_shared_branch(repo, branch)
    if not (trouble or request.branch or request.move_to or repo.config("ledger.branch")):
        refuse_code_branch(repo, remote, branch)
    if remote and request.branch and not trouble:
        refuse_second_feed(repo, remote, branch)
    if remote and not trouble:
        words += _find_own_feed_notices(options, world, remote, branch)
    # A branch that was guessed without the remote is not kept: the feed may stand on another one there.
    settings = {"ledger.branch": None if trouble and not request.branch else branch, "ledger.remote": remote}
    repo = _store_settings(options, settings)
    words += [*hooks.words, *(list_move_notices(moved_from, branch, remote) if moved_from else [])]
    result = InitResult(branch, remote, hooks.folder, (), (), tuple(words), moved_from, hooks.complete)
    if trouble:
        missing = f"{trouble}; everything here is set up, and the same command again completes it"
        return replace(
            result, lines=tuple(_describe_result(repo, result, None)), words=(*result.words, missing)
        )
    return _found_or_complete(options, world, request, result)


def _find_own_feed_notices(options: GlobalOptions, world: Effects, remote: str, branch: str) -> list[str]:
    """Words about a feed that began here before the remote had one. Raises LedgerError `no-branch` where the
    remote has none yet."""
    ledger = open_ledger(options, world, branch)
    commit = ledger.objects.resolve_commit(f"refs/remotes/{remote}/{branch}")
    if commit is None:
        refuse_unpushed(ledger)
        return []
    words = describe_own_feed(ledger, commit)
    return [words] if words else []


def _move_where_asked(
    options: GlobalOptions, world: Effects, request: InitRequest, branch: str, trouble: str | None
) -> tuple[str | None, str]:
    """Move the feed where that is asked for: the branch that it left (None: it did not), and its branch."""
    target = request.move_to
    if target is None:
        return None, branch
    if trouble:
        raise LedgerError(
            "unreachable", f"{trouble}; nothing was moved", "the same command again, when it can"
        )
    return (branch if move_feed(options, world, branch, target) else None), target


def _refuse_unusable(repo: Repo, request: InitRequest) -> None:
    seat, branch, remote = request.seat, request.move_to or request.branch, request.remote
    refuse_linked_folder(repo)
    if request.branch and request.move_to:
        words = "`--branch` and `--move-to` both say where the feed is to be"
        raise LedgerError("usage", words, "name one of them")
    if seat is not None and not is_seat(seat):
        raise LedgerError("usage", f'"{seat}" is no seat', "choose a name such as `otto-cli`")
    if branch is not None and repo.git.run("check-ref-format", "--branch", branch).code:
        raise LedgerError("usage", f'"{branch}" is no branch name', "name one such as `ledger`")
    if remote is not None and repo.git.run("remote", "get-url", remote).code:
        raise LedgerError("usage", f'there is no remote "{remote}"', f"`git remote add {remote} URL`")


def _store_settings(options: GlobalOptions, settings: dict[str, str | None]) -> Repo:
    """Store these settings, None left out, and open the repository with them."""
    repo = open_repository(options.directory)
    for key, value in settings.items():
        if value is not None and repo.config(key) != value:
            _set_config(repo, key, value)
    return open_repository(options.directory)


def _set_config(repo: Repo, key: str, value: str, *scope: str) -> None:
    repo.git.check_output("config", *scope, key, value)


def _find_program() -> str:
    """The program that runs now, for the hooks: where `git-ledger` stands, with its whole path."""
    # Not `sys.argv[0]` first: under `python -m ledger` that is a module's file, which no hook can run.
    beside = Path(sys.executable).with_name("git-ledger")
    called = Path(sys.argv[0])
    return str((beside if beside.exists() else called).absolute())


def _store_seat(repo: Repo, seat: str | None, acting: str | None) -> list[str]:
    """Store the seat: for this working tree alone as soon as the repository has several."""
    if seat is None:
        named = acting or repo.config("ledger.seat")
        return [] if named else ["no seat is set yet: `git ledger init --seat NAME`, or LEDGER_SEAT"]
    if len(repo.list_worktrees()) == 1:
        _set_config(repo, "ledger.seat", seat)
    else:
        _allow_worktree_settings(repo)
        _set_config(repo, "ledger.seat", seat, "--worktree")
    return []


def _allow_worktree_settings(repo: Repo) -> None:
    """Let each working tree have settings of its own.

    Two settings of the repository then hold for every working tree unless they are moved to the main
    one's file (git-worktree(1), "Configuration file"): a bare repository's worktrees would turn bare.
    """
    if repo.config("extensions.worktreeConfig") == "true":
        return
    for key in ("core.bare", "core.worktree"):
        value = repo.config(key)
        if value not in (None, "false"):
            _set_config(repo, key, str(value), "--file", str(repo.common_dir / "config.worktree"))
            repo.git.check_output("config", "--unset-all", key)
    # Last: git reads `config.worktree` from here on, and both settings must stand in it by then.
    _set_config(repo, "extensions.worktreeConfig", "true")


def _fetch_or_explain(options: GlobalOptions, world: Effects, repo: Repo, remote: str | None) -> str | None:
    """Fetch the branches that may hold a feed; give why the remote could not be asked, else None."""
    if remote is None:
        return None
    until = TimeLimit(world.monotonic, world.monotonic() + options.timeout)
    if options.offline:
        return f'remote "{remote}" was not asked'
    trouble = fetch_candidates(repo, remote, until, world.wait)
    return f'remote "{remote}" cannot be read: {trouble}' if trouble else None


def _refuse_shared_branch(repo: Repo, branch: str) -> None:
    """Without a remote a feed begins on no branch that people work on."""
    name = f"refs/heads/{branch}"
    born = repo.git.run("show-ref", "--verify", "-q", name).code == 0
    if find_checkouts(repo, branch) or (born and holds_code(repo, name)):
        message = f'the feed cannot share "{branch}" with people\'s work in a repository without a remote: '
        message += "a reset, a rebase or the next commit would take back what landed"
        free = name_free_branch(repo, None, branch)
        hint = f"`git ledger init --branch {free}`; or with a remote, `git remote add origin URL`"
        raise LedgerError("needs-own-branch", message, hint)


def _found_or_complete(
    options: GlobalOptions, world: Effects, request: InitRequest, result: InitResult
) -> InitResult:
    """Begin the feed, or complete what stands, on the branch that the feed itself names."""
    ledger = open_ledger(options, world)
    refs = ledger.store.read_refs([], ledger.until)
    commit = refs.get(ledger.store.feed_ref)
    named = read_config_at(ledger.store, commit, Cache()).branch
    if named is not None and named != result.branch and request.branch is None:
        _refuse_missing_feed(open_ledger(options, world, named), result.branch)
        _store_settings(options, {"ledger.branch": named})
        return _found_or_complete(options, world, request, replace(result, branch=named))
    kept = commit is not None and request.branch is None and holds_code(ledger.repo, commit)
    jobs = JOBS[request.host] if request.host else {}
    founded = found_feed(ledger, {} if kept else make_setup_files(result.branch), jobs)
    lines = tuple(_describe_result(ledger.repo, result, (ledger, founded)))
    words = (*result.words, *list_job_notices(founded.others))
    return replace(result, created=founded.files, lines=lines, words=words)


def _refuse_missing_feed(ledger: Ledger, source: str) -> None:
    """A feed that is said to be on a branch which is not there was not moved yet: none is begun beside it."""
    if ledger.store.feed_ref not in ledger.store.read_refs([], ledger.until):
        message = f'the feed on "{source}" says that it is on "{ledger.branch}", and there is no such branch'
        raise LedgerError("no-branch", message, f"`git ledger init --move-to {ledger.branch}`")


def _describe_result(
    repo: Repo, result: InitResult, stands: tuple[Ledger, FoundResult] | None
) -> Iterable[str]:
    """How it stands now, and what to type next: five lines at most."""
    feed = f'feed   branch "{result.branch}" on {result.remote or "this repository"}'
    seat = repo.config("ledger.seat")
    if stands is None:
        yield f"{feed}, which was not reached"
    else:
        ledger, founded = stands
        news = f", now with {' '.join(founded.files)}" if founded.files and not founded.begun else ""
        yield f"{feed}: {'begun' if founded.begun else f'it stands{news}'}; there is nothing to commit"
        commit = ledger.store.read_refs([], ledger.until).get(ledger.store.feed_ref)
        if commit is not None and holds_code(repo, commit):
            away = f"`git ledger init --move-to {OWN_BRANCH}` gives it a branch of its own"
            yield f'       it shares "{result.branch}" with the code: each claim is a commit there; {away}'
    where = "working tree" if repo.config_scope("ledger.seat") == "worktree" else "clone"
    yield f"seat   {seat}, in this {where}" if seat else "seat   none yet"
    judging = "they judge posts that are committed by hand, and start nothing for code"
    yield f"hooks  {result.hooks}: {judging if result.judging else 'not all of them run our checks yet'}"
    if stands is not None:
        yield f"next   {_name_next_command(seat, stands[1])}"


def _name_next_command(seat: str | None, founded: FoundResult) -> str:
    if seat is None:
        return "git ledger init --seat NAME"
    if founded.begun:
        return 'git ledger new -p CMB "What is to be done"'
    return "git ledger next    # takes the best ticket for you; git ledger ls shows them all"
