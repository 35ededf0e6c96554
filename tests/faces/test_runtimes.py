"""The hooks of runtimes: what each gives on stdin, and exactly what it is answered."""

import io
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ledger.app.hook.events import judge_and_keep_stop
from ledger.core.errors import LedgerError
from ledger.core.queue.stop_policy import MOST_BLOCKS, StopMemory
from ledger.core.text import QUOTED
from ledger.faces.boundary import run_harmless
from ledger.faces.context import make_effects
from ledger.faces.hook import answer_hook
from ledger.faces.runtimes import RUNTIMES, find_runtime
from ledger.store.clone.sessions import KEPT_SECONDS, Sessions
from tests.faces.envs import Said, env_at, run_at, said_by
from tests.fleet import Seat, clone, fleet, standing
from tests.gitrun import commit_file, git, new_repository
from tests.machines import Machine, Time
from tests.store.stores import eventually

ROOT = Path(__file__).parents[2]
FOLLOW_ONS = """\
reserve: CMB
subject: Cards after midnight
priority: HIGH
parent: CMB-0092
body: Two groups for one call.
---
reserve: CMB
subject: Cards of two calls
priority: HIGH
parent: CMB-0092
---
reserve: CMB
subject: Cards without a call
priority: HIGH
parent: CMB-0092
"""
FIRST = '  CMB-0095  HIGH      warmth 3  "Cards after midnight"\n'
TOLD = """\
3 tickets claimable for CAMBER-10, CMB-0095 first
  CMB-0095  HIGH      warmth 3  "Cards after midnight"
  CMB-0096  HIGH      warmth 3  "Cards of two calls"
  CMB-0097  HIGH      warmth 3  "Cards without a call"
`git ledger claim CMB-0095` takes the first"""
REASON = f"""\
{QUOTED}
{TOLD}
`git ledger turn close --claim` takes the best that can be won;
`git ledger decline ID --why TEXT` says of one why this seat will not."""
FACTS = f"""\
The queue of git-ledger in this repository, for the seat CAMBER-10:
{QUOTED}
of CAMBER-10:
  CMB-0095: AWAITING_CLAIM, filed by this seat from CMB-0092: "Cards after midnight"
  CMB-0096: AWAITING_CLAIM, filed by this seat from CMB-0092: "Cards of two calls"
  CMB-0097: AWAITING_CLAIM, filed by this seat from CMB-0092: "Cards without a call"
{TOLD.replace(FIRST, FIRST + "    | Two groups for one call." + chr(10))}"""


def built(folder: Path) -> list[Seat]:
    """CAMBER-10 finished CMB-0092 and filed three tickets from it; CAMBER-03 is another clone."""
    camber, other = seats = fleet(folder, "CAMBER-10", "CAMBER-03")
    camber.raises_tip("CMB", 91)
    camber.files("CMB", "Redline cards", "--state", "CLAIMED")
    camber.ok("done", "CMB-0092")
    camber.raises_tip("CMB", 94)
    camber.ok("append", "--batch", "-", stdin=FOLLOW_ONS.encode())
    for one in seats:
        one.git("config", "ledger.seat", one.name)
    other.ok("queue")
    return seats


@pytest.fixture
def seats(tmp_path: Path) -> list[Seat]:
    return standing(built, tmp_path)


