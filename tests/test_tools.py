"""What stands around the package: the executables of `tools/`, called as people and machines call them."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from benches.feeds import Recipe, generate_posts, make_remote
from benches.growth import SCENES

from ledger.core.board.fold import fold_posts
from ledger.core.board.kinds import KINDS
from ledger.core.feed.directives import DIRECTIVES
from ledger.core.feed.posts import parse_post
from ledger.core.model import State
from ledger.faces.cli import legacy_commands as names
from tests.core.boards import all_refusals
from tests.fleet import Ran, Seat, fleet, standing
from tests.gitrun import git, new_repository

ROOT = Path(__file__).parent.parent
TOOLS = ROOT / "tools"
OLD_NAMES = ("feed-append", "ticket-reserve", "fleet-active-queue", "queue-drift-check")


def tool(cwd: Path, name: str, *words: str, env: dict[str, str] | None = None) -> Ran:
    """Run one of the tools in Python in a folder, by the interpreter that runs this test."""
    ours = {**(os.environ if env is None else env), "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, TOOLS / name, *words], cwd=cwd, capture_output=True, text=True, env=ours, check=False
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)


@pytest.fixture
def seats(tmp_path: Path) -> list[Seat]:
    """Two seats, each in a clone, and CMB-0001 filed."""
    return standing(_build_seats, tmp_path)


def _build_seats(folder: Path) -> list[Seat]:
    otto, camber = fleet(folder, "otto", "camber")
    otto.files("CMB", "The first")
    return [otto, camber]


# Old names.


def test_old_names_do_what_the_commands_do(seats: list[Seat]) -> None:
    here = seats[0].path
    assert tool(here, "ticket-reserve", "CMB", "--seat", "otto").out == "CMB-0002\n"
    posted = tool(here, "feed-append", "--seat", "otto", "--item", "CMB-0002", "--subject", "Two", "--json")
    assert posted.json["posts"][0]["item"] == "CMB-0002"
    assert [one["item"] for one in tool(here, "fleet-active-queue", "--json").json["items"]] == [
        "CMB-0001",
        "CMB-0002",
    ]
    drift = tool(here, "queue-drift-check", "--json")
    assert (drift.code, drift.json) == (0, {"schema": 1, "findings": []})


def test_queue_drift_check_staged_is_check(seats: list[Seat]) -> None:
    here = seats[0].path
    (here / "feed").mkdir()
    (here / "feed" / "odd.md").write_text("no post\n")
    git(here, "add", "feed")
    staged = tool(here, "queue-drift-check", "--staged")
    assert (staged.code, "[unreadable-post]" in staged.out) == (1, True)
    assert tool(here, "queue-drift-check").code == 0


@pytest.mark.parametrize("name", OLD_NAMES)
def test_old_names_are_console_scripts_too(name: str) -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    module, _, function = scripts[name].partition(":")
    assert module == names.__name__
    assert callable(getattr(names, function))


def test_a_tool_enters_the_venv_of_its_checkout(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    shutil.copytree(TOOLS, checkout / "tools")
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$@"\n')
    python.chmod(0o755)
    ran = subprocess.run(
        [sys.executable, checkout / "tools" / "claim", "check", "--x"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (0, f"{checkout / 'tools' / 'claim'} check --x\n")


def test_a_tool_without_the_package_says_what_to_do(tmp_path: Path) -> None:
    shutil.copytree(TOOLS, tmp_path / "tools")
    code = f"import sys; sys.path[:0] = [{str(tmp_path / 'tools')!r}]; import checkout; checkout.enter()"
    bare = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False
    )
    assert (bare.returncode, f"{tmp_path / 'tools' / 'test'} makes a .venv" in bare.stderr) == (2, True)


# tools/claim.


def claim(seat: Seat, action: str, *words: str, item: str = "CMB-0001") -> Ran:
    return tool(seat.path, "claim", action, "--from", seat.name, "--item", item, *words)


def test_claim_gives_the_older_exit_codes(seats: list[Seat]) -> None:
    otto, camber = seats
    assert claim(otto, "check").code == 0
    assert claim(otto, "acquire", "--branch", "otto/cards", "--worktree", "/w/1").code == 0
    assert claim(otto, "acquire").code == 0
    assert claim(otto, "check").code == 0
    held = claim(camber, "acquire")
    assert held.code == 1
    assert "CMB-0001 is held by otto (otto/cards) [worktree: /w/1] since " in held.err
    assert claim(camber, "check").code == 1
    assert claim(camber, "release").code == 1
    assert claim(otto, "release").code == 0
    assert claim(camber, "check").code == 0
    assert claim(camber, "acquire", item="CMB-0404").code == 1


def test_claim_answers_in_json(seats: list[Seat]) -> None:
    otto, camber = seats
    assert claim(otto, "acquire", "--json").json["claimed"] is True
    refused = claim(camber, "acquire", "--json").json["error"]
    assert (refused["kind"], refused["holder"]["seat"]) == ("held", "otto")


def test_claim_without_the_remote_is_not_done(seats: list[Seat]) -> None:
    git(seats[0].path, "remote", "set-url", "origin", str(seats[0].path / "nowhere"))
    assert claim(seats[0], "acquire").code == 1
    assert claim(seats[0], "check").code == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "missing: acquire, check or release, --from, --item"),
        (["acquire", "--from", "otto"], "missing: --item"),
        (["acquire", "--item", "CMB-0001"], "missing: --from"),
        (["seize", "--from", "otto", "--item", "CMB-0001"], '"seize" is no part'),
        (["acquire", "check", "--from", "otto", "--item", "CMB-0001"], '"check" is no part'),
        (["acquire", "--from", "otto", "--item", "CMB-0001", "--force"], '"--force" is no part'),
        (
            ["acquire", "--from", "otto", "--item", "CMB-0001", "--worktree", "--json"],
            '--worktree\\" needs a value, and \\"--json\\" is none',
        ),
        (["acquire", "--from", "otto", "--item", "CMB-0001", "--branch"], '"--branch" needs a value'),
        (["acquire", "--from", "", "--item", "CMB-0001"], '"--from" needs a value, and got an empty one'),
        (["acquire", "--from", "otto", "--item=--check"], '"--check" is no ticket'),
        (["acquire", "--from", "no seat", "--item", "CMB-0001"], '"no seat" is no seat'),
    ],
)
def test_claim_refuses_a_wrong_command_line(tmp_path: Path, words: list[str], said: str) -> None:
    ran = tool(new_repository(tmp_path / "repo"), "claim", *words)
    assert ran.code == 2
    assert said in ran.err + ran.out


def test_claim_with_a_value_left_out_claims_nothing(seats: list[Seat]) -> None:
    assert claim(seats[0], "acquire", "--worktree", "--json").code == 2
    assert seats[0].queue()["CMB-0001"]["state"] == "AWAITING_CLAIM"


def test_claim_takes_values_as_they_are(seats: list[Seat]) -> None:
    assert claim(seats[0], "acquire", "--worktree", "true", "--branch=--odd").code == 0
    holder = seats[0].queue()["CMB-0001"]["holder"]
    assert (holder["worktree"], holder["branch"]) == ("true", "--odd")


# tools/test, tools/demo and what they share, against a Python that only writes down what it is asked.

FAKE_PYTHON = """\
#!/bin/sh
echo "$(basename "$0") $*" >>"$LOG"
case "$*" in
*version_info*) [ "$(basename "$0")" != "$OLD" ] ;;
*ensurepip*) [ -z "$WITHOUT_VENV" ] ;;
*"-m venv"*) for place; do :; done; mkdir -p "$place/bin"; cp "$0" "$place/bin/python" ;;
*"-m $FAILS"*) exit 1 ;;
esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the tools beside a pyproject.toml, and a folder with nothing but a few fake Pythons."""
    place = tmp_path / "a checkout"
    shutil.copytree(TOOLS, place / "tools")
    (place / "pyproject.toml").write_text("[project]\n")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("python3", "python3.12"):
        (programs / name).write_text(FAKE_PYTHON)
        (programs / name).chmod(0o755)
    for name in ("sh", "dirname", "basename", "cat", "mkdir", "cp", "getconf"):
        (programs / name).symlink_to(str(shutil.which(name)))
    return place


def tools_test(checkout: Path, *words: str, program: str = "test", **variables: str) -> tuple[Ran, list[str]]:
    """Run tools/test there, or another one: how it ended, and what Python was asked for."""
    log = checkout / "log"
    log.write_text("")
    given = {"OLD": "", "WITHOUT_VENV": "", "FAILS": "nothing"} | variables
    env = {"PATH": str(checkout.parent / "bin"), "LOG": str(log)} | given
    ran = subprocess.run(
        [checkout / "tools" / program, *words], cwd="/", env=env, capture_output=True, text=True, check=False
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr), log.read_text().splitlines()


def test_tools_test_installs_once_and_again_when_the_project_changed(checkout: Path) -> None:
    def installs(lines: list[str]) -> int:
        return sum("-m pip install" in line for line in lines)

    assert installs(tools_test(checkout)[1]) == 1
    assert installs(tools_test(checkout)[1]) == 0
    (checkout / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    assert installs(tools_test(checkout)[1]) == 1
    moved = checkout.rename(checkout.with_name("moved"))
    assert installs(tools_test(moved)[1]) == 1


def test_the_demo_installs_the_package_alone_and_what_the_tests_have_is_enough_for_it(checkout: Path) -> None:
    """It ends right after: the fake Python has no `git ledger`."""

    def installs(lines: list[str]) -> list[str]:
        return [line.rpartition(" ")[2] for line in lines if "-m pip install" in line]

    assert installs(tools_test(checkout, program="demo")[1]) == ["checkout"]
    assert installs(tools_test(checkout, program="demo")[1]) == []
    assert installs(tools_test(checkout)[1]) == ["checkout[dev]"]
    assert installs(tools_test(checkout, program="demo")[1]) == []


def test_a_checkout_that_cannot_be_written_says_what_to_do(checkout: Path) -> None:
    """As a mount for reading alone is for everybody; what may be written is asked of `test` in sh."""
    lib = checkout / "tools" / "lib.sh"
    lib.write_text(lib.read_text().replace('[ ! -w "$root" ]', "true"))
    ran, asked = tools_test(checkout, program="demo")
    assert (ran.code, asked) == (1, [])
    assert f"hint: git clone '{checkout}'" in ran.err


def test_tools_test_runs_everything_and_hands_its_words_to_pytest(checkout: Path) -> None:
    ran, asked = tools_test(checkout, "tests/core", "-k", "one or two")
    cores = os.cpu_count()
    assert ran.code == 0
    assert [line.partition(" -m ")[2] for line in asked[-4:]] == [
        "ruff check .",
        "ruff format --check .",
        "mypy",
        f"pytest -n {cores} tests/core -k one or two",
    ]


def test_tools_test_with_coverage_runs_the_tests_under_it_and_reports(checkout: Path) -> None:
    ran, asked = tools_test(checkout, "tests/core", "--coverage", "-k", "one or two")
    assert ran.code == 0
    assert [line.partition(" -m ")[2] for line in asked[-4:]] == [
        "coverage erase",
        f"coverage run -m pytest -n {os.cpu_count()} tests/core -k one or two",
        "coverage combine -q",
        "coverage report --skip-covered --skip-empty",
    ]


@pytest.mark.parametrize("step", ["ruff check", "ruff format", "mypy", "pytest", "pip install"])
def test_tools_test_fails_when_a_step_fails(checkout: Path, step: str) -> None:
    assert tools_test(checkout, FAILS=step)[0].code != 0


def test_an_install_that_failed_is_tried_again(checkout: Path) -> None:
    tools_test(checkout, FAILS="pip install")
    assert tools_test(checkout)[0].code == 0


def test_a_python_that_is_too_old_is_passed_over(checkout: Path) -> None:
    _, asked = tools_test(checkout, OLD="python3")
    assert [line.split()[0] for line in asked if "-m venv" in line] == ["python3.12"]


def test_without_venv_the_debian_package_is_named(checkout: Path) -> None:
    ran, _ = tools_test(checkout, WITHOUT_VENV="yes")
    assert ran.code == 1
    assert "hint: apt-get install python3-venv" in ran.err


def test_without_any_python_it_says_so(checkout: Path) -> None:
    (checkout.parent / "bin" / "python3.12").unlink()
    ran, _ = tools_test(checkout, OLD="python3")
    assert ran.code == 1
    assert "needs Python 3.11 or newer" in ran.err


@pytest.mark.slow
def test_the_demo_shows_what_it_says_and_leaves_nothing(tmp_path: Path) -> None:
    """The whole demo, in a copy of the checkout's tools that uses the Python of this test."""
    place, left = tmp_path / "checkout", tmp_path / "tmp"
    shutil.copytree(TOOLS, place / "tools")
    shutil.copy(ROOT / "pyproject.toml", place)
    left.mkdir()
    programs = place / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name, words in {"python": "", "git-ledger": " -m ledger"}.items():
        (programs / name).write_text(
            f'#!/bin/sh\nexec env "PYTHONPATH={ROOT}" "{sys.executable}"{words} "$@"\n'
        )
        (programs / name).chmod(0o755)
    (place / ".venv" / "made-for").write_text(f"{place}\n{(place / 'pyproject.toml').read_text()}")
    ran = subprocess.run(
        [place / "tools" / "demo"],
        env=os.environ | {"TMPDIR": str(left)},
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert re.search(r"is held by (otto|camber) \(\1/cards\) since ", ran.stdout)
    assert [word for word in ("[double-opening]", "[missed-absorb]") if word not in ran.stdout] == []
    assert list(left.iterdir()) == []


def test_the_bench_measures_a_scene() -> None:
    """Two quick scenes, in small: a line for each comparison, whose ratio is that of its two times."""
    words = [sys.executable, str(TOOLS / "bench"), "--small", "reserve", "commit"]
    ran = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    line = r"(\S.*?) +([0-9.]+) ms +([0-9.]+) ms +ratio +([0-9.]+) +target +\d+ +(?:met|missed)"
    rows = [re.fullmatch(line, one) for one in ran.stdout.splitlines()]
    told = [row.groups() for row in rows if row]
    names = ["reserve", "append --reserve", "commit, off the feed", "commit, on the feed"]
    assert [name for name, *_ in told] == names and len(rows) == 4
    for _, ours, theirs, ratio in told:
        assert float(ratio) == pytest.approx(float(ours) / float(theirs), rel=0.05, abs=0.2)


# Generated feeds, and the scenes beside them.


def test_a_generated_feed_is_in_order_and_has_every_sort_of_deed() -> None:
    """But for what comes of collisions and of challenges, which a feed in order has none of."""
    rows = [row for posts, _ in generate_posts(Recipe(3000, still_open=150)) for row in posts]
    parsed = [parse_post(row.data, row.path) for row in rows]
    posts = [post for post, found in parsed if post is not None and not found]
    board = fold_posts(posts)
    assert (len(posts), all_refusals(board), board.order.forked, board.order.unseen) == (3000, [], (), ())
    assert [post.id for post in board.all_posts()] == [Path(row.path).stem for row in rows]
    kinds = {post.kind for post in posts}
    assert kinds == {"actionable", "ruling", "amendment", "note", "boot", "retire"} < {*KINDS}
    assert {post.state for post in posts} == {None, *State}
    acting = {line.name for post in posts for line in post.directives}
    assert acting == {"ABSORB", "RELEASE", "HANDOFF", "DECLINE"} < {*DIRECTIVES}
    blocks = {on.partition(":")[0] == "ruling" for post in posts for on in post.blocked_on}
    assert blocks == {True, False}
    assert any(post.seq is None for post in posts) and any(post.saw for post in posts)
    assert 140 <= len(board.open_tickets()) <= 160


@pytest.mark.parametrize("has_refs", [True, False])
def test_check_finds_no_error_in_a_generated_feed(tmp_path: Path, has_refs: bool) -> None:
    bare = make_remote(Recipe(300, has_refs=has_refs, given_before=5), tmp_path)
    git(tmp_path, "clone", "-q", str(bare), "clone")
    camber = Seat("CAMBER-01", tmp_path / "clone")
    assert [one for one in camber.ok("check", "--all")["findings"] if one["severity"] == "error"] == []
    assert git(bare, "log", "--format=%s", "ledger").count("\n") == 300
    assert git(bare, "fsck", "--strict") == ""
    numbers = git(bare, "for-each-ref", "--format=%(refname)", "refs/reserve/CMB").splitlines()
    tip = int(camber.ok("reserve", "CMB")["reserved"][0]["item"].removeprefix("CMB-")) - 1
    assert len(numbers) == (tip if has_refs else 5) + 1


def test_generated_posts_have_the_header_that_the_tool_writes(tmp_path: Path) -> None:
    def keys(text: str) -> list[str]:
        return re.findall(r"^([a-z_]+):", text.split("---")[1], re.MULTILINE)

    bare = make_remote(Recipe(200), tmp_path)
    generated = [row.data.decode() for posts, _ in generate_posts(Recipe(200)) for row in posts]
    git(tmp_path, "clone", "-q", str(bare), "clone")
    camber = Seat("CAMBER-77", tmp_path / "clone")
    opening = ("--priority", "HIGH", "--lane", "camber", "--subject", "Work")
    item = camber.ok("append", "--reserve", "CMB", *opening)["posts"][0]["item"]
    camber.ok("note", item, "a word")
    camber.ok("claim", item, "--branch", "here")
    landed = git(bare, "log", "-3", "-p", "--format=", "--output-indicator-new= ", "ledger").split("new file")
    written = [keys(re.sub(r"^ ", "", text, flags=re.MULTILINE).split("@@", 2)[2]) for text in landed[1:]]
    assert len(written) == 3
    assert [fields for fields in written if fields not in map(keys, generated)] == []


def test_a_recipe_gives_the_same_feed_again(tmp_path: Path) -> None:
    commits = []
    for n in range(2):
        (tmp_path / str(n)).mkdir()
        commits.append(git(make_remote(Recipe(100), tmp_path / str(n)), "for-each-ref"))
    assert commits[0] == commits[1]


@pytest.mark.parametrize(
    "scenes",
    [
        ("show", "new post"),
        pytest.param(
            ("show", "note", "new post", "stop, unmoved", "guard", "cold index"), marks=pytest.mark.slow
        ),
    ],
    ids=len,
)
def test_the_scenes_of_growth_are_measured_and_kept_feeds_are_used_again(
    scenes: tuple[str, ...], tmp_path: Path
) -> None:
    words = ("growth", "--posts", "150", "--runs", "1", "--keep", str(tmp_path / "kept"), "--markdown")
    ran = tool(tmp_path, "bench", *words, *scenes)
    assert (ran.code, ran.err) == (0, "")
    rows = [line.strip("| ").split(" | ") for line in ran.out.splitlines() if line.startswith("| ")]
    assert tuple(row[0] for row in rows[1:]) == scenes
    for _, ours, raw, *_, target, verdict in rows[1:]:
        assert float(ours) > 0 <= float(raw) and target and verdict.startswith(("met", "missed"))
    (kept,) = (tmp_path / "kept").iterdir()
    made = kept.stat().st_ino
    assert tool(tmp_path, "bench", *words, "show").code == 0
    assert [one.stat().st_ino for one in (tmp_path / "kept").iterdir()] == [made]


def test_tools_that_are_not_installed_are_named_and_left_out(tmp_path: Path) -> None:
    (tmp_path / "git").symlink_to(str(shutil.which("git")))
    ran = tool(tmp_path, "bench", "peers", env={"PATH": str(tmp_path)})
    assert (ran.code, ran.err) == (0, "")
    rows = [line.split(None, 1) for line in ran.out.splitlines()[3:]]
    assert rows == [
        ["Backlog.md", "not measured: `backlog` is not installed; `npm install backlog.md`"],
        ["taskwarrior", "not measured: `task` is not installed; `apt-get install taskwarrior`"],
    ]


def test_the_page_about_the_bench_has_every_scene_with_its_target() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text()
    lines = page.split("| scene |")[1].split("\n\n")[0].splitlines()[2:]
    rows = [[cell.strip() for cell in line.replace("\\|", "\0").strip("|").split("|")] for line in lines]
    wanted = [[scene.name, scene.about, scene.raw, scene.target.text] for scene in SCENES]
    assert [[cell.replace("\0", "\\|") for cell in row] for row in rows] == wanted


def test_the_tools_are_programs() -> None:
    programs = [one for one in TOOLS.iterdir() if one.is_file() and one.suffix == ""]
    assert {*OLD_NAMES, "claim", "demo", "test"} <= {one.name for one in programs}
    assert [one.name for one in programs if not os.access(one, os.X_OK)] == []
    assert [one.name for one in programs if not one.read_text().startswith("#!/")] == []


def test_every_tool_in_python_is_linted_and_typed() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    listed = {f"tools/{one.name}" for one in TOOLS.iterdir() if one.is_file() and one.suffix == ""}
    python = {one for one in listed if "python" in (ROOT / one).read_text().split("\n")[0]}
    assert set(settings["ruff"]["extend-include"]) == python
    assert {one for one in settings["mypy"]["files"] if one.startswith("tools/")} == python


def test_race_counts_what_landed_and_what_did_not(tmp_path: Path) -> None:
    """A small one; `tools/race --posts 1500` is the large one."""
    ran = tool(tmp_path, "race", "--writers", "2", "--posts", "4", "--load", "1")
    assert ran.code == 0, (ran.out, ran.err)
    assert ran.out.startswith("4 posts in ") and "; 0 failed\n" in ran.out
