"""Silent claims end by challenge and answer, whatever the clocks of machines say: with real repositories."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fleet import Seat, fleet, plainly, standing
from tests.machines import Machine, Time
from tests.store.stores import eventually

ITEM = "CMB-0001"
CHALLENGE, ENDED = [("challenge", ITEM)], [("expired-claim", ITEM)]


def built(folder: Path) -> list[Seat]:
    """Otto filed a ticket; two shepherds and a seat that wants it are there too."""
    seats = fleet(folder, "otto", "shepherd", "other-shepherd", "wanter")
    seats[0].files("CMB", "Cards")
    return seats


@pytest.fixture
def machines(tmp_path: Path) -> list[Machine]:
    """The machines of these seats, with right clocks; otto holds the ticket since just now."""
    time = Time()
    found = [Machine(seat, time) for seat in standing(built, tmp_path)]
    found[0].ok("claim", ITEM)
    return found


def test_a_dead_holder_is_asked_after_claim_ttl_and_its_claim_ends_after_claim_grace(
    machines: list[Machine],
) -> None:
    otto, shepherd, *_ = machines
    otto.time.passes(hours=1, minutes=59)
    assert shepherd.shepherds() == []
    otto.time.passes(minutes=1)
    assert shepherd.shepherds() == CHALLENGE
    assert shepherd.shepherds() == []
    otto.time.passes(minutes=9, seconds=59)
    assert (shepherd.shepherds(), shepherd.holder(ITEM)) == ([], "otto")
    otto.time.passes(seconds=2)
    assert (shepherd.shepherds(), shepherd.holder(ITEM)) == (ENDED, None)
    assert shepherd.shepherds() == []


@pytest.mark.parametrize(
    "words",
    [
        ("alive",),
        ("note", "of something else"),
        ("turn", "open"),
        *(
            pytest.param(words, marks=pytest.mark.slow)
            for words in (
                ("alive", ITEM),
                ("note", ITEM, "half done"),
                ("claim", ITEM),
                ("append", "--reserve", "CMB", "--subject", "Another"),
                ("boot",),
            )
        ),
    ],
    ids=" ".join,
)
def test_the_holder_s_own_commands_answer(machines: list[Machine], words: tuple[str, ...]) -> None:
    otto, shepherd, *_ = machines
    otto.time.passes(hours=3)
    assert shepherd.shepherds() == CHALLENGE
    assert otto.ok("show", ITEM)["challenge"]["seat"] == "shepherd"
    posts = otto.ok(*words).get("posts")
    assert posts is None or len(posts) == 1  # the answer is not taken for what was asked for
    assert "challenge" not in otto.ok("show", ITEM)
    otto.time.passes(minutes=11)
    assert (shepherd.shepherds(), shepherd.holder(ITEM)) == ([], "otto")


@pytest.mark.parametrize("words", [("turn", "close"), ("turn", "close", "--claim")], ids=" ".join)
def test_a_close_answers(machines: list[Machine], words: tuple[str, ...]) -> None:
    otto, shepherd, *_ = machines
    otto.time.passes(hours=3)
    shepherd.shepherds()
    otto.ok(*words)
    otto.time.passes(minutes=11)
    assert (shepherd.shepherds(), shepherd.holder(ITEM)) == ([], "otto")


def test_what_only_reads_tells_of_the_challenge_and_does_not_answer(machines: list[Machine]) -> None:
    otto, shepherd, *_ = machines
    otto.time.passes(hours=3)
    shepherd.shepherds()
    for words in (("queue",), ("show", ITEM)):
        assert f'`git ledger alive {ITEM}` by "otto" does' in otto.run(*words).out
    otto.time.passes(minutes=11)
    assert shepherd.shepherds() == ENDED


def test_an_opened_turn_tells_of_the_challenge_first_and_that_it_answered(machines: list[Machine]) -> None:
    otto, shepherd, *_ = machines
    otto.time.passes(hours=3)
    shepherd.shepherds()
    otto.ok("queue")
    offline = otto.run("turn", "open", "--offline")
    assert "answers nothing" in offline.err
    opened = otto.run("turn", "open")
    first = next(line for line in opened.out.splitlines() if line.startswith("  "))
    assert first.startswith(f'  {ITEM}: this claim is challenged by "shepherd"')
    assert "this command answered it" in opened.err
    assert "challenged" not in otto.run("turn", "open").err


def test_a_write_of_a_holder_without_a_challenge_writes_nothing_more(machines: list[Machine]) -> None:
    otto, *_ = machines
    before = len(otto.ok("log")["posts"])
    otto.ok("note", "hello")
    assert len(otto.ok("log")["posts"]) == before + 1
    assert otto.ok("alive")["posts"] == []


FAR = [timedelta(hours=3), timedelta(days=1), timedelta(days=366)]


def wrong(quick: timedelta) -> pytest.MarkDecorator:
    """How far a clock may be ahead, or behind: from hours to a year. The quick suite has one of these."""
    slow = [ahead for ahead in (*FAR, *(-ahead for ahead in FAR)) if ahead != quick]
    ones = [quick, *(pytest.param(ahead, marks=pytest.mark.slow) for ahead in slow)]
    return pytest.mark.parametrize("ahead", ones, ids=str)


@wrong(FAR[0])
def test_a_shepherd_with_a_wrong_clock_takes_no_living_claim_and_ends_a_dead_one(
    machines: list[Machine], ahead: timedelta
) -> None:
    otto, shepherd, *_ = machines
    shepherd.ahead = ahead
    for _ in range(4):
        shepherd.shepherds()
        otto.ok("turn", "open")
        otto.time.passes(minutes=15)
        assert shepherd.holder(ITEM) == "otto"
    for _ in range(10):  # otto is gone
        otto.time.passes(minutes=15)
        shepherd.shepherds()
    assert shepherd.holder(ITEM) is None


@wrong(-FAR[2])
def test_a_holder_with_a_wrong_clock_keeps_its_claim_while_it_lives(
    machines: list[Machine], ahead: timedelta
) -> None:
    otto, shepherd, *_ = machines
    otto.ahead = ahead
    otto.ok("note", ITEM, "my clock was set")
    for _ in range(4):
        shepherd.shepherds()
        otto.ok("turn", "open")
        otto.time.passes(minutes=15)
        assert shepherd.holder(ITEM) == "otto"
    for _ in range(10):  # otto is gone
        otto.time.passes(minutes=15)
        shepherd.shepherds()
    assert shepherd.holder(ITEM) is None


def test_a_holder_that_answered_is_not_asked_again_at_once(machines: list[Machine]) -> None:
    """The shepherd's clock is a year ahead: to it every claim is old."""
    otto, shepherd, *_ = machines
    shepherd.ahead = timedelta(days=366)
    assert shepherd.shepherds() == CHALLENGE
    otto.ok("alive")
    otto.time.passes(minutes=29)
    assert shepherd.shepherds() == []
    otto.time.passes(minutes=1)
    assert shepherd.shepherds() == CHALLENGE


