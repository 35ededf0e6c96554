"""What a command has in hand: the open ledger, and how it answers."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ledger.app.ledger import GlobalOptions, Ledger, open_ledger
from ledger.core.dataclass import dataclass, replace
from ledger.core.did_you_mean import find_by_digits, find_respelled
from ledger.core.errors import LedgerError, UsageError
from ledger.core.ids import is_namespace, is_seat, is_ticket
from ledger.core.text import escape_line
from ledger.faces.boundary import format_document
from ledger.faces.cli.command_line import usage
from ledger.faces.context import Context

if TYPE_CHECKING:
    from threading import Timer

    from ledger.app.read.load import AsOf
    from ledger.app.write.loop import WriteResult  # readers do without the rules and the plan


@dataclass(frozen=True)
class Session:
    """One run of one command."""

    env: Context
    options: GlobalOptions
    json: bool
    quiet: bool
    patience: "Timer | None" = None
    values: Mapping[str, Any] = MappingProxyType({})
    """The values of the command's own parameters, by name."""
    paging: bool = True
    """Whether an answer that is higher than the terminal may go through a pager."""

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger of the repository that was asked about, opened once."""
        return open_ledger(self.options, self.env.world)

    def answer(
        self,
        record: Mapping[str, Any],
        lines: Iterable[str] = (),
        words: Iterable[str] = (),
        as_of: "AsOf | None" = None,
    ) -> int:
        """Print an answer: the JSON document, or its lines. Gives exit code 0.

        `words` go to stderr, and so does what is odd about the state of the feed that it is about.
        """
        if self.json:
            self.env.out.write(format_document(record) + "\n")
        else:
            self.print_lines(lines)
        self.say_notices()
        self.say(*words, *(as_of.notices if as_of is not None else ()))
        return 0

    def print_lines(self, lines: Iterable[str]) -> None:
        """Print lines; on a terminal that they are higher than, by the pager."""
        screen = self.env.screen
        if screen is None or not (self.paging and screen.pageable):
            self.env.out.writelines(line + "\n" for line in lines)
            return
        from ledger.faces.cli.terminal.pager import show_lines

        self.cancel_notice()
        show_lines(lines, self.env, screen, self.options.directory)

    def hang(self, head: str, text: str) -> list[str]:
        """A line of our words, a head and a text; on a terminal, the text is wrapped beside the head."""
        if self.env.screen is None:
            return [head + text]
        from ledger.faces.cli.terminal.cells import hang_text

        return hang_text(head, text, self.env.screen.width)

    def say_notices(self) -> None:
        """What the ledger has to say besides the answer, where one was opened."""
        # `cached_property` keeps its value there; to ask for it by name would open a ledger.
        opened = self.__dict__.get("ledger")
        self.say(*(opened.notices if opened else ()))

    def say(self, *words: str) -> None:
        """Words for people, on stderr, unless asked to be quiet."""
        if not self.quiet:
            for word in words:
                self.env.write_words(escape_line(word))

    def cancel_notice(self) -> None:
        """From here on it takes as long as somebody else wants: that is not to be excused."""
        if self.patience is not None:
            self.patience.cancel()

    def landed(
        self, landed: "WriteResult", more: Mapping[str, Any] | None = None, more_lines: Iterable[str] = ()
    ) -> int:
        """Answer a write: `posts`, `commit`, `ref`; with `more` keys and what they say in lines."""
        from ledger.faces.cli.tables import write_posts
        from ledger.faces.json.writes import make_write_json  # readers do without

        ledger = self.ledger
        lines = write_posts(landed, self.env.screen)
        words = [*ledger.warnings(), *(f"note: {word}" for word in landed.notices)]
        if landed.answer.again:
            words.append("this had landed already; nothing was written again")
        if landed.staged:
            words.append("staged; commit it and let it be reviewed")
        if landed.proposed:
            words.append(f'proposed on the branch "{landed.proposed}"; it lands when that is merged')
        record = make_write_json(landed, ledger.store.feed_ref) | dict(more or {})
        # Who wrote something is at work: no pager comes between.
        return replace(self, paging=False).answer(record, [*lines, *more_lines], words)


def check_ticket(text: str) -> str:
    """Check a ticket id on the command line. Raises LedgerError `usage`."""
    if not is_ticket(text):
        hint = "a ticket is spelled like CMB-0107; `git ledger queue` lists them"
        raise LedgerError("usage", f'"{text}" is no ticket', hint, {"item": text})
    return text


def check_tickets(texts: Iterable[str]) -> tuple[str, ...]:
    """Check several ticket ids."""
    return tuple(check_ticket(text) for text in texts)


def check_seat(text: str) -> str:
    """Check a seat on the command line. Raises LedgerError `usage`."""
    if not is_seat(text):
        raise usage(f'"{text}" is no seat', "a seat is like otto-cli: letters, digits, `.`, `_` and `-`")
    return text


def check_namespace(text: str) -> str:
    """Check a namespace on the command line. Raises LedgerError `usage`."""
    if not is_namespace(text):
        raise usage(f'"{text}" is no prefix', "a prefix is like CMB: capital letters and digits, at most 16")
    return text


def read_since(session: Session, text: str | None) -> datetime | None:
    """The time that the value of `--since` says; None where it was not said. Raises LedgerError `usage`."""
    if text is None:
        return None
    from ledger.core.moments import FORMS, parse_moment  # only where somebody asks for it

    moment = parse_moment(text, session.env.world.now())
    if moment is None:
        raise usage(f'"{text}" is no time', f"`--since` takes {FORMS}")
    return moment


def name_nearest_ticket(session: Session, error: LedgerError) -> LedgerError:
    """An error about a word that is spelled like no ticket, naming the ticket that it may mean.

    What was fetched last is asked; where that cannot be read, the error stays as it is.
    """
    word = error.details.get("item")
    if not isinstance(error, UsageError) or not isinstance(word, str):
        return error
    from ledger.app.read.load import read_board_here

    with suppress(LedgerError):
        check_tickets = read_board_here(session.ledger).tickets
        near = find_respelled(word, check_tickets)
        names = [near] if near else find_by_digits(word, check_tickets.keys_from(""))
        if 0 < len(names) <= 3:
            return replace(error, hint=f"did you mean {' or '.join(f'`{name}`' for name in names)}?")
    return error
