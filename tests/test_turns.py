"""A seat that finishes goes on: the incidents of seats that stopped beside work, and how turns end."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ledger.store.git.process import _FIXED
from tests.fleet import Seat, fleet, standing
from tests.gitrun import commit_file


def camber(folder: Path) -> list[Seat]:
    """CAMBER-10 has finished CMB-0001 and filed three tickets from it; CAMBER-03 is in a clone beside it."""
    ten, three = fleet(folder, "CAMBER-10", "CAMBER-03")
    ten.files("CMB", "Redline cards")
    ten.ok("claim", "CMB-0001")
    for subject, priority in (("Wrong key", "NORMAL"), ("Call over midnight", "LOW"), ("Colours", "NORMAL")):
        ten.files("CMB", subject, "--parent", "CMB-0001", "--priority", priority)
    three.files("CMB", "Something urgent", "--priority", "HIGH")
    ten.ok("done", "CMB-0001")
    return [ten, three]


@pytest.fixture
def seats(tmp_path: Path) -> list[Seat]:
    return standing(camber, tmp_path)


def closes(seat: Seat, *words: str, code: int = 0) -> dict[str, Any]:
    ran = seat.run("turn", "close", *words, "--json")
    assert ran.code == code, ran.out + ran.err
    return dict(ran.json)


def items(told: dict[str, Any]) -> list[str]:
    return [one["item"] for one in told["triggers"]]


def test_7_done_is_a_pivot_and_not_a_stop(seats: list[Seat]) -> None:
    """Finished, three filed from it: the close names them first, until somebody else takes one."""
    ten, three = seats
    told = closes(ten, code=10)
    assert items(told) == ["CMB-0002", "CMB-0004", "CMB-0003", "CMB-0005"]
    assert (told["may_end"], told["verified"]) == (False, True)
    assert told["triggers"][0] == {
        "item": "CMB-0002",
        "priority": "NORMAL",
        "warmth": 3,
        "subject": "Wrong key",
        "command": "git ledger claim CMB-0002",
    }
    three.ok("claim", "CMB-0002")
    assert items(closes(ten, code=10)) == ["CMB-0004", "CMB-0003", "CMB-0005"]
    assert closes(ten, "--claim")["claimed"]["item"] == "CMB-0004"
    assert three.queue()["CMB-0004"]["holder"]["seat"] == "CAMBER-10"
    told = closes(ten)
    assert (told["may_end"], told["why"]) == (True, "CAMBER-10 holds CMB-0004 and may hold 1")
    assert told["mine"][0]["item"] == "CMB-0004"


def test_8_done_and_dark_is_found_and_the_nudge_names_the_three(seats: list[Seat]) -> None:
    ten, three = seats
    ten.ok("claim", "CMB-0005")
    assert not [
        one for one in three.run("drift", "--json").json["findings"] if one["rule"] == "done-and-dark"
    ]
    ten.ok("done", "CMB-0005")
    ten.git("pull", "-q")
    commit_file(ten.path, "feed/ledger.yaml", "dark_after: 1ms\n")
    ten.git("push", "-q", "origin", "HEAD:main")
    (found,) = [
        one for one in three.run("drift", "--json").json["findings"] if one["rule"] == "done-and-dark"
    ]
    assert "CMB-0002, CMB-0004, CMB-0003" in found["message"]
    assert three.run("drift", "--fix").code == 0, "a warning, as no schedule drives CAMBER-10"
    (note,) = [one for one in ten.ok("turn", "open")["mine"] if one["about"] == "note"]
    assert "CMB-0002, CMB-0004, CMB-0003 (done-and-dark)" in note["body"]
    commit = three.ok("queue")["as_of"]["commit"]
    three.run("drift", "--fix")
    assert three.ok("queue")["as_of"]["commit"] == commit


def test_9_a_gate_lets_the_turn_end_until_it_opens(tmp_path: Path) -> None:
    four, one = fleet(tmp_path, "CAMBER-04", "CAMBER-01")
    one.files("CMB", "First", "--owner", "CAMBER-01")
    one.files("CMB", "Then", "--owner", "CAMBER-04", "--after", "CMB-0001")
    told = closes(four)
    assert "1 meant for another seat, 1 behind a gate" in told["why"]
    one.ok("claim", "CMB-0001")
    one.ok("done", "CMB-0001")
    assert items(closes(four, code=10)) == ["CMB-0002"]


def test_opening_a_turn_says_what_there_is(seats: list[Seat]) -> None:
    ten, three = seats
    three.ok("note", "CMB-0002", "the key is in calls.py", "--to", "CAMBER-10")
    ran = ten.run("turn", "open")
    assert ran.code == 0
    assert '  CMB-0002: "CAMBER-03" wrote at ' in ran.out and "the key is in calls.py" in ran.out
    assert '  CMB-0003: AWAITING_CLAIM, filed by this seat from CMB-0001: "Call over midnight"' in ran.out
    assert ran.out.endswith("`git ledger claim CMB-0002` takes the first\n")
    assert ten.ok("turn", "open")["mine"][0]["item"] == "CMB-0002"


def test_a_close_that_cannot_read_the_remote_says_so(seats: list[Seat]) -> None:
    ten, _ = seats
    ten.ok("turn", "open")
    ten.git("remote", "set-url", "origin", "/nowhere/at/all")
    for words in (
        ("close",),
        ("close", "--claim"),
        ("close", "--offline"),
        ("close", "--claim", "--offline"),
    ):
        error = ten.refused("turn", *words)
        assert (error["exit"], error["verified"]) == (4, False), words
        assert "unverified" in error["message"]
    known = ten.ok("turn", "open", "--offline")
    assert known["verified"] is False and items(known)[0] == "CMB-0002"
    assert ten.refused("turn", "open")["exit"] == 4


def test_a_close_repeated_with_its_nonce_takes_no_second_ticket(seats: list[Seat]) -> None:
    ten, _ = seats
    ten.ok("boot", "--wip", "3")
    nonce = ("--intent", "9c1e07a25b6d4f10")
    first = closes(ten, "--claim", *nonce)
    again = closes(ten, "--claim", *nonce)
    assert first["claimed"]["item"] == again["claimed"]["item"] == "CMB-0002"
    assert len([one for one in ten.queue().values() if one["state"] == "CLAIMED"]) == 1


def test_retire_says_what_is_left(seats: list[Seat]) -> None:
    """What it held is given back, and is among it."""
    ten, _ = seats
    ten.ok("claim", "CMB-0003")
    said = ten.run("retire").err
    assert "left: 4 tickets claimable for CAMBER-10, CMB-0005 first" in said
    assert closes(ten)["why"] == "CAMBER-10 retired and has not booted since"
    assert ten.refused("claim", "CMB-0002")["kind"] == "findings"


def test_a_wrapped_seat_goes_on_until_nothing_is_left(
    seats: list[Seat], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its command takes and finishes one ticket each time it is run; the turn goes on while there is one."""
    ten, three = seats
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    monkeypatch.chdir(ten.path)
    works = "import json, subprocess, sys\nledger = [sys.executable, '-m', 'ledger']\n"
    works += "took = subprocess.run([*ledger, 'turn', 'close', '--claim', '--json'], stdout=-1).stdout\n"
    works += "subprocess.run([*ledger, 'done', json.loads(took)['claimed']['item']], check=True)\n"
    ran = ten.run("turn", "run", "--json", "--", sys.executable, "-c", works)
    assert (ran.code, ran.json["may_end"], ran.json["why"]) == (0, True, "no ticket awaits a claim")
    assert {one["state"] for one in three.queue().values()} == {"DONE"}


