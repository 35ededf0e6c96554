"""Errors to words and an exit code: the one place that knows the numbers, and that catches everything."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TextIO

from ledger.core.errors import FindingsError, LedgerError
from ledger.faces.context import Context

if TYPE_CHECKING:
    from ledger.core.model import Finding

SCHEMA = 1
BUG = 70

EXITS: Mapping[str, int] = {
    **dict.fromkeys(("usage", "usage-remote", "no-repository", "bare-repository"), 2),
    **dict.fromkeys(("unsupported-format", "no-git", "broken-repository"), 2),
    **dict.fromkeys(("held", "not-the-holder", "not-reserved", "reserved-by-another"), 3),
    **dict.fromkeys(("no-such-ticket", "illegal-move", "gate-not-open", "ambiguous-item"), 3),
    **dict.fromkeys(("open-criteria", "no-such-seat"), 3),
    **dict.fromkeys(("double-opening", "premature-release", "premature-challenge", "changed", "findings"), 3),
    **dict.fromkeys(("nonce-used", "exhausted", "rewound", "bad-tip", "format-too-new"), 3),
    **dict.fromkeys(
        ("wrong-branch", "no-branch", "path-clash", "cannot-stage", "wrapped", "cannot-merge"), 3
    ),
    **dict.fromkeys(("nothing-claimable", "cannot-undo", "seal-not-set"), 3),
    **dict.fromkeys(("pool-exhausted", "held-back", "needs-own-branch", "leads-outside"), 3),
    **dict.fromkeys(("unreachable", "refused-by-remote", "in-doubt", "offline"), 4),
    **dict.fromkeys(("locked", "disk-full", "read-only"), 4),
    "beaten": 5,
    **dict.fromkeys(("no-seat", "role-may-not"), 6),
    "bug": BUG,
    "interrupted": 130,
}
"""Every kind of LedgerError with its exit code; docs/cli.md says what the codes mean."""


def format_document(record: Mapping[str, Any]) -> str:
    """The one JSON document of an answer; nothing in it can act on a terminal."""
    from ledger.core.text import escape_json  # takes a while, and the hooks of runtimes go without

    return escape_json(json.dumps({"schema": SCHEMA, **record}, ensure_ascii=False))


def run_guarded(env: Context, as_json: Callable[[], bool], work: Callable[[], int]) -> int:
    """Run a command; whatever it raises becomes words, or the error document, and an exit code."""
    try:
        return work()
    except LedgerError as error:
        return report_error(env, error, as_json())
    # Before OSError, of which it is one.
    except BrokenPipeError:
        # `git ledger log | head`: whoever reads has seen enough, which is no failure of ours.
        return 0
    except KeyboardInterrupt:
        env.err.write("\ninterrupted\n")
        return 130
    except OSError as error:
        from ledger.core.faults import explain_os_error

        fault = explain_os_error(error)
        return report_error(env, fault, as_json()) if fault else _explain_bug(env, error, as_json())
    except Exception as error:
        return _explain_bug(env, error, as_json())


def _explain_bug(env: Context, error: Exception, as_json: bool) -> int:
    """Tell what is no error of the user's, with where it came from."""
    import traceback

    from ledger.core.text import escape_line

    lines = "".join(traceback.format_exception(error)).splitlines()
    env.err.writelines(escape_line(line) + "\n" for line in lines)
    bug = LedgerError(
        "bug",
        f"this is a bug in git-ledger: {type(error).__name__}: {error}",
        "report it with the lines above and `git ledger --version`; what was written is safe",
    )
    return report_error(env, bug, as_json)


def run_harmless(out: TextIO, err: TextIO, work: Callable[[], int]) -> int:
    """Run what a runtime calls, which prints one JSON object as its last act; gives 0 whatever it raises.

    Then the object is `{}` and stderr has one line: nothing that is broken here may hold a turn up.
    """
    try:
        return work()
    except (Exception, KeyboardInterrupt) as error:
        from ledger.core.text import escape_line

        words = error.message if isinstance(error, LedgerError) else f"{type(error).__name__}: {error}"
        with suppress(OSError):
            err.write(f"git-ledger: {escape_line(words)}; this hook said nothing\n")
        with suppress(OSError):
            out.write("{}\n")
        return 0


def run_judgement(
    err: TextIO, judge: Callable[[], tuple[int, str]], explain: Callable[[Exception], tuple[int, str]]
) -> int:
    """Run a judgement, which gives a status and what to say; only then is a word of it written.

    Whoever listens may be gone by then: the status stands all the same. What `judge` raises is the status and
    the words that `explain` makes of it.
    """
    try:
        code, text = judge()
    except Exception as error:
        # What this raises ends the process with 1, which the hook takes for a push that was not judged.
        code, text = explain(error)
    with suppress(Exception):  # a closed pipe, and no stream at all where the descriptor was closed
        err.write(text)
        err.flush()
    return code


def report_error(env: Context, error: LedgerError, as_json: bool) -> int:
    """Say an error and give its exit code."""
    from ledger.core.model import Finding
    from ledger.core.text import escape_line

    code = EXITS.get(error.kind, BUG)
    findings = [finding for finding in error.details.get("findings", ()) if isinstance(finding, Finding)]
    if as_json:
        from ledger.faces.json.errors import make_error_json

        env.out.write(format_document({"error": make_error_json(error, code, findings)}) + "\n")
        return code
    if isinstance(error, FindingsError):
        env.err.writelines(f"{line}\n" for line in _list_finding_lines(env, error, findings))
    env.write_words(f"error: {escape_line(error.message)}")
    if error.hint:
        env.write_words(f"hint: {escape_line(error.hint)}")
    return code


def _list_finding_lines(env: Context, error: LedgerError, findings: "Sequence[Finding]") -> Iterable[str]:
    """The findings for which a write was refused; on a terminal as a person reads them, and once."""
    if env.screen is None:
        from ledger.core.text import format_finding

        return map(format_finding, findings)
    from ledger.faces.cli.terminal.findings import show_findings

    return show_findings([finding for finding in findings if finding.message != error.message], env.screen)
