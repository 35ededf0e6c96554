"""`turn run`: brackets the turns of a headless seat, whose runtime has no hook that would."""

from collections.abc import Callable, Mapping, Sequence

from ledger.app.deeds.turn import TurnResult, close_turn, open_turn
from ledger.app.deeds.turn_writes import post_left_behind
from ledger.app.ledger import Ledger
from ledger.core.dataclass import dataclass
from ledger.core.errors import LedgerError
from ledger.core.queue.turn_text import format_triggers, format_turn
from ledger.store.clone.host_lock import seat_lock
from ledger.store.files import state_folder
from ledger.store.git.child_process import run_command

PLACE = "{{TURN}}"
"""In the words of the command, what `turn open` or the close said; also in the variable LEDGER_TURN."""


@dataclass(frozen=True, slots=True)
class TurnRunResult:
    """How it ended: the last close, how often the command ran, and its status if it failed."""

    seen: TurnResult
    runs: int
    failed: int = 0


def run_in_turns(
    again: Callable[[], Ledger],
    words: Sequence[str],
    env: Mapping[str, str],
    most: int,
    say: Callable[[str], None],
    quiet_out: bool,
) -> TurnRunResult:
    """Open the turn, run the command, close, and run it again while a trigger stands, `most` times at most.

    `again` opens the ledger anew, with a whole time limit, for each step. The command gets `env` as it is,
    besides its seat and what was said: the variables that keep our own git quiet are not for it. One that
    fails is not run again. Raises LedgerError `wrapped` when this seat is wrapped on this machine already.
    """
    ledger = again()
    # The lock ends with this process, however it ends (flock(2)): a kill leaves a file that locks nobody out.
    with seat_lock(state_folder(env) / "turns", _name_ledger(ledger), ledger.seat) as alone:
        # Two wrappers of one seat would each take what the other was started for.
        if not alone:
            message = f"{ledger.seat} is wrapped by another `git ledger turn run` on this machine"
            raise LedgerError("wrapped", message, "wait for its end, or give this one a seat of its own")
        seen = open_turn(ledger)
        text = "\n".join(format_turn(seen.turn))
        for run in range(1, most + 1):
            say(text)
            command = [word.replace(PLACE, text) for word in words]
            variables = {"LEDGER_SEAT": ledger.seat, "LEDGER_TURN": text}
            code = run_command(command, {**env, **variables}, quiet_out)
            if code:
                return TurnRunResult(seen, run, code)
            seen = close_turn(again())
            if seen.turn.may_end:
                return TurnRunResult(seen, run)
            text = "\n".join(format_triggers(seen.turn))
        post_left_behind(again(), seen.turn, f"its command ran {most} times")
        return TurnRunResult(seen, most)


def _name_ledger(ledger: Ledger) -> str:
    """What tells this ledger from others of the machine: its remote's address, else the repository."""
    return ledger.store.authority.url or str(ledger.repo.common_dir)
