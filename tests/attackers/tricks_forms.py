"""Tricks with the form of posts, and with the settings."""

from collections.abc import Callable, Sequence

from tests.attackers.book import SETTINGS
from tests.attackers.draft import CAMBER, STRAT, Draft, Unfit, post_path, render
from tests.attackers.objects import FILE, LINK, PROGRAM
from tests.attackers.tricks_feed import Trick

NOBODY = "20260105T080000000Z-mallory-0000000000000000"
"""A post that is not there."""
MALFORMED: Sequence[Callable[[dict[str, str]], str | bytes]] = (
    lambda header: "",
    lambda header: "no header at all\n",
    lambda header: b"\xff\xfe" + render(header, "x").encode("utf-16-le"),
    lambda header: render(header, "x").encode() + b"\xff\n",
    lambda header: render(header, "x").replace("\n", "\r\n"),
    lambda header: render(header, "\x00"),
    lambda header: render(header, "\x1b]0;owned\x07"),
    lambda header: render(header, "to the right\u202eto the left"),
    lambda header: render(header, "tag\U000e0041\U000e0042"),
    lambda header: render(header, "soft\u00adhyphen"),
    lambda header: render({**header, "kind": "note", "colour": "red"}, "x"),
    lambda header: render({**header, "kind": "note", "state": "DONE"}, "x"),
    lambda header: render({**header, "seq": "1"}, "x"),
    lambda header: render({**header, "seq": "9", "prev": NOBODY}, "x"),
    lambda header: render({**header, "saw": [NOBODY]}, "x"),
    lambda header: render({**header, "item": "&a [*a]"}, "x"),
    lambda header: render({**header, "to": "[" * 5000}, "x"),
    lambda header: render({**header, "x-more": "!!python/object:os.system x"}, "x"),
    lambda header: render({**header, "kind": "actionable", "item": "CMB-0001", "state": "CLOSED"}, "x"),
    lambda header: render(header, "").replace("---\n", "--- \n", 1),
    lambda header: render(header, "x").replace("kind: note", "kind: note\nkind: note"),
    lambda header: render(header, "Absorb: CMB-0001 DONE"),
    lambda header: render(header, "\n".join(f"ABSORB: CMB-{n:04} -> DONE (so)" for n in range(300))),
    lambda header: render(header, "CHALLENGE: CMB-0001"),
    lambda header: render(header, "x" * (1024 * 1024)),
)  # fmt: skip


def posts_malformed(draft: Draft, form: int | None = None) -> None:
    """A post that is none, or has what no post may have."""
    at = draft.moment().strftime("%Y-%m-%dT%H:%M:%S.%f")[:23] + "Z"
    header = {"seat": draft.seat, "at": at, "kind": "note"}
    text = (draft.chance.choice(MALFORMED) if form is None else MALFORMED[form])(header)
    draft.put(post_path(at, draft.seat, draft.nonce()), text)


def posts_too_many(draft: Draft) -> None:
    for _ in range(1001):
        draft.post("note", "x")


# Settings


def unsets(draft: Draft) -> None:
    """Without settings everybody may do everything."""
    draft.files.pop(SETTINGS)


def makes_itself_strat(draft: Draft) -> None:
    sets(draft, "seats:\n  MALLORY: {role: strat, surfaces: [CAMBER-01, STRAT-1]}\n")


def loosens_and_uses(draft: Draft) -> None:
    """Settings and what they would allow, in one push; by a strat, who may change settings."""
    sets(draft, f"branch: ledger\nseats:\n  {STRAT}: {{role: strat, surfaces: [CAMBER-01]}}\n")
    if draft.chance.random() < 0.5:
        draft.seal()
    draft.post("note", "In another's name.", seat=CAMBER)


def sets_another_branch(draft: Draft) -> None:
    sets(draft, "branch: nowhere\n" + current(draft).replace("branch: ledger\n", ""))


def sets_nonsense(draft: Draft) -> None:
    wrong = [
        "format: 99\n",
        "claim_tll: 2h\n",
        "claim_grace: 0s\n",
        "seats: [\n",
        "\x00",
        "seats:\n  A: {role: king}\n",
    ]
    sets(draft, current(draft) + draft.chance.choice(wrong))


def sets_by_link(draft: Draft) -> None:
    draft.put(SETTINGS, "/etc/passwd", draft.chance.choice([LINK, PROGRAM]))


def sets(draft: Draft, text: str) -> None:
    draft.put(SETTINGS, text, FILE)


def current(draft: Draft) -> str:
    if SETTINGS not in draft.files:
        raise Unfit
    return draft.model.server.contents([draft.files[SETTINGS].oid])[0].decode()


BY_ATTACKER: Sequence[Trick] = (makes_itself_strat, unsets)
BY_ANYBODY: Sequence[Trick] = (posts_malformed, posts_too_many)
BY_STRAT: Sequence[Trick] = (loosens_and_uses, sets_another_branch, sets_nonsense, sets_by_link)
