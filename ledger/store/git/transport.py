"""What git asks of one remote: fetches, listings of its refs, and the URL that pushes go to."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Final

from ledger.store.contract import Oid
from ledger.store.git.process import Git, Ran, split_lines
from ledger.store.git.repository import Repo

_OBJECTS_AT_ONCE: Final = 20_000
"""Objects that one fetch asks for by name: git 2.39 takes 1 s for 30,000 of them, and 10 s for 100,000."""
_HEADS: Final = "refs/heads/"


class Transport:
    """The commands of git that talk to a remote. `source` is its name, or a URL of it."""

    def __init__(self, repo: Repo, remote: str) -> None:
        self._repo = repo
        self._remote = remote

    @cached_property
    def push_url(self) -> str:
        """Where pushes go."""
        return self._repo.git.check_output("remote", "get-url", "--push", self._remote).decode().strip()

    @cached_property
    def pushes_elsewhere(self) -> bool:
        """Whether pushes go to another URL than fetches, so that what was fetched may lag."""
        own = self._repo.config_all(f"remote.{self._remote}.pushurl")
        if not own and not any(setting.key.endswith(".pushinsteadof") for setting in self._repo.settings):
            return False
        return (
            self._repo.git.check_output("remote", "get-url", self._remote).decode().strip() != self.push_url
        )

    def fetch_refs(
        self,
        source: str,
        specs: Sequence[str],
        seconds: float,
        git: Git | None = None,
        depth: Sequence[str] = (),
    ) -> Ran:
        """Fetch by these refspecs alone; `git` is the place to fetch into, if it is not the repository.
        `depth` is the option that says how much of their history."""
        # an empty refmap keeps the user's own refspecs out of it, as those of a clone made with --mirror
        words = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--refmap=")
        options = (*words, "--no-auto-maintenance", "--show-forced-updates", "--stdin", *depth)
        spec_lines = "".join(f"{spec}\n" for spec in specs).encode()
        return (git or self._repo.git).run("fetch", *options, "--", source, stdin=spec_lines, timeout=seconds)

    def fetch_objects(
        self, source: str, oids: Sequence[Oid], seconds: float, git: Git | None = None
    ) -> Ran | None:
        """Fetch objects by their names, of which each is a ref's; give the fetch that failed, else None."""
        for begin in range(0, len(oids), _OBJECTS_AT_ONCE):
            ran = self.fetch_refs(source, oids[begin : begin + _OBJECTS_AT_ONCE], seconds, git)
            if ran.code:
                return ran
        return None

    def list_refs(self, source: str, patterns: Iterable[str], seconds: float) -> Mapping[str, Oid] | None:
        """The values of these refs, and of all that patterns with a `*` fit; None where it cannot be asked.

        The other end sends all of its refs, and git filters them here; but where only branches are asked for
        it sends branches alone (protocol version 2).
        """
        wanted = sorted(set(patterns))
        limit = ["--heads"] if all(pattern.startswith(_HEADS) for pattern in wanted) else []
        ran = self._repo.git.run("ls-remote", *limit, "--", source, *wanted, timeout=seconds)
        if ran.code:
            return None
        folders = tuple(pattern.removesuffix("*") for pattern in wanted if pattern.endswith("/*"))
        pairs = (
            line.split("\t") for line in split_lines(ran.out)
        )  # git fits a pattern to the end of any name
        return {ref: oid for oid, ref in pairs if ref in wanted or (folders and ref.startswith(folders))}
