"""Tricks with refs."""

import json
from collections.abc import Sequence

from tests.attackers.draft import CAMBER, Draft
from tests.attackers.objects import EMPTY_SHA, FILE, File
from tests.attackers.server import FEED, TRUNK
from tests.attackers.tricks_feed import Trick
from tests.attackers.tricks_posts import anothers_number

EVIL = "rewritten\n"


def orphan(draft: Draft) -> str:
    """A commit without a past and without a feed."""
    return draft.objects.commit(
        draft.objects.tree_of({"other.txt": File(FILE, draft.objects.blob(EVIL))}), []
    )


# The feed branch, twice or under another name


def names_the_feed_twice(draft: Draft) -> None:
    """What stands first is judged, what stands second is in force in the end."""
    draft.post("note", "Innocent.")
    good, evil = draft.seal(), orphan(draft)
    first, second = (draft.base, good, FEED), (good, evil, FEED)
    draft.replace_with(draft.chance.choice([[first, second], [(draft.base, evil, FEED), (evil, good, FEED)]]))


def names_a_reservation_twice(draft: Draft) -> None:
    series = draft.series()
    ref = draft.reserve(series, draft.free_number(series))
    _, first, _ = draft.commands[-1]
    draft.commands.append((first, draft.objects.blob("another's"), ref))


def names_the_feed_by_its_other_name(draft: Draft) -> None:
    """A symbolic ref on the server that leads to the feed branch."""
    draft.post("note", "Innocent.")
    good, evil = draft.seal(), orphan(draft)
    ways = [
        [(draft.base, evil, TRUNK)],
        [(draft.base, good, FEED), (good, evil, TRUNK)],
        [(draft.base, EMPTY_SHA, TRUNK)],
    ]
    draft.replace_with(draft.chance.choice(ways))


def looks_like_the_feed(draft: Draft) -> None:
    """On a disk that tells no case apart it is the feed branch."""
    name = draft.chance.choice(
        ["refs/heads/LEDGER", "refs/HEADS/ledger", "Refs/heads/ledger", "refs/heads/Ledger"]
    )
    draft.commands.append((EMPTY_SHA, orphan(draft), name))


def lies_about_the_old(draft: Draft) -> None:
    """The branch is said to have been what the new commit stands on."""
    evil = orphan(draft)
    draft.replace_with([(draft.chance.choice([evil, EMPTY_SHA, draft.model.history_of[0]]), evil, FEED)])


# Reservations and tips


def changes_a_reservation(draft: Draft) -> None:
    ref = draft.some(sorted(draft.model.reservations))
    own = {"format": 1, "seat": draft.seat, "at": "2026-01-05T08:00:00.000Z", "nonce": draft.nonce()}
    draft.commands.append((draft.old(ref), draft.objects.blob(json.dumps(own)), ref))


def deletes_a_reservation(draft: Draft) -> None:
    ref = draft.some(sorted(draft.model.reservations))
    draft.commands.append((draft.old(ref), EMPTY_SHA, ref))


def takes_a_reserved_number(draft: Draft) -> None:
    """The ref is said not to be there, and its ticket is opened in the same push."""
    ref, item = anothers_number(draft)
    _, _, series, number = ref.split("/")
    draft.reserve(series, int(number))
    draft.post("actionable", item=item, state="AWAITING_CLAIM", subject="Mine")


def reserves_for_another(draft: Draft) -> None:
    series = draft.series()
    draft.reserve(series, draft.free_number(series), seat=CAMBER)


def reserves_for_nobody(draft: Draft) -> None:
    series = draft.series()
    text = draft.chance.choice(
        ["mine\n", "", "{}", '{"format": 1, "seat": ["MALLORY"]}', "[" * 60_000, "9" * 4000]
    )
    draft.reserve(series, draft.free_number(series), text=text)


def reserves_too_much(draft: Draft) -> None:
    series = draft.series()
    record = {"format": 1, "seat": draft.seat, "at": "x", "nonce": "x", "more": "x" * 5000}
    draft.reserve(series, draft.free_number(series), text=json.dumps(record))


def reserves_what_was_given(draft: Draft) -> None:
    series = draft.some(sorted(series for series, tip in draft.model.tips.items() if tip))
    given = {int(ref.rpartition("/")[2]) for ref in draft.model.reservations if f"/{series}/" in ref}
    draft.reserve(series, draft.some(sorted(set(range(1, draft.model.tips[series] + 1)) - given)))


def reserves_far_away(draft: Draft) -> None:
    series = draft.some(sorted(series for series, tip in draft.model.tips.items() if tip))
    number = draft.model.tips[series] + 10_001 + draft.chance.choice([0, 5, 99_000_000])
    if draft.chance.random() < 0.5:
        draft.reserve(series, number)
    else:
        draft.raise_tip(series, number)


