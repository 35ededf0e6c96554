"""Remotes that refuse, hang, vanish or lie: what was written is said, and nothing is written twice."""

import json
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.fleet import Seat, bare_remote, clone, fleet, refs
from tests.gitrun import git, hook, new_repository, waiting_for
from tests.store.servers import serving
from tests.store.stores import eventually

NO_NUMBERS = """
while read old new ref; do
    case $ref in refs/reserve/*) echo "no custom refs here"; exit 1;; esac
done"""
PROTECTED = 'test "$1" != refs/heads/main || { echo "main is protected"; exit 1; }'
READ_ONLY = 'echo "nobody writes here"; exit 1'


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    return bare_remote(tmp_path)


@pytest.fixture
def otto(remote: Path, tmp_path: Path) -> Seat:
    return clone(remote, tmp_path / "otto", "otto")


def test_a_remote_without_custom_refs(otto: Seat, remote: Path) -> None:
    """No number can be reserved there; what needs none goes on."""
    hook(remote, "pre-receive", NO_NUMBERS)
    before = refs(remote)
    error = otto.refused("append", "--reserve", "CMB", "--subject", "Work")
    assert (error["exit"], error["kind"]) == (4, "refused-by-remote")
    assert "refs/reserve/CMB/" in error["message"] and "nothing was written" in error["message"]
    assert "no custom refs here" in error["message"]
    assert "refs/reserve/*" in error["hint"]
    assert "in_doubt" not in error
    assert refs(remote) == before
    item = otto.opens_by_hand()
    assert otto.ok("claim", item)["claimed"] is True
    assert otto.ok("done", item)["posts"][0]["state"] == "DONE"


def test_a_protected_branch(otto: Seat, remote: Path) -> None:
    hook(remote, "update", PROTECTED)
    before = refs(remote)
    error = otto.refused("append", "--reserve", "CMB", "--subject", "Work")
    assert (error["exit"], error["kind"]) == (4, "refused-by-remote")
    assert '"main"' in error["message"] and "nothing was written" in error["message"]
    assert "--propose NAME" in error["hint"]
    assert refs(remote) == before
    # What the hint says works: the number is reserved, the post goes through review.
    proposed = otto.ok("append", "--reserve", "CMB", "--subject", "Work", "--propose", "posts")
    assert git(remote, "diff", "--name-only", "main", "posts") == proposed["posts"][0]["path"]
    assert "refs/reserve/CMB/1" in refs(remote)


def test_a_read_only_remote(otto: Seat, remote: Path) -> None:
    item = otto.opens_by_hand()
    hook(remote, "pre-receive", READ_ONLY)
    before = refs(remote)
    error = otto.refused("claim", item)
    assert (error["exit"], error["kind"]) == (4, "refused-by-remote")
    assert "nobody writes here" in error["message"]
    assert otto.queue()[item]["state"] == "AWAITING_CLAIM"
    assert refs(remote) == before


def test_a_server_that_takes_no_pushes(otto: Seat, remote: Path) -> None:
    """`git daemon` without receive-pack: nothing was sent, so nothing is in doubt."""
    item = otto.opens_by_hand()
    with serving("git", remote) as url:
        otto.git("remote", "set-url", "origin", url)
        git(remote, "config", "daemon.receivepack", "false")
        error = otto.refused("claim", item)
    assert (error["exit"], error["kind"]) == (4, "unreachable")
    assert "nothing was written" in error["message"] and error["hint"]


def test_a_remote_that_is_gone(otto: Seat, remote: Path) -> None:
    item = otto.opens_by_hand()
    otto.ok("queue")
    shutil.move(remote, remote.with_name("elsewhere"))
    for words in (("queue",), ("claim", item), ("drift",), ("claim", item, "--check")):
        error = otto.refused(*words)
        assert (error["exit"], error["kind"]) == (4, "unreachable")
        assert "--offline" in error["hint"]
    told = otto.ok("queue", "--offline")
    assert [one["item"] for one in told["items"]] == [item]
    assert told["as_of"]["age_s"] >= 0
    assert otto.refused("claim", item, "--offline")["kind"] == "offline"


