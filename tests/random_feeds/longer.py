"""Random feeds for as long as somebody waits: `tools/property`."""

import argparse
import os
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

from tests.judges import find_differences
from tests.random_feeds.pushes import Push, draw_push
from tests.random_feeds.steps import Step, shrink_steps
from tests.store.test_index_contract import follow_feeds

BATCH = 50
"""Feeds whose objects are written at once."""
ALONE = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Tester",
    "GIT_AUTHOR_EMAIL": "tester@example.invalid",
    "GIT_COMMITTER_NAME": "Tester",
    "GIT_COMMITTER_EMAIL": "tester@example.invalid",
}
"""No settings and no identity of the machine."""


def main(argv: Sequence[str], doc: str) -> int:
    """Judge and follow so many feeds, and print a line for each difference; gives 1 where there is one."""
    parser = argparse.ArgumentParser(prog="property", description=doc)
    parser.add_argument("--feeds", type=int, default=10_000, help="how many feeds (10000)")
    parser.add_argument("--seed", type=int, default=100_000, help="the seed of the first one (100000)")
    parser.add_argument("--jobs", type=int, default=2, help="processes (2)")
    given = parser.parse_args(argv)
    os.environ.update(ALONE)
    end = given.seed + given.feeds
    batches = [range(start, min(start + BATCH, end)) for start in range(given.seed, end, BATCH)]
    found = 0
    with ProcessPoolExecutor(given.jobs) as pool:
        for batch, differences in zip(batches, pool.map(judge_batch, batches), strict=True):
            for words in differences:
                print(words, flush=True)
            found += len(differences)
            print(f"{batch.stop - given.seed} feeds, {found} differences", flush=True)
    return int(found > 0)


def judge_batch(seeds: range) -> list[str]:
    """What is not the same of these feeds, each with the steps that still show it."""
    pushes = [draw_push(seed) for seed in seeds]
    with tempfile.TemporaryDirectory() as folder:
        found = find_differences(Path(folder), pushes)
    told = [f"{words}\n{shrink_push(push)}" for push, words in find_pushes(pushes, found)]
    with tempfile.TemporaryDirectory() as folder:
        return told + follow_feeds(Path(folder), seeds)


def find_pushes(pushes: Sequence[Push], found: Sequence[str]) -> list[tuple[Push, str]]:
    """The push of each difference."""
    by_seed = {f"seed {push.seed},": push for push in pushes}
    return [(by_seed[words[: words.index(",") + 1]], words) for words in found]


def shrink_push(push: Push) -> str:
    """The landed steps without which the judges agree. What the tool planned is judged as it was."""

    def differs(steps: Sequence[Step]) -> bool:
        with tempfile.TemporaryDirectory() as folder:
            fewer = replace(push, landed=tuple(steps), planned=None)
            return bool(steps) and bool(find_differences(Path(folder), [fewer]))

    if not differs(push.landed):
        return "  (only of what the tool planned)"
    left = shrink_steps(push.landed, differs)
    return "\n".join(f"  {step.deed}: {sorted(step.files)}" for step in left)
