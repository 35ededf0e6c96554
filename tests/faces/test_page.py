"""The pages of the board, asked for as a browser asks, of real repositories."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from scene.repository import make_clone, make_remote
from starlette.testclient import TestClient

from ledger.app.ledger import GlobalOptions, Ledger, open_ledger, reopen_ledger
from ledger.app.read.overview import read_overview
from ledger.faces.context import make_effects
from ledger.faces.page.app import HEADERS, OVERVIEW_ROWS, PAGE_ROWS, make_app
from ledger.faces.page.live import LiveFeed
from ledger.faces.page.news import News
from tests.fleet import Seat, fleet, standing

HOST = "127.0.0.1:8737"
END = datetime(2026, 11, 20, 18, tzinfo=UTC)
"""When the story of the scene ends."""


class Viewer:
    """A browser without JavaScript at a board, and the board itself."""

    def __init__(self, place: Path) -> None:
        world = make_effects()
        options = GlobalOptions(place)

        def opened() -> Ledger:
            return open_ledger(options, world)

        self.feed = LiveFeed(lambda: reopen_ledger(options, world), read_overview(opened()))
        app = make_app(self.feed, News(), "fleet", [HOST, "localhost:8737"], world)
        self.client = TestClient(app, base_url=f"http://{HOST}", follow_redirects=False)

    def reads(self, path: str, code: int = 200) -> str:
        """The page at a path."""
        answer = self.client.get(path)
        assert answer.status_code == code, answer.text
        return answer.text

    def sees(self, path: str, code: int = 200) -> str:
        """The words of the page at a path, as one line."""
        return " ".join(re.sub(r"<[^>]*>", " ", self.reads(path, code)).split())


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of the scene, which no test changes."""
    folder = tmp_path_factory.mktemp("scene")
    return make_clone(make_remote(folder, END), folder / "clone")


@pytest.fixture
def viewer(scene: Path) -> Iterator[Viewer]:
    viewer = Viewer(scene)
    with viewer.client:
        yield viewer


@pytest.fixture
def seat(tmp_path: Path) -> Seat:
    return standing(_built, tmp_path)[0]


def _built(folder: Path) -> list[Seat]:
    [seat] = fleet(folder, "otto", branch=None)
    seat.ok("init")
    return [seat]


PATHS = (
    "/",
    "/?state=DONE",
    "/ticket/EDT-0001",
    "/seats",
    "/seat/otto",
    "/day/2026-11-20",
    "/findings",
    "/nowhere",
)


# Who may ask


@pytest.mark.parametrize("path", [*PATHS, "/assets/board.css", "/assets/none"])
def test_every_answer_carries_the_headers_that_protect_it(path: str, viewer: Viewer) -> None:
    answer = viewer.client.get(path)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8737", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:8737.evil.example", ""],
)
def test_a_foreign_host_name_is_refused(host: str, viewer: Viewer) -> None:
    answer = viewer.client.get("/", headers={"Host": host})
    assert (answer.status_code, "EDT-0001" in answer.text) == (421, False)


def test_the_names_of_this_machine_are_answered(viewer: Viewer) -> None:
    for host in (HOST, "localhost:8737", "LOCALHOST:8737"):
        assert viewer.client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_nothing_but_looking_is_allowed(method: str, viewer: Viewer) -> None:
    answer = viewer.client.request(method, "/")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_head_answers_as_get_without_the_page(viewer: Viewer) -> None:
    answer = viewer.client.head("/")
    assert (answer.status_code, answer.text) == (200, "")


def test_a_page_loads_and_runs_nothing_but_its_own_files(viewer: Viewer) -> None:
    for path in PATHS:
        page = viewer.client.get(path).text
        loaded = re.findall(r'<(?:script|link|img|iframe)[^>]*?(?:src|href)="([^"]*)"', page)
        assert set(loaded) == {"/assets/icon.svg", "/assets/board.css", "/assets/board.js"}, path
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! src)", page), path
    for name in ("board.css", "board.js", "icon.svg"):
        asset = viewer.client.get(f"/assets/{name}")
        assert asset.status_code == 200
        assert not re.search(r"(?:url\(|import|src=|fetch\()\s*['\"]?https?:", asset.text)


