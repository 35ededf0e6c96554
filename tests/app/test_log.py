"""What `log` tells of a feed whose clocks differ."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.app.test_drift import at
from tests.fleet import fleet


def test_log_since_tells_what_is_dated_so_whatever_stands_between(tmp_path: Path) -> None:
    (otto,) = fleet(tmp_path, "otto")
    began = datetime.now(UTC)
    for days, words in ((-9, "old"), (0, "first"), (-5, "a slow clock"), (0, "second"), (-7, "slower")):
        assert at(otto, timedelta(days=days), "note", words) == 0
    told = otto.ok("log", "--since", (began - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ"))["posts"]
    assert [post["body"] for post in told] == ["second", "first"]
    told = otto.ok("log", "--since", (began - timedelta(days=6)).strftime("%Y-%m-%dT%H:%M:%SZ"))["posts"]
    assert [post["body"] for post in told] == ["second", "a slow clock", "first"]
