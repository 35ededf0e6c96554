"""`guard`: the server side, for a bare repository that you host."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from ledger.app.guard.install import admit_posts, check_guard, install_guard, uninstall_guard
from ledger.faces.cli.parameters import Argument, Option
from ledger.faces.cli.session import Session
from ledger.faces.cli.words import usage

BROKEN = 1
ACTIONS = {
    "install": (True, False),
    "check_guard": (True,),
    "admit_posts": (False,),
    "uninstall_guard": (True,),
}
"""Each deed, and whether it goes without `--branch` (True), with it (False), or both."""


def command(
    session: Session,
    action: Annotated[str, Argument(metavar="install|check|admit|uninstall")],
    directory: Annotated[str | None, Argument(metavar="[DIR]")] = None,
    branch: Annotated[
        str | None, Option(metavar="B", help="the feed branch, for install; what to admit")
    ] = None,
) -> int:
    """Guard a bare repository: its pre-receive hook judges pushes to the feed and to refs/reserve.

    `check` says what is installed, and exits 1 when it does not work. `admit` lets the posts of a branch
    come back that a restored backup lacks, `uninstall` takes the guard away.
    """
    if action not in ACTIONS or (branch is None) not in ACTIONS[action]:
        raise usage(
            f'"guard {action}" is no command line of guard',
            "`git ledger guard install DIR`, with `--branch B` if need be, `git ledger guard check DIR`, "
            "`git ledger guard admit DIR --branch B`, or `git ledger guard uninstall DIR`",
        )
    place = session.asked.directory / Path(directory or ".")
    if action == "admit" and branch is not None:
        return _admit(session, place, branch)
    if action == "install":
        told = install_guard(place, branch, os.geteuid(), session.env.world.now(), _telling(session))
    else:
        told = uninstall_guard(place) if action == "uninstall" else check_guard(place)
    record = {
        "branch": told.branch,
        "hook": told.hook,
        "settings": told.settings,
        "index": {"current": not told.behind, "behind": told.behind},
        "ok": not told.wrong,
    }
    lines = [f"the feed is on {told.branch}", *([f"hook {told.hook}"] if told.hook else [])]
    lines += [f"{key}={value}" for key, value in told.settings.items()]
    late = f"behind by {told.behind}, which the next push reads"
    lines.append(f"index {late if told.behind else 'current'}")
    wrong = [f"wrong: {one}" for one in told.wrong]
    session.answer({key: one for key, one in record.items() if one != ""}, lines, [*told.words, *wrong])
    return BROKEN if told.wrong else 0


def _admit(session: Session, place: Path, branch: str) -> int:
    commit, paths = admit_posts(place, branch)
    words = f"{len(paths)} posts of {branch} may come back, whoever brings them: `git ledger drift --fix`"
    session.answer({"commit": commit, "admitted": paths}, [*paths, words], [])
    return 0


def _telling(session: Session) -> Callable[[int], None]:
    """Says on a terminal what takes long."""

    def tell(count: int) -> None:
        if session.env.err.isatty():
            session.say(f"reading {count} posts…")

    return tell
