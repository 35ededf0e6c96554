"""Tricks with the protocol, and with objects that no git client makes."""

from collections.abc import Sequence

from tests.attackers.draft import Draft
from tests.attackers.objects import EMPTY_SHA, FILE, FOLDER
from tests.attackers.server import FEED, TRUNK
from tests.attackers.tricks_feed import Trick
from tests.attackers.tricks_refs import EVIL, orphan


def pushes_head(draft: Draft) -> None:
    """Names that are no refs, or that would lead elsewhere."""
    names = ["HEAD", "FETCH_HEAD", "refs/heads/../reserve/CMB/5", "refs/heads/ledger/x", "ledger"]
    names += ["refs//heads/ledger", "main-worktree/refs/heads/ledger", "refs/heads/./ledger"]
    draft.replace_with([(EMPTY_SHA, orphan(draft), draft.chance.choice(names))])


def injects_a_reservation(draft: Draft) -> None:
    """A name with a line feed: to a hook that reads lines it is one more ref, which git never makes."""
    series = draft.some(sorted(draft.model.tips))
    number = draft.free_number(series)
    draft.post("actionable", item=f"{series}-{number:04}", state="AWAITING_CLAIM", subject="Mine")
    ref = draft.reserve(series, number)
    _, blob, _ = draft.commands.pop()
    name = f"refs/heads/x\n{EMPTY_SHA} {blob} {ref}"
    feed = (draft.base, draft.seal(), draft.chance.choice([FEED, TRUNK]))
    draft.options["atomic"] = False
    draft.replace_with([(EMPTY_SHA, blob, name), feed])


def says_it_is_shallow(draft: Draft) -> None:
    """A commit without its past, as from a shallow clone."""
    evil = draft.objects.commit(draft.objects.tree_of(draft.files), ["1" * 40], "shallow")
    draft.options["lines"] = [f"shallow {evil}"]
    draft.replace_with([(draft.base, evil, FEED)])


def lacks_objects(draft: Draft) -> None:
    """The pack has not all that the new commit names."""
    path = draft.post("note", "Not sent.")
    draft.seal()
    draft.options["without"] = frozenset({draft.files[path].oid})


def sends_damaged_trees(draft: Draft) -> None:
    """Trees that git never writes: not sorted, a name twice, `.git`, a path in a name, zeros in a mode."""
    blob = draft.objects.blob(EVIL)
    feed = draft.objects.tree_of(
        {path[5:]: file for path, file in draft.files.items() if path.startswith("feed/")}
    )
    base = (FOLDER, "feed", feed)
    odd = [
        [base, (FOLDER, "feed", draft.objects.tree([(FILE, "x.md", blob)]))],
        [base, (FILE, "a", blob)],
        [(FILE, ".git", blob), base],
        [(FILE, ".GIT", blob), base],
        [base, (FILE, "feed/x.md", blob)],
        [("040000", "feed", feed)],
        [(FILE, "..", blob), base],
        [base, (FILE, "", blob)],
        [base, (FILE, "feed", blob)],
    ]
    draft.tip = draft.objects.commit(draft.objects.tree(draft.chance.choice(odd)), [draft.base])
    draft.forget_changes()


def commits_on_nothing(draft: Draft) -> None:
    """A parent that nobody has."""
    draft.tip = draft.objects.commit(draft.objects.tree_of(draft.files), ["1" * 40])
    draft.forget_changes()


def hangs_up(draft: Draft) -> None:
    """The connection breaks before all is sent."""
    draft.post("note", "Half a push.")
    draft.options["cut"] = draft.chance.choice([1, 5, 20, 60, 300])


def hears_nothing(draft: Draft) -> None:
    """A history that must be refused, from a pusher that hung up and hears no refusal."""
    draft.options["deaf"] = True
    draft.replace_with([(draft.base, orphan(draft), FEED)])


BY_ANYBODY: Sequence[Trick] = (
    *(
        pushes_head,
        injects_a_reservation,
        says_it_is_shallow,
        lacks_objects,
        sends_damaged_trees,
        commits_on_nothing,
        hangs_up,
    ),
    hears_nothing,
)
"""Only real receive-pack can tell what becomes of these."""
