"""Tricks with the files and the history of the feed branch."""

from collections.abc import Callable, Sequence

from tests.attackers.draft import CAMBER, Draft
from tests.attackers.objects import FILE, FOLDER, LINK, PROGRAM, SUBMODULE, File
from tests.attackers.server import FEED

Trick = Callable[[Draft], None]
EVIL = "---\nseat: MALLORY\nat: 2026-01-05T08:00:00.000Z\nkind: note\n---\nrewritten\n"


def edits(draft: Draft) -> None:
    path = draft.landed_post()
    draft.put(path, draft.model.server.contents([draft.files[path].oid])[0] + b"more\n")


def edits_one_byte(draft: Draft) -> None:
    path = draft.landed_post()
    draft.put(path, draft.model.server.contents([draft.files[path].oid])[0].replace(b"seat: ", b"seat:  ", 1))


def empties(draft: Draft) -> None:
    draft.put(draft.landed_post(), "")


def removes(draft: Draft) -> None:
    del draft.files[draft.landed_post()]


def removes_all(draft: Draft) -> None:
    draft.files = {path: file for path, file in draft.files.items() if not path.startswith("feed/20")}
    draft.put("code.txt", draft.nonce())


def removes_the_folder(draft: Draft) -> None:
    draft.files = {"feed": File(FILE, draft.objects.blob("a file where the feed was\n"))}


def renames(draft: Draft) -> None:
    path = draft.landed_post()
    draft.files[path.replace(".md", "x.md")] = draft.files.pop(path)


def moves_beside(draft: Draft) -> None:
    """Another post at the place of one that landed, which stands elsewhere now."""
    one, other = draft.landed_post(), draft.landed_post()
    draft.put(one, EVIL)
    draft.files[other.replace("feed/2026", "feed/2025")] = draft.files[other]


def swaps(draft: Draft) -> None:
    """Two posts in each other's places."""
    one = draft.landed_post()
    other = draft.some([path for path in sorted(draft.model.landed) if path != one])
    draft.files[one], draft.files[other] = draft.files[other], draft.files[one]


def edits_and_puts_back(draft: Draft) -> None:
    """A landed post has another content in a commit of the push, and its own at the end."""
    path = draft.landed_post()
    before = draft.files[path]
    draft.put(path, EVIL)
    draft.seal()
    draft.files[path] = before
    draft.seal()


def removes_and_puts_back(draft: Draft) -> None:
    """The first commit is without posts, the second has them again, one of them otherwise."""
    before = dict(draft.files)
    draft.files = {"code.txt": File(FILE, draft.objects.blob("no feed\n"))}
    draft.seal()
    draft.files = before
    edits(draft)


def hides_a_content(draft: Draft) -> None:
    """A new post has another content in the commit before."""
    path = draft.post("note", "The first words.")
    draft.seal()
    draft.put(path, draft.text(path).replace("first", "other"))


def adds_and_deletes(draft: Draft) -> None:
    path = draft.post("note", "Nobody sees it.", seat=CAMBER)
    draft.seal()
    del draft.files[path]
    draft.seal()


def marks_executable(draft: Draft) -> None:
    path = draft.landed_post()
    draft.files[path] = File(PROGRAM, draft.files[path].oid)


def makes_link(draft: Draft) -> None:
    draft.put(draft.landed_post(), "/etc/passwd", LINK)


def makes_submodule(draft: Draft) -> None:
    draft.files[draft.landed_post()] = File(SUBMODULE, draft.base)


def makes_folder(draft: Draft) -> None:
    path = draft.landed_post()
    del draft.files[path]
    draft.put(f"{path}/{path.rpartition('/')[2]}", EVIL)


def posts_executable(draft: Draft) -> None:
    draft.post("note", "Run me.", mode=PROGRAM)


def posts_link(draft: Draft) -> None:
    draft.post("note", mode=LINK, text="/etc/passwd")


def posts_submodule(draft: Draft) -> None:
    path = draft.post("note", "x")
    draft.files[path] = File(SUBMODULE, draft.base)


def puts_elsewhere(draft: Draft) -> None:
    """A post that stands where no post of its time stands."""
    path = draft.post("note", "Where am I?")
    name = path.rpartition("/")[2]
    wrong = [
        f"feed/{name}",
        f"feed/2026/{name}",
        path.replace("/2026/", "/2027/"),
        path.replace(".md", ".md/x.md"),
    ]
    wrong += [
        f"Feed/{path[5:]}",
        path.replace(".md", ".MD"),
        path.replace(f"-{draft.seat.lower()}-", "-nobody-"),
    ]
    draft.files[draft.chance.choice(wrong)] = draft.files.pop(path)