def called(*words: str, given: object, at: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a hook as a runtime does: a process in some folder, a document on stdin."""
    here = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    text = given if isinstance(given, str) else json.dumps(given)
    command = [sys.executable, "-m", "ledger", "hook", *words]
    return subprocess.run(command, input=text, capture_output=True, text=True, cwd=at, env=here, check=False)


def answered(*words: str, given: Mapping[str, Any], at: Path, **env: str) -> dict[str, Any]:
    """The one object that a hook answers, which must be all that it says."""
    ran = called(*words, given=given, at=at, **env)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.count("\n") == 1
    answer = json.loads(ran.stdout)
    assert isinstance(answer, dict)
    return answer


def quickly(folder: Path, stdin: bytes, *words: str) -> Said:
    """Run a hook in this process, in a folder."""
    env = env_at(folder, stdin)
    return said_by(env, run_harmless(env.out, env.err, lambda: answer_hook(words, env, folder, None)))


def stop_of(seat: Seat, session: str = "s1") -> dict[str, Any]:
    """Stop a session of Claude Code in a seat's clone."""
    said = quickly(seat.path, json.dumps(CLAUDE | {"session_id": session}).encode(), "claude", "stop")
    assert (said.code, said.err) == (0, "")
    answer = json.loads(said.out)
    assert isinstance(answer, dict)
    return answer


CLAUDE = {
    "session_id": "s1",
    "transcript_path": "/home/x/.claude/projects/p/s1.jsonl",
    "permission_mode": "default",
    "hook_event_name": "Stop",
    "stop_hook_active": False,
    "last_assistant_message": "Done; three tickets are still unclaimed.",
}
CODEX = {
    "hook_event_name": "Stop",
    "model": "m",
    "permission_mode": "default",
    "session_id": "s1",
    "stop_hook_active": False,
    "turn_id": "t1",
    "last_assistant_message": None,
    "transcript_path": None,
}
GEMINI = {
    "session_id": "s1",
    "transcript_path": "/home/x/.gemini/tmp/chats/s1.json",
    "hook_event_name": "AfterAgent",
    "timestamp": "2026-11-20T03:38:57Z",
    "prompt": "go on",
    "prompt_response": "done",
    "stop_hook_active": False,
}
COPILOT = {"sessionId": "s1", "timestamp": 1795145937000, "stopReason": "end_turn", "stop_hook_active": False}
CURSOR = {
    "conversation_id": "s1",
    "generation_id": "g1",
    "hook_event_name": "stop",
    "status": "completed",
    "loop_count": 0,
}
START = {"session_id": "s1", "hook_event_name": "SessionStart", "source": "startup"}


@dataclass(frozen=True)
class Row:
    """What one runtime gives at a stop, beside where it is, and at a start; and what it is answered."""

    stop: Mapping[str, Any]
    blocked: Mapping[str, Any]
    start: Mapping[str, Any]
    context: Mapping[str, Any]
    place: Callable[[Path], Mapping[str, Any]] = lambda path: {"cwd": str(path)}


BLOCKED = {"decision": "block", "reason": REASON}
CONTEXT = {"hookSpecificOutput": {"hookEventName": "SessionStart", "additionalContext": FACTS}}
ROWS = {
    "claude": Row(CLAUDE, BLOCKED, START, CONTEXT),
    "codex": Row(CODEX, BLOCKED, START | {"transcript_path": None}, CONTEXT),
    "gemini": Row(GEMINI, BLOCKED, START | {"timestamp": "2026-11-20T03:38:57Z"}, CONTEXT),
    "copilot": Row(COPILOT, BLOCKED, {"sessionId": "s1", "source": "new"}, {"additionalContext": FACTS}),
    "cursor": Row(
        CURSOR,
        {"followup_message": REASON},
        {"conversation_id": "s1", "session_id": "s1", "hook_event_name": "sessionStart"},
        {"additional_context": FACTS},
        place=lambda path: {"workspace_roots": [str(path)]},
    ),
}


def test_every_runtime_has_a_row() -> None:
    assert tuple(ROWS) == RUNTIMES
    assert [find_runtime(name).name for name in RUNTIMES] == list(RUNTIMES)


@pytest.mark.parametrize("name", ROWS)
def test_a_stop_beside_claimable_work_goes_on_once(name: str, seats: list[Seat], tmp_path: Path) -> None:
    row = ROWS[name]
    given = {**row.stop, **row.place(seats[0].path)}
    assert answered(name, "stop", given=given, at=tmp_path) == row.blocked
    assert answered(name, "stop", given=given, at=tmp_path) == {}


@pytest.mark.parametrize("name", ROWS)
def test_a_start_says_what_there_is(name: str, seats: list[Seat], tmp_path: Path) -> None:
    row = ROWS[name]
    given = {**row.start, **row.place(seats[0].path)}
    assert answered(name, "start", given=given, at=tmp_path) == row.context
    assert len(FACTS) < 8000


def test_the_folder_of_the_process_serves_where_none_is_given(seats: list[Seat]) -> None:
    assert answered("claude", "stop", given=CLAUDE | {"cwd": None}, at=seats[0].path) == BLOCKED


def test_options_may_stand_before_the_command(seats: list[Seat], tmp_path: Path) -> None:
    ran = seats[0].run("hook", "claude", "stop", stdin=json.dumps(CLAUDE).encode())
    assert (ran.code, ran.json, ran.err) == (0, BLOCKED, "")


def test_each_seat_and_each_session_is_told(seats: list[Seat]) -> None:
    camber, other = seats
    assert stop_of(camber) == stop_of(camber, "s2") == BLOCKED
    assert stop_of(other)["reason"].startswith(f"{QUOTED}\n3 tickets claimable for CAMBER-03")
    assert stop_of(camber) == stop_of(camber, "s2") == stop_of(other) == {}


@pytest.mark.parametrize(
    ("name", "key"), [("codex", "session_id"), ("copilot", "sessionId"), ("cursor", "conversation_id")]
)
def test_a_session_is_known_by_the_name_that_its_runtime_gives_it(
    name: str, key: str, seats: list[Seat]
) -> None:
    def stop(session: str) -> str:
        given = json.dumps({**ROWS[name].stop, key: session}).encode()
        return quickly(seats[0].path, given, name, "stop").out

    assert stop("one") == stop("two") != "{}\n"
    assert stop("one") == "{}\n"


def test_a_cursor_that_was_stopped_by_hand_stays_stopped(seats: list[Seat]) -> None:
    for status in ("aborted", "error"):
        given = json.dumps(CURSOR | {"status": status}).encode()
        assert quickly(seats[0].path, given, "cursor", "stop") == Said(0, "{}\n", "")


# What happened, and what must happen instead


def test_incident_7_a_peer_takes_one_and_two_are_left(seats: list[Seat]) -> None:
    camber, other = seats
    assert stop_of(camber) == BLOCKED
    other.ok("claim", "CMB-0095")
    assert f"{QUOTED}\n2 tickets claimable for CAMBER-10, CMB-0096 first\n" in stop_of(camber)["reason"]
    assert stop_of(camber) == {}


def test_who_ignores_a_block_is_let_go_and_the_feed_says_so(seats: list[Seat]) -> None:
    camber, other = seats
    assert stop_of(camber) == BLOCKED
    assert stop_of(camber) == stop_of(camber) == {}
    (note,) = other.ok("log", "--kind", "note")["posts"]
    assert (note["seat"], note["body"].partition(": ")[2]) == ("CAMBER-10", "CMB-0095, CMB-0096, CMB-0097")


def test_incident_9_a_gate_lets_the_turn_end_until_it_opens(seats: list[Seat]) -> None:
    camber, other = seats
    for item in ("CMB-0096", "CMB-0097"):
        other.ok("park", item, "--why", "later")
    other.ok("claim", "CMB-0095")
    other.files("CMB", "Waits", "--after", "CMB-0095", "--owner", "CAMBER-10")
    assert stop_of(camber) == {}
    other.ok("done", "CMB-0095")
    assert f"{QUOTED}\n1 ticket claimable for CAMBER-10, CMB-0098 first\n" in stop_of(camber)["reason"]


def test_a_claim_taken_at_the_close_begins_work(seats: list[Seat]) -> None:
    camber = seats[0]
    camber.ok("turn", "close", "--claim")
    reason = stop_of(camber)["reason"]
    assert reason.startswith(f"{QUOTED}\nCMB-0095 is held since ")
    assert reason.splitlines()[2:] == [
        "`git ledger note CMB-0095 TEXT` says how it goes, `git ledger done CMB-0095` closes it."
    ]
    assert stop_of(camber) == {}
    camber.ok("note", "CMB-0095", "halfway")
    assert stop_of(camber) == stop_of(camber, "s2") == {}


def test_in_the_end_it_lets_go_and_leaves_one_note(seats: list[Seat]) -> None:
    camber, other = seats
    memory = Sessions(camber.path / ".git")
    memory.save_memory(StopMemory(blocks=MOST_BLOCKS, claims=1), time.time(), "claude", "s1", "CAMBER-10")
    assert stop_of(camber) == {}
    other.ok("claim", "CMB-0095")
    assert stop_of(camber) == {}
    (note,) = camber.ok("log", "--kind", "note")["posts"]
    assert note["body"].startswith("CAMBER-10 ended its turn beside claimable work")
    assert note["body"].endswith(": CMB-0095, CMB-0096, CMB-0097")


# What is wrong, and holds nothing up


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"null",
        b"[]",
        b'"stop"',
        b'{"session_id": "s1"',
        b'{"session_id": "\xff"}',
        b"[" * 100_000,
        b'{"a": "' + b"x" * (5 << 20) + b'"}',
    ],
    ids=["empty", "null", "list", "text", "cut off", "no UTF-8", "deep", "huge"],
)
def test_a_document_that_is_none_ends_the_turn(given: bytes, seats: list[Seat]) -> None:
    assert quickly(seats[0].path, given, "claude", "stop") == Said(0, "{}\n", "")


