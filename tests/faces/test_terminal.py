"""What a person sees at a terminal, and that a program sees none of it."""

import re
import signal
import subprocess
from pathlib import Path

import pytest

from ledger.faces.cli.terminal.cells import measure_cells
from tests.faces.terminals import run_on_pty, run_on_terminal, strip_styles
from tests.fleet import Seat, fleet, standing

WIDE = "通話のカードが二つのグループに分かれる問題を調査して直すこと、そして試験を書くこと"
JOINED = "\U0001f469\u200d\U0001f469\u200d\U0001f467"
FAMILY = f"{JOINED} family " + "\U0001f389" * 60
LONG = "Cards of one call land in two groups when the call crosses midnight and nobody can tell them apart"


def built(folder: Path) -> list[Seat]:
    [seat] = fleet(folder, "otto", branch=None)
    seat.git("config", "ledger.seat", "otto")
    seat.ok("init")
    seat.ok("append", "--reserve", "CMB", "--subject", LONG, "--priority", "HIGH")
    for subject in (WIDE, FAMILY, "\x1b[31mred\u202e"):
        seat.run("append", "--reserve", "CMB", "--subject", subject)
    seat.ok("append", "--reserve", "CMB", "--subject", "Waits", "--after", "CMB-0001")
    seat.ok("claim", "CMB-0001")
    return [seat]


@pytest.fixture
def seat(tmp_path: Path) -> Seat:
    return standing(built, tmp_path)[0]


def lines_of(seat: Seat, columns: int, *words: str, **variables: str) -> list[str]:
    said = run_on_terminal(seat.path, columns, *words, **variables)
    assert said.code in (0, 10), said.err
    return said.out.splitlines()


LISTS = {"queue": ("queue",), "queue through eyes": ("queue", "--for", "otto"), "log": ("log",)}


@pytest.mark.parametrize("columns", [40, 80, 120])
@pytest.mark.parametrize("name", LISTS)
def test_no_line_is_wider_than_the_terminal(name: str, columns: int, seat: Seat) -> None:
    lines = lines_of(seat, columns, *LISTS[name])
    assert max(map(measure_cells, lines)) <= columns
    assert any(line.endswith("…") for line in lines)


def test_the_queue_says_how_many_there_are_and_heads_its_columns(seat: Seat) -> None:
    counts, _, heading, first, *_ = lines_of(seat, 120, "queue")
    assert counts == "4 tickets: 2 free, 1 claimed, 1 waiting"
    assert heading.split() == ["ticket", "state", "age", "priority", "who", "subject"]
    assert first.split()[:2] == ["CMB-0001", "claimed"] and first.split()[4:6] == ["high", "otto"]
    assert first.endswith("and nobody…")
    assert lines_of(seat, 160, "queue")[3].endswith(LONG)


def test_what_holds_for_all_rows_is_told_once(seat: Seat) -> None:
    words = "otto holds CMB-0001 and may hold 1"
    assert "\n".join(lines_of(seat, 80, "queue", "--for", "otto")).count(words) == 1
    assert seat.run("queue", "--for", "otto").out.count(words) == 4


def test_a_joined_emoji_stays_whole_and_controls_are_spelled_out(seat: Seat) -> None:
    seat.ok("append", "--reserve", "FLT", "--subject", f"{JOINED} family")
    seen = "\n".join(lines_of(seat, 120, "queue"))
    assert f"{JOINED} family" in seen
    assert "\x1b" not in seen


def test_an_empty_queue_has_no_heading(seat: Seat) -> None:
    said = run_on_terminal(seat.path, 80, "queue", "--state", "PARKED")
    assert (said.out, said.err) == ("", "nothing is open\n")


