"""Campaigns by hand: `python -m tests.attackers --minutes 10 [--seed N] [--pushes K]`."""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.attackers.campaign import BrokenError, Campaign

PUSHES = 150
ALONE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
WHO = {f"GIT_{role}_{key}": "tester" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}


def main(argv: Sequence[str]) -> int:
    """Run campaigns until the time is up, or the one that a seed names; gives 1 when one was broken."""
    parser = argparse.ArgumentParser(prog="attack", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0, help="begin campaigns for so long (1)")
    parser.add_argument("--seed", type=int, help="the seed of the first campaign")
    parser.add_argument("--pushes", type=int, default=PUSHES, help=f"pushes of a campaign ({PUSHES})")
    given = parser.parse_args(argv)
    os.environ.update(ALONE | WHO)
    seed = given.seed if given.seed is not None else time.time_ns() % 1_000_000
    end = time.monotonic() + 60 * given.minutes
    landed, refused, counts = Counter[str](), Counter[str](), Counter[str]()
    broken = 0
    while time.monotonic() < end:
        with tempfile.TemporaryDirectory(prefix="attack-") as folder:
            os.environ["XDG_STATE_HOME"] = f"{folder}/state"
            campaign = Campaign(Path(folder), seed)
            try:
                campaign.run(given.pushes)
                print(f"seed {seed}: {sum(campaign.counts.values())} pushes, nothing wrong", flush=True)
            except BrokenError as error:
                broken += 1
                print(f"BROKEN --seed {seed} --pushes {given.pushes}: {error}", flush=True)
        landed += campaign.landed
        refused += campaign.refused
        counts += campaign.counts
        seed += 1
    for name, table in (("landed", landed), ("refused", refused), ("pushes", counts)):
        print(f"{name}:", *(f"  {count:6} {what}" for what, count in table.most_common()), sep="\n")
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