# What pages show


def test_the_queue_shows_each_open_ticket_once_by_state_with_what_is_odd(viewer: Viewer) -> None:
    page = viewer.reads("/")
    assert re.findall(r"<h2 id=\"h-(\w+)\"", page) == ["claimed", "awaiting_claim", "blocked", "parked"]
    rows = re.findall(r'data-row="([^"]+)"', page)
    assert len(rows) == len(set(rows)) == 13
    words = viewer.sees("/")
    assert "EDT-0001 Large files open slowly" in words
    assert "after SYN-0002 (blocked) , SYN-0004 (claimed)" in words
    assert "waits for “ a laptop to test on ”" in words
    assert "Collision marlow filed the same number: “ Printing cuts the last line of a page ”" in words


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        pytest.param("state=BLOCKED", {"SYN-0002"}, id="state"),
        pytest.param("state=PARKED&state=BLOCKED", {"SYN-0002", "SYN-0005"}, id="two states"),
        pytest.param("lane=docs", {"DOC-0002", "DOC-0003"}, id="lane"),
        pytest.param("priority=LOW", {"SYN-0007"}, id="priority"),
        pytest.param("seat=quill", {"EDT-0006"}, id="seat"),
        pytest.param("words=FILE", {"EDT-0001", "EDT-0009"}, id="words in any case"),
        pytest.param("words=syn-0002", {"SYN-0002"}, id="words in the id"),
        pytest.param("odd=1", {"EDT-0008"}, id="odd"),
        pytest.param("lane=docs&priority=HIGH", set(), id="all at once"),
        pytest.param("state=CANCELLED", set(), id="none"),
        pytest.param("state=NOTHING&priority=&page=x&lane=docs", {"DOC-0002", "DOC-0003"}, id="nonsense"),
    ],
)
def test_the_address_filters_the_queue(query: str, shown: set[str], viewer: Viewer) -> None:
    assert {*re.findall(r'data-row="([^"]+)"', viewer.reads(f"/?{query}"))} == shown


def test_closed_tickets_are_shown_when_asked_for_the_newest_first(viewer: Viewer) -> None:
    rows = re.findall(r'data-row="([^"]+)"', viewer.reads("/?state=DONE"))
    assert rows[:2] == ["EDT-0004", "EDT-0005"] and len(rows) == 8


def test_a_ticket_shows_its_text_rulings_history_and_dependencies(viewer: Viewer) -> None:
    page, words = viewer.reads("/ticket/EDT-0001"), viewer.sees("/ticket/EDT-0001")
    assert "<strong>40 MB</strong>" in page and "<code>reflow()</code>" in page
    assert "camber note" in words and "Nine seconds are one." in words
    assert '<a href="/ticket/EDT-0009">' in page and ">Open the last file where i…</text>" in page
    ruled = viewer.sees("/ticket/EDT-0004")
    assert "strat ruled" in ruled and "People align numbers with tabs, not words." in ruled


def test_a_seat_shows_what_it_holds_and_did(viewer: Viewer) -> None:
    words = viewer.sees("/seat/otto")
    assert "Holds 1" in words and "EDT-0010" in words
    assert "EDT-0004" in words and "Newest posts" in words


def test_the_seats_are_listed_with_what_they_hold(viewer: Viewer) -> None:
    rows = re.findall(r'data-row="([^"]+)"', viewer.reads("/seats"))
    assert rows[:2] == ["camber", "otto"] and len(rows) == 9


def test_a_day_is_a_picture_and_tables(viewer: Viewer) -> None:
    page = viewer.reads("/day/2026-11-20")
    assert 'aria-label="EDT-0001, camber, 00:00 to ' in page
    assert page.count('class="area ') == 3
    assert 'rel="prev" href="/day/2026-11-19"' in page
    assert "EDT-0002" in viewer.sees("/day/2026-11-19")


