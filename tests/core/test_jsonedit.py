"""Adding to JSON that somebody wrote, and taking it out again, byte for byte."""

import json

import pytest

from ledger.app.setup.json_edit import add_entry, list_entries, remove_entries

ENTRY = {"run": "x", "with": [1]}
STOP, START = ("hooks", "Stop"), ("hooks", "Start")

TEXTS = {
    "an empty object": "{}",
    "an empty object and a line feed": "{}\n",
    "an empty object with a space": "{ }",
    "an empty object on two lines": "{\n}\n",
    "one line": '{"a": 1, "b": [1, 2]}',
    "one line without spaces": '{"a":1,"b":[1,2]}',
    "two spaces": '{\n  "a": 1\n}\n',
    "tabs": '{\n\t"a": {\n\t\t"b": 1\n\t}\n}',
    "four spaces and CRLF": '{\r\n    "a": {\r\n        "b": 1\r\n    }\r\n}\r\n',
    "lines that are laid out by nobody": '  {"a":1,\n "b":2}  ',
    "empty hooks": '{\n  "a": 1,\n  "hooks": {}\n}\n',
    "empty hooks on one line": '{"hooks":{}}',
    "an empty list": '{\n  "hooks": {\n    "Stop": []\n  }\n}\n',
    "an empty list with a space": '{"hooks": {"Stop": [ ]}}',
    "entries of others": '{\n  "hooks": {\n    "Stop": [\n      7\n    ],\n    "X": [1]\n  },\n  "z": 0\n}',
    "entries of others on one line": '{"hooks": {"Stop": [{"run": "y"}]}, "z": "é\\u00e9"}',
    "a key twice, of which the last counts": '{"hooks": {"Stop": [7]}, "hooks": {"Stop": []}}',
}


def ours(entry: object) -> bool:
    return entry == ENTRY


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_was_added_is_taken_out_byte_for_byte(text: str) -> None:
    filled = add_entry(add_entry(text, START, ENTRY), STOP, ENTRY)
    before, after = json.loads(text), json.loads(filled)
    assert after["hooks"]["Stop"] == [*before.get("hooks", {}).get("Stop", []), ENTRY]
    assert after["hooks"]["Start"] == [ENTRY]
    assert {key: one for key, one in after.items() if key != "hooks"} == {
        key: one for key, one in before.items() if key != "hooks"
    }
    assert remove_entries(remove_entries(filled, STOP, ours), START, ours) == text


def test_an_entry_is_laid_out_as_the_file_is() -> None:
    text = '{\n\t"a": 1,\n\t"hooks": {\n\t\t"Stop": [\n\t\t\t{"run": "y"}\n\t\t]\n\t}\n}\n'
    lines = '\t\t\t{\n\t\t\t\t"run": "x",\n\t\t\t\t"with": [\n\t\t\t\t\t1\n\t\t\t\t]\n\t\t\t}'
    assert add_entry(text, STOP, ENTRY) == text.replace('{"run": "y"}', f'{{"run": "y"}},\n{lines}')


def test_what_was_added_since_stays() -> None:
    filled = add_entry('{"a": 1}', STOP, ENTRY)
    more = add_entry(add_entry(filled, STOP, {"run": "z"}), ("hooks", "X"), 1)
    left = '{"a": 1, "hooks": { "Stop": [ {"run": "z"} ], "X": [ 1 ] }}'
    assert remove_entries(more, STOP, ours) == left


def test_what_a_list_holds() -> None:
    assert list_entries('{"hooks": {"Stop": [1, 2]}}', STOP) == [1, 2]
    assert list_entries('{"hooks": {}}', STOP) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"hooks": []}',
        '{"hooks": {"Stop": {}}}',
        '{"hooks": {"Stop": null}}',
        '{"a": 1} // why',
    ],
)
def test_what_is_no_place_for_an_entry(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        add_entry(text, STOP, ENTRY)