def reboots(machine: Machine) -> None:
    machine.starts_anew()


def steps_ahead(machine: Machine) -> None:
    machine.ahead = timedelta(hours=1)


def steps_back(machine: Machine) -> None:
    machine.ahead = timedelta(hours=-1)


def forgets(machine: Machine) -> None:
    (machine.seat.path / ".git" / "ledger" / "challenges.json").write_text("{")


@pytest.mark.parametrize(
    "happens",
    [reboots, forgets, *(pytest.param(steps, marks=pytest.mark.slow) for steps in (steps_ahead, steps_back))],
)
def test_a_clock_that_cannot_tell_how_long_it_was_asks_anew(
    machines: list[Machine], happens: Callable[[Machine], None]
) -> None:
    otto, shepherd, *_ = machines
    otto.time.passes(hours=4)
    assert shepherd.shepherds() == CHALLENGE
    happens(shepherd)
    otto.time.passes(minutes=11)
    assert shepherd.shepherds() == CHALLENGE
    otto.time.passes(minutes=9)
    assert (shepherd.shepherds(), shepherd.holder(ITEM)) == ([], "otto")
    otto.time.passes(minutes=2)
    assert (shepherd.shepherds(), shepherd.holder(ITEM)) == (ENDED, None)


def test_a_machine_without_a_name_for_its_start_goes_by_both_clocks(machines: list[Machine]) -> None:
    otto, shepherd, *_ = machines
    shepherd.boot = ""
    otto.time.passes(hours=3)
    assert shepherd.shepherds() == CHALLENGE
    shepherd.started = otto.time.passed  # and starts anew, which only the two clocks together tell
    otto.time.passes(minutes=11)
    assert shepherd.shepherds() == CHALLENGE
    otto.time.passes(minutes=11)
    assert shepherd.shepherds() == ENDED