@pytest.mark.parametrize(
    "given",
    [{}, {"new": {"key": 1}}, {"session_id": None, "cwd": None, "stop_hook_active": None}, {"session_id": 7}],
)
def test_keys_that_are_missing_odd_or_new_do_not_matter(given: object, seats: list[Seat]) -> None:
    said = quickly(seats[0].path, json.dumps(given).encode(), "claude", "stop")
    assert (said.code, json.loads(said.out), said.err) == (0, BLOCKED, "")


def no_seat(seat: Seat) -> Path:
    seat.git("config", "--unset", "ledger.seat")
    return seat.path


def no_repository(seat: Seat) -> Path:
    shutil.rmtree(seat.path / ".git")
    return seat.path


def bare(seat: Seat) -> Path:
    return seat.path.parent / "remote.git"


def no_folder(seat: Seat) -> Path:
    return seat.path / "gone"


def no_feed(seat: Seat) -> Path:
    """Neither on the remote nor ever seen in this clone."""
    git(bare(seat), "update-ref", "-d", "refs/heads/main")
    fresh = clone(bare(seat), seat.path.parent / "fresh", seat.name)
    fresh.git("config", "ledger.seat", seat.name)
    return fresh.path


def broken(seat: Seat) -> Path:
    """Every object of the clone is gone."""
    shutil.rmtree(seat.path / ".git" / "objects")
    (seat.path / ".git" / "objects").mkdir()
    return seat.path


