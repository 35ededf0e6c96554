"""`setup`: a runtime's hooks and its words about the ledger, merged into the files that are there."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from shutil import which
from typing import Any

from ledger.app.ledger import GlobalOptions
from ledger.app.setup.doctor import Check
from ledger.app.setup.hooks_file import Hook, made, with_hooks, without_hooks
from ledger.app.setup.memory_file import with_block, without_block
from ledger.core.dataclass import dataclass
from ledger.core.errors import LedgerError
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
class Setup:
    """What was done or would be: `state` says how it stands (after it, or now if nothing was to be written):
    `current`, `incomplete` or `absent`."""

    state: str
    changes: tuple[FileChange, ...]
    words: tuple[str, ...] = ()


def setup(asked: GlobalOptions, wanted: RuntimeFiles) -> Setup:
    """Write what is missing; a second time nothing is.

    Raises LedgerError `cannot-merge`, and `leads-outside` for a link out of the repository, nothing written.
    """
    repo = open_repository(asked.directory)
    changes = _written(repo, wanted)
    _write(repo, changes)
    return Setup("current", changes, tuple(_words(repo, wanted, asked)))


def check(asked: GlobalOptions, wanted: RuntimeFiles) -> Setup:
    """Say what `setup` would do."""
    repo = open_repository(asked.directory)
    changes = _written(repo, wanted)
    if not _any(changes):
        return Setup("current", changes)
    return Setup("incomplete" if _any(_taken_out(repo, wanted)) else "absent", changes)


def remove(asked: GlobalOptions, wanted: RuntimeFiles) -> Setup:
    """Take out what `setup` wrote, and nothing else. Raises LedgerError `cannot-merge`, nothing written."""
    repo = open_repository(asked.directory)
    changes = _taken_out(repo, wanted)
    _write(repo, changes)
    return Setup("absent", changes)


def installed(asked: GlobalOptions, runtimes: Sequence[RuntimeFiles]) -> Check:
    """Which runtimes are set up here, as `doctor` says it. Half of one is something to mend."""
    states = {one.name: _state(asked, one) for one in runtimes}
    whole, half = ([name for name in states if states[name] == state] for state in ("current", "incomplete"))
    told = [f"set up: {', '.join(whole)}"] if whole else ["none is set up"]
    told += [f"in part: {', '.join(half)}"] if half else []
    return Check(
        "runtimes", not half, "; ".join(told), " and ".join(f"`git ledger setup {one}`" for one in half)
    )


def _state(asked: GlobalOptions, wanted: RuntimeFiles) -> str:
    try:
        return check(asked, wanted).state
    except LedgerError as error:
        if error.kind in ("cannot-merge", "leads-outside"):
            return "absent"
        raise


def _any(changes: Sequence[FileChange]) -> bool:
    return any(one.what != "current" for one in changes)


def _written(repo: Repo, wanted: RuntimeFiles) -> tuple[FileChange, ...]:
    if _is_served(repo, wanted):
        hooks = _settings_out(repo, wanted)
    else:
        hooks = _change(repo, wanted.settings, wanted, lambda text: _with(text, wanted))
    return hooks, _change(repo, wanted.memory, wanted, lambda text: with_block(text, wanted.name))


def _taken_out(repo: Repo, wanted: RuntimeFiles) -> tuple[FileChange, ...]:
    words = _change(repo, wanted.memory, wanted, lambda text: text and without_block(text, wanted.name))
    return _settings_out(repo, wanted), words


def _settings_out(repo: Repo, wanted: RuntimeFiles) -> FileChange:
    def out(text: str | None) -> str | None:
        return text and without_hooks(text, wanted.frame, wanted.hooks)

    return _change(repo, wanted.settings, wanted, out)


def _with(text: str | None, wanted: RuntimeFiles) -> str:
    return made(wanted.frame, wanted.hooks) if text is None else with_hooks(text, wanted.hooks)


def _is_served(repo: Repo, wanted: RuntimeFiles) -> bool:
    """Whether the runtime runs the hooks that another one has here, beside which its own would run again."""
    if wanted.served is None:
        return False
    path, hooks = wanted.served
    text = _read(repo, path)
    return text is not None and all(one.command in text.decode("utf-8", "replace") for one in hooks)


def _change(
    repo: Repo, path: str, wanted: RuntimeFiles, after: Callable[[str | None], str | None]
) -> FileChange:
    """What becomes of a file. Bytes that are no UTF-8 stay what they are."""
    before = _read(repo, path)
    text = None if before is None else before.decode("utf-8", "surrogateescape")
    try:
        new = after(text)
    except ValueError as error:
        raise _cannot_merge(path, wanted, str(error)) from error
    return FileChange(path, before, None if new is None else new.encode("utf-8", "surrogateescape"))


def _read(repo: Repo, path: str) -> bytes | None:
    with _on_disk(path):
        place = find_inside(repo.top, path)
        return place.read_bytes() if place.exists() else None


def _write(repo: Repo, changes: Sequence[FileChange]) -> None:
    for one in changes:
        with _on_disk(one.path):
            if one.after is None and one.before is not None:
                remove_file(repo.top, one.path)
            elif one.after is not None and one.what != "current":
                replace_file(repo.top, one.path, one.after)


@contextmanager
def _on_disk(path: str) -> Iterator[None]:
    """Raise LedgerError `cannot-merge` where no file can be: a folder has its name, or it may not be read."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        message = f'"{path}" cannot be read or written: {error}'
        raise LedgerError("cannot-merge", message, "see that a file may be there", {"path": path}) from error


def _cannot_merge(path: str, wanted: RuntimeFiles, why: str) -> LedgerError:
    lists = {one.event: [one.entry] for one in wanted.hooks}
    hint = "mend the marks by hand, or take what is between them out"
    if path == wanted.settings:
        hint = f"put this into it, or take it out, by hand: {json.dumps({'hooks': lists})}"
    return LedgerError(
        "cannot-merge", f'"{path}" is left as it is: {why}', hint, {"path": path, "hooks": lists}
    )


def _words(repo: Repo, wanted: RuntimeFiles, asked: GlobalOptions) -> Iterator[str]:
    """What else it takes for the hooks to speak."""
    if wanted.served and _is_served(repo, wanted):
        yield f"{wanted.name} runs the hooks of {wanted.served[0]} too, so it got none of its own"
    if wanted.trust:
        yield wanted.trust
    if which("git-ledger", path=repo.git.env.get("PATH")) is None:
        yield "git-ledger is not on the path, where these hooks look for it; until then every turn may end"
    if not (asked.seat or repo.config("ledger.seat")):
        yield "no seat is set, so the hooks say nothing: `git ledger init --seat NAME`, or LEDGER_SEAT"