def test_a_wrapped_seat_stops_in_the_end_and_leaves_word(seats: list[Seat]) -> None:
    ten, three = seats
    script = 'printf "%s\\n" "$1" "$LEDGER_SEAT" >> said'
    words = (
        "turn",
        "run",
        "--runs",
        "2",
        "--",
        "sh",
        "-c",
        f"cd {ten.path}; {script}",
        "sh",
        "turn: {{TURN}}",
    )
    assert ten.run(*words).code == 10
    said = (ten.path / "said").read_text()
    assert said.count("turn: ") == 2 and said.count("CAMBER-10\n") == 2
    assert said.count("`git ledger claim CMB-0002` takes the first") == 2
    note = three.ok("log")["posts"][0]
    assert (note["kind"], note["seat"]) == ("note", "CAMBER-10")
    assert note["body"].endswith("(its command ran 2 times): CMB-0002, CMB-0004, CMB-0003, CMB-0005")
    assert ten.run(*words).code == 10
    assert three.ok("log")["posts"][0]["post"] == note["post"]


def test_a_command_that_fails_is_not_run_again(seats: list[Seat]) -> None:
    ten, _ = seats
    ran = ten.run("turn", "run", "--", "sh", "-c", "exit 7")
    assert ran.code == 7 and "ended with status 7" in ran.err
    ran = ten.run("turn", "run", "--", "no-such-command")
    assert ran.code == 2 and '"no-such-command" cannot be started' in ran.err