def broken_config(seat: Seat) -> Path:
    (seat.path / ".git" / "config").write_text("[ledger\n")
    return seat.path


def unreachable(seat: Seat) -> Path:
    seat.git("remote", "set-url", "origin", str(seat.path / "nowhere.git"))
    return seat.path


def ambiguous(seat: Seat) -> Path:
    seat.git("config", "ledger.remote", "nobody")
    return seat.path


def no_memory(seat: Seat) -> Path:
    """Where nothing can be remembered, nothing is blocked: it would be for ever."""
    folder = seat.path / ".git" / "ledger"
    folder.mkdir(exist_ok=True)
    (folder / "sessions").write_text("")
    return seat.path


Harm = Callable[[Seat], Path]


@pytest.mark.parametrize("event", ["start", "stop"])
@pytest.mark.parametrize("harm", [no_seat, no_repository, broken_config, bare, no_folder, no_feed])
def test_outside_a_ledger_it_is_silent(harm: Harm, event: str, seats: list[Seat]) -> None:
    given = json.dumps(CLAUDE | {"cwd": str(harm(seats[0]))}).encode()
    assert quickly(seats[0].path.parent, given, "claude", event) == Said(0, "{}\n", "")


@pytest.mark.parametrize("event", ["start", "stop"])
@pytest.mark.parametrize("harm", [broken, unreachable, ambiguous])
def test_what_is_broken_ends_the_turn_and_says_one_line(harm: Harm, event: str, seats: list[Seat]) -> None:
    given = json.dumps(CLAUDE | {"cwd": str(harm(seats[0]))}).encode()
    said = quickly(seats[0].path.parent, given, "claude", event)
    assert (said.code, said.out) == (0, "{}\n")
    assert said.err.startswith("git-ledger: ") and said.err.count("\n") == 1


