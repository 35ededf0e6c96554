"""Whole feeds: parsed, folded, judged by every rule and shown; an input holds all their files."""

import json
from collections.abc import Mapping
from datetime import datetime
from random import Random

from ledger import rules
from ledger.app.read.load import AsOf
from ledger.app.read.queue import Fit, LogEntry, QueueRow, TicketDetails
from ledger.core.board.board import Board
from ledger.core.board.criteria import list_criteria
from ledger.core.board.fold import fold_posts
from ledger.core.board.records import HistoryEntry, TicketSummary, summarize_ticket
from ledger.core.config.config import CONFIG_PATH, Config, parse_config
from ledger.core.feed.order import sort_into_feed_order
from ledger.core.feed.posts import parse_post
from ledger.core.ids import is_seat, parse_post_id, path_of_post
from ledger.core.model import Finding, Post
from ledger.core.queue.briefing import collect_brief
from ledger.core.queue.seat_view import SeatView, by_urgency
from ledger.core.queue.turn_text import format_stop, format_turn, record_of_turn
from ledger.core.queue.turns import find_idle_claims, judge_turn, open_turn_with_briefs
from ledger.core.stats.figures import Figures
from ledger.core.stats.gates import record_of_gates
from ledger.core.stats.records import record_of_figures
from ledger.core.text import fill_in_lines
from ledger.faces.boundary import format_document
from ledger.faces.cli.tables import write_log, write_queue, write_ticket
from ledger.faces.cli.terminal.cells import measure_cells
from ledger.faces.cli.terminal.log import show_log
from ledger.faces.cli.terminal.queue import show_queue
from ledger.faces.cli.terminal.ticket import show_brief, show_ticket
from ledger.faces.cli.terminal.turn import show_turn
from ledger.faces.context import Screen
from ledger.faces.json.tickets import make_details_json
from ledger.rules.view import AlteredPost, Commit, View
from tests.core.boards import contents
from tests.core.test_fold import random_feed
from tests.feeds import feed, moment
from tests.fuzz.mutation import encode, mutate_text
from tests.fuzz.reader import Reader, assert_shown_clean, pure
from tests.fuzz.seeds import gallery_feeds
from tests.fuzz.texts import assert_findings_told
from tests.rules.views import reserved

_BETWEEN = b"\n%%% "
"""Stands before the path of each file but the first."""


def join_files(files: Mapping[str, bytes]) -> bytes:
    """Files as one input."""
    return _BETWEEN.join(path.encode("utf-8", "surrogatepass") + b"\n" + data for path, data in files.items())


def split_files(given: bytes) -> dict[str, bytes]:
    """The files of an input; of two with one path the later."""
    parts = (part.partition(b"\n") for part in given.split(_BETWEEN))
    return {path.decode("utf-8", "surrogateescape"): data for path, _, data in parts}


def make_feed(dice: Random) -> bytes:
    files = dict(dice.choice(gallery_feeds()))
    if dice.randrange(3) == 0:
        files |= feed(random_feed(dice, dice.randrange(1, 12))).files
    for _ in range(dice.randrange(1, 4)):
        path = dice.choice(sorted(files))
        data = mutate_text(dice, files[path].decode("utf-8", "replace"), _texts(files))
        files[path] = encode(dice, data)
    if dice.randrange(2):
        _place_again(dice, files)
    return join_files(files)


def _texts(files: Mapping[str, bytes]) -> list[str]:
    return [data.decode("utf-8", "replace") for data in files.values()]


def _place_again(dice: Random, files: dict[str, bytes]) -> None:
    """A file once more, under the name of another moment, or in another folder, or with another's nonce."""
    path = dice.choice(sorted(files))
    name = path.rpartition("/")[2].removesuffix(".md")
    if parse_post_id(name) is None:
        return
    later = f"20261121{name[8:]}"
    twin = f"{later[:-16]}{dice.choice(sorted(files)).removesuffix('.md')[-16:]}"
    data = files[path].replace(b"at: 2026-11-20", b"at: 2026-11-21")
    place = dice.choice((path_of_post(later), path.replace("feed/2026", "feed/2027"), path_of_post(twin)))
    files[place] = data


def probe_feed(given: bytes) -> None:
    files = split_files(given)
    read = {path: parse_post(data, path) for path, data in files.items() if path != CONFIG_PATH}
    posts = [post for post, _ in read.values() if post is not None]
    config, said = parse_config(files.get(CONFIG_PATH, b""))
    board = fold_posts(posts)
    assert_order_free(posts, board)
    found = (*said, *(finding for _, findings in read.values() for finding in findings))
    texts = {path: data.decode(errors="replace") for path, data in files.items()}
    for view in views_of(posts, board, config, found):
        assert_findings_told(fill_in_lines(rules.judge(view), texts))
    assert_shown(board, config)


