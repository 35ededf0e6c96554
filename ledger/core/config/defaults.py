"""The `ledger.yaml` that `init` writes: every setting, explained; all but the branch are commented out."""

import json
import re

from ledger.core.lazy_pattern import LazyPattern

_branch_line = LazyPattern(r"^branch:.*$", re.MULTILINE)
_branch_comment = LazyPattern(r"^# branch:.*$", re.MULTILINE)
_is_plain = LazyPattern(r"[A-Za-z][A-Za-z0-9._/-]*").fullmatch

DEFAULT_YAML = """\
# Settings of this feed. Every line is optional; what stands here in comments is the default or an
# example. All seats read this file from the feed itself, so they all obey the same rules.

# The layout of the feed. An older git-ledger reads a newer layout but writes nothing to it.
# format: 1

# The branch that holds the feed. A write to another branch is refused.
# branch: ledger

# The prefix under which `git ledger new` opens tickets unless it is told another one. Without it that is
# the only one in use.
# prefix: CMB

# Namespaces and how their tickets are spelled. Without this table any namespace works, as NS-0001.
# {n:04} is the number with at least four digits; {yyyy} or {yyyymmdd} before it counts by year or by
# day. Of several patterns the first is given and the others are accepted.
# namespaces:
#   CMB: {id: "CMB-{n:04}", lane: camber}
#   FLT: {id: ["FLT-{yyyymmdd}{n:02}", "FLT-{n:04}"]}
#   ORA: {id: "ORA-{yyyy}-{n:04}", private_to: ORA-01}

# Seats and their roles: code and verify claim work, strat rules and coordinates, operator repairs.
# Without this table every seat may do everything; a seat that is missing in it is code. `wip` is how
# many tickets a seat may hold at once. `surfaces` are the seats under which one agent runs.
# seats:
#   CLAUDE-CLI-CAMBER-12: {role: code, lanes: [camber], wip: 1}
#   CLAUDE-STRAT-2: {role: strat}
#   otto: {surfaces: [otto-cli, otto-desktop]}

# Whether a seat that is missing in the table may write at all.
# seats_listed_only: false

# Durations are a number and ms, s, m, h or d.
# How long a holder may be silent on its ticket before others may challenge its claim.
# claim_ttl: 2h
# How long it then has to answer, at least 1s, before the challenger may end the claim.
# claim_grace: 10m
# How soon a provisional opening is to be confirmed.
# confirm_within: 30s
# How long an offer may stay unanswered before drift reports it.
# nudge_after: 20m
# How long a seat may be silent beside work it could claim.
# dark_after: 10m
# How long a ticket may go on waiting for a ruling that was made.
# ruling_stale_after: 10m
# How long a seat stays warm in a lane after its last post there.
# warm_window: 24h

# Lets `git ledger seal` remove the refs of numbers whose tickets were opened, since every `git push` lists
# all refs; `drift` asks for it above so many in one series. The numbers stay taken: a guard holds plain git
# to that.
# seal_above: 10000
"""


def write_default_yaml(branch: str) -> str:
    """The text for a feed on this branch."""
    return name_branch(DEFAULT_YAML, branch)


def name_branch(text: str, branch: str) -> str:
    """The text of a `ledger.yaml` with its `branch:` set, all else as it was."""
    name = branch if _is_plain(branch) else json.dumps(branch, ensure_ascii=False)
    # The setting where it stands, else the comment that shows it, so that it stays beside its explanation.
    for line in (_branch_line, _branch_comment):
        if line.search(text):
            return line.sub(lambda _: f"branch: {name}", text, count=1)
    return f"branch: {name}\n{text}"
