"""Settings beside each other: what differs, in the words of the file."""

import pytest

from ledger.core.config.config import parse_config
from ledger.core.config.config_diff import find_changed_settings


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param("", "", [], id="no file"),
        pytest.param("", "# a file\nclaim_ttl: 2h\n", [], id="what is in force anyway"),
        pytest.param("", "claim_ttl: 90m", ["claim_ttl: 2h -> 90m"], id="a duration"),
        pytest.param("warm_window: 1d", "", [], id="the same duration, spelled otherwise"),
        pytest.param("branch: a", "branch: b", ["branch: a -> b"], id="the branch"),
        pytest.param("branch: a", "", ["branch: a -> None"], id="a setting that goes"),
        pytest.param("", "seats: {}", ["seats: no table -> a table"], id="a table without a row binds all"),
        pytest.param(
            "seats: {A: {wip: 2}}",
            "seats: {A: {wip: 3, lanes: [x, y]}}",
            ["seats.A.lanes: none -> x, y", "seats.A.wip: 2 -> 3"],
            id="a seat",
        ),
        pytest.param(
            "namespaces: {CMB: {id: 'CMB-{n:04}'}}",
            "namespaces: {CMB: {id: ['CMB-{yyyymmdd}{n:02}', 'CMB-{n:04}'], private_to: A}}",
            [
                "namespaces.CMB.id: CMB-{n:04} -> CMB-{yyyymmdd}{n:02} or CMB-{n:04}",
                "namespaces.CMB.private_to: None -> A",
            ],
            id="a namespace",
        ),
        pytest.param(
            "seats_listed_only: true",
            "{",
            ["seats_listed_only: true -> false", "the file: None -> not understood"],
            id="a file that cannot be read",
        ),
    ],
)
def test_what_differs(old: str, new: str, told: list[str]) -> None:
    rows = find_changed_settings(*(parse_config(text.encode())[0] for text in (old, new)))
    assert [f"{row.name}: {row.old} -> {row.new}" for row in rows] == told
