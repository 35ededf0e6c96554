"""The git hooks of a seat: their text, and where they go so that hooks that are there keep working."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ledger.store.repo import Repo
from ledger.store.work import write_new

_HEAD = """\
#!/bin/sh
# git-ledger: {what}
# A hook that was here before is kept as {name}.chained and runs first.
"""

_TOOL = """\
tool=$(git config --get ledger.command) || tool=git-ledger
if ! command -v "$tool" >/dev/null 2>&1; then
    echo "git-ledger: \\"$tool\\" is not here, so this {deed} was NOT checked" >&2
    echo "hint: pip install git-ledger, then git ledger init" >&2
    exit 0
fi
{call}
code=$?
[ "$code" -eq 1 ] && exit 1
[ "$code" -eq 0 ] || echo "git-ledger: the check could not run (exit $code); this {deed} was NOT checked" >&2
exit 0
"""

_COMMIT = """\
[ -x "$0.chained" ] && {{ "$0.chained" "$@" || exit; }}
git diff --cached --quiet --no-ext-diff -- feed && exit 0
"""

_PUSH = """\
input=$(cat)
if [ -x "$0.chained" ]; then
    printf '%s\\n' "$input" | "$0.chained" "$@" || exit
fi
"""


def _text(name: str, what: str, front: str, call: str) -> str:
    deed = name.removeprefix("pre-").removesuffix("-commit")
    return (_HEAD + front + _TOOL).format(name=name, what=what, deed=deed, call=call)


HOOKS: Mapping[str, str] = {
    "pre-commit": _text(
        "pre-commit",
        "judges the posts that are staged; a commit that does not touch feed/ starts nothing.",
        _COMMIT,
        '"$tool" check --staged',
    ),
    "pre-merge-commit": _text(
        "pre-merge-commit", "judges the posts that a merge brings.", _COMMIT, '"$tool" check --staged'
    ),
    "pre-push": _text(
        "pre-push",
        "verifies on the remote the numbers of the posts that are pushed.",
        _PUSH,
        """printf '%s\\n' "$input" | "$tool" check --pushed "$1\"""",
    ),
}
"""The text of each hook, as `init` writes it and as `.githooks/` holds it."""

FOLDER = ".githooks"


@dataclass(frozen=True, slots=True)
class Installed:
    """Where the hooks run from, files that were written (from the repository's root), and words."""

    folder: str
    created: tuple[str, ...]
    words: tuple[str, ...] = ()


def install_hooks(repo: Repo) -> Installed:
    """Write `.githooks/` and turn it on, in the way that leaves hooks that are there at work."""
    created = [f"{FOLDER}/{name}" for name, text in HOOKS.items() if _write(repo.top / FOLDER / name, text)]
    current = repo.config("core.hooksPath")
    if current is not None and not _is_ours(repo, current):
        lines = [
            f'{current}/{name}: add the line `"$(git rev-parse --show-toplevel)"/{FOLDER}/{name} "$@"`'
            for name in HOOKS
        ]
        words = (
            f'core.hooksPath is "{current}" and stays so; the checks run once these lines are added:',
            *lines,
        )
        return Installed(current, tuple(created), words)
    theirs = repo.common_dir / "hooks"
    if current is None and _real_hooks(theirs):
        return _beside(theirs, created)
    repo.git.ask("config", "core.hooksPath", FOLDER)
    return Installed(FOLDER, tuple(created))


def _is_ours(repo: Repo, path: str) -> bool:
    return (repo.top / path).resolve() == (repo.top / FOLDER).resolve()


def _real_hooks(folder: Path) -> list[Path]:
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return [one for one in found if one.is_file() and one.suffix != ".sample"]


def _beside(folder: Path, created: list[str]) -> Installed:
    """Put ours into `.git/hooks`; a hook of the same name is kept as `<name>.chained` and called first."""
    words = []
    for name, text in HOOKS.items():
        place, chained = folder / name, folder / f"{name}.chained"
        if place.exists() and place.read_bytes() != text.encode():
            if chained.exists():
                words.append(f"{place} and {chained} are both somebody's; ours was not put there")
                continue
            place.rename(chained)
            words.append(f"the hook {name} that was there is kept as {chained.name} and runs first")
        _write(place, text)
    return Installed(str(folder), tuple(created), tuple(words))


def _write(place: Path, text: str) -> bool:
    return write_new(place, text.encode(), executable=True)
