"""What a person writes in an editor, and what is read from it."""

import pytest

from ledger.core.write.written_text import SCISSORS, TicketText, cut_template, make_template, split_subject


def test_a_template_that_nobody_changed_gives_back_what_it_began_with() -> None:
    for text in ("", "A subject", "A subject\n\n# Heading\n\nWords"):
        assert cut_template(make_template(text, "This is left out.", "This, too.")) == text


def test_headings_stay_and_what_stands_below_the_scissors_goes() -> None:
    written = f"\n\nSubject  \r\n\r\n# Heading\n#hash\n\n{SCISSORS}\n# help\nmore"
    assert cut_template(written) == "Subject\n\n# Heading\n#hash"


@pytest.mark.parametrize(
    ("text", "subject", "body"),
    [
        ("", "", ""),
        ("One line", "One line", ""),
        ("# A heading\n\nBody\n", "A heading", "Body"),
        ("#12 is broken", "#12 is broken", ""),
        ("\n\nSubject\nbody at once\n\nand more", "Subject", "body at once\n\nand more"),
    ],
)
def test_the_first_line_is_the_subject(text: str, subject: str, body: str) -> None:
    found = split_subject(text)
    assert found == TicketText(subject, body)
    assert split_subject(found.whole) == found
