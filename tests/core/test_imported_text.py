"""What stands in another tracker does nothing here, however it is spelled."""

from ledger.core.exchange.items import ItemBuilder
from ledger.core.feed.bounds import DIRECTIVE_LIMIT
from ledger.core.feed.directives import parse_directives


def test_a_placeholder_behind_a_hidden_character_takes_no_number() -> None:
    builder = ItemBuilder("task-1", "a {{\u200bITEM_ID}}")
    builder.add_text("see {{\u200bITEM_ID.2}}")
    item = builder.make_item("a tracker")
    assert "{{ITEM_ID" not in item.subject + item.text


def test_no_line_acts_however_many_there_are() -> None:
    builder = ItemBuilder("task-1", "a")
    builder.add_text("RELEASE: x\n" * (2 * DIRECTIVE_LIMIT))
    assert parse_directives(builder.make_item("a tracker").text, 1, "actionable") == ((), [])