def reserves_under_an_odd_name(draft: Draft) -> None:
    names = [
        "CMB/007",
        "CMB/0",
        "CMB/-1",
        "CMB/1000000000",
        "CMB/7/8",
        "CMB/TIP",
        "cmb/7",
        "x",
        "CMB/7x",
        "CMB-7/1",
    ]
    names += ["FLT-20261399/1", "CMB/\u0667", "CMB/7/tip"]
    ref = f"refs/reserve/{draft.chance.choice(names)}"
    draft.commands.append((EMPTY_SHA, draft.objects.blob(draft.nonce()), ref))


def reserves_in_another_case(draft: Draft) -> None:
    name = draft.chance.choice(
        ["refs/Reserve/CMB/77", "refs/RESERVE/CMB/tip", "REFS/reserve/CMB/78", "refs/reserve"]
    )
    draft.commands.append((EMPTY_SHA, draft.objects.blob(draft.nonce()), name))


def reserves_by_a_commit(draft: Draft) -> None:
    series = draft.series()
    ref = f"refs/reserve/{series}/{draft.chance.choice([draft.free_number(series), 'tip'])}"
    draft.commands.append((draft.old(ref), draft.base, ref))


def sinks_a_tip(draft: Draft) -> None:
    series = draft.some(sorted(series for series, tip in draft.model.tips.items() if tip))
    tip = draft.model.tips[series]
    draft.raise_tip(series, draft.chance.choice([tip, tip - 1, 0, -5]))


def breaks_a_tip(draft: Draft) -> None:
    series = draft.some(sorted(draft.model.tips))
    wrong = [
        "",
        "41",
        '{"tip": 4100}',
        '{"format": 1, "tip": "4100"}',
        '{"format": 1, "tip": 4e3}',
        "[" * 60_000,
    ]
    wrong += ['{"format": 1, "tip": ' + "9" * 60_000 + "}", '{"format": 2, "tip": 99}', "x" * 100_000]
    draft.raise_tip(series, 0, draft.chance.choice(wrong))


def deletes_a_tip(draft: Draft) -> None:
    ref = f"refs/reserve/{draft.some(sorted(draft.model.tips))}/tip"
    draft.commands.append((draft.old(ref), EMPTY_SHA, ref))


def misnames_by_the_hundred(draft: Draft) -> None:
    """More is said of them than a pusher is told."""
    blob = draft.objects.blob("junk\n")
    draft.commands += [(EMPTY_SHA, blob, f"refs/reserve/no-series-{n}/x") for n in range(300)]


# refs/ledger


def writes_private_refs(draft: Draft) -> None:
    names = [
        "seen/feed",
        "mirror/reserve/CMB/7",
        "announce/c/xyz",
        "announce/c/d/9c1e07a25b6d4f10",
        "rescue/1",
    ]
    names += ["../ledger/seen/feed", "announce"]
    ref = f"refs/{draft.chance.choice(['ledger', 'LEDGER', 'Ledger'])}/{draft.chance.choice(names)}"
    draft.commands.append((EMPTY_SHA, draft.objects.blob(draft.nonce()), ref))


def changes_an_announcement(draft: Draft) -> None:
    ref = draft.some([ref for ref in sorted(draft.model.refs) if ref.startswith("refs/ledger/announce/")])
    draft.commands.append((draft.old(ref), draft.objects.blob(draft.nonce()), ref))


# Two steps: something that passes, and what it was meant to hide


def replaces_the_feed(draft: Draft) -> None:
    """Replace refs (git-replace(1)) show the server's git another commit than the one that is pushed."""
    evil = orphan(draft)
    cover = draft.objects.commit(draft.objects.tree_of(draft.model.files), [draft.base])
    draft.replace_with([(EMPTY_SHA, cover, f"refs/replace/{evil}"), (draft.base, evil, FEED)])


def replaces_a_post(draft: Draft) -> None:
    path = draft.landed_post()
    blob = draft.objects.blob(draft.nonce())
    ref = f"refs/replace/{blob}"
    draft.commands.append((EMPTY_SHA, draft.files[path].oid, ref))
    draft.files[path] = File(FILE, blob)


BY_ATTACKER: Sequence[Trick] = (takes_a_reserved_number, reserves_for_another, reserves_for_nobody)
BY_ANYBODY: Sequence[Trick] = (
    *(names_the_feed_twice, names_a_reservation_twice, names_the_feed_by_its_other_name, looks_like_the_feed),
    *(lies_about_the_old, changes_a_reservation, deletes_a_reservation, reserves_too_much),
    *(reserves_what_was_given, reserves_far_away, reserves_under_an_odd_name, reserves_in_another_case),
    *(reserves_by_a_commit, sinks_a_tip, breaks_a_tip, deletes_a_tip, misnames_by_the_hundred),
    *(writes_private_refs, changes_an_announcement, replaces_the_feed, replaces_a_post),
)
