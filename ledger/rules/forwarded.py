"""The rules whose findings are made before any rule is asked: by parsing, or by the fold.

A row of the table is the name under which they were made, who made them, and the documentation of the rule.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final, NamedTuple

from ledger.core.model import Finding
from ledger.rules.view import View

Source = Callable[[View, str], Iterator[Finding]]
"""(view, name of a rule) -> what was found under that name."""


class ForwardedRule(NamedTuple):
    """A rule that only hands on what was found: its name, where from, and its documentation."""

    name: str
    source: Source
    doc: str

    @property
    def check(self) -> Callable[[View], Iterator[Finding]]:
        """What was found under the rule's name."""
        return partial(_forward, self)


def _forward(rule: ForwardedRule, view: View) -> Iterator[Finding]:
    return rule.source(view, rule.name)


# A post that landed is never edited, so an error about its shape ages into a warning. Its place and the
# settings can be put right at any time: errors about these stay errors.
_READING: Final = View.findings_of_reading
_SHAPE: Final = View.shape_findings
_FOLD: Final = View.findings_of_fold

_TABLE: Final = (
    ForwardedRule(
        "unreadable-post",
        _SHAPE,
        """A file in the feed that is no post.

Why: nobody can apply what nobody can read, and a post that is skipped in silence is work lost.
Wrong: a file without front matter, without `seat`, `at` or `kind`, or not in UTF-8.
Right: `git ledger append` writes posts; by hand: a line `---`, `key: value` lines, `---`, the body.
""",
    ),
    ForwardedRule(
        "unknown-field",
        _SHAPE,
        """A field that no kind of post has, or that this kind does not carry.

Why: a misspelled field says nothing to anybody, and its writer believes that it did.
Wrong: `blocks_on: [CMB-0107]`, or `rules_on` on a note.
Right: `blocked_on: [CMB-0107]`; fields of your own begin with `x-`.
""",
    ),
    ForwardedRule(
        "bad-value",
        _SHAPE,
        """A field whose value is not of its type, or a field that is missing.

Why: the field is then left out of the post, and the post says less than its writer meant.
Wrong: `state: CLOSED`, `wip: many`, `after: CMB-0107`.
Right: `state: DONE`, `wip: 2`, `after: [CMB-0107]`.
""",
    ),
    ForwardedRule(
        "misplaced-post",
        _READING,
        """A post whose path does not follow from its time, seat and nonce, or that stands on no feed.

Why: paths that follow from the post never meet, so feeds merge without a conflict; a free name can clash.
A feed that has a branch of its own is read there alone.
Wrong: `feed/2026/11/20/notes.md`, a post of 03:51 in the folder of 03:57, or a post committed beside code.
Right: `feed/2026/11/20/03/51/20261120T035100000Z-camber-01-9c1e07a25b6d4f10.md`.
""",
    ),
    ForwardedRule(
        "bad-directive",
        _SHAPE,
        """A line of the body that looks like a directive and is none.

Why: a directive with a slip in it is silent prose, and what it was to move stays where it is.
Wrong: `Absorb: FLT-1297 DONE`, or a DECLINE on another ticket than the post's.
Right: `ABSORB: FLT-1297 -> DONE (why)`, at the left margin, outside code fences.
""",
    ),
    ForwardedRule(
        "hidden-characters",
        _SHAPE,
        """Characters that a reader cannot see: controls, direction marks, zero width, a byte-order mark.

Why: they make a post say one thing to a person and another to a program.
Wrong: a right-to-left mark within a ticket's id, or CRLF line ends.
Right: what can be seen; a joiner or U+FE0F only inside an emoji.
""",
    ),
    ForwardedRule(
        "bad-config",
        _READING,
        """A setting of `feed/ledger.yaml` that is unknown, of the wrong type or contradicts another.

Why: every seat obeys this file; a setting that is left out in silence changes the rules for all.
Wrong: `claim_tll: 2h`, or `claim_ttl: two hours`.
Right: `claim_ttl: 2h`.
""",
    ),
    ForwardedRule(
        "ambiguous-item",
        _FOLD,
        """A move of a ticket by a seat whose own opening lost that number.

Why: the seat may mean the ticket that it filed, and would close the winner's work by mistake.
Wrong: ORA-01 lost CMB-0036 to CAMBER-01 and posts `item: CMB-0036`, `state: DONE`.
Right: `git ledger confirm CMB-0036` moves the losing ticket to a number of its own; then go on there.
""",
    ),
    ForwardedRule(
        "illegal-move",
        _FOLD,
        """A post that the table of moves does not allow where the ticket stands.

Why: it changes nothing, while its writer goes on as if it had.
Wrong: `state: AWAITING_CLAIM` on a ticket that is DONE, without a `REPAIR:` line.
Right: `git ledger reopen CMB-0107 --why …`, or see where it stands with `git ledger show CMB-0107`.
""",
    ),
    ForwardedRule(
        "not-the-holder",
        _FOLD,
        """A move that only the seat which holds the ticket may make.

Why: a claim is exclusive; a seat that closes what another works on throws that work away.
Wrong: `state: DONE` on CMB-0122 by a seat that never claimed it.
Right: `git ledger claim CMB-0122`, work, then `git ledger done CMB-0122`.
""",
    ),
    ForwardedRule(
        "gate-not-open",
        _FOLD,
        """A claim of a ticket that comes after work which is not DONE.

Why: work begun before what it builds upon is done over, or done wrong.
Wrong: `state: CLAIMED` on CMB-0076, which has `after: [CMB-0077]`, while CMB-0077 is CLAIMED.
Right: claim it once CMB-0077 is DONE; `git ledger queue --for SEAT` says when.
""",
    ),
    ForwardedRule(
        "open-criteria",
        _FOLD,
        """A ticket that is closed while a criterion of its opening is open, and nobody says why.

Why: the criteria are what its filer will look at; work that is handed over without them comes back.
Wrong: `state: DONE` without `met` and without a word on CMB-0122, whose opening lists two `criteria`.
Right: `git ledger done CMB-0122 --met all`, or `--met 1 --why 'the second is CMB-0130 now'`.
""",
    ),
    ForwardedRule(
        "unknown-absorb",
        _FOLD,
        """An ABSORB line about a ticket that does not exist.

Why: the ticket that was meant stays BLOCKED, and the ruling looks complete.
Wrong: `ABSORB: FLT-1279 -> DONE (typing slip)`, or `absorbed-by:` a ticket that nobody filed.
Right: `ABSORB: FLT-1297 -> DONE absorbed-by:FLT-1306`, both as `git ledger queue --all` lists them.
""",
    ),
)
FORWARDED: Mapping[str, ForwardedRule] = {row.name: row for row in _TABLE}
"""The forwarded rules by their names."""
