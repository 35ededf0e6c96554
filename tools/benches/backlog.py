"""The tickets of a generated feed that are open: who may claim which, and which wait for which."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

LANES: Mapping[str, str] = {
    "CMB": "camber",
    "ORA": "oracle",
    "FLT": "flight",
    "TEL": "telemetry",
    "DOC": "docs",
}
"""The namespaces and their lanes."""


@dataclass(eq=False, slots=True)
class Task:
    """A ticket that is open: who filed it, its newest move, and what waits for it. `waits` counts the gates
    or blocks that keep it from being claimed; `place` is where it stands among those that can be."""

    id: str
    space: str
    filer: str
    moved_by: str
    priority: str
    waits: int = 0
    ruled: bool = False
    place: int = -1
    waiters: list["Task"] = field(default_factory=list)
    pleas: list["Task"] = field(default_factory=list)
    """Tickets blocked on a ruling on this one."""


class Claimable:
    """The tickets that may be claimed, by namespace; each deed on them takes the same time."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._tasks: dict[str, list[Task]] = {space: [] for space in LANES}

    def add(self, task: Task) -> None:
        """Put a ticket among them."""
        tasks = self._tasks[task.space]
        task.place = len(tasks)
        tasks.append(task)

    def remove(self, task: Task) -> None:
        """Take a ticket out, wherever it stands."""
        tasks = self._tasks[task.space]
        last = tasks.pop()
        if last is not task:
            tasks[task.place], last.place = last, task.place
        task.place = -1

    def draw(self, space: str) -> Task | None:
        """Any of a namespace, else of all; None when there is none. It stays among them."""
        tasks = self._tasks[space] or [task for tasks in self._tasks.values() for task in tasks[:1]]
        return self._random.choice(tasks) if tasks else None
