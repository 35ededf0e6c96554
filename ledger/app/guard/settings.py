"""The git settings of a guarded repository: what the guard sets, and what stood there before."""

import re
from collections.abc import Mapping
from typing import Final

from ledger.store.git.bare import read_setting, resolve_refs
from ledger.store.git.process import split_lines
from ledger.store.git.repository import Repo
from ledger.store.git.working_tree import holds_code

SETTINGS: Final[Mapping[str, str]] = {
    "core.fsync": "committed",
    "receive.autogc": "false",
    "transfer.fsckObjects": "true",
}
"""What the guard asks of git: what was acknowledged is on the disk, no push waits for a garbage collection,
and no damaged object comes in."""
ALONE: Final[Mapping[str, str]] = {"receive.denyDeletes": "true", "receive.denyNonFastForwards": "true"}
"""What is set too in a repository of a feed alone: both hold for every branch and for nothing but branches
(git-config(1)), and branches of code are deleted and rewritten."""
_BEFORE: Final = "ledger.guardBefore"
"""Keeps `key=value` for each setting that was changed, or `key` for one that was not there."""


def apply_settings(repo: Repo, branch: str) -> list[str]:
    """Set what the guard needs for a feed on this branch, and keep what stood there. Gives what to say."""
    repo.git.check_output("config", "ledger.branch", branch)
    heads = resolve_refs(repo, ["refs/heads/"])
    feed = heads.get(f"refs/heads/{branch}")
    alone = len(heads) == 1 and feed is not None and not holds_code(repo, feed.oid)
    before = _read_settings_before(repo)
    undone = [key for key in ALONE if not alone and key in before and _restore_setting(repo, key, ALONE[key])]
    wanted = {**SETTINGS, **(ALONE if alone else {})}
    changed = [key for key, value in wanted.items() if read_setting(repo, key) != value]
    for key in changed:
        stood = _read_local(repo, key)
        # What stood is kept first: killed in between, the next run does not take the guard's value for it.
        if key not in before:
            repo.git.check_output("config", "--add", _BEFORE, key if stood is None else f"{key}={stood}")
        if key in SETTINGS or stood is None:  # who decided it otherwise for branches has a reason
            repo.git.check_output("config", key, wanted[key])
    words = ["git packs nothing by itself here any more: run `git gc` once a day"]
    if any(key in ALONE for key in changed):
        words.append("here is a feed and nothing else: no branch is deleted or rewritten any more")
    if undone:
        words.append(f"here is more than a feed: {' and '.join(undone)} stand as before")
    return words


def restore_settings(repo: Repo) -> list[str]:
    """Put back what stood before, where the setting is still as the guard made it. Gives what to say."""
    values = {**SETTINGS, **ALONE}
    restored = [
        key
        for key in _read_settings_before(repo)
        if key in values and _restore_setting(repo, key, values[key])
    ]
    return [f"{', '.join(restored)} stand as before"] if restored else []


def _read_settings_before(repo: Repo) -> dict[str, str | None]:
    """The settings that were changed, with what stood there (None: nothing)."""
    pairs = (line.partition("=") for line in split_lines(repo.git.run("config", "--get-all", _BEFORE).out))
    return {key: value if equals else None for key, equals, value in pairs}


def _read_local(repo: Repo, key: str) -> str | None:
    ran = repo.git.run("config", "--local", "--get", key)
    return split_lines(ran.out)[0] if ran.code == 0 and ran.out.strip() else None


def _restore_setting(repo: Repo, key: str, ours: str) -> bool:
    """Put back one setting; False where somebody changed it since."""
    # The note goes last: killed in between, a second run finds the value changed, and drops the note.
    stood, still_ours = _read_settings_before(repo)[key], _read_local(repo, key) == ours
    if still_ours:
        repo.git.check_output("config", key, stood) if stood is not None else repo.git.check_output(
            "config", "--unset-all", key
        )
    repo.git.check_output("config", "--unset-all", _BEFORE, f"^{re.escape(key)}(=|$)")
    return still_ours
