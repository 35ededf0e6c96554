"""Each format: its form, and that no text of a post can become a command, a link or a second annotation."""

import json
import re
from typing import Any

import pytest

from ledger.core.model import Finding, Severity, Where
from ledger.faces.formats import Format, write_findings

PLACE = Where("feed/2026/11/20/03/38/a.md", 9, 2, "ABSORB: FLT-1299 -> AWAITING_CLAIM")
ERROR = Finding("missed-absorb", PLACE, "ruling leaves FLT-1297 waiting", "add `ABSORB: FLT-1297 -> DONE`")
WARNING = Finding("backdated-post", Where("feed/b.md"), "dated before", severity=Severity.WARNING)

HOSTILE = {
    "a workflow command": "::error file=x.py,line=1::forged",
    "on a line of its own": "harmless\n::error::forged",
    "after a carriage return": "harmless\r::error::forged",
    "encoded line feed": "harmless%0A::error::forged",
    "encoded twice": "harmless%250A::error::forged",
    "stopped commands": "::stop-commands::x",
    "an older command": "so ##[error]forged",
    "of another server": "so ##vso[task.complete result=Succeeded;]done",
    "of another server, in capitals": "so ##VSO[task.complete result=Succeeded;]done",
    "an escape": "\x1b[31mred\x1b[0m \x1b]8;;http://x\x07link",
    "turned around": "\u202eevil\u2066",
    "line separators": "a\u2028::error::forged\u2029\x85::error::forged",
    "HTML": "<img src=x onerror=alert(1)><!--",
    "a link": "[click](http://evil.example) ![x](http://evil.example)",
    "quotes": '"}]} \\" \\u000a',
    "braces": "{0} {{ITEM_ID}} {",
    "half a character": "\udcff",
}
hostile = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)


def everywhere(text: str) -> Finding:
    """A finding that says a text wherever a post can put one."""
    return Finding("bad-value", Where(f"feed/{text}.md", 3, 1, text), text, text)


def document(form: Format, *findings: Finding) -> Any:
    return json.loads(write_findings(findings, form))


def test_nothing_found() -> None:
    assert write_findings([], Format.text) == write_findings([], Format.github) == ""
    assert document(Format.json) == {"schema": 1, "findings": []}
    assert document(Format.gitlab) == []
    assert document(Format.sarif)["runs"][0]["results"] == []


def test_text() -> None:
    assert write_findings([ERROR, WARNING], Format.text).splitlines() == [
        "feed/2026/11/20/03/38/a.md:9:2: ruling leaves FLT-1297 waiting [missed-absorb]",
        "  9 | ABSORB: FLT-1299 -> AWAITING_CLAIM",
        "  fix: add `ABSORB: FLT-1297 -> DONE`",
        "feed/b.md:1:1: warning: dated before [backdated-post]",
    ]


def test_github() -> None:
    assert write_findings([ERROR, WARNING], Format.github).splitlines() == [
        f"::error file={PLACE.path},line=9,col=2,title=missed-absorb::{ERROR.message}%0Afix: {ERROR.fix}",
        "::warning file=feed/b.md,line=1,col=1,title=backdated-post::dated before",
    ]


def test_github_escapes_as_documented() -> None:
    one = Finding("bad-value", Where("feed/50%,a:b.md"), "50%, a:b")
    said = "::error file=feed/50%25%2Ca%3Ab.md,line=1,col=1,title=bad-value::50%25, a:b\n"
    assert write_findings([one], Format.github) == said


def test_gitlab() -> None:
    first, second = document(Format.gitlab, ERROR, WARNING)
    assert re.fullmatch("[0-9a-f]{64}", first.pop("fingerprint"))
    assert first == {
        "description": "ruling leaves FLT-1297 waiting (fix: add `ABSORB: FLT-1297 -> DONE`)",
        "check_name": "missed-absorb",
        "severity": "major",
        "location": {"path": "feed/2026/11/20/03/38/a.md", "lines": {"begin": 9}},
    }
    assert (second["severity"], second["description"]) == ("minor", "dated before")


