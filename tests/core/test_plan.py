"""What a seat gets when it asks for a number, moves a ticket, or asks again. Pure: no repository."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from ledger.core.board.fold import fold_posts
from ledger.core.config.config import Config, parse_config
from ledger.core.errors import LedgerError
from ledger.core.feed.order import SAW_LIMIT
from ledger.core.feed.posts import parse_post
from ledger.core.ids import Number
from ledger.core.model import Finding, Post, Severity, Where
from ledger.core.write.numbers import Reservation, Series
from ledger.core.write.plan import Answer, Case, PlanResult, PlanView, SwapPlan, plan
from ledger.core.write.requests import PostRequest, Value, WriteRequest
from tests.feeds import feed, moment

NOW = moment("12:00")
NONCE = "00000000000000aa"


def quiet(case: Case) -> Sequence[Finding]:
    """A judge that lets everything pass that the fold allows."""
    return [
        Finding(one.rule, Where("x", one.line), one.message, one.fix, item=one.item, post=one.post)
        for post in case.posts
        for one in case.board.refused.rows(post.id)
    ]


def view_of(text: str, yaml: str = "", *series: Series) -> PlanView:
    known = {one.name: one for one in (Series("CMB"), *series)}
    return PlanView(fold_posts(feed(text).posts), parse_config(yaml.encode())[0], known, NOW)


def intent(*wishes: PostRequest, seat: str = "A", nonce: str = NONCE, **more: object) -> WriteRequest:
    one = WriteRequest(nonce=nonce, seat=seat, at=NOW, author=("A", "a@example.invalid"), wishes=wishes)
    return replace(one, **more)  # type: ignore[arg-type]


def opening(subject: str = "Cards", body: str = "", **fields: Value) -> PostRequest:
    return PostRequest("actionable", {"state": "AWAITING_CLAIM", "subject": subject, **fields}, body, "CMB")


def landed(view: PlanView, *intents: WriteRequest) -> tuple[SwapPlan, list[PlanResult]]:
    draft, answers = plan(view, intents, quiet)
    told = [answers[one.nonce] for one in intents]
    assert all(isinstance(one, PlanResult) for one in told), told
    return draft, [one for one in told if isinstance(one, PlanResult)]


def refused(view: PlanView, one: WriteRequest) -> LedgerError:
    answer: Answer = plan(view, [one], quiet)[1][one.nonce]
    assert isinstance(answer, LedgerError), answer
    return answer


def posts_of(draft: SwapPlan) -> list[Post]:
    read = [parse_post(data, path) for landing in draft.landings for path, data in landing.files]
    assert all(not findings for _, findings in read), read
    return [post for post, _ in read if post is not None]


FEED = "08:00 A opens CMB-0001: one\n08:01 B claims CMB-0001\n"
TAKEN = Series("CMB", 3, "tip", {1: "x", 2: "x", 3: "x", 4: "x"})


@pytest.mark.parametrize(
    ("text", "series", "given"),
    [
        pytest.param("", Series("CMB"), "CMB-0001", id="the first of a series"),
        pytest.param("", TAKEN, "CMB-0005", id="above the tip, and past a number reserved by hand"),
        pytest.param(FEED, Series("CMB"), "CMB-0002", id="past a number that a post opened by hand"),
        pytest.param(
            FEED + "09:00 A notes CMB-0001 by hand: x\n", Series("CMB", 7), "CMB-0008", id="above the tip"
        ),
        pytest.param(
            "08:00 A opens CMB-0009 after=CMB-0001: names CMB-0001",
            Series("CMB"),
            "CMB-0002",
            id="named as a gate",
        ),
    ],
)
def test_the_next_number_is_the_lowest_above_the_tip_that_nothing_names(
    text: str, series: Series, given: str
) -> None:
    draft, answers = landed(view_of(text, "", series), intent(opening()))
    assert answers[0].posts[0].item == given
    assert [one.ticket for one in draft.landings[0].reserved] == [given]
    assert draft.tips == {"CMB": int(given[-4:])}


def test_several_intents_are_judged_in_turn_and_get_different_numbers() -> None:
    one, two = intent(opening("one")), intent(opening("two"), seat="B", nonce="00000000000000bb")
    draft, answers = landed(view_of(""), one, two)
    assert [answer.posts[0].item for answer in answers] == ["CMB-0001", "CMB-0002"]
    first, second = posts_of(draft)
    assert (first.seq, second.seq, second.prev) == (1, 2, first.id)


def test_a_refused_intent_is_refused_alone() -> None:
    bad = intent(PostRequest("actionable", {"item": "CMB-0009", "state": "DONE"}), nonce="00000000000000bb")
    draft, answers = plan(view_of(""), [bad, intent(opening())], quiet)
    assert isinstance(answers[bad.nonce], LedgerError)
    assert isinstance(answers[NONCE], PlanResult)
    assert len(draft.landings) == 1


def test_a_landing_is_answered_whatever_else_has_its_nonce() -> None:
    """A repetition in the same batch, and forgeries with the same nonce before and after it."""
    one, forged = intent(opening()), intent(PostRequest("note", {"item": "CMB-0009"}, "no such ticket"))
    for batch in ([one, forged, one], [forged, one], [forged, one, one]):
        draft, answers = plan(view_of(""), batch, quiet)
        answer = answers[NONCE]
        assert isinstance(answer, PlanResult) and not answer.again
        assert [landing.reserved for landing in draft.landings] == [answer.reserved]


def test_the_second_of_two_claims_in_one_plan_is_told_who_holds_it() -> None:
    claim = PostRequest("actionable", {"item": "CMB-0001", "state": "CLAIMED"})
    view = view_of("08:00 A opens CMB-0001: one")
    one, two = intent(claim, seat="B"), intent(claim, seat="C", nonce="00000000000000bb")
    _, answers = plan(view, [one, two], quiet)
    error = answers[two.nonce]
    assert isinstance(error, LedgerError)
    assert (error.kind, error.details["holder"].seat) == ("held", "B")


def test_item_id_stands_for_the_ticket_in_subject_body_and_fields() -> None:
    two = opening("after {{ITEM_ID.1}}", "{{ITEM_ID}}", after=("{{ITEM_ID.1}}",), parent="{{ITEM_ID.1}}")
    draft, _ = landed(view_of(""), intent(opening("{{ITEM_ID}} first", "see {{ITEM_ID.2}}"), two))
    first, second = posts_of(draft)
    assert (first.subject, first.body) == ("CMB-0001 first", "see CMB-0002\n")
    assert (second.subject, second.body, second.after, second.parent) == (
        "after CMB-0001",
        "CMB-0002\n",
        ("CMB-0001",),
        "CMB-0001",
    )


def test_a_placeholder_that_stands_for_nothing_is_refused() -> None:
    assert refused(view_of(""), intent(opening("{{ITEM_ID.2}}"))).kind == "usage"
    assert refused(view_of(""), intent(PostRequest("note", {}, "{{ITEM_ID}}"))).kind == "usage"


def test_an_intent_lands_at_most_once() -> None:
    view = view_of("08:00 A opens CMB-0001: one")
    one = intent(opening("{{ITEM_ID}} two", "body"), opening("three"))
    draft, first = landed(view, one)
    again = replace(view, board=draft.after.board)
    empty, second = landed(again, replace(one, at=NOW + timedelta(hours=1)))
    assert (empty.landings, second[0].again, second[0].posts) == ((), True, first[0].posts)
    other = refused(again, intent(opening("something else")))
    assert other.kind == "nonce-used"


FIRST = opening("{{ITEM_ID}} A", "about {{ITEM_ID}}")
OTHERS = {
    "words around a placeholder": opening("{{ITEM_ID}} B", "about {{ITEM_ID}}"),
    "another prefix": replace(FIRST, reserve="OTH"),
    "an empty body": opening("{{ITEM_ID}} A"),
    "the end of the body": opening("{{ITEM_ID}} A", "{{ITEM_ID}}"),
    "a field less": replace(FIRST, fields={"state": "BLOCKED", "subject": "{{ITEM_ID}} A"}),
    "a field more": opening("{{ITEM_ID}} A", "about {{ITEM_ID}}", priority="HIGH"),
    "another kind": PostRequest("note", {}, "about CMB-0001"),
    "provisional": replace(FIRST, provisional=True),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS.keys())
def test_a_nonce_says_one_thing(other: PostRequest) -> None:
    view = view_of("", "", Series("OTH"))
    draft, _ = landed(view, intent(FIRST))
    after = replace(view, board=draft.after.board)
    assert landed(after, intent(FIRST))[1][0].again
    assert refused(after, intent(other)).kind == "nonce-used"
    assert refused(after, intent(numbers=("CMB", 1))).kind == "nonce-used"
    assert refused(after, intent(FIRST, other)).kind == "nonce-used"


def test_an_opening_filed_under_a_fresh_number_is_found_again() -> None:
    known = Series("CMB", 1, "tip", {1: "x"}, {1: mine(1, nonce="00000000000000ff")})
    wish = PostRequest(
        "actionable", {"item": "CMB-0001", "state": "AWAITING_CLAIM", "subject": "{{ITEM_ID}}"}
    )
    view = view_of("08:00 B opens CMB-0001 by hand: theirs", "", known)
    draft, _ = landed(view, intent(wish))
    after = replace(view, board=draft.after.board)
    assert landed(after, intent(wish))[1][0].posts[0].item == "CMB-0002"


def test_a_nonce_of_another_seat_is_no_repetition() -> None:
    view = view_of("")
    draft, _ = landed(view, intent(opening()))
    later = replace(view, board=draft.after.board, series=draft.after.series)
    _, answers = landed(later, intent(opening(), seat="B"))
    assert answers[0].posts[0].item == "CMB-0002"


def test_what_moved_since_the_seat_looked_is_not_moved_again() -> None:
    move = PostRequest("actionable", {"item": "CMB-0001", "state": "DONE"})
    posts = feed(FEED).posts
    error = refused(view_of(FEED), intent(move, seat="B", expects={"CMB-0001": posts[0].id}))
    assert error.kind == "changed"
    landed(view_of(FEED), intent(move, seat="B", expects={"CMB-0001": posts[1].id}))


@pytest.mark.parametrize(
    ("wish", "kind"),
    [
        (PostRequest("actionable", {"item": "CMB-0001", "state": "CLAIMED"}), "held"),
        (PostRequest("actionable", {"item": "CMB-0001", "state": "DONE"}), "not-the-holder"),
        (
            PostRequest("actionable", {"item": "CMB-0001", "state": "AWAITING_CLAIM"}, "RELEASE: x"),
            "not-the-holder",
        ),
        (PostRequest("actionable", {"item": "CMB-0404", "state": "CLAIMED"}), "no-such-ticket"),
        (PostRequest("note", {"item": "CMB-0404"}, "hm"), "no-such-ticket"),
        (
            PostRequest("actionable", {"item": "CMB-0001", "state": "AWAITING_CLAIM", "subject": "x"}),
            "double-opening",
        ),
    ],
)
def test_why_a_move_was_refused_has_a_kind(wish: PostRequest, kind: str) -> None:
    assert refused(view_of(FEED), intent(wish, seat="C")).kind == kind


def test_findings_of_the_judge_refuse_and_warnings_are_told() -> None:
    def strict(case: Case) -> Sequence[Finding]:
        return [Finding("missed-absorb", Where("p", 3), "a ticket waits")]

    def mild(case: Case) -> Sequence[Finding]:
        return [Finding("future-post", Where("p", 3), "is early", severity=Severity.WARNING)]

    error = plan(view_of(""), [intent(opening())], strict)[1][NONCE]
    assert isinstance(error, LedgerError)
    assert (error.kind, error.message) == ("findings", "a ticket waits")
    answer = plan(view_of(""), [intent(opening())], mild)[1][NONCE]
    assert isinstance(answer, PlanResult)
    assert answer.notices == ("is early [future-post]",)


def test_hand_made_posts_are_seen_by_the_next_that_lands() -> None:
    text = FEED + "07:00 C notes CMB-0001 by hand: early"
    draft, _ = landed(view_of(text), intent(opening()))
    (post,) = posts_of(draft)
    assert post.saw == (feed(text).posts[2].id,)
    assert (post.seq, post.prev) == (3, feed(text).posts[1].id)


def test_more_hand_made_posts_than_one_saw_holds_are_adopted() -> None:
    text = "\n".join(f"08:{n // 60:02}:{n % 60:02} C notes by hand: {n}" for n in range(2 * SAW_LIMIT + 1))
    draft, answers = landed(view_of(text), intent(opening()))
    posts = posts_of(draft)
    assert [post.kind for post in posts] == ["adopt", "adopt", "actionable"]
    assert [len(post.saw) for post in posts] == [SAW_LIMIT, SAW_LIMIT, 1]
    assert len(answers[0].posts) == 1


def test_a_staged_post_reserves_its_number_and_takes_no_place_in_the_order() -> None:
    draft, _ = landed(view_of(FEED), intent(opening(), staged=True))
    (post,) = posts_of(draft)
    assert (post.seq, post.prev, post.item) == (None, None, "CMB-0002")
    assert draft.tips == {"CMB": 2}


def mine(n: int, seat: str = "A", nonce: str = NONCE) -> Reservation:
    return Reservation("CMB", n, f"CMB-{n:04}", seat, "2026-11-20T12:00:00.000Z", nonce)


def test_reserving_again_with_the_same_nonce_gives_the_same_numbers() -> None:
    one = intent(numbers=("CMB", 2))
    _, answers = landed(view_of(""), one)
    assert [got.ticket for got in answers[0].reserved] == ["CMB-0001", "CMB-0002"]
    known = Series("CMB", 2, "tip", {1: "x", 2: "y"}, {1: mine(1), 2: mine(2)})
    empty, again = landed(view_of("", "", known), one)
    assert again[0].reserved == answers[0].reserved
    assert empty.tips == {}
    assert refused(view_of("", "", known), intent(numbers=("CMB", 3))).kind == "nonce-used"
    assert refused(view_of("", "", known, Series("OTH")), intent(numbers=("OTH", 2))).kind == "nonce-used"


def test_a_reserved_number_that_somebody_opened_is_replaced_by_a_fresh_one() -> None:
    known = Series("CMB", 1, "tip", {1: "x"}, {1: mine(1, nonce="00000000000000ff")})
    wish = PostRequest("actionable", {"item": "CMB-0001", "state": "AWAITING_CLAIM", "subject": "mine"})
    _, answers = landed(view_of("08:00 B opens CMB-0001 by hand: theirs", "", known), intent(wish))
    assert answers[0].posts[0].item == "CMB-0002"
    assert "opened by B" in answers[0].notices[0]
    _, free = landed(view_of("", "", known), intent(wish))
    assert free[0].posts[0].item == "CMB-0001"


@pytest.mark.parametrize(
    ("yaml", "namespace", "item"),
    [
        ("", "B", "B-0001"),
        ('namespaces:\n  ORA: {id: "ORA-{yyyy}-{n:04}"}', "ORA", "ORA-2026-0001"),
        ('namespaces:\n  FLT: {id: ["FLT-{yyyymmdd}{n:02}", "FLT-{n:04}"]}', "FLT", "FLT-2026112001"),
    ],
)
def test_a_series_follows_from_the_namespaces_pattern(yaml: str, namespace: str, item: str) -> None:
    config: Config = parse_config(yaml.encode())[0]
    series = config.series_of(namespace, NOW.date())
    assert series is not None
    wish = replace(opening(), reserve=namespace)
    _, answers = landed(view_of("", yaml, Series(series)), intent(wish))
    assert answers[0].posts[0].item == item
    assert config.parse_ticket_id(item) == Number(series, 1)


def test_a_namespace_that_the_config_does_not_have_is_refused() -> None:
    view = view_of("", 'namespaces:\n  CMB: {id: "CMB-{n:04}"}')
    assert refused(view, intent(replace(opening(), reserve="CBM"))).kind == "usage"


def test_a_series_without_a_number_left_says_so() -> None:
    full = Series("CMB", 999_999_999, "tip")
    assert refused(view_of("", "", full), intent(opening())).kind == "exhausted"


def test_rulings_repairs_and_handoffs_cite_what_they_touch() -> None:
    ruling = PostRequest(
        "ruling", {"rules_on": ("CMB-0001",), "subject": "x"}, "ABSORB: CMB-0001 -> DONE (why)"
    )
    draft, _ = landed(view_of(FEED), intent(ruling))
    assert posts_of(draft)[0].cites == (feed(FEED).posts[1].id,)
    plain = PostRequest("actionable", {"item": "CMB-0001", "state": "DONE"})
    assert posts_of(landed(view_of(FEED), intent(plain, seat="B"))[0])[0].cites == ()
