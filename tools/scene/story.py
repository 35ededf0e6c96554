"""What the seats of the scene do, in lines: minutes before now, seat, kind, fields, and what they say.

Every kind of post and every state is there once at least; the words are those of a team that makes an editor.
"""

from collections.abc import Mapping
from typing import NamedTuple

from ledger.core.write.requests import Value


class Deed(NamedTuple):
    """A post of the story, so many minutes before its end."""

    minutes: int
    seat: str
    kind: str
    fields: Mapping[str, Value]
    body: str = ""


SETTINGS = """\
branch: ledger
claim_ttl: 2h
namespaces:
  EDT: {id: "EDT-{n:04}", lane: editor}
  SYN: {id: "SYN-{n:04}", lane: sync}
  DOC: {id: "DOC-{n:04}", lane: docs}
seats:
  camber: {role: code, lanes: [editor]}
  otto: {role: code, lanes: [editor]}
  quill: {role: code, lanes: [editor, docs]}
  vesper: {role: code, lanes: [sync]}
  ilex: {role: code, lanes: [sync]}
  wren: {role: code, lanes: [docs]}
  marlow: {role: verify}
  strat: {role: strat}
  harbor: {role: operator}
"""
TEXT = """\
Opening a file of **40 MB** takes nine seconds, of which eight are spent in `reflow()`.

What was measured, on a laptop of 2021:

1. `parse`: 0.4 s
2. `reflow`: 8.1 s
3. `paint`: 0.3 s

```python
for line in buffer.lines():
    line.reflow(width)   # each one asks the font anew
```

It should ask the font **once for each width**. See also the [notes on shaping](https://example.org/shaping).
"""


def opens(minutes: int, seat: str, item: str, subject: str, body: str = "", **fields: Value) -> Deed:
    """A ticket is opened."""
    opening: dict[str, Value] = {"item": item, "state": "AWAITING_CLAIM", "subject": subject}
    return Deed(minutes, seat, "actionable", opening | fields, body)


def moves(minutes: int, seat: str, item: str, state: str, body: str = "", **fields: Value) -> Deed:
    """A ticket is moved."""
    return Deed(minutes, seat, "actionable", {"item": item, "state": state} | fields, body)


def claims(minutes: int, seat: str, item: str, branch: str = "") -> Deed:
    """A ticket is claimed."""
    return moves(minutes, seat, item, "CLAIMED", branch=branch or f"{seat}/{item.lower()}")


def notes(minutes: int, seat: str, item: str, body: str, **fields: Value) -> Deed:
    """Something is said of a ticket."""
    return Deed(minutes, seat, "note", {"item": item} | fields, body)


def boots(minutes: int, seat: str, lanes: tuple[str, ...], driver: str = "helper") -> Deed:
    """A seat starts."""
    return Deed(minutes, seat, "boot", {"lanes": lanes, "driver": driver, "wip": "2"})


