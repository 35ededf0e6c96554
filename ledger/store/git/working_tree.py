"""What the user's own working tree and history are touched and asked for: staging, and who added what."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Final

from ledger.core.errors import LedgerError
from ledger.store.contract import Oid
from ledger.store.files import create_file, first_link
from ledger.store.git.process import split_lines
from ledger.store.git.repository import Repo
from ledger.store.versions import Arrival, list_arrivals

NEAR: Final = 1000
"""Commits of a history that are looked through for where files came from."""
MANY: Final = 100
"""How many paths git is given at the most to look for in a history."""


def refuse_links(repo: Repo, paths: Iterable[str]) -> None:
    """Raise LedgerError `cannot-stage` where a new file would stand behind a link: git takes none there."""
    for path in paths:
        if link := first_link(repo.top, path):
            words = f'"{path}" cannot be written: "{link}" is a link, and git adds nothing behind one'
            raise LedgerError("cannot-stage", words, f'put a folder in the place of "{link}", then again')


def write_posts(repo: Repo, files: Mapping[str, bytes], nonce: str) -> None:
    """Write new files into the working tree; nothing that is there is replaced, and no link followed.

    `nonce` is that of the intent which they say, whose numbers are reserved by now. Raises LedgerError
    `cannot-stage`.
    """
    for path, data in files.items():
        try:
            # there already: a command that was interrupted and is repeated with the same intent writes the
            # same names
            with suppress(FileExistsError):
                create_file(repo.top, path, data)
        except OSError as error:
            message = f'"{path}" cannot be written: {error.strerror}'
            hint = f"when it can be, the same command with `--intent {nonce}`, which keeps its numbers"
            raise LedgerError("cannot-stage", message, hint) from error


def stage_files(repo: Repo, files: Mapping[str, bytes], nonce: str) -> None:
    """Write new files into the working tree and the index, as `write_posts` does."""
    write_posts(repo, files, nonce)
    named = "".join(f"{path}\0" for path in files).encode()
    ran = repo.git.run("add", "--force", "--pathspec-from-file=-", "--pathspec-file-nul", stdin=named)
    if ran.code:
        raise LedgerError("cannot-stage", f"git add: {ran.complaint}", "`git add -f feed`")


def find_adding_commits(repo: Repo, commit: Oid, paths: Sequence[str], near: int = NEAR) -> dict[str, Oid]:
    """The commit that brought each of these files into the history of `commit`, where it can be told and lies
    within its newest `near` commits: to look through all of them takes seconds where there are many.

    Git compares every path that it comes by with every one that it is given, so many are looked for here.
    """
    wanted = dict.fromkeys(paths)
    within = paths if len(paths) <= MANY else {path.partition("/")[0] for path in paths}
    words = (
        "log",
        "--diff-filter=A",
        "--format=%x00%H",
        "--name-only",
        "--no-renames",
        commit,
        *_exclude_distant(repo, commit, near),
        "--",
        *within,
    )
    commits: dict[str, Oid] = {}
    for record in repo.git.check_output(*words).decode("utf-8", "replace").split("\0")[1:]:
        name, *added = record.split()
        commits.update((path, name) for path in added if path in wanted)
    return commits


def _exclude_distant(repo: Repo, commit: Oid, near: int) -> list[str]:
    """What leaves out of a log all but the newest commits of a history; nothing for a short one."""
    far = repo.git.run("rev-parse", "-q", "--verify", f"{commit}~{near}")
    return [f"^{far.out.decode().strip()}"] if far.code == 0 else []


def list_branches(repo: Repo, folder: str) -> list[tuple[str, str]]:
    """Each branch below a folder of refs, without the folder, and the author of its newest commit."""
    listed = repo.git.check_output("for-each-ref", "--format=%(refname)%00%(authorname)", folder)
    pairs = [line.split("\0") for line in split_lines(listed)]
    return [(name.removeprefix(folder), author) for name, author in pairs if not name.endswith("/HEAD")]


def list_first_versions(repo: Repo, commit: Oid, folder: str) -> dict[str, Oid]:
    """Each plain file that the history of a commit ever added below a folder, with the object it came as."""
    options = ("--topo-order", "--reverse", "--format=", "--raw", "--no-abbrev", "--no-renames", "-m", "-z")
    listed = repo.git.check_output("log", *options, "--diff-filter=A", commit, "--", folder)
    words = listed.decode("utf-8", "surrogateescape").split("\0")
    first: dict[str, Oid] = {}
    for facts, path in zip(words[::2], words[1::2], strict=False):
        _, mode, _, oid, _ = facts.split()
        if mode.startswith("100"):
            first.setdefault(path, oid)
    return first


_BESIDE_POSTS: Final = ("feed", ".github", ".gitlab", ".gitlab-ci.yml")
"""What stands at the top of a branch that is a feed's own."""


