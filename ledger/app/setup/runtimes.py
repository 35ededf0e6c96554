"""`setup`: a runtime's hooks and its words about the ledger, merged into the files that are there."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from shutil import which
from typing import Any

from ledger.app.ledger import GlobalOptions
from ledger.app.setup.doctor import Examination
from ledger.app.setup.hooks_file import Hook, add_hooks, make_file, remove_hooks
from ledger.app.setup.memory_file import add_block, remove_block
from ledger.core.dataclass import dataclass
from ledger.core.errors import LedgerError, UnmergeableError
from ledger.store.files import find_inside, remove_file, replace_file
from ledger.store.git.repository import Repo, open_repository


@dataclass(frozen=True, slots=True)
class RuntimeFiles:
    """What a runtime wants written. Files are named from the top of the working tree.

    `settings` is the file of its hooks, which begins with `frame` where it is made; `memory` the file of
    words that it reads. `served` is the file and the hooks of another runtime that it runs as well.
    """

    name: str
    settings: str
    frame: Mapping[str, Any]
    hooks: Sequence[Hook]
    memory: str
    trust: str = ""
    served: tuple[str, Sequence[Hook]] | None = None


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file: what becomes of its content (None: there is no file), and what that is called."""

    path: str
    before: bytes | None
    after: bytes | None

    @property
    def what(self) -> str:
        """One of `current`, `made`, `changed`, `removed`."""
        if self.before == self.after:
            return "current"
        return "made" if self.before is None else "removed" if self.after is None else "changed"


@dataclass(frozen=True, slots=True)
class SetupResult:
    """What was done or would be: `state` says how it stands (after it, or now if nothing was to be written):
    `current`, `incomplete` or `absent`."""

    state: str
    changes: tuple[FileChange, ...]
    words: tuple[str, ...] = ()


def set_up_runtime(options: GlobalOptions, wanted: RuntimeFiles) -> SetupResult:
    """Write what is missing; a second time nothing is.

    Raises LedgerError `cannot-merge`, and `leads-outside` for a link out of the repository, nothing written.
    """
    repo = open_repository(options.directory)
    # All is planned before a byte is written: a file that cannot be merged stops the other one too.
    changes = _plan_setup(repo, wanted)
    _write_files(repo, changes)
    return SetupResult("current", changes, tuple(_list_notices(repo, wanted, options)))


def check_runtime(options: GlobalOptions, wanted: RuntimeFiles) -> SetupResult:
    """Say what `setup` would do."""
    repo = open_repository(options.directory)
    changes = _plan_setup(repo, wanted)
    if not _changes_any(changes):
        return SetupResult("current", changes)
    return SetupResult("incomplete" if _changes_any(_plan_removal(repo, wanted)) else "absent", changes)


def remove_runtime(options: GlobalOptions, wanted: RuntimeFiles) -> SetupResult:
    """Take out what `setup` wrote, and nothing else. Raises LedgerError `cannot-merge`, nothing written."""
    repo = open_repository(options.directory)
    changes = _plan_removal(repo, wanted)
    _write_files(repo, changes)
    return SetupResult("absent", changes)


def examine_runtimes(options: GlobalOptions, runtimes: Sequence[RuntimeFiles]) -> Examination:
    """Which runtimes are set up here, as `doctor` says it. Half of one is something to mend."""
    states = {runtime.name: _find_state(options, runtime) for runtime in runtimes}
    whole, half = ([name for name in states if states[name] == state] for state in ("current", "incomplete"))
    states_told = [f"set up: {', '.join(whole)}"] if whole else ["none is set up"]
    states_told += [f"in part: {', '.join(half)}"] if half else []
    return Examination(
        "runtimes",
        not half,
        "; ".join(states_told),
        " and ".join(f"`git ledger setup {runtime}`" for runtime in half),
    )


def list_set_up_runtimes(repo: Repo, runtimes: Sequence[RuntimeFiles]) -> list[str]:
    """The runtimes whose hooks and words all stand in this working tree."""
    return [runtime.name for runtime in runtimes if _is_set_up(repo, runtime)]


def _is_set_up(repo: Repo, wanted: RuntimeFiles) -> bool:
    try:
        return not _changes_any(_plan_setup(repo, wanted))
    except UnmergeableError:
        return False


def _find_state(options: GlobalOptions, wanted: RuntimeFiles) -> str:
    try:
        return check_runtime(options, wanted).state
    except UnmergeableError:
        return "absent"


