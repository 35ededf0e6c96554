"""What differs between two sets of settings, one row a setting, for people who decide on a change."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta

from ledger.core.config.config import Config
from ledger.core.dataclass import dataclass
from ledger.core.durations import format_duration


@dataclass(frozen=True, slots=True)
class ChangedSetting:
    """One setting by its dotted name, as it was and as it would be; None where it is not set."""

    name: str
    old: str | None
    new: str | None


def find_changed_settings(old: Config, new: Config) -> tuple[ChangedSetting, ...]:
    """The settings in force that differ, in the order of the file."""
    before, after = dict(_flatten_settings(old)), dict(_flatten_settings(new))
    rows = (ChangedSetting(name, before.get(name), after.get(name)) for name in {**before, **after})
    return tuple(row for row in rows if row.old != row.new)


_TABLES = ("namespaces", "seats")


def _flatten_settings(config: Config) -> Iterator[tuple[str, str]]:
    for setting in fields(Config):
        value = getattr(config, setting.name)
        if setting.name == "writable":
            yield from [] if value else [("the file", "not understood")]
        elif setting.name in _TABLES:
            yield setting.name, "no table" if value is None else "a table"
        elif value is not None:
            yield setting.name, _format_value(value)
    for name, namespace in (config.namespaces or {}).items():
        yield f"namespaces.{name}.id", " or ".join(map(str, namespace.patterns))
        yield f"namespaces.{name}.lane", namespace.lane
        yield from [(f"namespaces.{name}.private_to", namespace.private_to)] if namespace.private_to else []
    for name, seat in (config.seats or {}).items():
        for field in fields(seat):
            yield f"seats.{name}.{field.name}", _format_value(getattr(seat, field.name))


def _format_value(value: object) -> str:
    if isinstance(value, timedelta):
        return format_duration(value)
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)