def test_a_wrapped_command_has_the_variables_of_who_wrapped_it(seats: list[Seat]) -> None:
    """And none by which we keep our own git quiet: no editor, and plain C for its letters."""
    names = [*_FIXED, "PATH", "LEDGER_SEAT"]
    script = f"import os; print([os.environ.get(name) for name in {names}])"
    kept = {name: value for name, value in os.environ.items() if name not in _FIXED}
    command = seats[0].command("turn", "run", "--runs", "1", "--", sys.executable, "-c", script)
    ran = subprocess.run(command, env=kept | {"LC_ALL": "C.UTF-8"}, capture_output=True, text=True)
    wanted = {"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"], "LEDGER_SEAT": "CAMBER-10"}
    assert ran.stdout.splitlines()[0] == str([wanted.get(name) for name in names])


def test_where_no_lock_can_be_kept_nothing_is_wrapped(seats: list[Seat], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = seats[0].spawn("turn", "run", "--", "echo", "ran", env={"XDG_STATE_HOME": str(tmp_path / "file")})
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.endswith("hint: set XDG_STATE_HOME to a folder of this user\n")


def test_one_seat_is_wrapped_once_on_a_machine(seats: list[Seat]) -> None:
    ten, three = seats
    held = ten.path / "held"
    os.mkfifo(held)
    first = ten.start("turn", "run", "--runs", "1", "--", "sh", "-c", f"echo there; cat {held}")
    assert first.stdout is not None and first.stdout.readline() == b"there\n"
    elsewhere = Seat("CAMBER-10", three.path)
    refused = elsewhere.run("turn", "run", "--json", "--", "true")
    assert (refused.code, refused.json["error"]["kind"]) == (3, "wrapped")
    assert three.run("turn", "run", "--runs", "1", "--", "true").code == 10
    held.write_text("")
    assert first.wait() == 10
    first.communicate()
    assert elsewhere.run("turn", "run", "--runs", "1", "--", "true").code == 10


def test_who_ends_the_wrapper_ends_what_it_wraps(seats: list[Seat]) -> None:
    """Else a second wrapper would start a second agent beside the first."""
    ten, _ = seats
    wrapper = ten.start("turn", "run", "--", "sh", "-c", "echo $$; exec sleep 1000")
    assert wrapper.stdout is not None
    agent = int(wrapper.stdout.readline())
    wrapper.terminate()
    assert wrapper.wait() == 128 + signal.SIGTERM
    wrapper.communicate()
    with pytest.raises(ProcessLookupError):
        os.kill(agent, 0)


def test_a_wrapper_that_shall_outlive_its_terminal_does(seats: list[Seat]) -> None:
    """As `nohup` starts it: a signal that is ignored is not handed on."""
    held = seats[0].path / "held"
    os.mkfifo(held)
    agent = f"echo there; read word < {held}; echo $word"
    words = seats[0].command("turn", "run", "--runs", "1", "--", "sh", "-c", agent)
    command = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as wrapper:
        assert wrapper.stdout is not None and wrapper.stdout.readline() == b"there\n"
        wrapper.send_signal(signal.SIGHUP)
        with held.open("r+b", buffering=0) as told:  # for both, so that nobody waits for the other
            told.write(b"went on\n")
            assert wrapper.communicate()[0].startswith(b"went on\n")
    assert wrapper.returncode == 10


def test_a_command_that_ends_well_when_told_to_end_is_not_run_again(seats: list[Seat]) -> None:
    agent = 'sleep 1000 >/dev/null 2>&1 & trap "kill $!; exit 0" HUP; echo there; wait'
    wrapper = seats[0].start("turn", "run", "--", "sh", "-c", agent)
    assert wrapper.stdout is not None and wrapper.stdout.readline() == b"there\n"
    wrapper.send_signal(signal.SIGHUP)
    assert wrapper.communicate()[0] == b""
    assert wrapper.returncode == 128 + signal.SIGHUP


@pytest.mark.parametrize(
    "words",
    [
        ("shut",),
        ("open", "--claim"),
        ("close", "now"),
        ("run",),
        ("open", "--runs", "2"),
        ("run", "--claim", "x"),
    ],
)
def test_what_is_no_command_line_of_turn(words: tuple[str, ...], seats: list[Seat]) -> None:
    assert seats[0].refused("turn", *words)["exit"] == 2


def test_what_a_post_says_cannot_act_on_the_terminal(seats: list[Seat]) -> None:
    ten, three = seats
    three.writes(kind="note", to=("CAMBER-10",), body="\x1b[31mred")
    three.forces()
    assert "\x1b" not in ten.run("turn", "open").out
    told = ten.run("turn", "open", "--json").out
    assert "\x1b" not in told and json.loads(told)["mine"][0]["body"] == "\x1b[31mred"
