import pytest

from ledger.rules.view import Commit
from tests.rules.views import Row

SEATS = "seats:\n  CAMBER-01: {role: code}\n  STRAT-2: {role: strat}\n"


@pytest.mark.parametrize(
    ("config", "commit", "refuses"),
    [
        (SEATS, Commit("CAMBER-01", frozenset(), True), True),
        (SEATS, Commit("UNLISTED-1", frozenset(), True), True),
        (SEATS, Commit("STRAT-2", frozenset(), True), False),
        (SEATS, Commit("CAMBER-01", frozenset()), False),
        (SEATS, Commit(None, frozenset(), True), False),
        (SEATS, None, False),
        ("", Commit("CAMBER-01", frozenset(), True), False),
    ],
)
def test_role_may_not_configure(config: str, commit: Commit | None, refuses: bool) -> None:
    found = Row(name="", new="", config=config, commit=commit).findings("role-may-not-configure")
    assert [one.where.path for one in found] == ["feed/ledger.yaml"] * refuses