def test_findings_are_those_of_drift(viewer: Viewer) -> None:
    page = viewer.sees("/findings")
    assert "double-opening 1" in page and "EDT-0008 was opened by otto already" in page
    assert "unverified" not in page


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/ticket/EDT-0999", "there is no ticket EDT-0999"),
        ("/ticket/%3Cb%3E", "is no ticket"),
        ("/ticket/..%2f..%2fetc", "There is no page"),
        ("/seat/nobody", "no seat nobody ever posted"),
        ("/seat/%2e%2e", "is no seat"),
        ("/day/2026-13-01", "is no day"),
        ("/day/9999-12-31", "is no day"),
        ("/assets/../pages.py", "There is no page"),
        ("/nowhere", "There is no page"),
    ],
)
def test_what_is_not_there_is_told_with_404(path: str, told: str, viewer: Viewer) -> None:
    assert told in viewer.sees(path, 404)


def test_labels_criteria_and_due_times_are_shown_and_filtered(seat: Seat) -> None:
    fields = ("--label", "Web", "--label", "bug", "--due", "2020-01-01", "--criterion", "It works")
    seat.files("CMB", "Late", *fields)
    seat.files("CMB", "Other")
    viewer = Viewer(seat.path)
    for path in ("/?label=web", "/?label=bug&label=Web", "/?odd=1"):
        words = viewer.sees(path)
        assert "CMB-0001 Late" in words and "CMB-0002" not in words
        assert "Overdue it was due 2020-01-01" in words and "0 of 1 criteria met" in words
    assert "open: It works" in viewer.sees("/ticket/CMB-0001")


# Much, and bad


def test_many_tickets_are_shown_in_pages(tmp_path: Path) -> None:
    [seat] = standing(_built, tmp_path)
    batch = "".join(f"---\nreserve: CMB\nsubject: ticket {n}\n" for n in range(PAGE_ROWS + 30))
    seat.ok("append", "--batch", "-", stdin=batch.encode())
    viewer = Viewer(seat.path)
    page = viewer.reads("/")
    assert len(re.findall(r"data-row=", page)) == OVERVIEW_ROWS
    assert f'href="/?state=AWAITING_CLAIM">All {PAGE_ROWS + 30} that are awaiting claim' in page
    first, second = (viewer.reads(f"/?state=AWAITING_CLAIM&page={n}") for n in (1, 2))
    assert [len(re.findall(r"data-row=", text)) for text in (first, second)] == [PAGE_ROWS, 30]
    assert 'rel="next" href="/?state=AWAITING_CLAIM&amp;page=2"' in first
    for page_number in ("0", "-1", "99999999999999999999", "3"):
        assert "data-row=" in viewer.reads(f"/?state=AWAITING_CLAIM&page={page_number}")


HOSTILE = "</title><script>alert(1)</script>\u202e\u200b\x1b[31m<img src=x onerror=alert(1)> " + "a" * 300


def test_hostile_words_stay_words_on_every_page(tmp_path: Path) -> None:
    [seat] = fleet(tmp_path, "otto")
    subject = HOSTILE.replace("\x1b", "")  # which no header holds
    seat.writes(HOSTILE, item="CMB-0001", state="AWAITING_CLAIM", subject=subject, lane="<b>\"'&")
    seat.writes(
        HOSTILE, item="CMB-0002", state="BLOCKED", subject="s", blocked_on=("<i>words</i>", "CMB-0001")
    )
    seat.forces()
    seat.ok("claim", "CMB-0001", "--branch", "<script>alert(2)</script>")
    note = "[x](javascript:alert(1)) <script>alert(3)</script> ![](https://evil.example/p.png)"
    seat.ok("note", "CMB-0001", note)
    viewer = Viewer(seat.path)
    assert "\\u202e" in viewer.sees("/") and "\\x1b" in viewer.sees("/ticket/CMB-0001")
    paths = ("/", "/ticket/CMB-0001", "/ticket/CMB-0002", "/seat/otto", "/seats", "/day", "/findings")
    for path in (*paths, "/?words=<script>&lane=<b>"):
        page = viewer.reads(path)
        assert not re.search(r"<script(?! src=\"/assets/board.js\" defer)", page), path
        assert not re.search(r"<(?:img|i|b)[ >]", page), path
        assert not re.search(r"href=\"(?!/|https://|#)", page), path
        assert "\u202e" not in page and "\x1b" not in page and "\u200b" not in page, path


