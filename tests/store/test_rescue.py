"""Saving what stands in a working tree, and setting it: every line is kept, whatever state it was left in."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.core.errors import LedgerError
from ledger.store.contract import Signature
from ledger.store.git.process import Git
from ledger.store.pool.large_files import LargeFiles
from ledger.store.pool.rescue import Keeper
from tests.gitrun import commit_file, git, hook, new_repository

WHO = Signature("otto", "otto@git-ledger.invalid")
RESCUE = "refs/ledger/rescue/otto/now"


def build(folder: Path) -> None:
    """A repository whose main has moved on from the commit `old`, and a side branch that changed the same."""
    repo = new_repository(folder / "repo")
    (repo / ".gitignore").write_text("build/\n")
    git(repo, "add", ".gitignore")
    commit_file(repo, "code.txt", "one\ntwo\nthree\n")
    commit_file(repo, "gone.txt", "only in the old one\n")
    git(repo, "branch", "old")
    commit_file(repo, "code.txt", "one\n2\nthree\n")
    git(repo, "rm", "-q", "gone.txt")
    git(repo, "commit", "-q", "-m", "without gone.txt")
    git(repo, "switch", "-q", "-c", "side", "old")
    commit_file(repo, "code.txt", "one\nzwei\nthree\n")
    git(repo, "switch", "-q", "main")


_BUILT: list[Path] = []


@pytest.fixture
def tree(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working tree, detached at `old`."""
    if not _BUILT:
        _BUILT.append(tmp_path_factory.mktemp("rescue"))
        build(_BUILT[0])
    shutil.copytree(_BUILT[0], tmp_path, symlinks=True, dirs_exist_ok=True)
    git(tmp_path / "repo", "worktree", "add", "-q", "--detach", str(tmp_path / "tree"), "old")
    return tmp_path / "tree"


def keeper(tree: Path) -> Keeper:
    git_dir = Path(git(tree, "rev-parse", "--absolute-git-dir"))
    return Keeper(Git(tree), git_dir, WHO, lambda count: RESCUE if count == 1 else f"{RESCUE}-{count}")


def set_to_main(tree: Path) -> list[str]:
    return keeper(tree).set_to_commit(git(tree, "rev-parse", "main"))


def is_set(tree: Path) -> bool:
    """Clean, detached, at main, with nothing half done."""
    head = git(tree, "rev-parse", "HEAD"), git(tree, "branch", "--show-current")
    said = git(tree, "status")
    calm = "progress" not in said and "merging" not in said
    clean = calm and git(tree, "status", "--porcelain", "-unormal") == ""
    return clean and head == (git(tree, "rev-parse", "main"), "")


def kept(tree: Path, *refs: str) -> str:
    """Every line that any commit of these refs has in any version of any file."""
    return git(tree, "log", "-p", "-m", "--format=", *refs)


Deed = Callable[[Path], object]


def write(name: str, text: str) -> Deed:
    def deed(tree: Path) -> None:
        place = tree / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    return deed


def run(*words: str) -> Deed:
    return lambda tree: git(tree, *words)


def stops(*words: str) -> Deed:
    """A command that git ends with a conflict."""
    return lambda tree: Git(tree).run(*words).code or pytest.fail(f"{words} found no conflict")


CHANGED = write("code.txt", "one\ntwo\nthree\nline-a\n")
NEW = write("deep/new.txt", "line-a\n")


def commits(tree: Path) -> None:
    """Two commits on no branch; the first is in conflict with main, the second has the line."""
    commit_file(tree, "code.txt", "one\nzwo\nthree\n")
    commit_file(tree, "deep/new.txt", "line-a\n")


def rebase_with_merges(tree: Path) -> None:
    """A rebase of a merge that stops for the second time: the conflict that was resolved at the first has a
    label alone."""
    git(tree, "switch", "-q", "-c", "topic", "old")
    commit_file(tree, "code.txt", "one\nzwo\nthree\n")
    git(tree, "switch", "-q", "--detach", "old")
    commit_file(tree, "gone.txt", "changed\n")
    git(tree, "merge", "-q", "--no-edit", "topic")
    stops("rebase", "--rebase-merges", "main")(tree)
    write("code.txt", "line-a\n")(tree)
    git(tree, "add", "-A")
    stops("rebase", "--continue")(tree)
    assert "line-a" in kept(tree, "--glob=refs/rewritten") and "line-a" not in kept(tree, "HEAD")


