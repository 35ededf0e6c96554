"""The pool's deeds in this process: whose a tree is, what becomes of it, and what may go wrong with one."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.app.effects import TimeLimit
from ledger.app.ledger import GlobalOptions, open_ledger
from ledger.app.pool.lease import POLL
from ledger.app.pool.pool import allocate_tree, list_trees, prune_trees, refresh_trees, release_tree
from ledger.core.errors import LedgerError
from ledger.faces.context import make_effects
from ledger.faces.json.pool import make_tree_json
from ledger.store.git.process import Git
from ledger.store.pool.pool import MARKER
from tests.fleet import Seat, standing
from tests.gitrun import commit_file, git, hook, new_repository
from tests.pools import Hub, build, one, rescued, session, unsound


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    place, coder = standing(build, tmp_path)
    return Hub(place.path, coder.path)


def crashed(hub: Hub, text: str = "line-a\n", seat: str = "otto") -> Path:
    """The tree of a session that wrote a file and was killed."""
    with session() as child:
        tree = hub.allocate(seat, pid=child.pid)
        (tree / "new.txt").write_text(text)
    return tree


def states(hub: Hub) -> list[str]:
    return [tree.state for tree in list_trees(hub.ledger()).worktrees]


# Where trees stand, and at what.


def test_the_first_tree_stands_in_the_state_folder(hub: Hub, tmp_path: Path) -> None:
    tree = hub.allocate()
    assert tree.relative_to(tmp_path / "state" / "git-ledger" / "worktrees").parts[1:] == ("otto", "1")
    assert unsound(tree, git(hub.coder, "rev-parse", "main")) == ""
    assert (tree / MARKER).exists()
    assert "otto/1" in git(hub.path, "worktree", "list", "--porcelain").split("locked ")[1]


def test_settings_choose_place_size_and_base(hub: Hub, tmp_path: Path) -> None:
    git(hub.coder, "switch", "-q", "-c", "stable")
    stable = commit_file(hub.coder, "stable.txt")
    git(hub.coder, "push", "-q", "origin", "stable")
    settings = {"ledger.pool": tmp_path / "else", "ledger.pool.size": 1, "ledger.pool.base": "stable"}
    for key, value in settings.items():
        git(hub.path, "config", key, str(value))
    tree = hub.allocate()
    assert tree.is_relative_to(tmp_path / "else")
    assert unsound(tree, stable) == ""
    with pytest.raises(LedgerError, match="all 1 trees of otto are taken"):
        hub.allocate()


@pytest.mark.parametrize(
    ("key", "value", "kind"),
    [
        ("ledger.pool", "here", "usage"),
        ("ledger.pool", "~nobody-of-that-name/pool", "usage"),
        ("ledger.pool.size", "0", "usage"),
        ("ledger.pool.size", "many", "usage"),
        ("ledger.pool.largest", "much", "usage"),
        ("ledger.pool.largest", "1mk", "usage"),
        ("ledger.pool.base", "nowhere", "no-branch"),
    ],
)
def test_settings_that_cannot_be(key: str, value: str, kind: str, hub: Hub) -> None:
    git(hub.path, "config", key, value)
    with pytest.raises(LedgerError) as raised:
        hub.allocate()
    git(hub.path, "config", "--unset-all", key)
    assert (raised.value.kind, states(hub)) == (kind, [])


@pytest.mark.parametrize("place", ["/proc/nowhere", "code.txt/pool"])
def test_a_pool_that_cannot_be_made(place: str, hub: Hub) -> None:
    """In a folder that takes no files, and below a file."""
    git(hub.path, "config", "ledger.pool", str(hub.path / place))
    with pytest.raises(LedgerError, match="cannot be written to") as raised:
        hub.allocate()
    assert raised.value.kind == "usage" and "ledger.pool" in raised.value.hint


def test_without_a_remote_the_base_is_what_the_main_tree_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    repo = new_repository(tmp_path / "alone")
    commit = commit_file(repo, "code.txt")
    assert unsound(Hub(repo, repo).allocate(), commit) == ""


@pytest.mark.parametrize("remote", [True, False])
def test_the_main_repository_may_be_bare(remote: bool, hub: Hub, tmp_path: Path) -> None:
    """As people have it who work in worktrees alone: `git clone --bare`, then `git worktree add`."""
    bare, main = tmp_path / "project" / ".bare", tmp_path / "project" / "main"
    git(tmp_path, "clone", "-q", "--bare", git(hub.path, "remote", "get-url", "origin"), str(bare))
    if not remote:
        git(bare, "remote", "remove", "origin")
    (bare.parent / ".git").write_text("gitdir: ./.bare\n")
    git(bare.parent, "worktree", "add", "-q", str(main), "main")
    project = Hub(main, hub.coder)
    with session() as child:
        tree = project.allocate(pid=child.pid)
        commit_file(tree, "left.txt", "line-a\n")
        git(tree, "switch", "-q", "-c", "fix", "main")
        (tree / "new.txt").write_text("line-b\n")
    assert project.allocate() == tree
    assert unsound(tree, git(bare, "rev-parse", "main")) == ""
    assert "line-a" in rescued(main) and "line-b" in rescued(main)
    assert "in a working tree or a clone of it" in Seat("otto", bare.parent).refused("pool", "list")["hint"]


def test_a_registration_that_is_half_made_is_told_and_no_registration_is_in_the_way(hub: Hub) -> None:
    """As `git worktree add` leaves one that is killed; where it is at work, it is waited for."""
    folder = hub.path / ".git" / "worktrees" / "new"
    folder.mkdir(parents=True)
    (folder / "gitdir").write_text(f"{hub.path.parent / 'new' / '.git'}\n")
    (folder / "commondir").touch()
    with pytest.raises(LedgerError, match="is half made") as raised:
        hub.allocate()
    assert raised.value.kind == "locked" and "worktree prune -n -v" in raised.value.hint
    git(hub.path, "worktree", "prune")
    hub.allocate()


def test_a_clone_may_have_a_name_that_is_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    repo = new_repository(tmp_path / os.fsdecode(b'caf\xe9 "x"'))
    commit = commit_file(repo, "code.txt")
    assert unsound(Hub(repo, repo).allocate(), commit) == ""


def test_an_empty_repository_has_no_base(tmp_path: Path) -> None:
    repo = new_repository(tmp_path / "empty")
    with pytest.raises(LedgerError) as raised:
        Hub(repo, repo).allocate()
    assert raised.value.kind == "no-branch"


def test_a_remote_whose_head_was_never_asked_is_asked(hub: Hub) -> None:
    git(hub.path, "remote", "set-head", "origin", "--delete")
    with pytest.raises(LedgerError, match='has no branch "HEAD"'):
        allocate_tree(hub.ledger(offline=True))
    tree = hub.allocate()
    assert unsound(tree, git(hub.coder, "rev-parse", "main")) == ""
    git(hub.path, "remote", "set-url", "origin", str(hub.path / "nowhere"))
    release_tree(hub.ledger(), tree)


def test_a_warm_tree_is_brought_to_the_new_base_and_keeps_what_is_ignored(hub: Hub) -> None:
    tree = hub.allocate()
    (tree / "build").mkdir()
    (tree / "build" / "out.o").write_text("made\n")
    release_tree(hub.ledger(), tree)
    base = hub.moves_on()
    assert hub.allocate() == tree
    assert unsound(tree, base) == ""
    assert (tree / "build" / "out.o").read_text() == "made\n"


def test_offline_takes_what_was_fetched_last(hub: Hub) -> None:
    before = git(hub.path, "rev-parse", "origin/main")
    hub.moves_on()
    assert unsound(one(allocate_tree(hub.ledger(offline=True))), before) == ""


def test_a_remote_that_is_away_leaves_nothing_leased(hub: Hub) -> None:
    git(hub.path, "remote", "set-url", "origin", str(hub.path / "nowhere"))
    with pytest.raises(LedgerError) as raised:
        hub.allocate()
    assert (raised.value.kind, states(hub)) == ("unreachable", [])


def test_who_waits_asks_the_remote_again_once_there_is_a_tree(hub: Hub) -> None:
    """Not at each look, which is five times a second; the tree is at what the remote has by then."""
    git(hub.path, "config", "ledger.pool.size", "1")
    tree, ledger = hub.allocate(), hub.ledger()
    url = git(hub.path, "remote", "get-url", "origin")
    looks: list[str] = []
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        git(hub.path, "remote", "set-url", "origin", url if looks else str(hub.path / "nowhere"))
        if looks:
            release_tree(hub.ledger(), tree)
        looks.append(hub.moves_on(f"{len(looks)}\n"))

    again = replace(ledger, world=replace(ledger.world, wait=wait))
    assert one(allocate_tree(again, wait=60.0, pid=os.getpid())) == tree
    assert waits == [POLL, POLL]  # none for a fetch that failed
    assert unsound(tree, looks[-1]) == ""


# Whose a tree is.


def test_sessions_of_one_identity_never_share_a_tree(hub: Hub) -> None:
    assert len({hub.allocate() for _ in range(3)}) == 3
    with pytest.raises(LedgerError) as raised:
        hub.allocate()
    error = raised.value
    assert error.kind == "pool-exhausted"
    assert error.message.count(f"by process {os.getpid()} on {os.uname().nodename} since 20") == 3
    assert [tree.lease.process.pid for tree in error.details["worktrees"]] == [os.getpid()] * 3


def test_the_work_of_a_dead_session_is_saved_before_its_tree_is_taken(hub: Hub) -> None:
    git(hub.path, "config", "ledger.pool.size", "1")
    tree = crashed(hub)
    assert states(hub) == ["abandoned"]
    told = allocate_tree(hub.ledger(), pid=os.getpid())
    assert one(told) == tree
    (ref,) = told.rescued
    assert ref.startswith("refs/ledger/rescue/otto/20")
    assert git(tree, "show", f"{ref}:new.txt") == "line-a"
    assert unsound(tree, git(hub.coder, "rev-parse", "main")) == ""


def change_record(tree: Path, old: str, new: str) -> None:
    for place in (tree.with_suffix(".json"), tree / MARKER):
        place.write_text(place.read_text().replace(old, new))


def other_host(hub: Hub, tree: Path) -> None:
    change_record(tree, f'"host": "{os.uname().nodename}', '"host": "elsewhere')


def unknown_birth(hub: Hub, tree: Path) -> None:
    lines = tree.with_suffix(".json").read_text().splitlines()
    (birth,) = [line for line in lines if '"birth"' in line]
    change_record(tree, birth, '   "birth": "",')


def record_is_lost(hub: Hub, tree: Path) -> None:
    tree.with_suffix(".json").unlink()


def both_are_lost(hub: Hub, tree: Path) -> None:
    tree.with_suffix(".json").unlink()
    (tree / MARKER).unlink()


def marker_of_another(hub: Hub, tree: Path) -> None:
    change_record(tree, '"identity": "otto"', '"identity": "camber"')


def unbind(hub: Hub, tree: Path) -> None:
    """The lease is of a session in a sandbox, whose end cannot be seen."""
    for place in (tree.with_suffix(".json"), tree / MARKER):
        told = json.loads(place.read_text())
        told["lease"]["process"] |= {"pid": 1, "birth": ""}
        place.write_text(json.dumps(told))


@pytest.mark.parametrize(
    ("living", "change"),
    [
        pytest.param(True, lambda hub, tree: None, id="its process lives"),
        pytest.param(True, record_is_lost, id="only its marker says that its process lives"),
        pytest.param(False, other_host, id="its process is another host's"),
        pytest.param(False, unknown_birth, id="its process cannot be known"),
        pytest.param(False, both_are_lost, id="nobody knows whose it is"),
        pytest.param(False, marker_of_another, id="it says that it is another's"),
    ],
)
def test_a_tree_that_may_be_somebodys_is_nobody_elses(
    living: bool, change: Callable[[Hub, Path], None], hub: Hub
) -> None:
    """Neither taken, nor refreshed, nor pruned."""
    git(hub.path, "config", "ledger.pool.size", "1")
    with session() as child:
        tree = hub.allocate(pid=child.pid)
        (tree / "new.txt").write_text("line-a\n")
        if not living:
            child.kill()
            child.wait()
        change(hub, tree)
        with pytest.raises(LedgerError) as raised:
            hub.allocate()
        assert raised.value.kind == "pool-exhausted"
        refresh_trees(hub.ledger())
        prune_trees(hub.ledger("camber"))
        assert (tree / "new.txt").read_text() == "line-a\n"


def test_a_dead_session_whose_programs_still_work_keeps_its_tree(hub: Hub) -> None:
    tree = crashed(hub)
    with session(tree):
        assert states(hub) == ["leased"]
        assert hub.allocate() != tree
    assert states(hub) == ["abandoned", "leased"]


def test_a_tree_whose_record_was_lost_is_still_its_owners(hub: Hub) -> None:
    """By the marker in it: it is told, and taken over once its session is dead."""
    tree = crashed(hub)
    record_is_lost(hub, tree)
    assert states(hub) == ["abandoned"]
    assert hub.allocate() == tree
    assert "line-a" in rescued(hub.path)


def test_a_tree_with_a_marker_of_elsewhere_is_taken_over_and_no_line_is_lost(hub: Hub) -> None:
    """Its record was lost, and a branch that is checked out has a file of the marker's name."""
    tree = crashed(hub)
    record_is_lost(hub, tree)
    (tree / MARKER).write_text("[]")
    assert hub.allocate() == tree
    assert "line-a" in rescued(hub.path)


