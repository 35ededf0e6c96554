"""Random feeds as bare repositories: all objects by one `git fast-import`, a folder of refs for each feed."""

import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.gitrun import new_server
from tests.random_feeds.steps import Step

BRANCH = "ledger"


@dataclass(frozen=True)
class History:
    """The commits of one feed, each a few of its steps, and its reservations as they stand at the end."""

    commits: tuple[tuple[Step, ...], ...]
    refs: Mapping[str, bytes]


@dataclass(frozen=True)
class Repository:
    """A bare repository with one feed: its commits, the oldest first, and the objects of its reservations.

    No ref is there before `set_refs`.
    """

    path: Path
    commits: tuple[str, ...]
    refs: Mapping[str, str]

    def copy(self, path: Path) -> "Repository":
        """Another repository with the same objects, without refs."""
        for name in ("objects/info", "refs"):
            (path / name).mkdir(parents=True)
        for name in ("HEAD", "config", "objects/info/alternates"):
            (path / name).write_bytes((self.path / name).read_bytes())
        return replace(self, path=path)

    def set_refs(self, commit: str, names: Iterable[str]) -> None:
        """Let the feed stand at a commit, and of the reservations these be there (git-pack-refs(1))."""
        rows = sorted({name: self.refs[name] for name in names}.items())
        text = "".join(f"{oid} {ref}\n" for ref, oid in [(f"refs/heads/{BRANCH}", commit), *rows])
        (self.path / "packed-refs").write_text(f"# pack-refs with: peeled fully-peeled sorted \n{text}")


def split_commits(steps: Sequence[Step]) -> tuple[tuple[Step, ...], ...]:
    """Steps as few commits, none of which changes a file twice: so the history has each content of a file."""
    commits: list[list[Step]] = []
    touched: set[str] = set()
    for step in steps:
        if not commits or not touched.isdisjoint(step.files):
            commits.append([])
            touched = set()
        commits[-1].append(step)
        touched |= step.files.keys()
    return tuple(map(tuple, commits))


def make_repositories(folder: Path, histories: Sequence[History]) -> list[Repository]:
    """A bare repository for each history, in `folder`, without refs; all share one store of objects."""
    store = new_server(folder / "objects.git")
    marks = folder / "marks"
    stream = b"".join(_write_stream(histories))
    command = ["git", "fast-import", "--quiet", f"--export-marks={marks}"]
    subprocess.run(command, cwd=store, input=stream, check=True, capture_output=True)
    rows = [line.split() for line in marks.read_text().splitlines()]
    oids = {int(mark.removeprefix(":")): oid for mark, oid in rows}
    return [
        _make_repository(folder / f"{place}.git", store, place, history, oids)
        for place, history in enumerate(histories)
    ]


def _write_stream(histories: Iterable[History]) -> Iterator[bytes]:
    """Every history as git-fast-import(1) reads it; marks are `_mark` of the place, commits before refs."""
    for place, history in enumerate(histories):
        for number, steps in enumerate(history.commits):
            yield f"commit refs/heads/{place}\nmark :{_mark(place, number)}\n".encode()
            yield b"committer Seat <seat@example.invalid> 1790000000 +0000\ndata 5\nposts\n"
            for step in steps:
                for path, data in step.files.items():
                    yield f"D {path}\n".encode() if data is None else _write_file(path, data)
        for number, data in enumerate(history.refs.values(), len(history.commits)):
            yield f"blob\nmark :{_mark(place, number)}\ndata {len(data)}\n".encode() + data + b"\n"


def _write_file(path: str, data: bytes) -> bytes:
    return f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n"


def _mark(place: int, number: int) -> int:
    return place * 10_000 + number + 1


def _make_repository(
    path: Path, store: Path, place: int, history: History, oids: Mapping[int, str]
) -> Repository:
    """The few files that make a folder a repository (gitrepository-layout(5)), and the objects of another."""
    count = len(history.commits)
    commits = tuple(oids[_mark(place, number)] for number in range(count))
    refs = {ref: oids[_mark(place, number)] for number, ref in enumerate(history.refs, count)}
    for name in ("objects/info", "refs"):
        (path / name).mkdir(parents=True)
    (path / "HEAD").write_text(f"ref: refs/heads/{BRANCH}\n")
    (path / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = true\n")
    (path / "objects" / "info" / "alternates").write_text(f"{store / 'objects'}\n")
    return Repository(path, commits, refs)
