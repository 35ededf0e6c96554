"""Of random fleets with wrong clocks no living holder loses its claim, and every dead one does."""

import pytest

from tests.challenge_fleets import Fleet, wrongs


@pytest.mark.parametrize("seeds", [range(5), pytest.param(range(5, 150), marks=pytest.mark.slow)])
def test_no_clock_takes_a_living_claim_and_dead_ones_end(seeds: range) -> None:
    assert [seed for seed in seeds if wrongs(seed)] == []


def test_the_model_notices_holders_that_do_not_answer() -> None:
    """Without answers nearly every fleet loses a living claim: the test above can fail."""

    class Mute(Fleet):
        def _answers(self, holder: object) -> None:
            pass

    assert sum(any(Mute(seed).lives()) for seed in range(20)) > 10
