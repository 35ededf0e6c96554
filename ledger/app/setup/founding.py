"""The feed's setup files, landed on its branch by the same swap as any write."""

from collections.abc import Mapping

from ledger.app.judge.rewound import refuse_rewound
from ledger.app.ledger import Ledger
from ledger.app.read.load import read_feed
from ledger.app.write.building import find_first_parent
from ledger.app.write.retry import swap_until_applied
from ledger.core.config.config import CONFIG_PATH, write_default_yaml
from ledger.core.dataclass import dataclass
from ledger.store.contract import ABSENT, RefUpdate, Signature
from ledger.store.git.working_tree import find_objects_at

ATTRIBUTES = "feed/.gitattributes"
ATTRIBUTES_TEXT = (
    "# Posts are UTF-8 text with LF line ends on every machine.\n*.md text eol=lf\n*.yaml text eol=lf\n"
)
README = "feed/README.md"
README_TEXT = """\
# The feed

Every file below is a post of a seat: one fact about a ticket, written once and never edited, renamed or
deleted. `git ledger queue` computes from them what there is to do, and `git ledger append` writes new ones.
`git ledger -h` lists what else there is.
"""
MESSAGE = "ledger: set up the feed\n"
NOBODY = Signature("git-ledger", "init@git-ledger.invalid")
"""Who begins a feed where git has no identity: no seat need be set for it."""


@dataclass(frozen=True, slots=True)
class FoundResult:
    """What stands now: whether the feed had to be begun, the files that were landed for it, and those that
    stay as somebody else wrote them."""

    begun: bool
    files: tuple[str, ...]
    others: tuple[str, ...] = ()


def make_setup_files(branch: str) -> Mapping[str, str]:
    """The files with which a feed on this branch begins."""
    return {CONFIG_PATH: write_default_yaml(branch), ATTRIBUTES: ATTRIBUTES_TEXT, README: README_TEXT}


def found_feed(ledger: Ledger, setup: Mapping[str, str], more: Mapping[str, str]) -> FoundResult:
    """Land the files of `setup` where the feed has no settings yet, and those of `more` that are missing.

    Two who begin at once begin one feed: whoever comes second finds what stands. Raises LedgerError as every
    write does.
    """

    def due() -> tuple[list[RefUpdate], FoundResult]:
        refs = ledger.store.read_refs([], ledger.until, to_write=True)
        # A branch that was deleted by force must not look like a feed that nobody began.
        if refs.rewind is not None:
            refuse_rewound(ledger, read_feed(ledger, to_write=True))
        commit = refs.get(ledger.store.feed_ref)
        there = find_objects_at(ledger.repo, commit, [*setup, *more]) if commit else {}
        same = {path: ledger.store.write_blob(text.encode()) for path, text in more.items()}
        others = tuple(path for path in more if there.get(path, same[path]) != same[path])
        wanted = {**({} if CONFIG_PATH in there else setup), **more}
        missing = {path: text.encode() for path, text in wanted.items() if path not in there}
        if not missing:
            return [], FoundResult(False, (), others)
        parent = commit or find_first_parent(ledger)
        seconds = int(ledger.world.now().timestamp())
        me = ledger.repo.find_identity() or NOBODY
        new = ledger.store.write_commit(parent, missing, MESSAGE, me, me, seconds)
        return [RefUpdate(ledger.store.feed_ref, commit or ABSENT, new)], FoundResult(
            commit is None, tuple(missing), others
        )

    return swap_until_applied(ledger, due)
