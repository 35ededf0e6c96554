"""What each command costs beside a feed of some size: the table of scenes, and `tools/bench growth`."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from subprocess import SubprocessError

from benches import everyday, fresh, judgement, looking
from benches.feeds import Recipe
from benches.grounds import Ground
from benches.spending import NotMeasured, Steps, Target, measure_scene
from benches.tables import Row, add_options, find_folders, print_rows

POSTS = 2_000
CHECKED_OUT = 200_000
"""Posts of the longest feed that is checked out as files."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One row of the table: what it does, the raw command beside it, its target, and the function that
    prepares it. `most` is the longest feed for which it is measured (0: any)."""

    name: str
    about: str
    raw: str
    target: Target
    prepare: Callable[[Ground], Steps]
    most: int = 0


def fetched(p: float) -> Target:
    """So many P above the raw command."""
    return Target(p=p, raw=1)


FETCH, SWAP = "`git fetch`", "`git fetch`, `git push` of one post"
PLAIN = "the same `git commit` without hooks"
NONE = "the same where no number was given"
BARE = "the same where the numbers have no refs"
SCENES: tuple[Scene, ...] = (
    Scene("queue", "`queue --json`, warm", FETCH, fetched(6), everyday.measure_queue),
    Scene("show", "`show ID`", FETCH, fetched(14), everyday.measure_show),
    Scene("find", "`find TEXT --all`", FETCH, fetched(10), everyday.measure_find),
    Scene("turn open", "`turn open`", FETCH, fetched(14), everyday.measure_turn_open),
    Scene("turn close", "`turn close`", FETCH, fetched(14), everyday.measure_turn_close),
    Scene("claim", "`claim ID`", SWAP, fetched(14), everyday.measure_claim),
    Scene("note", "`note ID TEXT`", SWAP, fetched(14), everyday.measure_note),
    Scene("append", "`append --reserve`", SWAP, fetched(14), everyday.measure_append),
    Scene(
        "new post",
        "`queue --json` after another seat posted once",
        "`git fetch` of that post in a clone beside it, `queue --json --offline` right after",
        fetched(6),
        everyday.measure_new_post,
    ),
    Scene("stop, unmoved", "`hook claude stop`, nothing new", "", Target(p=4), everyday.measure_still_stop),
    Scene(
        "stop, moved",
        "the same in a new session after another seat posted once",
        "`git fetch` of that post in a clone beside it",
        fetched(12),
        everyday.measure_moved_stop,
    ),
    Scene("mcp", "one further call of `queue`", FETCH, fetched(2), everyday.measure_mcp),
    Scene("board", "first byte of the queue of a `board` that runs", "", Target(p=4), looking.measure_board),
    Scene(
        "commit of a post",
        "`git commit` of one post in a checkout of the feed",
        PLAIN,
        fetched(16),
        judgement.measure_post_commit,
        CHECKED_OUT,
    ),
    Scene("commit of code", "`git commit` of code", PLAIN, fetched(0.5), judgement.measure_code_commit),
    Scene(
        "guard",
        "`git push` of one post to a guarded server",
        "the same to one without a guard",
        fetched(15),
        judgement.measure_guard,
    ),
    Scene("drift", "`drift`, after a first one", "", Target(p=60), judgement.measure_drift),
    Scene("check", "`check --all`, after a first one", "", Target(p=60), judgement.measure_check),
    Scene("stats, a day", "`stats --since` a day ago", "", Target(p=30), judgement.measure_stats_of_day),
    Scene("stats", "`stats` of everything", "", Target(p=300), judgement.measure_stats),
    Scene(
        "cold index",
        "`queue --json` in a fresh clone",
        "`git ls-tree -r \\| git cat-file --batch`",
        Target(raw=7, peak=400),
        fresh.measure_cold,
    ),
    Scene(
        "checkpoint",
        "from nothing to the answer of `turn open`, in a fresh partial clone",
        "`git clone --branch ledger --depth 1 --filter=blob:none --no-checkout`",
        fetched(40),
        fresh.measure_checkpoint,
    ),
    Scene("given: append", "`append --reserve`", NONE, Target(raw=1.2), fresh.measure_given_append),
    Scene("given: fetch", "`git fetch` by hand", NONE, Target(raw=1.2), fresh.measure_given_fetch),
    Scene("given: push", "`git push` by hand", NONE, Target(raw=1.2), fresh.measure_given_push),
    Scene(
        "sealed: append",
        "`append --reserve` after `seal`",
        BARE,
        Target(raw=1.2),
        fresh.measure_sealed_append,
    ),
    Scene(
        "sealed: push", "`git push` by hand after `seal`", BARE, Target(raw=1.2), fresh.measure_sealed_push
    ),
)
BY_NAME = {scene.name: scene for scene in SCENES}


def main(words: Sequence[str]) -> int:
    """Measure the scenes that are named, all by default; gives 1 when a target is missed and it is asked."""
    parser = argparse.ArgumentParser(prog="bench growth", description=__doc__)
    parser.add_argument("--posts", type=int, default=POSTS, help=f"posts of the feed: {POSTS} unless said")
    parser.add_argument("--open", type=int, help="tickets that stay open: 2 %% of the posts, 100 to 2,000")
    add_options(parser, BY_NAME)
    options = parser.parse_args(words)
    with find_folders(options.keep) as (folder, keep):
        ground = Ground(Recipe(options.posts, options.open), folder, keep)
        scenes = [BY_NAME[name] for name in options.scene or BY_NAME]
        title = f"{options.posts:,} posts, {ground.recipe.aim:,} open tickets, the least of {options.runs}"
        rows = (measure_on(ground, scene, options.runs) for scene in scenes)
        return print_rows(title, rows, options.markdown, options.strict)


def measure_on(ground: Ground, scene: Scene, runs: int) -> Row:
    """Measure one scene, or say why not."""
    if scene.most and ground.recipe.posts > scene.most:
        return NotMeasured(scene.name, f"not measured above {scene.most:,} posts: it needs them as files")
    try:
        return measure_scene(scene.name, scene.target, scene.prepare(ground), runs)
    except fresh.NotThereError as missing:
        return NotMeasured(scene.name, f"not there: {missing}")
    except (RuntimeError, OSError, SubprocessError) as failure:
        return NotMeasured(scene.name, f"failed: {' / '.join(str(failure).splitlines())}", met=False)
