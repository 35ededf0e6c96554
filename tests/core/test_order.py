"""Which post comes before which, whatever brought them."""

import random
from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ledger.core.feed.order import sort_into_feed_order
from ledger.core.model import Post
from tests.feeds import feed

STORY = """
    08:00 A opens CMB-0001: landed by the tool
    07:00 B opens CMB-0002 by hand: early by its date, late by its arrival
    09:00 A notes CMB-0001: saw B's post
    08:30 C notes CMB-0001 by hand: nobody saw this one yet
"""


def ids(posts: Iterable[Post]) -> list[str]:
    return [post.seat + post.nonce[-1] for post in posts]


def test_a_feed_without_posts_is_in_order() -> None:
    assert sort_into_feed_order([]) == sort_into_feed_order(iter(()))
    assert sort_into_feed_order([])[1].head is None


def test_a_hand_made_post_stands_just_before_the_first_that_saw_it() -> None:
    ordered, order = sort_into_feed_order(feed(STORY).posts)
    assert ids(ordered) == ["A1", "B2", "A3", "C4"]
    assert order.unseen == (feed(STORY).posts[3].id,)
    assert order.head == (feed(STORY).posts[2].id, 2)


def test_no_date_moves_a_post_before_what_was_landed() -> None:
    posts = feed(STORY).posts
    early = replace(posts[3], at=posts[0].at.replace(year=1999))
    assert ids(sort_into_feed_order([*posts[:3], early])[0]) == ["A1", "B2", "A3", "C4"]


def test_hand_made_posts_that_arrived_together_go_by_time_then_seat() -> None:
    posts = feed("""
        08:00 A opens CMB-0001: landed
        09:00 D notes CMB-0001 by hand: third
        08:30 C notes CMB-0001 by hand: second
        08:30 B notes CMB-0001 by hand: first
    """).posts
    assert ids(sort_into_feed_order(posts)[0]) == ["A1", "B4", "C3", "D2"]


@given(st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_how_posts_arrive(dice: random.Random) -> None:
    posts = list(feed(STORY).posts)
    dice.shuffle(posts)
    assert sort_into_feed_order(posts) == sort_into_feed_order(feed(STORY).posts)


LONG = "\n".join(f"08:{n:02} A notes: post {n}" for n in range(10))


def test_a_removed_post_is_missed_and_the_rest_keeps_its_order() -> None:
    posts = feed(LONG).posts
    ordered, order = sort_into_feed_order([one for one in posts if one is not posts[4]])
    assert order.missing == ((posts[4].id, posts[5].id),)
    assert ordered == [*posts[:4], *posts[5:]]
    assert order.forked == ()


def test_a_removed_hand_made_post_is_missed_by_who_saw_it() -> None:
    posts = feed(STORY).posts
    assert sort_into_feed_order([posts[0], posts[2]])[1].missing == ((posts[1].id, posts[2].id),)


def test_a_post_that_is_seen_twice_by_one_stands_once() -> None:
    posts = feed(STORY).posts
    forged = replace(posts[2], saw=posts[2].saw * 2)
    assert ids(sort_into_feed_order([*posts[:2], forged, posts[3]])[0]) == ["A1", "B2", "A3", "C4"]
    assert sort_into_feed_order([posts[0], forged])[1].missing == ((posts[1].id, forged.id),)


def test_of_two_forks_the_higher_end_is_the_feed() -> None:
    posts = feed(LONG).posts
    fork = replace(posts[4], id=posts[4].id[:-16] + "f" * 16, seat="Z")
    ordered, order = sort_into_feed_order([*posts, fork])
    assert order.forked == (fork.id,)
    assert ordered[-1] is fork, "it is taken for hand-made, and nobody saw it"
    assert order.head == (posts[-1].id, 10)


def test_a_forged_end_that_continues_nothing_does_not_displace_the_chain() -> None:
    posts = feed(LONG).posts
    name = posts[4].id[:-16] + "f" * 16
    for forged in (
        replace(posts[4], id=name, seq=999, prev=None),
        replace(posts[4], id=name, seq=999, prev=posts[9].id),
        replace(posts[4], id=name, seq=1, prev=None),
    ):
        _, order = sort_into_feed_order([*posts, forged])
        assert order.head == (posts[-1].id, 10), forged
        assert order.forked == (forged.id,)


def test_a_copy_of_a_post_in_a_wrong_place_follows_the_right_one() -> None:
    post = feed(LONG).posts[0]
    copy = replace(post, path="feed/elsewhere/" + post.path.rpartition("/")[2])
    assert sort_into_feed_order([copy, post])[0] == [post, copy]
