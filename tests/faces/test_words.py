import pytest

from ledger.core.errors import LedgerError
from ledger.faces.cli.command_line import Globals, split_after_command, split_before_command

VALUED = {name: name for name in ("--branch", "--why", "--seat")}

BEFORE = {
    "nothing": ([], Globals(), []),
    "only a command": (["queue"], Globals(), ["queue"]),
    "a flag": (["--json", "queue"], Globals(json=True), ["queue"]),
    "two values": (["-C", "d", "--seat", "s", "queue"], Globals(directory="d", seat="s"), ["queue"]),
    "joined": (["--seat=s", "--timeout=3", "queue"], Globals(seat="s", timeout="3"), ["queue"]),
    "forced": (["--seat=--json", "queue"], Globals(seat="--json"), ["queue"]),
    "one dash is a value": (["-C", "-", "queue"], Globals(directory="-"), ["queue"]),
    "the last wins": (["--seat", "a", "--seat", "b", "queue"], Globals(seat="b"), ["queue"]),
    "what follows is the command's": (["-q", "queue", "--json"], Globals(quiet=True), ["queue", "--json"]),
    "help ends it": (["--json", "-h"], Globals(json=True), ["-h"]),
}


@pytest.mark.parametrize(("words", "known", "rest"), BEFORE.values(), ids=BEFORE)
def test_before_the_command(words: list[str], known: Globals, rest: list[str]) -> None:
    assert split_before_command(words) == (known, rest)


AFTER = {
    "nothing": ([], Globals(), []),
    "a word": (["CMB-0107"], Globals(), ["CMB-0107"]),
    "a global flag": (["CMB-0107", "--json"], Globals(json=True), ["CMB-0107"]),
    "a global value": (["--timeout", "3", "CMB-0107"], Globals(timeout="3"), ["CMB-0107"]),
    "its own value is joined": (["--branch", "b", "--json"], Globals(json=True), ["--branch=b"]),
    "a value with one dash": (["--branch", "-b"], Globals(), ["--branch=-b"]),
    "a value like an option, forced": (["--branch=--json"], Globals(), ["--branch=--json"]),
    "a value with an equals sign": (["--why", "a=b"], Globals(), ["--why=a=b"]),
    "true is a value": (["--branch", "true"], Globals(), ["--branch=true"]),
    "its own, spelled like a global one": (["--seat", "s"], Globals(), ["--seat=s"]),
    "behind two dashes all are words": (["--json", "--", "--json"], Globals(json=True), ["--", "--json"]),
    "what it does not know": (["--frob", "x"], Globals(), ["--frob", "x"]),
}


@pytest.mark.parametrize(("words", "known", "rest"), AFTER.values(), ids=AFTER)
def test_after_the_command(words: list[str], known: Globals, rest: list[str]) -> None:
    assert split_after_command(Globals(), words, VALUED, own=("--seat",)) == (known, rest)


NO_VALUE = {
    "another option": (["--branch", "--json"], '"--branch" needs a value, and "--json" is none'),
    "nothing": (["--branch"], '"--branch" needs a value'),
    "empty": (["--branch", ""], '"--branch" needs a value, and got an empty one'),
    "empty, joined": (["--branch="], '"--branch" needs a value, and got an empty one'),
    "two dashes": (["--why", "--", "text"], '"--why" needs a value, and "--" is none'),
    "a global one": (["--intent", "--json"], '"--intent" needs a value, and "--json" is none'),
    "a global one, empty": (["-C="], '"-C" needs a value, and got an empty one'),
}


@pytest.mark.parametrize(("words", "message"), NO_VALUE.values(), ids=NO_VALUE)
def test_an_option_never_takes_an_option(words: list[str], message: str) -> None:
    with pytest.raises(LedgerError) as caught:
        split_after_command(Globals(), words, VALUED, own=())
    assert (caught.value.kind, caught.value.message) == ("usage", f"option {message}")
    option = words[0].rstrip("=")
    assert caught.value.hint == f"leave {option} out, or write `{option}=VALUE`"


def test_no_such_option_before_the_command() -> None:
    with pytest.raises(LedgerError, match='there is no option "--frob"'):
        split_before_command(["--frob", "queue"])


def test_globals_before_and_after_add_up() -> None:
    known, rest = split_before_command(["--seat", "a", "--json", "claim", "--seat", "b", "-q"])
    assert split_after_command(known, rest[1:], VALUED, own=()) == (
        Globals(seat="b", json=True, quiet=True),
        [],
    )
