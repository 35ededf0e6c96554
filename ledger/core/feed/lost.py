"""Which posts are missing from a feed that had them."""

from collections.abc import Mapping

from ledger.core.ids import is_post_id


def find_lost_posts(seen: Mapping[str, str], there: Mapping[str, str]) -> dict[str, str]:
    """Posts (path to object) that were seen and are not there, or are there with another content.

    A post that was put into its right place is there: its name is its id. A file whose name is no post id
    never was a post: it may go.
    """
    # By name and not by path: a post that was misplaced, and moved to its place, is not lost.
    names = {_file_name(path) for path in there}
    lost: dict[str, str] = {}
    for path, oid in seen.items():
        changed = there[path] != oid if path in there else _file_name(path) not in names
        if changed and is_post_id(_file_name(path).removesuffix(".md")):
            lost[path] = oid
    return lost


def _file_name(path: str) -> str:
    return path.rpartition("/")[2]