def apply_mail(tree: Path) -> None:
    """A mailed patch that does not apply, and a resolution of it that is not committed."""
    git(tree, "checkout", "-q", "--detach", "main")
    (tree.parent / "mail").write_text(
        Git(tree).check_output("format-patch", "--stdout", "-1", "side").decode()
    )
    stops("am", "-3", str(tree.parent / "mail"))(tree)
    CHANGED(tree)


def forget(tree: Path) -> None:
    """HEAD's reflog is gone, as after `git reflog expire`."""
    (keeper(tree).git_dir / "logs" / "HEAD").unlink()


@pytest.mark.parametrize(
    "deeds",
    [
        pytest.param([CHANGED], id="changed"),
        pytest.param([CHANGED, run("add", "-A")], id="staged"),
        pytest.param([NEW], id="untracked"),
        pytest.param(
            [NEW, run("config", "status.showUntrackedFiles", "no")], id="untracked, by settings unseen"
        ),
        pytest.param([NEW, run("add", "-N", "deep/new.txt")], id="meant to be added"),
        pytest.param(
            [NEW, run("add", "-A"), write("deep/new.txt", "line-b\n")], id="staged, then overwritten"
        ),
        pytest.param(
            [NEW, run("add", "-A"), run("rm", "-qf", "--cached", "code.txt")], id="staged beside a removal"
        ),
        pytest.param(
            [NEW, run("add", "-A"), lambda tree: (tree / "deep/new.txt").unlink()], id="staged, then removed"
        ),
        pytest.param(
            [NEW, run("add", "-A"), run("commit", "-q", "-m", "on no branch")], id="committed on no branch"
        ),
        pytest.param(
            [NEW, run("add", "-A"), run("commit", "-q", "-m", "on none"), write("more.txt", "line-b\n")],
            id="committed on no branch, and untracked",
        ),
        pytest.param([run("switch", "-q", "-c", "own"), NEW, run("add", "-A")], id="staged on a branch"),
        pytest.param([run("switch", "-q", "--orphan", "own"), NEW], id="on a branch without a commit"),
        pytest.param([write("gone.txt", "line-a\n")], id="in a file that the base has not"),
        pytest.param([stops("merge", "side", "main"), CHANGED], id="in a merge"),
        pytest.param(
            [run("checkout", "-q", "--detach", "main"), stops("cherry-pick", "side"), NEW],
            id="in a cherry-pick",
        ),
        pytest.param(
            [run("checkout", "-q", "--detach", "main"), stops("revert", "HEAD~1", "old"), NEW],
            id="in a revert",
        ),
        pytest.param([run("checkout", "-q", "side"), stops("rebase", "main"), NEW], id="in a rebase"),
        pytest.param([run("bisect", "start", "main", "old~1"), NEW], id="in a bisection"),
        pytest.param([commits, stops("rebase", "main")], id="still to be rebased"),
        pytest.param(
            [commits, run("checkout", "-q", "--detach", "main"), stops("cherry-pick", "@{1}~1", "@{1}")],
            id="still to be picked",
        ),
        pytest.param(
            [
                commits,
                run("checkout", "-q", "--detach", "main"),
                run("merge", "-q", "-s", "ours", "--no-commit", "@{1}"),
            ],
            id="merged without being taken",
        ),
        pytest.param([commits, run("bisect", "start", "HEAD", "HEAD~3")], id="under bisection"),
        pytest.param(
            [
                run("checkout", "-q", "--detach", "main"),
                stops("merge", "side"),
                NEW,
                run("add", "deep"),
                lambda tree: (tree / "deep/new.txt").unlink(),
            ],
            id="staged beside a conflict, then removed",
        ),
        pytest.param(
            [run("update-index", "--assume-unchanged", "code.txt"), CHANGED],
            id="that git was told not to see",
        ),
        pytest.param(
            [run("update-index", "--skip-worktree", "code.txt"), CHANGED], id="that git was told to skip"
        ),
        pytest.param([NEW, lambda tree: (keeper(tree).git_dir / "index").unlink()], id="without an index"),
        pytest.param(
            [write(".gitignore", "build/\n*.log\n"), write("x.log", "line-a\n")], id="ignored by itself"
        ),
        pytest.param([write("a b\tc\nd.txt", "line-a\n")], id="of an odd name"),
        pytest.param(
            [run("config", "core.quotePath", "false"), write("a\u2028b.txt", "line-a\n")],
            id="of an odd name, told as it is",
        ),
        pytest.param(
            [run("config", "core.safecrlf", "true"), write("dos.txt", "line-a\r\n")], id="with CRLF"
        ),
        pytest.param(
            [run("sparse-checkout", "set", "--no-cone", "/code.txt"), write("gone/x.txt", "line-a\n")],
            id="sparse",
        ),
        pytest.param([rebase_with_merges], id="in a rebase of merges"),
        pytest.param([apply_mail], id="in a patch by mail"),
        pytest.param(
            [lambda tree: (tree / "link").symlink_to("line-a\n")], id="in a link that leads nowhere"
        ),
        pytest.param([run("update-index", "--split-index"), CHANGED], id="beside a split index"),
        pytest.param([run("update-index", "--untracked-cache"), NEW], id="beside a cache of untracked files"),
        pytest.param([run("config", "core.ignoreStat", "true"), CHANGED], id="where git trusts no stat"),
        pytest.param(
            [run("config", "commit.gpgSign", "true"), run("config", "user.signingKey", "none"), NEW],
            id="where commits are signed with no key",
        ),
        pytest.param(
            [lambda tree: hook(tree.parent / "repo" / ".git", "pre-commit", "exit 1"), NEW],
            id="where a hook refuses commits",
        ),
        pytest.param(
            [
                *(run("config", "filter.x.clean", "false"), run("config", "filter.x.required", "false")),
                *(write(".gitattributes", "*.txt filter=x\n"), NEW),
            ],
            id="where a filter fails",
        ),
        pytest.param([commits, run("switch", "-q", "-c", "fix", "main")], id="left behind on no branch"),
        pytest.param([commits, run("reset", "-q", "--hard", "HEAD~2")], id="reset away"),
        pytest.param(
            [
                *(run("switch", "-q", "-c", "own"), commits),
                *(run("switch", "-q", "--detach", "main"), run("branch", "-qD", "own")),
            ],
            id="on a branch that was deleted",
        ),
        pytest.param(
            [commits, run("switch", "-q", "--orphan", "own"), run("commit", "-qm", "x", "--allow-empty")],
            id="left for a branch without a commit",
        ),
        pytest.param([commits, run("switch", "-q", "--orphan", "own")], id="left for no commit at all"),
        pytest.param(
            [commits, run("symbolic-ref", "HEAD", "refs/heads/old"), run("reset", "-q", "--hard")],
            id="left by hand for a branch",
        ),
        pytest.param(
            [commits, run("update-ref", "--no-deref", "HEAD", "main"), run("reset", "-q", "--hard")],
            id="left by hand for a commit",
        ),
        pytest.param(
            [
                commits,
                stops("rebase", "main"),
                run("rebase", "--quit"),
                run("checkout", "-qf", "--detach", "main"),
            ],
            id="left by a rebase that was let go of",
        ),
        pytest.param(
            [
                *(run("config", "core.logAllRefUpdates", "false"), forget, lambda tree: set_to_main(tree)),
                *(
                    run("checkout", "-q", "--detach", "old"),
                    commits,
                    run("switch", "-q", "-c", "fix", "main"),
                ),
            ],
            id="left behind where git keeps no reflogs",
        ),
        pytest.param(
            [commits, run("update-ref", "refs/worktree/kept", "HEAD"), run("checkout", "-q", "old"), forget],
            id="under a ref of the tree's own",
        ),
        pytest.param(
            [commits, run("update-ref", "refs/rewritten/kept", "HEAD"), run("checkout", "-q", "old"), forget],
            id="under a label of a rebase",
        ),
    ],
)
def test_what_was_in_the_tree_is_kept(deeds: list[Deed], tree: Path) -> None:
    for deed in deeds:
        deed(tree)
    refs = set_to_main(tree)
    assert is_set(tree), git(tree, "status")
    assert refs[0] == RESCUE
    assert "line-a" in kept(tree, *refs)
    assert set_to_main(tree) == []
    repo = tree.parent / "repo"
    git(repo, "worktree", "remove", "--force", str(tree))
    git(repo, "reflog", "expire", "--expire=now", "--all")
    git(repo, "prune", "--expire=now")
    assert "line-a" in kept(repo, *refs)


