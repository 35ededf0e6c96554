"""Whether a stop of a runtime goes on: what a session was told before against what stands now.

Imports nothing that parses or folds, since the usual stop ends before that.
"""

from collections.abc import Sequence

from ledger.core.dataclass import dataclass, replace

MOST_BLOCKS = 5
"""Blocks that no claim followed, after which a session is let go: no more than the runtimes' own bounds."""
_KEPT = 100
"""So many sets and claims are remembered; what is older may be told again, within the bound."""


@dataclass(frozen=True, slots=True)
class StopMemory:
    """What one session was told before.

    `commit` is the feed beside which it was let stop last, `remote` and `ref` where that stands (no remote:
    in this repository), `settings` stands for the settings by which it was found. `sets` are the triggers for
    which it was blocked since its newest claim, each set one text; `reminded` are the posts of the claims of
    which it was reminded. `blocks` counts since that claim, `claims` is the seat's count of claims then, and
    `let_go` says that the note was left. `missed` are words on a stop of the seat that could not be judged.
    """

    commit: str = ""
    remote: str = ""
    ref: str = ""
    settings: str = ""
    sets: tuple[str, ...] = ()
    reminded: tuple[str, ...] = ()
    blocks: int = 0
    claims: int = 0
    let_go: bool = False
    missed: str = ""


@dataclass(frozen=True, slots=True)
class StopDecision:
    """What becomes of a stop: `triggers` and `idle` claims of which to tell, if any; whether a note is due;
    and what the session was told after it."""

    memory: StopMemory
    triggers: bool = False
    idle: tuple[str, ...] = ()
    note: bool = False


def judge_stop(memory: StopMemory, claims: int, triggers: Sequence[str], idle: Sequence[str]) -> StopDecision:
    """Judge a stop beside these triggers (ticket ids) and claims on which nothing was posted (post ids).

    It is blocked once for each new set of triggers and once for each such claim; a seat that stops again
    beside the same ones is let go, and a note is due. A claim that it took since begins all anew, as it did
    what it was told; whatever a runtime says of repeats is not asked.
    """
    # Whoever claims is at work again: the bound counts stops without a claim between them.
    if claims != memory.claims:
        memory = replace(memory, claims=claims, sets=(), blocks=0, let_go=False)
    now = " ".join(sorted(triggers))
    fresh = bool(now) and now not in memory.sets
    unsaid = tuple(claim for claim in idle if claim not in memory.reminded)
    # Whoever was told so often and claimed nothing will not: the session is let go, and a note says so.
    if memory.blocks >= MOST_BLOCKS or not (fresh or unsaid):
        return StopDecision(
            replace(memory, let_go=memory.let_go or bool(now)), note=bool(now) and not memory.let_go
        )
    sets = (*memory.sets, now)[-_KEPT:] if fresh else memory.sets
    reminded = (*memory.reminded, *unsaid)[-_KEPT:]
    memory = replace(memory, sets=sets, reminded=reminded, blocks=memory.blocks + 1)
    return StopDecision(memory, fresh, unsaid)
