"""The repository that a directory is in: where it is, its settings, its working trees."""

from collections.abc import Sequence
from pathlib import Path

from ledger.core.dataclass import dataclass
from ledger.core.errors import LedgerError
from ledger.store.contract import Oid, Signature
from ledger.store.git.process import Git, split_lines


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of git config. `scope` is git's word: system, global, local, worktree or command."""

    key: str
    value: str
    scope: str


@dataclass(frozen=True, slots=True)
class Worktree:
    """A working tree of a repository. `branch` is None when detached, `head` when unborn."""

    path: Path
    branch: str | None
    head: Oid | None


@dataclass(frozen=True)
class Repo:
    """A repository with a working tree, seen from one of its working trees.

    `top` is that working tree, `git_dir` its git directory, `common_dir` the one that all working
    trees share. `settings` are all of git config, the last of one key being in force.
    """

    top: Path
    git_dir: Path
    common_dir: Path
    shallow: bool
    git: Git
    settings: tuple[Setting, ...]

    def config(self, key: str) -> str | None:
        """The value in force, `true` for a key without one; None when it is not set."""
        values = self.config_all(key)
        return values[-1].value if values else None

    def config_all(self, key: str) -> Sequence[Setting]:
        """Every value of a key, weakest first."""
        wanted = _canonical_key(key)
        return [setting for setting in self.settings if setting.key == wanted]

    def config_scope(self, key: str) -> str | None:
        """Where the value in force was set; None when it is not set."""
        values = self.config_all(key)
        return values[-1].scope if values else None

    def head_branch(self) -> str | None:
        """The branch that is checked out, born or not; None when detached."""
        ran = self.git.run("symbolic-ref", "-q", "HEAD")
        return ran.out.decode().strip().removeprefix("refs/heads/") if ran.code == 0 else None

    def find_identity(self) -> Signature | None:
        """Who commits here, where git has been told: never the name that git would guess."""
        env = self.git.env
        name = env.get("GIT_AUTHOR_NAME") or self.config("author.name") or self.config("user.name")
        email = env.get("GIT_AUTHOR_EMAIL") or self.config("author.email") or self.config("user.email")
        return Signature(name, email) if name and email else None

    @property
    def has_worktrees(self) -> bool:
        """Whether working trees besides the first one are registered here (`git worktree`)."""
        folder = self.common_dir / "worktrees"
        return folder.is_dir() and any(folder.iterdir())

    def list_worktrees(self) -> list[Worktree]:
        """All working trees, this one included, also those whose folder is away just now."""
        listed = self.git.check_output("worktree", "list", "--porcelain", "-z").decode(
            "utf-8", "surrogateescape"
        )
        records = [_parse_record(part) for part in listed.split("\0\0") if part]
        return [
            Worktree(
                path=Path(record["worktree"]),
                branch=record["branch"].removeprefix("refs/heads/") if "branch" in record else None,
                head=head if (head := record["HEAD"]).strip("0") else None,
            )
            for record in records
            if "bare" not in record
        ]


def open_repository(directory: Path) -> Repo:
    """Find the repository as git does.

    Raises LedgerError `no-repository`, `bare-repository` or `unsupported-format` (sha256, reftable, a path
    with a line break, which git's answers do not tell apart from several).
    """
    git = Git(directory.absolute())
    ran = git.run(
        "rev-parse",
        "--path-format=absolute",
        "--is-bare-repository",
        "--git-dir",
        "--git-common-dir",
        "--show-object-format",
        "--is-shallow-repository",
        # the last, because it fails where there is no working tree
        "--show-toplevel",
    )
    answers = split_lines(ran.out)
    # git ends at the first question that it cannot answer: so many lines say how far it came
    if len(answers) < 6:
        raise _explain_refusal(git, answers, ran.complaint)
    if len(answers) > 6:
        raise unsupported_path(directory)
    _, git_dir, common_dir, objects, shallow, top = answers
    if objects != "sha1":
        raise _unsupported_format(git, f"objects named by {objects}")
    git = Git(Path(top))
    repo = Repo(Path(top), Path(git_dir), Path(common_dir), shallow == "true", git, _read_settings(git))
    if (refs := repo.config("extensions.refStorage")) not in (None, "files"):
        raise _unsupported_format(git, f"refs stored as {refs}")
    return repo


