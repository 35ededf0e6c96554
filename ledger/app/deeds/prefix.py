"""The prefix of a ticket that is opened without one."""

from ledger.app.ledger import Ledger
from ledger.app.read.load import Cache, find_last_config, read_board_here, read_feed
from ledger.core.config.config import Config
from ledger.core.errors import LedgerError
from ledger.core.ids import is_namespace

SETTING = "ledger.prefix"
"""What `git config` calls this clone's own choice."""
_NAMED = 8
"""Prefixes that an error names."""


def find_default_prefix(ledger: Ledger) -> str:
    """The prefix that new tickets have: this clone's, the feed's, else the only one in use.

    Raises LedgerError `usage` where several could be meant, or none is in use.
    """
    named = ledger.repo.config(SETTING)
    config = find_last_config(ledger, Cache())
    if named is not None and not is_namespace(named):
        message = f'the setting {SETTING} is "{named}", which is no prefix'
        raise LedgerError("usage", message, f"`git config {SETTING} CMB`, or another prefix")
    if named is not None or config.prefix is not None:
        return named or str(config.prefix)
    # As fetched last, so that an everyday command asks the remote once; what was never fetched is asked for.
    used = read_board_here(ledger).namespaces()
    if not used and not ledger.offline:
        feed = read_feed(ledger)
        used, config = feed.board.namespaces(), feed.config
        if config.prefix is not None:
            return config.prefix
    prefixes = _list_open_prefixes(config, used, ledger.seat)
    if len(prefixes) == 1:
        return prefixes[0]
    raise _explain_choice(prefixes)


def _list_open_prefixes(config: Config, used: list[str], seat: str) -> list[str]:
    """The prefixes in use under which a seat may file; where none is in use, those that the settings list."""
    in_use = [name for name in used if config.patterns_of(name)] or [*(config.namespaces or ())]
    return [name for name in in_use if config.private_to(name) in (None, seat)]


def _explain_choice(prefixes: list[str]) -> LedgerError:
    if not prefixes:
        message = "no prefix is in use yet: the first ticket chooses one"
        return LedgerError("usage", message, "add one, such as `-p CMB`")
    more = f" and {len(prefixes) - _NAMED} more" if len(prefixes) > _NAMED else ""
    message = f"{len(prefixes)} prefixes are in use: {', '.join(prefixes[:_NAMED])}{more}"
    hint = (
        f"add one, such as `-p {prefixes[0]}`; `git config {SETTING} {prefixes[0]}` makes it the default here"
    )
    return LedgerError("usage", message, hint)