@pytest.mark.parametrize(
    "deeds",
    [
        pytest.param([], id="nothing"),
        pytest.param([run("checkout", "-q", "--detach", "main")], id="a branch's commit"),
        pytest.param(
            [run("switch", "-q", "-c", "own"), NEW, run("add", "-A"), run("commit", "-qm", "x")],
            id="a branch",
        ),
        pytest.param([NEW, run("add", "-A"), run("commit", "-qm", "x"), run("tag", "kept")], id="tagged"),
        pytest.param([write("build/out.o", "made\n")], id="ignored"),
        pytest.param([lambda tree: (tree / "code.txt").touch()], id="touched"),
        pytest.param(
            [run("switch", "-q", "-c", "own"), commits, run("switch", "-q", "side")], id="left on a branch"
        ),
        pytest.param(
            [run("switch", "-q", "-c", "own"), commits, run("commit", "-q", "--amend", "-m", "other words")],
            id="amended on a branch",
        ),
        pytest.param(
            [
                *(write("more.txt", "line-a\n"), run("add", "-A"), run("commit", "-qm", "x")),
                *(run("rebase", "-q", "main"), run("switch", "-q", "-c", "own")),
            ],
            id="rebased on no branch, then named",
        ),
        pytest.param(
            [
                *(run("switch", "-q", "-c", "own"), commits, stops("rebase", "main"), CHANGED),
                *(run("add", "-A"), lambda tree: Git(tree).check_output("rebase", "--continue")),
            ],
            id="rebased on a branch beside a conflict",
        ),
        pytest.param(
            [
                run("checkout", "-q", "--detach", "main"),
                run("merge", "-q", "-s", "ours", "--no-commit", "side"),
            ],
            id="in a merge that changes nothing",
        ),
    ],
)
def test_what_is_kept_already_is_not_kept_again(deeds: list[Deed], tree: Path) -> None:
    for deed in deeds:
        deed(tree)
    before = git(tree, "for-each-ref", "refs/heads")
    assert set_to_main(tree) == []
    assert is_set(tree)
    assert git(tree, "for-each-ref", "refs/heads") == before