def choose_remote(repo: Repo) -> str | None:
    """The remote that the ledger lives on: `ledger.remote`, else `origin`, else the only one.

    None when there is no remote at all. Raises LedgerError `usage-remote` when several could be meant,
    when the one named is not there, and when one push would go to several places.
    """
    names = _list_remotes(repo)
    named = repo.config("ledger.remote")
    if named is not None and named not in names:
        raise _unclear_remote(f'there is no remote "{named}", which the setting ledger.remote names')
    if named is None and len(names) > 1 and "origin" not in names:
        raise _unclear_remote(f"the ledger could be on any of these remotes: {', '.join(names)}")
    chosen = named or ("origin" if "origin" in names else next(iter(names), None))
    if chosen is not None and _count_push_urls(repo, chosen) > 1:
        raise _unclear_remote(f'remote "{chosen}" pushes to several places; a swap needs exactly one')
    return chosen


def _list_remotes(repo: Repo) -> list[str]:
    keys = [setting.key for setting in repo.settings]
    urls = [key for key in keys if key.startswith("remote.") and key.endswith(".url")]
    return list(dict.fromkeys(key.removeprefix("remote.").removesuffix(".url") for key in urls))


def _count_push_urls(repo: Repo, remote: str) -> int:
    return len(repo.config_all(f"remote.{remote}.pushurl") or repo.config_all(f"remote.{remote}.url"))


def _unclear_remote(message: str) -> LedgerError:
    return LedgerError("usage-remote", message, "git ledger init --remote NAME")


def _canonical_key(key: str) -> str:
    """Git compares sections and names without case, what stands between them exactly."""
    section, _, rest = key.partition(".")
    between, dot, name = rest.rpartition(".")
    return f"{section.lower()}.{between}{dot}{name.lower()}"


def _read_settings(git: Git) -> tuple[Setting, ...]:
    listed = git.check_output("config", "--list", "-z", "--show-scope").decode("utf-8", "surrogateescape")
    scopes, entries = listed.split("\0")[:-1:2], listed.split("\0")[1::2]
    settings = []
    for scope, line in zip(scopes, entries, strict=True):
        key, is_given, value = line.partition("\n")
        settings.append(Setting(key, value if is_given else "true", scope))
    return tuple(settings)


def _parse_record(part: str) -> dict[str, str]:
    """One working tree of `git worktree list --porcelain -z`, its lines ended by NUL."""
    return dict(line.partition(" ")[::2] for line in part.split("\0") if line)


def _explain_refusal(git: Git, answers: Sequence[str], complaint: str) -> LedgerError:
    where = git.directory
    if answers and answers[0] == "true":
        message = f'"{where}" is a bare repository; the ledger needs a working tree'
        return LedgerError(
            "bare-repository", message, "git ledger -C DIR, in a working tree or a clone of it"
        )
    if answers:
        message = f'"{where}" is inside a git directory, not in a working tree'
        return LedgerError("no-repository", message, "git ledger -C DIR")
    if (refs := _read_ref_storage(git)) is not None:
        return _unsupported_format(git, f"refs stored as {refs}")
    if complaint.startswith("fatal: not a git repository"):
        message = f'"{where}" is in no git repository'
        return LedgerError("no-repository", message, "git init, or git ledger -C DIR")
    return LedgerError("no-repository", f'git cannot open "{where}": {complaint}', "git ledger -C DIR")


def unsupported_path(directory: Path) -> LedgerError:
    """A repository whose path git tells in several lines."""
    message = f'"{directory}" is in a repository with a line break in its path, which git-ledger cannot read'
    return LedgerError("unsupported-format", message, "git ledger -C DIR, in a clone under another path")


def _unsupported_format(git: Git, what: str) -> LedgerError:
    message = f'"{git.directory}" has {what}, a format that git-ledger cannot read'
    return LedgerError("unsupported-format", message, "git ledger -C DIR, in another repository")


def _read_ref_storage(git: Git) -> str | None:
    """The ref format of a repository that this git is too old to open, read past git's discovery."""
    for folder in (git.directory, *git.directory.parents):
        config = folder / ".git" / "config"
        if config.is_file():
            ran = git.run("config", "--file", str(config), "--get", "extensions.refStorage")
            return ran.out.decode().strip() or None
    return None
