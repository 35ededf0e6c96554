"""The git hooks of a seat: their text, and where they go so that hooks that are there keep working."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ledger.store.repo import Repo
from ledger.store.work import write_new

_MARK = "#!/bin/sh\n# git-ledger: "
"""How each of our hooks begins, in every version."""

_HEAD = (
    _MARK
    + """\
{what}
# A hook that was here before is kept as {name}.chained and runs first.
"""
)

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

# Git ends lines with a line feed and may send none at all; `$(…)` alone would lose the difference.
_PUSH = """\
input=$(cat; echo .)
input=${{input%.}}
if [ -x "$0.chained" ]; then
    printf %s "$input" | "$0.chained" "$@" || exit
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
        """printf %s "$input" | "$tool" check --pushed "$1\"""",
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
    """Write `.githooks/` and turn it on, in the way that leaves hooks that are there at work.

    A hook of the same name that is not ours is kept as `<name>.chained`, which ours runs first.
    """
    ours, theirs = repo.top / FOLDER, repo.common_dir / "hooks"
    words: list[str] = []
    created = [f"{FOLDER}/{name}" for name in HOOKS if _placed(ours / name, words)]
    current = repo.config("core.hooksPath")
    if current is not None and (repo.top / current).resolve() != ours.resolve():
        return Installed(current, tuple(created), (*words, *_lines_to_add(current)))
    if current is None and _real_hooks(theirs):
        for name in HOOKS:
            _placed(theirs / name, words)
        return Installed(str(theirs), tuple(created), tuple(words))
    repo.git.ask("config", "core.hooksPath", FOLDER)
    return Installed(FOLDER, tuple(created), tuple(words))


def _placed(place: Path, words: list[str]) -> bool:
    """Write the hook of this name, over an older one of ours; False when nothing was to be written."""
    text = HOOKS[place.name].encode()
    chained = place.with_name(f"{place.name}.chained")
    if place.exists():
        there = place.read_bytes()
        if there == text:
            return False
        if there.startswith(_MARK.encode()):
            place.write_bytes(text)
            return True
        if chained.exists():
            words.append(f"{place} and {chained} are both somebody's; ours was not put there")
            return False
        place.rename(chained)
        words.append(f"the hook {place.name} that was there is kept as {chained.name} and runs first")
    return write_new(place, text, executable=True)


def _real_hooks(folder: Path) -> list[Path]:
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return [one for one in found if one.is_file() and one.suffix != ".sample"]


# The folder may serve other repositories, which have no hook of ours. What pre-push reads on standard
# input is kept for the lines that follow.
_CALL = f'h=$(git rev-parse --show-toplevel)/{FOLDER}/{{name}}; [ ! -x "$h" ] || "$h" "$@" || exit'
_CALL_PUSH = (
    f't=$(mktemp) && cat >"$t"; h=$(git rev-parse --show-toplevel)/{FOLDER}/{{name}}; '
    '[ ! -x "$h" ] || "$h" "$@" <"$t" || {{ rm -f "$t"; exit 1; }}; exec <"$t"; rm -f "$t"'
)


def _lines_to_add(folder: str) -> list[str]:
    """What to add to hooks in a folder that is somebody's, so that ours run before what is there."""
    lines = [
        f"{folder}/{name}: {(_CALL_PUSH if name == 'pre-push' else _CALL).format(name=name)}"
        for name in HOOKS
    ]
    said = f'core.hooksPath is "{folder}" and stays so; our checks run once each hook there has its line'
    return [f"{said}, right after #!/bin/sh:", *lines]