def test_what_was_left_behind_is_kept_once(tree: Path) -> None:
    """Who drops the rescue does not get it again with each session that follows."""
    commits(tree)
    git(tree, "switch", "-q", "-c", "fix", "main")
    (ref,) = set_to_main(tree)
    git(tree, "update-ref", "-d", ref)
    git(tree, "checkout", "-q", "old")
    assert set_to_main(tree) == []


@pytest.mark.parametrize("since", [0, 20])
def test_a_reflog_that_was_written_anew_is_looked_through_from_its_start(since: int, tree: Path) -> None:
    """However long it has become `since`."""
    assert set_to_main(tree) == []
    git(tree, "reflog", "expire", "--expire=now", "HEAD")
    git(tree, "checkout", "-q", "--detach", "old")
    commits(tree)
    git(tree, "switch", "-q", "-c", "fix", "main")
    for _ in range(since):
        git(tree, "checkout", "-q", "--detach", "old")
        git(tree, "checkout", "-q", "--detach", "main")
    assert "line-a" in kept(tree, *set_to_main(tree))


def test_what_was_rebased_on_no_branch_is_kept_as_it_became(tree: Path) -> None:
    write("more.txt", "line-a\n")(tree)
    git(tree, "add", "-A")
    git(tree, "commit", "-qm", "x")
    git(tree, "rebase", "-q", "main")
    became = git(tree, "rev-parse", "HEAD")
    assert set_to_main(tree) == [RESCUE]
    assert git(tree, "rev-parse", RESCUE) == became


def test_ignored_files_stay(tree: Path) -> None:
    write("build/out.o", "made\n")(tree)
    CHANGED(tree)
    set_to_main(tree)
    assert (tree / "build" / "out.o").read_text() == "made\n"


def test_a_branch_is_left_where_it_is(tree: Path) -> None:
    git(tree, "switch", "-q", "-c", "own")
    before = git(tree, "rev-parse", "own")
    CHANGED(tree)
    set_to_main(tree)
    assert git(tree, "rev-parse", "own") == before
    assert git(tree, "rev-parse", f"{RESCUE}~1") == before


def test_an_autostash_goes_to_the_stash(tree: Path) -> None:
    git(tree, "checkout", "-q", "side")
    write("gone.txt", "line-a\n")(tree)
    stops("rebase", "--autostash", "main~1")(tree)
    set_to_main(tree)
    assert is_set(tree)
    assert "line-a" in git(tree, "stash", "show", "-p")