def files_where_folders_go(draft: Draft) -> None:
    path = draft.chance.choice(
        ["feed/2027", "feed/2026/12", "feed/2026/12/24", "feed/2026/12/24/00", "feed/2028.md"]
    )
    if draft.chance.random() < 0.3:
        draft.files[path] = File(SUBMODULE, draft.base)
    else:
        draft.put(path, "no folder\n", draft.chance.choice([FILE, LINK, PROGRAM]))


def adds_what_has_no_place(draft: Draft) -> None:
    names = ["feed/.gitignore", "feed/.gitmodules", "feed/notes.txt", "feed/deep/.gitattributes", "feed/X.MD"]
    names += [
        "FEED/ledger.yaml",
        "feed/2026/readme",
        "feed/ledger.yml",
        "feed/a\nb",
        "feed/\x1b[2J",
        "feed/ ",
    ]
    draft.put(draft.chance.choice(names), "*.md working-tree-encoding=UTF-16\n")


def sets_attributes(draft: Draft) -> None:
    draft.put("feed/.gitattributes", "*.md working-tree-encoding=UTF-16\n")


def merges_ours(draft: Draft) -> None:
    """A merge that takes the tree of a side which lacks what landed since."""
    older = draft.some(draft.model.history_of[:-1])
    draft.files = draft.model.server.files(older)
    draft.put("code.txt", draft.nonce())
    draft.seal(older, message="merge")


def merges_octopus(draft: Draft) -> None:
    """Three parents and a tree of none of them."""
    sides = [draft.objects.commit(draft.objects.tree_of({}), [draft.base], f"side {n}") for n in range(2)]
    draft.files = {"code.txt": File(FILE, draft.objects.blob("no feed\n"))}
    draft.seal(*sides, message="octopus")


def merges_another_history(draft: Draft) -> None:
    """An orphan history that has landed posts otherwise; the tree of the merge is as it was."""
    path = draft.landed_post()
    other = {path: File(FILE, draft.objects.blob(EVIL))}
    root = draft.objects.commit(draft.objects.tree_of(other), [])
    draft.seal(root, message="ours")


def merges_edit(draft: Draft) -> None:
    """The edit is in the merge alone, in neither of its parents."""
    side = draft.objects.commit(draft.objects.tree_of(draft.files), [draft.base], "side")
    edits(draft)
    draft.seal(side, message="merge")


def starts_anew(draft: Draft) -> None:
    """An orphan root with all posts and one more."""
    draft.post("note", "A new beginning.")
    draft.tip = draft.objects.commit(draft.objects.tree_of(draft.files), [])
    draft.forget_changes()


def starts_empty(draft: Draft) -> None:
    draft.files = {"other.txt": File(FILE, draft.objects.blob("another history\n"))}
    draft.tip = draft.objects.commit(draft.objects.tree_of(draft.files), [])
    draft.forget_changes()


def goes_back(draft: Draft) -> None:
    draft.tip = draft.some(draft.model.history_of[:-1])
    draft.files = draft.model.server.files(draft.tip)
    draft.forget_changes()


def goes_back_and_on(draft: Draft) -> None:
    """On an older commit, with another post than landed there."""
    goes_back(draft)
    draft.post("note", "As if nothing had been.")


def points_elsewhere(draft: Draft) -> None:
    """The feed branch becomes a tag, a tree or a blob."""
    kinds = [
        draft.objects.tag(draft.base, "ledger"),
        draft.objects.tree_of(draft.files),
        draft.objects.blob("x"),
    ]
    draft.commands.append((draft.base, draft.chance.choice(kinds), FEED))


def deletes_the_branch(draft: Draft) -> None:
    draft.commands.append((draft.base, "0" * 40, FEED))


def names_a_million_files(draft: Draft) -> None:
    """Ten folders of ten times one and the same, each level of one object."""
    tree = draft.objects.tree([(FILE, "x.md", draft.objects.blob("x"))])
    for _ in range(7):
        tree = draft.objects.tree([(FOLDER, f"d{n}", tree) for n in range(10)])
    feed = draft.objects.tree([(FOLDER, "2026", tree)])
    root = draft.objects.tree([(FOLDER, "feed", feed)])
    draft.tip = draft.objects.commit(root, [draft.base])
    if draft.chance.random() < 0.5:
        draft.seal()
    draft.forget_changes()


BY_ANYBODY: Sequence[Trick] = (
    *(edits, edits_one_byte, empties, removes, removes_all, removes_the_folder, renames, moves_beside, swaps),
    *(edits_and_puts_back, removes_and_puts_back, hides_a_content, adds_and_deletes, marks_executable),
    *(makes_link, makes_submodule, makes_folder, posts_executable, posts_link, posts_submodule),
    *(puts_elsewhere, files_where_folders_go, adds_what_has_no_place, sets_attributes, merges_ours),
    *(merges_octopus, merges_another_history, merges_edit, starts_anew, starts_empty, goes_back),
    *(goes_back_and_on, points_elsewhere, deletes_the_branch, names_a_million_files),
)