def test_a_program_reads_whole_lines_without_heading_or_colour(seat: Seat) -> None:
    said = seat.run("queue").out
    assert [line.split()[0] for line in said.splitlines() if line[0] != " "] == [
        "CMB-0001",
        "CMB-0002",
        "CMB-0003",
        "CMB-0004",
    ]
    assert f'"{WIDE}"' in said and "\x1b" not in said


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [({"NO_COLOR": ""}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": "", "TERM": "dumb"}, False)],
    ids=["as it is", "NO_COLOR", "TERM=dumb"],
)
def test_states_are_coloured_unless_that_is_not_wanted(
    variables: dict[str, str], coloured: bool, seat: Seat
) -> None:
    lines = lines_of(seat, 80, "queue", **variables)
    assert any("\x1b[36mclaimed\x1b[0m" in line for line in lines) is coloured
    assert ("\x1b" in "".join(lines)) is coloured


def test_behind_the_pager_of_git_the_answer_is_for_a_person(seat: Seat) -> None:
    """`git -p ledger queue`: stdout is a pipe, and git says why."""
    env = {"GIT_PAGER_IN_USE": "true", "COLUMNS": "60"}
    out = seat.spawn("queue", env=env).out
    assert "ticket" in out.splitlines()[2] and max(map(measure_cells, strip_styles(out).splitlines())) <= 60


PAGER = "sed 's/^/paged: /'"


def paged(seat: Seat, *words: str, **variables: str) -> tuple[int, str]:
    """How a command ends on a terminal of eight lines, and what is seen there."""
    clean = dict.fromkeys(("GIT_PAGER_IN_USE", "NO_COLOR", "COLUMNS", "LINES", "PAGER", "LESS"), "")
    said = run_on_pty(seat.command(*words), {**clean, "GIT_PAGER": PAGER, **variables}, (80, 8))
    return said.code, said.out


def test_what_is_higher_than_the_terminal_goes_through_the_pager(seat: Seat) -> None:
    code, seen = paged(seat, "queue")
    lines = seen.splitlines()
    assert code == 0
    assert [line for line in lines if not line.startswith("paged: ")] == [lines[-1]]
    assert strip_styles(lines[0]) == "paged: 4 tickets: 2 free, 1 claimed, 1 waiting"
    assert "\x1b[36mclaimed\x1b[0m" in seen
    assert max(map(measure_cells, strip_styles(seen).splitlines())) <= 80 + len("paged: ")


@pytest.mark.parametrize(
    "words",
    [("queue", "--no-pager"), ("--no-pager", "queue"), ("queue", "--state", "CLAIMED")],
    ids=["not wanted", "not wanted, said before", "all fits"],
)
def test_no_pager_is_started_where_none_is_needed(words: tuple[str, ...], seat: Seat) -> None:
    code, seen = paged(seat, *words)
    assert code == 0 and "CMB-0001" in seen and "paged" not in seen


def test_the_settings_of_git_choose_the_pager(seat: Seat) -> None:
    seat.git("config", "core.pager", "sed 's/^/core: /'")
    assert paged(seat, "queue", GIT_PAGER="")[1].startswith("\x1b") is True  # an empty one is none
    unset = {"GIT_PAGER": PAGER}
    assert paged(seat, "queue", **unset)[1].startswith("paged: ")
    seat.git("config", "pager.ledger", "false")
    assert "paged" not in paged(seat, "queue")[1]
    seat.git("config", "pager.ledger", "true")
    assert paged(seat, "queue")[1].startswith("paged: ")


def test_no_terminal_no_pager(seat: Seat) -> None:
    assert "paged" not in seat.spawn("queue", env={"GIT_PAGER": PAGER, "LINES": "2"}).out


@pytest.mark.parametrize("pager", ["head -1", "true", "exit 3"])
def test_a_pager_that_is_closed_is_no_error_and_the_exit_code_stays(pager: str, seat: Seat) -> None:
    seat.ok("boot", "--wip", "9")
    code, seen = paged(seat, "turn", "close", GIT_PAGER=pager)
    assert code == 10
    assert "Traceback" not in seen and "rror" not in seen


def test_what_a_closed_pager_did_not_read_is_not_shown(seat: Seat) -> None:
    """More than a pipe holds, so that whoever writes is told that nobody reads."""
    seat.ok("append", "--reserve", "FLT", "--subject", "x", "-", stdin=b"word\n" * 40_000)
    code, seen = paged(seat, "show", "FLT-0001", GIT_PAGER="head -2")
    assert code == 0 and "Traceback" not in seen
    assert 2 <= seen.count("\n") <= 4  # with what stderr says


def test_without_the_pager_the_answer_is_there_all_the_same(seat: Seat) -> None:
    code, seen = paged(seat, "queue", GIT_PAGER="no-such-pager")
    assert code == 0
    assert "CMB-0001" in seen and "CMB-0004" in seen


def test_who_ends_the_command_ends_its_pager(seat: Seat, tmp_path: Path) -> None:
    """A pager that stays would go on reading the terminal, beside the shell."""
    told = tmp_path / "pager"

    def end(process: "subprocess.Popen[bytes]") -> None:
        process.send_signal(signal.SIGTERM)

    stays = "for i in $(seq 100); do sleep 0.1; done"
    pager = f"trap 'echo ended > {told}; exit' TERM; echo here; {stays}; echo stayed > {told}"
    variables = {**dict.fromkeys(("GIT_PAGER_IN_USE", "LINES"), ""), "GIT_PAGER": pager}
    said = run_on_pty(seat.command("queue"), variables, (80, 5), end)
    assert (said.code, told.read_text()) == (-signal.SIGTERM, "ended\n")


def test_a_ticket_is_told_with_ages_and_in_plain_words(seat: Seat) -> None:
    seat.ok("note", "CMB-0001", f"{LONG} {WIDE * 3}")
    lines = lines_of(seat, 60, "show", "CMB-0001")
    assert max(measure_cells(line) for line in lines if "feed/" not in line) <= 60
    facts = {line.split()[0]: line for line in lines if line.startswith("  ")}
    assert facts["state"].split()[1] == "claimed,"
    assert re.search("(ago|now); if silent, may be asked", facts["holder"])
    assert "Z" not in facts["holder"] + facts["opened"]
    assert [line.split()[-3:] for line in lines if "->" in line] == [["free", "->", "claimed"]]
    assert "CLAIM" not in "\n".join(lines)
    words = "".join(
        "".join(line.split("|")[1].split()) for line in lines if "|" in line and "quotes" not in line
    )
    assert words == "".join(f"{LONG}{WIDE * 3}".split())


def test_a_turn_fits_the_terminal_and_names_the_tickets_in_a_table(seat: Seat) -> None:
    seat.ok("boot", "--wip", "9")
    lines = lines_of(seat, 70, "turn", "open")
    assert max(map(measure_cells, lines)) <= 70
    held = next(line for line in lines if "CMB-0001: held since" in line)
    assert re.search(r"\dZ \((now|\d+ s ago)\)", held)
    [heading] = [line for line in lines if line.startswith("ticket")]
    assert heading.split() == ["ticket", "warmth", "subject"]
    assert next(line for line in lines if line.startswith("CMB-0002")).endswith('…"')
    assert lines_of(seat, 70, "turn", "close")[-1] == "`git ledger claim CMB-0002` takes the first"


def test_a_write_says_ticket_state_and_subject_and_its_path_last(seat: Seat) -> None:
    said = seat.run("note", "CMB-0001", "words").out
    assert said.startswith(f'CMB-0001 CLAIMED "{LONG}" feed/') and said.endswith(".md\n")
    assert said.count("\n") == 1 and said.count('"') == 2
    first, second = lines_of(seat, 60, "note", "CMB-0001", "words")
    assert first.startswith("CMB-0001  claimed  ") and first.endswith('…"') and measure_cells(first) == 60
    assert second.strip().startswith("feed/") and second.endswith(".md")
    assert seat.run("note", "words for all").out.startswith("feed/")
    posts = seat.ok("done", "CMB-0001")["posts"]
    assert [(post["item"], post["subject"], post["state"]) for post in posts] == [("CMB-0001", LONG, "DONE")]


def test_a_refusal_says_how_long_ago_on_a_terminal_and_when_elsewhere(seat: Seat) -> None:
    refused = run_on_terminal(seat.path, 80, "--seat", "alexa", "claim", "CMB-0001")
    assert refused.code == 3
    assert "ago)" in refused.err or "(now)" in refused.err
    plain = Seat("alexa", seat.path).run("claim", "CMB-0001").err
    assert "ago" not in plain and ".000Z" not in plain and "Z\n" in plain


def test_since_takes_what_people_say(seat: Seat) -> None:
    assert len(seat.ok("log", "--since", "1w")["posts"]) == len(seat.ok("log")["posts"]) > 0
    assert seat.ok("log", "--since", "0s")["posts"] == []
    assert seat.ok("stats", "--since", "yesterday")["since"].endswith("T00:00:00.000Z")
    assert "90m, 2h, 3d" in seat.refused("log", "--since", "soon")["hint"]


@pytest.mark.parametrize("words", [("doctor",), ("explain",), ("explain", "missed-absorb")], ids=" ".join)
def test_our_own_sentences_are_wrapped_between_words(words: tuple[str, ...], seat: Seat) -> None:
    lines = lines_of(seat, 60, *words)
    assert [line for line in lines if measure_cells(line) > 60] == []
    plain = seat.run(*words).out
    # a path is cut where it has no room
    assert "".join("".join(lines).split()) == "".join(plain.split())


def test_the_overview_of_the_commands_is_paged_too(seat: Seat) -> None:
    assert all(line.startswith("paged: ") for line in paged(seat, "-h")[1].splitlines())


@pytest.mark.parametrize("columns", [50, 80])
def test_what_is_found_fits_and_says_who_said_it_how_long_ago(columns: int, seat: Seat) -> None:
    seat.ok("note", "CMB-0003", f"parties need a cake {WIDE}")
    seat.ok("note", "a cake for nobody")
    lines = lines_of(seat, columns, "find", "cake")
    assert max(map(measure_cells, lines)) <= columns
    whole = " ".join(" ".join(lines).split())
    assert lines[0].split()[0] == "ticket" and re.search(r"note by otto (now|\d+ s ago): ", whole)
    assert "about no ticket" in whole
