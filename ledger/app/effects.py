"""The door through which clock, waiting and chance come in, so that a simulator can hold it."""

from collections.abc import Callable
from datetime import datetime

from ledger.core.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Effects:
    """What a use case may touch of the world besides the store.

    `now` is the seat's clock (aware, UTC), `monotonic` seconds that never go back, `wait` sleeps for
    seconds, `chance` draws from [0, 1), `nonce` draws 16 hex digits. `since_boot` is what the machine's clock
    says that runs from its start on and that nobody sets.
    """

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    wait: Callable[[float], None]
    chance: Callable[[], float]
    nonce: Callable[[], str]
    since_boot: Callable[[], "SinceBoot"]


@dataclass(frozen=True, slots=True)
class SinceBoot:
    """A reading of the clock of this machine since its start: `boot` names that start ("" where the machine
    has no name for it), `seconds` are those since then, sleep included where the machine counts it."""

    boot: str
    seconds: float


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """A deadline on the monotonic clock (keeps `store.contract.Deadline`)."""

    monotonic: Callable[[], float]
    end: float

    def remaining(self) -> float:
        """Seconds left; zero or less when the time is up."""
        return self.end - self.monotonic()
