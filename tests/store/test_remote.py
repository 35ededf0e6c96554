import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ledger.core.errors import LedgerError
from ledger.store.contract import ABSENT, Applied, Conflict, InDoubt, RefUpdate, Refused, Unreached
from ledger.store.git.repository import open_repository
from ledger.store.remote import RemoteStore
from tests.gitrun import clone_of, commit_file, git, hook, new_server, waiting_for
from tests.store.servers import serving
from tests.store.stores import MAIN, commit, eventually, given_longer, land, remote_store, reserve, within

TIP = "refs/reserve/CMB/tip"
RESERVED = ["refs/reserve/CMB/"]


@pytest.fixture
def server(tmp_path: Path) -> Path:
    """A server whose branch has one commit."""
    bare = new_server(tmp_path / "server.git")
    first = clone_of(bare, tmp_path / "first")
    commit_file(first, "README")
    git(first, "push", "-q", "origin", "main")
    return bare


@pytest.fixture
def clone(server: Path, tmp_path: Path) -> Path:
    return clone_of(server, tmp_path / "clone")


def has(server: Path, ref: str) -> bool:
    return bool(git(server, "for-each-ref", ref))


def base_of(clone: Path) -> str:
    return git(clone, "rev-parse", "origin/main")


def three_edits(store: RemoteStore) -> list[RefUpdate]:
    """What filing a ticket swaps: the branch, a number and the tip."""
    base = base_of(store.repo.top)
    new = commit(store, base, {"feed/a.md": b"a"})
    return [
        RefUpdate(MAIN, base, new),
        reserve(store, 1, b"1"),
        RefUpdate(TIP, ABSENT, store.write_blob(b"tip")),
    ]


def test_only_tracking_and_what_was_seen_move(server: Path, clone: Path) -> None:
    store = remote_store(clone)
    (clone / "README").write_text("dirty\n")
    git(clone, "add", "README")
    head = git(clone, "rev-parse", "HEAD")
    edits = three_edits(store)
    assert store.compare_and_swap(edits, within(30)) == Applied()
    assert store.read_known_refs(RESERVED) == {edit.ref: edit.new for edit in edits}
    assert git(clone, "rev-parse", "HEAD") == head
    assert git(clone, "status", "--porcelain") == "M  README"
    assert [place.name for place in (clone / ".git" / "ledger").iterdir()] == ["reservations.db"]
    assert git(clone, "for-each-ref", "--format=%(refname)").split() == [
        "refs/heads/main",
        "refs/ledger/seen/remotes/origin/heads/main",
        "refs/ledger/seen/remotes/origin/reserve/CMB/tip",
        "refs/remotes/origin/HEAD",
        "refs/remotes/origin/main",
    ]


def test_a_server_without_the_branch(tmp_path: Path) -> None:
    bare = new_server(tmp_path / "server.git")
    store = remote_store(clone_of(bare, tmp_path / "clone"))
    number = reserve(store, 1, b"1")
    assert store.compare_and_swap([number], within(30)) == Applied()
    git(tmp_path / "clone", "update-ref", "refs/remotes/origin/main/below", str(number.new))
    assert store.read_refs(RESERVED, within(30)) == {number.ref: number.new}
    assert store.read_refs([], within(30)) == {}
    git(tmp_path / "clone", "update-ref", "-d", "refs/remotes/origin/main/below")
    new = land(store, ABSENT, {"feed/a.md": b"a"})
    assert store.read_refs(RESERVED, within(30)) == {number.ref: number.new, MAIN: new}


def test_what_is_gone_there_goes_here_and_nothing_else(server: Path, clone: Path) -> None:
    store = remote_store(clone)
    number = reserve(store, 1, b"1")
    assert (
        store.compare_and_swap([number, RefUpdate("refs/reserve/ORA/1", ABSENT, number.new)], within(30))
        == Applied()
    )
    store.read_refs(["refs/reserve/"], within(30))
    for kept in ("topic", "main-2", "main2"):
        git(clone, "update-ref", f"refs/remotes/origin/{kept}", "origin/main")
    git(server, "update-ref", "-d", number.ref)
    git(server, "update-ref", "-d", MAIN)
    assert store.read_refs(RESERVED, within(30)) == {}
    assert store.read_known_refs(["refs/reserve/"]) == {"refs/reserve/ORA/1": number.new}
    for kept in ("topic", "main-2", "main2"):
        assert git(clone, "rev-parse", f"origin/{kept}")


