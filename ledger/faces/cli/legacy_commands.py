"""The names by which fleets know some commands: console scripts, and the executables in `tools/`.

Each takes the words after its name, those of this process unless given, and gives the exit code.
"""

import sys
from collections.abc import Mapping, Sequence

from ledger.faces.boundary import run_guarded
from ledger.faces.cli.command_line import Globals, split_after_command, usage
from ledger.faces.cli.main import run
from ledger.faces.context import Context, real_env

CLAIM_USAGE = "claim acquire|check|release --from SEAT --item ID [--branch B] [--worktree W] [--json]"
_CLAIM_VALUED = {name: name for name in ("--from", "--item", "--branch", "--worktree")}
_CLAIM_NEEDED = ("--from", "--item")
_WRONG_USAGE = 2
_NOT_DONE = 1


def feed_append(words: Sequence[str] | None = None) -> int:
    """`feed-append`: `git ledger append`."""
    return run(["append", *_take_words(words)], real_env())


def ticket_reserve(words: Sequence[str] | None = None) -> int:
    """`ticket-reserve`: `git ledger reserve`."""
    return run(["reserve", *_take_words(words)], real_env())


def fleet_active_queue(words: Sequence[str] | None = None) -> int:
    """`fleet-active-queue`: `git ledger queue`."""
    return run(["queue", *_take_words(words)], real_env())


def queue_drift_check(words: Sequence[str] | None = None) -> int:
    """`queue-drift-check`: `git ledger drift`; with `--staged`, `git ledger check --staged`."""
    words_given = _take_words(words)
    return run(["check" if "--staged" in words_given else "drift", *words_given], real_env())


def claim(words: Sequence[str] | None = None) -> int:
    """The older claims: 0 done or free, 1 held, refused or not done, 2 a wrong command line."""
    words_given, env = _take_words(words), real_env()
    if "-h" in words_given or "--help" in words_given:
        env.out.write(f"usage: {CLAIM_USAGE}\n")
        return 0
    code = run_guarded(env, lambda: "--json" in words_given, lambda: _run_claim(words_given, env))
    return code if code in (0, _WRONG_USAGE) else _NOT_DONE


def _take_words(words: Sequence[str] | None) -> Sequence[str]:
    return sys.argv[1:] if words is None else words


def _run_claim(words: Sequence[str], env: Context) -> int:
    options_known, left = split_after_command(Globals(), words, _CLAIM_VALUED, ())
    action, options = _parse_claim(left)
    more = {
        "acquire": [f"{name}={options[name]}" for name in ("--branch", "--worktree") if name in options],
        "check": ["--check"],
        "release": ["--why=given back"],
    }
    front = "release" if action == "release" else "claim"
    seat = f"--seat={options['--from']}"
    # Behind `--` the id is a word, whatever it begins with.
    return run([front, seat, *more[action], *_spell_globals(options_known), "--", options["--item"]], env)


def _parse_claim(words: Sequence[str]) -> tuple[str, Mapping[str, str]]:
    """The action and the options of `claim`, whose words are `--name=value` by now."""
    options: dict[str, str] = {}
    actions: list[str] = []
    for word in words:
        name, equals, value = word.partition("=")
        if equals and name in _CLAIM_VALUED:
            options[name] = value
        elif word in ("acquire", "check", "release") and not actions:
            actions.append(word)
        else:
            raise usage(f'"{word}" is no part of this command line', CLAIM_USAGE)
    missing = [
        *([] if actions else ["acquire, check or release"]),
        *(o for o in _CLAIM_NEEDED if o not in options),
    ]
    if missing:
        raise usage(f"missing: {', '.join(missing)}", CLAIM_USAGE)
    return actions[0], options


def _spell_globals(options_known: Globals) -> list[str]:
    """Global options as words again; `--seat` is what `--from` says."""
    valued = {
        "-C": options_known.directory,
        "--timeout": options_known.timeout,
        "--intent": options_known.intent,
    }
    flags = {"--offline": options_known.offline, "--json": options_known.json, "-q": options_known.quiet}
    words = [f"{name}={value}" for name, value in valued.items() if value is not None]
    return words + [name for name, is_set in flags.items() if is_set]