STORY: tuple[Deed, ...] = (
    boots(1290, "camber", ("editor",)),
    opens(1285, "strat", "EDT-0001", "Large files open slowly", TEXT, priority="HIGH"),
    opens(1284, "strat", "EDT-0002", "Undo forgets the selection"),
    opens(
        1283, "strat", "SYN-0001", "Two devices that edit offline lose the shorter edit", priority="CRITICAL"
    ),
    opens(1282, "strat", "SYN-0002", "Retry after a closed lid", after=("SYN-0001",)),
    opens(1280, "harbor", "DOC-0001", "Say how to move a library to another machine", priority="LOW"),
    claims(1270, "camber", "EDT-0002"),
    boots(1262, "vesper", ("sync",)),
    claims(1260, "vesper", "SYN-0001"),
    notes(
        1200, "camber", "EDT-0002", "The selection is part of the state, but not of the step. I put it there."
    ),
    moves(1122, "camber", "EDT-0002", "DONE", "Steps keep the selection before and after."),
    claims(1118, "camber", "EDT-0001"),
    boots(1100, "wren", ("docs",), "cron"),
    claims(1098, "wren", "DOC-0001"),
    opens(1060, "camber", "EDT-0003", "Font metrics are asked for in three places", parent="EDT-0001"),
    moves(1010, "wren", "DOC-0001", "DONE", "Written, with the two traps that people met."),
    boots(960, "otto", ("editor",)),
    claims(955, "otto", "EDT-0003"),
    notes(
        900,
        "vesper",
        "SYN-0001",
        "Cause: the clock decides which edit is newer. It must be the version vector.",
    ),
    opens(880, "otto", "EDT-0004", "A tab in a proportional font is as wide as its neighbours want"),
    moves(820, "otto", "EDT-0003", "DONE", "One module, one cache; `reflow` asks it."),
    moves(800, "vesper", "SYN-0001", "DONE", "Version vectors decide; both edits stay, the older as a copy."),
    claims(790, "otto", "EDT-0004"),
    opens(
        700,
        "marlow",
        "SYN-0003",
        "The copy of a lost edit has the name of the device twice",
        parent="SYN-0001",
    ),
    claims(690, "vesper", "SYN-0002"),
    opens(
        640,
        "marlow",
        "EDT-0005",
        "Search in 10,000 files finds nothing after the first error",
        priority="HIGH",
    ),
    boots(600, "quill", ("editor", "docs")),
    claims(596, "quill", "EDT-0005"),
    boots(590, "ilex", ("sync",)),
    claims(586, "ilex", "SYN-0003"),
    moves(540, "ilex", "SYN-0003", "DONE", "Once is enough."),
    opens(520, "ilex", "SYN-0004", "Attachments above 2 GB stop the queue of uploads", priority="HIGH"),
    opens(515, "harbor", "SYN-0005", "Which of two servers answers first is left to chance"),
    moves(
        500,
        "otto",
        "EDT-0004",
        "BLOCKED",
        "Whether tabs align is a decision.",
        blocked_on=("ruling:EDT-0004",),
    ),
    claims(490, "ilex", "SYN-0004"),
    opens(470, "otto", "EDT-0006", "Right-to-left text: العربية and עברית in one line", owner="quill"),
    opens(460, "wren", "DOC-0002", "日本語の入力: explain how the input method works with shortcuts"),
    Deed(
        430,
        "strat",
        "ruling",
        {"rules_on": ("EDT-0004",), "subject": "Tabs align to columns of the widest digit"},
        "People align numbers with tabs, not words.\n\nABSORB: EDT-0004 -> AWAITING_CLAIM (to digits)\n",
    ),
    claims(420, "otto", "EDT-0004"),
    opens(400, "marlow", "EDT-0007", "Crash at the end of a file without a line feed", priority="CRITICAL"),
    claims(396, "quill", "EDT-0007"),
    moves(352, "quill", "EDT-0007", "DONE", "An index one too far; a test has such a file now."),
    moves(340, "quill", "EDT-0005", "DONE"),
    claims(330, "quill", "EDT-0006"),
    opens(300, "vesper", "SYN-0006", "Show what is waiting to be sent", after=("SYN-0002", "SYN-0004")),
    opens(290, "vesper", "SYN-0007", "Pause sync on metered networks", after=("SYN-0006",), priority="LOW"),
    moves(270, "harbor", "SYN-0005", "PARKED", "Not before the second region is there."),
    opens(250, "otto", "EDT-0008", "Two cursors in one word split it", parent="EDT-0002"),
    opens(250, "marlow", "EDT-0008", "Printing cuts the last line of a page"),
    opens(200, "camber", "EDT-0009", "Open the last file where it was left", after=("EDT-0001",)),
    opens(190, "wren", "DOC-0003", "A page of all shortcuts, made from the source", after=("DOC-0002",)),
    notes(
        180, "camber", "EDT-0001", "Nine seconds are one. The rest is `parse`, which reads the file twice."
    ),
    moves(
        150,
        "vesper",
        "SYN-0002",
        "BLOCKED",
        "Needs a machine with a lid.",
        blocked_on=("a laptop to test on",),
    ),
    claims(140, "wren", "DOC-0002"),
    opens(120, "marlow", "SYN-0008", "Conflicts are told by a dialog that hides the text", priority="HIGH"),
    claims(96, "vesper", "SYN-0008"),
    opens(60, "strat", "EDT-0010", "Let plugins add a pane of their own"),
    Deed(55, "quill", "amendment", {"item": "EDT-0006", "priority": "HIGH"}, "Two readers wrote today."),
    notes(
        40,
        "vesper",
        "SYN-0008",
        "A line in the margin instead of a dialog. It stays until somebody looks.",
        to=("marlow",),
    ),
    moves(22, "otto", "EDT-0004", "DONE", "Digits decide; the ruling is in the comment."),
    claims(14, "otto", "EDT-0010"),
    notes(3, "camber", "EDT-0001", "Half a second. Tests run."),
)
"""In the order in which it happened."""