def test_a_clone_with_its_own_idea_of_what_to_fetch(server: Path, clone: Path) -> None:
    """`+refs/*:refs/*` would let a fetch overwrite the user's branch."""
    git(clone, "config", "remote.origin.fetch", "+refs/*:refs/*")
    git(clone, "switch", "-q", "-c", "mine")
    mine = commit_file(clone, "mine")
    git(clone, "branch", "-f", "main", mine)
    store = remote_store(clone)
    assert store.read_refs([], within(30)) == {MAIN: git(server, "rev-parse", "main")}
    assert git(clone, "rev-parse", "main") == mine


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"push.followTags": "true"}, id="follow tags"),
        pytest.param({"push.recurseSubmodules": "only"}, id="submodules only"),
        pytest.param({"push.useForceIfIncludes": "true"}, id="force if includes"),
        pytest.param({"push.default": "matching"}, id="matching"),
        pytest.param({"remote.origin.mirror": "true"}, id="mirror"),
        pytest.param({"remote.origin.push": "refs/heads/*:refs/heads/*"}, id="push refspec"),
        pytest.param({"color.ui": "always", "color.push": "always"}, id="colour"),
        pytest.param({"core.hooksPath": "refusing"}, id="pre-push hook"),
        pytest.param({"fetch.pruneTags": "true", "fetch.prune": "true"}, id="prune tags"),
        pytest.param({"remote.origin.tagOpt": "--tags"}, id="all tags"),
    ],
)
def test_settings_of_the_user_change_nothing(settings: dict[str, str], server: Path, clone: Path) -> None:
    (clone / "refusing").mkdir()
    (clone / "refusing" / "pre-push").write_text("#!/bin/sh\nexit 1\n")
    (clone / "refusing" / "pre-push").chmod(0o755)
    git(server, "tag", "theirs", "main")
    git(clone, "tag", "-a", "-m", "mine", "v1")
    git(clone, "branch", "topic")
    for key, value in settings.items():
        git(clone, "config", key, value)
    store = remote_store(clone)
    before = git(server, "for-each-ref", "--format=%(refname)").split()
    edits = three_edits(store)
    assert store.compare_and_swap(edits, within(30)) == Applied()
    refs = git(server, "for-each-ref", "--format=%(refname)").split()
    assert sorted(refs) == sorted({*before, *(edit.ref for edit in edits)})
    assert store.read_refs(RESERVED, within(30)) == {edit.ref: edit.new for edit in edits}
    assert git(clone, "tag") == "v1"


@pytest.mark.parametrize("scheme", ["file", "git", "http"])
def test_every_transport_swaps_loses_and_refuses(scheme: str, server: Path, clone: Path) -> None:
    with serving(scheme, server) as url:
        git(clone, "remote", "set-url", "origin", url)
        store = remote_store(clone)
        edits = three_edits(store)
        assert store.compare_and_swap(edits, within(30)) == Applied()
        assert store.read_refs(RESERVED, within(30)) == {edit.ref: edit.new for edit in edits}
        stale = [reserve(store, 2, b"2"), RefUpdate(TIP, ABSENT, store.write_blob(b"other"))]
        assert store.compare_and_swap(stale, within(30)) == Conflict((TIP,))
        assert store.compare_and_swap([edits[1]], within(30)) == Conflict((edits[1].ref,))
        hook(server, "update", 'case $1 in refs/reserve/*) echo "no \\033[1mnumbers" >&2; exit 1;; esac')
        refused = store.compare_and_swap([reserve(store, 3, b"3")], within(30))
        assert isinstance(refused, Refused)
        assert refused.refs == ("refs/reserve/CMB/3",)
        assert "hook declined" in refused.why and "numbers" in refused.why and "\033" not in refused.why


def test_a_refusing_hook_names_the_refs(server: Path, clone: Path) -> None:
    git(clone, "config", "color.ui", "always")
    hook(server, "update", "case $1 in refs/reserve/*) echo error: not for you >&2; exit 1;; esac")
    outcome = remote_store(clone).compare_and_swap(three_edits(remote_store(clone)), within(30))
    assert isinstance(outcome, Refused)
    assert outcome.refs == ("refs/reserve/CMB/1",)
    assert outcome.why.startswith("hook declined; error: not for you")
    assert not has(server, "refs/reserve")