def test_what_cannot_be_remembered_is_not_blocked(seats: list[Seat]) -> None:
    given = json.dumps(CLAUDE | {"cwd": str(no_memory(seats[0]))}).encode()
    said = quickly(seats[0].path, given, "claude", "stop")
    assert (said.code, said.out, said.err.count("\n")) == (0, "{}\n", 1)


def test_a_remote_that_does_not_answer_is_not_waited_for(seats: list[Seat], tmp_path: Path) -> None:
    seats[0].git("remote", "set-url", "origin", "ssh://host.invalid/remote.git")
    began = time.monotonic()
    given = CLAUDE | {"cwd": str(seats[0].path)}
    ran = called(
        *("claude", "stop"), given=given, at=tmp_path, GIT_SSH_COMMAND="sleep 600 #", LEDGER_HOOK_SECONDS="1"
    )
    assert time.monotonic() - began < 300
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (0, "{}\n", 1)


def test_a_stop_with_too_much_to_read_is_judged_by_what_the_clone_kept(seats: list[Seat]) -> None:
    """There is work by what is kept, so the turn goes on; and where there is none, the stop does not pass in
    silence."""
    one, two, *_ = seats
    one.ok("queue")
    two.ok("note", "--to", one.name, "look")
    stop = partial(judge_and_keep_stop, one.path, one.name, ("claude", "s1"), make_effects(), 60.0, most=0)
    assert "claimable" in (stop() or "")
    with pytest.raises(LedgerError, match="1 posts are new"):
        stop()


def test_the_next_start_tells_of_a_stop_that_was_not_judged(seats: list[Seat]) -> None:
    seat = seats[0]
    there = seat.git("config", "remote.origin.url")
    seat.git("remote", "set-url", "origin", str(seat.path / "nowhere"))
    said = quickly(seat.path, json.dumps(CLAUDE).encode(), "claude", "stop")
    assert (said.out, said.err.count("\n")) == ("{}\n", 1)
    seat.git("remote", "set-url", "origin", there)
    told = [quickly(seat.path, json.dumps(START).encode(), "claude", "start").out for _ in range(2)]
    assert ["was let go without a look at the queue" in out for out in told] == [True, False]


