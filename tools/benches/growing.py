"""What a feed of some shape costs, step by step, and how that grows when there is twice as much of it."""

import gc
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from benches.places import BENCH
from benches.shapes import SHAPES, written
from benches.timing import ALONE, Size
from benches.writer import NOW, Writer
from ledger import rules
from ledger.app.guard.index import build_index, open_guard_store
from ledger.app.guard.push_check import judge_pushed_posts
from ledger.app.judge.repairs import find_repairs
from ledger.app.write.judging import judge_case
from ledger.core.board.board import BoardOverlay
from ledger.core.board.dependencies import find_dependencies
from ledger.core.board.fold import fold_posts
from ledger.core.board.records import HistoryEntry, summarize_ticket
from ledger.core.config.config import Config, parse_config
from ledger.core.feed.posts import parse_post, render_post
from ledger.core.ids import format_timestamp, make_post_id, path_of_post
from ledger.core.model import Finding, Post
from ledger.core.queue.briefing import collect_brief, record_of_brief
from ledger.core.queue.seat_view import SeatView
from ledger.core.queue.turn_text import record_of_turn
from ledger.core.queue.turns import open_turn_with_briefs
from ledger.core.stats.figures import Figures
from ledger.core.stats.gates import record_of_gates
from ledger.core.stats.records import record_of_figures
from ledger.core.text import fill_in_lines
from ledger.core.write.numbers import Series
from ledger.core.write.plan import PlanView, plan
from ledger.core.write.requests import PostRequest, WriteRequest
from ledger.faces.cli.trees import write_dependencies
from ledger.faces.json.tickets import make_history_json, make_ticket_json
from ledger.rules.view import View
from ledger.store.git.bare import open_bare, resolve_refs
from ledger.store.guard.let_in import Record

NONCE = "9c1e07a25b6d4f10"


@dataclass
class Reader:
    """One feed, read once; each method is a step that a command takes."""

    feed: Writer
    config: Config = field(init=False)
    posts: list[Post] = field(init=False)
    found: tuple[Finding, ...] = field(init=False)
    board: BoardOverlay = field(init=False)

    def parse(self) -> None:
        """Every file to a post."""
        self.config, said = parse_config(self.feed.config.encode())
        read = [parse_post(data, path) for path, data in self.feed.files.items()]
        self.posts = [post for post, _ in read if post is not None]
        self.found = (*said, *(one for _, found in read for one in found))

    def fold(self) -> None:
        """Posts to tickets."""
        self.board = fold_posts(self.posts)

    def check(self) -> None:
        """Every post as a new one, by all rules."""
        self._judge(whole=False)

    def drift(self) -> None:
        """The whole feed, by all rules, and what would mend it."""
        find_repairs(self._judge(whole=True), "S")

    def _judge(self, whole: bool) -> View:
        view = self.view(whole)
        texts = {path: data.decode() for path, data in self.feed.files.items()}
        fill_in_lines(rules.judge(view), texts)
        return view

    def view(self, whole: bool) -> View:
        """The whole feed as rules see it, or all of it as new."""
        return View(
            board=self.board,
            found=self.found,
            config=self.config,
            series=self._series(),
            now=NOW,
            judged=() if whole else tuple(self.board.all_posts()),
            full_scan=whole,
            lenient_history=whole,
            landed=self.board if whole else BoardOverlay(),
        )

    def _series(self) -> dict[str, Series]:
        numbers = [
            number for one in self.board.named.keys_from("") if (number := self.config.parse_ticket_id(one))
        ]
        taken: dict[str, dict[int, str]] = {}
        for number in numbers:
            taken.setdefault(number.series, {})[number.n] = "o"
        untouched = {name for name, its in taken.items() if len(its) == 1}
        return {n: Series(n) if n in untouched else Series(n, max(its), "t", its) for n, its in taken.items()}

    def write(self) -> None:
        """A note, planned and judged."""
        view = PlanView(self.board, self.config, {}, NOW)
        wish = PostRequest("note", {"item": self.busiest} if self.busiest in self.board.tickets else {}, "hm")
        intent = WriteRequest(nonce=NONCE, seat="A", at=NOW, author=("a", "a@b"), wishes=(wish,))
        plan(view, [intent], judge_case)

    def queue(self) -> None:
        """The queue of a seat."""
        eyes = SeatView(self.board, self.config, "A", NOW)
        for one in eyes.sort_by_rank(tuple(self.board.all_tickets())):
            make_ticket_json(summarize_ticket(one, self.config, self.board, NOW))
            eyes.why_not_claimable(one)

    def deps(self) -> None:
        """What waits for what, of all and around the ticket with the longest history."""
        for item in (None, self.busiest if self.busiest in self.board.tickets else None):
            for _ in write_dependencies(find_dependencies(self.board, item), item, None):
                pass

    def show(self) -> None:
        """The ticket with the longest history."""
        busiest = self.board.tickets.get(self.busiest)
        if busiest is not None:
            record_of_brief(collect_brief(self.board, busiest))
            for event in self.board.history_of(busiest):
                make_history_json(HistoryEntry(event, self.board.posts[event.post]))

    def turn(self) -> None:
        """The turns of two seats."""
        for seat in ("A", "B"):
            record_of_turn(open_turn_with_briefs(SeatView(self.board, self.config, seat, NOW)))

    def stats(self) -> None:
        """All figures."""
        figures = Figures(self.board, self.config, self._series(), NOW)
        record_of_figures(figures)
        record_of_gates(figures)

    @property
    def busiest(self) -> str:
        """The ticket with the longest history."""
        tickets = list(self.board.all_tickets())
        return max(tickets, key=lambda one: len(self.board.history_of(one))).id if tickets else "CMB-0001"


