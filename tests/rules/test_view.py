"""What rules are told of time: the shape of posts that landed long ago is past mending."""

from collections.abc import Mapping

import pytest

from ledger.rules import BY_NAME
from tests.rules.views import PATH, view, written

ODD = written("blocks_on: [CMB-0001]")
"""Made by hand, dated 2026-11-20 at 03:51."""
TEXT = {PATH: b"no post"}
SEEN = "04:00 A opens CMB-0001 saw=20261120T035100000Z-camber-01-9c1e07a25b6d4f10: has seen it"


@pytest.mark.parametrize(
    ("landed", "raw", "rule", "now", "severity"),
    [
        pytest.param(SEEN, ODD, "unknown-field", "06:00", "error", id="landed today"),
        pytest.param(
            SEEN, ODD, "unknown-field", "2026-11-21T03:59:59", "error", id="a day ago by its own date"
        ),
        pytest.param(
            SEEN, ODD, "unknown-field", "2026-11-21T04:00:01", "warning", id="seen by the chain a day ago"
        ),
        pytest.param("", ODD, "unknown-field", "2026-12-21T04:00:00", "error", id="seen by nobody yet"),
        pytest.param("", TEXT, "unreadable-post", "2026-11-21T03:50:00", "error", id="unreadable, of today"),
        pytest.param(
            "", TEXT, "unreadable-post", "2026-11-21T03:52:00", "warning", id="unreadable, by its name"
        ),
        pytest.param(
            "",
            {"feed/x.md": b""},
            "misplaced-post",
            "2026-12-21T00:00:00",
            "error",
            id="without a name, movable",
        ),
    ],
)
def test_old_shapes(landed: str, raw: Mapping[str, bytes], rule: str, now: str, severity: str) -> None:
    for forgiving in (True, False):
        seen = view(landed, raw=raw, now=now, lenient_history=forgiving)
        told = {str(one.severity) for one in BY_NAME[rule].check(seen)}
        assert told == {severity if forgiving else "error"}
