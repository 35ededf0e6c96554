"""Something that the guard stands on fails while it judges: nothing is let in, and nothing of it is told."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.core.push_status import FAILED
from tests.fleet import refs
from tests.gitrun import git, hook
from tests.peers import TRANSPORTS, Wire, wired
from tests.pushes import MAIN, PUSHES, Scene, make_push, make_scene
from tests.rawpush import ZERO, command_list, pack_of, receive, request, words_of
from tests.store.sshd import forced
from tests.test_wire import tells_nothing

EVIL = "another history"
BANDS = "report-status side-band-64k"


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    with wired(tmp_path_factory.mktemp("wire"), {"mallory": forced("mallory")}) as wire:
        yield wire


@pytest.fixture
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return make_scene(tmp_path_factory)


@pytest.fixture
def remote(scene: Scene, wire: Wire) -> Path:
    return wire.serve(scene.remote)


def stub(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program first on the path that ends as one that the system has killed."""
    file = folder / "stubs" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("#!/bin/sh\nkill -9 $$\n")
    file.chmod(0o755)
    monkeypatch.setenv("PATH", f"{file.parent}{os.pathsep}{os.environ['PATH']}")


def test_refs_that_the_hook_could_not_read_do_not_pass_for_none(
    scene: Scene, remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program that reads them for the hook is killed, as by a system that is out of memory."""
    stub(tmp_path, "cat", monkeypatch)
    before = refs(remote)
    receive(remote, request(scene.seat.path, PUSHES[EVIL](scene).commands))
    assert refs(remote) == before


def test_a_judgement_that_hears_of_no_ref_does_not_pass(tmp_path: Path) -> None:
    words = [sys.executable, "-P", "-m", "ledger.faces.receive", "main"]
    assert subprocess.run(words, cwd=tmp_path, input=b"\n", capture_output=True).returncode == FAILED


@pytest.mark.parametrize("name", ["cat", "comm"])
def test_a_post_does_not_land_without_its_number_where_a_program_fails(
    name: str, scene: Scene, remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Git would move the feed first, and leave the number, which is another's, alone."""
    stub(tmp_path, name, monkeypatch)
    before = refs(remote)
    old, new, ref = scene.reserves(3)
    commands = [scene.feed(scene.ticket(3)), (old, new, f"refs/heads/x\n{ZERO} {new} {ref}")]
    receive(remote, request(scene.seat.path, commands))
    assert refs(remote) == before


def test_a_hook_that_is_killed_lets_nothing_in(scene: Scene, remote: Path) -> None:
    hook(remote, "pre-receive.chained", "kill -9 $PPID")
    before = refs(remote)
    for push in (EVIL, "an honest note"):
        receive(remote, request(scene.seat.path, PUSHES[push](scene).commands))
        assert refs(remote) == before


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_repository_that_is_broken_is_told_to_whoever_keeps_it(
    transport: str, scene: Scene, remote: Path, wire: Wire
) -> None:
    """A tree is missing, so that the push cannot be judged. Once it is back, the same push passes."""
    push, _ = make_push(scene, "an honest note")
    pack = pack_of(scene.seat.path, push.commands, scene.main)
    tree = git(remote, "rev-parse", f"{MAIN}^{{tree}}")
    (lost := remote / "objects" / tree[:2] / tree[2:]).rename(kept := remote / "kept")
    data = command_list(push.commands, BANDS) + pack
    before = refs(remote)

    def pushed() -> str:
        peer = wire.connect(transport, remote.name, len(data), who="mallory")
        peer.send(data)
        peer.hear()
        peer.hang_up(reset=False)
        tells_nothing(peer.heard, remote)
        return words_of(peer.heard, BANDS).decode()

    assert "git-ledger: the push cannot be judged (" in pushed()
    assert refs(remote) == before
    assert "Traceback" in (remote / "ledger" / "guard-failure.txt").read_text()
    kept.rename(lost)
    assert "ok refs/heads/main" in pushed()
