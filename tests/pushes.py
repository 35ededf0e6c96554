"""Honest and hostile pushes to a guarded repository, each with what its pusher is told."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ledger.core.ids import format_timestamp, make_post_id, path_of_post
from tests.fleet import Seat, bare_remote, clone
from tests.gitrun import git, hook
from tests.rawpush import ZERO, Command, orphan, pack_of
from tests.test_guard import install
from tests.test_guard_bypasses import post_text

MAIN = "refs/heads/main"


@dataclass(frozen=True)
class Push:
    """The commands of a push, and what its pusher is told when it is refused (None: it is an honest one)."""

    commands: Sequence[Command]
    said: str | None = None


@dataclass(frozen=True)
class Scene:
    """A guarded repository with a blocked ticket and two numbers, and a clone in which pushes are made."""

    seat: Seat
    main: str

    @property
    def remote(self) -> Path:
        """The repository; tests push to copies of it."""
        return self.seat.path.parent / "remote.git"

    def commit(self, *changes: Mapping[str, str], on: str = "") -> str:
        """Commits above the feed, or another commit, each with some files; gives the last one's name."""
        self.seat.git("checkout", "-q", "-f", "--detach", on or self.main)
        for change in changes:
            for path, text in change.items():
                file = self.seat.path / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            self.seat.git("add", "-A", "-f", ".")
            self.seat.git("commit", "-q", "--no-verify", "-m", "by hand")
        return self.seat.git("rev-parse", "HEAD")

    def feed(self, *changes: Mapping[str, str]) -> Command:
        """The command that moves the feed to commits with some files."""
        return (self.main, self.commit(*changes), MAIN)

    def evil(self) -> str:
        """A commit without any of what landed."""
        return orphan(self.seat.path)

    def reserves(self, number: int, seat: str = "mallory", more: str = "") -> Command:
        """The command that reserves a number."""
        text = {"format": 1, "seat": seat, "at": ago(1), "nonce": "9c1e07a25b6d4f10", "x": more}
        return (ZERO, self.seat.blob(json.dumps(text)), f"refs/reserve/CMB/{number}")

    def raises(self, number: int) -> Command:
        """The command that raises the tip, which is 2."""
        ref = "refs/reserve/CMB/tip"
        text = json.dumps({"format": 1, "tip": number, "nonce": "9c1e07a25b6d4f10"})
        return (self.seat.git("ls-remote", "origin", ref).split()[0], self.seat.blob(text), ref)

    def ticket(self, number: int) -> dict[str, str]:
        """The file that opens a ticket."""
        return post(1, subject="Work", kind="actionable", item=f"CMB-{number:04}", state="AWAITING_CLAIM")


def ago(minutes: float) -> str:
    return format_timestamp(datetime.now(UTC) - timedelta(minutes=minutes))


def post(
    minutes: float,
    nonce: str = "00000000000000aa",
    words: str = "hello",
    seat: str = "mallory",
    **header: str,
) -> dict[str, str]:
    """A post at its place, a note of mallory's unless it says otherwise."""
    moment = datetime.now(UTC) - timedelta(minutes=minutes)
    text = post_text(seat, words, **{"kind": "note", **header, "at": format_timestamp(moment)})
    return {path_of_post(make_post_id(moment, seat, nonce)): text}


def _hidden(scene: Scene) -> Push:
    """What the first commit holds would later pass for what landed."""
    ((path, text),) = post(1).items()
    evil = text.replace("kind: note", "kind: actionable\nitem: CMB-0001\nstate: CANCELLED")
    return Push([scene.feed({path: evil}, {path: text})], "otherwise than the push leaves it")


def _edited(scene: Scene) -> Push:
    path = scene.seat.git("ls-tree", "-r", "--name-only", scene.main, "feed").splitlines()[-1]
    text = post_text("mallory", "rewritten", kind="note")
    return Push([scene.feed({path: text})], "a landed post was edited")


def _many(scene: Scene) -> Push:
    posts = {path: text for n in range(1001) for path, text in post(1, f"{n:016x}").items()}
    return Push([scene.feed(posts)], "1001 new posts in one push")


def _loud(scene: Scene) -> Push:
    """More than a pipe holds is said of it."""
    junk = scene.seat.blob("junk\n")
    more = [(ZERO, junk, f"refs/reserve/{'no-series-' * 19}{n}/x") for n in range(350)]
    return Push([(scene.main, scene.evil(), MAIN), *more], "below refs/reserve stand")


