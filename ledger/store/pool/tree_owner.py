"""Whose a tree of the pool is, and who has it now: the records and markers in which that is written."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ledger.core.dataclass import dataclass, replace
from ledger.core.ids import parse_timestamp
from ledger.core.json_input import parse_json
from ledger.core.text import quote_name
from ledger.store.pool.keep_alive import KeepAlive
from ledger.store.pool.processes import (
    Process,
    find_process,
    find_processes_in,
    is_of_this_machine,
    is_process_gone,
)

_KEEP_ALIVE = ("path", "file", "folder")


@dataclass(frozen=True, slots=True)
class Lease:
    """Who has a tree now: the process, since when (RFC 3339), for which ticket, and the file whose lock says
    instead of the process that the session lives."""

    process: Process
    since: str
    item: str | None = None
    keep_alive: KeepAlive | None = None

    @property
    def host(self) -> str:
        """The name of the host, without its namespace of process numbers."""
        return self.process.host.partition(" ")[0]

    @property
    def is_over(self) -> bool:
        """True when it is certain that the session has ended."""
        if self.keep_alive is not None:
            return is_of_this_machine(self.process) and self.keep_alive.is_let_go
        return is_process_gone(self.process, parse_timestamp(self.since))

    @property
    def holder(self) -> str:
        """Who has the tree, in words."""
        process = self.process
        in_sandbox = process.pid == 1 and not process.is_bound
        if self.keep_alive is not None:
            return f"who holds the lock of {quote_name(self.keep_alive.path)} on {quote_name(self.host)}"
        who = "a session in a sandbox" if in_sandbox else f"process {process.pid}"
        return f"{who} on {quote_name(self.host)}"

    @property
    def description(self) -> str:
        """Who has the tree since when, in words."""
        return f"{self.holder} since {quote_name(self.since)}"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose tree it is. `seat` is who acts in it; `lease` is None while nobody has it."""

    identity: str
    number: int
    seat: str
    lease: Lease | None = None


def write_owner(owner: Owner) -> str:
    """The text of a record and of a marker."""
    return json.dumps({"format": 1, **asdict(owner)}, indent=1) + "\n"


def read_owner(place: Path) -> Owner | None:
    """An owner as it was written; None when there is none or it cannot be read."""
    try:
        return _parse_owner(parse_json(place.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def read_marker(place: Path) -> Owner | None:
    """An owner as the marker in a tree has it, which may come from elsewhere, with a branch that is checked
    out. Its lease counts only where it can be told whether its process lives, or somebody is at work in the
    tree."""
    owner = read_owner(place)
    if owner is None or owner.lease is None:
        return owner
    process = owner.lease.process
    is_known = owner.lease.is_over or (process.is_bound and find_process(process.pid) == process)
    is_known = is_known or (owner.lease.keep_alive is not None and owner.lease.keep_alive.is_held)
    return owner if is_known or find_processes_in(place.parent) else replace(owner, lease=None)


def _parse_owner(record: Mapping[str, Any]) -> Owner:
    """Raises TypeError or KeyError for what `write_owner` does not write."""
    number = record["number"]
    if type(number) is not int:
        raise TypeError("no number")
    return Owner(
        _parse_text(record["identity"]), number, _parse_text(record["seat"]), _parse_lease(record["lease"])
    )


def _parse_lease(record: Mapping[str, Any] | None) -> Lease | None:
    if record is None:
        return None
    item, process = record["item"], record["process"]
    pid = process["pid"]
    if type(pid) is not int or pid.bit_length() > 31:
        raise TypeError("no number of a process")
    bound = Process(pid, _parse_text(process["birth"]), _parse_text(process["host"]))
    keep_alive = record["keep_alive"]
    file = None if keep_alive is None else KeepAlive(*(_parse_text(keep_alive[key]) for key in _KEEP_ALIVE))
    return Lease(bound, _parse_text(record["since"]), None if item is None else _parse_text(item), file)


def _parse_text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value
