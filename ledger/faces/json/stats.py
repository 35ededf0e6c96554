"""The figures of `stats` as JSON."""

from ledger.app.read.stats import StatsResult
from ledger.core.ids import format_timestamp
from ledger.core.stats.gates import record_of_gates
from ledger.core.stats.records import record_of_figures
from ledger.faces.json import Json
from ledger.faces.json.tickets import make_as_of_json


def make_stats_json(result: StatsResult) -> Json:
    """The figures, from `since` on, and with both gates where they were asked for."""
    record: Json = {"as_of": make_as_of_json(result.as_of)}
    record |= {"since": format_timestamp(result.since)} if result.since else {}
    record |= record_of_figures(result.figures)
    return record | (record_of_gates(result.figures) if result.gates else {})
