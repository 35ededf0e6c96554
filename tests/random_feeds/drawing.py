"""A seed becomes a feed: habits are drawn first, then deed after deed."""

from datetime import timedelta
from random import Random

from ledger.core.config.config import CONFIG_PATH
from tests.random_feeds.accidents import ACCIDENTS
from tests.random_feeds.book import CONFIGS, Book, Habits
from tests.random_feeds.deeds import DEEDS
from tests.random_feeds.steps import RandomFeed, Step


def draw_habits(dice: Random) -> Habits:
    """How the seats of one feed behave: many feeds have no accident at all, in some much is made by hand."""
    return Habits(
        by_hand=dice.choice((0.0, 0.05, 0.15, 0.4)),
        wrong=dice.choice((0.02, 0.1, 0.1, 0.25)),
        accidents=dice.choice((0.0, 0.0, 0.05, 0.15, 0.3)),
        unreserved=dice.choice((0.02, 0.3)),
    )


def draw_feed(seed: int, least: int = 10, most: int = 60) -> RandomFeed:
    """The feed of a seed: settings, and so many deeds and accidents."""
    book, steps = begin_feed(Random(seed))
    steps += [draw_step(book) for _ in range(book.dice.randrange(least, most + 1))]
    return RandomFeed(seed, tuple(steps), book.now + timedelta(minutes=book.dice.choice((1, 90, 3000))))


def begin_feed(dice: Random) -> tuple[Book, list[Step]]:
    """The book of a feed without posts, and the step that writes its settings."""
    book = Book(dice, draw_habits(dice))
    config = dice.choice((CONFIGS[1], *CONFIGS))
    if not config:
        return book, []
    book.files[CONFIG_PATH] = config
    return book, [Step("settings", {CONFIG_PATH: config})]


def draw_step(book: Book) -> Step:
    """One more deed or accident that there is something to do it to."""
    while True:
        table = ACCIDENTS if book.draws(book.habits.accidents) else DEEDS
        deed = book.dice.choices([*table], [*table.values()])[0]
        if deed(book):
            return book.take_step(deed.__name__)
