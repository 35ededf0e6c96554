"""A feed as a list of steps, which can be taken whole, one by one, or with some of them left out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Step:
    """What one deed changes: files by path (None: the file goes), and refs of reservations by name."""

    deed: str
    files: Mapping[str, bytes | None] = field(default_factory=dict)
    refs: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class RandomFeed:
    """The steps that one seed gives; all clocks that judge the feed show `now`."""

    seed: int
    steps: tuple[Step, ...]
    now: datetime

    @property
    def files(self) -> dict[str, bytes]:
        """The files that stand after the last step."""
        return apply_steps(self.steps)

    @property
    def refs(self) -> dict[str, bytes]:
        """The reservations and tips that stand after the last step."""
        return {ref: data for step in self.steps for ref, data in step.refs.items()}


def apply_steps(steps: Iterable[Step], files: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """The files that stand after these steps, on top of those that stood before."""
    standing = dict(files or {})
    for step in steps:
        for path, data in step.files.items():
            if data is None:
                standing.pop(path, None)
            else:
                standing[path] = data
    return standing


def shrink_steps(steps: Sequence[Step], fails: Callable[[Sequence[Step]], bool]) -> list[Step]:
    """A short list of these steps that still fails: pieces are left out while it does, large ones first."""
    left, size = list(steps), max(1, len(steps) // 2)
    while size:
        start = 0
        while start < len(left):
            fewer = left[:start] + left[start + size :]
            if fails(fewer):
                left = fewer
            else:
                start += size
        size //= 2
    return left
