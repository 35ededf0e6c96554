"""The scenes of a seat's everyday: what it reads, what it writes, and the hooks of its runtime."""

import json
import subprocess
import time
from collections.abc import Mapping

from benches.grounds import FETCH, PATIENT, READER, Ground
from benches.spending import Deed, Spent, Steps, repeat_command, spend, wait_for
from benches.timing import ALONE, LEDGER

CLAIMER = "BENCH-1"
"""The seat that claims: one that may hold a thousand tickets."""
RETIRED = "BENCH-2"
"""A seat that nothing is claimable for."""
WORDS = "export green"
"""What is looked for."""
CALLS = 5
"""Further calls of which one is the mean."""
SILENT = "no answer within"
"""What a hook says on stderr when it ran out of time."""
_GREETING = {
    "jsonrpc": "2.0",
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "bench", "version": "1"},
    },
}
_READY = {"jsonrpc": "2.0", "method": "notifications/initialized"}
_CALL = {"jsonrpc": "2.0", "method": "tools/call", "params": {"name": "queue", "arguments": {}}}


def measure_queue(ground: Ground) -> Steps:
    """The queue, against the fetch in it."""
    return _beside_fetch(ground, "queue", "--json")


def measure_show(ground: Ground) -> Steps:
    """One ticket."""
    return _beside_fetch(ground, "show", ground.item)


def measure_find(ground: Ground) -> Steps:
    """Tickets by two words, one of which very many posts have."""
    return _beside_fetch(ground, "find", "--all", "--json", WORDS)


def measure_turn_open(ground: Ground) -> Steps:
    """The begin of a turn."""
    return _beside_fetch(ground, "turn", "open")


def measure_turn_close(ground: Ground) -> Steps:
    """The end of a turn, whatever it says."""
    return _beside_fetch(ground, "turn", "close")


def _beside_fetch(ground: Ground, *words: str) -> Steps:
    ours = repeat_command(ground.place, (*PATIENT, *words), (0, 10))
    return Steps(ours, repeat_command(ground.place, FETCH))


def measure_claim(ground: Ground) -> Steps:
    """A claim, of another ticket each time, against a fetch and a push."""
    seat = (*PATIENT, "--seat", CLAIMER)
    spend(ground.place, (*seat, "boot", "--wip", "1000"))
    free = iter(ground.free_items[1:])
    return Steps(lambda _: spend(ground.place, (*seat, "claim", next(free))), ground.swap)


def measure_note(ground: Ground) -> Steps:
    """A note on a ticket, against a fetch and a push."""
    return Steps(
        lambda run: spend(ground.place, (*PATIENT, "note", ground.item, f"a word {run}")), ground.swap
    )


def measure_append(ground: Ground) -> Steps:
    """A ticket with its number, against a fetch and a push."""
    words = (*PATIENT, "append", "--reserve", "CMB", "--subject", "Work")
    return Steps(repeat_command(ground.place, words), ground.swap)


def measure_new_post(ground: Ground) -> Steps:
    """The queue after another seat posted, against a fetch of that post and the queue of what was fetched.

    To take a post in costs git more than all else: it looks through the tree of the commit before.
    """
    words = (*PATIENT, "queue", "--json")
    fetch = _fetch_beside(ground)

    def fetch_and_list(run: int) -> Spent:
        fetched, listed = fetch(run), spend(ground.place, (*words, "--offline"))
        return Spent(fetched.cpu + listed.cpu, fetched.wall + listed.wall)

    return Steps(_after_note(ground, lambda _: spend(ground.place, words)), fetch_and_list)


def _fetch_beside(ground: Ground) -> Deed:
    """What the same post costs plain git, in another clone of the same feed that was fetched as often."""
    beside = ground.clone()
    return repeat_command(beside, FETCH)


def _after_note(ground: Ground, act: Deed) -> Deed:
    def deed(run: int) -> Spent:
        ground.land_note()
        return act(run)

    return deed


def measure_still_stop(ground: Ground) -> Steps:
    """The stop hook beside a feed that did not move since it was answered, for a seat that may stop."""
    spend(ground.place, (*PATIENT, "--seat", RETIRED, "retire"))
    return Steps(lambda _: _stop(ground, RETIRED), complaint=SILENT)


def measure_moved_stop(ground: Ground) -> Steps:
    """The stop hook after another seat posted, against a fetch of that post.

    The session was told nothing: one that was told of tickets and took none makes the hook write a note.
    """
    ours = _after_note(ground, lambda run: _stop(ground, READER, f"moved {run}"))
    return Steps(ours, _fetch_beside(ground), SILENT)


def _stop(ground: Ground, seat: str, session: str = "s") -> Spent:
    document = ground.folder / "stop.json"
    event = {"session_id": session, "cwd": str(ground.place), "hook_event_name": "Stop"}
    document.write_text(json.dumps(event))
    env = {**ALONE, "LEDGER_SEAT": seat}
    return spend(ground.place, (LEDGER, "hook", "claude", "stop"), stdin=document, env=env)


def measure_mcp(ground: Ground) -> Steps:
    """One further call of the tool `queue` of a server that runs already, against the fetch in it."""

    def deed(_: int) -> Spent:
        first, last = _serve(ground, 1), _serve(ground, 1 + CALLS)
        return Spent((last.cpu - first.cpu) / CALLS, (last.wall - first.wall) / CALLS, last.peak)

    return Steps(deed, repeat_command(ground.place, FETCH))


def _serve(ground: Ground, calls: int) -> Spent:
    """A whole life of the server, with so many calls, each after the answer to the one before."""
    began = time.perf_counter()
    server = subprocess.Popen(
        (LEDGER, "mcp"),
        cwd=ground.place,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=ALONE,
    )
    assert server.stdin is not None and server.stdout is not None
    with server.stdin, server.stdout:
        for n, request in enumerate((_GREETING, *[_CALL] * calls)):
            server.stdin.write(_spell(request | {"id": n}))
            server.stdin.flush()
            answer = server.stdout.readline()
            if not answer or b'"error":' in answer or b'"isError":true' in answer:
                server.kill()
                raise RuntimeError(f"git-ledger mcp: {answer.decode() or 'it ended without an answer'}")
            server.stdin.write(_spell(_READY) if n == 0 else b"")
        server.stdin.close()
        return wait_for(server, began)


def _spell(message: Mapping[str, object]) -> bytes:
    return json.dumps(message).encode() + b"\n"
