"""The board in a real Chromium: news, keys, narrow and dark, without JavaScript, hostile words, axe-core.

Needs Chromium (Debian: `chromium`) and axe-core (npm), whose file AXE_CORE names; `.ci/run` installs both.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from scene.browser import Browser, Page, find_chromium, open_browser
from scene.repository import make_clone, make_remote

from ledger.core.moments import format_age
from tests.faces.test_page_server import served
from tests.fleet import Seat, fleet

pytestmark = pytest.mark.slow
AXE = Path(os.environ.get("AXE_CORE", "/usr/share/javascript/axe-core/axe.min.js"))
CI = "CI" in os.environ
"""There nothing may be left out."""
PATHS = (
    *("", "?state=DONE", "?state=BLOCKED&words=nothing", "ticket/EDT-0001", "ticket/EDT-0004", "seats"),
    *("seat/otto", "day", "findings", "nowhere"),
)
WIDTHS = {"narrow": 400, "wide": 1280}
HOSTILE = (
    "<script>window.hacked=1</script><img src=x onerror=window.hacked=1> \u05e2\u05d1\u05e8 " + "w" * 10_000
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if find_chromium() is None and not CI:
        pytest.skip("there is no Chromium here (Debian: apt-get install chromium)")
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def axe() -> str:
    if not AXE.is_file() and not CI:
        pytest.skip("there is no axe-core here (npm install axe-core; AXE_CORE=…/axe-core/axe.min.js)")
    return AXE.read_text()


@pytest.fixture
def seat(tmp_path: Path) -> Seat:
    """A clone of the scene."""
    remote = make_remote(tmp_path, datetime.now(UTC))
    return Seat("harbor", make_clone(remote, tmp_path / "clone"))


def find_violations(page: Page, axe: str) -> list[str]:
    """What axe-core finds: each rule, and the first element that breaks it."""
    page.run(axe)
    found = page.run(
        "axe.run(document, {resultTypes: ['violations'], preload: false}).then(found => found.violations)"
    )
    return [f"{one['id']}: {one['nodes'][0]['html']} {one['nodes'][0]['failureSummary']}" for one in found]


def rows(page: Page) -> list[str]:
    return [
        str(row) for row in page.run("[...document.querySelectorAll('[data-row]')].map(r => r.dataset.row)")
    ]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_on_any_page_and_none_complains(
    dark: bool, width: str, browser: Browser, axe: str, seat: Seat
) -> None:
    with served(seat) as (_, address), browser.open_page(WIDTHS[width], dark=dark) as page:
        for path in PATHS:
            page.go(address + path)
            page.wait_until("document.querySelector('.live-mark')")
            assert find_violations(page, axe) == [], path
            assert page.run("document.documentElement.scrollWidth") <= WIDTHS[width], path
            complaints = page.take_complaints()
            assert [words for words in complaints if "404" not in words] == [], path
            assert bool(complaints) == (path == "nowhere")


def test_a_post_of_another_process_appears_and_is_marked(browser: Browser, seat: Seat) -> None:
    with served(seat) as (_, address), browser.open_page() as page:
        page.go(address)
        page.wait_until("document.querySelector('.live-mark')?.textContent === 'live'")
        before = rows(page)
        page.run("document.querySelector('[data-row=\"EDT-0009\"] a').focus()")
        seat.ok("append", "--reserve", "DOC", "--subject", "News of now")
        page.wait_until("document.querySelector('[data-row=\"DOC-0004\"].moved')")
        assert {*rows(page)} - {*before} == {"DOC-0004"}
        assert page.run("document.querySelectorAll('.moved').length") == 1
        assert page.run("document.activeElement?.closest('[data-row]').dataset.row") == "EDT-0009"
        seat.ok("cancel", "DOC-0004", "--why", "not needed")
        page.wait_until("!document.querySelector('[data-row=\"DOC-0004\"]')")


def test_a_server_that_is_gone_is_told_by_more_than_a_colour(browser: Browser, seat: Seat) -> None:
    with browser.open_page() as page:
        with served(seat) as (_, address):
            page.go(address)
            page.wait_until("document.querySelector('.live-mark')?.textContent === 'live'")
        page.wait_until("document.querySelector('.live-mark').textContent === 'no connection'")


def test_the_script_tells_ages_as_the_server_does(browser: Browser, seat: Seat) -> None:
    seconds = [
        n * size for size in (1, 60, 3600, 86_400) for n in (0, 1, 2, 13, 14, 59, 69, 70, 364, 365, 800)
    ]
    with served(seat) as (_, address), browser.open_page() as page:
        page.go(address)
        told = page.run(f"{seconds}.map(describeAge)")
    assert told == [format_age(timedelta(seconds=length)) for length in seconds]


def test_keys_go_through_the_rows(browser: Browser, seat: Seat) -> None:
    here = "document.activeElement?.closest('[data-row]')?.dataset.row"
    with served(seat) as (_, address), browser.open_page() as page:
        page.go(address)
        first, second, *_ = rows(page)
        for key, row in (("j", first), ("j", second), ("k", first), ("k", first)):
            page.press(key)
            assert page.run(here) == row
        page.press("/")
        assert page.run("document.activeElement.id") == "words"
        page.press("j")
        assert page.run("document.activeElement.value") == "j"
        page.go(address)
        page.press("?")
        assert page.run("document.getElementById('keys').open")
        page.press("Escape")
        page.wait_until("!document.getElementById('keys').open")
        page.press("j")
        page.press("Enter")
        page.wait_until(f"location.pathname === '/ticket/{first}' && document.readyState === 'complete'")
        page.run("document.getElementById('keys-on').click()")
        page.go(address)
        page.press("j")
        assert page.run(here) is None  # they were switched off


def test_without_javascript_everything_is_there(browser: Browser, seat: Seat) -> None:
    with served(seat) as (_, address), browser.open_page(script=False) as page:
        for path in PATHS:
            page.go(address + path)
            assert page.run("document.querySelector('h1').textContent.trim()")
            assert page.run("document.querySelector('.live-mark')") is None
        page.go(address)
        assert len(rows(page)) == 13
        assert page.run("document.querySelector('td time').textContent").split()[1] in ("min", "h", "s")
        page.run("document.getElementById('words').focus()")
        for key in "undo":
            page.press(key)
        page.press("Enter")
        page.wait_until("location.search.includes('words=undo') && document.readyState === 'complete'")
        assert rows(page) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_hostile_words_run_nothing_and_break_no_page(width: str, browser: Browser, tmp_path: Path) -> None:
    [seat] = fleet(tmp_path, "otto")
    seat.writes(HOSTILE, item="CMB-0001", state="AWAITING_CLAIM", subject=HOSTILE)
    waits = (HOSTILE, "CMB-0001")
    seat.writes("\u202e\x1b[31m\u200b", item="CMB-0002", state="BLOCKED", subject="s", blocked_on=waits)
    seat.forces()
    with served(seat) as (_, address), browser.open_page(WIDTHS[width]) as page:
        for path in (
            "",
            "ticket/CMB-0001",
            "ticket/CMB-0002",
            "seat/otto",
            "findings",
            "?words=%3Cscript%3E",
        ):
            page.go(address + path)
            page.wait_until("document.querySelector('.live-mark')")
            assert page.run("window.hacked") is None, path
            assert page.run("document.querySelectorAll('main script, main img').length") == 0, path
            assert page.run("document.documentElement.scrollWidth") <= WIDTHS[width], path
            assert page.take_complaints() == [], path


def test_files_are_whole_without_a_server(browser: Browser, axe: str, seat: Seat, tmp_path: Path) -> None:
    seat.ok("board", "--out", str(tmp_path / "out"))
    with browser.open_page() as page:
        page.go((tmp_path / "out" / "index.html").as_uri())
        assert page.run("getComputedStyle(document.body).display") == "flex"
        assert page.run("document.querySelector('td time').textContent").split()[1] in ("min", "h", "s")
        assert find_violations(page, axe) == []
        page.run("document.querySelector('[data-row=\"EDT-0001\"] a').click()")
        page.wait_until(
            "location.pathname.endsWith('/tickets/EDT-0001.html') && document.readyState === 'complete'"
        )
        assert "Large files open slowly" in page.run("document.querySelector('h1').textContent")
        assert page.take_complaints() == []
