"""The command line: one module a command with a function `command`, and this table.

A command's module is imported only when it is called, so that none pays for the others.
"""

from ledger.core.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One command: its name, what it does in a line, options that are its own after its name although
    they are spelled like global ones, and whether it answers `{}` and 0 whatever is wrong."""

    name: str
    about: str
    own: tuple[str, ...] = ()
    harmless: bool = False

    @property
    def module(self) -> str:
        """The module that holds it."""
        return f"ledger.faces.cli.commands.{self.name.replace('-', '_')}"


COMMANDS: dict[str, tuple[Row, ...]] = {
    "start": (
        Row("init", "set up this repository: feed, hooks, seat", ("--seat",)),
        Row("doctor", "what works here, and which guarantee holds"),
    ),
    "file and decide": (
        Row("append", "post: open a ticket, with its number reserved in the same push, or say something"),
        Row("draft", "write a post as a file of this checkout, to be committed by hand"),
        Row("reserve", "reserve numbers without filing"),
        Row("confirm", "settle openings that are provisional or lost their number"),
        Row("rule", "decide on tickets that collide, and absorb what waited"),
        Row("amend", "change priority, lane, owner, gates or subject of a ticket"),
        Row("note", "say something"),
    ),
    "work": (
        Row("turn", "open a turn with the queue; close it, unless there is something to claim"),
        Row("claim", "take a ticket, or ask who holds it"),
        Row("alive", "answer the challenges against this seat's claims"),
        Row("release", "give a claim back, or lift a block"),
        Row("block", "say what a ticket waits for"),
        Row("done", "close a ticket that you hold"),
        Row("park", "set a ticket aside"),
        Row("cancel", "end a ticket that will not be done"),
        Row("reopen", "put a closed or wrong state right"),
        Row("handoff", "offer a ticket to a seat"),
        Row("decline", "say why this seat will not take a ticket"),
        Row("boot", "start a seat: what it works on, and how much at once"),
        Row("retire", "end a seat's work and give its claims back"),
    ),
    "read": (
        Row("queue", "the state of every ticket, ranked"),
        Row("show", "one ticket, what it says, and its whole history"),
        Row("log", "the posts, newest first", ("--seat",)),
        Row("stats", "claim density, time to claim, collisions: by seat, driver, lane and day"),
    ),
    "worktrees": (Row("pool", "working trees of one's own: lease one, give it back, mend and remove them"),),
    "judge": (
        Row("check", "judge new posts against what landed"),
        Row("review", "what a proposal does to the queue, as Markdown"),
        Row("drift", "judge the whole feed and the clock"),
        Row("checkpoint", "put what the posts add up to on the remote, for machines that start fresh"),
        Row("explain", "a rule: why, wrong, right"),
    ),
    "runtimes": (
        Row("setup", "let a runtime call the ledger when it starts and when it stops"),
        Row("hook", "what a runtime calls: JSON in, JSON out", harmless=True),
        Row("mcp", "the same deeds as tools over stdio, for agents"),
    ),
    "host": (Row("guard", "let a bare repository that you host judge what is pushed"),),
}


def row(name: str) -> Row | None:
    """The command of this name."""
    return next((one for rows in COMMANDS.values() for one in rows if one.name == name), None)