def test_a_marker_that_was_lost_is_written_again(hub: Hub) -> None:
    tree = hub.allocate()
    git(tree, "clean", "-fdxq")
    assert not (tree / MARKER).exists()
    release_tree(hub.ledger(), tree)
    assert hub.allocate() == tree
    assert (tree / MARKER).exists()


def test_each_tree_is_its_seats_where_trees_have_settings_of_their_own(hub: Hub) -> None:
    git(hub.path, "config", "extensions.worktreeConfig", "true")
    git(hub.path, "config", "--worktree", "ledger.seat", "hub")
    trees = [hub.allocate("otto"), hub.allocate("camber")]
    assert [git(tree, "config", "ledger.seat") for tree in trees] == ["otto", "camber"]


def test_a_tree_that_is_made_anew_is_its_seats_again(hub: Hub) -> None:
    """Git gives a new working tree the settings of the main one, whoever had it before."""
    git(hub.path, "config", "extensions.worktreeConfig", "true")
    git(hub.path, "config", "--worktree", "ledger.seat", "hub")
    shutil.rmtree(crashed(hub))
    assert git(hub.allocate(), "config", "ledger.seat") == "otto"


# Giving back.


def test_a_release_saves_and_says_what_is_on_no_branch(hub: Hub) -> None:
    tree = hub.allocate()
    (tree / "new.txt").write_text("line-a\n")
    told = release_tree(hub.ledger(), tree)
    assert [(one.path, one.state, one.branch) for one in told.worktrees] == [(tree, "free", None)]
    assert "line-a" in rescued(hub.path) and len(told.rescued) == 1
    assert unsound(tree, git(hub.path, "rev-parse", "origin/main")) == ""


