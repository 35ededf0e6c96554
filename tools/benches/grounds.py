"""Where the scenes of growth play: a remote with a generated feed, clones of it, and posts by others."""

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from benches.feeds import FIRST, PACE, Recipe, copy_remote, import_commit, keep_remote
from benches.spending import Spent, spend
from benches.timing import ALONE, LEDGER, seconds
from ledger.core.feed.posts import render_post
from ledger.core.ids import format_timestamp, make_post_id, path_of_post
from ledger.core.write.requests import Value

READER = "CAMBER-01"
"""The seat that reads and writes: one that posted as often as any other."""
NEIGHBOUR = "DOCS-09"
"""The seat that posts beside it."""
FETCH = ("git", "fetch", "-q", "--no-tags", "origin", "+refs/heads/ledger:refs/remotes/origin/ledger")
"""What a reading cannot do without."""
PATIENT = (LEDGER, "--timeout", "1000")
"""The command, which gives up later than it does by itself: how long it takes is what is asked."""
_seq = re.compile(rb"^seq: ([0-9]+)$", re.MULTILINE).search


def ask_git(place: Path, *words: str) -> str:
    """What git answers. Raises CalledProcessError when it fails."""
    return subprocess.run(
        ("git", "-C", str(place), *words), check=True, capture_output=True, text=True, env=ALONE
    ).stdout.strip()


@dataclass(eq=False)
class Ground:
    """A remote of a recipe in a folder of its own. Scenes share it: what one of them lands, the next sees."""

    recipe: Recipe
    folder: Path
    keep: Path
    _count: int = 0

    @cached_property
    def bare(self) -> Path:
        """The remote."""
        return self.copy("origin")

    @cached_property
    def place(self) -> Path:
        """The clone of the seat that reads and writes."""
        return self.clone(READER)

    def copy(self, name: str) -> Path:
        """Another remote with the same feed, as it was generated."""
        return copy_remote(keep_remote(self.recipe, self.keep), self.folder / name)

    def clone(self, seat: str = READER) -> Path:
        """A fresh clone for a seat, with the settings of `init` and without its hooks."""
        self._count += 1
        place = self.folder / f"clone-{self._count}"
        seconds(self.folder, ("git", "clone", "-q", str(self.bare), str(place)))
        seconds(place, ("git", "config", "ledger.seat", seat))
        seconds(place, ("git", "config", "ledger.branch", "ledger"))
        seconds(place, ("git", "config", "ledger.remote", "origin"))
        return place

    @cached_property
    def rows(self) -> Sequence[dict[str, Any]]:
        """The queue of the remote as the tool tells it."""
        words = (*PATIENT, "queue", "--json")
        ran = subprocess.run(words, cwd=self.place, check=True, capture_output=True, env=ALONE)
        return tuple(json.loads(ran.stdout)["items"])

    @cached_property
    def item(self) -> str:
        """A ticket that awaits a claim."""
        return self.free_items[0]

    @cached_property
    def free_items(self) -> Sequence[str]:
        """The tickets that await a claim and no other ticket."""
        free = (row for row in self.rows if row["state"] == "AWAITING_CLAIM" and not row["after"])
        return tuple(row["item"] for row in free)

    @property
    def last_day(self) -> str:
        """When the last day of the generated feed began."""
        return format_timestamp(FIRST + PACE * self.recipe.posts - timedelta(days=1))

    def land_note(self) -> None:
        """Let another seat land a note, by plain git on the remote itself."""
        path, data = write_note(self.draw_nonce(), self.item, link_after(self.bare, "refs/heads/ledger"))
        import_commit(self.bare, "refs/heads/ledger", "refs/heads/ledger", NEIGHBOUR, {path: data})

    def draft_commit(self, place: Path, parent: str) -> str:
        """A commit with one note on top of a ref, made in a clone and pushed nowhere."""
        path, data = write_note(self.draw_nonce(), self.item, link_after(place, parent))
        import_commit(place, "refs/bench/draft", parent, NEIGHBOUR, {path: data})
        return ask_git(place, "rev-parse", "refs/bench/draft")

    def draw_nonce(self) -> str:
        """16 hex digits that no other post has."""
        self._count += 1
        return f"be{self._count:014x}"

    def swap(self, run: int) -> Spent:
        """What a write cannot do without: a fetch, and a push of one commit with one post."""
        fetch = " ".join(FETCH)
        commit = self.draft_commit(self.place, "refs/remotes/origin/ledger")
        return spend(
            self.place, ("sh", "-c", f"{fetch} && git push -q origin {commit}:refs/heads/raw-{commit[:12]}")
        )


def write_note(nonce: str, item: str, links: Mapping[str, Value]) -> tuple[str, bytes]:
    """A note of now: its path and its bytes. `links` are its place in the chain; none: as by hand."""
    at = datetime.now(UTC)
    head: dict[str, Value] = {
        "seat": NEIGHBOUR,
        "at": format_timestamp(at),
        "kind": "note",
        **links,
        "item": item,
    }
    return path_of_post(make_post_id(at, NEIGHBOUR, nonce)), render_post(
        [*head.items()], "A word from beside."
    )


def link_after(place: Path, ref: str) -> Mapping[str, Value]:
    """The place in the chain behind its newest post at a ref, which stands in the last folder."""
    folder = "feed"
    for _ in range(5):
        folder = ask_git(place, "ls-tree", "-d", "--name-only", ref, f"{folder}/").splitlines()[-1]
    for path in reversed(ask_git(place, "ls-tree", "--name-only", ref, f"{folder}/").splitlines()):
        found = _seq(ask_git(place, "cat-file", "blob", f"{ref}:{path}").encode())
        if found is not None:
            return {"seq": str(int(found[1]) + 1), "prev": Path(path).stem}
    raise RuntimeError(f"no post of the chain in {folder}")
