"""The scenes of a clone that is new, and of a series of which many numbers were given."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

from benches.feeds import Recipe
from benches.grounds import PATIENT, READER, Ground, ask_git
from benches.spending import Deed, Spent, Steps, spend
from benches.timing import ALONE, LEDGER

GIVEN = 100_000
"""Numbers that were given."""
POSTS = 2_000
"""Posts of the feed beside them."""


class NotThereError(Exception):
    """What a scene measures does not exist here; the words say what is missing."""


def measure_cold(ground: Ground) -> Steps:
    """The first reading after a clone, against git's own reading of every post."""

    def read_first(_: int) -> Spent:
        place = ground.clone()
        spent = spend(place, (*PATIENT, "queue", "--json"))
        shutil.rmtree(place)
        return spent

    words = "git ls-tree -r --object-only origin/ledger | git cat-file --batch >/dev/null"
    return Steps(read_first, lambda _: spend(ground.place, ("sh", "-c", words)))


def measure_checkpoint(ground: Ground) -> Steps:
    """From nothing to the first answer by a checkpoint, against git's smallest clone."""
    if subprocess.run((LEDGER, "checkpoint", "-h"), capture_output=True, env=ALONE, check=False).returncode:
        raise NotThereError("there is no command `checkpoint` yet")
    spend(ground.place, (LEDGER, "checkpoint"))
    place = ground.folder / "fresh"
    options = "-q --branch ledger --depth 1 --filter=blob:none --no-checkout"
    clone = f"git clone {options} -c ledger.checkpoint=trust file://{ground.bare} {place}"

    def begin(words: str) -> Deed:
        def deed(_: int) -> Spent:
            shutil.rmtree(place, ignore_errors=True)
            return spend(ground.folder, ("sh", "-c", words))

        return deed

    return Steps(begin(f"{clone} && cd {place} && exec {LEDGER} --seat {READER} turn open"), begin(clone))


def measure_given_append(ground: Ground) -> Steps:
    """A ticket with its number after many, against the same in a feed without."""
    many, none = _sides(ground)
    words = (*PATIENT, "append", "--reserve", "CMB", "--subject", "Work")
    return Steps(lambda _: spend(many, words), lambda _: spend(none, words))


def measure_given_fetch(ground: Ground) -> Steps:
    """`git fetch` by hand in that clone, once it reserved a number."""
    many, none = _reserved(ground)
    words = ("git", "fetch", "-q", "origin")
    return Steps(lambda _: spend(many, words), lambda _: spend(none, words))


def measure_given_push(ground: Ground) -> Steps:
    """`git push` of a branch of code by hand in that clone, once it reserved a number."""
    many, none = _reserved(ground)

    def push(place: Path) -> Deed:
        def deed(run: int) -> Spent:
            tree = ask_git(place, "rev-parse", "origin/main^{tree}")
            commit = ask_git(place, "commit-tree", "-p", "origin/main", "-m", f"change {run}", tree)
            return spend(place, ("git", "push", "-q", "origin", f"{commit}:refs/heads/topic-{run + 1}"))

        return deed

    return Steps(push(many), push(none))


def _sides(ground: Ground) -> tuple[Path, Path]:
    """Clones of two remotes with one feed: one whose series has many numbers, one with tips alone."""
    return _make_side(ground, GIVEN).clone(), _make_side(ground, 0).clone()


@cache
def _make_side(ground: Ground, given: int) -> Ground:
    folder = ground.folder / f"given-{given}"
    folder.mkdir()
    recipe = Recipe(min(POSTS, ground.recipe.posts), has_refs=False, given_before=given)
    return Ground(recipe, folder, ground.keep)


def _reserved(ground: Ground) -> tuple[Path, Path]:
    many, none = _sides(ground)
    for place in (many, none):
        spend(place, (*PATIENT, "reserve", "CMB"))
    return many, none