def test_a_large_file_is_kept_beside_the_trees_said_listed_and_expired(hub: Hub) -> None:
    git(hub.path, "config", "ledger.pool.largest", "1k")
    tree = hub.allocate()
    (tree / "data.bin").write_text("line-a\n" * 1000)
    seat = Seat("otto", hub.path)
    told = seat.run("pool", "release", str(tree), "--force")
    (rescue,) = seat.ok("pool", "rescues")["rescues"]
    (large,) = rescue["large"]
    assert f"too large for a commit, and kept as a file: {large['path']}" in told.err
    assert large["bytes"] == 7000 and Path(large["path"]).read_text().startswith("line-a\n")
    assert large["path"] in seat.run("pool", "rescues").out
    assert seat.ok("pool", "rescues")["bytes"] > 7000
    assert large["path"] in seat.run("pool", "restore", rescue["ref"]).err
    hub.allocate()
    assert Path(large["path"]).exists()
    old = "refs/ledger/rescue/otto/20260101T000000000Z"
    git(hub.path, "update-ref", old, rescue["commit"])
    Path(large["path"]).parent.rename(Path(large["path"]).parents[1] / old.rpartition("/")[2])
    dropped = seat.run("pool", "expire", "--older-than", "14d")
    assert "dropped " in dropped.out and "data.bin  6.8 KiB" in dropped.out
    assert [row["ref"] for row in seat.ok("pool", "rescues")["rescues"]] == [rescue["ref"]]
    assert list(Path(large["path"]).parents[1].iterdir()) == []


