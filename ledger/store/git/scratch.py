"""A git directory of its own beside a repository, for what is fetched and shall leave nothing behind there.

It has the form of a linked working tree's git directory (gitrepository-layout(5), `commondir`): git has the
settings, the shared refs and the objects of the repository in it, and keeps refs below `refs/worktree/`
(git-worktree(1), REFS) in it alone. No repository knows of it, so that no other git process sees or
waits for what stands in it, and it is removed as a folder: no ref is ever deleted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.store.git.process import Git
from ledger.store.git.repository import Repo


@contextmanager
def scratch_git(repo: Repo, own_objects: bool = False) -> Iterator[Git]:
    """Git in the repository, with refs of its own below `refs/worktree/` for the length of the block.

    With `own_objects` what is fetched is kept in the scratch directory too: in the repository objects without
    a ref would be scattered by the next `git gc` (before git 2.41 a file each).
    """
    # takes 4 ms, and most commands do not need it
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="git-ledger-") as folder:
        (Path(folder) / "HEAD").write_text("ref: refs/heads/none\n")
        (Path(folder) / "commondir").write_text(f"{repo.common_dir}\n")
        env = {**repo.git.env, "GIT_DIR": folder}
        if own_objects:
            alternates = Path(folder) / "objects" / "info" / "alternates"
            alternates.parent.mkdir(parents=True)
            alternates.write_text(f"{repo.common_dir / 'objects'}\n")
            env["GIT_OBJECT_DIRECTORY"] = str(alternates.parent.parent)
        yield Git(repo.git.directory, env)
