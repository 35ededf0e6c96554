"""Ways past the guard that need no git client: doubled refs, lost connections, deaf pushers."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ledger.core.ids import format_timestamp
from ledger.core.push_status import FAILED
from ledger.store.contract import EMPTY_TREE
from ledger.store.git.bare import open_bare
from ledger.store.git.treewalk import TooManyError, walk_push
from ledger.store.pool.processes import find_processes_in
from tests.fleet import Seat, bare_remote, clone, refs, standing
from tests.gitrun import commit_file, git
from tests.rawpush import Command, orphan, push_and_hang_up, receive, request
from tests.store.servers import serving
from tests.store.stores import eventually
from tests.test_guard import install

MAIN = "refs/heads/main"
SIDE_BAND = "report-status side-band-64k"


def _landed(folder: Path) -> list[Seat]:
    """A guarded remote with one ticket, and a clone."""
    remote = bare_remote(folder)
    install(remote, "--branch", "main")
    seat = clone(remote, folder / "clone", "mallory")
    seat.files("CMB", "Work")
    seat.git("fetch", "-q")
    seat.git("checkout", "-q", "-B", "main", "origin/main")
    return [seat]


@pytest.fixture
def seat(tmp_path: Path) -> Seat:
    (seat,) = standing(_landed, tmp_path)
    return seat


@pytest.fixture
def remote(seat: Seat, tmp_path: Path) -> Path:
    return tmp_path / "remote.git"


def honest(seat: Seat) -> tuple[str, str]:
    """The feed as it stands, and a commit on top of it that the guard lets in."""
    return seat.git("rev-parse", "HEAD"), commit_file(seat.path, "more.txt")


@pytest.mark.parametrize("name", [MAIN, "refs/heads/other", "refs/reserve/CMB/40"])
def test_no_ref_is_changed_twice_in_one_push(name: str, seat: Seat, remote: Path) -> None:
    """Git does one after the other, so that what is judged is not what stands in the end."""
    old, good = honest(seat)
    start = old if name == MAIN else "0" * 40
    second = orphan(seat.path) if not name.startswith("refs/reserve") else seat.blob("somebody else's\n")
    first = good if not name.startswith("refs/reserve") else seat.blob("mine\n")
    before = refs(remote)
    receive(remote, request(seat.path, [(start, first, name), (first, second, name)]))
    assert refs(remote) == before


def test_a_symbolic_name_does_not_hide_the_second_change(seat: Seat, remote: Path) -> None:
    git(remote, "symbolic-ref", "refs/heads/trunk", MAIN)
    old, good = honest(seat)
    before = refs(remote)
    commands = [(old, good, MAIN), (good, orphan(seat.path), "refs/heads/trunk")]
    receive(remote, request(seat.path, commands))
    assert refs(remote) == before


@pytest.mark.parametrize("name", ["refs/heads/MAIN", "refs/HEADS/main"])
def test_no_ref_differs_from_the_feed_branch_only_in_case(name: str, seat: Seat, remote: Path) -> None:
    """On a disk that tells no case apart, it is the feed branch."""
    before = refs(remote)
    receive(remote, request(seat.path, [("0" * 40, orphan(seat.path), name)]))
    assert refs(remote) == before


@pytest.mark.parametrize("capabilities", ["report-status", SIDE_BAND])
def test_a_pusher_that_hears_nothing_is_refused_all_the_same(
    capabilities: str, seat: Seat, remote: Path
) -> None:
    before = refs(remote)
    command = (seat.git("rev-parse", "HEAD"), orphan(seat.path), MAIN)
    receive(remote, request(seat.path, [command], capabilities), deaf=True)
    assert refs(remote) == before


def test_an_honest_push_passes_by_the_same_raw_protocol(seat: Seat, remote: Path) -> None:
    """Without it the tests above could pass by a request that is malformed."""
    old, good = honest(seat)
    assert b"ok refs/heads/main" in receive(remote, request(seat.path, [(old, good, MAIN)]))
    assert git(remote, "rev-parse", "main") == good


def test_a_connection_that_is_reset_while_the_refusal_is_told_lets_nothing_in(
    seat: Seat, remote: Path
) -> None:
    """More is said than a pipe holds, and nobody is there to read it."""
    junk = seat.blob("junk\n")
    old = seat.git("rev-parse", "HEAD")
    commands: list[Command] = [(old, orphan(seat.path), MAIN)]
    commands += [("0" * 40, junk, f"refs/reserve/no-series-{n}/x") for n in range(1500)]
    before = refs(remote)
    data = request(seat.path, commands, SIDE_BAND)
    with serving("git", remote) as url:
        push_and_hang_up(url, data)
        eventually(lambda: not find_processes_in(remote))
    assert refs(remote) == before


def test_what_a_pusher_is_told_is_bounded(seat: Seat, remote: Path) -> None:
    junk = seat.blob("junk\n")
    specs = [f"{junk}:refs/reserve/no-series-{n}/x" for n in range(300)]
    said = seat.git_refuses("push", "origin", *specs)
    assert said.count("below refs/reserve stand <series>/<number>") == 100
    assert "and 200 more" in said
    assert "refused: nothing of this push is in force" in said


def test_a_judgement_that_crashes_lets_nothing_in_and_tells_no_path(tmp_path: Path) -> None:
    """Here it runs where there is no repository; the hook lets only one status pass."""
    line = f"{'0' * 40} {'1' * 40} refs/heads/main\n"
    words = [sys.executable, "-P", "-m", "ledger.faces.receive", "main"]
    ran = subprocess.run(words, cwd=tmp_path, input=line, capture_output=True, text=True)
    assert ran.returncode == FAILED
    assert ran.stderr == "git-ledger: the push cannot be judged (no-repository)\n"


def test_what_kept_a_push_from_being_judged_is_kept_for_whoever_keeps_the_server(
    seat: Seat, remote: Path
) -> None:
    """A post that the server has under a name of no commit: the repository itself is broken."""
    old, good = honest(seat)
    tree = git(remote, "rev-parse", f"{old}^{{tree}}")
    (remote / "objects" / tree[:2] / tree[2:]).unlink()
    said = seat.git_refuses("push", "origin", f"{good}:{MAIN}")
    assert "the push cannot be judged" in said
    assert str(remote) not in said.replace(f"'{remote}'", "").replace(f"To {remote}", "")
    assert "Traceback" not in said
    assert "Traceback" in (remote / "ledger" / "guard-failure.txt").read_text()


# Every commit of a push, every file below feed/, and in whose name


def post_text(seat: str, words: str, **fields: str) -> str:
    header = {"seat": seat, "at": "2026-11-21T14:00:00.000Z", **fields}
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in header.items()) + f"---\n{words}\n"


def place_of(seat: str) -> str:
    return f"feed/2026/11/21/14/00/20261121T140000000Z-{seat}-00000000000000aa.md"


def refuses(seat: Seat, remote: Path, *words: str, env: dict[str, str] | None = None) -> str:
    """Push so; nothing is in force afterwards. Gives what was said."""
    before = refs(remote)
    pushed = ["git", "push", "--no-verify", *(words or ("origin", "HEAD:main"))]
    ran = subprocess.run(
        pushed, cwd=seat.path, capture_output=True, text=True, env={**os.environ, **(env or {})}
    )
    assert ran.returncode != 0 and refs(remote) == before
    return ran.stderr


def test_a_post_is_not_hidden_behind_another_content_of_its_path(seat: Seat, remote: Path) -> None:
    """The first content stands in the history only; put back later, it would pass for what landed."""
    path = place_of("mallory")
    hidden = post_text("mallory", "x", kind="actionable", item="CMB-0001", state="CANCELLED")
    commit_file(seat.path, path, hidden)
    commit_file(seat.path, path, post_text("mallory", "hello", kind="note"))
    assert f'a commit of this push has "{path}" otherwise' in refuses(seat, remote)


def test_no_post_comes_and_goes_within_a_push(seat: Seat, remote: Path) -> None:
    """Its path may be that of a post which another seat is about to land."""
    path = place_of("victim")
    commit_file(seat.path, path, post_text("victim", "hello", kind="note"))
    seat.git("rm", "-q", path)
    seat.git("commit", "-q", "--no-verify", "-m", "gone again")
    assert f'a commit of this push has "{path}" otherwise' in refuses(seat, remote)


def test_a_merged_history_that_has_other_contents_of_landed_posts_is_refused(
    seat: Seat, remote: Path
) -> None:
    """It changes no file, and would be there to be taken for the first version."""
    (post,) = (seat.path / "feed").rglob("2*.md")
    path = post.relative_to(seat.path).as_posix()
    seat.git("checkout", "-q", "--orphan", "other")
    commit_file(seat.path, path, post.read_text().replace("Work", "Other"))
    seat.git("checkout", "-q", "main")
    seat.git("merge", "-q", "-s", "ours", "--allow-unrelated-histories", "--no-edit", "other")
    assert f'a commit of this push has "{path}" otherwise' in refuses(seat, remote)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("feed/2027", "a file where a folder must go\n"),
        ("feed/2026/11/02", "a file where a folder must go\n"),
        ("feed/X.MD", "no post\n"),
        ("Feed/2026/11/21/x.md", "another folder to some disks only\n"),
        ("feed/.gitignore", "*.md\n"),
        ("feed/.gitattributes", "*.md working-tree-encoding=UTF-16\n"),
        ("feed/deep/.gitattributes", "*.md text\n"),
    ],
)
def test_nothing_without_a_place_lands_below_feed(path: str, text: str, seat: Seat, remote: Path) -> None:
    blob = seat.blob(text)
    seat.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")
    seat.git("commit", "-q", "--no-verify", "-m", "a file")
    assert f'"{path}" has no place there' in refuses(seat, remote)


@pytest.mark.parametrize("path", ["feed/ledger.yaml", "feed/README.md"])
def test_no_link_lands_below_feed(path: str, seat: Seat, remote: Path) -> None:
    seat.git("update-index", "--add", "--cacheinfo", f"120000,{seat.blob('/etc/passwd')},{path}")
    seat.git("commit", "-q", "--no-verify", "-m", "a link")
    assert f'"{path}" has no place there' in refuses(seat, remote)


def feed_beside(seat: Seat, tree: str) -> str:
    """The tree of the feed as it stands, with another folder in it."""
    inner = git(seat.path, "ls-tree", "HEAD:feed")
    feed = git(seat.path, "mktree", stdin=f"{inner}\n040000 tree {tree}\tzz\n")
    return git(seat.path, "mktree", stdin=f"040000 tree {feed}\tfeed\n")


def test_a_few_objects_that_name_a_thousand_million_files_are_refused_at_once(
    seat: Seat, remote: Path
) -> None:
    """Nine folders of ten times one and the same, in the last commit or only on the way there."""
    tree = git(seat.path, "mktree", stdin=f"100644 blob {seat.blob('x')}\tx.md\n")
    for _ in range(9):
        rows = "".join(f"040000 tree {tree}\td{n}\n" for n in range(10))
        tree = git(seat.path, "mktree", stdin=rows)
    old = seat.git("rev-parse", "HEAD")
    full = seat.git("commit-tree", feed_beside(seat, tree), "-p", old, "-m", "full")
    again = seat.git("commit-tree", f"{old}^{{tree}}", "-p", full, "-m", "as it was")
    for commit in (full, again):
        assert "more files below feed/ than are judged at once" in refuses(
            seat, remote, "origin", f"{commit}:main"
        )


def test_commits_that_come_and_go_are_judged_up_to_a_bound(seat: Seat, remote: Path) -> None:
    """Each of them is small, and so is what the push changes in the end."""
    old = seat.git("rev-parse", "HEAD")
    empty = seat.git("commit-tree", EMPTY_TREE, "-p", old, "-m", "empty")
    new = seat.git("commit-tree", f"{old}^{{tree}}", "-p", empty, "-m", "as it was")
    seat.git("push", "-q", "--no-verify", "origin", f"{new}:refs/heads/other")
    changed, left = walk_push(open_bare(remote), old, new, 100)
    assert changed == [] and [file.status for file in left] == ["A"]
    with pytest.raises(TooManyError):
        walk_push(open_bare(remote), old, new, 10)


def test_no_post_lands_as_a_program(seat: Seat, remote: Path) -> None:
    """It would have another mode than the history in which later merges find it."""
    path = place_of("mallory")
    blob = seat.blob(post_text("mallory", "hello", kind="note"))
    seat.git("update-index", "--add", "--cacheinfo", f"100755,{blob},{path}")
    seat.git("commit", "-q", "--no-verify", "-m", "a program")
    assert f'"{path}" is executable' in refuses(seat, remote)


def test_a_push_holds_a_bounded_number_of_posts(seat: Seat, remote: Path) -> None:
    """Refused before one of them is read."""
    blob = seat.blob(post_text("mallory", "hello", kind="note"))
    listed = "".join(
        f"100644 {blob} 0\tfeed/2026/11/21/14/00/20261121T140000000Z-mallory-{n:016x}.md\n"
        for n in range(1001)
    )
    seat.git("update-index", "--add", "--index-info", stdin=listed)
    seat.git("commit", "-q", "--no-verify", "-m", "many")
    assert "1001 new posts in one push; at most 1000" in refuses(seat, remote)


SEATS = "seats:\n  victim: {role: strat}\n  mallory: {role: code}\n"


def test_the_settings_are_changed_by_those_who_may(seat: Seat, remote: Path) -> None:
    """The first who lists the seats may be anybody; then a seat could make itself another's surface."""
    commit_file(seat.path, "feed/ledger.yaml", SEATS)
    seat.git("push", "-q", "--no-verify", "origin", "HEAD:main")
    taken = "seats:\n  victim: {role: code}\n  mallory: {role: strat, surfaces: [victim]}\n"
    commit_file(seat.path, "feed/ledger.yaml", taken)
    said = refuses(seat, remote, env={"LEDGER_PUSHER": "mallory"})
    assert "the settings are changed by a strat or an operator" in said
    pushed = ["git", "push", "-q", "--no-verify", "origin", "HEAD:main"]
    subprocess.run(pushed, cwd=seat.path, check=True, env={**os.environ, "LEDGER_PUSHER": "victim"})


