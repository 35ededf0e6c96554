"""The usual stop: beside a feed that did not move since this session was answered.

It asks git three things and imports nothing that opens a ledger, parses or judges (`tools/bench stop`).
"""

from hashlib import sha256
from pathlib import Path

from ledger.store.clone.sessions import Sessions
from ledger.store.contract import SEEN_REFS
from ledger.store.git.process import Git, lines


def unmoved(directory: Path, seat: str | None, session: tuple[str, str], seconds: float) -> bool:
    """Whether the feed stands where it stood when this session was answered about it, with the same settings.

    `session` is the runtime's name and the session's; `seat` None: the one of git config. What is claimable
    on one commit only shrinks with time, so there is nothing new to say of it. False when it cannot be told
    within these seconds.
    """
    git = Git(directory)
    place = git.run("rev-parse", "--path-format=absolute", "--git-common-dir", f"--glob={SEEN_REFS}")
    if place.code:
        return False
    common_dir, *seen = lines(place.out)
    settings = _settings(git)
    told = Sessions(Path(common_dir)).read(*session, seat or _seat(settings))
    if told.commit not in seen or told.settings != _digest(settings):  # a rewound feed may stand there again
        return False
    # by `--heads` a server sends branches alone (protocol version 2), and not a ref for each number
    words = ("ls-remote", "--heads", "--", told.remote) if told.remote else ("show-ref", "--verify")
    listed = git.run(*words, told.ref, timeout=seconds).out.decode("utf-8", "replace")
    return [told.commit, told.ref] in [line.split() for line in listed.splitlines()]


def settings_digest(git: Git) -> str:
    """What stands for the settings of the ledger and the remotes, as they are in force."""
    return _digest(_settings(git))


def _settings(git: Git) -> bytes:
    return git.run("config", "--null", "--get-regexp", r"^(ledger|remote)\.").out


def _digest(settings: bytes) -> str:
    return sha256(settings).hexdigest()


def _seat(settings: bytes) -> str:
    """The seat that git config names, the last one being in force; empty when there is none."""
    pairs = [one.partition("\n") for one in settings.decode("utf-8", "replace").split("\0")]
    return next((value for key, _, value in reversed(pairs) if key == "ledger.seat"), "")
