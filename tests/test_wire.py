"""Pushes by the raw protocol over every transport, with the connection cut at every stage of the exchange.

Of all combinations of push, transport, stage, ending and capabilities, each two values of different columns
meet in at least one row, and the quick suite runs a third of these rows; with `WIRE=all` in the environment
all combinations run (half an hour).
"""

import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import combinations, product
from pathlib import Path

import pytest

from tests.fleet import refs
from tests.gitrun import git
from tests.peers import TRANSPORTS, Peer, Wire, wired
from tests.pushes import CUT, MAIN, PUSHES, Scene, make_push, make_scene, post
from tests.rawpush import command_list, pack_of, words_of
from tests.store.sshd import forced
from tests.store.stores import eventually

ROOT = Path(__file__).parents[1]

EARLY = ("before a command", "within the commands", "before the pack", "within the pack")
LATE = (
    *("after the pack", "while it is judged", "after the first byte of the answer", "within the answer"),
    *("after it stopped sending", "while nobody reads stderr"),
)
END = "never"
CAPABILITIES = (
    "report-status",
    "report-status side-band-64k",
    "report-status-v2 side-band-64k atomic push-options quiet object-format=sha1 agent=other/1.0",
    "quiet",
)


@dataclass(frozen=True, order=True)
class Row:
    """One push of the table."""

    push: str
    transport: str
    stage: str
    reset: bool
    capabilities: str

    @property
    def name(self) -> str:
        """What pytest calls it."""
        ending = "reset" if self.reset else "closed"
        return f"{self.push}-{self.transport}-{ending} {self.stage}-{self.capabilities}"

    @property
    def pairs(self) -> frozenset[tuple[str, object, str, object]]:
        """Each two of its values, with their columns."""
        cells = [(field.name, getattr(self, field.name)) for field in fields(self)]
        return frozenset((*one, *other) for one, other in combinations(cells, 2))


def _makes_sense(row: Row) -> bool:
    if row.stage == END:
        return not row.reset
    if row.stage == "while nobody reads stderr":
        return row.push in CUT and row.transport == "file" and not row.reset
    if row.stage == "after it stopped sending":
        return row.push in CUT and not row.reset
    return row.push in CUT and not (row.reset and row.transport == "file")


ALL = [
    row
    for row in (
        Row(*cells)
        for cells in product(PUSHES, TRANSPORTS, (*EARLY, *LATE, END), (False, True), CAPABILITIES)
    )
    if _makes_sense(row)
]


def _covering(rows: Sequence[Row]) -> list[Row]:
    """Some of the rows, in which each pair of values stands that stands in any of them; always the same."""
    luck = random.Random(10)
    missing = dict.fromkeys(pair for row in rows for pair in sorted(row.pairs, key=str))
    having: dict[object, list[Row]] = {pair: [] for pair in missing}
    for row in rows:
        for pair in row.pairs:
            having[pair].append(row)
    chosen: list[Row] = []
    while missing:
        candidates = having[next(iter(missing))]
        some = luck.sample(candidates, min(len(candidates), 40))
        row = max(some, key=lambda row: len(row.pairs & missing.keys()))
        chosen.append(row)
        for pair in row.pairs:
            missing.pop(pair, None)
    return chosen


ROWS = ALL if os.environ.get("WIRE") == "all" else _covering(ALL)


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    with wired(tmp_path_factory.mktemp("wire"), {"mallory": forced("mallory")}) as wire:
        yield wire


@pytest.fixture
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return make_scene(tmp_path_factory)


def sends(peer: Peer, row: Row, commands: bytes, pack: bytes, asked: Path) -> None:
    """Go as far as the row says, and leave."""
    data = commands + pack
    sent = {
        "before a command": 0,
        "within the commands": len(commands) // 2,
        "before the pack": len(commands),
        "within the pack": len(commands) + len(pack) // 2,
    }.get(row.stage, len(data))
    peer.send(data[:sent])
    if row.stage == "while it is judged":
        eventually(asked.exists)
    elif row.stage == "after the first byte of the answer":
        peer.hear(1)
    elif row.stage == "within the answer":
        peer.hear(30)
    elif row.stage == "after it stopped sending":
        peer.finish()
    if row.stage in (END, "after it stopped sending", "while nobody reads stderr"):
        peer.hear()
    peer.hang_up(row.reset)


@pytest.mark.parametrize(
    "row",
    [pytest.param(row, id=row.name, marks=[pytest.mark.slow] if n % 3 else []) for n, row in enumerate(ROWS)],
)
def test_however_a_push_comes_and_ends_it_is_judged_or_nothing(row: Row, scene: Scene, wire: Wire) -> None:
    """A refused one changes no ref, an honest one all or none of its refs, and the next honest one passes."""
    push, pack = make_push(scene, row.push)
    remote = wire.serve(scene.remote)
    commands = command_list(push.commands, row.capabilities, ["LEDGER_PUSHER=victim"])
    before = refs(remote)
    deaf = row.stage == "while nobody reads stderr"
    who = "mallory" if row.transport in ("http", "ssh") else ""
    size = len(commands) + len(pack)
    peer = wire.connect(row.transport, remote.name, size, deaf=deaf, resets=row.reset, who=who)
    sends(peer, row, commands, pack, remote / "asked")
    wire.settle(row.transport, remote.name)
    after = refs(remote)
    in_force = [
        git(remote, "for-each-ref", "--format=%(objectname)", ref) == new for _, new, ref in push.commands
    ]
    if push.said is not None:
        assert after == before
    else:
        assert after == before or all(in_force)
        assert all(in_force) or row.stage != END
    tells_nothing(peer.heard, remote)
    if (
        push.said
        and row.stage == END
        and ("side-band-64k" in row.capabilities or row.transport in ("file", "ssh"))
    ):
        assert push.said.encode() in words_of(peer.heard, row.capabilities)
    assert not (remote / "ledger" / "guard-failure.txt").exists()
    if row.stage != END:
        passes_again(row.transport, who, remote, scene, wire)


def tells_nothing(heard: bytes, remote: Path) -> None:
    """No path of the server and nothing of the program."""
    for secret in (str(remote), str(ROOT), "Traceback", "site-packages", ".chained"):
        assert secret.encode() not in heard


def passes_again(transport: str, who: str, remote: Path, scene: Scene, wire: Wire) -> None:
    """The next push by the same way, on the feed as it is now."""
    old = git(remote, "rev-parse", MAIN)
    command = (old, scene.commit(post(0.5, "00000000000000bb"), on=old), MAIN)
    data = command_list([command], "report-status") + pack_of(scene.seat.path, [command])
    peer = wire.connect(transport, remote.name, len(data), who=who)
    peer.send(data)
    peer.hear()
    peer.hang_up(reset=False)
    assert b"ok refs/heads/main" in peer.heard
    assert git(remote, "rev-parse", MAIN) == command[1]