def test_a_release_without_a_path_means_the_only_tree_of_the_process(hub: Hub) -> None:
    first = hub.allocate()
    assert one(release_tree(hub.ledger(), pid=os.getpid())) == first
    hub.allocate(), hub.allocate()
    with pytest.raises(LedgerError, match="not said which tree"):
        release_tree(hub.ledger(), pid=os.getpid())


def test_a_release_that_comes_late_leaves_the_tree_to_whoever_has_it_now(hub: Hub) -> None:
    """Released twice at once, and leased to another session between the two."""
    git(hub.path, "config", "ledger.pool.size", "1")
    tree = hub.allocate()
    ledger = hub.ledger()
    with session() as child:

        def meanwhile() -> float:
            if states(hub) == ["leased"] and not (tree / "new.txt").exists():
                release_tree(hub.ledger(), tree)
                hub.allocate(pid=child.pid)
                (tree / "new.txt").write_text("line-a\n")
            return 0.0

        told = release_tree(replace(ledger, until=TimeLimit(meanwhile, 30.0)), tree)
        assert [one.state for one in told.worktrees] == ["leased"]
        assert told.words == ("it was released meanwhile, and is left as it is",)
        assert git(tree, "status", "--short") == "?? new.txt"


def test_nobody_releases_the_tree_of_another_identity(hub: Hub, tmp_path: Path) -> None:
    git(hub.path, "config", "ledger.pool", str(tmp_path / "my pool"))
    tree = hub.allocate()
    with pytest.raises(LedgerError) as raised:
        release_tree(hub.ledger("camber"), tree)
    assert (raised.value.kind, states(hub)) == ("not-the-holder", ["leased"])
    assert f"release '{tree}' --identity otto" in raised.value.hint


def test_nobody_releases_the_tree_of_another_living_session(hub: Hub) -> None:
    """Neither by its path nor from within it; not even another session of the same identity."""
    with session() as one_session, session() as another:
        tree = hub.allocate(pid=one_session.pid)
        (tree / "new.txt").write_text("line-a\n")
        within = open_ledger(GlobalOptions(tree, "otto"), make_effects())
        for ledger, path in ((hub.ledger(), tree), (within, None)):
            with pytest.raises(LedgerError, match=f"process {one_session.pid} ") as raised:
                release_tree(ledger, path, pid=another.pid)
            assert raised.value.kind == "not-the-holder"
        assert (tree / "new.txt").read_text() == "line-a\n"
        assert [one.state for one in release_tree(hub.ledger(), tree, pid=one_session.pid).worktrees] == [
            "free"
        ]


def test_a_release_by_force_takes_the_tree_of_another_session_and_saves_its_work(hub: Hub) -> None:
    with session() as child:
        tree = hub.allocate(pid=child.pid)
        (tree / "new.txt").write_text("line-a\n")
        release_tree(hub.ledger(), tree, force=True)
        assert states(hub) == ["free"]
    assert "line-a" in rescued(hub.path)