def test_two_shepherds_end_a_claim_once_and_each_by_its_own_challenge(machines: list[Machine]) -> None:
    otto, first, second, _ = machines
    otto.time.passes(hours=3)
    assert first.shepherds() == CHALLENGE
    otto.time.passes(minutes=6)
    assert second.shepherds() == CHALLENGE
    otto.time.passes(minutes=6)
    assert (second.shepherds(), first.holder(ITEM)) == ([], "otto")
    assert first.shepherds() == ENDED
    otto.time.passes(minutes=6)
    assert second.shepherds() == []
    effects = [event["effect"] for event in otto.ok("show", ITEM)["history"]]
    assert sum("AUTO-RELEASE" in effect for effect in effects) == 1


def test_a_clone_that_is_made_anew_for_each_round_does_not_ask_each_time(
    machines: list[Machine], tmp_path: Path
) -> None:
    otto, shepherd, *_ = machines
    otto.time.passes(hours=3)
    assert shepherd.shepherds() == CHALLENGE
    again = made_anew(shepherd, tmp_path, "again")
    assert again.shepherds() == []
    otto.time.passes(hours=2)
    assert again.shepherds() == CHALLENGE


def made_anew(shepherd: Machine, folder: Path, name: str) -> Machine:
    """The shepherd as a job of CI has it: in a clone that is new."""
    shepherd.seat.git("clone", "-q", str(folder / "remote.git"), str(folder / name))
    Seat("x", folder / name).git("config", "ledger.branch", "main")
    return replace(shepherd, seat=Seat("shepherd", folder / name))


def test_a_round_that_waits_ends_a_dead_claim_also_from_a_clone_that_is_new_each_time(
    machines: list[Machine], tmp_path: Path
) -> None:
    """The first of these jobs was stopped while it waited: its question stands unanswered for good."""
    otto, shepherd, *_ = machines
    otto.time.passes(hours=2)
    assert made_anew(shepherd, tmp_path, "stopped").shepherds() == CHALLENGE
    otto.time.passes(minutes=15)
    job = made_anew(shepherd, tmp_path, "job")
    before = otto.time.passed
    assert job.shepherds("--wait") == [*CHALLENGE, *ENDED]
    assert (job.holder(ITEM), otto.time.passed - before) == (None, timedelta(minutes=10))


def test_a_round_that_waits_leaves_who_answers_meanwhile_and_asks_nobody_else(
    machines: list[Machine],
) -> None:
    otto, shepherd, other, wanter = machines
    wanter.seat.files("CMB", "Another")
    wanter.ok("claim", "CMB-0002")
    otto.time.passes(hours=1, minutes=55)
    wanter.ok("note", "CMB-0002", "at work")
    otto.time.passes(minutes=5)

    def meanwhile() -> None:
        otto.ok("alive")
        wanter.time.passes(hours=2)

    shepherd.meanwhile = meanwhile
    assert shepherd.shepherds("--wait") == CHALLENGE
    assert (shepherd.holder(ITEM), other.holder("CMB-0002")) == ("otto", "wanter")


