"""Running git in tests, and the small repositories that tests need."""

import os
import subprocess
from pathlib import Path


def git(cwd: Path, *args: str, stdin: str | None = None) -> str:
    """Git's output without the last line feed; fails the test, with git's words, when git fails."""
    ran = subprocess.run(["git", *args], cwd=cwd, input=stdin, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, f"git {' '.join(args)}: {ran.stderr}"
    return ran.stdout.removesuffix("\n")


def new_repository(path: Path) -> Path:
    """A repository on branch `main`, without a commit."""
    path.mkdir(parents=True)
    git(path, "init", "-q", "-b", "main")
    return path


def new_server(path: Path) -> Path:
    """A bare repository whose branch is `main`."""
    path.mkdir(parents=True)
    git(path, "init", "-q", "--bare", "-b", "main")
    return path


def clone_of(server: Path, path: Path) -> Path:
    """A clone, also of a server without a commit."""
    git(server.parent, "clone", "-q", str(server), str(path))
    return path


def commit_file(repo: Path, path: str, text: str = "text\n") -> str:
    """Commit one file on the branch that is checked out, and give the commit's name."""
    file = repo / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    git(repo, "add", "--", path)
    who = ("-c", "user.name=Tester", "-c", "user.email=tester@example.invalid")  # also where a module asks
    git(repo, *who, "commit", "-q", "-m", f"add {path}")
    return git(repo, "rev-parse", "HEAD")


def waiting_for(path: Path) -> str:
    """A line of sh that waits until a path is there, and no longer than the tests run."""
    return f"until [ -e '{path}' ] || ! kill -0 {os.getpid()}; do sleep 0.05; done"


def hook(repo: Path, name: str, script: str) -> None:
    """Give a repository (the git directory) a hook in sh."""
    file = repo / "hooks" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
