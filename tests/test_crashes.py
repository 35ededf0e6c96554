"""Writers that die or are cut off at every step: afterwards there is all of a write or nothing of it.

A `git` in front of the real one on the path counts what a writer asks of git, and at one place of the
test's choice kills the whole process group of the writer, which git's own processes are not in.
"""

import dataclasses
import io
import json
import os
import shutil
import signal
import stat
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ledger.faces.cli.main import run
from ledger.faces.context import real_env
from tests.fleet import Seat, bare_remote, clone, fleet, refs
from tests.gitrun import git, hook, waiting_for
from tests.store.servers import serving
from tests.store.stores import eventually

KILLER = """#!/bin/sh
# `$PLACE` is the number of a call, or a word of it. `$WHEN`: instead of git, while git goes on, after git.
echo "$*" >> "$CALLS"
[ "$(wc -l < "$CALLS")" = "$PLACE" ] || case " $* " in *" $PLACE "*) ;; *) exec {git} "$@" ;; esac
[ "$WHEN" = after ] && {git} "$@"
kill -9 "-$PPID"
[ "$WHEN" = during ] && {git} "$@"
: > "$CALLS.end"
"""


@dataclass(frozen=True)
class Killer:
    """The `git` that kills."""

    program: Path
    calls: Path

    @property
    def end(self) -> Path:
        """There as soon as the last process of a killed writer has ended."""
        return self.calls.with_name(f"{self.calls.name}.end")

    def kills(self, seat: Seat, place: int | str, when: str, *words: str) -> bool:
        """Run a command that is killed at a place; False when it ended before it came there.

        A writer that has read objects ends that call itself, and may be the faster: then it ends well.
        """
        self.calls.write_text("")
        self.end.unlink(missing_ok=True)
        path = f"{self.program.parent}{os.pathsep}{os.environ['PATH']}"
        env = {"PATH": path, "CALLS": str(self.calls), "PLACE": str(place), "WHEN": when}
        ended = subprocess.run(
            seat.command(*words), capture_output=True, env={**os.environ, **env}, start_new_session=True
        )
        calls = self.calls.read_text().splitlines()
        if isinstance(place, int) and len(calls) >= place and "cat-file" in calls[place - 1]:
            return True
        if ended.returncode == 0:
            return False
        assert ended.returncode == -9, ended.stderr
        eventually(self.end.exists)
        return True


@pytest.fixture
def killer(tmp_path: Path) -> Killer:
    return Killer(in_front(tmp_path, KILLER), tmp_path / "calls")


def in_front(folder: Path, script: str) -> Path:
    """A `git` of our own, in a folder for the front of the path; `{git}` in it is the real one."""
    program = folder / "bin" / "git"
    program.parent.mkdir()
    program.write_text(script.replace("{git}", str(shutil.which("git"))))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def here(seat: Seat, *words: str) -> Any:
    """Run a command in this process, which must succeed, and give its document."""
    out = io.StringIO()
    env = dataclasses.replace(real_env(), out=out, err=io.StringIO())
    code = run(["-C", str(seat.path), "--seat", seat.name, *words, "--json"], env)
    assert code == 0, out.getvalue()
    return json.loads(out.getvalue())


def posts(authority: Path, branch: str = "main") -> list[str]:
    """The paths of all posts at the tip of the feed branch."""
    return git(authority, "ls-tree", "-r", "--name-only", branch, "--", "feed/").splitlines()


def numbers(authority: Path) -> dict[int, str]:
    """Every reserved number of CMB with the nonce of its payload; the tip must be the highest."""
    listed = git(authority, "for-each-ref", "--format=%(refname)", "refs/reserve/CMB").splitlines()
    found = {one: json.loads(git(authority, "cat-file", "blob", one)) for one in listed}
    tip = found.pop("refs/reserve/CMB/tip", {"tip": 0})["tip"]
    told = {one["n"]: one["nonce"] for one in found.values()}
    assert sorted(told) == list(range(1, tip + 1))
    return told


