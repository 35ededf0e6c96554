"""`guard`: the server side, for a bare repository that you host."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from ledger.app.guard.install import admit_posts, check_guard, install_guard, uninstall_guard
from ledger.faces.cli.command_line import usage
from ledger.faces.cli.parameters import Argument, Option
from ledger.faces.cli.session import Session

BROKEN = 1
ACTIONS = {
    "install": (True, False),
    "check": (True,),
    "admit": (False,),
    "uninstall": (True,),
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
    place = session.options.directory / Path(directory or ".")
    if action == "admit" and branch is not None:
        return _admit_and_answer(session, place, branch)
    if action == "install":
        state = install_guard(place, branch, os.geteuid(), session.env.world.now(), _announcer_of(session))
    else:
        state = uninstall_guard(place) if action == "uninstall" else check_guard(place)
    record = {
        "branch": state.branch,
        "hook": state.hook,
        "settings": state.settings,
        "index": {"current": not state.behind, "behind": state.behind},
        "ok": not state.wrong,
    }
    lines = [f"the feed is on {state.branch}", *([f"hook {state.hook}"] if state.hook else [])]
    lines += [f"{key}={value}" for key, value in state.settings.items()]
    late = f"behind by {state.behind}, which the next push reads"
    lines.append(f"index {late if state.behind else 'current'}")
    wrong = [f"wrong: {complaint}" for complaint in state.wrong]
    session.answer(
        {key: complaint for key, complaint in record.items() if complaint != ""},
        lines,
        [*state.words, *wrong],
    )
    return BROKEN if state.wrong else 0


def _admit_and_answer(session: Session, place: Path, branch: str) -> int:
    commit, paths = admit_posts(place, branch)
    words = f"{len(paths)} posts of {branch} may come back, whoever brings them: `git ledger drift --fix`"
    session.answer({"commit": commit, "admitted": paths}, [*paths, words], [])
    return 0


def _announcer_of(session: Session) -> Callable[[int], None]:
    """Says on a terminal what takes long."""

    def announce(count: int) -> None:
        if session.env.err.isatty():
            session.say(f"reading {count} posts…")

    return announce