def test_a_pusher_reserves_in_its_own_name(seat: Seat, remote: Path) -> None:
    env = {"LEDGER_PUSHER": "mallory"}
    others = seat.blob('{"format": 1, "seat": "victim", "at": "2026-11-21T14:00:00.000Z", "nonce": "aa"}\n')
    assert "reserves for victim" in refuses(seat, remote, "origin", f"{others}:refs/reserve/CMB/7", env=env)
    nobodys = seat.blob("mine\n")
    assert "a reservation names who makes it" in refuses(
        seat, remote, "origin", f"{nobodys}:refs/reserve/CMB/7", env=env
    )


def test_a_reservation_is_small(seat: Seat, remote: Path) -> None:
    """Every clone that reads the series keeps it for good."""
    large = seat.blob("x" * 5000)
    assert "at most 4096 bytes" in refuses(seat, remote, "origin", f"{large}:refs/reserve/CMB/7")


def test_a_claim_is_not_ended_by_posts_that_lie_about_their_times(seat: Seat, remote: Path) -> None:
    """The challenge gives itself a time long ago; the guard knows when it let it in."""
    commit_file(seat.path, "feed/ledger.yaml", "claim_ttl: 1ms\nclaim_grace: 10m\n")
    seat.git("push", "-q", "--no-verify", "origin", "HEAD:main")
    victim = clone(remote, seat.path.parent / "victim", "victim")
    victim.ok("claim", "CMB-0001")
    life = victim.ok("show", "CMB-0001")["history"][-1]["post"]
    seat.git("pull", "-q", "--rebase", "origin", "main")
    now = datetime.now(UTC)
    asked = seat.writes(
        at=format_timestamp(now - timedelta(hours=1)),
        kind="note",
        item="CMB-0001",
        body=f"CHALLENGE: CMB-0001 post:{life} grace:10m clone:9c1e07a25b6d4f10",
    )
    seat.git("add", "feed")
    seat.git("commit", "-q", "--no-verify", "-m", "asked")
    seat.git("push", "-q", "--no-verify", "origin", "HEAD:main")
    seat.writes(
        at=format_timestamp(now),
        item="CMB-0001",
        state="AWAITING_CLAIM",
        body=f"AUTO-RELEASE: post:{asked} clone:9c1e07a25b6d4f10 (silent)",
    )
    seat.git("add", "feed")
    seat.git("commit", "-q", "--no-verify", "-m", "ended")
    assert "its grace is not over" in refuses(seat, remote)
