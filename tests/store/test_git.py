import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.core.errors import LedgerError
from ledger.store.git.process import Git, Ran
from tests.gitrun import commit_file, new_repository, waiting_for
from tests.gitrun import git as gitrun
from tests.store.stores import eventually, given_longer


def shell(git: Git, script: str, timeout: float) -> Ran:
    """Let git start a shell, as it starts hooks and transports."""
    return git.run("x", timeout=timeout, config={"alias.x": f"!{script}"})


def alive(pid: int) -> bool:
    """Whether a process runs: one that ended and was not waited for does not."""
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_output_status_and_input_come_through(tmp_path: Path) -> None:
    ran = shell(Git(tmp_path), "cat; echo oops >&2; exit 3", 30)
    assert ran == Ran(3, b"", b"oops\n")
    assert Git(tmp_path).run("hash-object", "--stdin", stdin=b"").out.startswith(b"e69de29")


def test_stdin_is_never_inherited(tmp_path: Path) -> None:
    assert shell(Git(tmp_path), "cat", 30) == Ran(0, b"", b"")


def test_the_deadline_ends_the_whole_group(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    script = f"sleep 600 & echo $! > {pid}; wait"
    ran = given_longer(lambda seconds: shell(Git(tmp_path), script, seconds), lambda _: pid.exists())
    assert ran.timed_out and ran.code != 0
    assert ran.complaint == "no answer within the time"
    eventually(lambda: not alive(int(pid.read_text())))


def test_a_child_that_ignores_term_is_killed(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    script = f"trap '' TERM; : > {ready}; while :; do sleep 1; done"
    ran = given_longer(lambda seconds: shell(Git(tmp_path), script, seconds), lambda _: ready.exists())
    assert ran.timed_out and ran.code == -signal.SIGKILL


def test_what_git_started_has_time_to_clean_up_too(tmp_path: Path) -> None:
    """Beside `git push` to a path runs the git that holds the locks of the other repository."""
    helper = f"trap 'rm {tmp_path}/lock; exit' TERM; touch {tmp_path}/lock; while :; do sleep 0.05; done"
    lock, locked = tmp_path / "lock", tmp_path / "locked"
    script = f"({helper}) & {waiting_for(lock)}; touch {locked}; sleep 600"
    ran = given_longer(lambda seconds: shell(Git(tmp_path), script, seconds), lambda _: locked.exists())
    assert ran.timed_out
    assert not lock.exists()


ADDER = """
import sys
from pathlib import Path
from ledger.store.git.process import Git
Git(Path(sys.argv[1])).run("add", "slow")
"""


def test_an_interrupted_git_leaves_no_lock(tmp_path: Path) -> None:
    """It holds `index.lock` while a filter of the user's goes on."""
    repo = new_repository(tmp_path / "repo")
    gitrun(repo, "config", "filter.slow.clean", f"touch {tmp_path}/started; sleep 600")
    (repo / ".gitattributes").write_text("slow filter=slow\n")
    (repo / "slow").write_text("slow\n")
    lock = repo / ".git" / "index.lock"
    command = [sys.executable, "-c", ADDER, str(repo)]
    here = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=here, stderr=subprocess.PIPE, preexec_fn=_interruptible) as adder:
        eventually(lambda: (tmp_path / "started").exists() and lock.exists())
        adder.send_signal(signal.SIGINT)
        assert b"KeyboardInterrupt" in adder.communicate()[1]
    assert not lock.exists()


INTERRUPTED_ADDER = """
import os, signal, subprocess, sys, time
from pathlib import Path
from ledger.store.git.process import Git
begin = subprocess.Popen.__init__
def interrupted(self, *args, **kwargs):
    begin(self, *args, **kwargs)
    while not Path(sys.argv[2]).exists():
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGINT)
subprocess.Popen.__init__ = interrupted
Git(Path(sys.argv[1])).run("add", "slow")
"""


def test_an_interrupt_while_git_is_started_leaves_no_git_at_work(tmp_path: Path) -> None:
    """Git runs already, and Python has not said yet which process it is."""
    repo = new_repository(tmp_path / "repo")
    gitrun(repo, "config", "filter.slow.clean", f"touch {tmp_path}/started; sleep 600")
    (repo / ".gitattributes").write_text("slow filter=slow\n")
    (repo / "slow").write_text("slow\n")
    command = [sys.executable, "-c", INTERRUPTED_ADDER, str(repo), str(tmp_path / "started")]
    here = Path(__file__).parents[2]
    ran = subprocess.run(command, cwd=here, capture_output=True, preexec_fn=_interruptible)
    assert b"KeyboardInterrupt" in ran.stderr
    assert not (repo / ".git" / "index.lock").exists()


def _interruptible() -> None:
    """A shell starts what it runs in the background deaf to interrupts, and that is inherited."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_a_helper_that_keeps_the_streams_open_does_not_hold_us(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    ran = shell(Git(tmp_path), f'setsid sh -c "{waiting_for(gate)}" & echo said', 120)
    gate.touch()
    assert ran == Ran(0, b"said\n", b"")


def test_without_time_nothing_is_started(tmp_path: Path) -> None:
    assert shell(Git(tmp_path), f"touch {tmp_path}/started", 0).timed_out
    assert not (tmp_path / "started").exists()


def test_no_git_is_said(tmp_path: Path) -> None:
    with pytest.raises(LedgerError) as caught:
        Git(tmp_path, {"PATH": str(tmp_path)}).run("version")
    assert caught.value.kind == "no-git"


def test_more_words_than_the_system_allows_are_no_bug(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="Argument list too long") as caught:
        Git(tmp_path).run("version", "x" * 4_000_000)
    assert caught.value.kind == "usage" and "less at once" in caught.value.hint


def test_another_tree_is_not_mistaken_for_the_one_of_a_hook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = new_repository(tmp_path / "one"), new_repository(tmp_path / "other")
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.setenv(name, str(one / ".git"))
    git = Git(one).in_other_tree(other)
    assert git.run("rev-parse", "--show-toplevel").out.decode().strip() == str(other)
    assert not {"GIT_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"} & set(git.env)


def test_every_variable_of_one_tree_is_known(tmp_path: Path) -> None:
    named = Git(tmp_path).run("rev-parse", "--local-env-vars").out.decode().split()
    elsewhere = Git(tmp_path, dict.fromkeys(named, "x")).in_other_tree(tmp_path).env
    assert {name for name in named if elsewhere.get(name) == "x"} == {
        "GIT_CONFIG_PARAMETERS",
        "GIT_CONFIG_COUNT",
    }


def test_local_replacements_do_not_show_other_posts(tmp_path: Path) -> None:
    repo = new_repository(tmp_path / "repo")
    git = Git(repo)
    true, false = (
        git.run("hash-object", "-w", "--stdin", stdin=text).out.decode().strip() for text in (b"1", b"2")
    )
    git.run("replace", true, false)
    assert git.run("cat-file", "blob", true).out == b"1"


@pytest.mark.parametrize(
    ("err", "complaint"),
    [
        pytest.param(b"", "git ended with status 1", id="nothing said"),
        pytest.param(b"fatal: no such path\n", "fatal: no such path", id="one line"),
        pytest.param(
            b"hint: do this\nwarning: w\nfatal: x\n", "fatal: x", id="hints and warnings are no reason"
        ),
        pytest.param(
            b"ssh: no host\nfatal: Could not read\n\nand the repository exists.\n", "ssh: no host", id="ssh"
        ),
        pytest.param(b"fatal: \x1b[31mred\xff\n", "fatal: \\x1b[31mred\ufffd", id="escapes are shown"),
        pytest.param("fatal: Zürich 数\u3164\n".encode(), "fatal: Zürich 数\\u3164", id="letters stay"),
    ],
)
def test_the_complaint_is_one_line(err: bytes, complaint: str) -> None:
    assert Ran(1, b"", err).complaint == complaint


def test_a_stream_that_is_left_early_leaves_no_child(tmp_path: Path) -> None:
    git = Git(new_repository(tmp_path / "repo"))
    blob = git.run("hash-object", "-w", "--stdin", stdin=os.urandom(1_000_000)).out
    with git.stream_output("cat-file", "--batch", stdin=blob * 50) as out:
        assert out.readline().split()[1] == b"blob"


def torn_worktree(repo: Path) -> Path:
    """What stands in the repository for a moment while `git worktree add` registers a tree."""
    folder = repo / ".git" / "worktrees" / "new"
    folder.mkdir(parents=True)
    (folder / "gitdir").write_text(f"{repo.parent / 'new' / '.git'}\n")
    (folder / "commondir").touch()
    return folder / "commondir"


def test_a_working_tree_that_is_being_registered_is_waited_for(tmp_path: Path) -> None:
    """The neighbour's `git worktree add` goes on as soon as a git of ours has failed once."""
    repo = new_repository(tmp_path / "repo")
    commit_file(repo, "code.txt")
    place = torn_worktree(repo)
    wrapper = tmp_path / "bin" / "git"
    wrapper.parent.mkdir()
    real = shutil.which("git")
    wrapper.write_text(f'#!/bin/sh\n{real} "$@" || {{ code=$?; echo ../.. >"{place}"; exit $code; }}\n')
    wrapper.chmod(0o755)
    env = {**os.environ, "PATH": f"{wrapper.parent}{os.pathsep}{os.environ['PATH']}"}
    assert b"refs/heads/main" in Git(repo, env).check_output("worktree", "list", "--porcelain")


def test_one_that_was_never_registered_whole_is_told(tmp_path: Path) -> None:
    repo = new_repository(tmp_path / "repo")
    commit_file(repo, "code.txt")
    torn_worktree(repo)
    ran = Git(repo).run("worktree", "list")
    assert ran.met_torn_worktree and "commondir" in ran.complaint
