"""The words of a command line: global options before or after the command, and values that are values.

An option that takes a value never takes a following word that begins with `--`, nor an empty one;
`--opt=--x` forces it (so `claim ID --worktree --json` is an error and claims nothing).
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ledger.core.dataclass import dataclass, replace
from ledger.core.did_you_mean import find_nearest
from ledger.core.errors import LedgerError

VALUED = ("-C", "--seat", "--timeout", "--intent")
FLAGS = {"--offline": "offline", "--json": "json", "-q": "quiet", "--quiet": "quiet"} | {
    "--no-pager": "no_pager",
    "--version": "version",
}


@dataclass(frozen=True, slots=True)
class Globals:
    """What stands on the command line for every command alike."""

    directory: str | None = None
    seat: str | None = None
    timeout: str | None = None
    intent: str | None = None
    offline: bool = False
    json: bool = False
    quiet: bool = False
    no_pager: bool = False
    version: bool = False

    def with_value(self, option: str, value: str) -> "Globals":
        """With the value of one option."""
        name = "directory" if option == "-C" else option.removeprefix("--")
        changed: dict[str, Any] = {name: value}
        return replace(self, **changed)

    def with_flag(self, option: str) -> "Globals":
        """With one flag set."""
        changed: dict[str, Any] = {FLAGS[option]: True}
        return replace(self, **changed)


def split_before_command(words: Sequence[str]) -> tuple[Globals, list[str]]:
    """Take the global options off the front; the rest begins with the command, if there is one."""
    found, rest = Globals(), list(words)
    while rest and rest[0].startswith("-") and rest[0] not in ("-h", "--help"):
        option, equals, value = rest.pop(0).partition("=")
        if option in FLAGS and not equals:
            found = found.with_flag(option)
        elif option in VALUED:
            found = found.with_value(
                option, value if equals and value else _take_value(option, rest, bool(equals))
            )
        else:
            raise usage(f'there is no option "{option}"', "`git ledger -h`")
    return found, rest


def split_after_command(
    found: Globals, words: Sequence[str], valued: Mapping[str, str], own: Collection[str]
) -> tuple[Globals, list[str]]:
    """Take the global options out of a command's words; `valued` are the command's options with a value, each
    with its long name.

    A value is joined to that name with `=`, so that what begins with a dash stays a value. Options in
    `own` belong to the command although they are spelled like global ones.
    """
    left: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        option, equals, value = word.partition("=")
        # Behind it nothing is an option, not even a global one: `turn run -- agent --json`.
        if word == "--":
            left += [word, *rest]
            break
        if option in VALUED and option not in own:
            value = value if equals and value else _take_value(option, rest, bool(equals))
            found = found.with_value(option, value)
        elif option in FLAGS and not equals:
            found = found.with_flag(option)
        elif option in valued:
            value = value if equals and value else _take_value(option, rest, bool(equals))
            left.append(f"{valued[option]}={value}")
        else:
            left.append(word)
    return found, left


def _take_value(option: str, rest: list[str], empty: bool) -> str:
    if empty or (rest and rest[0] == ""):
        raise usage(f'option "{option}" needs a value, and got an empty one', _explain_forcing(option))
    if not rest or rest[0].startswith("--"):
        found = f', and "{rest[0]}" is none' if rest else ""
        raise usage(f'option "{option}" needs a value{found}', _explain_forcing(option))
    return rest.pop(0)


def _explain_forcing(option: str) -> str:
    return f"leave {option} out, or write `{option}=VALUE`"


def usage(message: str, hint: str) -> LedgerError:
    """The command line is wrong (exit 2)."""
    return LedgerError("usage", message, hint)


_OPEN = '`git ledger new "SUBJECT"` opens a ticket'
_LIST = "`git ledger ls` lists the open tickets; with `--all` those that are closed too"
_NEXT = "`git ledger next` takes the best ticket that there is for you; `git ledger claim ID` takes that one"
_CHANGE = (
    "`git ledger amend ID --why TEXT` changes what an opening said; `git ledger comment ID TEXT` adds to it"
)

SYNONYMS: Mapping[str, str] = {
    **dict.fromkeys(("add", "create", "open", "file", "task", "issue", "ticket"), _OPEN),
    **dict.fromkeys(("list", "tickets", "issues", "todo"), _LIST),
    **dict.fromkeys(("ready", "pull", "start", "begin", "work", "pick"), _NEXT),
    **dict.fromkeys(
        ("close", "finish", "complete", "resolve", "fix"),
        "`git ledger done ID` closes a ticket that you hold",
    ),
    **dict.fromkeys(
        ("say", "annotate", "reply", "message"), "`git ledger comment ID TEXT` says something about a ticket"
    ),
    **dict.fromkeys(("search", "grep"), "`git ledger find TEXT` finds tickets by the words of their posts"),
    **dict.fromkeys(
        ("assign", "delegate", "offer"),
        "`git ledger handoff ID --to SEAT --why TEXT` offers a ticket to a seat",
    ),
    **dict.fromkeys(("take", "grab"), "`git ledger claim ID` takes a ticket"),
    **dict.fromkeys(("edit", "update", "set", "modify", "change"), _CHANGE),
    **dict.fromkeys(
        ("status", "st"),
        "`git ledger turn open` says what is yours, `git ledger ls` how all tickets stand",
    ),
    **dict.fromkeys(
        ("revert", "oops", "unclaim", "unlock"),
        "`git ledger undo` takes back what you did last; `git ledger release ID` gives a claim back",
    ),
    **dict.fromkeys(
        ("delete", "remove", "rm"),
        "`git ledger cancel ID --why TEXT` ends a ticket; what was written is never deleted",
    ),
    **dict.fromkeys(
        ("seats", "agents", "users", "whoami", "team"), "`git ledger who` tells what each seat holds"
    ),
    **dict.fromkeys(
        ("dependencies", "tree", "graph", "waits"), "`git ledger deps` shows what waits for what"
    ),
    **dict.fromkeys(("prefixes", "namespaces", "numbers"), "`git ledger series` lists the prefixes in use"),
    **dict.fromkeys(
        ("view", "cat", "read", "history"), "`git ledger show ID` tells one ticket with its whole history"
    ),
}
"""What others call a command, with the one that does it here."""


def explain_usage_error(error: Exception, hint: str) -> LedgerError:
    """A mistake on the command line that the parser found, in our words."""
    message = str(getattr(error, "message", None) or error)
    param = getattr(error, "param", None)
    option = next((name for name in getattr(param, "opts", ()) if name.startswith("--")), None)
    if type(error).__name__ == "MissingParameter" and option:
        shown = f"{option} {getattr(param, 'metavar', None) or 'VALUE'}"
        return usage(f'option "{option}" is missing', f"add `{shown}`")
    if type(error).__name__ == "MissingParameter":
        return usage(f'"{getattr(param, "metavar", "")}" is missing on this line', hint)
    if type(error).__name__ == "NoSuchOption":
        names = [name.lstrip("-") for name in getattr(error, "possibilities", None) or ()]
        near = find_nearest(str(getattr(error, "option_name", "")).lstrip("-"), names)
        words = f'there is no option "{getattr(error, "option_name", "")}"'
        return usage(words, f"did you mean `--{near}`?" if near else hint)
    if found := re.fullmatch(r"Got unexpected extra argument(?:s|\(s\))? \((.*)\)", message):
        return usage(f'"{found[1]}" is too much on this line', hint)
    if param is not None:
        return usage(f'"{option or getattr(param, "metavar", "")}": {message}', hint)
    return usage(message, hint)