def assert_order_free(posts: list[Post], board: Board) -> None:
    """The same posts give the same board, however they arrive."""
    assert contents(fold_posts(reversed(posts))) == contents(board)
    shuffled = list(posts)
    Random(len(posts)).shuffle(shuffled)
    assert contents(fold_posts(shuffled)) == contents(board)


def views_of(posts: list[Post], board: Board, config: Config, found: tuple[Finding, ...]) -> list[View]:
    """The feed as `drift` judges it, and as a check or a guard judges its second half."""
    ordered = sort_into_feed_order(posts)[0]
    half = len(ordered) // 2
    landed = fold_posts(ordered[:half])
    new = tuple(post for post in ordered if post.id not in landed.posts)
    series, now = reserved(board, config), moment("2026-11-22T06:00:00")
    whole = View(
        board=board,
        landed=board,
        judged=tuple(ordered),
        found=found,
        config=config,
        series=series,
        now=now,
        full_scan=True,
        lenient_history=True,
    )
    pushed = View(
        board=board,
        judged=new,
        found=found,
        config=config,
        series={},
        now=now,
        landed=landed,
        let_in={post.id: post.at for post in ordered[:half]},
        changes=tuple(AlteredPost(post.path, "edited") for post in ordered[:1]),
        commit=Commit("A", frozenset(post.id for post in new), configures=True),
    )
    return [whole, pushed]


def assert_shown(board: Board, config: Config) -> None:
    """The queue, each ticket, the log, the turns of each seat and the figures can be told, in both forms."""
    now = moment("2026-11-22T06:00:00")
    tickets = list(board.all_tickets())
    shown: list[str] = []
    records: list[object] = []
    for seat in sorted({*board.seats.keys_from(""), "otto"}):
        assert is_seat(seat)
        eyes = SeatView(board, config, seat, now)
        assert len(eyes.sort_by_rank(tickets)) == len(tickets)
        opened, closed = open_turn_with_briefs(eyes), judge_turn(eyes)
        shown += [
            *format_turn(opened),
            *format_turn(closed),
            *format_stop(closed, list(find_idle_claims(eyes).values())),
        ]
        records += [record_of_turn(opened), record_of_turn(closed)]
    for ticket in by_urgency(tickets):
        summary = summarize_ticket(ticket, config, board, now)
        details = _list_details(board, summary, now)
        shown += write_ticket(details)
        shown += write_queue([QueueRow(summary, Fit(0, ()))])
        assert collect_brief(board, ticket).item == ticket.id
        records.append(make_details_json(details))
    shown += show_on_terminal(board, config, now)
    figures = Figures(board, config, None, now)
    records += [record_of_figures(figures), record_of_gates(figures)]
    assert_shown_clean("\n".join(shown))
    text = format_document({"records": records})
    assert_shown_clean(text)
    assert json.loads(text)["records"] is not None
    assert [*write_log([])] == []


def _list_details(board: Board, summary: TicketSummary, now: datetime) -> TicketDetails:
    ticket = summary.ticket
    history = tuple(HistoryEntry(event, board.posts[event.post]) for event in board.history_of(ticket))
    opening = board.posts[ticket.opening]
    return TicketDetails(AsOf(None, now, 0.0), summary, opening, history, tuple(list_criteria(board, ticket)))


def show_on_terminal(board: Board, config: Config, now: datetime) -> list[str]:
    """What a person sees of the board on a narrow terminal, none of it wider than that."""
    screen = Screen(46, 24, False, False, now)
    summaries = [summarize_ticket(ticket, config, board, now) for ticket in board.all_tickets()]
    posts = [LogEntry(post, None) for post in board.posts.newest_first()]
    lines = [*show_queue([QueueRow(summary, Fit(0, ())) for summary in summaries], screen)]
    lines += show_log(posts, screen)
    for summary in summaries:
        lines += show_ticket(_list_details(board, summary, now), screen)
        lines += show_brief(collect_brief(board, summary.ticket), screen)
    for seat in board.seats.keys_from(""):
        lines += show_turn(open_turn_with_briefs(SeatView(board, config, seat, now)), screen)
    assert [line for line in lines if measure_cells(line) > screen.width and "feed/" not in line] == []
    return lines


READERS: tuple[Reader, ...] = (pure("feed", make_feed, probe_feed, 60),)
