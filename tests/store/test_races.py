"""Processes that fight for the same numbers: what was acknowledged is there, and nothing was given twice."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.gitrun import clone_of, commit_file, git, new_repository, new_server

WRITER = """
import random, sys, time
from pathlib import Path
from ledger.store.contract import ABSENT, Applied, Conflict, RefUpdate
from tests.store.stores import commit, local_store, remote_store, within

kind, folder, name, wanted = sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
store = (local_store if kind == "local" else remote_store)(folder)
TIP = "refs/reserve/CMB/tip"
taken = 0
while taken < wanted:
    refs = store.read_refs(["refs/reserve/CMB/"], within(60))
    n = sum(ref.startswith("refs/reserve/") and ref != TIP for ref in refs) + 1
    payload = f"{n} {name} {random.random()}".encode()
    base = refs.get(store.feed_ref, ABSENT)
    edits = [
        RefUpdate(store.feed_ref, base, commit(store, base, {f"feed/{n:02}/{name}.md": payload})),
        RefUpdate(f"refs/reserve/CMB/{n}", ABSENT, store.write_blob(payload)),
        RefUpdate(TIP, refs.get(TIP, ABSENT), store.write_blob(b"tip " + payload)),
    ]
    match store.compare_and_swap(edits, within(60)):
        case Applied():
            print(n, edits[1].new, flush=True)
            taken += 1
        case Conflict(moved):
            assert moved
            time.sleep(random.random() * 0.2)
        case other:
            sys.exit(f"not to be: {other}")
"""


@pytest.mark.parametrize("kind", ["remote", "local"])
@pytest.mark.parametrize(("writing", "each"), [(4, 2), pytest.param(8, 10, marks=pytest.mark.slow)])
def test_every_number_is_given_once_and_is_there(kind: str, writing: int, each: int, tmp_path: Path) -> None:
    if kind == "remote":
        authority = new_server(tmp_path / "server.git")
        commit_file(clone_of(authority, tmp_path / "first"), "README")
        git(tmp_path / "first", "push", "-q", "origin", "main")
        folders = [clone_of(authority, tmp_path / f"c{n}") for n in range(writing // 2)] * 2
    else:
        authority = new_repository(tmp_path / "repo")
        commit_file(authority, "README")
        folders = [authority] * writing
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, kind, str(folder), f"seat-{n}", str(each)],
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for n, folder in enumerate(folders)
    ]
    ended = [writer.communicate(timeout=300) for writer in writers]
    assert [err for _, err in ended] == [""] * writing
    acknowledged = sorted(
        (int(number), oid) for out, _ in ended for number, oid in (line.split() for line in out.splitlines())
    )
    listed = git(authority, "for-each-ref", "--format=%(refname:lstrip=3) %(objectname)", "refs/reserve/CMB")
    present = sorted((int(n), oid) for n, oid in (line.split() for line in listed.splitlines()) if n != "tip")
    assert acknowledged == present
    assert [number for number, _ in present] == list(range(1, writing * each + 1))
    branch = "main" if kind == "remote" else "ledger"
    files = git(authority, "ls-tree", "-r", "--name-only", branch, "--", "feed/").splitlines()
    assert len(files) == writing * each
    if kind == "local":
        assert git(authority, "status", "--porcelain") == ""
