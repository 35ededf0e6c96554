"""The faces under fuzz: commands beside a hostile feed or hostile settings, hooks, tools, pushes."""

import io
import json
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from typing import Any

import anyio
from mcp import Client

from ledger.app.guard.index import build_index, open_guard_store
from ledger.app.guard.receive import judge_push, read_updates
from ledger.app.ledger import GlobalOptions, open_ledger
from ledger.core.errors import LedgerError
from ledger.faces.cli.main import run
from ledger.faces.context import Context, make_effects
from ledger.faces.hook import answer_hook
from ledger.faces.mcp.tools import make_server
from ledger.faces.receive import judge_stdin
from ledger.faces.runtimes import RUNTIMES
from ledger.store.git.bare import open_bare
from tests.faces.envs import env_at
from tests.feeds import feed
from tests.fuzz.boards import make_feed, split_files
from tests.fuzz.mutation import encode, mutate_bytes, mutate_json, mutate_text, pick_word
from tests.fuzz.reader import Probe, Reader, assert_shown_clean
from tests.fuzz.seeds import gallery_feeds
from tests.gitrun import commit_file, git, new_repository, new_server

BUG = 70
READING = tuple(
    line.split()
    for line in (
        *("queue", "log", "drift", "check --all --json", "stats --gates", "turn open"),
        *("show CMB-0001", "show CMB-0036 --json"),
    )
)


def land(repo: Path, branch: str, files: Mapping[str, bytes], after: str = "") -> bool:
    """Let a branch hold these files alone, in a commit `after` another; False where git refuses a name."""
    stream = b"commit refs/heads/%s\ncommitter A <a@x> 1 +0000\ndata 1\nx\n" % branch.encode()
    stream += b"from %s\n" % after.encode() if after else b""
    stream += b"deleteall\n"
    for path, data in files.items():
        quoted = "".join(f"\\{byte:03o}" for byte in path.encode("utf-8", "surrogateescape"))
        stream += b'M 100644 inline "%s"\ndata %d\n%s\n' % (quoted.encode(), len(data), data)
    words = ["git", "fast-import", "--quiet", "--force"]
    return subprocess.run(words, cwd=repo, input=stream, capture_output=True).returncode == 0


def run_clean(env: Context, *words: str) -> int:
    """Run a command, which ends in order and shows nothing hidden; gives its exit code."""
    code = run(words, env)
    assert isinstance(env.out, io.StringIO) and isinstance(env.err, io.StringIO)
    assert code != BUG, env.err.getvalue()[-2000:]
    for text in (env.out.getvalue(), env.err.getvalue()):
        assert_shown_clean(text)
    return code


# Commands beside a feed that somebody landed past every hook


def open_landed(folder: Path) -> Probe:
    repo = new_repository(folder / "repo")
    commit_file(repo, "code.txt")
    git(repo, "config", "ledger.branch", "ledger")

    def probe(given: bytes) -> None:
        if not land(repo, "ledger", split_files(given)):
            return
        shutil.rmtree(repo / ".git" / "refs" / "ledger", ignore_errors=True)  # what was seen of the last one
        for words in READING:
            run_clean(env_at(repo), "--seat", "CAMBER-01", *words)

    return probe


# Settings of git


def make_config(dice: Random) -> bytes:
    values = (
        "otto",
        "main",
        "ledger",
        "origin",
        "/tmp/pool",
        "~/pool",
        "3",
        "true",
        "99999999999",
        "9" * 5000,
    )
    names = ("seat", "branch", "remote", "pool", "pool.size", "command", "path")
    lines = []
    for _ in range(dice.randrange(1, 5)):
        name = dice.choice(names)
        section, _, key = name.rpartition(".")
        head = f'[ledger "{section}"]' if section else "[ledger]"
        value = dice.choice(values) if dice.randrange(2) else pick_word(dice)
        quoted = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        lines.append(f'{head}\n\t{key} = "{quoted}"\n')
    return encode(dice, "".join(lines))


