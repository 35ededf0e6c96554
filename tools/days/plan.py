"""What a simulated hour consists of: its length in real seconds, and how its fleet behaves."""

import time
from dataclasses import dataclass

MINUTES = 60
SETTINGS = {
    "claim_ttl": 120,
    "nudge_after": 20,
    "dark_after": 10,
    "warm_window": 1440,
    "ruling_stale_after": 10,
}
"""Minutes of the settings of the feed; they are written in milliseconds of the shorter time."""

WORKERS = tuple(f"CAMBER-{n:02}" for n in range(1, 11))
ILL_BEHAVED = WORKERS[-1]
"""Reports and stops: it never goes on by itself."""
STRAT, SHEPHERD = "STRAT-1", "SHEPHERD-1"
REMEMBERS = 0.15
"""How often any other worker goes on by itself after a DONE, as a rule in its context would have it."""
PROMPTED_EVERY = 40.0
"""Minutes after which an operator looks at a seat that stopped, and prompts it again."""
WORK = (4.0, 12.0)
"""Minutes that a ticket takes, at the least and at the most."""
BACKLOG = 14
"""Tickets that wait, at the least; the strat files what is missing."""


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour that takes `seconds` and began at `began` (the clock of this machine, in seconds)."""

    seconds: float
    began: float

    @property
    def minute(self) -> float:
        """Seconds that a simulated minute takes."""
        return self.seconds / MINUTES

    def left(self) -> float:
        """Seconds until the hour is over."""
        return self.began + self.seconds - time.time()


def settings(seconds: float) -> str:
    """The `ledger.yaml` of an hour of this length."""
    lines = [f"{name}: {round(minutes * seconds / MINUTES * 1000)}ms" for name, minutes in SETTINGS.items()]
    seats = [f"  {name}: {{lanes: [camber, ora]}}" for name in WORKERS]
    seats += [f"  {STRAT}: {{role: strat}}", f"  {SHEPHERD}: {{role: operator}}"]
    return "\n".join([*lines, "seats:", *seats, ""])
