"""A hostile clone: symbolic links through which a command would write where the clone has no business."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.app.setup.git_hooks import HOOKS
from ledger.core.errors import LedgerError
from ledger.faces.runtimes import RUNTIMES
from ledger.store.clone.clone_id import ensure_clone_id
from ledger.store.clone.host_lock import host_lock
from ledger.store.pool.pool import MARKER
from tests.faces.envs import run_at
from tests.fleet import Seat, fleet, standing
from tests.gitrun import git, new_repository, new_server
from tests.pools import Hub, build


def snapshot(folder: Path) -> dict[str, bytes | str]:
    """Everything in a folder: links with where they lead, files with what they hold."""
    found: dict[str, bytes | str] = {}
    for place in folder.rglob("*"):
        if ".git" not in place.relative_to(folder).parts:
            name = str(place.relative_to(folder))
            found[name] = (
                str(place.readlink()) if place.is_symlink() else place.read_bytes() if place.is_file() else ""
            )
    return found


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """What is the user's own, outside of every repository."""
    home = tmp_path / "home"
    (home / "folder").mkdir(parents=True)
    (home / "notes.md").write_text("# Mine\n")
    (home / "folder" / "settings.json").write_text("{}\n")
    (home / "folder" / "pre-commit").write_text("#!/bin/sh\n")
    return home


LINKS: dict[str, dict[str, str]] = {
    "the memory file": {
        "CLAUDE.md": "../home/notes.md",
        "AGENTS.md": "../home/notes.md",
        "GEMINI.md": "../home/x",
    },
    "the folder of settings": {
        **dict.fromkeys((".claude", ".codex", ".gemini", ".cursor", ".github"), "../home/folder")
    },
    "into the git directory": {
        **dict.fromkeys((".claude", ".codex", ".gemini", ".cursor", ".github"), ".git/hooks"),
        **dict.fromkeys(("CLAUDE.md", "AGENTS.md", "GEMINI.md"), ".git/config"),
    },
}


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("links", LINKS)
def test_setup_writes_through_no_link_out_of_the_repository(
    links: str, runtime: str, home: Path, tmp_path: Path
) -> None:
    repo = new_repository(tmp_path / "repo")
    for name, target in LINKS[links].items():
        (repo / name).symlink_to(target)
    before, settings = snapshot(tmp_path), (repo / ".git" / "config").read_bytes()
    for option in ([], ["--check"], ["--remove"]):
        said = run_at(repo, "setup", runtime, *option)
        assert (said.code, said.out) == (3, ""), said
        first, second = said.err.splitlines()
        assert first.startswith('error: "') and "leads to" in first
        assert second.startswith("hint: put a file or folder of its own in the place of")
    assert (snapshot(tmp_path), (repo / ".git" / "config").read_bytes()) == (before, settings)


def test_the_hint_of_a_refused_link_leads_to_a_setup_that_works(home: Path, tmp_path: Path) -> None:
    repo = new_repository(tmp_path / "repo")
    (repo / "CLAUDE.md").symlink_to("../home/notes.md")
    assert run_at(repo, "setup", "claude").code == 3
    (repo / "CLAUDE.md").unlink()
    assert run_at(repo, "setup", "claude").code == 0
    assert (home / "notes.md").read_text() == "# Mine\n"


@pytest.mark.parametrize("words", [(), ("--ci", "github"), ("--move-to", "other")])
def test_init_writes_nothing_into_the_tree_and_so_through_no_link_of_it(
    words: tuple[str, ...], home: Path, tmp_path: Path
) -> None:
    """Where the feed, the job and former hooks would be, the clone has links."""
    repo = new_repository(tmp_path / "repo")
    for name in ("feed", ".github", ".gitlab", ".githooks"):
        (repo / name).symlink_to("../home/folder")
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", "links")
    if "--move-to" in words:
        assert run_at(repo, "init").code == 0
    before = snapshot(tmp_path)
    said = run_at(repo, "init", "--seat", "otto", *words)
    assert (said.code, snapshot(tmp_path)) == (0, before), said


def test_init_writes_no_hook_through_a_linked_folder(home: Path, tmp_path: Path) -> None:
    """A folder that other repositories use too; nothing else is set up before that is said."""
    repo = new_repository(tmp_path / "repo")
    for hook in (repo / ".git" / "hooks").iterdir():
        hook.unlink()
    (repo / ".git" / "hooks").rmdir()
    (repo / ".git" / "hooks").symlink_to(home / "folder")
    before, settings = snapshot(home), (repo / ".git" / "config").read_bytes()
    said = run_at(repo, "init", "--seat", "otto")
    assert said.code == 3 and f'the link "hooks" leads to "{home}/folder"' in said.err
    assert (snapshot(home), (repo / ".git" / "config").read_bytes()) == (before, settings)
    git(repo, "config", "core.hooksPath", str(home / "folder"))
    assert run_at(repo, "init", "--seat", "otto").code == 0, (
        "a folder that git config names is somebody's choice"
    )
    assert snapshot(home) == before


@pytest.mark.parametrize("text", [HOOKS["pre-commit"], "#!/bin/sh\n# git-ledger: an older one\n"])
def test_a_hook_that_is_a_link_into_the_tree_becomes_a_file_out_of_reach(text: str, tmp_path: Path) -> None:
    """Whoever proposes a branch could change what the link leads to."""
    repo = new_repository(tmp_path / "repo")
    (repo / ".githooks").mkdir()
    (repo / ".githooks" / "pre-commit").write_text(text)
    hook = repo / ".git" / "hooks" / "pre-commit"
    hook.symlink_to("../../.githooks/pre-commit")
    assert run_at(repo, "init", "--seat", "otto").code == 0
    assert (hook.is_symlink(), hook.read_text()) == (False, HOOKS["pre-commit"])
    assert (repo / ".githooks" / "pre-commit").read_text() == text


