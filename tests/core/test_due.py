"""Days and times at which a ticket is due, by the reader's clock."""

from datetime import UTC, datetime

import pytest

from ledger.core.due import end_of_due, is_due, spell_due

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("2026-12-01", "2026-12-01"),
        ("2026-12-01T17:00Z", "2026-12-01T17:00Z"),
        ("2026-12-01T17:00:01.250Z", "2026-12-01T17:00:01.250Z"),
        ("2026-12-01T17:00+02:00", "2026-12-01T15:00:00.000Z"),
        ("2026-12-01 17:00", "2026-12-01T17:00:00.000Z"),
        ("3d", "2026-11-23"),
        ("12h", "2026-11-21T05:30Z"),
        ("1w", "2026-11-27"),
        ("Tomorrow", "2026-11-21"),
        ("today", "2026-11-20"),
        ("none", "none"),
        ("soon", None),
        ("999999w", None),
        ("2026-02-30", None),
        ("9999-12-31", None),
        ("", None),
        ("-1d", None),
    ],
)
def test_what_a_person_says_as_posts_spell_it(text: str, due: str | None) -> None:
    assert spell_due(text, NOW) == due
    assert due is None or is_due(due)


def test_a_day_is_over_at_its_end_and_a_time_at_once() -> None:
    assert end_of_due("2026-11-20") == datetime(2026, 11, 21, tzinfo=UTC)
    assert end_of_due("2026-11-20T17:30Z") == NOW
