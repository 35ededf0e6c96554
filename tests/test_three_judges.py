"""A check, the write path and the guard say the same of new posts, whatever rule they are about."""

from pathlib import Path

import pytest

from tests.judges import find_differences
from tests.random_feeds.pushes import Push, draw_push

FEEDS = 1000
PARTS = 40
"""Feeds are judged some at a time, so that all processors have a part of them."""


def draw_pushes(part: int) -> list[Push]:
    """Every fortieth feed, from this one on."""
    return [draw_push(seed, most=60 if seed % 5 == 0 else 25) for seed in range(part, FEEDS, PARTS)]


@pytest.mark.parametrize(
    "part", [0, *(pytest.param(part, marks=pytest.mark.slow) for part in range(1, PARTS))]
)
def test_three_judges_say_the_same_of_a_push_onto_a_random_feed(part: int, tmp_path: Path) -> None:
    assert find_differences(tmp_path, draw_pushes(part)) == []


def test_random_pushes_hold_what_rules_speak_of() -> None:
    """What the tool writes and what people do, both refused and not."""
    pushes = [push for part in range(4) for push in draw_pushes(part)]
    planned = [push.planned for push in pushes if push.planned is not None]
    rules = {finding.rule for findings in planned for finding in findings}
    assert len(planned) > len(pushes) / 3
    assert any(not findings for findings in planned)
    assert {"illegal-move", "not-the-holder", "unreserved-ticket"} <= rules
