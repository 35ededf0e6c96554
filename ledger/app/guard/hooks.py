"""The hooks of a guarded repository: their texts, and putting them into place beside those of others."""

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ledger.core.errors import LedgerError
from ledger.core.push_status import PASSED, REFUSED
from ledger.store.files import replace_file

MARK: Final = "#!/bin/sh\n# git-ledger: "
"""The beginning of every hook of ours."""

# Standard input is there once, and both hooks need it. Where it cannot be read (`cat` is killed) the push is
# refused: a list that is lost must not pass for one without refs.
_CHAIN = """\
# A hook that was here before is kept as {name}.chained and runs first.
feed={feed}
input=$(cat) || exit 1
if [ -x "$0.chained" ]; then
    printf '%s\\n' "$input" | "$0.chained" "$@" || exit
fi
"""

# A crash, a signal (128 and more), a program that is not there (127) and one that does nothing (0) end
# otherwise than a judgement does, and let nothing in.
_JUDGE = (
    MARK
    + """judges what is pushed to the feed branch and to the refs of the ledger.
judge() {{ {program} {branch} "$@"; }}
if [ "$1" = check ]; then
    judge check </dev/null
    exit
fi
"""
    + _CHAIN
    + """\
if command -v {python} >/dev/null; then
    printf '%s\\n' "$input" | judge
    code=$?
else
    code=127
fi
case $code in
    {passed}) exit 0 ;;
    {refused}) exit 1 ;;
esac
echo "git-ledger: the guard of this repository cannot judge (exit $code), so nothing is let in." >&2
echo "hint: whoever keeps this server runs git ledger guard check" >&2
exit 1
"""
)

# A push that is not atomic has a transaction for each of its refs, and some may fail while others come into
# force. In this state all refs of a transaction are locked: as they stand now they stand when the feed moves.
# Git dies when the hook refuses (2.39, refs.c), and whoever pushed is told what the hook says, if it is told.
# No program but git is asked: one that fails in a pipe would look as if it had nothing to say.
_TOGETHER = (
    MARK
    + """lets posts in only together with the refs of their push by which they were judged.
"""
    + _CHAIN
    + """\
[ "$1" = prepared ] || exit 0
case "$input" in *" $feed"*) ;; *) exit 0 ;; esac
judged=${{GIT_DIR:-.}}/ledger/judged
end='
'
printf '%s\\n' "$input" | while read -r old new ref; do
    [ "$ref" = "$feed" ] && [ -f "$judged/$old-$new" ] || continue
    while read -r oid name; do
        case "$input$end" in *" $oid $name$end"*) continue ;; esac
        [ "$(git rev-parse -q --verify "$name")" = "$oid" ] && continue
        echo "git-ledger: $name is not in force as it was pushed together with $feed." >&2
        echo "hint: git push --atomic lets both in or none" >&2
        exit 1
    done <"$judged/$old-$new" || exit 1
done
"""
)

# No judgement reads a name with a dot in front, and so none sees half a note. Numbers of processes are given
# again, so that an object of the push stands in the name too. The push that begins the feed has no old
# commit to compare: the next judgement takes in all that the feed has.
# What is noted needs no object later on, so that it outlives a repository that is put back from a backup.
_NOTE = (
    MARK
    + """notes what came into force, for the record of the guard.
"""
    + _CHAIN
    + """\
folder=${{GIT_DIR:-.}}/ledger/landed
[ -d "$folder" ] || mkdir -p "$folder" || exit 0
rest=${{input#* }}
printf '%s\\n' "$input" | while read -r old new ref; do
    case $old-$ref in
        *-refs/reserve/*) echo "$old $new $ref" ;;
        0000000000000000000000000000000000000000-*) ;;
        *-"$feed")
            echo "$old $new $ref"
            git diff-tree -r --raw --no-renames --no-abbrev --diff-filter=A "$old" "$new" -- feed
            ;;
    esac
done >"$folder/.$$" && mv "$folder/.$$" "$folder/$$-${{rest%% *}}"
if [ -e "$folder/../index-late" ]; then
    # With streams of its own: whoever pushed waits for those of the hook to be closed.
    {program} {branch} index </dev/null >/dev/null 2>&1 &
fi
"""
)

HOOKS: Final[Mapping[str, str]] = {
    "pre-receive": _JUDGE,
    "reference-transaction": _TOGETHER,
    "post-receive": _NOTE,
}
"""The hooks by their names. The first one judges; what the others do follows from what it let pass."""


def compose_hooks(branch: str) -> dict[str, str]:
    """The text of each hook for a feed on this branch."""
    program = shlex.join([sys.executable, "-P", "-m", "ledger.faces.receive"])
    values = {
        "feed": shlex.quote(f"refs/heads/{branch}"),
        "branch": shlex.quote(branch),
        "program": program,
        "python": shlex.quote(sys.executable),
        "passed": PASSED,
        "refused": REFUSED,
    }
    return {name: text.format(name=name, **values) for name, text in HOOKS.items()}


def is_guard_hook(place: Path) -> bool:
    """Whether the hook at a place is one that was put there by `place_hook`."""
    return place.is_file() and place.read_bytes().startswith(MARK.encode())


def place_hook(place: Path, text: str) -> list[str]:
    """Write a hook in one step, over an older one of ours; one that is not ours is kept. Gives what to say.

    Raises LedgerError `usage` where two hooks of others are there already.
    """
    words: list[str] = []
    kept = place.with_name(f"{place.name}.chained")
    if place.exists() and not is_guard_hook(place):
        if kept.exists():
            message = f'"{place}" and "{kept}" are both somebody\'s, and only one can be kept'
            raise LedgerError("usage", message, "make one hook of the two, then the same command again")
        # Killed before ours is written, no hook of this name stands here. `guard check` says so, and a second
        # `install` puts ours there, before the one that was moved aside.
        place.rename(kept)
        words.append(f"the hook {place.name} that was there is kept as {kept.name} and runs first")
    place.parent.mkdir(parents=True, exist_ok=True)
    replace_file(place.parent, place.name, text.encode(), mode=0o755)
    return words


def remove_hook(place: Path) -> list[str]:
    """Take a hook of ours away, and put that of others back that was kept. Gives what to say."""
    if not is_guard_hook(place):
        return []
    kept = place.with_name(f"{place.name}.chained")
    if not kept.exists():
        place.unlink()
        return [f"the hook {place.name} is gone"]
    # One rename: a push that comes now runs the one hook or the other, and never none.
    kept.replace(place)
    return [f"the hook {place.name} is the one that was there before"]
