"""Whether a stop goes on: once for each new set of triggers, once for each idle claim, and not for ever."""

from dataclasses import replace

import pytest

from ledger.core.queue.stop_policy import MOST_BLOCKS, StopDecision, StopMemory, judge_stop

TWO = ("CMB-0096", "CMB-0097")
SAID = StopMemory(sets=("CMB-0096 CMB-0097",), blocks=1)
TIRED = replace(SAID, blocks=MOST_BLOCKS)
GONE = replace(SAID, let_go=True)
LET_GO = replace(TIRED, let_go=True)


@pytest.mark.parametrize(
    ("told", "claims", "triggers", "idle", "verdict"),
    [
        pytest.param(StopMemory(), 0, (), (), StopDecision(StopMemory()), id="nothing at all"),
        pytest.param(SAID, 0, (), (), StopDecision(SAID), id="nothing any more"),
        pytest.param(StopMemory(), 0, TWO, (), StopDecision(SAID, triggers=True), id="a first set"),
        pytest.param(SAID, 0, TWO, (), StopDecision(GONE, note=True), id="the same set: it ignores it"),
        pytest.param(
            SAID, 0, TWO[::-1], (), StopDecision(GONE, note=True), id="the same set in another order"
        ),
        pytest.param(GONE, 0, TWO, (), StopDecision(GONE), id="one note is enough"),
        pytest.param(
            SAID,
            0,
            TWO[:1],
            (),
            StopDecision(replace(SAID, sets=(*SAID.sets, "CMB-0096"), blocks=2), triggers=True),
            id="a set that another seat made smaller",
        ),
        pytest.param(
            StopMemory(),
            1,
            (),
            ("p1",),
            StopDecision(StopMemory(reminded=("p1",), blocks=1, claims=1), idle=("p1",)),
            id="a claim without a post",
        ),
        pytest.param(
            StopMemory(reminded=("p1",), claims=1),
            1,
            (),
            ("p1",),
            StopDecision(StopMemory(reminded=("p1",), claims=1)),
            id="a claim that it was reminded of",
        ),
        pytest.param(
            TIRED, 0, ("CMB-0099",), (), StopDecision(LET_GO, note=True), id="a new set, told of often enough"
        ),
        pytest.param(LET_GO, 0, ("CMB-0099",), (), StopDecision(LET_GO), id="let go: one note, and no more"),
        pytest.param(TIRED, 0, (), ("p1",), StopDecision(TIRED), id="an idle claim leaves no note"),
        pytest.param(
            LET_GO,
            1,
            ("CMB-0099",),
            (),
            StopDecision(StopMemory(sets=("CMB-0099",), blocks=1, claims=1), triggers=True),
            id="a claim since begins all anew",
        ),
    ],
)
def test_a_stop(
    told: StopMemory, claims: int, triggers: tuple[str, ...], idle: tuple[str, ...], verdict: StopDecision
) -> None:
    assert judge_stop(told, claims, triggers, idle) == verdict


def test_whatever_comes_it_ends() -> None:
    told, blocks = StopMemory(), 0
    for n in range(1000):
        verdict = judge_stop(told, 0, [f"CMB-{n:04}"], [f"p{n}"])
        told, blocks = verdict.memory, blocks + verdict.triggers
    assert blocks == MOST_BLOCKS
    assert len(told.sets) <= 100
