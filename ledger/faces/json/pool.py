"""Trees of the pool and what it saved, as JSON."""

from typing import TYPE_CHECKING

from ledger.core.ids import format_timestamp
from ledger.faces.json import Json

if TYPE_CHECKING:
    from ledger.app.pool.rescues import Rescue
    from ledger.app.pool.work import PoolTree


def make_tree_json(tree: "PoolTree") -> Json:
    """A tree: path, identity, branch, state, and `leased_by` (pid, host, since, item, keep_alive)."""
    record: Json = {"path": str(tree.path), "identity": tree.identity}
    record |= {"branch": tree.branch} if tree.branch else {}
    record |= {"state": tree.state}
    lease = tree.lease
    if lease is None:
        return record
    by: Json = {"pid": lease.process.pid, "host": lease.host, "since": lease.since}
    by |= {"item": lease.item} if lease.item else {}
    by |= {"keep_alive": lease.keep_alive.path} if lease.keep_alive else {}
    return record | {"leased_by": by}


def make_rescue_json(rescue: "Rescue") -> Json:
    """What was saved: ref, identity, at, commit, subject, and the paths of large files."""
    at = {"at": format_timestamp(rescue.at)} if rescue.at is not None else {}
    record: Json = {"ref": rescue.ref, "identity": rescue.identity, **at}
    record |= {"commit": rescue.commit, "subject": rescue.subject}
    return record | (
        {"large": [{"path": str(file.path), "bytes": file.size} for file in rescue.large]}
        if rescue.large
        else {}
    )