def test_a_round_whose_clock_is_set_while_it_waits_ends_nothing(machines: list[Machine]) -> None:
    otto, shepherd, *_ = machines
    otto.time.passes(hours=2)
    shepherd.meanwhile = lambda: steps_ahead(shepherd)
    assert (shepherd.shepherds("--wait"), shepherd.holder(ITEM)) == (CHALLENGE, "otto")


def test_a_round_that_asked_says_what_ends_the_claim_and_a_clone_that_cannot_says_so(
    machines: list[Machine], tmp_path: Path
) -> None:
    otto, shepherd, *_ = machines
    otto.time.passes(hours=2)
    asked = shepherd.run("drift", "--fix")
    assert "`git ledger drift --fix` in this clone ends" in asked.err
    otto.time.passes(minutes=11)
    again = made_anew(shepherd, tmp_path, "again").run("drift", "--fix")
    assert "whose grace was over at" in again.out and "`git ledger drift --fix --wait`" in again.out
    assert again.code == 1


def test_waiting_is_for_what_is_asked(machines: list[Machine]) -> None:
    assert machines[0].refused("drift", "--wait")["kind"] == "usage"


def test_a_seat_that_wants_a_ticket_asks_waits_and_takes_it(machines: list[Machine]) -> None:
    otto, _, _, wanter = machines
    early = wanter.refused("claim", ITEM, "--challenge")
    assert (early["kind"], early["holder"]["seat"]) == ("held", "otto")
    assert "silent for 2h" in early["hint"]
    otto.time.passes(hours=2)
    asked = wanter.refused("claim", ITEM, "--challenge")
    assert (asked["kind"], asked["ask_again_s"], asked["challenge"]["seat"]) == ("held", 600, "wanter")
    otto.time.passes(minutes=5)
    assert wanter.refused("claim", ITEM, "--challenge")["ask_again_s"] == 300
    asking = [one for one in otto.ok("show", ITEM)["history"] if "challenged by" in one["effect"]]
    assert len(asking) == 1
    otto.time.passes(minutes=6)
    assert wanter.ok("claim", ITEM, "--challenge")["claimed"] is True
    assert wanter.holder(ITEM) == "wanter"


def test_a_seat_that_wants_a_ticket_does_not_get_it_from_a_holder_that_answers(
    machines: list[Machine],
) -> None:
    otto, _, _, wanter = machines
    otto.time.passes(hours=2)
    wanter.refused("claim", ITEM, "--challenge")
    otto.ok("alive")
    otto.time.passes(minutes=11)
    assert wanter.refused("claim", ITEM, "--challenge")["kind"] == "held"
    assert wanter.holder(ITEM) == "otto"
    assert otto.ok("claim", ITEM, "--challenge")["claimed"] is True


def offered(machines: list[Machine]) -> None:
    otto, *_ = machines
    otto.ok("handoff", ITEM, "--to", "shepherd", "--why", "yours")
    machines[1].ok("claim", ITEM)


def gated(machines: list[Machine]) -> None:
    otto, *_ = machines
    otto.ok("append", "--reserve", "CMB", "--subject", "First")
    otto.ok("amend", ITEM, "--after", "CMB-0002", "--why", "first that")


def beyond_wip(machines: list[Machine]) -> None:
    *_, wanter = machines
    wanter.ok("append", "--reserve", "CMB", "--subject", "Other work")
    wanter.ok("claim", "CMB-0002")


