import pytest

from ledger.store.contract import ABSENT, RefUpdate
from ledger.store.git.porcelain import Line, explain_refusal, is_traceable, parse_push_lines, shows_command

A, B = "a" * 40, "b" * 40
REF = "refs/reserve/CMB/1"


@pytest.mark.parametrize(
    ("text", "line", "won", "refused"),
    [
        pytest.param(
            f"*\t{A}:{REF}\t[new reference]", Line("*", REF, "[new reference]", ""), True, False, id="new"
        ),
        pytest.param(f" \t{A}:{REF}\taaa..bbb", Line(" ", REF, "aaa..bbb", ""), True, False, id="forward"),
        pytest.param(
            f"+\t{A}:{REF}\ta...b (forced update)",
            Line("+", REF, "a...b", "forced update"),
            True,
            False,
            id="forced",
        ),
        pytest.param(f"-\t:{REF}\t[deleted]", Line("-", REF, "[deleted]", ""), True, False, id="deleted"),
        pytest.param(
            f"=\t{A}:{REF}\t[up to date]", Line("=", REF, "[up to date]", ""), False, False, id="up to date"
        ),
        pytest.param(
            f"!\t(delete):{REF}\t[rejected] (stale info)",
            Line("!", REF, "[rejected]", "stale info"),
            False,
            True,
            id="not even sent",
        ),
        pytest.param(
            f"!\t{A}:{REF}\t[remote rejected] (no (really))",
            Line("!", REF, "[remote rejected]", "no (really)"),
            False,
            True,
            id="refused by the remote",
        ),
        pytest.param(
            f"!\t{A}:{REF}\t[remote failure] (remote failed to report status)",
            Line("!", REF, "[remote failure]", "remote failed to report status"),
            False,
            False,
            id="nothing heard of it",
        ),
    ],
)
def test_one_line(text: str, line: Line, won: bool, refused: bool) -> None:
    found = parse_push_lines(f"To ../server.git\n{text}\nDone\n".encode())
    assert found == {REF: line}
    assert (line.is_applied, line.is_refused) == (won, refused)


def test_other_lines_are_passed_over() -> None:
    assert parse_push_lines(b"To ssh://host:22/x.git\nDone\n\n?\tx:refs/y\tz\n*\n") == {}


@pytest.mark.parametrize(
    ("trace", "edit", "sent"),
    [
        pytest.param("", RefUpdate(REF, ABSENT, A), False, id="nothing traced"),
        pytest.param(f"push< {A} {REF}\n", RefUpdate(REF, ABSENT, A), False, id="only listed"),
        pytest.param(f"git> {A}:{REF}\n", RefUpdate(REF, ABSENT, A), False, id="only told to a helper"),
        pytest.param(f"push> {'0' * 40} {A} {REF}\n", RefUpdate(REF, ABSENT, A), True, id="sent"),
        pytest.param(
            f"git> {B} {'0' * 40} {REF}\\0 atomic\n", RefUpdate(REF, B, ABSENT), True, id="a deletion, http"
        ),
    ],
)
def test_what_was_sent(trace: str, edit: RefUpdate, sent: bool) -> None:
    assert shows_command(trace, [RefUpdate("refs/heads/main", A, B), edit]) is sent


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("../server.git", True),
        ("/srv/a:b.git", True),
        ("host:path.git", True),
        ("user@host:path.git", True),
        ("file:///srv/x.git", True),
        ("ssh://host/x.git", True),
        ("https://host/x.git", True),
        ("git://host/x.git", True),
        ("codecommit::eu://x", False),
        ("https::https://host/x", False),
        ("s3://bucket/x", False),
    ],
)
def test_whose_packets_are_traced(url: str, known: bool) -> None:
    assert is_traceable(url) is known


def test_the_reason_is_the_cause_in_the_remotes_words() -> None:
    told = [
        Line("!", REF, "[remote rejected]", "hook declined"),
        Line("!", "refs/heads/main", "[remote rejected]", "atomic push failure"),
    ]
    err = b"remote: numbers are\x1b[1m closed  \nremote: \nerror: failed to push some refs\n"
    assert explain_refusal(told, err) == ("hook declined; numbers are\\x1b[1m closed", (REF,))


def test_the_reason_without_a_cause_names_all() -> None:
    told = [Line("!", REF, "[rejected]", "atomic push failed")]
    assert explain_refusal(told, b"") == ("atomic push failed", (REF,))
