"""Posts, numbers or tips that this clone has seen on the authority, and that are gone from it.

Why: what was acknowledged may be given away again: a ticket claimed twice, a number filed twice.
Wrong: `git push -f` of an older feed, a server restored from a backup, a deleted branch or tip.
Right: `git ledger drift --fix`, in every clone that says so, lands again what that clone still has.
"""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from ledger.core.ids import tip_ref
from ledger.core.model import Finding, Severity, Where
from ledger.core.write.numbers import Reservation
from ledger.rules.view import View

NAME = "rewound-feed"
FIX = "`git ledger drift --fix` lands again what this clone still has"
NAMED = 20
"""Posts or numbers that one finding names."""


def check(view: View) -> Iterator[Finding]:
    """When whole: what was seen and is gone. The place is the first post, the first ref, or the tip."""
    rewound = view.rewound
    if not view.full_scan or rewound is None:
        return
    if rewound.posts:
        ids = [PurePosixPath(path).stem for path in rewound.posts]
        message = f"the feed was rewound; posts that were seen here and are gone: {_name_some(ids)}"
        yield Finding(NAME, Where(rewound.posts[0]), message, FIX, post=ids[0])
    if rewound.numbers:
        names = [ref.removeprefix("refs/reserve/") for ref in rewound.numbers]
        message = f"reservations that were seen here and are gone: {_name_some(names)}"
        yield Finding(NAME, Where(rewound.numbers[0]), message, FIX)
    for series, before, now in rewound.tips:
        yield Finding(NAME, Where(tip_ref(series)), f"the tip of {series} was {before} and is {now}", FIX)


def report_lost_number(ref: str, before: Reservation | None, now: Reservation | None) -> Finding:
    """A reservation that was seen and cannot be put back, and the one that has its number now, if any."""
    name, seat = (before.ticket, before.seat) if before else (ref, "nobody known")
    message = f"{name} was reserved by {seat}, and "
    message += f"is reserved by {now.seat} since the rewind" if now else "the remote does not take it again"
    fix = f"if {seat} has not filed it: `git ledger append --reserve …` gives a new number"
    return Finding(NAME, Where(ref), message, fix, Severity.WARNING, before.ticket if before else None)


def report_dropping_push(ref: str, posts: Sequence[str], unseen: str = "") -> Finding:
    """A forced push of the feed's branch that drops posts (paths), or replaces a commit `unseen` here."""
    words = (
        f"this push drops posts that have landed: {_name_some([PurePosixPath(path).stem for path in posts])}"
    )
    if unseen:
        words = f"this push replaces {unseen[:10]}, which is not in this clone: what it drops is not known"
    fix = "push without `--force` and delete nothing; `git pull --rebase` first puts new posts behind theirs"
    return Finding(NAME, Where(posts[0] if posts else ref), words, fix)


def _name_some(names: Sequence[str]) -> str:
    left = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {left} more" if left > 0 else "")
