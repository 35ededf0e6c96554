"""`init`: what a repository needs for the ledger. Commits and pushes nothing; safe to repeat."""

import sys
from dataclasses import dataclass
from pathlib import Path

from ledger.app.hooks import install_hooks
from ledger.app.ledger import Asked, open_ledger
from ledger.app.world import World
from ledger.core.config import CONFIG_PATH, DEFAULT_YAML
from ledger.core.errors import LedgerError
from ledger.core.ids import is_seat
from ledger.store.repo import Repo, choose_remote, open_repository
from ledger.store.work import write_new

ATTRIBUTES = "feed/.gitattributes"
ATTRIBUTES_TEXT = (
    "# Posts are UTF-8 text with LF line ends on every machine.\n*.md text eol=lf\n*.yaml text eol=lf\n"
)


@dataclass(frozen=True, slots=True)
class Made:
    """The settings in force and what was written; `words` say what is to be done next."""

    branch: str
    remote: str | None
    hooks: str
    created: tuple[str, ...]
    words: tuple[str, ...]


def init(asked: Asked, world: World, branch: str | None, remote: str | None, seat: str | None) -> Made:
    """Set a repository up. Raises LedgerError `usage` for a branch, remote or seat that cannot be."""
    repo = open_repository(asked.directory)
    if seat is not None and not is_seat(seat):
        raise LedgerError("usage", f'"{seat}" is no seat', "choose a name such as `otto-cli`")
    if branch is not None and repo.git.run("check-ref-format", "--branch", branch).code:
        raise LedgerError("usage", f'"{branch}" is no branch name', "name one such as `main`")
    if remote is not None:
        if repo.git.run("remote", "get-url", remote).code:
            raise LedgerError("usage", f'there is no remote "{remote}"', f"`git remote add {remote} URL`")
        _set(repo, "ledger.remote", remote)
    chosen_remote = remote or choose_remote(repo)
    chosen_branch = branch or repo.config("ledger.branch") or _usual_branch(repo, chosen_remote)
    settings = {"ledger.branch": chosen_branch, "ledger.remote": chosen_remote, "ledger.command": _command()}
    for key, value in settings.items():
        if value is not None:
            _set(repo, key, value)
    words = _seated(repo, seat, asked.seat)
    installed = install_hooks(repo)
    created = [*installed.created, *_feed_files(repo, chosen_branch, words)]
    words += [*installed.words, *_fetched(asked, world)]
    if created:
        places = " ".join(dict.fromkeys(path.partition("/")[0] for path in created))
        words.append(f"next: git add {places} && git commit -m 'Set up the ledger', then push")
    return Made(chosen_branch, chosen_remote, installed.folder, tuple(created), tuple(words))


def _set(repo: Repo, key: str, value: str, *scope: str) -> None:
    repo.git.ask("config", *scope, key, value)


def _usual_branch(repo: Repo, remote: str | None) -> str:
    """`main`, unless there is none and the remote's, or this repository's, own branch has another name."""
    heads = [f"refs/remotes/{remote}/HEAD"] if remote else []
    names = [f"refs/remotes/{remote}/main"] if remote else []
    if any(repo.git.run("show-ref", "--verify", "-q", one).code == 0 for one in [*names, "refs/heads/main"]):
        return "main"
    for head in heads:
        ran = repo.git.run("symbolic-ref", "-q", head)
        if ran.code == 0:
            return ran.out.decode().strip().removeprefix(f"refs/remotes/{remote}/")
    return repo.head_branch() or "main"


def _command() -> str:
    """The program that runs now, for the hooks: where `git-ledger` stands, with its whole path."""
    beside = Path(sys.executable).with_name("git-ledger")
    called = Path(sys.argv[0])
    return str((beside if beside.exists() else called).absolute())


def _seated(repo: Repo, seat: str | None, acting: str | None) -> list[str]:
    """Store the seat: for this working tree alone as soon as the repository has several."""
    if seat is None:
        known = acting or repo.config("ledger.seat")
        return [] if known else ["no seat is set yet: `git ledger init --seat NAME`, or LEDGER_SEAT"]
    if len(repo.worktrees()) == 1:
        _set(repo, "ledger.seat", seat)
    else:
        _allow_own_settings(repo)
        _set(repo, "ledger.seat", seat, "--worktree")
    return []


def _allow_own_settings(repo: Repo) -> None:
    """Let each working tree have settings of its own.

    Two settings of the repository then hold for every working tree unless they are moved to the main
    one's file (git-worktree(1), "Configuration file"): a bare repository's worktrees would turn bare.
    """
    if repo.config("extensions.worktreeConfig") == "true":
        return
    for key in ("core.bare", "core.worktree"):
        value = repo.config(key)
        if value not in (None, "false"):
            _set(repo, key, str(value), "--file", str(repo.common_dir / "config.worktree"))
            repo.git.ask("config", "--unset-all", key)
    _set(repo, "extensions.worktreeConfig", "true")


def _feed_files(repo: Repo, branch: str, words: list[str]) -> list[str]:
    """Write the feed's own files where the feed branch is checked out."""
    if repo.head_branch() != branch:
        words.append(
            f'"{branch}" is not checked out here, so `{CONFIG_PATH}` was not written; it is optional'
        )
        return []
    texts = {CONFIG_PATH: DEFAULT_YAML, ATTRIBUTES: ATTRIBUTES_TEXT}
    return [path for path, text in texts.items() if write_new(repo.top / path, text.encode())]


def _fetched(asked: Asked, world: World) -> list[str]:
    """Fetch what reading needs; a remote that cannot be reached now is no reason to fail."""
    ledger = open_ledger(asked, world)
    if ledger.offline:
        return []
    try:
        ledger.store.read(["refs/reserve/"], ledger.until)
    except LedgerError as error:
        if error.kind != "unreachable":
            raise
        return [f"{error.message}; everything else is set up"]
    return []
