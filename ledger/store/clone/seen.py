"""What this clone saw of the authority, kept in refs so that git keeps the objects, and what is gone of it.

`refs/ledger/seen/` holds the newest feed commit and the highest tip of each series, by their names on the
authority without `refs/`; those of a remote below `remotes/<remote>/`.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from ledger.core.feed.lost import find_lost_posts
from ledger.core.write.numbers import LEAP, decode_tip
from ledger.store.contract import ABSENT, SEEN_REFS, Absent, Oid, RefUpdate, Rewind
from ledger.store.git.objects import Objects
from ledger.store.git.repository import Repo

_TIP_LIMIT: Final = 65536


class SeenRefs:
    """The refs of one authority: `place` is empty for this repository, else `remotes/<remote>/`."""

    def __init__(self, objects: Objects, feed_ref: str, place: str) -> None:
        self._objects = objects
        self._feed_ref = feed_ref
        self._folder = SEEN_REFS + place
        self._seen: Mapping[str, Oid] = {}

    def private_name_of(self, ref: str) -> str:
        """The private ref that keeps what was seen of a ref of the authority."""
        return self._folder + ref.removeprefix("refs/")

    def private_names_for(self, names: Sequence[str]) -> list[str]:
        """The private refs to list for a reading of the feed and these refs or folders."""
        # of a series its tip alone is kept
        kept = [name for name in names if not name[-1].isdecimal()]
        return [self.private_name_of(self._feed_ref), *map(self.private_name_of, kept)]

    def remember_listed(self, listed: Mapping[str, Oid]) -> Mapping[str, Oid]:
        """Remember what a listing of refs says was seen; gives the other refs."""
        ours = {name: oid for name, oid in listed.items() if name.startswith(self._folder)}
        self._seen = {"refs/" + name.removeprefix(self._folder): oid for name, oid in ours.items()}
        return {name: oid for name, oid in listed.items() if name not in ours}

    def compare_seen(self, refs: Mapping[str, Oid]) -> tuple[Rewind | None, list[RefUpdate]]:
        """What was seen and `refs` show no longer; and the edits that make what they show seen.

        A feed that does not descend from the one seen is rewound where it lacks posts of it. That holds
        in a shallow clone too, which cannot tell ancestry: a history that was rewritten around the same posts
        takes nothing away.
        """
        feed, edits = self._compare_feed(refs.get(self._feed_ref))
        tips, risen = self._compare_tips(refs)
        rewind = Rewind(feed, tips) if feed or tips else None
        return rewind, [*edits, *risen]

    def _compare_feed(self, commit: Oid | None) -> tuple[Oid | None, list[RefUpdate]]:
        seen = self._seen.get(self._feed_ref)
        if seen == commit:
            return None, []
        # ancestry first, as one quick question; only where it fails are the files of both commits compared,
        # since a shallow clone cannot tell ancestry
        if seen is not None and not self._is_descendant(commit, seen) and self.lost_since(seen, commit):
            return seen, []
        return None, [RefUpdate(self.private_name_of(self._feed_ref), seen or ABSENT, commit or ABSENT)]

    def _is_descendant(self, commit: Oid | None, seen: Oid) -> bool:
        words = ("merge-base", "--is-ancestor", seen)
        return commit is not None and self._objects.repo.git.run(*words, commit).code == 0

    def lost_since(self, seen: Oid, commit: Oid | None) -> Mapping[str, Oid]:
        """The posts (path to object) of the feed as it was seen that a commit lacks."""
        before, now = (
            {
                entry.path: entry.oid
                for entry in self._objects.list_files(name)
                if entry.mode.startswith("100")
            }
            if name
            else {}
            for name in (seen, commit)
        )
        return find_lost_posts(before, now)

    def _compare_tips(self, refs: Mapping[str, Oid]) -> tuple[dict[str, Oid], list[RefUpdate]]:
        names = {ref for ref in (*refs, *self._seen) if ref.endswith("/tip")}
        moved = [ref for ref in sorted(names) if refs.get(ref) != self._seen.get(ref)]
        pairs = {ref: (self._seen.get(ref), refs.get(ref)) for ref in moved}
        blobs = self._objects.read_blobs([oid for pair in pairs.values() for oid in pair if oid], _TIP_LIMIT)
        sunk: dict[str, Oid] = {}
        risen: list[RefUpdate] = []
        for ref, (before, now) in pairs.items():
            high = decode_tip(blobs[before]) or 0 if before else 0
            tip = decode_tip(blobs[now]) if now else 0
            if before and tip is not None and tip < high:
                sunk[ref] = before
            # a tip that leaps was a slip, and may be lowered: it does not count as seen
            elif now and tip is not None and tip - high <= LEAP:
                risen.append(RefUpdate(self.private_name_of(ref), before or ABSENT, now))
        return sunk, risen

    def seen_tips(self) -> Mapping[str, Oid]:
        """The tips that were seen, as listed last: the authority's refs, and their objects."""
        return {ref: oid for ref, oid in self._seen.items() if ref.endswith("/tip")}

    def plan_seen_updates(self, edits: Sequence[RefUpdate]) -> list[RefUpdate]:
        """The edits that make seen what a swap made of the feed and of tips."""
        kept = [edit for edit in edits if edit.ref == self._feed_ref or edit.ref.endswith("/tip")]
        return [
            RefUpdate(self.private_name_of(edit.ref), self._seen.get(edit.ref, ABSENT), edit.new)
            for edit in kept
        ]

    def record_seen(self, edits: Sequence[RefUpdate]) -> None:
        """Keep what was seen. Where another process of this clone was faster, or nothing can be written here,
        it is left to the next reading."""
        if edits:
            # with the old values named, so that of two readers at once the one who saw less loses
            script = "".join(map(update_line, edits))
            self._objects.repo.git.run("update-ref", "--stdin", stdin=script.encode())
            news = {"refs/" + edit.ref.removeprefix(self._folder): edit.new for edit in edits}
            both = {**self._seen, **news}
            self._seen = {ref: oid for ref, oid in both.items() if not isinstance(oid, Absent)}


def update_line(edit: RefUpdate) -> str:
    """An edit as `git update-ref --stdin` reads it."""
    new, old = ("0" * 40 if isinstance(value, Absent) else value for value in (edit.new, edit.old))
    return f"update {edit.ref} {new} {old}\n"


class SeenStore(Objects):
    """What both stores over a repository share: its objects, and the refs that keep what was seen."""

    def __init__(self, repo: Repo, branch: str, place: str) -> None:
        """`place` is where SeenRefs keep what was seen of the authority."""
        super().__init__(repo)
        self.feed_ref = f"refs/heads/{branch}"
        self.seen = SeenRefs(self, self.feed_ref, place)

    @property
    def objects(self) -> Objects:
        """This repository, which has what was read or fetched."""
        return self

    @property
    def seen_ref(self) -> str:
        """The ref that keeps the newest commit of the feed which was seen on the authority."""
        return self.seen.private_name_of(self.feed_ref)

    def find_lost_posts(self, seen: Oid, commit: Oid | None) -> Mapping[str, Oid]:
        """The posts (path to object) of a commit that was seen, which another lacks."""
        return self.seen.lost_since(seen, commit)
