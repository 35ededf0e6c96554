"""`setup`: what it writes for each runtime, and that it leaves every byte of others as it was."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ledger.app.setup.memory_file import add_block
from ledger.faces.runtimes import RUNTIMES
from tests.faces.envs import Said, run_at
from tests.gitrun import new_repository

AFTER_TOOL = (
    "cat >/dev/null; { IFS=; set -f; d=$(git rev-parse --git-dir) && m=$(date +%Y%m%d%H%M) && "
    "f=$d/ledger-looked-$LEDGER_SEAT l= && { read -r l <$f; [ x$l != x$m ]; } && echo $m >$f && "
    "(echo '{}' | git ledger hook NAME tool >/dev/null 2>&1 &) ; } 2>/dev/null; echo '{}'"
)


def command(name: str, event: str) -> str:
    if event == "tool":
        return AFTER_TOOL.replace("NAME", name)
    return f"git ledger hook {name} {event} || echo '{{}}'"


def group(name: str, event: str, timeout: int = 20) -> dict[str, Any]:
    return {"hooks": [{"type": "command", "command": command(name, event), "timeout": timeout}]}


def copilot(event: str) -> dict[str, Any]:
    return {"type": "command", "bash": command("copilot", event), "timeoutSec": 20}


WRITTEN: dict[str, tuple[str, dict[str, Any], str]] = {
    "claude": (
        ".claude/settings.json",
        {
            "hooks": {
                "SessionStart": [group("claude", "start")],
                "Stop": [group("claude", "stop")],
                "PostToolUse": [group("claude", "tool")],
            }
        },
        "CLAUDE.md",
    ),
    "codex": (
        ".codex/hooks.json",
        {
            "hooks": {
                "SessionStart": [group("codex", "start")],
                "Stop": [group("codex", "stop")],
                "PostToolUse": [group("codex", "tool")],
            }
        },
        "AGENTS.md",
    ),
    "gemini": (
        ".gemini/settings.json",
        {
            "hooks": {
                "SessionStart": [group("gemini", "start", 20_000)],
                "AfterAgent": [group("gemini", "stop", 20_000)],
                "AfterTool": [group("gemini", "tool", 20_000)],
            }
        },
        "GEMINI.md",
    ),
    "copilot": (
        ".github/hooks/git-ledger.json",
        {
            "version": 1,
            "hooks": {
                "sessionStart": [copilot("start")],
                "agentStop": [copilot("stop")],
                "postToolUse": [copilot("tool")],
            },
        },
        "AGENTS.md",
    ),
    "cursor": (
        ".cursor/hooks.json",
        {
            "version": 1,
            "hooks": {
                "sessionStart": [{"command": command("cursor", "start")}],
                "stop": [{"command": command("cursor", "stop"), "loop_limit": 5}],
                "postToolUse": [{"command": command("cursor", "tool")}],
            },
        },
        "AGENTS.md",
    ),
}


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return new_repository(tmp_path / "repo")


def setup(repo: Path, *words: str, code: int = 0) -> dict[str, Any]:
    """Run `setup` with `--json`, which must end with this code, and give its document."""
    said = run_at(repo, "setup", *words, "--json")
    assert said.code == code, said
    document = json.loads(said.out)
    assert isinstance(document, dict)
    return document


def files(repo: Path) -> dict[str, bytes]:
    """Every file of the working tree, and every folder as an empty one."""
    found = [one for one in repo.rglob("*") if ".git" not in one.relative_to(repo).parts]
    return {str(one.relative_to(repo)): one.read_bytes() if one.is_file() else b"" for one in found}


def test_every_runtime_has_a_row() -> None:
    assert tuple(WRITTEN) == RUNTIMES


@pytest.mark.parametrize("name", WRITTEN)
def test_what_it_makes_and_takes_away(name: str, repo: Path) -> None:
    settings, content, memory = WRITTEN[name]
    would = {"state": "absent", "files": [{"path": one, "what": "made"} for one in (settings, memory)]}
    assert setup(repo, name, "--check", code=1) == {"schema": 1, **would}
    assert files(repo) == {}
    assert setup(repo, name) == {"schema": 1, **would, "state": "current"}
    assert json.loads((repo / settings).read_text()) == content
    assert (repo / memory).read_text() == add_block(None, name)
    made = files(repo)
    current = [{"path": one, "what": "current"} for one in (settings, memory)]
    for words in ((name,), (name, "--check")):
        assert setup(repo, *words) == {"schema": 1, "state": "current", "files": current}
    assert files(repo) == made
    gone = [{"path": one, "what": "removed"} for one in (settings, memory)]
    assert setup(repo, name, "--remove") == {"schema": 1, "state": "absent", "files": gone}
    assert files(repo) == {}
    assert setup(repo, name, "--remove")["files"] == current


THERE = {
    "nothing in it": "{}",
    "settings": '{\n  "permissions": {"allow": ["Bash(ls:*)"]},\n  "model": "m"\n}\n',
    "tabs, no line feed at the end": '{\n\t"model": "m"\n}',
    "CRLF": '{\r\n    "model": "m"\r\n}\r\n',
    "one line": '{"model":"m","hooks":{}}',
    "hooks of others": (
        '{\n  "hooks": {\n    "X": [],\n    "Stop": [ {"hooks": [{"command": "say done"}]} ]\n  }\n}\n'
    ),
    "empty lists": '{"hooks": {"Stop": [], "SessionStart": [ ]}}',
    "letters of the world": '{"model": "é\\u00e9", "x": 1.50}',
}


@pytest.mark.parametrize("text", THERE.values(), ids=THERE)
def test_what_is_there_stays_byte_for_byte(text: str, repo: Path) -> None:
    (repo / ".claude").mkdir()
    (repo / ".claude" / "settings.json").write_bytes(text.encode())
    (repo / "CLAUDE.md").write_bytes(b"# Notes \xff\r\n")
    before = files(repo)
    setup(repo, "claude")
    after = json.loads((repo / ".claude" / "settings.json").read_text())
    for event, entry in WRITTEN["claude"][1]["hooks"].items():
        assert after["hooks"][event] == [*json.loads(text).get("hooks", {}).get(event, []), *entry]
    assert (repo / "CLAUDE.md").read_bytes().startswith(b"# Notes \xff\r\n")
    assert setup(repo, "claude", "--check")["state"] == "current"
    setup(repo, "claude", "--remove")
    assert files(repo) == before


def test_what_was_added_since_stays(repo: Path) -> None:
    setup(repo, "cursor")
    place = repo / ".cursor" / "hooks.json"
    place.write_text(place.read_text().replace('"stop": [', '"stop": [\n      {"command": "say done"},'))
    (repo / "AGENTS.md").write_text((repo / "AGENTS.md").read_text() + "More.\n")
    assert setup(repo, "cursor", "--check")["state"] == "current"
    assert [one["what"] for one in setup(repo, "cursor", "--remove")["files"]] == ["changed", "changed"]
    assert json.loads(place.read_text()) == {"version": 1, "hooks": {"stop": [{"command": "say done"}]}}
    assert (repo / "AGENTS.md").read_text() == "More.\n"


def test_what_was_changed_by_hand_is_not_written_over(repo: Path) -> None:
    setup(repo, "claude")
    place = repo / ".claude" / "settings.json"
    changed = place.read_text().replace("20", "60")
    place.write_text(changed)
    assert setup(repo, "claude")["files"][0] == {"path": ".claude/settings.json", "what": "current"}
    assert place.read_text() == changed


def test_who_may_read_a_file_stays(repo: Path) -> None:
    memory = repo / "CLAUDE.md"
    memory.write_text("# Notes\n")
    memory.chmod(0o600)
    setup(repo, "claude")
    assert stat.S_IMODE(memory.stat().st_mode) == 0o600


def test_half_of_it_is_made_whole(repo: Path) -> None:
    setup(repo, "claude")
    made = files(repo)
    (repo / "CLAUDE.md").unlink()
    assert setup(repo, "claude", "--check", code=1)["state"] == "incomplete"
    setup(repo, "claude")
    assert files(repo) == made


def test_a_block_that_is_shared_goes_with_the_last(repo: Path) -> None:
    setup(repo, "codex")
    alone = files(repo)["AGENTS.md"]
    setup(repo, "cursor")
    setup(repo, "copilot")
    assert files(repo)["AGENTS.md"].count(b"git-ledger: begin codex cursor copilot") == 1
    setup(repo, "cursor", "--remove")
    setup(repo, "copilot", "--remove")
    assert files(repo)["AGENTS.md"] == alone
    setup(repo, "codex", "--remove")
    assert files(repo) == {}


def test_copilot_runs_the_hooks_of_claude_and_gets_none_beside_them(repo: Path) -> None:
    setup(repo, "copilot")
    setup(repo, "claude")
    assert setup(repo, "copilot", "--check", code=1)["state"] == "incomplete"
    said = run_at(repo, "setup", "copilot")
    assert said.out == ".github/hooks/git-ledger.json: removed\nAGENTS.md: current\n"
    assert "copilot runs the hooks of .claude/settings.json too" in said.err
    assert setup(repo, "copilot", "--check")["state"] == "current"
    assert not (repo / ".github").exists()


REFUSED = {
    "comments": '{\n  // mine\n  "model": "m"\n}\n',
    "a comma too many": '{"model": "m",}',
    "no JSON": "model: m\n",
    "empty": "",
    "a list": "[]",
    "hooks that are a list": '{"hooks": []}',
    "an event that is no list": '{"hooks": {"Stop": {}}}',
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_merged_is_left_alone_and_told(text: str, repo: Path) -> None:
    (repo / ".claude").mkdir()
    (repo / ".claude" / "settings.json").write_text(text)
    before = files(repo)
    error = setup(repo, "claude", code=3)["error"]
    assert error["kind"] == "cannot-merge"
    assert error["hooks"] == WRITTEN["claude"][1]["hooks"]
    assert json.loads(error["hint"].partition("by hand: ")[2]) == {"hooks": error["hooks"]}
    assert files(repo) == before
    assert setup(repo, "claude", "--remove")["state"] == "absent"
    assert files(repo) == before


def test_hooks_that_were_put_in_by_hand_are_seen(repo: Path) -> None:
    text = f"{{ // mine\n{json.dumps(WRITTEN['claude'][1])[1:]}"
    (repo / ".claude").mkdir()
    (repo / ".claude" / "settings.json").write_text(text)
    setup(repo, "claude")
    assert setup(repo, "claude", "--check")["state"] == "current"
    assert setup(repo, "claude", "--remove", code=3)["error"]["kind"] == "cannot-merge"
    assert files(repo)[".claude/settings.json"] == text.encode()


def test_a_mark_that_is_missing_stops_it_before_anything_is_written(repo: Path) -> None:
    (repo / "CLAUDE.md").write_text("<!-- git-ledger: begin claude -->\n")
    before = files(repo)
    assert setup(repo, "claude", code=3)["error"]["path"] == "CLAUDE.md"
    assert files(repo) == before


def test_a_link_stays_one(repo: Path) -> None:
    (repo / "shared.md").write_text("# Notes\n")
    (repo / "CLAUDE.md").symlink_to("shared.md")
    setup(repo, "claude")
    assert (repo / "CLAUDE.md").is_symlink()
    assert (repo / "shared.md").read_text() == add_block("# Notes\n", "claude")


@pytest.mark.parametrize("link", ["CLAUDE.md", ".claude"])
def test_a_link_that_leads_nowhere_yet_is_left_as_it_was(link: str, repo: Path) -> None:
    target = repo / "target"
    (repo / link).symlink_to("target")
    if link == ".claude":
        target.mkdir()
    setup(repo, "claude")
    assert target.exists()
    setup(repo, "claude", "--remove")
    assert [one.name for one in repo.iterdir() if one.name != ".git"] == [link]
    assert (repo / link).is_symlink() and not target.is_file()


@pytest.mark.parametrize("place", [".claude/settings.json", "CLAUDE.md", ".claude"])
def test_where_no_file_can_be_it_says_so(place: str, repo: Path) -> None:
    if place == ".claude":
        (repo / place).write_text("")
    else:
        (repo / place).mkdir(parents=True)
    error = setup(repo, "claude", code=3)["error"]
    assert error["kind"] == "cannot-merge" and error["path"].startswith(place)
    checks = json.loads(run_at(repo, "doctor", "--json").out)["checks"]
    assert {"name": "runtimes", "ok": True, "detail": "none is set up"} in checks


def test_it_says_what_else_it_takes(repo: Path) -> None:
    said = run_at(repo, "setup", "codex")
    assert "trusted" in said.err and "no seat is set" in said.err


def test_wrong_words(repo: Path, tmp_path: Path) -> None:
    assert run_at(repo, "setup", "windsurf").err.startswith('error: "windsurf" is no runtime\n')
    assert run_at(repo, "setup", "claude", "--check", "--remove").code == 2
    assert setup(tmp_path, "claude", code=2)["error"]["kind"] == "no-repository"


@pytest.mark.parametrize("name", WRITTEN)
def test_the_command_lets_a_turn_end_with_the_tool_and_without_it(name: str, repo: Path) -> None:
    """As a runtime starts it, by a shell: a missing tool is no failure and no block."""
    tools = Path(sys.executable).parent
    for path in (f"{tools}{os.pathsep}{os.environ['PATH']}", "/usr/bin:/bin"):
        ran = subprocess.run(
            ["sh", "-c", command(name, "stop")],
            cwd=repo,
            input="{}",
            capture_output=True,
            text=True,
            env={**os.environ, "PATH": path},
            check=False,
        )
        assert (ran.returncode, ran.stdout) == (0, "{}\n"), path


def test_said_as_text(repo: Path) -> None:
    told = run_at(repo, "setup", "claude", "--check")
    assert told == Said(1, ".claude/settings.json: would be made\nCLAUDE.md: would be made\n", "")


def test_doctor_says_which_are_set_up(repo: Path) -> None:
    def told() -> tuple[bool, str, str]:
        checks = json.loads(run_at(repo, "doctor", "--json").out)["checks"]
        (one,) = [one for one in checks if one["name"] == "runtimes"]
        return one["ok"], one["detail"], one.get("hint", "")

    (repo / ".gemini").mkdir()
    (repo / ".gemini" / "settings.json").write_text("{} // mine\n")
    assert told() == (True, "none is set up", "")
    setup(repo, "claude")
    setup(repo, "cursor")
    assert told() == (True, "set up: claude, cursor", "")
    (repo / "CLAUDE.md").unlink()
    assert told() == (False, "set up: cursor; in part: claude", "`git ledger setup claude`")
