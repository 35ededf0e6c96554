"""The repository that is attacked: a feed whose settings list its seats, behind an installed guard."""

from pathlib import Path

from ledger.app.setup.founding import ATTRIBUTES, ATTRIBUTES_TEXT
from tests.attackers.book import SETTINGS
from tests.attackers.draft import CAMBER, MALLORY, OPERATOR, OTTO, STRAT, SURFACE
from tests.attackers.objects import EMPTY_SHA, FILE, File, Objects
from tests.attackers.server import BRANCH, FEED, TRUNK, Judge, Push, Server
from tests.faces.envs import run_at
from tests.gitrun import git

SETTINGS_TEXT = f"""\
branch: {BRANCH}
seats:
  {CAMBER}: {{role: code, wip: 500}}
  {MALLORY}: {{role: code, wip: 500}}
  {OTTO}: {{role: code, wip: 500, surfaces: [{SURFACE}]}}
  {SURFACE}: {{role: code, wip: 500}}
  {STRAT}: {{role: strat}}
  {OPERATOR}: {{role: operator}}
"""


def found(folder: Path, judge: Judge) -> Server:
    """Make the repository in a folder, and begin its feed."""
    path = folder / "remote.git"
    git(folder, "init", "-q", "--bare", "-b", "main", str(path))
    git(path, "symbolic-ref", TRUNK, FEED)
    ran = run_at(folder, "guard", "install", str(path), "--branch", BRANCH)
    assert ran.code == 0, ran.err
    objects = Objects()
    server = Server(path, objects, judge)
    texts = {SETTINGS: SETTINGS_TEXT, ATTRIBUTES: ATTRIBUTES_TEXT, "feed/README.md": "# The feed\n"}
    files = {name: File(FILE, objects.blob(text)) for name, text in texts.items()}
    root = objects.commit(objects.tree_of(files), [])
    said = server.received(Push(None, [(EMPTY_SHA, root, FEED)]))
    assert FEED in server.refs(), said
    return server
