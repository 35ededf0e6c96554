"""When a seat was open, when it had a claim, and when it was dark."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from ledger.core.config.config import Config
from ledger.core.dataclass import dataclass
from ledger.core.stats.claims import ClaimSpan
from ledger.core.stats.replay import Step
from ledger.core.stats.spans import Span, common, cut, united, without


@dataclass(frozen=True, slots=True)
class Spells:
    """The time of one seat.

    `claimed` is the part of `open` in which a claim of the seat counts. `dark` are the stretches of `open`
    without a claim and without a post that last longer than `dark_after`.
    """

    open: Sequence[Span]
    claimed: Sequence[Span]
    dark: Sequence[Span]


def spells(
    steps: Iterable[Step], claims: Iterable[ClaimSpan], config: Config, now: datetime
) -> dict[str, Spells]:
    """The spells of every seat that posted."""
    posts: dict[str, list[Step]] = {}
    held: dict[str, list[ClaimSpan]] = {}
    for step in steps:
        posts.setdefault(step.post.seat, []).append(step)
    for one in claims:
        held.setdefault(one.seat, []).append(one)
    return {seat: _spells(its, held.get(seat, ()), config, now) for seat, its in posts.items()}


def _spells(steps: Iterable[Step], claims: Sequence[ClaimSpan], config: Config, now: datetime) -> Spells:
    in_time = sorted(steps, key=lambda step: step.at)
    opened = _open(in_time, config, now)
    idle = without(opened, united(one.held for one in claims))
    silent = cut(idle, [step.at for step in in_time])
    return Spells(
        opened,
        common(opened, united(one.counted for one in claims)),
        [one for one in silent if one.end - one.start > config.dark_after],
    )


def _open(in_time: Sequence[Step], config: Config, now: datetime) -> list[Span]:
    """Every post keeps its seat open for `claim_ttl`, up to a retirement; after that only a boot does."""
    alive: list[Span] = []
    retired = False
    for step, after in zip(in_time, [*in_time[1:], None], strict=True):
        retired = step.post.kind == "retire" or (retired and step.post.kind != "boot")
        if not retired:
            end = min(step.at + config.claim_ttl, after.at if after else now)
            alive.append(Span(step.at, end))
    return united(alive)