def test_a_protected_branch_is_refused(server: Path, clone: Path) -> None:
    git(server, "config", "receive.denyDeletes", "true")
    hook(server, "pre-receive", "grep -q refs/heads/main && { echo protected >&2; exit 1; }; exit 0")
    store = remote_store(clone)
    outcome = store.compare_and_swap(three_edits(store), within(30))
    assert isinstance(outcome, Refused) and "protected" in outcome.why
    deletion = store.compare_and_swap([RefUpdate(MAIN, base_of(clone), ABSENT)], within(30))
    assert isinstance(deletion, Refused) and deletion.refs == (MAIN,)
    assert git(server, "rev-parse", "main") == base_of(clone)


def test_a_refusal_that_is_over_at_once_is_no_refusal(server: Path, clone: Path) -> None:
    """A server that was busy refuses like one that will not."""
    hook(server, "pre-receive", "test -e seen || { touch seen; exit 1; }")
    store = remote_store(clone)
    assert store.compare_and_swap(three_edits(store), within(30)) == Applied()


@dataclass
class OnePush:
    """A deadline that leaves time for one push and no more."""

    left: float = 30.0

    def remaining(self) -> float:
        left, self.left = self.left, 0.0
        return left


@pytest.mark.parametrize("taken", [True, False], ids=["somebody took it", "nobody did"])
def test_a_refused_push_beside_a_faster_one_is_a_lost_one(taken: bool, server: Path, clone: Path) -> None:
    """What a server says of a push does not tell why: its refs do, also when there is no second try."""
    faster = "env -u GIT_QUARANTINE_PATH git update-ref refs/reserve/CMB/1 main; " if taken else ""
    hook(server, "pre-receive", f"{faster}exit 1")
    store = remote_store(clone)
    outcome = store.compare_and_swap(three_edits(store), OnePush())
    if taken:
        assert outcome == Conflict(("refs/reserve/CMB/1",))
    else:
        assert isinstance(outcome, Refused)


@pytest.mark.parametrize("scheme", ["file", "git", "http"])
def test_a_server_that_dies_before_it_answers_is_in_doubt(scheme: str, server: Path, clone: Path) -> None:
    with serving(scheme, server) as url:
        git(clone, "remote", "set-url", "origin", url)
        store = remote_store(clone)
        hook(server, "pre-receive", "kill -9 $PPID; exit 1")
        assert isinstance(store.compare_and_swap([reserve(store, 1, b"1")], within(30)), InDoubt)


@pytest.mark.parametrize("scheme", ["file", "git", "http"])
def test_a_server_that_dies_after_it_wrote_has_still_written(scheme: str, server: Path, clone: Path) -> None:
    with serving(scheme, server) as url:
        git(clone, "remote", "set-url", "origin", url)
        store = remote_store(clone)
        hook(server, "reference-transaction", "test $1 != committed || kill -9 $PPID")
        edits = three_edits(store)
        assert store.compare_and_swap(edits, within(30)) == Applied()
        assert git(server, "rev-parse", "main") == edits[0].new
        assert store.read_known_refs(RESERVED) == {edit.ref: edit.new for edit in edits}


def test_that_it_was_sent_is_known_without_a_file(server: Path, clone: Path) -> None:
    """Nothing can be written below `.git/ledger`, as on a full disk, and the answer is lost."""
    store = remote_store(clone)
    edits = three_edits(store)
    (clone / ".git" / "ledger").write_text("no folder\n")
    hook(server, "reference-transaction", "test $1 != committed || kill -9 $PPID")
    assert store.compare_and_swap(edits, within(30)) == Applied()


SHORT_OF_SPACE = """#!/bin/sh
# A push may make no file longer than 8 KiB: its record of the packets ends before its own commands.
case " $* " in *" push "*) trap '' XFSZ; ulimit -f 16 ;; esac
exec {git} "$@"
"""