def test_the_tree_of_a_dead_session_is_released_by_its_identity(hub: Hub) -> None:
    tree = crashed(hub)
    release_tree(hub.ledger(), tree)
    assert states(hub) == ["free"]
    assert "line-a" in rescued(hub.path)


def test_a_lease_that_no_process_ends_is_ended_from_within_the_tree(hub: Hub) -> None:
    """As the session in a sandbox does, whose commands have no process in common."""
    tree = hub.allocate()
    unbind(hub, tree)
    with pytest.raises(LedgerError, match="a session in a sandbox"):
        release_tree(hub.ledger(), tree)
    release_tree(open_ledger(GlobalOptions(tree, "otto"), make_effects()))
    assert states(hub) == ["free"]


def test_a_folder_that_is_no_tree_of_the_pool_is_not_released(hub: Hub) -> None:
    with pytest.raises(LedgerError, match="is no tree of this pool"):
        release_tree(hub.ledger(), hub.coder)


# What may go wrong with a tree.


def git_dir(hub: Hub, tree: Path) -> Path:
    return hub.path / ".git" / "worktrees" / tree.name


def removed_by_hand(hub: Hub, tree: Path) -> None:
    git(tree, "add", "new.txt")
    shutil.rmtree(tree)


def removed_with_a_commit(hub: Hub, tree: Path) -> None:
    git(tree, "add", "new.txt")
    git(tree, "commit", "-q", "-m", "on no branch")
    shutil.rmtree(tree)


def removed_by_git(hub: Hub, tree: Path) -> None:
    git(tree, "add", "new.txt")
    git(tree, "commit", "-q", "-m", "a branch has it")
    git(tree, "branch", "kept")
    git(hub.path, "worktree", "remove", "-f", "-f", str(tree))


def removed_at_a_conflict(hub: Hub, tree: Path) -> None:
    commit_file(tree, "src/main.txt", "one\nzwei\nthree\n")
    git(tree, "branch", "theirs")
    git(tree, "checkout", "-q", "--detach", "HEAD~1")
    commit_file(tree, "src/main.txt", "one\nzwo\nthree\n")
    assert Git(tree).run("merge", "theirs").code
    removed_by_hand(hub, tree)


def removed_before_the_first_commit(hub: Hub, tree: Path) -> None:
    git(tree, "switch", "-q", "--orphan", "fresh")
    removed_by_hand(hub, tree)


def removed_in_a_rebase(hub: Hub, tree: Path) -> None:
    commit_file(tree, "src/main.txt", "one\nzwei\nthree\n")
    git(tree, "branch", "theirs")
    git(tree, "checkout", "-q", "--detach", "HEAD~1")
    commit_file(tree, "src/main.txt", "one\nzwo\nthree\n")
    git(tree, "add", "new.txt")
    git(tree, "commit", "-q", "-m", "on no branch")
    assert Git(tree).run("rebase", "theirs").code
    shutil.rmtree(tree)


def relinked_by_one_that_died(hub: Hub, tree: Path) -> None:
    """What is there between the two steps of linking a tree again."""
    forgotten(hub, tree)
    place = str(tree.with_name("1.new"))
    git(hub.path, "worktree", "add", "-q", "--no-checkout", "--detach", place, "main")


def forgotten_but_for_a_hidden_file(hub: Hub, tree: Path) -> None:
    forgotten(hub, tree)
    for place in tree.iterdir():
        if place.is_dir():
            shutil.rmtree(place)
        elif place.name not in (".git", MARKER):
            place.unlink()
    (tree / ".gitignore").write_text("line-a\n")


def broken_link(hub: Hub, tree: Path) -> None:
    (tree / ".git").write_text("gitdir: /nowhere\n")


def lost_link(hub: Hub, tree: Path) -> None:
    (tree / ".git").unlink()


def forgotten(hub: Hub, tree: Path) -> None:
    shutil.rmtree(git_dir(hub, tree))


def interrupted(hub: Hub, tree: Path) -> None:
    (git_dir(hub, tree) / "index.lock").touch()


def interrupted_while_it_was_saved(hub: Hub, tree: Path) -> None:
    (git_dir(hub, tree) / "ledger-index.lock").touch()


def unlocked(hub: Hub, tree: Path) -> None:
    git(hub.path, "worktree", "unlock", str(tree))


@pytest.mark.parametrize(
    ("harm", "state"),
    [
        (removed_by_hand, "missing"),
        (removed_with_a_commit, "missing"),
        (removed_by_git, "missing"),
        (broken_link, "broken"),
        (lost_link, "broken"),
        (forgotten, "broken"),
        (interrupted, "index-locked"),
        (interrupted_while_it_was_saved, "index-locked"),
        (removed_at_a_conflict, "missing"),
        (removed_before_the_first_commit, "missing"),
        (removed_in_a_rebase, "missing"),
        (relinked_by_one_that_died, "broken"),
        (forgotten_but_for_a_hidden_file, "broken"),
        (unlocked, "abandoned"),
    ],
)
def test_harm_is_told_and_mended_and_costs_nothing(
    harm: Callable[[Hub, Path], None], state: str, hub: Hub
) -> None:
    tree = crashed(hub)
    harm(hub, tree)
    assert states(hub) == [state]
    told = refresh_trees(hub.ledger())
    assert [one.state for one in told.worktrees] == ["free"], told.words
    assert unsound(tree, git(hub.coder, "rev-parse", "main")) == ""
    assert "line-a" in rescued(hub.path) + git(hub.path, "log", "--all", "-p", "--format=")
    assert "otto/1" in Path(git(tree, "rev-parse", "--git-path", "locked")).read_text()
    assert hub.allocate() == tree