def test_refs_of_one_moment_are_two(tree: Path) -> None:
    NEW(tree)
    assert set_to_main(tree) == [RESCUE]
    NEW(tree)
    assert set_to_main(tree) == [f"{RESCUE}-2"]


def inner(tree: Path) -> None:
    write("dir/inner/file.txt", "line-a\n")(tree)
    git(tree / "dir" / "inner", "init", "-q")


def inner_with_commit(tree: Path) -> None:
    inner(tree)
    git(tree / "dir" / "inner", "add", "-A")
    git(tree / "dir" / "inner", "commit", "-q", "-m", "inner")


def overwritten_ignored(tree: Path) -> None:
    """A file that is ignored here, and tracked in what the tree would be set to."""
    commit_file(tree.parent / "repo", "build.env", "theirs\n")
    (tree.parent / "repo" / ".git" / "info" / "exclude").write_text("build.env\n")
    write("build.env", "line-a\n")(tree)


def in_a_submodule(tree: Path) -> None:
    other = new_repository(tree.parent / "other")
    commit_file(other, "sub.txt")
    git(tree, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "sub")
    git(tree, "commit", "-q", "-m", "with a submodule")
    git(tree, "branch", "with-sub")
    write("sub/new.txt", "line-a\n")(tree)


@pytest.mark.parametrize(
    ("deed", "place", "why"),
    [
        pytest.param(
            inner, "dir/inner/file.txt", "does not have a commit checked out", id="a repository inside"
        ),
        pytest.param(
            inner_with_commit,
            "dir/inner/file.txt",
            "dir/inner is a repository of its own",
            id="one with a commit",
        ),
        pytest.param(
            overwritten_ignored, "build.env", "would be overwritten", id="an ignored file in the way"
        ),
        pytest.param(
            in_a_submodule, "sub/new.txt", "the submodule sub has changes", id="work in a submodule"
        ),
    ],
)
def test_what_no_commit_can_keep_holds_the_tree_back(deed: Deed, place: str, why: str, tree: Path) -> None:
    write("other.txt", "staged\n")(tree)
    git(tree, "add", "other.txt")
    deed(tree)
    with pytest.raises(LedgerError) as raised:
        set_to_main(tree)
    assert raised.value.kind == "held-back"
    assert "line-a" in (tree / place).read_text()
    assert (tree / "other.txt").exists()
    assert why in raised.value.message


def test_what_is_staged_alone_stays_staged_until_it_is_kept(tree: Path) -> None:
    """Whoever dies between saving and keeping leaves the index as it was; so does a ref that git refuses."""
    NEW(tree)
    git(tree, "add", "-A")
    (tree / "deep" / "new.txt").unlink()
    one = replace(keeper(tree), name_rescue=lambda _: "refs/no..name")
    with pytest.raises(LedgerError, match="no ref such as"):
        one.set_to_commit(git(tree, "rev-parse", "main"))
    assert "line-a" in git(tree, "diff", "--cached")


def test_a_hook_that_fails_after_git_has_switched_is_no_refusal(tree: Path) -> None:
    """As `git lfs` and others do in a tree where their program is not to be found."""
    hook(tree.parent / "repo" / ".git", "post-checkout", "exit 1")
    git(tree, "branch", "own", "main")
    set_to_main(tree)
    assert is_set(tree)
    assert keeper(tree).switch_to_branch("own")
    assert git(tree, "branch", "--show-current") == "own"


LARGE = "line-a\n" * 1000


def set_with_bound(tree: Path) -> tuple[list[str], Path]:
    """Set a tree where 1,000 bytes are too many for a commit: the refs, and the folder beside it."""
    large = LargeFiles(tree.parent / "pool", 1000)
    one = replace(keeper(tree), large=large)
    return one.set_to_commit(git(tree, "rev-parse", "main")), large.find_folder(RESCUE)


