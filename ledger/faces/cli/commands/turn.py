"""`turn`: the bracket around a stretch of a seat's work."""

from collections.abc import Iterable
from typing import Annotated

from ledger.app.deeds.turn import TurnResult, close_turn, open_turn
from ledger.app.ledger import Ledger, open_ledger
from ledger.core.queue.turn_text import format_triggers, format_turn
from ledger.faces.cli.command_line import usage
from ledger.faces.cli.parameters import Argument, Option
from ledger.faces.cli.session import Session
from ledger.faces.cli.tables import describe_as_of, write_brief
from ledger.faces.json.turns import make_turn_json

TRIGGERED = 10
RUNS = 8


def command(
    session: Session,
    action: Annotated[str, Argument(metavar="open|close|run")],
    words: Annotated[list[str] | None, Argument(metavar="[-- COMMAND…]")] = None,
    claim: Annotated[bool, Option("--claim", help="close: take the best ticket that can be won")] = False,
    runs: Annotated[
        int | None, Option(metavar="N", min=1, max=1000, help="run: at most so often (8)")
    ] = None,
) -> int:
    """Open a turn: what is this seat's, and what to claim next. Close it: exits 10 while there is
    something that the seat should claim. Run: wrap the command of a headless seat in turns; it finds
    what was said in LEDGER_TURN, and wherever {{TURN}} stands among its words.
    """
    if action == "run" and words and not claim:
        return _run_turns(session, words, runs or RUNS)
    if action not in ("open", "close") or words or runs is not None or (claim and action == "open"):
        raise usage(
            f'"turn {" ".join([action, *(words or [])])}" is no command line of turn',
            "`git ledger turn open`, `git ledger turn close`, with `--claim` if the best ticket shall be "
            "taken, or `git ledger turn run -- COMMAND…`",
        )
    if action == "open":
        return _answer_open(session, open_turn(session.ledger))
    if not claim:
        return _answer_close(session, close_turn(session.ledger))
    from ledger.app.deeds.turn_writes import close_and_claim  # with the rules, of which a reader needs none

    return _answer_close(session, close_and_claim(session.ledger))


def _answer_open(session: Session, seen: TurnResult) -> int:
    screen, words = session.env.screen, _list_notices(session, seen)
    if screen is None:
        lines = format_turn(seen.turn)
    else:
        from ledger.faces.cli.terminal.turn import show_turn

        lines = show_turn(seen.turn, screen)
    return session.answer(make_turn_json(seen), lines, words, seen.as_of)


def _answer_close(session: Session, seen: TurnResult) -> int:
    session.answer(
        make_turn_json(seen), _list_close_lines(session, seen), _list_notices(session, seen), seen.as_of
    )
    return 0 if seen.turn.may_end or seen.claimed is not None else TRIGGERED


def _list_close_lines(session: Session, seen: TurnResult) -> Iterable[str]:
    took, screen = seen.claimed, session.env.screen
    if took is not None:
        return [seen.why, *write_brief(took.brief, screen)]
    if screen is None:
        return format_triggers(seen.turn)
    from ledger.faces.cli.terminal.turn import show_triggers

    return show_triggers(seen.turn, screen)


def _run_turns(session: Session, words: list[str], most: int) -> int:
    from ledger.app.hook.turn_run import run_in_turns

    def print_lines(text: str) -> None:
        session.say(*text.splitlines())

    def again() -> Ledger:
        return open_ledger(session.options, session.env.world)

    session.cancel_notice()
    done = run_in_turns(again, words, session.env.variables, most, print_lines, session.json)
    if done.failed:
        session.say(f"`{words[0]}` ended with status {done.failed}; the turn was not closed")
        session.answer({"runs": done.runs, "status": done.failed})
        return done.failed
    return _answer_close(session, done.seen)


def _list_notices(session: Session, seen: TurnResult) -> list[str]:
    unverified = [] if seen.verified else ["as it was when fetched last: unverified"]
    shared = session.ledger.warnings() if seen.claimed is not None else []
    return [describe_as_of(seen.as_of), *unverified, *shared, *seen.words]