def test_a_clone_that_is_moved_finds_its_trees(hub: Hub) -> None:
    tree = crashed(hub)
    moved = Hub(hub.path.rename(hub.path.with_name("moved")), hub.coder)
    assert states(moved) == ["broken"]
    told = refresh_trees(moved.ledger())
    assert [one.state for one in told.worktrees] == ["free"], told.words
    assert "line-a" in rescued(moved.path)
    assert moved.allocate() == tree


def test_a_copy_of_a_clone_leaves_the_trees_of_the_clone_alone(hub: Hub) -> None:
    tree = crashed(hub)
    copy = Hub(hub.path.with_name("copy"), hub.coder)
    shutil.copytree(hub.path, copy.path, symlinks=True)
    assert list_trees(copy.ledger()).worktrees == ()
    assert copy.allocate() != tree
    assert states(hub) == ["abandoned"]


def test_harm_is_mended_by_allocating_too(hub: Hub) -> None:
    git(hub.path, "config", "ledger.pool.size", "1")
    forgotten(hub, crashed(hub))
    assert unsound(hub.allocate(), git(hub.coder, "rev-parse", "main")) == ""
    assert "line-a" in rescued(hub.path)


def test_a_lock_that_git_may_hold_is_left(hub: Hub, tmp_path: Path) -> None:
    """Somebody's git is at work in the tree: its lock stays, the tree is held back, the next one is taken."""
    tree = hub.allocate()
    release_tree(hub.ledger(), tree)
    interrupted(hub, tree)
    program = tmp_path / "git-at-work"
    program.symlink_to(shutil.which("cat") or "/bin/cat")
    with session(tree, str(program)):
        told = refresh_trees(hub.ledger())
        assert [one.state for one in told.worktrees] == ["held-back"]
        assert "index.lock is there, and may be in use" in told.words[0]
        assert (git_dir(hub, tree) / "index.lock").exists()
        assert hub.allocate() != tree


def test_a_tree_without_files_whose_submodules_have_commits_is_left(hub: Hub) -> None:
    tree = crashed(hub)
    inside = new_repository(git_dir(hub, tree) / "modules" / "sub")
    commit_file(inside, "sub.txt", "line-b\n")
    shutil.rmtree(tree)
    assert "its submodules' commits are in" in refresh_trees(hub.ledger()).words[0]
    assert git(inside, "show", "HEAD:sub.txt") == "line-b"


def test_a_repository_in_the_place_of_a_tree_is_left(hub: Hub) -> None:
    tree = hub.allocate()
    release_tree(hub.ledger(), tree)
    (tree / ".git").unlink()
    git(tree, "init", "-q")
    assert "is a repository of its own" in refresh_trees(hub.ledger()).words[0]
    assert hub.allocate() != tree
    assert (tree / ".git" / "HEAD").exists()


def test_a_tree_that_cannot_be_set_is_left_to_whoever_had_it(hub: Hub) -> None:
    """Work that no commit can keep: the tree stays abandoned, and the session gets another one."""
    tree = crashed(hub)
    git(tree, "init", "-q", "inner")
    (tree / "inner" / "file.txt").write_text("line-b\n")
    assert hub.allocate() != tree
    assert states(hub)[0] == "abandoned"
    told = refresh_trees(hub.ledger())
    assert told.worktrees[0].state == "held-back" and "inner" in told.words[0]
    assert (tree / "inner" / "file.txt").read_text() == "line-b\n"


def test_a_clone_that_cannot_be_written_leaves_nothing_leased(hub: Hub) -> None:
    """As the git directory is to a sandbox of agents; a file in the place of a folder refuses root too."""
    tree = hub.allocate()
    release_tree(hub.ledger(), tree)
    git_dir = Path(git(tree, "rev-parse", "--absolute-git-dir"))
    (git_dir / "logs").rename(git_dir / "logs-away")
    (git_dir / "logs").touch()
    with pytest.raises(OSError, match="logs"):
        hub.allocate()
    assert states(hub) == ["free"]


def test_a_tree_that_is_away_for_a_moment_outlives_the_prune_of_a_peer(hub: Hub) -> None:
    tree = hub.allocate()
    (tree / "new.txt").write_text("line-a\n")
    git(tree, "add", "new.txt")
    away = tree.with_name("away")
    tree.rename(away)
    git(hub.path, "worktree", "prune", "--expire=now")
    away.rename(tree)
    assert git(tree, "status", "--short") == "A  new.txt"


# Refreshing and pruning.


