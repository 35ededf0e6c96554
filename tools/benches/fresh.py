"""The scenes of a clone that is new, and of a series of which many numbers were given."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

from benches.feeds import Recipe, import_commit
from benches.grounds import PATIENT, READER, Ground, ask_git
from benches.spending import Deed, Spent, Steps, spend
from benches.timing import ALONE, LEDGER

LEDGER_REF = "refs/heads/ledger"
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

    return Steps(_push_code(many), _push_code(none))


def measure_sealed_append(ground: Ground) -> Steps:
    """A ticket with its number where the numbers of the feed were sealed, against no refs at all."""
    sealed, bare = _seal_sides(ground)
    words = (*PATIENT, "append", "--reserve", "CMB", "--subject", "Work")
    return Steps(lambda _: spend(sealed, words), lambda _: spend(bare, words))


def measure_sealed_push(ground: Ground) -> Steps:
    """`git push` of a branch of code by hand where the numbers were sealed, against no refs at all."""
    sealed, bare = _seal_sides(ground)
    return Steps(_push_code(sealed), _push_code(bare))


def _push_code(place: Path) -> Deed:
    def deed(run: int) -> Spent:
        tree = ask_git(place, "hash-object", "-w", "-t", "tree", "/dev/null")
        commit = ask_git(place, "commit-tree", "-m", f"change {run}", tree)
        return spend(place, ("git", "push", "-q", "origin", f"{commit}:refs/heads/topic-{run + 1}"))

    return deed


@cache
def _seal_sides(ground: Ground) -> tuple[Path, Path]:
    """Clones of two remotes with the feed: its numbers sealed by the tool, or deleted on the server."""
    places = []
    for name in ("sealed", "no-refs"):
        bare = ground.copy(name)
        text = ask_git(bare, "show", "ledger:feed/ledger.yaml") + "\nseal_above: 1000\n"
        import_commit(bare, LEDGER_REF, LEDGER_REF, "STRAT-1", {"feed/ledger.yaml": text.encode()})
        place = bare.with_name(f"{name}-clone")
        subprocess.run(("git", "clone", "-q", str(bare), str(place)), check=True, env=ALONE)
        for key, value in {"seat": "STRAT-1", "branch": "ledger", "remote": "origin"}.items():
            ask_git(place, "config", f"ledger.{key}", value)
        places.append((bare, place))
    (_, sealed), (bare, plain) = places
    spend(sealed, (*PATIENT, "seal"))
    numbers = ask_git(bare, "for-each-ref", "--format=delete %(refname)", "refs/reserve").splitlines()
    script = "\n".join(line for line in numbers if not line.endswith("/tip")) + "\n"
    subprocess.run(
        ("git", "-C", str(bare), "update-ref", "--stdin"), input=script.encode(), check=True, env=ALONE
    )
    return sealed, plain


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
