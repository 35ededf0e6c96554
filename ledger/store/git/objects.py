"""Reading and building git's objects. Readers ask git, so that only writers pay for pygit2."""

from collections.abc import Iterable, Mapping, Sequence
from typing import IO, ClassVar

from ledger.core.errors import LedgerError
from ledger.store.contract import ABSENT, Memory, Oid, Signature, TreeEntry, Value
from ledger.store.git import writing
from ledger.store.git.process import Git, broken_repository, split_lines
from ledger.store.git.repository import Repo

_CHUNK = 1 << 16


class Objects:
    """The objects of one repository, and the questions about commits, index and files that checks ask."""

    flushed: ClassVar[bool] = False
    """Whether objects are on the disk as soon as they are written: so where no remote has them."""

    def __init__(self, repo: Repo) -> None:
        self.repo = repo
        self.memory = Memory()

    def list_files(self, commit: Oid) -> Sequence[TreeEntry]:
        """Every file below `feed/` at a commit, in path order; links and submodules included."""
        listed = self.repo.git.check_output("ls-tree", "-r", "-z", "--full-tree", commit, "--", "feed/")
        return [_parse_entry(record) for record in _split_records(listed)]

    def find_file(self, commit: Oid, path: str) -> TreeEntry | None:
        """One file at a commit; None where it is not there."""
        listed = self.repo.git.check_output("ls-tree", "-z", "--full-tree", commit, "--", path)
        return next((_parse_entry(record) for record in _split_records(listed)), None)

    def read_blobs(self, oids: Iterable[Oid], limit: int) -> Mapping[Oid, bytes]:
        """The contents of objects, whatever their type; one above `limit` bytes is cut after `limit` + 1.

        Raises LedgerError `broken-repository` when one is missing.
        """
        return {oid: data for oid, (_, data) in read_typed_objects(self.repo.git, oids, limit).items()}

    def read_types(self, oids: Iterable[Oid]) -> Mapping[Oid, str]:
        """The type of each object, `missing` for one that is not here."""
        return read_types(self.repo, oids)

    def find_staged_blob(self, path: str) -> Oid | None:
        """The object of one file in the index that git names; None where it is not there, or conflicts."""
        listed = _split_records(self.repo.git.check_output("ls-files", "-s", "-z", "--", f":(top){path}"))
        rows = [record for record in listed if record.partition("\t")[0].endswith(" 0")]
        return _parse_entry(rows[0]).oid if rows else None

    def write_blob(self, data: bytes) -> Oid:
        """Write a blob and give its name."""
        return writing.write_blob(self.repo.git_dir, data, self.flushed)

    def write_commit(
        self,
        parent: Value,
        files: Mapping[str, bytes],
        message: str,
        author: Signature,
        committer: Signature,
        seconds: int,
    ) -> Oid:
        """Write a commit on `parent` that adds or replaces `files`, at `seconds` of Unix time (UTC).

        Raises LedgerError `path-clash` when a file stands where a folder is needed, or the reverse.
        """
        return writing.write_commit(
            self.repo.git_dir, parent, files, message, author, committer, seconds, self.flushed
        )

    def list_changed_files(self, a: Oid, b: Oid) -> list[tuple[str, str]]:
        """Feed paths that differ between two commits: git's status letter (A, M, D, T) and the path."""
        return _split_pairs(
            self.repo.git.check_output("diff-tree", "-r", "-z", "--name-status", a, b, "--", "feed")
        )

    def find_merge_base(self, a: Oid, b: Oid) -> Oid | None:
        """The commit that two histories have in common; None where there is none (or it is not here)."""
        ran = self.repo.git.run("merge-base", a, b)
        if ran.code not in (0, 1):
            raise broken_repository(f"git merge-base: {ran.complaint}")
        return ran.out.decode().strip() or None

    def resolve_commit(self, name: str) -> Oid | None:
        """The commit that a name stands for, as git reads names; None when it stands for none."""
        ran = self.repo.git.run("rev-parse", "-q", "--verify", "--end-of-options", f"{name}^{{commit}}")
        return ran.out.decode().strip() if ran.code == 0 else None

    def list_worktree_files(self, commit: Value, with_gone: bool = True) -> list[tuple[str, str]]:
        """Feed files of the working tree that are not the same at a commit: status letter and path.

        Files that git does not track are `?`, those that are only at the commit `D` (unless `with_gone`, they
        are left out); so are ignored ones.
        """
        git = self.repo.git
        tracked = [("A", path) for path in _split_records(git.check_output("ls-files", "-z", "--", "feed"))]
        if commit is not ABSENT and (tracked or with_gone):
            options = ("--name-status", "-z", "--no-renames", "--no-ext-diff")
            kinds = () if with_gone else ("--diff-filter=d",)
            tracked = _split_pairs(git.check_output("diff", *options, *kinds, commit, "--", "feed"))
        untracked = git.check_output("ls-files", "-o", "-z", "--exclude-standard", "--", "feed")
        return tracked + [("?", path) for path in _split_records(untracked)]


def read_typed_objects(git: Git, oids: Iterable[Oid], limit: int) -> dict[Oid, tuple[str, bytes]]:
    """The type and the content of objects; one above `limit` bytes is cut after `limit` + 1.

    Raises LedgerError `broken-repository` when one is missing.
    """
    wanted = list(dict.fromkeys(oids))
    if not wanted:
        return {}
    questions = "".join(f"{oid}\n" for oid in wanted).encode()
    with git.stream_output("cat-file", "--batch", "--buffer", stdin=questions) as out:
        return {oid: _read_content(out, oid, limit) for oid in wanted}


def read_types(repo: Repo, oids: Iterable[Oid]) -> Mapping[Oid, str]:
    """The type of each object, `missing` for one that is not here."""
    wanted = list(dict.fromkeys(oids))
    questions = "".join(f"{oid}\n" for oid in wanted).encode()
    listed = (
        repo.git.check_output("cat-file", "--batch-check=%(objecttype)", stdin=questions) if wanted else b""
    )
    kinds = [line.rpartition(" ")[2] for line in split_lines(listed)]
    return dict(zip(wanted, kinds, strict=True))


def _split_records(listed: bytes) -> list[str]:
    return listed.decode("utf-8", "surrogateescape").split("\0")[:-1]


def _split_pairs(listed: bytes) -> list[tuple[str, str]]:
    words = _split_records(listed)
    return list(zip(words[::2], words[1::2], strict=True))


def _parse_entry(record: str) -> TreeEntry:
    """Read `<mode> <type> <oid>TAB<path>` or `<mode> <oid> <stage>TAB<path>`."""
    facts, _, path = record.partition("\t")
    mode, second, third = facts.split()
    return TreeEntry(path, mode, third if len(second) < 40 else second)


def _read_content(out: IO[bytes], oid: Oid, limit: int) -> tuple[str, bytes]:
    """The next object of `git cat-file --batch`: a line `<oid> <type> <size>`, the bytes, a line feed."""
    head = out.readline().split()
    # `<name> missing`, or an end: git died over a damaged object
    if len(head) != 3:
        raise _missing_object(oid)
    size = int(head[2])
    data = out.read(min(size, limit + 1))
    # what is beyond the limit is read and dropped, so that the next object's line is where it is looked for
    left = size + 1 - len(data)
    while left:
        passed = len(out.read(min(left, _CHUNK)))
        if not passed:
            raise _missing_object(oid)
        left -= passed
    return head[1].decode(), data


def _missing_object(oid: Oid) -> LedgerError:
    return broken_repository(f'object "{oid}" cannot be read')
