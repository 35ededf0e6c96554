"""The command line: one module a command with a function `command`, and this table.

A command's module is imported only when it is called, so that none pays for the others.
"""

from ledger.core.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name, what it does in a line, options that are its own after its name although
    they are spelled like global ones, and whether it answers `{}` and 0 whatever is wrong. `example` is a
    line of it for the overview; a second name of another command has the module of that one, `same_as`, and
    `file` is that of a command by whose name Python knows no module."""

    name: str
    about: str
    own: tuple[str, ...] = ()
    harmless: bool = False
    example: str = ""
    same_as: str = ""
    file: str = ""

    @property
    def module(self) -> str:
        """The module that holds it."""
        return f"ledger.faces.cli.commands.{(self.file or self.same_as or self.name).replace('-', '_')}"


COMMANDS: dict[str, tuple[Command, ...]] = {
    "everyday": (
        Command(
            "new",
            "open a ticket, with its number reserved in the same push",
            example='git ledger new "Redline cards are grouped by the wrong key" -m "Seen in run 41."',
        ),
        Command("ls", "the open tickets, the most urgent first", example="git ledger ls", same_as="queue"),
        Command("next", "take the best ticket that there is for you, and read it", example="git ledger next"),
        Command(
            "comment",
            "say something about a ticket",
            example='git ledger comment CMB-0001 "The key is the call, not the card."',
        ),
        Command(
            "done",
            "close a ticket that you hold",
            example='git ledger done CMB-0001 --why "fixed in 3f2a91c"',
        ),
    ),
    "start": (
        Command("init", "set up this repository: feed, hooks, seat", ("--seat",)),
        Command("doctor", "what works here, and which guarantee holds"),
        Command("completion", "the script that completes commands, options, tickets and seats in a shell"),
    ),
    "file and decide": (
        Command("append", "post: open a ticket, with its number reserved in the same push, or say something"),
        Command("import", "file the tickets of Backlog.md, beads, taskwarrior or a table", file="import_"),
        Command("draft", "write a post as a file of this checkout, to be committed by hand"),
        Command("reserve", "reserve numbers without filing"),
        Command("confirm", "settle openings that are provisional or lost their number"),
        Command("rule", "decide on tickets that collide, and absorb what waited"),
        Command("amend", "change what the opening of a ticket said: priority, owner, gates, subject, …"),
        Command("note", "say something"),
    ),
    "work": (
        Command("turn", "open a turn with the queue; close it, unless there is something to claim"),
        Command("claim", "take a ticket, or ask who holds it"),
        Command("alive", "answer the challenges against this seat's claims"),
        Command("release", "give a claim back, or lift a block"),
        Command("block", "say what a ticket waits for"),
        Command("park", "set a ticket aside"),
        Command("cancel", "end a ticket that will not be done"),
        Command("reopen", "put a closed or wrong state right"),
        Command("undo", "take back what this seat did last, where nobody went on from it"),
        Command("handoff", "offer a ticket to a seat"),
        Command("decline", "say why this seat will not take a ticket"),
        Command("boot", "start a seat: what it works on, and how much at once"),
        Command("retire", "end a seat's work and give its claims back"),
    ),
    "read": (
        Command("queue", "the state of every ticket, ranked"),
        Command("show", "one ticket, what it says, and its whole history"),
        Command("find", "tickets by the words of their posts, the likeliest first"),
        Command("who", "the seats: what each holds, and when it was last seen"),
        Command("deps", "what waits for what, by gates and blocks"),
        Command("series", "the prefixes in use, their next numbers, and how many tickets are open"),
        Command("export", "the tickets as a table, JSON lines, Markdown or a calendar"),
        Command("log", "the posts, newest first", ("--seat",)),
        Command("board", "the queue, tickets, seats and days as pages in a browser"),
        Command("watch", "the queue on this terminal as it goes on, with a mark on what changed"),
        Command("stats", "claim density, time to claim, collisions: by seat, driver, lane and day"),
    ),
    "worktrees": (
        Command("pool", "working trees of one's own: lease one, give it back, mend and remove them"),
    ),
    "judge": (
        Command("check", "judge new posts against what landed"),
        Command("review", "what a proposal does to the queue, as Markdown"),
        Command("drift", "judge the whole feed and the clock"),
        Command("checkpoint", "put what the posts add up to on the remote, for machines that start fresh"),
        Command("seal", "remove the refs of numbers that have done their work"),
        Command("explain", "a rule: why, wrong, right"),
    ),
    "runtimes": (
        Command("setup", "let a runtime call the ledger when it starts and when it stops"),
        Command("hook", "what a runtime calls: JSON in, JSON out", harmless=True),
        Command("mcp", "the same deeds as tools over stdio, for agents"),
    ),
    "host": (Command("guard", "let a bare repository that you host judge what is pushed"),),
}


def find_command(name: str) -> Command | None:
    """The command of this name."""
    return next((command for rows in COMMANDS.values() for command in rows if command.name == name), None)