def test_a_record_that_was_cut_proves_nothing(
    server: Path, clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server has many refs, so that the packets in which it lists them fill the record."""
    first = git(server, "rev-parse", "main")
    listed = "".join(f"create refs/tags/{n} {first}\n" for n in range(300))
    git(server, "update-ref", "--stdin", stdin=listed)
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.write_text(SHORT_OF_SPACE.replace("{git}", str(shutil.which("git"))))
    program.chmod(0o755)
    with serving("git", server) as url:
        git(clone, "remote", "set-url", "origin", url)
        store = remote_store(clone)
        edits = three_edits(store)
        hook(server, "reference-transaction", "test $1 != committed || kill -9 $PPID")
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
        assert remote_store(clone).compare_and_swap(edits, within(30)) == Applied()


def test_a_record_that_an_older_version_left_is_removed(clone: Path) -> None:
    left = clone / ".git" / "ledger" / "push-1-2.trace"
    left.parent.mkdir()
    left.touch()
    store = remote_store(clone)
    assert store.compare_and_swap([reserve(store, 1, b"1")], within(30)) == Applied()
    assert not left.exists()


def test_killed_at_the_deadline_is_in_doubt_and_the_post_may_come_later(server: Path, clone: Path) -> None:
    gate = server / "gate"
    with serving("git", server) as url:
        git(clone, "remote", "set-url", "origin", url)
        store = remote_store(clone)
        hook(server, "pre-receive", waiting_for(gate))
        edits = three_edits(store)
        outcome = given_longer(
            lambda seconds: store.compare_and_swap(edits, within(seconds)),
            lambda came: isinstance(came, InDoubt),
        )
        assert isinstance(outcome, InDoubt)
        assert not has(server, TIP)
        gate.touch()
        eventually(lambda: has(server, TIP))
        assert store.read_refs(RESERVED, within(30)) == {edit.ref: edit.new for edit in edits}


def test_landed_though_unheard_and_others_went_on(server: Path, clone: Path, tmp_path: Path) -> None:
    """The answer is lost after the write, and another seat posts before we read back."""
    other = clone_of(server, tmp_path / "other")
    store = remote_store(clone)
    edits = three_edits(store)
    on_top = commit(store, edits[0].new if isinstance(edits[0].new, str) else "", {"feed/b.md": b"b"})
    git(clone, "push", "-q", "origin", f"{on_top}:refs/heads/later")
    move = f"test $1 != committed || {{ git update-ref refs/heads/main {on_top}; kill -9 $PPID; }}"
    hook(server, "reference-transaction", f'[ "$AGAIN" ] && exit 0; export AGAIN=1; {move}')
    assert store.compare_and_swap(edits, within(30)) == Applied()
    assert git(other, "ls-remote", "origin", MAIN).split()[0] == on_top


def test_a_deletion_that_was_not_heard_of_is_in_doubt(server: Path, clone: Path) -> None:
    """Gone is no proof: it may have been taken by another."""
    store = remote_store(clone)
    number = reserve(store, 1, b"1")
    assert store.compare_and_swap([number], within(30)) == Applied()
    hook(server, "reference-transaction", "test $1 != committed || kill -9 $PPID")
    assert isinstance(
        store.compare_and_swap([RefUpdate(number.ref, number.new, ABSENT)], within(30)), InDoubt
    )
    assert not has(server, number.ref)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("/nowhere/server.git", id="path"),
        pytest.param("git://127.0.0.1:1/server.git", id="git"),
        pytest.param("http://127.0.0.1:1/server.git", id="http"),
    ],
)
def test_unreachable(url: str, clone: Path) -> None:
    store = remote_store(clone)
    edits = three_edits(store)
    git(clone, "remote", "set-url", "origin", url)
    outcome = store.compare_and_swap(edits, within(30))
    assert isinstance(outcome, Unreached) and outcome.why
    with pytest.raises(LedgerError) as caught:
        store.read_refs(RESERVED, within(30))
    assert caught.value.kind == "unreachable"
    assert '"origin"' in caught.value.message and "--offline" in caught.value.hint
    assert store.read_known_refs([]) == {MAIN: base_of(clone)}


def test_a_server_that_never_speaks_was_sent_nothing(clone: Path) -> None:
    store = remote_store(clone)
    edits = three_edits(store)
    git(clone, "config", "core.sshCommand", "sh -c 'sleep 60' --")
    git(clone, "remote", "set-url", "origin", "ssh://host.invalid/server.git")
    assert isinstance(store.compare_and_swap(edits, within(1)), Unreached)
    with pytest.raises(LedgerError) as caught:
        store.read_refs(RESERVED, within(0.5))
    assert caught.value.kind == "unreachable"


def test_a_helper_that_git_does_not_trace_leaves_doubt(clone: Path, tmp_path: Path) -> None:
    git(clone, "remote", "set-url", "origin", "nosuch::place")
    store = remote_store(clone)
    assert isinstance(store.compare_and_swap([reserve(store, 1, b"1")], within(30)), InDoubt)


def test_no_time_left(clone: Path) -> None:
    store = remote_store(clone)
    assert isinstance(store.compare_and_swap([reserve(store, 1, b"1")], within(0)), Unreached)
    with pytest.raises(LedgerError):
        store.read_refs([], within(0))


def test_read_back_is_from_where_the_push_went(server: Path, clone: Path, tmp_path: Path) -> None:
    """`url` is a mirror that lags behind; `pushurl` is the authority."""
    git(tmp_path, "clone", "-q", "--mirror", str(server), "mirror.git")
    git(clone, "config", "remote.origin.pushurl", str(server))
    git(clone, "remote", "set-url", "origin", str(tmp_path / "mirror.git"))
    store = remote_store(clone)
    taken = reserve(store, 1, b"by hand")
    git(clone, "push", "-q", str(server), f"{taken.new}:{taken.ref}")
    assert store.compare_and_swap([reserve(store, 1, b"mine")], within(30)) == Conflict((taken.ref,))
    hook(server, "reference-transaction", "test $1 != committed || kill -9 $PPID")
    assert store.compare_and_swap(three_edits(store)[:1], within(30)) == Applied()


def test_a_shallow_clone_reads_and_lands(server: Path, tmp_path: Path) -> None:
    commit_file(tmp_path / "first", "more")
    git(tmp_path / "first", "push", "-q", "origin", "main")
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{server}", "shallow")
    store = remote_store(tmp_path / "shallow")
    assert store.repo.shallow
    edits = three_edits(store)
    assert store.compare_and_swap(edits, within(30)) == Applied()
    refs = remote_store(tmp_path / "first").read_refs(RESERVED, within(30))
    assert refs == {edit.ref: edit.new for edit in edits}
    land(remote_store(tmp_path / "first"), refs[MAIN], {"feed/b.md": b"b"})
    assert [entry.path for entry in store.list_files(store.read_refs([], within(30))[MAIN])] == [
        "feed/a.md",
        "feed/b.md",
    ]


def test_a_worktree_and_a_branch_of_its_own(server: Path, clone: Path, tmp_path: Path) -> None:
    git(clone, "worktree", "add", "-q", "-b", "topic", str(tmp_path / "linked"))
    store = remote_store(tmp_path / "linked", branch="fleet/feed")
    new = land(store, ABSENT, {"feed/a.md": b"a"})
    assert git(server, "rev-parse", "fleet/feed") == new
    assert remote_store(clone, branch="fleet/feed").read_refs([], within(30)) == {
        "refs/heads/fleet/feed": new
    }


def test_how_old_an_answer_is(clone: Path) -> None:
    store = remote_store(clone)
    assert store.fetched_at() is None
    store.read_refs([], within(30))
    at = store.fetched_at()
    assert at is not None and timedelta(0) <= datetime.now(UTC) - at + timedelta(seconds=1) < timedelta(
        minutes=1
    )


FETCHER = """
import sys, time
from pathlib import Path
from tests.store.stores import remote_store, within
store = remote_store(Path(sys.argv[1]))
for _ in range(15):
    refs = store.read_refs(["refs/reserve/CMB/"], within(60))
    assert "refs/heads/main" in refs and len(refs) > 40, refs
"""


def test_processes_of_one_clone_may_fetch_at_once(server: Path, clone: Path) -> None:
    """Each fetch finds something that has moved, so that all of them write the same refs."""
    store = remote_store(clone)
    assert (
        store.compare_and_swap([reserve(store, number, b"%d" % number) for number in range(40)], within(30))
        == Applied()
    )
    here = Path(__file__).parents[2]
    fetchers = [subprocess.Popen([sys.executable, "-c", FETCHER, str(clone)], cwd=here) for _ in range(4)]
    number = 100
    while any(fetcher.poll() is None for fetcher in fetchers):
        number += 1
        oid = git(server, "hash-object", "-w", "--stdin", stdin=str(number))
        git(server, "update-ref", f"refs/reserve/CMB/{number % 40}", oid)
        time.sleep(0.01)
    assert [fetcher.returncode for fetcher in fetchers] == [0, 0, 0, 0]


def test_a_lock_that_stays_is_said(clone: Path) -> None:
    (clone / ".git" / "refs" / "remotes" / "origin" / "main.lock").touch()
    waited: list[float] = []
    store = RemoteStore(open_repository(clone), "origin", "main", waited.append)
    other = clone.parent / "first"
    commit_file(other, "more")
    git(other, "push", "-q", "origin", "main")
    with pytest.raises(LedgerError) as caught:
        store.read_refs([], within(30))
    assert "main.lock" in caught.value.message
    assert len(waited) > 5
