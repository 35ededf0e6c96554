"""The usual stop: beside a feed that did not move since this session was answered.

It asks git three things and imports nothing that opens a ledger, parses or judges (`tools/bench stop`).
"""

from collections.abc import Iterable
from pathlib import Path

from ledger.store.clone.sessions import Sessions, digest_of
from ledger.store.contract import SEEN_REFS
from ledger.store.git.process import Git, split_lines


def is_unmoved(directory: Path, seat: str | None, session: tuple[str, str], seconds: float) -> bool:
    """Whether the feed stands where it stood when this session was answered about it, with the same settings.

    `session` is the runtime's name and the session's; `seat` None: the one of git config. What is claimable
    on one commit only shrinks with time, so there is nothing new to say of it. False when it cannot be told
    within these seconds.
    """
    git = Git(directory)
    place = git.run("rev-parse", "--path-format=absolute", "--git-common-dir", f"--glob={SEEN_REFS}")
    if place.code:
        return False
    common_dir, *seen = split_lines(place.out)
    settings = _read_settings(git)
    memory = Sessions(Path(common_dir)).load_memory(*session, seat or _find_seat(settings))
    if memory.settings != digest_settings(settings):
        return False
    if memory.commit not in seen:  # a rewound feed may stand there again
        return False
    # by `--heads` a server sends branches alone (protocol version 2), and not a ref for each number
    words = ("ls-remote", "--heads", "--", memory.remote) if memory.remote else ("show-ref", "--verify")
    listed = git.run(*words, memory.ref, timeout=seconds).out.decode("utf-8", "replace")
    return [memory.commit, memory.ref] in [line.split() for line in listed.splitlines()]


def digest_settings(settings: Iterable[tuple[str, str]]) -> str:
    """What stands for those of all settings in force that are of the ledger and the remotes."""
    rows = (f"{key}\n{value}\0" for key, value in settings if key.startswith(("ledger.", "remote.")))
    return digest_of("".join(rows).encode("utf-8", "surrogateescape"))


def _read_settings(git: Git) -> list[tuple[str, str]]:
    """All settings, weakest first; `true` for a key without a value, as `Repo.settings` has them."""
    # By zero bytes, since a value may hold line ends.
    listed = git.run("config", "--list", "--null").out.decode("utf-8", "surrogateescape").split("\0")[:-1]
    parts = (line.partition("\n") for line in listed)
    return [(key, value if equals else "true") for key, equals, value in parts]


def _find_seat(settings: Iterable[tuple[str, str]]) -> str:
    """The seat that git config names, the last one being in force; empty when there is none."""
    return dict(settings).get("ledger.seat", "")