def nonce(place: int) -> str:
    return f"{place:016x}"


APPEND = ("append", "--reserve", "CMB", "--subject", "the subject")
kills = pytest.mark.parametrize(
    ("when", "first", "step"),
    [
        *(("instead", 1, 3), ("during", 2, 3), ("after", 3, 3)),
        *(pytest.param(when, 1, 1, marks=pytest.mark.slow) for when in ("instead", "during", "after")),
    ],
)
"""A writer is killed at the first of these calls, and at each that follows it by so many steps."""


@kills
def test_killed_anywhere_in_an_append(
    when: str, first: int, step: int, killer: Killer, tmp_path: Path
) -> None:
    """The post, its reservation and the tip are all there or not at all, whichever call of git it was."""
    (seat,) = fleet(tmp_path, "seat")
    authority = tmp_path / "remote.git"
    place, count, landed = first, 1, 0
    while killer.kills(seat, place, when, *APPEND, "--intent", nonce(count)):
        there = posts(authority)
        assert len(there) == len(numbers(authority)) in (count - 1, count)
        landed += len(there) == count
        again = here(seat, *APPEND, "--intent", nonce(count))
        (post,) = again["posts"]
        assert post["item"] == f"CMB-{count:04}"
        assert posts(authority) == sorted({*there, post["path"]})
        assert numbers(authority)[count] == nonce(count)
        place, count = place + step, count + 1
    assert place > 6, killer.calls.read_text()
    assert landed > 0 or step > 1, "it was never killed between landing and answering"
    assert len(posts(authority)) == count == len(here(seat, "queue")["items"])
    assert here(seat, "drift")["findings"] == []


@kills
def test_killed_anywhere_without_a_remote(
    when: str, first: int, step: int, killer: Killer, tmp_path: Path
) -> None:
    """No working tree sees anything of it, so that the user's next commit takes nothing back."""
    (seat,) = fleet(tmp_path, "seat", branch=None)
    seat.git("remote", "remove", "origin")
    here(seat, *APPEND)
    place, count = first, 2
    while killer.kills(seat, place, when, *APPEND, "--intent", nonce(count)):
        there = posts(seat.path, "ledger")
        assert len(there) == len(numbers(seat.path)) in (count - 1, count)
        assert seat.git("status", "--porcelain") == ""
        seat.git("commit", "-q", "--allow-empty", "-am", "the user's own")
        assert posts(seat.path, "ledger") == there
        again = here(seat, *APPEND, "--intent", nonce(count))
        assert [one["item"] for one in again["posts"]] == [f"CMB-{count:04}"]
        assert len(posts(seat.path, "ledger")) == count
        place, count = place + step, count + 1
    assert place > 6, killer.calls.read_text()
    seat.git("fsck", "--strict")


@pytest.fixture
def held_back(tmp_path: Path) -> Iterator[Path]:
    """The hook of a server keeps every push until this file is there."""
    yield tmp_path / "let-go"
    (tmp_path / "let-go").touch()


def settled_later(seat: Seat, authority: Path, let_go: Path, settle: Callable[[str], dict[str, Any]]) -> None:
    """In doubt when its time is up, there once the server comes to it, once only for whoever asks again."""
    hook(authority, "pre-receive", waiting_for(let_go))
    error = seat.cut_off(*APPEND)
    assert (error["exit"], error["kind"], error["in_doubt"]) == (4, "in-doubt", True)
    assert posts(authority) == []
    told = settle(error["intent"])
    eventually(lambda: len(posts(authority)) == 1)
    assert [one["path"] for one in told["posts"]] == posts(authority)
    assert numbers(authority) == {1: error["intent"]}


def test_a_slow_server_is_in_doubt_and_settled_afterwards(tmp_path: Path, held_back: Path) -> None:
    authority = bare_remote(tmp_path)
    with serving("git", authority) as url:
        seat = clone(authority, tmp_path / "seat", "seat")
        seat.git("remote", "set-url", "origin", url)

        def settle(intent: str) -> dict[str, Any]:
            held_back.touch()
            eventually(lambda: len(posts(authority)) == 1)
            return dict(here(seat, *APPEND, "--intent", intent))

        settled_later(seat, authority, held_back, settle)


