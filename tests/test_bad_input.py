"""What people, programs and enemies hand in: the right exit code, two clear lines, nothing written."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.core.feed.posts import render_post
from ledger.core.hidden import find_hidden
from ledger.core.ids import make_post_id, parse_timestamp, path_of_post
from tests.fleet import AT, Seat, bare_remote, clone, plainly, refs
from tests.gitrun import commit_file, git, new_repository, new_server

HEAD = f"---\nseat: otto\nat: {AT}\nkind: note\n"
BOMB = "".join(f"x-{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))

BAD_POSTS: dict[str, tuple[bytes, str, str]] = {
    "not UTF-8": (f"{HEAD}---\n".encode() + b"caf\xe9\n", "unreadable-post", "is not UTF-8"),
    "empty": (b"", "unreadable-post", "the file is empty"),
    "10 MB": (f"{HEAD}---\n".encode() + b"x" * 10_000_000, "unreadable-post", "has more than 1048576 bytes"),
    "an alias bomb": (f"{HEAD}x-0: &a0 [x]\n{BOMB}---\n".encode(), "unreadable-post", "alias `*a0`"),
    "a key twice": (f"{HEAD}kind: note\n---\n".encode(), "unreadable-post", "`kind` stands twice"),
    "an unknown field": (f"{HEAD}itme: CMB-0001\n---\nx\n".encode(), "unknown-field", "did you mean `item`?"),
    "CRLF": (f"{HEAD}---\nx\n".replace("\n", "\r\n").encode(), "hidden-characters", "line ends are CRLF"),
    "a byte-order mark": (f"\ufeff{HEAD}---\nx\n".encode(), "hidden-characters", "U+FEFF"),
    "a turned-around line": (f"{HEAD}---\n\u202elive\n".encode(), "hidden-characters", "U+202E"),
    "no header": (b"# Notes\n", "unreadable-post", "no front matter"),
    "a symlink": (b"", "unreadable-post", "a symbolic link"),
    "a submodule": (b"", "unreadable-post", "a submodule"),
}


def place_of(case: str) -> str:
    moment = parse_timestamp(AT)
    assert moment is not None
    return path_of_post(make_post_id(moment, "otto", f"{list(BAD_POSTS).index(case):016x}"))


def write_bad_posts(seat: Seat) -> None:
    for case, (content, _, _) in BAD_POSTS.items():
        place = seat.path / place_of(case)
        place.parent.mkdir(parents=True, exist_ok=True)
        if case == "a symlink":
            place.symlink_to("/etc/passwd")
        elif case == "a submodule":
            commit_file(new_repository(place), "inner.txt")
        else:
            place.write_bytes(content)


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    return bare_remote(tmp_path)


@pytest.fixture
def otto(remote: Path, tmp_path: Path) -> Seat:
    return clone(remote, tmp_path / "otto", "otto")


def test_the_hook_refuses_every_bad_post_in_one_run(otto: Seat) -> None:
    otto.ok("init")
    write_bad_posts(otto)
    otto.git("add", "feed")
    head = otto.git("rev-parse", "HEAD")
    said = otto.git_refuses("commit", "-m", "bad posts")
    assert otto.git("rev-parse", "HEAD") == head
    assert "Traceback" not in said and "NOT checked" not in said
    missed = [case for case, (_, rule, _) in BAD_POSTS.items() if f"[{rule}]" not in of_path(said, case)]
    assert missed == []
    unclear = [case for case, (_, _, words) in BAD_POSTS.items() if words not in of_path(said, case)]
    assert unclear == []


def of_path(said: str, case: str) -> str:
    """What was said of one file."""
    parts = ("\n" + said).split("\nfeed/")
    return "\n".join(part for part in parts if f"feed/{part}".startswith(place_of(case)))


def test_check_finds_them_in_the_working_tree_too(otto: Seat) -> None:
    write_bad_posts(otto)
    ran = otto.run("check", "--json")
    found = {(one["path"], one["rule"]) for one in ran.json["findings"] if one["severity"] == "error"}
    expected = {(place_of(case), rule) for case, (_, rule, _) in BAD_POSTS.items()}
    # Git sees no file in a repository inside another that was not added.
    expected -= {(place_of("a submodule"), "unreadable-post")}
    assert (ran.code, expected - found) == (1, set())


def test_check_of_some_paths_only(otto: Seat) -> None:
    """As pre-commit calls it, with names of files; a link is itself, and a name that is none is told."""
    write_bad_posts(otto)
    symlink, crlf = place_of("a symlink"), place_of("CRLF")
    ran = plainly(otto.path / "feed", "check", f"../{symlink}", str(otto.path / crlf), "--json")
    assert (ran.code, {one["path"] for one in ran.json["findings"]}) == (1, {symlink, crlf})
    nowhere = plainly(otto.path, "check", "feed/nowhere.md")
    assert nowhere.code == 2
    assert_two_lines(nowhere.err, 'there is no file "feed/nowhere.md"')


def test_landed_bad_posts_hinder_nobody(otto: Seat, remote: Path) -> None:
    """Past every hook: they are findings for ever, and reading and writing go on."""
    write_bad_posts(otto)
    otto.forces()
    assert otto.files("CMB", "Work") == "CMB-0001"
    assert otto.queue().keys() == {"CMB-0001"}
    drift = otto.run("drift", "--json")
    found = {(one["path"], one["rule"]) for one in drift.json["findings"]}
    assert {(place_of(case), rule) for case, (_, rule, _) in BAD_POSTS.items()} <= found
    assert drift.code == 1


def not_utf8(folder: Path) -> None:
    (folder / "body").write_bytes(b"caf\xe9")


def ten_megabytes(folder: Path) -> None:
    (folder / "body").write_bytes(b"x" * 10_000_000)


def no_file(folder: Path) -> None:
    (folder / "elsewhere").touch()


def a_folder(folder: Path) -> None:
    (folder / "body").mkdir()


def batch(text: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / "body").write_text(text)

    return write


OPEN = ("append", "--reserve", "CMB", "--subject", "Work")
FROM_FILE = (*OPEN, "--body-file", "body")
BATCH = ("append", "--batch", "body")

BAD_WORDS: dict[str, tuple[tuple[str, ...], Callable[[Path], None], str]] = {
    "an id that is a path": (("claim", "../../heads/main"), no_file, '"../../heads/main" is no ticket'),
    "an id to open": (("append", "--item", "../../heads/main", "--subject", "x"), no_file, "is no ticket"),
    "an id in lower case": (("show", "cmb-0001"), no_file, '"cmb-0001" is no ticket'),
    "a prefix that is an option": (("reserve", "-x"), no_file, "-x"),
    "a prefix that is a path": (("reserve", "CMB/tip"), no_file, '"CMB/tip" is no prefix'),
    "a count of none": (("reserve", "CMB", "--count", "0"), no_file, "--count is 0"),
    "a count in words": (("reserve", "CMB", "--count", "two"), no_file, "--count"),
    "a kind that is none": (("append", "--kind", "Actionabel"), no_file, '"Actionabel" is no kind'),
    "a kind of the tool's own": (("append", "--kind", "adopt"), no_file, '"adopt" is no kind'),
    "a state that is none": ((*OPEN, "--state", "WAITING"), no_file, "--state"),
    "a lane of two words": ((*OPEN, "--lane", "a b"), no_file, '"a b" is no lane'),
    "an owner that is none": ((*OPEN, "--owner", "a b"), no_file, '"a b" is no owner'),
    "a seat to tell": (("note", "hello", "--to", "a b"), no_file, '"a b" is no seat'),
    "a seat that is a path": (("note", "hello", "--seat", "../x"), no_file, '"../x" is no seat'),
    "the queue of no seat": (("queue", "--for", "a b"), no_file, '"a b" is no seat'),
    "a subject of two lines": (("append", "--reserve", "CMB", "--subject", "a\nb"), no_file, "is no line"),
    "a move without its ticket": (("append", "--state", "DONE"), no_file, "`item` is missing"),
    "a note of nothing": (("note", " "), no_file, "says nothing"),
    "a time that is none": (("log", "--since", "tomorrow"), no_file, '"tomorrow" is no time'),
    "a timeout in words": ((*OPEN, "--timeout", "soon"), no_file, '"soon" is no number of seconds'),
    "a timeout below zero": ((*OPEN, "--timeout", "-1"), no_file, '"-1" is no number of seconds'),
    "a timeout without end": ((*OPEN, "--timeout", "nan"), no_file, '"nan" is no number of seconds'),
    "a nonce that is none": ((*OPEN, "--intent", "mine"), no_file, '"mine" is no nonce'),
    "no such command": (("apend",), no_file, 'there is no command "apend"'),
    "no such option": ((*OPEN, "--prioritty", "HIGH"), no_file, "--prioritty"),
    "no such rule": (("explain", "missed-absorbe"), no_file, 'there is no rule "missed-absorbe"'),
    "no such range": (("check", "--range", "main..nowhere"), no_file, "names no two commits"),
    "a body not in UTF-8": (FROM_FILE, not_utf8, '"body" is not UTF-8: byte 3'),
    "a body of 10 MB": (FROM_FILE, ten_megabytes, '"body" is larger than 1048576 bytes'),
    "a body that is not there": (FROM_FILE, no_file, '"body" cannot be read: No such file'),
    "a body that is a folder": (FROM_FILE, a_folder, '"body" cannot be read: Is a directory'),
    "a batch that is no YAML": (BATCH, batch("kind: [\n"), '"body", line 2: this is no YAML'),
    "a batch with no such field": (BATCH, batch("subjct: x\n"), "there is no field `subjct`"),
    "a batch with a seat": (BATCH, batch("subject: x\nseat: other\n"), "there is no field `seat`"),
    "an empty batch": (BATCH, batch("\n"), "there is no document"),
    "a batch that counts too far": (
        BATCH,
        batch("reserve: CMB\nsubject: x\nbody: see {{ITEM_ID.3}}\n"),
        '"{{ITEM_ID.3}}" stands for no ticket',
    ),
}


@pytest.mark.parametrize(("words", "prepare", "said"), BAD_WORDS.values(), ids=BAD_WORDS)
def test_a_wrong_command_line(
    words: tuple[str, ...],
    prepare: Callable[[Path], None],
    said: str,
    otto: Seat,
    remote: Path,
    tmp_path: Path,
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    prepare(folder)
    before = refs(remote), otto.git("for-each-ref", "refs/heads")
    ran = plainly(folder, *words, "-C", "../otto", variables={"LEDGER_SEAT": "otto"})
    assert ran.code == 2, ran.err
    assert_two_lines(ran.err, said)
    assert (ran.out, (refs(remote), otto.git("for-each-ref", "refs/heads"))) == ("", before)
    assert git(otto.path, "status", "--porcelain") == ""


def assert_two_lines(err: str, said: str) -> None:
    error, hint, end = err.split("\n")
    assert error.startswith("error: ") and said in error
    assert hint.startswith("hint: ") and len(hint) > len("hint: ")
    assert end == ""


def in_no_repository(folder: Path) -> Path:
    return folder


def in_a_bare_one(folder: Path) -> Path:
    return new_server(folder / "bare.git")


def in_a_sha256_one(folder: Path) -> Path:
    git(folder, "init", "-q", "--object-format=sha256", "repo")
    return folder / "repo"


def in_a_reftable_one(folder: Path) -> Path:
    repo = new_repository(folder / "repo")
    git(repo, "config", "core.repositoryFormatVersion", "1")
    git(repo, "config", "extensions.refStorage", "reftable")
    return repo


NO_LEDGER = {
    "no repository": (in_no_repository, "no-repository", "is in no git repository"),
    "bare": (in_a_bare_one, "bare-repository", "is a bare repository"),
    "sha256": (in_a_sha256_one, "unsupported-format", "sha256"),
    "reftable": (in_a_reftable_one, "unsupported-format", "reftable"),
}


@pytest.mark.parametrize(("make", "kind", "said"), NO_LEDGER.values(), ids=NO_LEDGER)
def test_no_repository_for_a_ledger(
    make: Callable[[Path], Path], kind: str, said: str, tmp_path: Path
) -> None:
    error = plainly(make(tmp_path), "reserve", "CMB", "--seat", "otto", "--json")
    assert (error.code, error.json["error"]["kind"]) == (2, kind)
    assert said in error.json["error"]["message"]


def test_a_machine_without_git(otto: Seat) -> None:
    ran = otto.spawn("queue", env={"PATH": str(Path(sys.executable).parent)})
    assert ran.code == 2
    assert_two_lines(ran.err, '"git" cannot be started')


def test_nobody_writes_without_a_name(otto: Seat, remote: Path) -> None:
    before = refs(remote)
    ran = plainly(otto.path, *OPEN)
    assert ran.code == 6
    assert_two_lines(ran.err, "no seat is set")
    assert refs(remote) == before
    assert plainly(otto.path, "queue").code == 0


def test_a_body_with_windows_line_ends_is_taken_as_text(otto: Seat) -> None:
    (otto.path / "body").write_bytes(b"\xef\xbb\xbfone\r\ntwo\r\n")
    ran = plainly(otto.path, "--seat", "otto", *FROM_FILE)
    assert ran.code == 0, ran.err
    assert otto.ok("log")["posts"][0]["body"] == "one\ntwo"


def test_a_word_that_is_not_utf8(otto: Seat, remote: Path) -> None:
    before = refs(remote)
    ran = otto.run("append", "--reserve", "CMB", "--subject", "caf\udce9")
    assert ran.code == 2
    assert_two_lines(ran.err, '"caf\\udce9" is not UTF-8')
    assert refs(remote) == before


def goes_on(seat: Seat, first: str) -> None:
    """Reading and writing work."""
    assert seat.files("CMB", "Work") == first
    assert seat.ok("claim", first)["claimed"] is True
    assert seat.ok("show", first)["state"] == "CLAIMED"


def test_a_detached_head_goes_on(otto: Seat) -> None:
    otto.git("checkout", "-q", "--detach")
    before = otto.git("rev-parse", "HEAD")
    goes_on(otto, "CMB-0001")
    assert otto.run("check", "--json").json["findings"] == []
    assert (otto.git("rev-parse", "HEAD"), otto.git("status", "--porcelain")) == (before, "")


def test_a_shallow_clone_goes_on(otto: Seat, remote: Path, tmp_path: Path) -> None:
    assert otto.files("CMB", "First") == "CMB-0001"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{remote}", "shallow")
    goes_on(Seat("otto-2", tmp_path / "shallow"), "CMB-0002")
    assert otto.queue().keys() == {"CMB-0001", "CMB-0002"}


def test_an_empty_remote_goes_on(tmp_path: Path) -> None:
    remote = new_server(tmp_path / "empty.git")
    seat = clone(remote, tmp_path / "unborn", "otto")
    assert seat.queue() == {}
    assert seat.run("check").code == 0
    goes_on(seat, "CMB-0001")


def test_an_unborn_branch_without_a_remote_goes_on(tmp_path: Path) -> None:
    seat = Seat("otto", new_repository(tmp_path / "alone"))
    assert seat.queue() == {}
    goes_on(seat, "CMB-0001")
    assert seat.git("status", "--porcelain") == ""


NASTY = "\x1b[31mred\u202e\x9b2J\u200bend\U000e0041\xad\u3164"


def test_what_others_wrote_acts_on_no_terminal_and_hides_nothing_from_its_reader(otto: Seat) -> None:
    item = "CMB-0001"
    otto.writes(item=item, state="AWAITING_CLAIM", subject=NASTY, owner="open")
    otto.writes(kind="note", item=item, body=f"{NASTY}\n")
    strange = otto.path / "feed" / f"{NASTY}.md"
    strange.write_bytes(render_post([("seat", NASTY)], NASTY))
    otto.forces()
    for words in (("queue",), ("show", item), ("log",), ("drift",), ("check", "--range", "HEAD~1..HEAD")):
        for more in ((), ("--json",)):
            ran = otto.run(*words, *more)
            shown = ran.out + ran.err
            assert list(find_hidden(shown)) == [], (words, more)
            assert "red" in shown or words == ("log",), words
    claim = otto.run("claim", item, "--branch", NASTY)
    assert claim.code == 3 and "\x1b" not in claim.out + claim.err
