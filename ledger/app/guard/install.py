"""The server guard: puts its hooks into a bare repository, and says whether they work."""

import shlex
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from ledger.app.guard.hooks import HOOKS, compose_hooks, is_guard_hook, place_hook, remove_hook
from ledger.app.guard.index import behind, build_index, open_guard_store
from ledger.app.guard.settings import ALONE, SETTINGS, apply_settings, restore_settings
from ledger.app.read.load import Cache, read_config_at
from ledger.core.config.config import CONFIG_PATH
from ledger.core.dataclass import dataclass, replace
from ledger.core.errors import LedgerError
from ledger.core.ids import is_post_path
from ledger.store.feed_branch import guess_feed_branch
from ledger.store.files import find_inside, replace_file
from ledger.store.git.bare import (
    find_hook_path,
    find_owner_uid,
    list_differences,
    open_bare,
    read_setting,
    resolve_refs,
)
from ledger.store.git.process import split_lines
from ledger.store.git.repository import Repo
from ledger.store.guard.let_in import DAMAGED, Record
from ledger.store.local import LocalStore

JUDGE = "pre-receive"
FAILURE = "guard-failure.txt"
"""The file in `ledger/` of the bare repository that has what went wrong last, for whoever keeps it."""


@dataclass(frozen=True, slots=True)
class GuardState:
    """What is installed: the feed branch, the hook's place ("" when it is not there), the settings of
    SETTINGS that are set, how many posts its index is behind, and what is wrong in words (nothing: it
    works)."""

    branch: str
    hook: str
    settings: Mapping[str, str]
    behind: int
    wrong: tuple[str, ...]
    words: tuple[str, ...] = ()


def install_guard(
    directory: Path, branch: str | None, user: int, now: datetime, announce: Callable[[int], None]
) -> GuardState:
    """Install the guard with its record and its index, or bring it up to date; safe to repeat.

    The feed branch is `branch`, else the setting `ledger.branch`, else where clones look for it. `user` (uid)
    is who installs: in another one's repository an index would be closed to those who push, and is left to
    them. `tell` hears how many posts are about to be read (16 s at 50,000). Raises LedgerError `usage` for a
    repository that is not bare, a name that is no branch, and a hook that cannot be kept; `leads-outside`
    where the hooks are a link to those of other repositories.
    """
    repo = open_bare(directory)
    feed = branch or _find_feed_branch(repo)
    if repo.git.run("check-ref-format", "--branch", feed).code:
        raise LedgerError("usage", f'"{feed}" is no branch name', "name one such as `main`")
    folder = find_hook_path(repo, JUDGE).parent
    if repo.git_dir in folder.parents:  # and not a folder that `core.hooksPath` names
        find_inside(repo.git_dir, str(folder.relative_to(repo.git_dir)))
    # The hooks before the index: pushes are judged while that is built, each by posts that it reads itself.
    texts = compose_hooks(feed).items()
    words = [line for name, text in texts for line in place_hook(find_hook_path(repo, name), text)]
    words += apply_settings(repo, feed)
    if find_owner_uid(repo) == user:
        build_index(open_guard_store(repo, feed), announce, now)
    return replace(check_guard(directory), words=tuple(words))


def check_guard(directory: Path) -> GuardState:
    """What is installed in a bare repository, and whether it works."""
    repo = open_bare(directory)
    branch, place = _find_feed_branch(repo), find_hook_path(repo, JUDGE)
    in_force = {key: value for key in (*SETTINGS, *ALONE) if (value := read_setting(repo, key)) is not None}
    wrong = [
        f"{key} is {in_force.get(key, 'not set')}, not {value}"
        for key, value in SETTINGS.items()
        if in_force.get(key) != value
    ]
    broken = [why for name in HOOKS if (why := _why_broken(find_hook_path(repo, name), branch))]
    # The hook itself says whether its Python still has the package: an upgrade may have taken that away.
    # `git hook run` is there since git 2.36, the oldest that is supported.
    if not broken and (ran := repo.git.run("hook", "run", JUDGE, "--", "check")).code:
        broken.append(f"the hook {place} does not run: {ran.complaint}")
    wrong = [*broken, *wrong]
    if (damaged := repo.git_dir / "ledger" / DAMAGED).exists():
        wrong.append(f"the record of what landed was damaged and begun anew: {damaged} can be removed")
    store = open_guard_store(repo, branch)
    late, moved = behind(store), _find_moved_branch(store)
    if moved is not None and moved != branch:
        words = f"`{CONFIG_PATH}` on {branch} says that the feed is on {moved}, and {branch} is guarded: "
        wrong.append(f"{words}`git ledger guard install --branch {moved}`")
    return GuardState(branch, str(place) if is_guard_hook(place) else "", in_force, late, tuple(wrong))


def uninstall_guard(directory: Path) -> GuardState:
    """Take the guard's hooks away and put back what stood before, settings too. The record and the index
    stay, for the day on which it is installed again."""
    repo = open_bare(directory)
    words = [line for name in HOOKS for line in remove_hook(find_hook_path(repo, name))]
    words += restore_settings(repo)
    return replace(check_guard(directory), wrong=(), words=tuple(words))


def admit_posts(directory: Path, revision: str) -> tuple[str, list[str]]:
    """Let the guard take the posts of a commit for posts that landed here: a rewind took them, and the record
    with them. Gives the commit, and the paths of those that the feed lacks.

    Raises LedgerError `usage` where there is no such commit.
    """
    repo = open_bare(directory)
    found = split_lines(repo.git.run("rev-parse", "-q", "--verify", f"{revision}^{{commit}}").out)
    if not found:
        message = f'"{revision}" is no commit of "{directory}"'
        raise LedgerError(
            "usage", message, "`git ledger guard admit DIR --branch B`, a branch that was pushed"
        )
    store = open_guard_store(repo, _find_feed_branch(repo))
    tip = resolve_refs(repo, [store.feed_ref]).get(store.feed_ref)
    posts = [
        file for file in list_differences(repo, tip.oid if tip else None, found[0]) if is_post_path(file.path)
    ]
    lost = [file for file in posts if file.status == "A"]
    # Without a time, as nobody knows here when they landed: a challenge is held to their own dates then.
    Record(repo.git_dir).add_rows(None, [(file.path, file.mode, file.oid, None) for file in lost])
    return found[0], [file.path for file in lost]


def _why_broken(place: Path, branch: str) -> str | None:
    """What is wrong with a hook as it stands."""
    if not is_guard_hook(place):
        return f"the hook {place} is not there" if not place.exists() else f"{place} is another hook"
    if f"feed={shlex.quote(f'refs/heads/{branch}')}\n".encode() not in place.read_bytes():
        return f"the hook {place} guards another branch than {branch}"
    return None


def _find_moved_branch(store: LocalStore) -> str | None:
    """The branch that the settings of the feed branch name, where they name any."""
    ref = resolve_refs(store.repo, [store.feed_ref]).get(store.feed_ref)
    return read_config_at(store, ref.oid, Cache()).branch if ref else None


def keep_failure(directory: Path, text: str) -> None:
    """Keep what kept a push from being judged, for whoever keeps the server: the newest failure alone."""
    with suppress(LedgerError, OSError):
        data = text.encode("utf-8", "backslashreplace")
        replace_file(open_bare(directory).git_dir, f"ledger/{FAILURE}", data)


def _find_feed_branch(repo: Repo) -> str:
    return read_setting(repo, "ledger.branch") or guess_feed_branch(repo, None)
