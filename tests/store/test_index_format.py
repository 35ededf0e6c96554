"""The format of the index stands for what it keeps of posts: who changes the one raises the other."""

import hashlib
import sqlite3

from ledger.core.board.fold import fold_anew
from ledger.store.index.kept import ParsedFile, begin_in_memory
from ledger.store.index.tables import FORMAT
from tests.feeds import feed

LINES = """
    03:40 A-1 boots lanes=one,two: here
    03:41 A-1 opens CMB-0001 priority=HIGH lane=one parent=CMB-0009: Work
    03:42 B-1 opens CMB-0002 after=CMB-0001 related=CMB-0001: More
    03:43 C-1 opens CMB-0001 by hand: Another thing
    03:44 A-1 claims CMB-0001 branch=work worktree=/w/1 clone=0123456789abcdef
    03:45 B-1 claims CMB-0001
    03:46 B-1 challenges CMB-0001: post:#5 grace:10m clone:0123456789abcdef
    03:47 A-1 lives: #7
    03:48 B-1 blocks CMB-0002 blocked_on=ruling:CMB-0001,CMB-0003: waits
    03:49 S-1 opens CMB-0003 owner=B-1 provisional=true: Third
    03:50 S-1 confirms CMB-0003
    03:51 S-1 rules CMB-0004 rules_on=CMB-0001: Which of them stands
        | ABSORB: CMB-0002 -> AWAITING_CLAIM (as ruled)
    03:52 S-1 amends CMB-0003 priority=LOW cites=CMB-0004: less
    03:53 S-1 moves CMB-0001: post:#4 CMB-0001 -> CMB-0005
    03:54 B-1 claims CMB-0003
    03:55 B-1 offers CMB-0003: open (capacity: full)
    03:56 A-1 declines CMB-0003: not mine
    03:57 A-1 finishes CMB-0001: all of it
    03:58 A-1 opens CMB-0006: Sixth
    03:59 A-1 parks CMB-0006: later
    04:00 A-1 reposts CMB-0006: now
    04:01 A-1 claims CMB-0006
    04:02 A-1 releases CMB-0006: no time
    04:03 A-1 cancels CMB-0006: not needed
    04:04 A-1 repairs CMB-0006: needed
    04:05 A-1 notes CMB-0006 to=B-1: hello
    04:06 C-1 says: it will rain
    04:07 C-1 retires: done
    04:07 A-1 opens CMB-0008 labels=ui,docs due=2026-12-01 criteria=one,two,three: Eighth
    04:07 A-1 claims CMB-0008
    04:07 A-1 notes CMB-0008 met=2: that
    04:07 A-1 amends CMB-0008 criteria=two,four due=none labels=ui: other ones
    04:08 D-1 opens CMB-0007 by hand: That nobody saw
"""
DIGEST = "8 78b480d632ecaf17"


def test_what_the_index_keeps_of_the_same_posts_is_what_its_format_says() -> None:
    writing = begin_in_memory()
    posts = feed(LINES).posts
    settled, board = fold_anew(posts)
    writing.put_files(None, [ParsedFile(post.path, "100644", post.id, post) for post in posts])
    writing.put_board("commit", settled, list(board.posts.since(len(settled.posts))))
    digest = f"{FORMAT} {hashlib.sha256(dump_of(writing.db).encode()).hexdigest()[:16]}"
    assert digest == DIGEST, (
        "the fold, the records or the tables have changed, so that an index of before answers otherwise: "
        "raise FORMAT in ledger/store/index/tables.py, run this again, and put what it says into DIGEST"
    )


def dump_of(db: sqlite3.Connection) -> str:
    """The tables and all that is in them."""
    # The words of posts lie as this SQLite lays them.
    return "\n".join(
        sorted(line for line in db.iterdump() if '"words_' not in line and "'words_" not in line)
    )