class Server:
    """A guarded repository with a feed, and a push of one note and one claim into it."""

    def __init__(self, folder: Path, feed: Writer, item: str) -> None:
        subprocess.run(("git", "init", "-q", "--bare", str(folder)), check=True, env=ALONE)
        self._store = open_guard_store(open_bare(folder), "main")
        files = {**feed.files, **({"feed/ledger.yaml": feed.config.encode()} if feed.config else {})}
        _import(folder, files)
        self._old = resolve_refs(self._store.repo, [self._store.feed_ref])[self._store.feed_ref].oid
        build_index(self._store, lambda count: None, NOW)
        moves = (("note", ""), ("actionable", "CLAIMED"))
        new = dict(_pushed(kind, state, item, place) for place, (kind, state) in enumerate(moves))
        self._new = self._store.write_commit(self._old, new, "Posts\n", BENCH, BENCH, int(NOW.timestamp()))

    def guard(self) -> None:
        """Judge the push."""
        judge_pushed_posts(self._store, self._old, self._new, {}, NOW, Record(self._store.repo.git_dir))


def _import(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make a branch `main` of these files: in one pack, which is flushed once."""
    head = f"commit refs/heads/main\ncommitter B <b@b> {int(NOW.timestamp())} +0000\ndata 0\n".encode()
    rows = (
        b"M 644 inline %b\ndata %d\n%b\n" % (path.encode(), len(data), data) for path, data in files.items()
    )
    words = ("git", "-C", str(folder), "fast-import", "--quiet")
    subprocess.run(words, input=head + b"".join(rows), check=True, env=ALONE)


def _pushed(kind: str, state: str, item: str, place: int) -> tuple[str, bytes]:
    name = make_post_id(NOW, "A", f"{place + 1:08x}{NONCE[:8]}")
    fields = {"item": item} | ({"state": state} if state else {})
    return path_of_post(name), render_post(
        [("seat", "A"), ("at", format_timestamp(NOW)), ("kind", kind), *fields.items()], "hm"
    )


STEPS = ("parse", "fold", "check", "drift", "write", "queue", "deps", "show", "turn", "stats", "guard")
MOST = 2.3
"""How many times as much twice as much may cost."""
N = 8000


@dataclass(frozen=True, slots=True)
class Growth:
    """What the steps over a feed of some shape cost at n and at 2n, and what an idle interpreter costs."""

    name: str
    n: int
    once: Mapping[str, float]
    twice: Mapping[str, float]
    idle: float

    @property
    def ratio(self) -> float:
        """How many times as much 2n costs as n."""
        return sum(self.twice.values()) / sum(self.once.values())

    @property
    def met(self) -> bool:
        """True when that is at most MOST."""
        return self.ratio <= MOST

    @property
    def text(self) -> str:
        """The line as it is printed: seconds of CPU, and the dearest step."""
        once, twice = sum(self.once.values()), sum(self.twice.values())
        step = max(STEPS, key=lambda name: self.twice[name])
        share = f"most: {step} {self.twice[step]:.2f} s, x {self.twice[step] / self.once[step]:.1f}"
        verdict = "met" if self.met else "missed"
        times = f"n {self.n:5} {once:7.2f} s   2n {twice:7.2f} s = {twice / self.idle:5.0f} P"
        return f"{self.name:<28} {times}   ratio {self.ratio:4.2f}  {verdict:<6}  {share}"


def shapes(size: Size) -> Iterator[Growth]:
    """Every shape of `benches/shapes.py` at n and 2n, all steps in this process: P is `python -c pass`."""
    n = size.posts(N)
    idle = min(_idle() for _ in range(5))
    for name in SHAPES:
        yield Growth(name, n, _spent(name, n, size.runs), _spent(name, 2 * n, size.runs), idle)


def _idle() -> float:
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run((sys.executable, "-c", "pass"), check=True, env=ALONE)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _spent(name: str, n: int, runs: int) -> dict[str, float]:
    """The CPU seconds of each step over a feed of some shape: the least of two runs at the most."""
    reader = Reader(written(name, n))
    times = {step: _least(getattr(reader, step), min(runs, 2)) for step in STEPS[:-1]}
    with tempfile.TemporaryDirectory(prefix="ledger-bench-") as folder:
        server = Server(Path(folder) / "bare.git", reader.feed, reader.busiest)
        times["guard"] = _least(server.guard, min(runs, 2))
    return times


def _least(step: Callable[[], None], runs: int) -> float:
    spent = []
    gc.disable()  # as in a command
    try:
        for _ in range(runs):
            gc.collect()
            began = time.process_time()
            step()
            spent.append(time.process_time() - began)
    finally:
        gc.enable()
    return min(spent)