def test_a_refresh_leaves_leased_trees_alone(hub: Hub) -> None:
    tree = hub.allocate()
    (tree / "new.txt").write_text("line-a\n")
    hub.moves_on()
    assert [one.state for one in refresh_trees(hub.ledger()).worktrees] == ["leased"]
    assert git(tree, "status", "--short") == "?? new.txt"


@pytest.mark.parametrize("own", [False, True], ids=["a branch without commits", "a branch with commits"])
def test_a_refresh_of_the_tree_one_is_in_keeps_its_branch(own: bool, hub: Hub) -> None:
    tree = hub.allocate()
    git(tree, "switch", "-q", "-c", "mine")
    commit = commit_file(tree, "mine.txt") if own else ""
    (tree / "new.txt").write_text("line-a\n")
    base = hub.moves_on()
    told = refresh_trees(hub.ledger(), path=tree)
    assert [(one.state, one.branch) for one in told.worktrees] == [("leased", "mine")]
    assert unsound(tree, commit or base) == ""
    assert "line-a" in rescued(hub.path)
    assert list(told.words) == (["mine has commits of its own and stays where it is"] if own else [])


def refresh_by_a_session_of_its_own(tree: Path) -> list[str]:
    """What a second runtime does that is started in a tree; gives what is said."""
    starts = "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:]).returncode)"
    words = [sys.executable, "-m", "ledger", "-C", str(tree), "--seat", "otto", "pool", "refresh"]
    ran = subprocess.run([sys.executable, "-c", starts, *words], capture_output=True, text=True, check=True)
    return ran.stderr.splitlines()


def test_a_refresh_in_the_tree_of_another_session_leaves_it(hub: Hub) -> None:
    with session() as child:
        tree = hub.allocate(pid=child.pid)
        (tree / "new.txt").write_text("line-a\n")
        said = refresh_by_a_session_of_its_own(tree)
        assert f"is leased to process {child.pid} on" in said[-1]
        assert git(tree, "status", "--short") == "?? new.txt"
    assert "saved what was in the tree" in refresh_by_a_session_of_its_own(tree)[-1]


def test_a_refresh_in_a_tree_where_somebody_else_is_at_work_leaves_it(hub: Hub) -> None:
    """Two runtimes of one terminal, which has the tree: the second sweeps nothing from under the first."""
    tree = hub.allocate()
    (tree / "new.txt").write_text("line-a\n")
    with session(tree) as child:
        said = refresh_by_a_session_of_its_own(tree)
        assert f"process {child.pid} is at work in {tree}" in said[-1]
        assert git(tree, "status", "--short") == "?? new.txt"
    assert "saved what was in the tree" in refresh_by_a_session_of_its_own(tree)[-1]


def test_a_refresh_of_the_tree_one_is_in_moves_a_head_on_no_branch(hub: Hub) -> None:
    tree = hub.allocate()
    commit_file(tree, "mine.txt", "line-a\n")
    base = hub.moves_on()
    refresh_trees(hub.ledger(), path=tree)
    assert unsound(tree, base) == ""
    assert "line-a" in rescued(hub.path)


@pytest.mark.parametrize(
    ("source", "runtime"),
    [("startup", "claude"), (None, "cursor"), ("resume", "claude"), ("compact", "claude")],
)
def test_a_runtime_that_starts_afresh_finds_its_tree_refreshed(
    source: str | None, runtime: str, hub: Hub
) -> None:
    """One that goes on finds it as it left it."""
    tree = hub.allocate()
    (tree / "notes.txt").write_text("half a thought\n")
    base = hub.moves_on()
    given = json.dumps({"session_id": "s", "cwd": str(tree)} | ({"source": source} if source else {}))
    ran = Seat("otto", tree).run("hook", runtime, "start", stdin=given.encode())
    refs = git(hub.path, "for-each-ref", "--format=%(refname)", "refs/ledger/rescue/otto").splitlines()
    assert (ran.code, ran.err) == (0, "")
    if source in ("resume", "compact"):
        assert (tree / "notes.txt").exists() and refs == [] and ran.json == {}
        return
    assert not (tree / "notes.txt").exists() and git(tree, "rev-parse", "HEAD") == base
    assert f"Unsaved work that was in this working tree is in {refs[0]}" in ran.out
    assert git(hub.path, "show", f"{refs[0]}:notes.txt") == "half a thought"


def test_a_prune_removes_what_nobody_has_and_nothing_else(hub: Hub) -> None:
    leased, free, dead = hub.allocate("camber"), hub.allocate("camber"), crashed(hub)
    release_tree(hub.ledger("camber"), free)
    strange = dead.parent / "9"
    git(hub.path, "worktree", "add", "-q", "--detach", str(strange))
    told = prune_trees(hub.ledger())
    assert [one.path for one in told.worktrees] == [leased]
    assert sorted(told.words) == sorted(f"removed {tree}" for tree in (free, dead))
    assert "line-a" in rescued(hub.path)
    assert [place.exists() for place in (leased, free, dead, strange)] == [True, False, False, True]
    assert unsound(hub.allocate(), git(hub.coder, "rev-parse", "main")) == ""