def keeps_pushes(remote: Path, folder: Path) -> None:
    """Let a server say in `asked` that a push has come, and keep it until `go` is there."""
    hook(remote, "pre-receive", f"touch {folder}/asked; {waiting_for(folder / 'go')}")


def in_doubt(otto: Seat, *words: str) -> dict[str, Any]:
    """A write whose answer did not come in time."""
    error: dict[str, Any] = otto.cut_off(*words)
    assert (error["exit"], error["kind"], error["in_doubt"]) == (4, "in-doubt", True)
    assert f"--intent {error['intent']}" in error["hint"]
    return error


def test_a_server_that_finishes_after_the_client_gave_up(otto: Seat, remote: Path, tmp_path: Path) -> None:
    """In doubt; later the post is there, and the same command with its nonce files nothing more."""
    keeps_pushes(remote, tmp_path)
    file = ("append", "--reserve", "CMB", "--subject", "Work")
    with serving("git", remote) as url:
        otto.git("remote", "set-url", "origin", url)
        doubt = in_doubt(otto, *file)
        assert (tmp_path / "asked").exists()
        (tmp_path / "go").touch()
        eventually(lambda: "refs/reserve/CMB/1" in refs(remote))
        before = refs(remote)
        again = otto.ok(*file, "--intent", doubt["intent"])
        other = ("append", "--reserve", "CMB", "--subject", "Other", "--intent", doubt["intent"])
        assert otto.refused(*other)["kind"] == "nonce-used"
    assert again["posts"][0]["item"] == "CMB-0001"
    assert again["posts"][0]["post"].endswith(doubt["intent"])
    assert refs(remote) == before


def test_a_server_that_died_before_it_wrote(otto: Seat, remote: Path, tmp_path: Path) -> None:
    """In doubt; nothing came of it, and the same command with its nonce reserves, once."""
    keeps_pushes(remote, tmp_path)
    before = refs(remote)
    doubt = in_doubt(otto, "reserve", "CMB", "--count", "2")
    assert refs(remote) == before
    (tmp_path / "go").touch()
    again = otto.ok("reserve", "CMB", "--count", "2", "--intent", doubt["intent"])
    assert [one["item"] for one in again["reserved"]] == ["CMB-0001", "CMB-0002"]
    before = refs(remote)
    assert otto.ok("reserve", "CMB", "--count", "2", "--intent", doubt["intent"]) == again
    assert refs(remote) == before


def test_an_interrupt_says_what_may_have_been_written(otto: Seat, remote: Path, tmp_path: Path) -> None:
    """The commands have left, and the server is at it: the nonce tells later, and lands it once."""
    keeps_pushes(remote, tmp_path)
    with serving("git", remote) as url:
        otto.git("remote", "set-url", "origin", url)
        writer = otto.start("reserve", "CMB", "--intent", "00000000000000aa", "--json")
        eventually((tmp_path / "asked").exists)
        writer.send_signal(signal.SIGINT)
        out, err = writer.communicate()
        (tmp_path / "go").touch()
        assert writer.returncode == 130, err
        error = json.loads(out)["error"]
        assert (error["kind"], error["in_doubt"]) == ("interrupted", True)
        assert error["intent"] == "00000000000000aa" in error["hint"]
        eventually(lambda: "refs/reserve/CMB/1" in refs(remote))
        again = otto.ok("reserve", "CMB", "--intent", error["intent"])
    assert [one["item"] for one in again["reserved"]] == ["CMB-0001"]


