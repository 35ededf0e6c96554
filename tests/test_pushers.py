"""Who pushes, as each transport says it, and what that binds; by raw pushes and by the command itself."""

import json
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fleet import Seat, clone, refs
from tests.gitrun import git
from tests.peers import Wire, wired
from tests.pushes import MAIN, Scene, make_scene, post
from tests.rawpush import Command, command_list, pack_of, receive, request, words_of
from tests.store.sshd import forced, need_sshd

SEATS = "seats:\n  victim: {role: strat}\n  mallory: {role: code}\n"
TAKEN = "seats:\n  mallory: {role: strat, surfaces: [victim]}\n"
CONFIG = "feed/ledger.yaml"
BANDS = "report-status side-band-64k push-options"
KEYS = {
    "mallory": forced("mallory"),
    "gitolite": forced("mallory", "GL_USER"),
    "gitlab": forced("mallory", "GL_USERNAME"),
    "nobody": forced("''"),
}
KNOWN = [("file", ""), ("http", "mallory"), ("ssh", "mallory"), ("ssh", "gitolite"), ("ssh", "gitlab")]
"""Transports with the name or key by which mallory is known."""


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    with wired(tmp_path_factory.mktemp("wire"), KEYS) as wire:
        yield wire


@pytest.fixture
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return make_scene(tmp_path_factory)


@pytest.fixture
def remote(scene: Scene, wire: Wire) -> Path:
    """A repository whose settings list the seats."""
    remote = wire.serve(scene.remote)
    receive(remote, request(scene.seat.path, [scene.feed({CONFIG: SEATS})]))
    assert git(remote, "show", f"{MAIN}:{CONFIG}") == SEATS.rstrip()
    return remote


def feed(remote: Path, scene: Scene, files: dict[str, str]) -> Command:
    """The command that adds files to the feed as it stands."""
    old = git(remote, "rev-parse", MAIN)
    git(scene.seat.path, "fetch", "-q", str(remote), MAIN)
    return (old, scene.commit(files, on=old), MAIN)


def push(transport: str, who: str, remote: Path, scene: Scene, wire: Wire, command: Command) -> str:
    """Push one command, with a push option that names another pusher; gives what was said."""
    data = command_list([command], BANDS, ["LEDGER_PUSHER=victim"]) + pack_of(scene.seat.path, [command])
    peer = wire.connect(transport, remote.name, len(data), who=who)
    peer.send(data)
    peer.hear()
    peer.hang_up(reset=False)
    return words_of(peer.heard, BANDS).decode()


@pytest.mark.parametrize(("transport", "who"), KNOWN)
def test_a_known_pusher_is_bound_to_its_name_whatever_it_says(
    transport: str,
    who: str,
    scene: Scene,
    remote: Path,
    wire: Wire,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Over the net it sends another's name as a variable of its environment, a header and a push option."""
    monkeypatch.setenv("LEDGER_PUSHER", "mallory" if transport == "file" else "victim")
    before = refs(remote)
    refused = [
        (feed(remote, scene, post(1, seat="victim")), "mallory pushes, and posts as victim"),
        (scene.reserves(3, "victim"), "mallory pushes, and reserves for victim"),
        (feed(remote, scene, {CONFIG: TAKEN}), "the settings are changed by a strat or an operator"),
    ]
    for command, words in refused:
        assert words in push(transport, who, remote, scene, wire, command)
        assert refs(remote) == before
    for command in (feed(remote, scene, post(1)), scene.reserves(3)):
        assert f"ok {command[2]}" in push(transport, who, remote, scene, wire, command)


@pytest.mark.parametrize(("transport", "who"), [("git", ""), ("http", ""), ("ssh", "nobody")])
def test_where_nobody_is_known_any_name_passes_and_nothing_else(
    transport: str, who: str, scene: Scene, remote: Path, wire: Wire
) -> None:
    """So over `git daemon`, and where a web server or a forced command gives an empty name."""
    posted = feed(remote, scene, post(1, seat="victim"))
    assert "ok refs/heads/main" in push(transport, who, remote, scene, wire, posted)
    assert "ok refs/reserve/CMB/3" in push(transport, who, remote, scene, wire, scene.reserves(3, "victim"))
    before = refs(remote)
    rewritten = (posted[1], scene.evil(), MAIN)
    assert "the feed branch only grows" in push(transport, who, remote, scene, wire, rewritten)
    edited = feed(remote, scene, {next(iter(post(1))): "x", CONFIG: SEATS})
    assert "refused" in push(transport, who, remote, scene, wire, edited)
    assert refs(remote) == before


def test_git_takes_no_push_by_http_without_a_login(scene: Scene, remote: Path, wire: Wire) -> None:
    """Unless `http.receivepack` says so (git-http-backend(1)); the settings of the tests do, until here."""
    git(remote, "config", "--unset", "http.receivepack")
    before = refs(remote)
    push("http", "", remote, scene, wire, feed(remote, scene, post(1)))
    assert refs(remote) == before
    assert "ok refs/heads/main" in push("http", "mallory", remote, scene, wire, feed(remote, scene, post(1)))


def test_a_forced_command_gives_no_shell(remote: Path, wire: Wire) -> None:
    """`git shell` runs git's own programs for a push and a fetch, and nothing else (git-shell(1))."""
    client = need_sshd(wire.sshd).client("mallory")
    for words in ("cat /etc/passwd", "git receive-pack x; id", f"git-receive-pack '{remote}'; id", ""):
        ran = subprocess.run([*client, "127.0.0.1", words], input=b"", capture_output=True)
        assert ran.returncode != 0 and b"root:" not in ran.stdout and b"uid=" not in ran.stdout


@pytest.mark.parametrize("transport", ["http", "ssh"])
def test_the_command_works_as_the_seat_that_pushes_and_as_no_other(
    transport: str, remote: Path, wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(remote, "config", "--unset", "http.receivepack")  # so that git asks for a login
    if transport == "ssh":
        client = need_sshd(wire.sshd).client("mallory")
        monkeypatch.setenv("GIT_SSH_COMMAND", shlex.join(client))
        url = f"ssh://127.0.0.1{remote}"
    else:
        url = f"http://mallory:mallory@127.0.0.1:{wire.http}/{remote.name}"
    seat = clone(remote, tmp_path / "clone", "mallory")
    seat.git("remote", "set-url", "origin", url)
    assert seat.files("CMB", "Work") == "CMB-0003"
    before = refs(remote)
    error = Seat("victim", seat.path).refused("append", "--reserve", "CMB", "--subject", "Work")
    assert (error["exit"], error["kind"]) == (4, "refused-by-remote")
    assert "mallory pushes, and" in json.dumps(error)
    assert refs(remote) == before
