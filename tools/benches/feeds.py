"""Feeds of any length in real repositories, for what grows with the feed: a bare remote, made by one stream.

A day of the fleet: fifty seats post 70,000 times, one post each 1.234 s. Forty-five of them code, nine in
each of five lanes; five are strats. Whoever holds nothing files while fewer tickets are open than there
should be, else claims one of its lane. Of what is done with a held ticket 46 % are notes, 42 % DONE, 6 %
blocks (two thirds on another ticket, else on a ruling, which a strat soon makes), and the rest releases,
handoffs, parking, renewals and cancellations. Between tickets seats amend, decline, take up what was
parked, retire and boot again. One note or opening in 250 is made by hand, and the next post of the chain
saw it.

The same recipe gives the same objects. Posts are rendered as the tool renders them, and nothing of what is
over stays in memory, so that a million of them fit. The feed's own settings wait for years where a fleet
would wait for minutes: whenever it is measured, the feed stands as it stood at its last post.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import IO, NamedTuple

from benches.backlog import LANES
from benches.timing import ALONE
from benches.workday import CODERS, STRATS, Workday
from ledger.app.setup.founding import MESSAGE, make_setup_files
from ledger.core.config.config import CONFIG_PATH
from ledger.core.feed.posts import FIELD_ORDER, render_post
from ledger.core.ids import format_timestamp, make_post_id, path_of_post, reservation_ref, tip_ref
from ledger.core.write.numbers import Reservation, encode_reservation, encode_tip
from ledger.core.write.requests import Value

FIRST = datetime(2025, 3, 3, 6, tzinfo=UTC)
PACE = timedelta(seconds=86_400 / 70_000)
ALONE_UP_TO = 200_000
"""Feeds of at most so many posts have a commit for each, as the tool makes them; longer ones one for ten."""
REMOTE = "remote.git"
_RANKS = {name: place for place, name in enumerate(FIELD_ORDER)}
_SIGNED = b"author %b <%b@seats.invalid> %d +0000\ncommitter %b <%b@seats.invalid> %d +0000\n"


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a feed is made of. `still_open` is how many tickets stay open (None: 2 %, from 100 to 2,000);
    `has_refs` whether each ticket has its reservation, or the series their tips alone; `given_before` how
    many numbers of CMB were given before the first one filed, each with a ref."""

    posts: int
    still_open: int | None = None
    has_refs: bool = True
    given_before: int = 0
    seed: int = 1

    @property
    def aim(self) -> int:
        """How many tickets stay open."""
        return self.still_open or min(2000, max(100, self.posts // 50))

    @property
    def name(self) -> str:
        """The folder of this feed among those that are kept: another one once the generator changes."""
        folder = Path(__file__).parent
        sources = (folder / name for name in ("feeds.py", "workday.py", "backlog.py"))
        text = repr(asdict(self)) + "".join(source.read_text() for source in sources)
        return f"{self.posts}-{self.aim}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


class PostFile(NamedTuple):
    """One post as it lands."""

    path: str
    data: bytes
    seat: str
    title: str
    seconds: int


class Chain:
    """Writes posts in the order of the feed, a step of the clock each, and numbers for tickets.

    `random` draws nonces alone, so that the deeds stay the same whatever is written of them.
    """

    def __init__(self, recipe: Recipe, random: Random) -> None:
        self._random = random
        self._at = FIRST
        self._head, self._seq = "", 0
        self._unseen: tuple[str, ...] = ()
        self.count = 0
        self.written: list[PostFile] = []
        """Posts since somebody took them."""
        self.reservations: list[Reservation] = []
        """Numbers since somebody took them."""
        self.tips = dict.fromkeys(LANES, 0) | {"CMB": recipe.given_before}

    def write(
        self, seat: str, kind: str, fields: Mapping[str, Value], body: str = "", by_hand: bool = False
    ) -> str:
        """Add a post and give its id."""
        self._at += PACE
        self.count += 1
        name = make_post_id(self._at, seat, self.draw_nonce())
        head: dict[str, Value] = {"seat": seat, "at": format_timestamp(self._at), "kind": kind, **fields}
        if by_hand:
            self._unseen = (*self._unseen, name)
        else:
            self._link(head, name)
        rows = sorted(head.items(), key=lambda row: _RANKS.get(row[0], -1))
        words = (fields.get("item"), fields.get("state") or kind, fields.get("subject"))
        title = "ledger: " + " ".join(str(word) for word in words if word)
        data = render_post(rows, body)
        self.written.append(PostFile(path_of_post(name), data, seat, title, int(self._at.timestamp())))
        return name

    def _link(self, head: dict[str, Value], name: str) -> None:
        self._seq += 1
        head["seq"] = str(self._seq)
        if self._head:
            head["prev"] = self._head
        if self._unseen:
            head["saw"] = self._unseen
        self._head, self._unseen = name, ()

    def give_number(self, space: str, seat: str) -> str:
        """Reserve the next number of a namespace."""
        self.tips[space] += 1
        ticket, n = f"{space}-{self.tips[space]:04}", self.tips[space]
        self.reservations.append(
            Reservation(space, n, ticket, seat, format_timestamp(self._at + PACE), self.draw_nonce())
        )
        return ticket

    def draw_nonce(self) -> str:
        """16 hex digits that no other post has."""
        return f"{self._random.getrandbits(64):016x}"


def generate_posts(recipe: Recipe) -> Iterator[tuple[list[PostFile], list[Reservation]]]:
    """The posts of a feed in their order, and the numbers that were reserved for them, a deed at a time.

    The backlog fills up over the first half of the feed.
    """
    chain = Chain(recipe, Random(f"{recipe.seed} nonces"))
    day = Workday(chain.write, chain.give_number, recipe.aim, Random(recipe.seed))
    while chain.count < recipe.posts:
        day.aim = min(recipe.aim, 10 + 2 * recipe.aim * chain.count // recipe.posts)
        day.step()
        yield chain.written, chain.reservations
        chain.written.clear()
        chain.reservations.clear()


def write_settings() -> str:
    """The `feed/ledger.yaml` of the fleet."""
    spaces = "".join(f'  {space}: {{id: "{space}-{{n:04}}", lane: {LANES[space]}}}\n' for space in LANES)
    coders = "".join(f"  {seat}: {{role: code, lanes: [{LANES[CODERS[seat]]}]}}\n" for seat in CODERS)
    strats = "".join(f"  {seat}: {{role: strat}}\n" for seat in STRATS)
    waits = "".join(f"{name}: 3650d\n" for name in ("claim_ttl", "nudge_after", "dark_after"))
    return f"branch: ledger\n{waits}namespaces:\n{spaces}seats:\n{coders}{strats}"


def keep_remote(recipe: Recipe, folder: Path) -> Path:
    """The bare remote of a recipe in a folder of kept feeds; made where it is not there yet, whole or not at
    all."""
    place = folder / recipe.name
    if not place.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="making-", dir=folder) as name:
            draft = make_remote(recipe, Path(name) / "feed").parent
            try:
                draft.rename(place)
            except OSError:  # where another run made it meanwhile
                if not place.exists():
                    raise
    return place / REMOTE


def copy_remote(bare: Path, folder: Path) -> Path:
    """A copy of a bare remote to push to; it shares the objects, which git never changes in place."""
    place = folder / REMOTE

    def copy(source: str, target: str) -> None:
        if f"{REMOTE}/objects/" in source:
            os.link(source, target)
        else:
            shutil.copy2(source, target)

    shutil.copytree(bare, place, copy_function=copy)
    return place


def make_remote(recipe: Recipe, folder: Path) -> Path:
    """A bare remote with the feed of a recipe on `ledger`, its numbers, and a commit of code on `main`."""
    bare = folder / REMOTE
    words = ("git", "init", "-q", "--bare", "-b", "main", str(bare))
    subprocess.run(words, check=True, env=ALONE)
    for setting in ("uploadpack.allowFilter=true", "gc.auto=0", "core.compression=1"):
        subprocess.run(("git", "-C", str(bare), "config", *setting.split("=")), check=True, env=ALONE)
    importing = ("git", "-C", str(bare), "fast-import", "--quiet")
    with subprocess.Popen(importing, stdin=subprocess.PIPE, env=ALONE) as importer:
        assert importer.stdin is not None
        refs = _Stream(importer.stdin).import_feed(recipe)
    if importer.returncode:
        raise RuntimeError(f"git fast-import: exit {importer.returncode}")
    lines = "".join(f"{oid} {ref}\n" for ref, oid in sorted(refs.items()))
    (bare / "packed-refs").write_text(f"# pack-refs with: peeled fully-peeled sorted \n{lines}")
    return bare


def format_commit(
    ref: str, who: str, seconds: int, message: str, files: Mapping[str, bytes], parent: str = ""
) -> bytes:
    """A commit with files, as git fast-import(1) reads it; without `parent` it goes on where the ref stands
    after what the same stream said before."""
    words, name = message.encode(), who.encode()
    signed = _SIGNED % (name, name, seconds, name, name, seconds)
    parts = [b"commit %b\n%bdata %d\n%b" % (ref.encode(), signed, len(words), words)]
    parts += [b"from %b^0\n" % parent.encode()] if parent else []
    parts += [
        b"M 644 inline %b\ndata %d\n%b\n" % (path.encode(), len(data), data) for path, data in files.items()
    ]
    return b"".join(parts)


def import_commit(place: Path, ref: str, parent: str, who: str, files: Mapping[str, bytes]) -> None:
    """Set a ref to a commit with these files on top of another ref."""
    text = format_commit(ref, who, int(time.time()), "ledger: from beside\n", files, parent)
    words = ("git", "-C", str(place), "fast-import", "--quiet", "--force")
    subprocess.run(words, input=text, check=True, env=ALONE)


class _Stream:
    """What git fast-import(1) reads: commits of posts, and blobs of numbers."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe

    def import_feed(self, recipe: Recipe) -> dict[str, str]:
        """Write the whole of a feed; gives the refs of its numbers with their objects."""
        seconds = int(FIRST.timestamp())
        self._commit("main", "Bench", seconds, "Code", {"code.txt": b"code\n"})
        files = {path: text.encode() for path, text in make_setup_files("ledger").items()}
        files[CONFIG_PATH] = write_settings().encode()
        self._commit("ledger", "Bench", seconds, MESSAGE, files)
        refs = self._give_before(recipe.given_before)
        tips = dict.fromkeys(LANES, 0) | {"CMB": recipe.given_before}
        batch: list[PostFile] = []
        for posts, reservations in generate_posts(recipe):
            for reservation in reservations:
                tips[reservation.series] = reservation.n
                if recipe.has_refs:
                    refs[reservation_ref(reservation.series, reservation.n)] = self._blob(
                        encode_reservation(reservation)
                    )
            batch += posts
            if recipe.posts <= ALONE_UP_TO or len(batch) >= 10:
                self._land(batch)
                batch = []
        self._land(batch)
        return refs | {
            tip_ref(series): self._blob(encode_tip(n, f"{n:016x}")) for series, n in tips.items() if n
        }

    def _give_before(self, count: int) -> dict[str, str]:
        numbers = (
            Reservation("CMB", n, f"CMB-{n:04}", "CAMBER-01", format_timestamp(FIRST), f"{n:016x}")
            for n in range(1, count + 1)
        )
        return {
            reservation_ref("CMB", number.n): self._blob(encode_reservation(number)) for number in numbers
        }

    def _land(self, posts: list[PostFile]) -> None:
        if posts:
            first, more = posts[0], len(posts) - 1
            title = first.title + (f" and {more} more" if more else "")
            message = f"{title}\n\nIntent: {first.path[-19:-3]}\n"
            files = {post.path: post.data for post in posts}
            self._commit("ledger", first.seat, posts[-1].seconds, message, files)

    def _commit(self, branch: str, who: str, seconds: int, message: str, files: Mapping[str, bytes]) -> None:
        self._pipe.write(format_commit(f"refs/heads/{branch}", who, seconds, message, files))

    def _blob(self, data: bytes) -> str:
        """Write a blob; gives the name under which git keeps it (gitformat: a header with type and size)."""
        self._pipe.write(b"blob\ndata %d\n%b\n" % (len(data), data))
        return hashlib.sha1(b"blob %d\0%b" % (len(data), data)).hexdigest()
