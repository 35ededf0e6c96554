"""The git hooks of a seat: their text, and where they go so that hooks that are there keep working."""

from collections.abc import Mapping
from pathlib import Path

from ledger.core.dataclass import dataclass
from ledger.store.files import find_inside, replace_file
from ledger.store.git.repository import Repo

_MARK = "#!/bin/sh\n# git-ledger: "
"""How each of our hooks begins, in every version."""

_HEAD = (
    _MARK
    + """\
{what}
# A hook that was here before is kept as {name}.chained and runs first.
"""
)

# Status 1 alone says that something was found. A tool that is missing or cannot run lets everything pass and
# says so loudly: a broken installation stops nobody's work.
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

# Git runs hooks at the top of the working tree (githooks(5)), so that `feed` is the folder there.
_COMMIT = """\
[ -x "$0.chained" ] && {{ "$0.chained" "$@" || exit; }}
git diff --cached --quiet --no-ext-diff -- feed && exit 0
"""

# Git ends lines with a line feed and may send none at all; `$(…)` alone would lose the difference.
# Code whose commits have no feed/, pushed onto none either, has nothing to judge.
_PUSH = """\
input=$(cat; echo .)
input=${{input%.}}
if [ -x "$0.chained" ]; then
    printf %s "$input" | "$0.chained" "$@" || exit
fi
printf %s "$input" | while read -r _ new _ old; do
    echo "$new:feed"
    echo "$old:feed"
done | git cat-file --batch-check | grep -q " tree " || exit 0
"""


def _compose_hook(name: str, what: str, front: str, call: str) -> str:
    deed = name.removeprefix("pre-").removesuffix("-commit")
    return (_HEAD + front + _TOOL).format(name=name, what=what, deed=deed, call=call)


HOOKS: Mapping[str, str] = {
    "pre-commit": _compose_hook(
        "pre-commit",
        "judges the posts that are staged; a commit that does not touch feed/ starts nothing.",
        _COMMIT,
        '"$tool" check --staged',
    ),
    "pre-merge-commit": _compose_hook(
        "pre-merge-commit", "judges the posts that a merge brings.", _COMMIT, '"$tool" check --staged'
    ),
    "pre-push": _compose_hook(
        "pre-push",
        "verifies the posts that are pushed, and their numbers on the remote; code starts nothing.",
        _PUSH,
        """printf %s "$input" | "$tool" check --pushed "$1\"""",
    ),
}
"""The text of each hook, as `init` writes it and as this project's `.githooks/` holds it."""

FORMER_FOLDER = ".githooks"
"""Where `core.hooksPath` once pointed: a folder of the tree, whose programs any checkout could change."""


@dataclass(frozen=True, slots=True)
class HooksResult:
    """The folder from which git runs hooks here, words, and whether they all run our checks."""

    folder: str
    words: tuple[str, ...] = ()
    complete: bool = True


def install_hooks(repo: Repo) -> HooksResult:
    """Write the hooks into the repository's hooks folder, out of reach of every checkout.

    A hook of the same name that is not ours is kept as `<name>.chained`, which ours runs first. Where
    `core.hooksPath` is somebody's own, ours go beside the ledger's private files, to be called from there.
    Raises LedgerError `leads-outside` where the folder is a link to one that other repositories may use.
    """
    # First of all: a `core.hooksPath` that an older `init` set would pass for a folder of somebody's own.
    words = (
        ["core.hooksPath no longer runs hooks of the checked-out files"] if _unset_former_folder(repo) else []
    )
    folder = find_foreign_folder(repo)
    place = find_inside(repo.common_dir, "ledger/hooks" if folder else "hooks")
    place.mkdir(parents=True, exist_ok=True)
    for name in HOOKS:
        _place_hook(place / name, words)
    if folder:
        lines = _list_lines_to_add(repo, folder)
        return HooksResult(folder, (*words, *lines), not lines)
    return HooksResult(str(place), tuple(words), all(runs_our_check(place / name) for name in HOOKS))


def refuse_linked_folder(repo: Repo) -> None:
    """Raise LedgerError `leads-outside` where the folder for hooks is a link, before anything is written."""
    find_inside(repo.common_dir, "ledger/hooks")
    if find_foreign_folder(repo) in ("", FORMER_FOLDER):
        find_inside(repo.common_dir, "hooks")


def find_foreign_folder(repo: Repo) -> str:
    """Where `core.hooksPath` has git look for hooks, `~` spelled out; empty where it is not set."""
    ran = repo.git.run("config", "--type=path", "core.hooksPath")
    return ran.out.decode("utf-8", "surrogateescape").removesuffix("\n")


def _unset_former_folder(repo: Repo) -> bool:
    """Unset a `core.hooksPath` that `init` made of the folder in the tree; true when it was there."""
    if repo.config("core.hooksPath") != FORMER_FOLDER or repo.config("ledger.command") is None:
        return False
    if not all(map(_is_our_hook, _list_real_hooks(repo.top / FORMER_FOLDER))):
        return False
    return repo.git.run("config", "--local", "--unset-all", "core.hooksPath").code == 0


def _is_our_hook(hook: Path) -> bool:
    return hook.read_bytes().startswith(_MARK.encode())


def _place_hook(hook: Path, words: list[str]) -> None:
    """Write the hook of this name over an older one of ours, or a link to one: a checkout may change that."""
    text = HOOKS[hook.name].encode()
    chained = hook.with_name(f"{hook.name}.chained")
    is_link, is_there = hook.is_symlink(), hook.exists()
    if is_there and not is_link and hook.read_bytes() == text:
        return
    # A link is moved aside as it is: what it points to may belong to the checkout.
    if (is_link or is_there) and not (is_there and _is_our_hook(hook)):
        if chained.exists() or chained.is_symlink():
            words.append(f"{hook} and {chained} are both somebody's; ours was not put there")
            return
        hook.rename(chained)
        words.append(f"the hook {hook.name} that was there is kept as {chained.name} and runs first")
    elif is_link:
        hook.unlink()
    replace_file(hook.parent, hook.name, text, mode=0o755)


def _list_real_hooks(folder: Path) -> list[Path]:
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return [hook for hook in found if hook.is_file() and hook.suffix != ".sample"]


# The folder may serve other repositories, which have no hook of ours. What pre-push reads on standard
# input is kept for the lines that follow.
_PLACE = "$(git rev-parse --git-common-dir)/ledger/hooks/{name}"
_CALL = f'h={_PLACE}; [ ! -x "$h" ] || "$h" "$@" || exit'
_CALL_PUSH = (
    f't=$(mktemp) && cat >"$t"; h={_PLACE}; '
    '[ ! -x "$h" ] || "$h" "$@" <"$t" || {{ rm -f "$t"; exit 1; }}; exec <"$t"; rm -f "$t"'
)


def _list_lines_to_add(repo: Repo, folder: str) -> list[str]:
    """What to add to hooks in a folder that is somebody's, so that ours run before what is there."""
    lines = [
        f"{folder}/{name}: {(_CALL_PUSH if name == 'pre-push' else _CALL).format(name=name)}"
        for name in HOOKS
        if not runs_our_check(repo.top / folder / name)
    ]
    heading = f'core.hooksPath is "{folder}" and stays so; our checks run once each hook there has its line'
    return [f"{heading}, right after #!/bin/sh:", *lines] if lines else []


def runs_our_check(hook: Path) -> bool:
    """True for our own text, and for somebody's hook that calls ours."""
    if not hook.is_file():
        return False
    text = hook.read_text(encoding="utf-8", errors="replace")
    return text == HOOKS[hook.name] or f"ledger/hooks/{hook.name}" in text