def test_a_link_that_somebody_has_for_a_hook_stays_one_and_runs_first(tmp_path: Path) -> None:
    repo = new_repository(tmp_path / "repo")
    (repo / "scripts").mkdir()
    (repo / "scripts" / "lint").write_text("#!/bin/sh\nexit 0\n")
    (repo / ".git" / "hooks" / "pre-commit").symlink_to("../../scripts/lint")
    assert run_at(repo, "init", "--seat", "otto").code == 0
    chained = repo / ".git" / "hooks" / "pre-commit.chained"
    assert (chained.is_symlink(), (repo / "scripts" / "lint").read_text()) == (True, "#!/bin/sh\nexit 0\n")


DEEDS: list[tuple[str, ...]] = [
    ("draft", "--reserve", "CMB", "--subject", "Cards"),
    ("append", "--reserve", "CMB", "--subject", "Cards", "--stage"),
    ("note", "CMB-0001", "text", "--stage"),
    ("amend", "CMB-0001", "--priority", "LOW", "--why", "later", "--stage"),
    ("block", "CMB-0001", "--why", "waits", "--stage"),
    ("park", "CMB-0001", "--why", "rests", "--stage"),
    ("cancel", "CMB-0001", "--why", "no", "--stage"),
]


def _whole(seat: Seat, home: Path) -> None:
    (seat.path / "feed").rename(home / "feed")
    (seat.path / "feed").symlink_to(home / "feed")


def _inside(seat: Seat, home: Path) -> None:
    (seat.path / "feed").rename(seat.path / "elsewhere")
    (seat.path / "feed").symlink_to("elsewhere")


def _dangling(seat: Seat, home: Path) -> None:
    seat.git("rm", "-q", "-r", "feed")
    (seat.path / "feed").symlink_to(home / "not" / "there")


def _git(seat: Seat, home: Path) -> None:
    seat.git("rm", "-q", "-r", "feed")
    (seat.path / "feed").symlink_to(".git/feed")


@pytest.mark.parametrize("link", [_whole, _inside, _dangling, _git])
def test_no_post_is_written_through_a_link_and_no_number_spent_on_one(
    link: Callable[[Seat, Path], None], home: Path, tmp_path: Path
) -> None:
    """Git adds no file behind a link, inside of the repository or not."""
    (otto,) = fleet(tmp_path, "otto")
    assert otto.files("CMB", "Work") == "CMB-0001"
    otto.git("pull", "-q")
    link(otto, home)
    before, refs = snapshot(tmp_path), otto.git("ls-remote", "origin")
    for words in DEEDS:
        said = run_at(otto.path, *words, "--seat", "otto")
        assert (said.code, len(said.err.splitlines())) == (3, 2), said
        assert '"feed" is a link' in said.err
    assert (snapshot(tmp_path), otto.git("ls-remote", "origin")) == (before, refs)


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    place, coder = standing(build, tmp_path)
    return Hub(place.path, coder.path)


def test_a_pool_writes_through_no_link_of_its_trees(hub: Hub, home: Path) -> None:
    """A branch of the code holds a link where the owner of a tree is written."""
    (hub.coder / MARKER).symlink_to(home / "notes.md")
    git(hub.coder, "add", "-f", MARKER)
    git(hub.coder, "commit", "-q", "-m", "a link")
    git(hub.coder, "push", "-q", "origin", "HEAD:main")
    before = snapshot(home)
    tree = hub.allocate()
    assert (snapshot(home), (tree / MARKER).is_symlink()) == (before, False)
    assert "otto" in (tree / MARKER).read_text()


@pytest.mark.parametrize(
    "deed", [lambda folder: ensure_clone_id(folder, lambda: "a" * 16), lambda folder: _lock(folder)]
)
def test_what_is_the_ledgers_own_in_a_git_directory_is_written_through_no_link(
    deed: Callable[[Path], object], home: Path, tmp_path: Path
) -> None:
    """As in a repository that came as an archive, its git directory included."""
    git_dir = new_repository(tmp_path / "repo") / ".git"
    (git_dir / "ledger").symlink_to(home)
    before = snapshot(home)
    with pytest.raises(LedgerError, match="leads to"):
        deed(git_dir)
    assert snapshot(home) == before


def _lock(folder: Path) -> None:
    with host_lock(folder, 1):
        pytest.fail("the lock was taken behind the link")


def test_a_guard_is_not_installed_into_hooks_that_others_use_too(home: Path, tmp_path: Path) -> None:
    """As hosts have them that keep one folder of hooks for all repositories."""
    server = new_server(tmp_path / "server.git")
    for hook in (server / "hooks").iterdir():
        hook.unlink()
    (server / "hooks").rmdir()
    (server / "hooks").symlink_to(home / "folder")
    before = snapshot(home)
    said = run_at(server, "guard", "install")
    assert (said.code, snapshot(home)) == (3, before)
    assert f'the link "hooks" leads to "{home}/folder"' in said.err


def test_a_guard_is_written_past_a_link_that_lies_where_it_is_drafted(home: Path, tmp_path: Path) -> None:
    server = new_server(tmp_path / "server.git")
    (server / "hooks" / "pre-receive.new").symlink_to(home / "notes.md")
    before = snapshot(home)
    assert run_at(server, "guard", "install").code == 0
    assert snapshot(home) == before
