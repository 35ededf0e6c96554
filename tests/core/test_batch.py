"""Batches: YAML documents to wishes, or a message that names file and line."""

import pytest

from ledger.core.errors import LedgerError
from ledger.core.write.batch import parse_batch
from ledger.core.write.requests import PostRequest

GOOD = b"""\
reserve: CMB
subject: "one: with a colon"
priority: HIGH
body: |
  Two lines,
  see {{ITEM_ID.2}}.
---
kind: note
item: CMB-0001
to: [otto, anna]
body: hm
x-run: "7"
x-tags: [a, b]
"""


def test_documents_become_wishes_in_order() -> None:
    assert parse_batch(GOOD, "b.yaml") == [
        PostRequest(
            "actionable",
            {"subject": "one: with a colon", "priority": "HIGH", "state": "AWAITING_CLAIM"},
            "Two lines,\nsee {{ITEM_ID.2}}.",
            "CMB",
        ),
        PostRequest(
            "note", {"item": "CMB-0001", "to": ("otto", "anna"), "x-run": "7", "x-tags": ("a", "b")}, "hm"
        ),
    ]


def test_leading_and_trailing_separators_make_no_posts() -> None:
    assert len(parse_batch(b"---\n" + GOOD + b"---\n", "b.yaml")) == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "there is no document"),
        (b"\xff", "byte 0 is not UTF-8"),
        (b"- a\n- b\n", "line 1: a document of a batch is a map"),
        (b"subject: a\nprioritty: HIGH\n", "line 2: there is no field `prioritty`"),
        (b"kind: note\nbody: x\n---\nseat: me\n", "line 4: there is no field `seat`"),
        (b"subject: {a: b}\n", "line 1: `subject` is neither text nor a list"),
        (b"reserve: -x\n", "this is no prefix: -x"),
        (b"a: &x 1\nb: *x\n", "line 1"),
        (b"subject: a: b\n", "line 1"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(data: bytes, words: str) -> None:
    with pytest.raises(LedgerError, match=r"b\.yaml") as caught:
        parse_batch(data, "b.yaml")
    assert words in caught.value.message
    assert caught.value.kind == "usage"