def find_landed_contents(repo: Repo, commit: Oid, paths: Sequence[str]) -> dict[str, tuple[str, Oid]]:
    """The mode and object as which each of these files first came into the history of a commit.

    A file is left out where that cannot be told: the history is cut off, or it has lines apart that added
    the file otherwise, neither of them before the other, so that a merge could pass one off for the first.
    """
    # what git reads a line at a time
    plain = [path for path in paths if "\n" not in path]
    came: dict[str, list[Arrival]] = {}
    for arrival in list_arrivals(repo, commit, plain, "A") if plain and not repo.shallow else ():
        came.setdefault(arrival.path, []).append(arrival)
    return {
        path: (many[0].mode, many[0].oid or "")
        for path, many in came.items()
        if _is_first_arrival(repo, many)
    }


def _is_first_arrival(repo: Repo, came: Sequence[Arrival]) -> bool:
    """Whether every other content of a file came after the content of its first arrival."""
    alike = [arrival for arrival in came if (arrival.mode, arrival.oid) == (came[0].mode, came[0].oid)]
    others = {arrival.commit for arrival in came} - {arrival.commit for arrival in alike}
    return all(any(is_ancestor(repo, arrival.commit, other) for arrival in alike) for other in others)


def find_objects_at(repo: Repo, commit: Oid, paths: Iterable[str]) -> dict[str, Oid]:
    """What stands at these paths in the tree of a commit; where nothing does, a path is left out."""
    listed = repo.git.check_output("ls-tree", "-z", "--full-tree", commit, "--", *paths)
    records = listed.decode("utf-8", "surrogateescape").split("\0")[:-1]
    return {path: facts.split(" ")[2] for facts, _, path in (record.partition("\t") for record in records)}


def changed_paths(repo: Repo, old: Oid, new: Oid) -> list[str]:
    """The paths at which two commits differ."""
    listed = repo.git.check_output("diff-tree", "-r", "-z", "--name-only", "--no-renames", old, new)
    return listed.decode("utf-8", "surrogateescape").split("\0")[:-1]


def landings(repo: Repo, commit: Oid, folder: str) -> list[Oid]:
    """The commits that changed a folder on the line of first parents, the oldest first: how it landed."""
    return split_lines(repo.git.check_output("rev-list", "--first-parent", "--reverse", commit, "--", folder))


def is_ancestor(repo: Repo, old: Oid, new: Oid) -> bool:
    """Whether a commit is in the history of another, or is that one."""
    return repo.git.run("merge-base", "--is-ancestor", old, new).code == 0


def holds_code(repo: Repo, commit: Oid) -> bool:
    """True when a commit's tree holds anything beside a feed and what a host's job for it needs."""
    names = repo.git.check_output("ls-tree", "--name-only", "-z", "--full-tree", commit)
    return not set(names.decode("utf-8", "surrogateescape").split("\0")) <= {"", *_BESIDE_POSTS}


def grows_in_feed_only(repo: Repo, old: Oid, new: Oid) -> bool:
    """True when a commit descends from another and differs from it below `feed/` alone."""
    if repo.git.run("merge-base", "--is-ancestor", old, new).code:
        return False
    elsewhere = (":(top)", ":(top,exclude)feed")
    return repo.git.run("diff-tree", "-r", "--quiet", old, new, "--", *elsewhere).code == 0


def files_named(repo: Repo, folder: str, names: Sequence[str]) -> dict[str, bytes]:
    """Files of the working tree below a folder whose names match one of these patterns."""
    specs = [f":(glob){folder}/**/{name}" for name in names]
    listed = repo.git.check_output("ls-files", "-z", "--cached", "--others", "--", *specs).decode(
        "utf-8", "replace"
    )
    places = [path for path in listed.split("\0") if path and (repo.top / path).is_file()]
    return {path: (repo.top / path).read_bytes() for path in places}