def _smuggled(command: Command) -> Command:
    """A ref that git will not make, with a line break in its name: what is behind it looks like a command."""
    old, new, ref = command
    return (old, new, f"refs/heads/x\n{old} {new} {ref}")


CUT: Mapping[str, Callable[[Scene], Push]] = {
    "an honest note": lambda scene: Push([scene.feed(post(1))]),
    "an honest ticket with its number and tip": lambda scene: Push(
        [scene.reserves(3), scene.raises(3), scene.feed(scene.ticket(3))]
    ),
    "another history": lambda scene: Push([(scene.main, scene.evil(), MAIN)], "the feed branch only grows"),
    "another history, of which much is said": _loud,
    "the feed twice": lambda scene: Push(
        [first := scene.feed(post(1)), (first[1], scene.evil(), MAIN)], "names the ref twice"
    ),
    "a ticket in a number that another has": lambda scene: Push(
        [scene.feed(scene.ticket(2)), scene.reserves(2)], "refs/reserve/CMB/2: "
    ),
    "a post hidden in the history": _hidden,
}
"""Pushes that are made at every stage."""
WHOLE: Mapping[str, Callable[[Scene], Push]] = {
    "a number twice": lambda scene: Push(
        [first := scene.reserves(3), (first[1], scene.seat.blob("x"), first[2])], "names the ref twice"
    ),
    "the feed in capitals": lambda scene: Push(
        [(ZERO, scene.evil(), "refs/heads/MAIN")], "differs only in case"
    ),
    "the feed deleted": lambda scene: Push([(scene.main, ZERO, MAIN)], "the feed branch is never deleted"),
    "a landed post edited": _edited,
    "two posts of one nonce": lambda scene: Push([scene.feed({**post(1), **post(2)})], "repeated-nonce"),
    "a file where a folder goes": lambda scene: Push([scene.feed({"feed/2031": "x"})], "has no place there"),
    "a tip that leaps": lambda scene: Push([scene.raises(999_999_999)], "would use up the series"),
    "a large reservation": lambda scene: Push([scene.reserves(3, more="x" * 5000)], "at most 4096 bytes"),
    "a number that only the guard hears of": lambda scene: Push(
        [scene.feed(scene.ticket(4)), _smuggled(scene.reserves(4))], ""
    ),
    "too many posts": _many,
    "a ruling on nothing": lambda scene: Push([scene.feed(post(1, kind="ruling", subject="r"))], "rules_on"),
    "invisible characters": lambda scene: Push(
        [scene.feed(post(1, words="hello\U000e0072\U000e0075\U000e006e"))], "hidden-characters"
    ),
}
"""Pushes that are made to their end only."""
PUSHES = {**CUT, **WHOLE}

_SCENES: dict[str, Scene] = {}
_MADE: dict[str, tuple[Push, bytes]] = {}


def make_scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """The scene, which is made once, and which no test changes: it pushes to copies of its repository."""
    if not _SCENES:
        folder = tmp_path_factory.mktemp("scene")
        remote = bare_remote(folder)
        install(remote, "--branch", "main")
        git(remote, "config", "http.receivepack", "true")
        git(remote, "config", "receive.advertisePushOptions", "true")
        hook(remote, "pre-receive.chained", "cat >/dev/null; : >asked")
        seat = clone(remote, folder / "clone", "mallory")
        seat.files("CMB", "Work")
        seat.ok("claim", "CMB-0001")
        seat.ok("block", "CMB-0001", "--on", "ruling:CMB-0001", "--why", "must be decided")
        Seat("victim", seat.path).ok("reserve", "CMB")
        seat.git("fetch", "-q")
        (remote / "asked").unlink()
        _SCENES[""] = Scene(seat, seat.git("rev-parse", "origin/main"))
    return _SCENES[""]


def make_push(scene: Scene, name: str) -> tuple[Push, bytes]:
    """A push and its pack, which are made once."""
    if name not in _MADE:
        push = PUSHES[name](scene)
        # git reads no pack after deletions alone, and bytes that it leaves unread reset the connection
        deletes = all(new == ZERO for _, new, _ in push.commands)
        _MADE[name] = push, b"" if deletes else pack_of(scene.seat.path, push.commands)
    return _MADE[name]