@pytest.mark.parametrize(
    ("why", "kind"), [(offered, "illegal-move"), (gated, "gate-not-open"), (beyond_wip, "findings")]
)
def test_nobody_is_asked_for_a_ticket_that_would_then_be_refused(
    machines: list[Machine], why: Callable[[list[Machine]], None], kind: str
) -> None:
    otto, _, _, wanter = machines
    why(machines)
    otto.time.passes(hours=3)
    posts = len(otto.ok("log")["posts"])
    assert wanter.refused("claim", ITEM, "--challenge")["kind"] == kind
    assert len(otto.ok("log")["posts"]) == posts


def test_a_ticket_that_is_free_is_claimed_without_a_question(machines: list[Machine]) -> None:
    otto, _, _, wanter = machines
    otto.ok("release", ITEM, "--why", "full")
    assert wanter.ok("claim", ITEM, "--challenge")["claimed"] is True


def test_a_shepherd_s_round_does_not_speak_for_the_seat_that_it_runs_as(machines: list[Machine]) -> None:
    """Cron runs the round in the name of a seat whose agent is gone: its claim ends like any other."""
    otto, *_ = machines
    otto.time.passes(hours=3)
    assert otto.shepherds() == CHALLENGE
    otto.time.passes(minutes=11)
    assert otto.shepherds() == ENDED


def test_alive_on_a_ticket_of_another_is_refused(machines: list[Machine]) -> None:
    *_, wanter = machines
    assert wanter.refused("alive", ITEM)["kind"] == "not-the-holder"


@pytest.mark.parametrize(
    "ahead", [FAR[0], *(pytest.param(ahead, marks=pytest.mark.slow) for ahead in FAR[1:])], ids=str
)
def test_the_guard_refuses_to_ask_a_living_holder_early(
    machines: list[Machine], tmp_path: Path, ahead: timedelta
) -> None:
    """Its clock is right, and the shepherd's is ahead: the question does not even land."""
    otto, shepherd, *_ = machines
    assert plainly(tmp_path, "guard", "install", str(tmp_path / "remote.git")).code == 0
    shepherd.ahead = ahead
    ran = shepherd.run("drift", "--fix")
    assert (ran.code, "premature-challenge" in ran.err) == (4, True)
    assert "challenge" not in otto.ok("show", ITEM)


@wrong(-FAR[0])
def test_behind_the_guard_too_the_living_answer_and_the_dead_are_ended(
    machines: list[Machine], tmp_path: Path, ahead: timedelta
) -> None:
    """The holder's clock is wrong and the guard's is right; for a claim_ttl of no time at all.

    The guard counts the grace from when it let the challenge in, by its own clock: until then it refuses.
    """
    otto, shepherd, *_ = machines
    path = otto.seat.path / "feed" / "ledger.yaml"
    otto.seat.git("pull", "-q", "origin", "main")
    path.write_text("claim_ttl: 1ms\nclaim_grace: 1s\n")
    otto.seat.git("add", "feed")
    otto.seat.git("commit", "-q", "-m", "settings")
    otto.seat.git("push", "-q", "origin", "HEAD:main")
    assert plainly(tmp_path, "guard", "install", str(tmp_path / "remote.git")).code == 0
    otto.ahead = ahead
    otto.ok("note", ITEM, "my clock was set")
    shepherd.shepherds()
    otto.ok("turn", "open")
    otto.time.passes(seconds=2)
    shepherd.run("drift", "--fix")
    assert shepherd.holder(ITEM) == "otto"

    def is_ended() -> bool:
        otto.time.passes(seconds=2)
        shepherd.run("drift", "--fix")
        return shepherd.holder(ITEM) is None

    eventually(is_ended)


def test_taking_a_ticket_from_a_silent_holder_is_repeated_safely(machines: list[Machine]) -> None:
    """The release and the claim landed together, and the answer was lost."""
    otto, _, _, wanter = machines
    otto.time.passes(hours=3)
    wanter.refused("claim", ITEM, "--challenge")
    otto.time.passes(minutes=11)
    words = ("claim", ITEM, "--challenge", "--intent", "00000000000000aa")
    assert wanter.ok(*words) == wanter.ok(*words)