@pytest.mark.parametrize(
    "deeds",
    [
        pytest.param([write("deep/new.txt", LARGE)], id="untracked"),
        pytest.param(
            [write("deep/new.txt", LARGE), run("add", "-N", "deep/new.txt")], id="meant to be added"
        ),
        pytest.param(
            [write("deep/new.txt", "staged\n"), run("add", "-A"), write("deep/new.txt", LARGE)],
            id="grown since it was staged",
        ),
    ],
)
@pytest.mark.parametrize("beside", [True, False])
def test_a_file_that_is_too_large_is_kept_beside_the_tree(
    deeds: list[Deed], beside: bool, tree: Path
) -> None:
    for deed in (*deeds, *([write("small.txt", "line-b\n")] if beside else [])):
        deed(tree)
    refs, folder = set_with_bound(tree)
    assert is_set(tree), git(tree, "status")
    assert (folder / "deep" / "new.txt").read_text() == LARGE
    assert "line-a" not in kept(tree, *refs) and ("line-b" in kept(tree, *refs)) is beside
    assert "deep/new.txt" in git(tree, "log", "-1", "--format=%b", RESCUE)
    assert set_with_bound(tree)[0] == []


def test_a_tracked_file_that_has_grown_too_large_is_kept_beside_and_set(tree: Path) -> None:
    write("code.txt", LARGE)(tree)
    git(tree, "update-index", "--assume-unchanged", "code.txt")
    refs, folder = set_with_bound(tree)
    assert is_set(tree), git(tree, "status")
    assert refs == [RESCUE]
    assert (folder / "code.txt").read_text() == LARGE


def test_a_file_in_conflict_that_is_too_large_is_kept_beside(tree: Path) -> None:
    stops("merge", "side", "main")(tree)
    write("code.txt", LARGE)(tree)
    _, folder = set_with_bound(tree)
    assert is_set(tree), git(tree, "status")
    assert (folder / "code.txt").read_text() == LARGE


def test_a_large_file_of_odd_names_is_kept_beside(tree: Path) -> None:
    name = ":(top)*\n\udcff\u2028.bin"
    write(name, LARGE)(tree)
    write("x.bin", "line-b\n")(tree)
    refs, folder = set_with_bound(tree)
    assert (folder / name).read_text() == LARGE
    assert "line-b" in kept(tree, *refs)


def test_a_large_file_that_a_filter_keeps_elsewhere_is_left_to_it(tree: Path) -> None:
    git(tree, "config", "filter.small.clean", "echo line-b; cat >/dev/null")
    (tree.parent / "repo" / ".git" / "info" / "attributes").write_text("*.bin filter=small\n")
    write("x.bin", LARGE)(tree)
    refs, folder = set_with_bound(tree)
    assert "line-b" in kept(tree, *refs) and not folder.exists()


def test_a_large_file_that_cannot_be_moved_holds_the_tree_back(tree: Path) -> None:
    write("new.bin", LARGE)(tree)
    (tree.parent / "pool").write_text("no folder\n")
    with pytest.raises(LedgerError, match="cannot be moved") as raised:
        set_with_bound(tree)
    assert raised.value.kind == "held-back"
    assert (tree / "new.bin").read_text() == LARGE


def test_a_disk_that_is_full_costs_nothing(tree: Path) -> None:
    """Objects that cannot be written: nothing is touched, and the tree is held back."""
    NEW(tree)
    objects = tree.parent / "repo" / ".git" / "objects"
    shutil.rmtree(objects / "pack", ignore_errors=True)
    alternate = tree.parent / "objects"
    objects.rename(alternate)
    objects.write_text("no room\n")
    one = keeper_of_moved(tree, alternate)
    with pytest.raises(LedgerError) as raised:
        one.set_to_commit("main")
    assert raised.value.kind == "held-back"
    objects.unlink()
    alternate.rename(objects)
    assert git(tree, "status", "--short") == "?? deep/"
    assert (tree / "deep" / "new.txt").read_text() == "line-a\n"


def keeper_of_moved(tree: Path, alternate: Path) -> Keeper:
    git_dir = tree.parent / "repo" / ".git" / "worktrees" / "tree"
    env = {"GIT_ALTERNATE_OBJECT_DIRECTORIES": str(alternate), "PATH": "/usr/bin:/bin"}
    return Keeper(Git(tree, env), git_dir, WHO, lambda _: RESCUE)


def test_a_file_written_after_it_was_saved_is_saved_again(tree: Path) -> None:
    """Git switches over nothing that changed since, so that what somebody still writes is saved too."""
    one = keeper(tree)
    write("gone.txt", "line-a\n")(tree)
    one.save_work(one.read_status())
    write("gone.txt", "line-b\n")(tree)
    refs = one.set_to_commit(git(tree, "rev-parse", "main"))
    assert refs == [f"{RESCUE}-2"]
    assert "line-a" in kept(tree, RESCUE) and "line-b" in kept(tree, *refs)
    assert is_set(tree)