def open_config(folder: Path) -> Probe:
    repo = new_repository(folder / "repo")
    commit_file(repo, "code.txt")
    land(repo, "ledger", gallery_feeds()[0])
    config = repo / ".git" / "config"
    before = config.read_bytes()

    def probe(given: bytes) -> None:
        config.write_bytes(before + given)
        for words in (("queue",), ("turn", "open", "--json"), ("pool", "list"), ("doctor",)):
            run_clean(env_at(repo), *words)

    return probe


# What runtimes give their hooks: the runtime and event on the first line, then stdin


def make_hook(dice: Random) -> bytes:
    given = {
        "session_id": "s",
        "conversation_id": "s",
        "cwd": ".",
        "workspace_roots": ["."],
        "source": "startup",
        "status": "completed",
        "stop_hook_active": False,
    }
    words = f"{dice.choice(RUNTIMES)} {dice.choice(('start', 'stop', 'tool'))}\n"
    return words.encode() + mutate_json(dice, given)


def open_hook(folder: Path) -> Probe:
    repo = new_repository(folder / "repo")
    land(repo, "ledger", gallery_feeds()[0])

    def probe(given: bytes) -> None:
        head, _, stdin = given.partition(b"\n")
        env = env_at(repo, stdin)
        with suppress(LedgerError):
            assert answer_hook(head.decode("ascii", "replace").split(), env, repo, "CAMBER-01") == 0
            assert isinstance(env.out, io.StringIO)
            assert isinstance(json.loads(env.out.getvalue()), dict)
            assert_shown_clean(env.out.getvalue())

    return probe


# Tools of agents: `{"tool": …, "arguments": …}`

CALLS: tuple[dict[str, Any], ...] = (
    {"tool": "queue", "arguments": {"lane": "camber"}},
    {"tool": "show", "arguments": {"item": "CMB-0001"}},
    {"tool": "reserve_and_file", "arguments": {"prefix": "CMB", "subject": "s", "after": ["CMB-0001"]}},
    {"tool": "claim", "arguments": {"item": "CMB-0001", "branch": "b", "worktree": "w"}},
    {"tool": "move", "arguments": {"item": "CMB-0001", "to": "block", "why": "w", "on": ["CMB-0002"]}},
    {"tool": "rule", "arguments": {"on": ["CMB-0001"], "absorb": ["CMB-0001 -> DONE (why)"]}},
    {"tool": "confirm", "arguments": {"item": "CMB-0001"}},
    {"tool": "turn_close", "arguments": {"claim": True}},
)


def make_call(dice: Random) -> bytes:
    call = dict(dice.choice(CALLS))
    arguments = dict(call["arguments"])
    for name in arguments:
        if dice.randrange(2):
            word = pick_word(dice)
            arguments[name] = [word] if isinstance(arguments[name], list) and dice.randrange(4) else word
    return json.dumps(call | {"arguments": arguments}).encode()


def open_call(folder: Path) -> Probe:
    repo = new_repository(folder / "repo")
    land(repo, "ledger", gallery_feeds()[0])
    server = make_server(lambda: open_ledger(GlobalOptions(repo, "CAMBER-01"), make_effects()), "0")

    async def call(record: dict[str, Any]) -> str:
        async with Client(server) as client:
            answer = await client.call_tool(record["tool"], record["arguments"])
        return json.dumps(answer.model_dump(mode="json"), ensure_ascii=False)

    def probe(given: bytes) -> None:
        try:
            record = json.loads(given)
        except ValueError:
            return  # the protocol's own reader stands before the tools
        text = anyio.run(call, record)
        assert "Traceback" not in text and "Internal error" not in text, text

    return probe


# Lines of pre-receive, with A, B and C for commits that are there


def make_updates(dice: Random) -> bytes:
    refs = ("refs/heads/ledger", "refs/reserve/CMB/tip", "refs/reserve/CMB/1", "refs/heads/LEDGER")
    oids = ("A", "B", "C", "0" * 40, "f" * 40)
    count = dice.randrange(1, 4)
    lines = [f"{dice.choice(oids)} {dice.choice(oids)} {dice.choice(refs)}" for _ in range(count)]
    if dice.randrange(2):
        place = dice.randrange(len(lines))
        old, new, ref = lines[place].split(" ")
        lines[place] = f"{old} {new} {mutate_text(dice, ref).replace(chr(10), '').replace(chr(0), '')}"
    return "\n".join([*lines, ""]).encode("utf-8", "surrogatepass")