def test_gitlab_knows_a_finding_again() -> None:
    """Other words for the same thing keep the fingerprint; a second thing at one place has its own."""

    def fingerprints(*findings: Finding) -> list[str]:
        return [one["fingerprint"] for one in document(Format.gitlab, *findings)]

    again = Finding("missed-absorb", PLACE, "ruling leaves FLT-1297 and more waiting")
    assert fingerprints(WARNING, again)[1] == fingerprints(ERROR)[0]
    assert len(set(fingerprints(ERROR, again, WARNING))) == 3


def test_sarif() -> None:
    told = document(Format.sarif, ERROR, WARNING, ERROR)
    (run,) = told["runs"]
    driver = run["tool"]["driver"]
    assert (told["version"], driver["name"]) == ("2.1.0", "git-ledger")
    assert [one["id"] for one in driver["rules"]] == ["missed-absorb", "backdated-post"]
    assert driver["rules"][0]["shortDescription"]["text"].startswith("A ruling that forgets a ticket")
    assert all(f"\n{part}: " in driver["rules"][0]["help"]["text"] for part in ("Why", "Wrong", "Right"))
    assert [(one["ruleIndex"], one["level"]) for one in run["results"]] == [
        (0, "error"),
        (1, "warning"),
        (0, "error"),
    ]
    assert run["results"][0]["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "feed/2026/11/20/03/38/a.md", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 9, "startColumn": 2},
            }
        }
    ]


@pytest.mark.parametrize(
    ("path", "uri"),
    {
        "feed/a b.md": "feed/a%20b.md",
        "feed/50%.md": "feed/50%25.md",
        "feed/#1?x.md": "feed/%231%3Fx.md",
        "feed/é.md": "feed/%C3%A9.md",
        "feed/\udcff.md": "feed/%FF.md",
        "feed/\u202e\n.md": "feed/%E2%80%AE%0A.md",
    }.items(),
)
def test_sarif_encodes_paths(path: str, uri: str) -> None:
    (result,) = document(Format.sarif, Finding("bad-value", Where(path), "x"))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_sarif_has_neither_placeholders_nor_links() -> None:
    one = Finding("bad-value", Where("feed/a.md"), r"{0} [words](http://x) [x\](http://x)")
    (result,) = document(Format.sarif, one)["runs"][0]["results"]
    assert result["message"]["text"] == r"{{0}} [words] (http://x) [x\] (http://x)"


@hostile
@pytest.mark.parametrize("form", Format)
def test_one_finding_stays_one(form: Format, text: str) -> None:
    """No line but our own, no control or direction mark, nothing that a build server obeys."""
    said = write_findings([everywhere(text)], form)
    lines = re.split("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", said.removesuffix("\n"))
    assert len(lines) == {Format.text: 3}.get(form, 1)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", said)
    assert not re.search(r"##(?:vso)?\[", said, re.IGNORECASE)
    commands = [line for line in lines if line.lstrip().startswith("::")]
    assert len(commands) == (1 if form is Format.github else 0)


@hostile
def test_github_reads_back_as_one_annotation_of_the_right_file(text: str) -> None:
    """Parsed as the runner parses: what stands in front of the second `::` are properties, then data."""
    line = write_findings([everywhere(text)], Format.github).rstrip("\n")
    read = re.fullmatch(r"::(\w+) ([^:]*)::(.*)", line)
    assert read is not None
    properties = dict(pair.split("=", 1) for pair in read[2].split(","))
    assert (read[1], list(properties)) == ("error", ["file", "line", "col", "title"])
    assert (properties["line"], properties["title"]) == ("3", "bad-value")
    assert unescaped(read[3]).split("\n")[1].startswith("fix: ")
    assert len(unescaped(read[3]).split("\n")) == 2


def unescaped(data: str) -> str:
    for code, char in {"%0D": "\r", "%0A": "\n", "%25": "%"}.items():
        data = data.replace(code, char)
    return data


@hostile
@pytest.mark.parametrize("form", [Format.json, Format.gitlab, Format.sarif])
def test_documents_stay_documents(form: Format, text: str) -> None:
    """The text is a value in them, whatever it holds."""
    told = document(form, everywhere(text), ERROR)
    found = {
        Format.json: lambda: told["findings"],
        Format.gitlab: lambda: told,
        Format.sarif: lambda: told["runs"][0]["results"],
    }[form]()
    assert len(found) == 2