def test_an_interrupt_before_anything_was_sent(otto: Seat, remote: Path, tmp_path: Path) -> None:
    """The server does not even list its refs."""
    before = refs(remote)
    otto.git("config", "remote.origin.receivepack", f"touch {tmp_path}/asked; sleep 600; true")
    writer = otto.start("reserve", "CMB")
    eventually((tmp_path / "asked").exists)
    threads = Path(f"/proc/{writer.pid}/task")  # a second one keeps the time once the push is waited for
    eventually(lambda: len(list(threads.iterdir())) > 1)
    writer.send_signal(signal.SIGINT)
    out, err = writer.communicate()
    said = b"error: interrupted; nothing was written\nhint: the same command again\n"
    assert (writer.returncode, out, err) == (130, b"", said)
    assert refs(remote) == before


def test_an_interrupt_after_it_had_landed(otto: Seat, remote: Path, tmp_path: Path) -> None:
    """The interrupt comes while the clone takes down what it has landed."""
    otto.ok("queue")
    waits = f'test "$1" = prepared && touch {tmp_path}/asked && sleep 600'
    hook(
        otto.path / ".git",
        "reference-transaction",
        f"grep -q seen/remotes/origin/reserve || exit 0; {waits}; exit 0",
    )
    writer = otto.start("reserve", "CMB", "--intent", "00000000000000aa")
    eventually((tmp_path / "asked").exists)
    assert "refs/reserve/CMB/1" in refs(remote)
    writer.send_signal(signal.SIGINT)
    out, err = writer.communicate()
    assert (writer.returncode, out) == (130, b""), err
    assert err.startswith(b"error: interrupted, after the write had landed\nhint: ")


def reservations(remote: Path) -> list[str]:
    """The numbers that are reserved on a remote, by their refs."""
    listed = git(remote, "for-each-ref", "--format=%(refname)", "refs/reserve/").split()
    return [name for name in listed if not name.endswith("/tip")]


@pytest.mark.parametrize("sunk", ["deleted", "lowered"])
def test_a_tip_that_sank(sunk: str, otto: Seat, remote: Path) -> None:
    """Numbers would be given twice: the seat that gave them sees it, whoever made the tip sink."""
    assert len(otto.ok("reserve", "CMB", "--count", "3")["reserved"]) == 3
    if sunk == "deleted":
        git(remote, "update-ref", "-d", "refs/reserve/CMB/tip")
    else:
        otto.raises_tip("CMB", 1)
    for number in (1, 2, 3):
        git(remote, "update-ref", "-d", f"refs/reserve/CMB/{number}")
    before = refs(remote)
    for words in (("reserve", "CMB"), ("append", "--reserve", "CMB", "--subject", "Work")):
        error = otto.refused(*words)
        assert (error["exit"], error["kind"]) == (3, "rewound")
        assert "the tip of CMB was 3 and is " in error["message"]
        assert error["hint"].startswith("`git ledger drift` ")
    assert refs(remote) == before
    otto.ok("reserve", "ORA")
    fixed = otto.ok("drift", "--fix")["fixed"]
    assert {one["rule"] for one in fixed} == {"rewound-feed"}
    assert sorted(one["what"] for one in fixed) == ["CMB", *(f"refs/reserve/CMB/{n}" for n in (1, 2, 3))]
    assert sorted(reservations(remote)) == [f"refs/reserve/{n}" for n in ("CMB/1", "CMB/2", "CMB/3", "ORA/1")]
    assert otto.files("CMB", "Work") == "CMB-0004"


