"""The scenes of what judges: hooks of commits, the guard of a server, `check`, `drift` and statistics."""

import sys
from collections.abc import Callable
from pathlib import Path

from benches.grounds import NEIGHBOUR, PATIENT, READER, Ground, ask_git, write_note
from benches.spending import Deed, Spent, Steps, repeat_command, spend
from benches.timing import LEDGER, seconds

HOOKLESS = ("-c", "core.hooksPath=/dev/null")


def measure_post_commit(ground: Ground) -> Steps:
    """`git commit` of one post in a checkout of the feed, with the hooks against without."""
    place = ground.clone(NEIGHBOUR)
    feed = place.with_name(f"{place.name}-feed")
    seconds(place, (LEDGER, "init", "--seat", NEIGHBOUR))
    seconds(place, ("git", "worktree", "add", "-q", "--detach", str(feed), "origin/ledger"))

    def stage_post(_: int) -> None:
        path, data = write_note(ground.draw_nonce(), ground.item, {})
        file = feed / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        seconds(feed, ("git", "add", path))

    return _commit(feed, stage_post)


def measure_code_commit(ground: Ground) -> Steps:
    """`git commit` of code, with the hooks against without."""
    place = ground.clone()
    seconds(place, (LEDGER, "init", "--seat", READER))

    def stage_code(run: int) -> None:
        (place / "code.txt").write_text(f"code {run}\n")
        seconds(place, ("git", "add", "code.txt"))

    return _commit(place, stage_code)


def _commit(place: Path, stage: Callable[[int], None]) -> Steps:
    words = ("commit", "-q", "-m", "A change")

    def deed(offset: int, *options: str) -> Deed:
        def commit(run: int) -> Spent:
            stage(2 * run + offset)
            return spend(place, ("git", *options, *words))

        return commit

    return Steps(deed(2), deed(3, *HOOKLESS))


def measure_guard(ground: Ground) -> Steps:
    """A push of one post to a guarded server, against the same to one without a guard."""
    guarded, plain = ground.copy("guarded"), ground.copy("plain")
    place = ground.clone()
    seconds(guarded, (sys.executable, "-m", "ledger", "guard", "install"))
    for bare in (guarded, plain):
        seconds(place, ("git", "remote", "add", bare.parent.name, str(bare)))
    ask_git(place, "update-ref", "refs/bench/draft", ask_git(guarded, "rev-parse", "ledger"))

    def push(name: str) -> Spent:
        return spend(place, ("git", "push", "-q", name, "refs/bench/draft:refs/heads/ledger"))

    def push_next(_: int) -> Spent:
        ground.draft_commit(place, "refs/bench/draft")
        return push("guarded")

    return Steps(push_next, lambda _: push("plain"))


def measure_drift(ground: Ground) -> Steps:
    """`drift`, once it ran."""
    return Steps(repeat_command(ground.place, (*PATIENT, "drift"), (0, 1)))


def measure_check(ground: Ground) -> Steps:
    """`check --all`, once it ran."""
    return Steps(repeat_command(ground.place, (*PATIENT, "check", "--all"), (0, 1)))


def measure_stats_of_day(ground: Ground) -> Steps:
    """Figures of the last day."""
    return Steps(repeat_command(ground.place, (*PATIENT, "stats", "--since", ground.last_day)))


def measure_stats(ground: Ground) -> Steps:
    """Figures of everything."""
    return Steps(repeat_command(ground.place, (*PATIENT, "stats")))
