"""An hour, let go by: who acts next is who is due first."""

from dataclasses import dataclass
from heapq import heappop, heappush
from pathlib import Path

from days.actors import Acts, Scan, Worker, files, scans
from days.fleet import Fleet
from days.judged import Wait, find_unnamed, find_waits
from days.plan import HOUR, SETTINGS, SHEPHERD, STRAT, WORKERS
from ledger.app.read.stats import count_figures
from ledger.core.model import State
from ledger.core.stats.records import record_of_figures


@dataclass(frozen=True, slots=True)
class Came:
    """What an hour came to: share of open seat time under a claim, the waits, those past `dark_after`, those
    of them that no scan named, how many findings there were, tickets done, stops that the hook blocked."""

    density: float
    waits: tuple[Wait, ...]
    dark: tuple[Wait, ...]
    unnamed: tuple[Wait, ...]
    named: int
    done: int
    blocked: int

    @property
    def longest(self) -> float:
        """Minutes of the longest wait."""
        return max((one.minutes for one in self.waits), default=0.0)


def let_go_by(folder: Path, hooks: bool) -> Came:
    """Let an hour of the fleet go by, with the hooks of its runtimes or without."""
    fleet = Fleet(folder)
    workers = [Worker(fleet, name, hooks) for name in WORKERS]
    log: list[Scan] = []
    actors: list[Acts] = [files(fleet, STRAT), *(one.works() for one in workers), scans(fleet, SHEPHERD, log)]
    _run(fleet, actors)
    feed = fleet.read(SHEPHERD)
    waits = find_waits(tuple(feed.board.all_posts()), feed.config)
    seats = record_of_figures(count_figures(fleet.ledger(SHEPHERD)).figures)["seats"]
    rows = [row for row in seats if row["seat"] in WORKERS]
    return Came(
        density=sum(row["claimed_s"] for row in rows) / sum(row["open_s"] for row in rows),
        waits=tuple(waits),
        dark=tuple(one for one in waits if one.minutes > SETTINGS["dark_after"]),
        unnamed=tuple(find_unnamed(waits, log)),
        named=sum(len(scan.named) for scan in log),
        done=sum(one.state is State.DONE for one in feed.board.all_tickets()),
        blocked=sum(one.stops_blocked for one in workers),
    )


def _run(fleet: Fleet, actors: list[Acts]) -> None:
    due: list[tuple[float, int]] = [(0.0, place) for place in range(len(actors))]
    while due:
        fleet.minutes, place = heappop(due)
        after = fleet.minutes + next(actors[place])
        if after < HOUR:
            heappush(due, (after, place))
    fleet.minutes = HOUR
