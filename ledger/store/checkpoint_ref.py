"""The ref of the remote that holds a checkpoint: finding it, fetching it, and what its commit says.

`refs/ledger/checkpoint` is a commit on the commit of the feed that it stands for. It has the files of that,
and one file beside them, `checkpoint`, the packed text of the index. So git sends a clone that has the feed
little more than this file, a shallow clone needs that one commit to compare it with the feed, and a partial
clone fetches the file when it is read. The ref moves to a commit beside the older one, which nothing holds
then.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ledger.core.ids import is_post_path
from ledger.store.contract import Deadline, Oid, Signature
from ledger.store.git.bare import has_commit, is_fast_forward, list_differences
from ledger.store.git.objects import Objects
from ledger.store.git.repository import Repo
from ledger.store.git.scratch import scratch_git
from ledger.store.git.transport import Transport
from ledger.store.index.checkpoint import CONTENT

REF: Final = "refs/ledger/checkpoint"
FILE: Final = "checkpoint"
_HERE: Final = "refs/worktree/checkpoint"
EVERY: Final = 5000
"""Posts after which another checkpoint is due; smaller feeds are read about as fast without one."""
_DAY: Final = 86400
_LIMIT: Final = 1 << 31
_AUTHOR: Final = Signature("git-ledger", "git-ledger@git-ledger.invalid")
_TITLE: Final = "Checkpoint of the feed"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint as its commit says it: the commit, that of the feed, the format of its text, how many
    posts stand there, the digest of the text (sha256, hex), and when it was made (Unix time)."""

    oid: Oid
    feed: Oid
    content: str
    posts: int
    digest: str
    seconds: int


def find_checkpoint_ref(repo: Repo, remote: str, until: Deadline) -> Oid | None:
    """Where the ref stands on the remote; None where it is not there, or the remote cannot be asked."""
    transport = Transport(repo, remote)
    return (transport.list_refs(transport.push_url, [REF], until.remaining()) or {}).get(REF)


def fetch_checkpoint_ref(repo: Repo, remote: str, until: Deadline) -> Oid | None:
    """Fetch the checkpoint and give its commit, to which no ref leads here; None where there is none."""
    spec = f"+{REF}:{_HERE}"
    # a shallow clone would fetch the whole history below it
    depth = ("--depth=1",) if (repo.common_dir / "shallow").exists() else ()
    with scratch_git(repo) as git:
        if Transport(repo, remote).fetch_refs(remote, [spec], until.remaining(), git, depth).code:
            return None
        return git.check_output("rev-parse", "--verify", _HERE).decode().strip()


def read_checkpoint(repo: Repo, oid: Oid) -> Checkpoint | None:
    """What the commit of a checkpoint says; None where it is none of this format."""
    ran = repo.git.run("cat-file", "commit", oid)
    head, _, message = ran.out.decode("utf-8", "replace").partition("\n\n")
    facts = dict(line.partition(" ")[::2] for line in head.splitlines() if not line.startswith(" "))
    stated = dict(line.partition(": ")[::2] for line in message.splitlines())
    try:
        seconds = int(facts["committer"].split()[-2])
        found = Checkpoint(
            oid, facts["parent"], stated["format"], int(stated["posts"]), stated["digest"], seconds
        )
    except (LookupError, ValueError):
        return None
    return found if found.content == CONTENT else None


def goes_on_from(repo: Repo, checkpoint: Checkpoint, feed: Oid) -> bool:
    """Whether a commit of the feed goes on from that of a checkpoint: it has every file of it as it is there,
    and its history where this clone has that (a shallow one has not; asked for it, a partial one fetches)."""
    # a shallow clone lacks the history between the two, and compares their files alone
    whole = not (repo.common_dir / "shallow").exists()
    if whole and not (has_commit(repo, checkpoint.feed) and is_fast_forward(repo, checkpoint.feed, feed)):
        return False
    changed = list_differences(repo, checkpoint.oid, feed)
    return all(difference.status == "A" for difference in changed if is_post_path(difference.path))


def read_packed(objects: Objects, oid: Oid) -> bytes | None:
    """The packed text of a checkpoint; None where it has none."""
    entry = objects.find_file(oid, FILE)
    if entry is None or entry.mode != "100644":
        return None
    data = objects.read_blobs([entry.oid], _LIMIT)[entry.oid]
    return data if len(data) <= _LIMIT else None


def write_commit(objects: Objects, feed: Oid, packed: bytes, digest: str, posts: int, seconds: int) -> Oid:
    """Write the commit of a checkpoint of a commit of the feed."""
    message = f"{_TITLE}\n\nformat: {CONTENT}\nposts: {posts}\ndigest: {digest}\n"
    return objects.write_commit(feed, {FILE: packed}, message, _AUTHOR, _AUTHOR, seconds)


def is_checkpoint_due(before: int, seconds: int, posts: int, now: datetime) -> bool:
    """Whether a checkpoint is due: one of `before` posts was made at `seconds` (Unix time)."""
    return posts >= before + EVERY or (posts != before and now.timestamp() >= seconds + _DAY)
