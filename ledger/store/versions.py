"""Which content of a file counts as landed, where its own author replaced or removed it again.

History does not say what was pushed: `git pull` makes the remote's line the second parent, a host makes it
the first, and a rebase leaves one line. It does say who stood on what. A content that its author took back
before any commit of somebody else stood on it was seen by nobody, as far as anything shows: so ends the
cleanup after a lost race.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from ledger.core.dataclass import dataclass
from ledger.store.contract import Oid
from ledger.store.git.repository import Repo

LANDING = "ledger: "
"""How the messages of commits begin that the tool lands."""
LONGEST = 200
"""Commits of its author that may stand on a content which then still counts as taken back."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A commit that gave a file this mode and content, against one of its parents; without `oid` it removed
    the file."""

    commit: Oid
    path: str
    mode: str
    oid: Oid | None


def list_arrivals(repo: Repo, commit: Oid, paths: Sequence[str], letters: str) -> Iterator[Arrival]:
    """What changed these files, ancestors before their descendants; `letters` are git's of the changes that
    count, A for added (git-log(1), `--stdin`, `--diff-filter` and "Raw output"). No path has a line feed."""
    options = ("--full-history", "--topo-order", "--reverse", "-m", f"--diff-filter={letters}")
    form = ("--format=%H", "--raw", "--no-abbrev", "--no-renames", "-z")
    questions = "".join(f"{line}\n" for line in (commit, "--", *(f":(top,literal){path}" for path in paths)))
    listed = repo.git.check_output(
        "log", *options, *form, "--stdin", stdin=questions.encode("utf-8", "surrogateescape")
    )
    words = (word.lstrip("\n") for word in listed.decode("utf-8", "surrogateescape").split("\0"))
    name = ""
    for word in words:
        if word.startswith(":"):
            _, mode, _, oid, _ = word.split(" ")
            yield Arrival(name, next(words), mode, oid if oid.strip("0") else None)
        else:
            name = word


def find_versions_stood_on(repo: Repo, commit: Oid, paths: Sequence[str]) -> dict[str, Oid | None]:
    """The first content of each file that somebody stood on, or that is still there at a commit; None where
    its author took every content back. A file that the history never held is left out."""
    changes: defaultdict[str, dict[Oid, Oid | None]] = defaultdict(dict)
    plain = [path for path in paths if "\n" not in path]
    for arrival in list_arrivals(repo, commit, plain, "AMDT") if plain else ():
        changes[arrival.path][arrival.commit] = arrival.oid
    history = _History(repo, commit) if changes else None
    return {path: history.first_stood_on(its) for path, its in changes.items()} if history else {}


class _History:
    """The commits that lead to one, with their authors (by address) and children. A commit by which a write
    landed is nobody's own: what it stands on was on the authority."""

    def __init__(self, repo: Repo, commit: Oid) -> None:
        self._authors: dict[Oid, str] = {}
        self._children: defaultdict[Oid, list[Oid]] = defaultdict(list)
        listed = repo.git.check_output("log", "--format=%H %P%x00%ae%x00%s", commit).decode(
            "utf-8", "replace"
        )
        for line in listed.split("\n")[:-1]:
            names, author, subject = line.split("\0", 2)
            name, *parents = names.split()
            self._authors[name] = name if subject.startswith(LANDING) else author
            for parent in parents:
                self._children[parent].append(name)

    def first_stood_on(self, changes: Mapping[Oid, Oid | None]) -> Oid | None:
        """Of the contents that commits gave a file, in the order of history."""
        came = ((name, oid) for name, oid in changes.items() if oid is not None)
        return next((oid for name, oid in came if self._is_stood_on(name, oid, changes)), None)

    def _is_stood_on(self, came: Oid, oid: Oid, changes: Mapping[Oid, Oid | None]) -> bool:
        """Whether somebody else's commit has the content or ends it, or the last commit has it."""
        waiting, visited = [came], {came}
        while waiting and len(visited) <= LONGEST:
            name = waiting.pop()
            if self._authors[name] != self._authors[came]:
                return True
            # here its author gave the file another content: what stands behind this stands on that one
            if changes.get(name, oid) != oid:
                continue
            if not self._children[name]:
                return True
            waiting += [child for child in self._children[name] if child not in visited]
            visited.update(self._children[name])
        return bool(waiting)