def test_links_of_a_text_lead_away_without_a_trace(seat: Seat) -> None:
    seat.ok(
        "append", "--reserve", "CMB", "--subject", "s", "--body", "[a](https://a.example) <https://b.example>"
    )
    found = re.findall(
        r'<a href="(https[^"]*)"[^>]*rel="([^"]*)"', Viewer(seat.path).reads("/ticket/CMB-0001")
    )
    assert found == [(f"https://{name}.example", "noopener noreferrer nofollow") for name in "ab"]


def test_a_feed_without_posts_has_pages_too(seat: Seat) -> None:
    viewer = Viewer(seat.path)
    assert "Nothing is open." in viewer.sees("/")
    assert "No seat has posted." in viewer.sees("/seats")
    assert "Nothing has drifted." in viewer.sees("/findings")
    viewer.reads("/day")


class _Outline(HTMLParser):
    """Headings, landmarks, and what lacks a name."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.ids += [value for name, value in attrs if name == "id" and value]
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))


def test_every_page_has_one_heading_landmarks_and_no_id_twice(viewer: Viewer) -> None:
    for path in PATHS:
        outline = _Outline(viewer.client.get(path).text)
        assert outline.levels.count(1) == 1 and outline.levels[0] == 1, path
        assert {"header", "nav", "main", "footer"} <= {*outline.tags}, path
        assert len(outline.ids) == len({*outline.ids}), path


# News


def test_a_post_of_another_process_is_there_after_the_next_reading(seat: Seat) -> None:
    viewer = Viewer(seat.path)
    before = viewer.feed.state.version
    assert "Nothing is open." in viewer.sees("/")
    seat.files("CMB", "News")
    assert "Nothing is open." in viewer.sees("/")
    viewer.feed.refresh()
    assert "CMB-0001 News" in viewer.sees("/") and viewer.feed.state.version != before


def test_a_reading_without_news_announces_nothing(seat: Seat) -> None:
    viewer = Viewer(seat.path)
    announced: list[str] = []
    viewer.feed.announce = lambda: announced.append(viewer.feed.state.version)
    viewer.feed.refresh()
    assert announced == []
    seat.files("CMB", "News")
    viewer.feed.refresh()
    viewer.feed.refresh()
    assert announced == [viewer.feed.state.version]


def test_a_remote_that_is_away_is_told_and_what_was_read_stays(seat: Seat) -> None:
    seat.files("CMB", "Kept")
    viewer = Viewer(seat.path)
    remote = Path(seat.git("remote", "get-url", "origin"))
    remote.rename(remote.with_suffix(".away"))
    viewer.feed.refresh()
    words = viewer.sees("/")
    assert "this is as it was read last" in words and "CMB-0001 Kept" in words
    remote.with_suffix(".away").rename(remote)
    viewer.feed.refresh()
    assert "this is as it was read last" not in viewer.sees("/")


# The command


def test_without_its_libraries_the_command_says_what_to_install(seat: Seat) -> None:
    program = (
        "import sys; sys.modules['starlette'] = None; sys.argv[1:] = ['board']\n"
        "from ledger.__main__ import main; sys.exit(main())"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=seat.path, capture_output=True, text=True)
    assert ran.returncode == 2
    assert 'the package "starlette" is not installed' in ran.stderr
    assert "hint: `pip install 'git-ledger[board]'`" in ran.stderr


def test_a_port_that_is_none_is_told(seat: Seat) -> None:
    assert seat.refused("board", "--port", "70000")["message"] == '"70000" is no port'


def test_a_port_that_is_taken_is_told(seat: Seat) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        error = seat.refused("board", "--port", str(taken.getsockname()[1]))
    assert (error["exit"], error["kind"]) == (2, "usage")
    assert error["hint"] == "`git ledger board --port 0` takes one that is free"
