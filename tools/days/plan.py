"""What a simulated hour consists of: its settings, and how its fleet behaves. All times are in minutes."""

HOUR = 60.0
SETTINGS = {
    "claim_ttl": 120,
    "nudge_after": 20,
    "dark_after": 10,
    "warm_window": 1440,
    "ruling_stale_after": 10,
}

WORKERS = tuple(f"CAMBER-{n:02}" for n in range(1, 11))
ILL_BEHAVED = WORKERS[-1]
"""Reports and stops: it never goes on by itself."""
STRAT, SHEPHERD = "STRAT-1", "SHEPHERD-1"
REMEMBERS = 0.15
"""How often any other worker goes on by itself after a DONE, as a rule in its context would have it."""
PROMPTED_EVERY = 40.0
"""After so long an operator looks at a seat that stopped, and prompts it again."""
WORK = (4.0, 12.0)
"""What a ticket takes, at the least and at the most."""
COMMAND = (0.02, 0.2)
"""What an agent takes to run a command, at the least and at the most."""
SCAN_EVERY = 3.0
BACKLOG = 14
"""Tickets that wait, at the least; the strat files what is missing."""


def settings() -> str:
    """The `ledger.yaml` of the fleet."""
    lines = [f"{name}: {minutes}m" for name, minutes in SETTINGS.items()]
    seats = [f"  {name}: {{lanes: [camber, ora]}}" for name in WORKERS]
    seats += [f"  {STRAT}: {{role: strat}}", f"  {SHEPHERD}: {{role: operator}}"]
    return "\n".join([*lines, "seats:", *seats, ""])
