"""Random pushes, honest and not, against the guard; `tools/attack --minutes 10` runs more of them."""

from pathlib import Path

import pytest

from tests.attackers import deeds
from tests.attackers.campaign import Campaign

PUSHES = 150


@pytest.mark.parametrize("seed", [1, 2])
def test_no_push_takes_away_what_landed_and_every_honest_one_lands(seed: int, tmp_path: Path) -> None:
    """Each push is held to a model that was written from the pages, and knows nothing of the guard's code."""
    campaign = Campaign(tmp_path, seed)
    campaign.run(PUSHES)
    assert {trick.name for trick in campaign.tricks} - campaign.refused.keys() == set()
    assert {deed.__name__ for deed in deeds.DEEDS} - campaign.landed.keys() == set()
    assert campaign.counts["real"] >= 30