def _changes_any(changes: Sequence[FileChange]) -> bool:
    return any(change.what != "current" for change in changes)


def _plan_setup(repo: Repo, wanted: RuntimeFiles) -> tuple[FileChange, ...]:
    if _is_served(repo, wanted):
        hooks = _plan_settings_removal(repo, wanted)
    else:
        hooks = _plan_change(repo, wanted.settings, wanted, lambda text: _write_hooks(text, wanted))
    return hooks, _plan_change(repo, wanted.memory, wanted, lambda text: add_block(text, wanted.name))


def _plan_removal(repo: Repo, wanted: RuntimeFiles) -> tuple[FileChange, ...]:
    words = _plan_change(repo, wanted.memory, wanted, lambda text: text and remove_block(text, wanted.name))
    return _plan_settings_removal(repo, wanted), words


def _plan_settings_removal(repo: Repo, wanted: RuntimeFiles) -> FileChange:
    def out(text: str | None) -> str | None:
        return text and remove_hooks(text, wanted.frame, wanted.hooks)

    return _plan_change(repo, wanted.settings, wanted, out)


def _write_hooks(text: str | None, wanted: RuntimeFiles) -> str:
    return make_file(wanted.frame, wanted.hooks) if text is None else add_hooks(text, wanted.hooks)


def _is_served(repo: Repo, wanted: RuntimeFiles) -> bool:
    """Whether the runtime runs the hooks that another one has here, beside which its own would run again."""
    if wanted.served is None:
        return False
    path, hooks = wanted.served
    text = _read_file(repo, path)
    return text is not None and all(hook.command in text.decode("utf-8", "replace") for hook in hooks)


def _plan_change(
    repo: Repo, path: str, wanted: RuntimeFiles, after: Callable[[str | None], str | None]
) -> FileChange:
    """What becomes of a file. Bytes that are no UTF-8 stay what they are."""
    before = _read_file(repo, path)
    text = None if before is None else before.decode("utf-8", "surrogateescape")
    try:
        new = after(text)
    except ValueError as error:
        raise _explain_unmergeable(path, wanted, str(error)) from error
    return FileChange(path, before, None if new is None else new.encode("utf-8", "surrogateescape"))


def _read_file(repo: Repo, path: str) -> bytes | None:
    with _explain_disk_errors(path):
        place = find_inside(repo.top, path)
        return place.read_bytes() if place.exists() else None


def _write_files(repo: Repo, changes: Sequence[FileChange]) -> None:
    for change in changes:
        # Killed between two files, `--check` says `incomplete`, and a second run does the rest.
        with _explain_disk_errors(change.path):
            if change.after is None and change.before is not None:
                remove_file(repo.top, change.path)
            elif change.after is not None and change.what != "current":
                replace_file(repo.top, change.path, change.after)


@contextmanager
def _explain_disk_errors(path: str) -> Iterator[None]:
    """Raise LedgerError `cannot-merge` where no file can be: a folder has its name, or it may not be read."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        message = f'"{path}" cannot be read or written: {error}'
        raise LedgerError("cannot-merge", message, "see that a file may be there", {"path": path}) from error


def _explain_unmergeable(path: str, wanted: RuntimeFiles, why: str) -> LedgerError:
    lists = {hook.event: [hook.entry] for hook in wanted.hooks}
    hint = "mend the marks by hand, or take what is between them out"
    if path == wanted.settings:
        hint = f"put this into it, or take it out, by hand: {json.dumps({'hooks': lists})}"
    return LedgerError(
        "cannot-merge", f'"{path}" is left as it is: {why}', hint, {"path": path, "hooks": lists}
    )


def _list_notices(repo: Repo, wanted: RuntimeFiles, options: GlobalOptions) -> Iterator[str]:
    """What else it takes for the hooks to speak."""
    if wanted.served and _is_served(repo, wanted):
        yield f"{wanted.name} runs the hooks of {wanted.served[0]} too, so it got none of its own"
    if wanted.trust:
        yield wanted.trust
    if which("git-ledger", path=repo.git.env.get("PATH")) is None:
        yield "git-ledger is not on the path, where these hooks look for it; until then every turn may end"
    if not (options.seat or repo.config("ledger.seat")):
        yield "no seat is set, so the hooks say nothing: `git ledger init --seat NAME`, or LEDGER_SEAT"
