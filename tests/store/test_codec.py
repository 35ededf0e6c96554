"""Records of the index as text: what is none is refused, whatever in it is wrong."""

import pytest

from ledger.store.index.codec import CHALLENGE, RecordError

WHOLE = '"post":"p","seat":"a","clone":"c","life":"l","at":"2026-11-20T03:38:57.123+00:00","grace":600.0'


@pytest.mark.parametrize(
    "text",
    [
        f"{{{WHOLE.partition(',')[2]}}}",
        f'{{{WHOLE},"colour":"red"}}',
        f"{{{WHOLE.replace('600.0', '{}')}}}",
        f"{{{WHOLE.replace('2026', '20x6')}}}",
        f"[{{{WHOLE}}}]",
        "",
    ],
    ids=["lacks-a-field", "has-one-more", "has-no-span", "has-no-moment", "is-a-list", "is-empty"],
)
def test_a_text_that_is_no_record_is_refused(text: str) -> None:
    assert CHALLENGE.decode(f"{{{WHOLE}}}").seat == "a"
    with pytest.raises(RecordError):
        CHALLENGE.decode(text)