def test_a_prune_leaves_what_it_cannot_save(hub: Hub) -> None:
    tree = crashed(hub)
    git(tree, "init", "-q", "inner")
    (tree / "inner" / "file.txt").write_text("line-b\n")
    (words,) = prune_trees(hub.ledger()).words
    assert "inner" in words
    assert (tree / "inner" / "file.txt").read_text() == "line-b\n"


# A tree for a ticket.


def test_a_ticket_is_claimed_with_branch_and_worktree(hub: Hub) -> None:
    seat = Seat("otto", hub.path)
    item = seat.files("CMB", "Redline cards, grouped by call")
    tree = hub.allocate(item=item)
    branch = f"otto/{item}-redline-cards-grouped-by-call"
    assert git(tree, "branch", "--show-current") == branch
    assert unsound(tree, git(hub.path, "rev-parse", "origin/main~1")) == ""  # what landed is the claim
    assert git(hub.path, "config", "--default", "", f"branch.{branch}.merge") == ""
    holder = seat.queue()[item]["holder"]
    assert (holder["seat"], holder["branch"], holder["worktree"]) == ("otto", branch, str(tree))
    assert make_tree_json(list_trees(hub.ledger()).worktrees[0])["leased_by"]["item"] == item


def test_a_ticket_that_another_holds_makes_no_tree(hub: Hub) -> None:
    camber = Seat("camber", hub.path)
    item = camber.files("CMB", "Cards")
    camber.ok("claim", item)
    with pytest.raises(LedgerError) as raised:
        hub.allocate(item=item)
    assert raised.value.kind == "held" and raised.value.details["holder"].seat == "camber"
    assert states(hub) == []


def test_a_claim_that_is_refused_leaves_no_branch_and_no_lease(hub: Hub) -> None:
    seat = Seat("otto", hub.path)
    item = seat.files("CMB", "Cards")
    seat.ok("park", item, "--why", "later")
    with pytest.raises(LedgerError):
        hub.allocate(item=item)
    assert git(hub.path, "branch", "--list", "otto/*") == ""
    assert states(hub) == ["free"]


def test_a_claim_that_is_refused_says_where_the_work_of_a_dead_session_is(hub: Hub) -> None:
    seat = Seat("otto", hub.path)
    item = seat.files("CMB", "Cards")
    seat.ok("park", item, "--why", "later")
    crashed(hub)
    with pytest.raises(LedgerError) as raised:
        hub.allocate(item=item)
    (ref,) = raised.value.details["rescued"]
    assert ref in raised.value.message
    assert git(hub.path, "show", f"{ref}:new.txt") == "line-a"


def taken_here(hub: Hub, name: str) -> None:
    git(hub.path, "branch", name)


def taken_on_the_remote(hub: Hub, name: str) -> None:
    git(hub.coder, "push", "-q", "origin", f"HEAD:refs/heads/{name}")


def taken_below(hub: Hub, name: str) -> None:
    git(hub.path, "branch", f"{name}/more")


def taken_above(hub: Hub, name: str) -> None:
    git(hub.path, "branch", name.partition("/")[0])


@pytest.mark.parametrize(
    ("harm", "named"),
    [
        (taken_here, "otto/CMB-0001-cards-2"),
        (taken_on_the_remote, "otto/CMB-0001-cards-2"),
        (taken_below, "otto/CMB-0001-cards-2"),
        (taken_above, "otto-pool/CMB-0001-cards"),
    ],
)
def test_a_branch_name_that_is_taken_is_made_unique(
    harm: Callable[[Hub, str], None], named: str, hub: Hub
) -> None:
    item = Seat("otto", hub.path).files("CMB", "Cards")
    harm(hub, "otto/CMB-0001-cards")
    assert git(hub.allocate(item=item), "branch", "--show-current") == named


def test_a_ticket_that_is_taken_up_again_goes_on_where_it_was(hub: Hub) -> None:
    item = Seat("otto", hub.path).files("CMB", "Cards")
    hub.allocate()
    with session() as child:
        tree = hub.allocate(item=item, pid=child.pid)
        commit = commit_file(tree, "work.txt")
        (tree / "new.txt").write_text("line-a\n")
    hook(hub.path / ".git", "post-checkout", "exit 1")
    assert hub.allocate(item=item) == tree
    assert git(tree, "branch", "--show-current") == "otto/CMB-0001-cards"
    assert unsound(tree, commit) == ""
    assert "line-a" in rescued(hub.path)


def test_a_ticket_whose_branch_another_session_has_gets_a_new_one_and_says_so(hub: Hub) -> None:
    item = Seat("otto", hub.path).files("CMB", "Cards")
    hub.allocate(item=item)
    (words,) = allocate_tree(hub.ledger(), item=item, pid=os.getpid()).words
    assert words.startswith("otto/CMB-0001-cards, which the claim named, cannot be checked out here")
    assert states(hub) == ["leased", "leased"]