def test_a_slow_server_is_asked_again_before_it_has_answered(tmp_path: Path, held_back: Path) -> None:
    """Two pushes of one intent are under way at once: one of them lands it."""
    authority = bare_remote(tmp_path)
    with serving("git", authority) as url:
        seat = clone(authority, tmp_path / "seat", "seat")
        seat.git("remote", "set-url", "origin", url)

        def settle(intent: str) -> dict[str, Any]:
            hook(authority, "post-update", f": > {held_back}")
            again = seat.start(*APPEND, "--intent", intent, "--json")
            eventually(lambda: _under_way(authority) == 2)
            held_back.touch()
            out, _ = again.communicate()
            assert again.returncode == 0, out
            return dict(json.loads(out))

        settled_later(seat, authority, held_back, settle)


def _under_way(authority: Path) -> int:
    """How many pushes the server has taken in and not decided on: each has a folder of its own."""
    return len(list((authority / "objects").glob("tmp_objdir-incoming-*")))


def test_a_server_that_dies_after_it_wrote_was_heard_in_the_end(tmp_path: Path) -> None:
    """No answer came, but reading back finds the post: it is acknowledged."""
    (seat,) = fleet(tmp_path, "seat")
    authority = tmp_path / "remote.git"
    hook(authority, "reference-transaction", "test $1 != committed || kill -9 $PPID")
    told = here(seat, *APPEND)
    assert [one["path"] for one in told["posts"]] == posts(authority)
    assert told["commit"] == git(authority, "rev-parse", "main")
    assert len(numbers(authority)) == 1


def test_a_server_that_dies_before_it_wrote_is_in_doubt(tmp_path: Path) -> None:
    (seat,) = fleet(tmp_path, "seat")
    authority = tmp_path / "remote.git"
    before = refs(authority)
    hook(authority, "pre-receive", "kill -9 $PPID")
    error = seat.refused(*APPEND)
    assert (error["exit"], error["in_doubt"]) == (4, True)
    assert refs(authority) == before
    (authority / "hooks" / "pre-receive").unlink()
    here(seat, *APPEND, "--intent", error["intent"])
    here(seat, *APPEND, "--intent", error["intent"])
    assert len(posts(authority)) == len(numbers(authority)) == 1


PUSHER = """#!/bin/sh
case " $* " in *" push "*) echo $$ > "$PUSHER" ;; esac
exec {git} "$@"
"""
"""A `git` in front of the real one that notes which process pushes."""


@pytest.mark.parametrize("name", ["pre-receive", "post-receive"])
def test_a_client_dies_while_the_server_works(
    name: str, tmp_path: Path, held_back: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writer and `git push` are killed in the middle of a push; the server goes on by itself."""
    authority = bare_remote(tmp_path)
    with serving("git", authority) as url:
        seat = clone(authority, tmp_path / "seat", "seat")
        seat.git("remote", "set-url", "origin", url)
        reached, pusher = tmp_path / "reached", tmp_path / "pusher"
        hook(authority, name, f": > {reached}; {waiting_for(held_back)}")
        program = in_front(tmp_path, PUSHER)
        with monkeypatch.context() as patched:
            patched.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
            patched.setenv("PUSHER", str(pusher))
            writer = seat.start(*APPEND, "--intent", nonce(1))
        eventually(reached.exists)
        writer.kill()
        os.killpg(int(pusher.read_text()), signal.SIGKILL)
        writer.communicate()
        assert len(posts(authority)) == len(numbers(authority)) == (name == "post-receive")
        held_back.touch()
        eventually(lambda: len(posts(authority)) == 1)
        told = here(seat, *APPEND, "--intent", nonce(1))
        assert [one["path"] for one in told["posts"]] == posts(authority)
        assert numbers(authority) == {1: nonce(1)}
