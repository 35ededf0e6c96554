"""What fifty seats do all day, one deed a post: the words and moves of a generated feed.

`benches/feeds.py` says what the day looks like and makes repositories of it. The moves keep to the table in
`docs/feed.md`, since what is measured is a feed in order; memory holds what is open, and nothing of what is
closed.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Protocol

from benches.backlog import LANES, Claimable, Task
from ledger.core.write.requests import Value

SEATS_A_LANE = 9
STRATS = tuple(f"STRAT-{n}" for n in range(1, 6))
CODERS: Mapping[str, str] = {
    f"{lane.upper()}-{n:02}": space for space, lane in LANES.items() for n in range(1, SEATS_A_LANE + 1)
}
"""The seats that claim work, each with the namespace in which it files."""
SEATS = (*CODERS, *STRATS)
REMEMBERED = 50
"""Closed tickets that later ones may still call related."""
_PRIORITIES = ("NORMAL",) * 12 + ("HIGH",) * 5 + ("LOW",) * 2 + ("CRITICAL",)
_THINGS = ("Redline cards", "The retry of uploads", "Call groups", "The nightly export", "Search filters")
_FAULTS = ("use the wrong key", "lose the last row", "time out beside midnight", "are sorted twice", "blink")


class Write(Protocol):
    """What adds a post to the feed."""

    def __call__(
        self, seat: str, kind: str, fields: Mapping[str, Value], body: str = "", by_hand: bool = False
    ) -> str:
        """Add a post and give its id; `by_hand` leaves out its place in the order."""
        ...


Deed = Callable[[str, Task], None]


class Workday:
    """Fifty seats at work; each call of `step` is one deed of one seat, which is at least one post."""

    def __init__(
        self, write: Write, open_number: Callable[[str, str], str], aim: int, random: Random
    ) -> None:
        """`open_number` gives a seat the next ticket of a namespace; `aim` is how many tickets stay open."""
        self.aim = aim
        self.count = 0
        """Tickets that are open now."""
        self._write, self._open_number, self._random = write, open_number, random
        self._claimable = Claimable(random)
        self._held: dict[str, Task | None] = {}
        """The seats that have booted, and what each of them holds."""
        self._parked: deque[Task] = deque()
        self._asked: deque[Task] = deque()
        """Tickets on which a ruling is wanted."""
        self._closed: deque[str] = deque(maxlen=REMEMBERED)
        self._finished: dict[str, str] = {}
        self._deeds: Sequence[tuple[float, Deed]] = (
            (0.46, self._note),
            (0.88, self._finish),
            (0.92, self._block_on_ticket),
            (0.94, self._block_on_ruling),
            (0.96, self._release),
            (0.97, self._hand_off),
            (0.98, self._park),
            (0.99, self._renew),
            (1.00, self._cancel),
        )
        """What a seat does with what it holds, and with what share (summed up) of its deeds."""

    def step(self) -> None:
        """One deed of a seat that is drawn by lot."""
        seat = self._random.choice(SEATS)
        task = self._held.get(seat)
        if seat not in self._held:
            self._boot(seat)
        elif task is not None:
            draw = self._random.random()
            next(deed for share, deed in self._deeds if draw < share)(seat, task)
        elif seat in CODERS:
            self._look_for_work(seat)
        else:
            self._coordinate(seat)

    # A coder between two tickets.

    def _look_for_work(self, seat: str) -> None:
        draw = self._random.random()
        if self.count < self.aim:
            self._file(seat)
        elif draw < 0.02:
            self._retire(seat)
        elif draw < 0.05 and self._parked:
            self._resume(seat)
        elif draw < 0.08:
            self._amend(seat)
        elif draw < 0.09:
            self._decline(seat)
        else:
            self._claim(seat)

    def _boot(self, seat: str) -> None:
        lane: dict[str, Value] = {"lanes": (LANES[CODERS[seat]],)} if seat in CODERS else {}
        self._write(seat, "boot", {**lane, "driver": "cron"})
        self._held[seat] = None

    def _retire(self, seat: str) -> None:
        self._write(seat, "retire", {})
        self._held.pop(seat)
        self._finished.pop(seat, None)

    def _file(self, seat: str) -> None:
        """Open a ticket: one in eight from the one that the seat finished, one in twelve behind another."""
        space = CODERS[seat]
        fields: dict[str, Value] = {"priority": self._random.choice(_PRIORITIES), "lane": LANES[space]}
        item = self._open_number(space, seat)
        draw, gate = self._random.random(), None
        if draw < 0.12 and seat in self._finished:
            fields["parent"] = self._finished.pop(seat)
        elif draw < 0.2 and self._closed:
            fields["related"] = (self._random.choice(self._closed),)
        elif draw < 0.28 and (gate := self._claimable.draw(space)):
            fields["after"] = (gate.id,)
        subject = f"{self._random.choice(_THINGS)} {self._random.choice(_FAULTS)}"
        opening = {"item": item, "state": "AWAITING_CLAIM", **fields, "subject": subject}
        body = f"Seen by {seat} while it worked on the lane; {item} has a test that shows it."
        post = self._write(seat, "actionable", opening, body, self._random.random() < 0.004)
        task = Task(item, space, seat, post, str(fields["priority"]))
        self.count += 1
        self._wait(task, gate)

    def _wait(self, task: Task, gate: Task | None) -> None:
        if gate is None:
            self._claimable.add(task)
        else:
            task.waits += 1
            gate.waiters.append(task)

    def _claim(self, seat: str) -> None:
        task = self._claimable.draw(CODERS[seat])
        if task is None:
            self._file(seat)
            return
        self._claimable.remove(task)
        branch, clone = f"{seat.lower()}/{task.id.lower()}", f"{SEATS.index(seat):016x}"
        self._move(seat, task, "CLAIMED", "", {"branch": branch, "clone": clone})
        self._held[seat] = task
        self._finished.pop(seat, None)

    def _decline(self, seat: str) -> None:
        task = self._claimable.draw(CODERS[seat])
        if task is not None:
            self._write(seat, "note", {"item": task.id}, f"DECLINE: {task.id} (contract: not with this API)")

    def _resume(self, seat: str) -> None:
        task = self._parked.popleft()
        self._move(seat, task, "AWAITING_CLAIM", "RELEASE: there is room for it now")
        self._claimable.add(task)

    # What a seat does with a ticket that it holds.

    def _note(self, seat: str, task: Task) -> None:
        fields: dict[str, Value] = {"item": task.id}
        if self._random.random() < 0.1:
            fields["to"] = (self._random.choice(SEATS),)
        body = "The key is the day of the call; it has to be the call itself. The test for midnight fails."
        self._write(seat, "note", fields, body, self._random.random() < 0.004)

    def _finish(self, seat: str, task: Task) -> None:
        self._move(seat, task, "DONE", "Grouped by call, with a test for midnight.")
        self._held[seat] = None
        self._finished[seat] = task.id
        self._close(task)

    def _block_on_ticket(self, seat: str, task: Task) -> None:
        other = self._claimable.draw(task.space)
        if other is None:
            self._note(seat, task)
            return
        self._move(seat, task, "BLOCKED", "It needs the other one first.", {"blocked_on": (other.id,)})
        self._held[seat] = None
        self._wait(task, other)

    def _block_on_ruling(self, seat: str, task: Task) -> None:
        other = self._claimable.draw(task.space)
        if other is None or other.ruled:
            self._note(seat, task)
            return
        self._move(seat, task, "BLOCKED", "Both change the key.", {"blocked_on": (f"ruling:{other.id}",)})
        self._held[seat] = None
        if not other.pleas:
            self._asked.append(other)
        other.pleas.append(task)

    def _release(self, seat: str, task: Task) -> None:
        self._give_back(seat, task, "RELEASE: it belongs to another lane", {})

    def _hand_off(self, seat: str, task: Task) -> None:
        self._give_back(seat, task, "HANDOFF: open (capacity: the turn ends)", {"cites": (task.moved_by,)})

    def _give_back(self, seat: str, task: Task, body: str, fields: Mapping[str, Value]) -> None:
        self._move(seat, task, "AWAITING_CLAIM", body, fields)
        self._held[seat] = None
        self._claimable.add(task)

    def _park(self, seat: str, task: Task) -> None:
        self._move(seat, task, "PARKED", "Nobody needs it before the release.")
        self._held[seat] = None
        self._parked.append(task)

    def _renew(self, seat: str, task: Task) -> None:
        self._move(seat, task, "CLAIMED", "", {"worktree": f"/work/{seat.lower()}"})

    def _cancel(self, seat: str, task: Task) -> None:
        """Only what nothing waits for: a CANCELLED ticket opens no gate."""
        if task.waiters:
            self._note(seat, task)
            return
        self._move(seat, task, "CANCELLED", "The export that it is about goes away.")
        self._held[seat] = None
        self._close(task)

    # Strats.

    def _coordinate(self, seat: str) -> None:
        if self._asked:
            self._rule(seat, self._asked.popleft())
        elif self._random.random() < 0.5:
            self._amend(seat)
        else:
            to = self._random.choice(SEATS)
            self._write(seat, "note", {"to": (to,)}, "What is HIGH comes first today.")

    def _rule(self, seat: str, on: Task) -> None:
        """Decide for all that wait for the ruling: every third is absorbed, the others go on."""
        lines = []
        for n, task in enumerate(on.pleas):
            right = f"DONE absorbed-by:{on.id}" if n % 3 == 2 else "AWAITING_CLAIM (it goes on beside it)"
            lines.append(f"ABSORB: {task.id} -> {right}")
        cites = tuple(dict.fromkeys(task.moved_by for task in on.pleas))
        fields: dict[str, Value] = {
            "subject": "Which of them changes the key",
            "rules_on": (on.id,),
            "cites": cites,
        }
        ruling = self._write(seat, "ruling", fields, "\n".join(lines))
        on.ruled = True
        for n, task in enumerate(on.pleas):
            task.moved_by = ruling
            if n % 3 == 2:
                self._close(task)
            else:
                self._claimable.add(task)
        on.pleas.clear()

    def _amend(self, seat: str) -> None:
        """A strat changes any ticket, a coder one that it filed itself."""
        task = self._claimable.draw(CODERS.get(seat) or self._random.choice(tuple(LANES)))
        if task is None or (seat in CODERS and task.filer != seat):
            to = self._random.choice(SEATS)
            self._write(seat, "note", {"to": (to,)}, "The nightly export is green again.")
            return
        task.priority = "HIGH" if task.priority != "HIGH" else "NORMAL"
        fields = {"item": task.id, "priority": task.priority}
        task.moved_by = self._write(seat, "amendment", fields, "It came up twice today.")

    # What moves do to others.

    def _move(
        self, seat: str, task: Task, state: str, body: str, more: Mapping[str, Value] | None = None
    ) -> None:
        fields = {"item": task.id, "state": state, **(more or {})}
        task.moved_by = self._write(seat, "actionable", fields, body)

    def _close(self, task: Task) -> None:
        """The ticket is over: what waited for it alone may be claimed."""
        self.count -= 1
        self._closed.append(task.id)
        for other in task.waiters:
            other.waits -= 1
            if not other.waits:
                self._claimable.add(other)
        task.waiters = []
