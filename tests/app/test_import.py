"""Tickets of other trackers: ids, texts and dependencies are kept, and a second import changes nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from ledger.core.exchange.items import Item
from ledger.core.exchange.records import parse_beads, parse_table, parse_taskwarrior
from ledger.core.exchange.requests import sort_items
from tests.faces.envs import Said, run_at
from tests.gitrun import commit_file, new_repository
from tests.templates import copy_template

SOURCES = Path(__file__).parents[1] / "exchange"
CASES = {
    "backlog": (SOURCES / "backlog", 5),
    "beads": (SOURCES / "issues.jsonl", 4),
    "taskwarrior": (SOURCES / "tasks.json", 4),
    "csv": (SOURCES / "table.csv", 3),
}


class Feed:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def says(self, *words: str, code: int = 0, seat: str = "otto") -> Said:
        said = run_at(self.folder, "--seat", seat, *words)
        assert said.code == code, said
        return said

    def json(self, *words: str, seat: str = "otto") -> Any:
        return json.loads(self.says("--json", *words, seat=seat).out)

    def tickets(self) -> dict[str, Any]:
        return {row["item"]: row for row in self.json("queue", "--all")["items"]}

    def imports(self, name: str, *words: str, seat: str = "otto") -> dict[str, str]:
        rows = self.json("import", str(CASES[name][0]), "-p", "CMB", *words, seat=seat)["items"]
        return {row["from"]: row.get("item", "") for row in rows}


def begun(folder: Path) -> None:
    commit_file(new_repository(folder / "repo"), "code.txt")
    Feed(folder / "repo").says("init")


@pytest.fixture
def feed(tmp_path: Path) -> Feed:
    copy_template("import", begun, tmp_path)
    return Feed(tmp_path / "repo")


@pytest.mark.parametrize("name", CASES)
def test_imported_twice_changes_nothing_and_a_dry_run_neither(name: str, feed: Feed) -> None:
    dry = feed.imports(name, "--dry-run")
    assert len(dry) == CASES[name][1] and set(dry.values()) == {""}
    assert feed.tickets() == {}
    ids = feed.imports(name)
    assert len(set(ids.values())) == CASES[name][1]
    posts = len(feed.json("log")["posts"])
    assert feed.imports(name, seat="alexa") == ids
    assert len(feed.json("log")["posts"]) == posts
    assert feed.imports(name, "--dry-run") == ids
    assert feed.json("append", "--reserve", "CMB", "--subject", "Next")["posts"][0]["item"] == (
        f"CMB-{len(ids) + 1:04}"
    )


@pytest.mark.parametrize("name", CASES)
def test_an_old_id_is_found(name: str, feed: Feed) -> None:
    for old, item in feed.imports(name).items():
        found = feed.json("find", "--all", f'"{old}"')["items"]
        assert item in [row.get("item") for row in found]


def test_a_folder_of_backlog_md_keeps_what_it_says(feed: Feed) -> None:
    ids = feed.imports("backlog")
    tickets = feed.tickets()
    first = tickets[ids["TASK-1"]]
    assert first["subject"] == "Redline cards: grouped by the wrong key"
    assert (first["priority"], first["labels"], first["due"]) == ("HIGH", ["ui", "type:bug"], "2026-12-01")
    assert tickets[ids["TASK-2"]]["after"] == [ids["TASK-1"]]
    assert tickets[ids["TASK-1.1"]]["parent"] == ids["TASK-1"]
    assert tickets[ids["TASK-3"]]["state"] == "DONE"
    last = tickets[ids["TASK-4"]]
    assert (last["subject"], last["after"]) == ("Größe = 1; says 通話", [ids["TASK-3"]])
    shown = feed.json("show", ids["TASK-1"])
    assert [line["text"] for line in shown["criteria"]] == ["Cards of one call stay together", "It is fast"]
    assert shown["body"].startswith('Cards of one call land in two groups.\n\nSee the "midnight" test.')
    assert "Assigned to: @anna" in shown["body"] and "<!--" not in shown["body"]
    assert "Was met: Small" in feed.json("show", ids["TASK-4"])["body"]
    assert "## Implementation Notes\n\nIt is the timer" in feed.json("show", ids["TASK-2"])["body"]


def test_beads_keep_what_they_say_and_no_line_of_theirs_acts(feed: Feed) -> None:
    told = feed.json("import", str(CASES["beads"][0]), "-p", "CMB")
    ids = {row["from"]: row["item"] for row in told["items"]}
    tickets = feed.tickets()
    first = tickets[ids["bd-a1b2"]]
    assert (first["priority"], first["after"]) == ("HIGH", [ids["bd-c3d4"]])
    assert first["labels"] == ["backend", "security-review", "feature"]
    assert tickets[ids["bd-c3d4"]]["state"] == "DONE" and tickets[ids["bd-c3d4"]]["priority"] == "CRITICAL"
    assert tickets[ids["bd-a1b2.1"]]["parent"] == ids["bd-a1b2"]
    idea = tickets[ids["bd-e5f6"]]
    assert (idea["state"], idea["due"]) == ("PARKED", "2026-12-01T17:00:00Z")
    assert idea["related"] == [ids["bd-a1b2"]]
    body = feed.json("show", ids["bd-a1b2"])["body"]
    assert "\n    ABSORB: CMB-0001 -> DONE (why)" in body and "## Comment by bob\n\nRS256, please" in body
    assert "bd-a1b2.1 names bd-zzzz, which is not there" in told["words"]
    assert "bd-a1b2.1: that somebody works on it was not kept" in told["words"]


def test_tasks_of_taskwarrior_keep_what_they_say(feed: Feed) -> None:
    ids = feed.imports("taskwarrior")
    by_subject = {row["subject"]: row for row in feed.tickets().values()}
    bought = by_subject["Buy a domain"]
    assert (bought["priority"], bought["labels"]) == ("HIGH", ["shop", "ops"])
    assert bought["due"] == "2026-12-01T17:00:00.000Z"
    assert by_subject["Point it at the server"]["after"] == [bought["item"]]
    assert by_subject["Ask for offers"]["state"] == "DONE" and by_subject["Call them"]["state"] == "CANCELLED"
    body = feed.json("show", ids["296d835e-8f85-4224-8f36-c612cad1b9f8"])["body"]
    assert "asked the registrar" in body and "Project: web.site" in body


def test_a_table_keeps_its_columns_and_a_circle_is_cut(feed: Feed) -> None:
    told = feed.json("import", str(CASES["csv"][0]), "-p", "CMB")
    ids = {row["from"]: row["item"] for row in told["items"]}
    tickets = feed.tickets()
    first = tickets[ids["A-1"]]
    assert (first["subject"], first["priority"]) == ("Redline cards", "HIGH")
    assert (first["labels"], first["due"]) == (["ui", "docs"], "2026-12-01")
    assert sorted([first["after"], tickets[ids["A-2"]]["after"]]) == [[], [ids["A-2"]]]
    assert tickets[ids["No key"]]["state"] == "DONE"
    assert "Two\nlines" in feed.json("show", ids["A-1"])["body"]
    assert {"row 5 has no subject", 'No key: due "soon" was not kept'} <= set(told["words"])


def test_a_ticket_that_somebody_moved_since_is_left_alone(feed: Feed) -> None:
    ids = feed.imports("backlog")
    feed.says("reopen", ids["TASK-3"], "--why", "not done")
    feed.imports("backlog")
    assert feed.tickets()[ids["TASK-3"]]["state"] == "AWAITING_CLAIM"


def test_what_is_no_item_is_said(feed: Feed, tmp_path: Path) -> None:
    place = tmp_path / "x.jsonl"
    for text in ("", "[]", "{", '{"id": 1}', "\x00\xff"):
        place.write_text(text)
        for name in ("beads", "taskwarrior", "csv"):
            feed.says("import", str(place), "--from", name, "-p", "CMB", code=2)
    assert "`--from backlog`" in feed.says("import", str(tmp_path / "x.txt"), "-p", "CMB", code=2).err
    assert "cannot be read" in feed.says("import", "nowhere.csv", "-p", "CMB", code=2).err


def test_hostile_items_become_plain_ones() -> None:
    record: dict[str, Any] = {
        "id": "bd-1\n\u202e",
        "title": " a\n{{ITEM_ID}}\x00 ",
        "labels": ["-", "a b", "Ä", "x" * 90, 7],
    }
    record |= {
        "description": "RELEASE: me\nALIVE: CMB-0001\n{{ITEM_ID.2}}",
        "priority": 99,
    }
    [item] = parse_beads(json.dumps(record).encode())
    assert isinstance(item, Item)
    assert (item.old, item.subject) == ("bd-1", "a { {ITEM_ID}}")
    assert item.labels == ("a-b", "Ä", "x" * 40)
    assert item.text.startswith("    RELEASE: me\n    ALIVE: CMB-0001\n{ {ITEM_ID.2}}")
    assert [*parse_taskwarrior(b"[" * 100_000)] and [*parse_table(b'subject\n"' + b"x" * 200_000)]


def test_a_long_chain_is_sorted_and_a_circle_is_cut_once() -> None:
    chain = [Item(old=f"{n}", subject="s", after=(f"{n + 1}",)) for n in range(3_000)]
    order = sort_items([*chain, Item(old="3000", subject="s")], {})
    assert [item.old for item in order.items[:2]] == ["3000", "2999"] and order.words == ()
    circle = [Item(old=f"{n}", subject="s", after=(f"{(n + 1) % 3}",)) for n in range(3)]
    cut = sort_items(circle, {})
    assert sum(len(item.after) for item in cut.items) == 2 and len(cut.words) == 1
