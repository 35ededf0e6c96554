"""What a push may have changed: the promises of docs/protocol.md, looked up in plain git objects."""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import datetime
from pathlib import PurePosixPath

from tests.attackers.book import SETTINGS, Book, Post, is_post, owner_of, read_post, tip_of
from tests.attackers.objects import FILE, File
from tests.attackers.server import FEED, TRUNK, Push, Server

RESERVED, PRIVATE = "refs/reserve/", "refs/ledger/"
LEAP, MOST = 10_000, 4096
README, ATTRIBUTES = "feed/README.md", "feed/.gitattributes"
_RESERVATION = re.compile(
    r"refs/reserve/([A-Z][A-Z0-9]{0,15}(?:-[0-9]{4}|-[0-9]{8})?)/([1-9][0-9]{0,8}|tip)"
).fullmatch
_ANNOUNCED = re.compile(r"refs/ledger/announce/[A-Za-z0-9][A-Za-z0-9_-]{0,63}/[0-9a-f]{16}").fullmatch
_NUMBER = re.compile(r"(.*)-([0-9]+)").fullmatch


class Model:
    """The repository as it stood after the last push, and everything that must stand for good."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.book = Book()
        self.refs: dict[str, str] = {}
        self.landed: dict[str, File] = {}
        self.reservations: dict[str, str] = {}
        self.tips: dict[str, int] = {}
        self.history_of: list[str] = []
        self.nonces: dict[tuple[str, str], str] = {}

    def copy(self) -> "Model":
        """The same, to go back to."""
        other = Model(self.server)
        other.__dict__.update({name: deepcopy(what) for name, what in vars(self).items() if name != "server"})
        return other

    @property
    def feed(self) -> str:
        return self.refs[FEED]

    @property
    def files(self) -> dict[str, File]:
        return self.book.files

    def owner(self, ref: str) -> str | None:
        """The seat that a reservation names."""
        return owner_of(self.server.contents([self.reservations[ref]])[0])

    def after(self, push: Push, now: datetime | None) -> list[str]:
        """What a push did that nobody may; `now` is the time at which it was let in, where that is ours."""
        before, self.refs = self.refs, self.server.refs()
        if before == self.refs:
            return []
        wrong = [*self._unasked(push, before), *self._other_refs(), *self._reservations(push)]
        return [*wrong, *self._feed(push, before.get(FEED), now)]

    def _unasked(self, push: Push, before: Mapping[str, str]) -> Iterator[str]:
        """Refs that nobody named, and a part of what was to be done as a whole."""
        changed = {ref for ref in before.keys() | self.refs.keys() if before.get(ref) != self.refs.get(ref)}
        named = {FEED if ref == TRUNK else ref for _, _, ref in push.commands}
        yield from (f"{ref} changed, and nobody named it" for ref in changed - named)
        if push.atomic and changed != named:
            yield f"an atomic push did {sorted(changed)} of {sorted(named)}"

    def _other_refs(self) -> Iterator[str]:
        for ref in self.refs:
            if ref.casefold() == FEED.casefold() and ref != FEED:
                yield f"{ref} looks like the feed branch"
            if f"{ref.casefold()}/".startswith(PRIVATE) and not _ANNOUNCED(ref):
                yield f"{ref} is private to each clone"
            if f"{ref.casefold()}/".startswith(RESERVED) and not _RESERVATION(ref):
                yield f"{ref} is no name of a reservation"

    # Reservations and tips

    def _reservations(self, push: Push) -> Iterator[str]:
        for ref, oid in self.reservations.items():
            if self.refs.get(ref) != oid:
                yield f"the reservation {ref} changed"
        standing = {ref: oid for ref, oid in self.refs.items() if _RESERVATION(ref)}
        fresh = [ref for ref in standing if not ref.endswith("/tip") and ref not in self.reservations]
        for ref in fresh:
            yield from self._new_reservation(push, ref, standing[ref])
        self.reservations |= {ref: standing[ref] for ref in fresh}
        yield from self._tips({ref: oid for ref, oid in standing.items() if ref.endswith("/tip")})

    def _new_reservation(self, push: Push, ref: str, oid: str) -> Iterator[str]:
        kind, size = self.server.git(
            "cat-file", "--batch-check=%(objecttype) %(objectsize)", stdin=f"{oid}\n".encode()
        ).split()
        if kind != b"blob" or int(size) > MOST:
            yield f"{ref} is a {kind.decode()} of {int(size)} bytes"
            return
        series, _, number = ref.removeprefix(RESERVED).partition("/")
        tip = self.tips.get(series, 0)
        if int(number) <= tip or (tip and int(number) > tip + LEAP):
            yield f"{ref} was reserved while the tip was {tip}"
        owner = owner_of(self.server.contents([oid])[0])
        if push.pusher is not None and owner not in self.book.names(push.pusher):
            yield f"{push.pusher} reserved {ref} for {owner}"

    def _tips(self, refs: Mapping[str, str]) -> Iterator[str]:
        found = {
            ref.split("/")[2]: tip_of(data)
            for ref, data in zip(refs, self.server.contents([*refs.values()]), strict=True)
        }
        for series, before in self.tips.items():
            tip = found.get(series)
            if tip is None or not before <= tip <= before + LEAP:
                yield f"the tip of {series} was {before} and is {tip}"
        yield from (f"the tip of {series} is none" for series, tip in found.items() if tip is None)
        self.tips = {series: tip for series, tip in found.items() if tip is not None}

    # The feed branch

    def _feed(self, push: Push, old: str | None, now: datetime | None) -> Iterator[str]:
        new = self.refs.get(FEED)
        if new is None:
            yield "the feed branch is gone"
        elif new != old:
            if old is not None and not self.server.descends(new, old):
                yield "the feed branch was rewritten"
            yield from self._files(push, old, new, now)

    def _files(self, push: Push, old: str | None, new: str, now: datetime | None) -> Iterator[str]:
        files = self.server.files(new)
        self.history_of.append(new)
        yield from self._taken_away(files)
        yield from self._misplaced(files)
        yield from self._hidden(old, new, files)
        yield from self._settings(push, files.get(SETTINGS))
        self.book.files = files
        fresh = sorted(path for path in files if is_post(path) and path not in self.landed)
        self.landed |= {path: files[path] for path in fresh}
        for path, data in zip(fresh, self.server.contents([files[path].oid for path in fresh]), strict=True):
            try:
                post = read_post(path, data, now)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                yield f"{path} landed and cannot be read: {error}"
            else:
                yield from self._new_post(push, post)

    def _taken_away(self, files: Mapping[str, File]) -> Iterator[str]:
        for path, file in self.landed.items():
            if path not in files:
                yield f"{path} was removed"
            elif files[path] != file:
                yield f"{path} was edited"

    def _misplaced(self, files: Mapping[str, File]) -> Iterator[str]:
        for path, file in files.items():
            if path.casefold().startswith("feed/") or path.casefold() == "feed":
                known = is_post(path) or path in (SETTINGS, README, ATTRIBUTES)
                if not known or file.mode != FILE:
                    yield f"{path} has no place with mode {file.mode}"

    def _hidden(self, old: str | None, new: str, files: Mapping[str, File]) -> Iterator[str]:
        """Posts that some commit of the push has otherwise than they landed."""
        commits = self.server.git("rev-list", new, *((f"^{old}",) if old else ())).decode().split()
        for commit in commits:
            for path, file in self.server.files(commit).items() if commit != new else ():
                if is_post(path) and files.get(path) != file:
                    yield f"a commit of the push has {path} otherwise"

    def _settings(self, push: Push, file: File | None) -> Iterator[str]:
        if file == self.files.get(SETTINGS):
            return
        if self.files and push.pusher is not None and not self.book.rules(push.pusher):
            yield f"{push.pusher} changed the settings"
        self.book.obey(self.server.contents([file.oid])[0] if file else b"")

    def _new_post(self, push: Push, post: Post) -> Iterator[str]:
        if push.pusher is not None and post.seat not in self.book.names(push.pusher):
            yield f"{push.pusher} posted {post.id} as {post.seat}"
        at = re.sub(r"[-:.]", "", post.fields["at"])
        nonce = post.id[-16:]
        hour = PurePosixPath("feed", at[:4], at[4:6], at[6:8], at[9:11], at[11:13])
        if post.path != str(hour / f"{at}-{post.seat.lower()}-{nonce}.md"):
            yield f"{post.path} is misplaced"
        if (twin := self.nonces.setdefault((post.seat, nonce), post.id)) != post.id:
            yield f"{post.id} is a twin of {twin}"
        if post.is_opening and not post.directives("CONFIRM-PENDING"):
            yield from self._number(post)
        self.book.take(post)
        yield from self.book.wrong
        self.book.wrong.clear()

    def _number(self, post: Post) -> Iterator[str]:
        named = _NUMBER(post.item or "")
        ref = f"{RESERVED}{named[1]}/{int(named[2])}" if named else ""
        if ref not in self.reservations:
            yield f"{post.id} opens {post.item}, which nobody reserved"
        elif (owner := self.owner(ref)) is not None and owner != post.seat:
            yield f"{post.id} opens {post.item}, which {owner} reserved"