def _server(folder: Path) -> tuple[Path, list[str]]:
    """A bare repository with three commits of a feed, the first of which has landed."""
    server = new_server(folder / "server.git")
    files = sorted(
        feed("08:00 A opens CMB-0001: one\n08:01 B notes CMB-0001: x\n08:02 B claims CMB-0001").files.items()
    )
    commits: list[str] = []
    for count in (len(files) - 1, len(files), 1):
        assert land(server, "ledger", dict(files[:count]), commits[-1] if commits else "")
        commits.append(git(server, "rev-parse", "refs/heads/ledger"))
    git(server, "update-ref", "refs/heads/ledger", commits[0])
    return server, commits


def open_updates(folder: Path) -> Probe:
    server, commits = _server(folder)

    def probe(given: bytes) -> None:
        for letter, commit in zip((b"A ", b"B ", b"C "), commits, strict=True):
            given = given.replace(letter, commit.encode() + b" ")
        with suppress(LedgerError):  # a push that cannot be judged is refused
            _, told = judge_stdin(env_at(server, given), "ledger")
            assert_shown_clean(told)

    return probe


# The guard's index


def make_index(dice: Random) -> bytes:
    """Statements that damage an index, or bytes that take its place."""
    values = (
        "NULL",
        "''",
        "'x'",
        "x'ff'",
        "-1",
        "1e400",
        "9223372036854775807",
        "'{}'",
        "'[1]'",
        "'{\"id\":1}'",
    )
    table = dice.choice(
        ("posts", "tickets", "seats", "events", "posts_links", "tickets_links", "lows", "meta")
    )
    keyed = dice.choice(("posts", "tickets", "seats", "lifts", "newest_challenges", "unplaced"))
    statements = (
        *[f"UPDATE {keyed} SET record = {dice.choice(values)}"] * 4,
        f"UPDATE posts SET place = place + {dice.choice(('1', '0.5', '-1'))}",
        f"UPDATE events SET state = {dice.choice(values)}",
        f"UPDATE meta SET value = {dice.choice(values)} WHERE name = 'order'",
        f"DROP TABLE {table}",
        f"ALTER TABLE {keyed} RENAME COLUMN record TO other",
        "CREATE VIEW more AS SELECT 1",
    )
    if dice.randrange(3):
        return b"SQL " + dice.choice(statements).encode()
    return mutate_bytes(dice, b"SQLite format 3\0")


def open_index(folder: Path) -> Probe:
    """A push is judged beside a damaged index as it is without one."""
    server, (first, second, _) = _server(folder)
    updates = read_updates(f"{first} {second} refs/heads/ledger\n".encode())
    build_index(open_guard_store(open_bare(server), "ledger"), lambda count: None, make_effects().now())
    place = server / "ledger" / "index.db"
    name, whole = place.readlink(), place.read_bytes()

    def judge() -> object:
        return judge_push(server, "ledger", updates, None, make_effects().now()).refusals

    expected = judge()
    assert expected == (), expected

    def probe(given: bytes) -> None:
        place.unlink(missing_ok=True)
        place.symlink_to(name)
        place.write_bytes(whole)
        if given.startswith(b"SQL "):
            with suppress(sqlite3.Error), closing(sqlite3.connect(place)) as db, db:
                db.execute(given[4:].decode())
        else:
            place.write_bytes(given)
        judge()
        place.unlink(missing_ok=True)
        assert judge() == expected

    return probe


READERS: tuple[Reader, ...] = (
    Reader("landed", make_feed, open_landed, 4),
    Reader("config", make_config, open_config, 8),
    Reader("hook", make_hook, open_hook, 25),
    Reader("call", make_call, open_call, 15),
    Reader("updates", make_updates, open_updates, 12),
    Reader("index", make_index, open_index, 12),
)
