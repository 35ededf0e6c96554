"""Every rule has a bad feed in `tests/gallery/<rule>/`, and these are the exact words said of it.

`feed.txt` has landed; with `new.txt` that is judged, else the whole feed at NOW. Beside them may stand
`ledger.yaml`, `series.txt`, `changes.txt` (`edited #1`), `branches.txt` (`name author`),
`refs.txt` (odd refs: `name type`), `commit.txt` (who commits), `rewound.txt`, `forged.txt` (what
differs), and raw files under `raw/`.
`says.txt` is what is said; `tools/test tests/rules --rewrite-gallery` writes it.
"""

import re
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from ledger import rules
from ledger.core.config.config import CONFIG_PATH
from ledger.core.model import Finding, Severity
from ledger.core.text import fill_in_lines, format_finding
from ledger.rules import RULES, Rule
from ledger.rules.forwarded import FORWARDED
from ledger.rules.view import AlteredPost, Branch, Commit, Rewound
from tests.feeds import Feed, feed
from tests.rules.views import view

GALLERY = Path(__file__).parent.parent / "gallery"
TOOLS = {"forwarded", "view", "numbered", "seats", "settled", "silence"}
"""Modules of the room that are no rules."""
ALSO = {"circular-wait": {"missed-absorb"}}
"""Rules whose bad feed cannot but break another rule too: who waits in a circle was also forgotten."""

every_rule = pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])


def findings(case: Path) -> list[Finding]:
    """What all rules say of one case, with the lines they point at."""
    landed, new, config = (_text(case / name) for name in ("feed.txt", "new.txt", "ledger.yaml"))
    raw = {
        str(path.relative_to(case / "raw")): path.read_bytes()
        for path in sorted((case / "raw").rglob("*"))
        if path.is_file()
    }
    posts = feed(f"{landed}\n{new or ''}")
    words = [line.split() for line in (_text(case / "changes.txt") or "").splitlines()]
    said = rules.judge(
        view(
            landed or "",
            new,
            config=config or "",
            series=_text(case / "series.txt"),
            changes=[AlteredPost(posts.posts[int(number[1:]) - 1].path, how) for how, number in words],
            branches=[Branch(*line.split()) for line in (_text(case / "branches.txt") or "").splitlines()],
            commit=_commit(_text(case / "commit.txt"), posts),
            odd_refs=dict(line.split() for line in (_text(case / "refs.txt") or "").splitlines()),
            raw=raw,
            rewound=_rewound(_text(case / "rewound.txt")),
            forged=(_text(case / "forged.txt") or "").strip() or None,
        )
    )
    files = {**posts.files, **raw, CONFIG_PATH: (config or "").encode()}
    return fill_in_lines(said, {path: data.decode(errors="replace") for path, data in files.items()})


def _commit(text: str | None, posts: Feed) -> Commit | None:
    """`SEAT`, and `configures` where it changes the settings; it adds every post itself."""
    if text is None:
        return None
    seat, *words = text.split()
    return Commit(seat, frozenset(post.id for post in posts.posts), "configures" in words)


def _rewound(text: str | None) -> Rewound | None:
    """Lines such as `post PATH`, `tip CMB 12 9` (seen, now) and `number REF`."""
    if text is None:
        return None
    words = [line.split() for line in text.splitlines()]
    posts = tuple(path for sort, path, *_ in words if sort == "post")
    tips = tuple((rest[0], int(rest[1]), int(rest[2])) for sort, *rest in words if sort == "tip")
    return Rewound(posts, tips, tuple(ref for sort, ref, *_ in words if sort == "number"))


def _text(path: Path) -> str | None:
    return path.read_text() if path.exists() else None


def hold_to_words(case: Path, *, rewrite: bool) -> None:
    """What is said of a case is what its `says.txt` has; or that file is written anew."""
    said = "\n".join(format_finding(one) for one in findings(case)) + "\n"
    if rewrite:
        (case / "says.txt").write_text(said)
    assert said == (case / "says.txt").read_text()


@every_rule
def test_says_exactly(rule: Rule, request: pytest.FixtureRequest) -> None:
    hold_to_words(GALLERY / rule.name, rewrite=request.config.getoption("--rewrite-gallery"))


def test_other_words_fail_until_they_are_rewritten(tmp_path: Path) -> None:
    case = tmp_path / "case"
    shutil.copytree(GALLERY / RULES[0].name, case)
    before = (case / "says.txt").read_text()
    (case / "says.txt").write_text("other words\n")
    with pytest.raises(AssertionError):
        hold_to_words(case, rewrite=False)
    assert (case / "says.txt").read_text() == "other words\n"
    hold_to_words(case, rewrite=True)
    assert (case / "says.txt").read_text() == before


@every_rule
def test_the_case_is_about_its_rule(rule: Rule) -> None:
    said = findings(GALLERY / rule.name)
    assert rule.name in {one.rule for one in said}
    errors = {one.rule for one in said if one.severity is Severity.ERROR}
    assert errors <= {rule.name} | ALSO.get(rule.name, set())


@every_rule
def test_is_documented(rule: Rule) -> None:
    """What it finds, a blank line, then Why, Wrong and Right, of one to three lines each."""
    parts = re.fullmatch(r"(\S.*)\n\nWhy: (.+?)\nWrong: (.+?)\nRight: (.+?)\n", rule.doc, re.DOTALL)
    assert parts is not None
    first, *rest = parts.groups()
    assert "\n" not in first
    assert all(len(part.split("\n")) <= 3 for part in rest)


@every_rule
def test_no_fix_destroys(rule: Rule) -> None:
    """What is said may be followed to the letter: nothing is deleted, forced or thrown back by it."""
    destroying = r"\bgit (checkout|restore|reset|clean|rm|stash)\b|--force|--hard|--no-verify|\brm\b"
    assert not [one.fix for one in findings(GALLERY / rule.name) if re.search(destroying, one.fix)]


def test_every_module_is_in_the_table() -> None:
    modules = {path.stem for path in Path(rules.__file__).parent.glob("*.py")} - TOOLS - {"__init__"}
    assert modules == {rule.name.replace("-", "_") for rule in RULES if rule.name not in FORWARDED}
    assert len(RULES) == len(modules) + len(FORWARDED)


def test_every_case_is_of_a_rule() -> None:
    assert {path.name for path in GALLERY.iterdir() if path.is_dir()} == {rule.name for rule in RULES}


def test_a_rule_is_named_like_its_module() -> None:
    for rule in (rule for rule in RULES if rule.name not in FORWARDED):
        module: ModuleType = getattr(rules, rule.name.replace("-", "_"))
        assert module.__doc__ == rule.doc