def test_a_tip_that_is_none(otto: Seat, remote: Path) -> None:
    """Somebody overwrote it: only what needs a number of that series is refused, until drift mends it."""
    item = otto.files("CMB", "Work")
    otto.ok("init", "--seat", "otto")
    otto.git("push", "-q", "-f", "origin", f"{otto.blob('nonsense')}:refs/reserve/CMB/tip")
    before = refs(remote)
    error = otto.refused("reserve", "CMB")
    assert (error["kind"], error["message"]) == (
        "bad-tip",
        "refs/reserve/CMB/tip is no tip: somebody overwrote it",
    )
    assert error["hint"].startswith("`git ledger drift --fix` ")
    found = otto.run("drift", "--json").json["findings"]
    assert [(one["rule"], one["message"]) for one in found] == [
        ("lost-tip", "the tip of CMB is no tip, and 1 was given")
    ]
    (numbers,) = [one for one in otto.run("doctor", "--json").json["checks"] if one["name"] == "numbers"]
    assert (numbers["ok"], numbers["hint"]) == (False, "`git ledger drift --fix`")
    assert refs(remote) == before
    otto.ok("claim", item)
    otto.ok("reserve", "ORA")
    assert otto.ok("confirm") is not None
    assert [one["by"] for one in otto.ok("drift", "--fix")["fixed"]] == ["refs/reserve/CMB/tip 1"]
    assert otto.files("CMB", "More") == "CMB-0002"
    otto.git("push", "-q", "origin", f"{otto.blob('nonsense')}:refs/reserve/FLT/tip")
    assert [one["by"] for one in otto.ok("drift", "--fix")["fixed"]] == ["refs/reserve/FLT/tip 0"]
    assert otto.files("FLT", "The first") == "FLT-0001"


def test_names_that_hold_odd_line_breaks(otto: Seat, remote: Path) -> None:
    """A ref, a branch and a person with U+2028 or U+0085 in their names: git lets them pass."""
    item = otto.files("CMB", "Work")
    otto.git("push", "-q", "origin", f"{otto.blob('x')}:refs/reserve/CMB/7\u2028x")
    otto.git("-c", "user.name=A\x85B", "commit", "-q", "--allow-empty", "-m", "x")
    otto.git("push", "-q", "origin", f"HEAD:refs/heads/{item}\u2028x")
    otto.git("fetch", "-q")
    assert otto.files("CMB", "More") == "CMB-0002"
    found = [one["rule"] for one in otto.run("drift", "--json").json["findings"]]
    assert sorted(found) == ["branch-without-claim", "odd-reservation"]
    assert otto.run("doctor").code != 70


def test_several_remotes_and_none_is_the_one(otto: Seat, remote: Path) -> None:
    otto.git("remote", "rename", "origin", "here")
    otto.git("remote", "add", "there", str(remote))
    error = otto.refused("queue")
    assert (error["exit"], error["kind"]) == (2, "usage-remote")
    assert "here, there" in error["message"] and "git ledger init --remote" in error["hint"]
    otto.ok("init", "--remote", "here")
    assert otto.queue() == {}


def test_a_feed_that_is_said_to_be_elsewhere(otto: Seat, remote: Path) -> None:
    """`branch:` in the feed's own settings names another branch: a swap would fork the feed."""
    (otto.path / "feed").mkdir()
    (otto.path / "feed" / "ledger.yaml").write_text("branch: ledger\n")
    otto.forces()
    before = refs(remote)
    error = otto.refused("append", "--reserve", "CMB", "--subject", "Work")
    assert (error["exit"], error["kind"]) == (3, "wrong-branch")
    assert "git ledger init --branch ledger" in error["hint"]
    assert refs(remote) == before


def test_a_feed_of_a_newer_format(otto: Seat, remote: Path) -> None:
    item = otto.opens_by_hand()
    (otto.path / "feed" / "ledger.yaml").write_text("format: 2\n")
    otto.forces()
    before = refs(remote)
    assert otto.refused("claim", item)["kind"] == "format-too-new"
    assert otto.queue().keys() == {item}
    assert refs(remote) == before


def test_two_remotes_in_one_push(tmp_path: Path) -> None:
    """A remote that pushes to two places: no swap is atomic there."""
    (seat,) = fleet(tmp_path, "otto")
    seat.git("remote", "set-url", "--add", "--push", "origin", str(tmp_path / "remote.git"))
    seat.git("remote", "set-url", "--add", "--push", "origin", str(new_repository(tmp_path / "second")))
    error = seat.refused("reserve", "CMB")
    assert (error["exit"], error["kind"]) == (2, "usage-remote")
