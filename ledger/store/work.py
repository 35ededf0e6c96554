"""What the user's own working tree and history are touched and asked for: staging, and who added what."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ledger.core.errors import LedgerError
from ledger.store.repo import Repo
from ledger.store.swap import Oid


def stage(repo: Repo, files: Mapping[str, bytes]) -> None:
    """Write new files into the working tree and the index; nothing that is there is replaced.

    Raises LedgerError `cannot-stage`.
    """
    for path, data in files.items():
        place = repo.top / path
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            if not place.exists():
                place.write_bytes(data)
        except OSError as error:
            raise LedgerError("cannot-stage", f'"{path}" cannot be written: {error.strerror}') from error
    ran = repo.git.run("add", "--force", "--", *files)
    if ran.code:
        raise LedgerError("cannot-stage", f"git add: {ran.complaint}", f"`git add -f {' '.join(files)}`")


def added_in(repo: Repo, commit: Oid, paths: Sequence[str]) -> dict[str, Oid]:
    """The commit that brought each of these files into the history of `commit`, where it can be told."""
    words = ("log", "--diff-filter=A", "--format=%x00%H", "--name-only", "--no-renames", commit, "--", *paths)
    told: dict[str, Oid] = {}
    for record in repo.git.ask(*words).decode("utf-8", "replace").split("\0")[1:]:
        name, *added = record.split()
        told.update(dict.fromkeys(added, name))
    return told


def branches(repo: Repo, folder: str) -> list[tuple[str, str]]:
    """Each branch below a folder of refs, without the folder, and the author of its newest commit."""
    listed = repo.git.ask("for-each-ref", "--format=%(refname)%00%(authorname)", folder)
    pairs = [line.split("\0") for line in listed.decode("utf-8", "replace").splitlines()]
    return [(name.removeprefix(folder), author) for name, author in pairs if not name.endswith("/HEAD")]


def write_new(place: Path, data: bytes, executable: bool = False) -> bool:
    """Write a file that is not there yet, with its folders; False when something is there already."""
    if place.exists() or place.is_symlink():
        return False
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    if executable:
        place.chmod(place.stat().st_mode | 0o111)
    return True


def first_versions(repo: Repo, commit: Oid, folder: str) -> dict[str, Oid]:
    """Each file that the history of a commit ever added below a folder, with the object it came as."""
    options = ("--topo-order", "--reverse", "--format=", "--raw", "--no-abbrev", "--no-renames", "-m", "-z")
    listed = repo.git.ask("log", *options, "--diff-filter=A", commit, "--", folder)
    words = listed.decode("utf-8", "surrogateescape").split("\0")
    first: dict[str, Oid] = {}
    for facts, path in zip(words[::2], words[1::2], strict=False):
        first.setdefault(path, facts.split()[3])
    return first


def has_more_than(repo: Repo, commit: Oid, folder: str) -> bool:
    """True when a commit's tree holds anything beside one folder."""
    return set(repo.git.ask("ls-tree", "--name-only", commit).decode("utf-8", "replace").split()) != {folder}


def files_named(repo: Repo, folder: str, names: Sequence[str]) -> dict[str, bytes]:
    """Files of the working tree below a folder whose names match one of these patterns."""
    specs = [f":(glob){folder}/**/{name}" for name in names]
    listed = repo.git.ask("ls-files", "-z", "--cached", "--others", "--", *specs).decode("utf-8", "replace")
    places = [path for path in listed.split("\0") if path and (repo.top / path).is_file()]
    return {path: (repo.top / path).read_bytes() for path in places}