def test_a_runtime_that_does_not_close_stdin_is_not_waited_for(seats: list[Seat]) -> None:
    here = {**os.environ, "PYTHONPATH": str(ROOT), "LEDGER_HOOK_SECONDS": "0.5"}
    command = [sys.executable, "-m", "ledger", "hook", "claude", "stop"]
    with subprocess.Popen(
        command,
        cwd=seats[0].path,
        env=here,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.wait(timeout=300) == 0
        assert running.stdout is not None and running.stderr is not None
        assert running.stdout.read() == b"{}\n"
        assert running.stderr.read() == b"git-ledger: no answer within 0.5 seconds; this hook said nothing\n"


@pytest.mark.parametrize(
    "words",
    [(), ("claude",), ("windsurf", "stop"), ("claude", "restart"), ("--frobnicate",)],
    ids=lambda words: " ".join(words) or "nothing",
)
def test_a_command_line_that_is_wrong_never_blocks(words: tuple[str, ...], tmp_path: Path) -> None:
    ran = called(*words, given=CLAUDE, at=tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (0, "{}\n", 1)
    said = run_at(tmp_path, "-C", ".", "hook", *words)
    assert (said.code, said.out, said.err.count("\n")) == (0, "{}\n", 1)


def test_the_words_of_a_shell_do_no_harm(seats: list[Seat]) -> None:
    """A runtime that starts commands without a shell hands on every word of the line."""
    assert quickly(seats[0].path, b"{}", "claude", "stop", "||", "echo", "'{}'").out != "{}\n"


# What it remembers


def test_a_memory_that_is_damaged_counts_as_none(seats: list[Seat]) -> None:
    camber = seats[0]
    assert stop_of(camber) == BLOCKED
    (memory,) = (camber.path / ".git" / "ledger" / "sessions").iterdir()
    for text in ("", "{", "[]", '{"blocks": "many"}', '{"unknown": 1}', '{"sets": 7}'):
        memory.write_text(text)
        assert stop_of(camber) == BLOCKED, text


def test_a_new_session_ends_the_memory_of_old_ones(tmp_path: Path) -> None:
    memory, now = Sessions(tmp_path), time.time()
    memory.save_memory(StopMemory(blocks=1), now, "claude", "old", "otto")
    memory.save_memory(StopMemory(blocks=2), now + KEPT_SECONDS / 2, "claude", "new", "otto")
    assert memory.load_memory("claude", "old", "otto") == StopMemory(blocks=1)
    memory.save_memory(StopMemory(blocks=3), now + KEPT_SECONDS + 60, "claude", "newest", "otto")
    assert memory.load_memory("claude", "old", "otto") == StopMemory()
    assert memory.load_memory("claude", "newest", "otto") == StopMemory(blocks=3)


def test_other_settings_are_looked_at_anew(seats: list[Seat]) -> None:
    """What is known of the feed's place is trusted only while the settings that name it are the same."""
    camber = seats[0]
    assert stop_of(camber) == BLOCKED
    camber.git("push", "-q", "origin", "origin/main:refs/heads/elsewhere")
    camber.git("config", "ledger.branch", "elsewhere")
    camber.files("CMB", "New")
    assert f"{QUOTED}\n4 tickets claimable for CAMBER-10, " in stop_of(camber)["reason"]


def test_a_repository_without_a_remote_is_a_ledger_too(tmp_path: Path) -> None:
    repo = new_repository(tmp_path / "repo")
    commit_file(repo, "code.txt")
    git(repo, "config", "ledger.seat", "otto")
    otto = Seat("otto", repo)
    assert stop_of(otto) == {}
    otto.files("CMB", "Cards")
    assert stop_of(otto)["reason"].startswith(f"{QUOTED}\n1 ticket claimable for otto, CMB-0001 first\n")
    assert stop_of(otto) == {}


def test_the_usual_stop_imports_nothing_that_takes_long(seats: list[Seat]) -> None:
    """Beside a feed that did not move since a stop was let pass."""
    seats[0].ok("retire")
    assert stop_of(seats[0]) == {}
    program = (
        "import sys; from ledger.faces.hook import answer_process; answer_process(['claude', 'stop']); "
        "print(*sys.modules, file=sys.stderr)"
    )
    here = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=seats[0].path,
        input=json.dumps(CLAUDE),
        capture_output=True,
        text=True,
        env=here,
        check=True,
    )
    assert ran.stdout == "{}\n"
    slow = {"typer", "yaml", "pygit2", "filelock", "ledger.core.model", "ledger.app.ledger", "traceback"}
    assert slow & set(ran.stderr.split()) == set()


def test_a_terminal_is_not_read() -> None:
    class Terminal(io.BytesIO):
        def isatty(self) -> bool:
            return True

        def read(self, size: int | None = -1) -> bytes:
            raise AssertionError("it would wait for somebody to type")

    env = env_at(Path.cwd())
    typed = type(env)(env.world, env.variables, env.directory, Terminal(), env.out, env.err)
    assert said_by(typed, answer_hook(("claude", "stop"), typed, env.directory, None)).out == "{}\n"


def test_an_interrupt_holds_nothing_up(tmp_path: Path) -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    env = env_at(tmp_path)
    said = said_by(env, run_harmless(env.out, env.err, interrupted))
    assert (said.code, said.out, said.err.count("\n")) == (0, "{}\n", 1)


def tool_hook(name: str, at: Path, minute: str, path: Path, **env: str) -> str:
    """Run what a runtime runs after a tool, at a minute, with a git-ledger that only takes notes."""
    for tool, text in {"date": f"echo {minute}", "git-ledger": f'echo "$@" >>{path}/called'}.items():
        fresh = path / f"{tool}.fresh"  # what is being started cannot be written (ETXTBSY, execve(2))
        fresh.write_text(f"#!/bin/sh\n{text}\n")
        fresh.chmod(0o755)
        fresh.replace(path / tool)
    here = {**os.environ, "PATH": f"{path}:{os.environ['PATH']}", "LEDGER_SEAT": "", **env}
    command = find_runtime(name).command("tool")
    ran = subprocess.run(
        ["sh", "-c", command], input="x" * 100_000, cwd=at, env=here, text=True, capture_output=True
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


@pytest.mark.parametrize("name", RUNTIMES)
def test_after_a_tool_it_looks_once_a_minute_and_answers_an_empty_object(name: str, tmp_path: Path) -> None:
    repo, path = new_repository(tmp_path / "repo"), tmp_path / "bin"
    path.mkdir()
    called = path / "called"
    for minute in ("202611211700", "202611211700", "202611211701"):
        assert json.loads(tool_hook(name, repo, minute, path)) == {}
    eventually(lambda: called.exists() and len(called.read_text().splitlines()) == 2)
    assert set(called.read_text().splitlines()) == {f"hook {name} tool"}
    assert json.loads(tool_hook(name, tmp_path, "202611211702", path)) == {}  # no repository


def test_after_a_tool_a_challenge_is_answered_and_nothing_else_is_written(tmp_path: Path) -> None:
    otto, shepherd = (
        Machine(seat, time) for time in [Time()] for seat in fleet(tmp_path, "otto", "shepherd")
    )
    item = otto.seat.files("CMB", "Cards")
    otto.ok("claim", item)
    otto.seat.git("config", "ledger.seat", "otto")

    def uses_a_tool() -> int:
        env = otto.env(b"{}")
        code = run_harmless(
            env.out, env.err, lambda: answer_hook(["claude", "tool"], env, otto.seat.path, None)
        )
        assert (code, said_by(env, code).out) == (0, "{}\n")
        return len(shepherd.ok("log", "--kind", "note", "--seat", "otto")["posts"])

    assert uses_a_tool() == 0
    otto.time.passes(hours=3)
    assert shepherd.shepherds() == [("challenge", item)]
    assert [uses_a_tool(), uses_a_tool()] == [1, 1]
    assert "challenge" not in shepherd.ok("show", item)


@pytest.mark.parametrize("event", ["start", "stop"])
def test_a_start_and_a_stop_answer_a_challenge(event: str, tmp_path: Path) -> None:
    otto, shepherd = (
        Machine(seat, time) for time in [Time()] for seat in fleet(tmp_path, "otto", "shepherd")
    )
    item = otto.seat.files("CMB", "Cards")
    otto.ok("claim", item)
    otto.time.passes(hours=3)
    shepherd.shepherds()
    env = otto.env(json.dumps(CLAUDE).encode())
    assert (
        run_harmless(env.out, env.err, lambda: answer_hook(["claude", event], env, otto.seat.path, "otto"))
        == 0
    )
    assert "challenge" not in shepherd.ok("show", item)
