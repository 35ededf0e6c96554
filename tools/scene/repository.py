"""The story as a bare remote: posts as the tool lands them, and a reservation for each number."""

import hashlib
import subprocess
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from benches.feeds import format_commit
from benches.timing import ALONE

from ledger.app.setup.founding import MESSAGE, make_setup_files
from ledger.core.config.config import CONFIG_PATH
from ledger.core.feed.posts import FIELD_ORDER, render_post
from ledger.core.ids import (
    format_timestamp,
    make_post_id,
    path_of_post,
    reservation_ref,
    tip_ref,
)
from ledger.core.write.numbers import Reservation, encode_reservation, encode_tip
from ledger.core.write.requests import Value
from scene.story import SETTINGS, STORY, Deed

REMOTE = "fleet.git"
"""The bare repository; its name is what the board calls the project."""
_RANKS = {name: place for place, name in enumerate(FIELD_ORDER)}


def make_remote(folder: Path, end: datetime, story: Sequence[Deed] = STORY) -> Path:
    """A bare remote in a folder, whose story ended then, with a commit of code on `main`."""
    bare = folder / REMOTE
    subprocess.run(("git", "init", "-q", "--bare", "-b", "main", str(bare)), check=True, env=ALONE)
    files = {path: text.encode() for path, text in make_setup_files("ledger").items()}
    files[CONFIG_PATH] = SETTINGS.encode()
    begin = int((end - timedelta(minutes=story[0].minutes + 1)).timestamp())
    stream = [
        format_commit("refs/heads/main", "harbor", begin, "The editor", {"README.md": b"# The editor\n"}),
        format_commit("refs/heads/ledger", "harbor", begin, MESSAGE, files),
        *_write_posts(end, story),
    ]
    numbers = _write_reservations(end, story)
    stream += [b"blob\ndata %d\n%b\n" % (len(data), data) for data in numbers.values()]
    importing = ("git", "-C", str(bare), "fast-import", "--quiet")
    subprocess.run(importing, input=b"".join(stream), check=True, env=ALONE)
    lines = "".join(f"{_name_blob(data)} {ref}\n" for ref, data in sorted(numbers.items()))
    (bare / "packed-refs").write_text(f"# pack-refs with: peeled fully-peeled sorted \n{lines}")
    return bare


def _name_blob(data: bytes) -> str:
    """The name under which git keeps a blob (gitformat: a header with type and size)."""
    return hashlib.sha1(b"blob %d\0%b" % (len(data), data)).hexdigest()


def make_clone(bare: Path, place: Path, seat: str = "harbor") -> Path:
    """A clone in which a seat looks at it."""
    subprocess.run(("git", "clone", "-q", str(bare), str(place)), check=True, env=ALONE)
    for setting in (("ledger.branch", "ledger"), ("ledger.seat", seat)):
        subprocess.run(("git", "-C", str(place), "config", *setting), check=True, env=ALONE)
    return place


def _write_posts(end: datetime, story: Sequence[Deed]) -> list[bytes]:
    commits = []
    previous = ""
    for seq, deed in enumerate(story, 1):
        at = end - timedelta(minutes=deed.minutes)
        name = make_post_id(at, deed.seat, _draw_nonce(f"post {seq}"))
        head: dict[str, Value] = {"seat": deed.seat, "at": format_timestamp(at), "kind": deed.kind}
        head |= {**deed.fields, "seq": str(seq)} | ({"prev": previous} if previous else {})
        rows = sorted(head.items(), key=lambda row: _RANKS.get(row[0], -1))
        files = {path_of_post(name): render_post(rows, deed.body)}
        message = f"ledger: {deed.fields.get('item', '')} {deed.kind}"
        commits.append(format_commit("refs/heads/ledger", deed.seat, int(at.timestamp()), message, files))
        previous = name
    return commits


def _write_reservations(end: datetime, story: Sequence[Deed]) -> dict[str, bytes]:
    """The refs of all numbers with their blobs; of two that opened one ticket the first has its number."""
    found: dict[str, bytes] = {}
    tips: dict[str, int] = {}
    for deed in story:
        item = str(deed.fields.get("item", ""))
        if "subject" not in deed.fields or not item:
            continue
        series, _, digits = item.partition("-")
        at = format_timestamp(end - timedelta(minutes=deed.minutes))
        number = Reservation(series, int(digits), item, deed.seat, at, _draw_nonce(item))
        found.setdefault(reservation_ref(series, int(digits)), encode_reservation(number))
        tips[series] = max(tips.get(series, 0), int(digits))
    return found | {tip_ref(series): encode_tip(n, _draw_nonce(series)) for series, n in tips.items()}


def _draw_nonce(name: str) -> str:
    """16 hex digits that belong to a name, so that the same story makes the same objects."""
    return hashlib.sha256(name.encode()).hexdigest()[:16]
