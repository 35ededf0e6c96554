"""The jobs of `init --ci`: their very lines, run on real proposals as the hosts run them."""

import json
import os
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fleet import Seat, fleet, standing
from tests.gitrun import commit_file, git, new_repository
from tests.proposals import begins, commits, opens

GITHUB = ".github/workflows/feed.yml"
GITLAB = ".gitlab/feed.gitlab-ci.yml"
PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]["name"]


@dataclass(frozen=True)
class Job:
    """How a run of a job ended, what it printed, and what it told reviewers."""

    code: int
    log: str
    told: str
    findings: list[tuple[str, str]]


@pytest.fixture
def seats(tmp_path: Path) -> list[Seat]:
    """A fleet of two with one landed ticket; the second has begun a proposal."""
    return standing(_built, tmp_path)


def _built(folder: Path) -> list[Seat]:
    camber, ora = fleet(folder, "CAMBER-01", "ORA-01")
    camber.files("CMB", "Cards are grouped wrongly")
    begins(ora)
    return [camber, ora]


def proposes_a_sound_ticket(ora: Seat) -> None:
    ora.ok("append", "--reserve", "CMB", "--subject", "Sound stutters", "--stage")


def proposes_a_number_of_nobody(ora: Seat) -> None:
    opens(ora, "CMB-0099", "::error::forged")


def removes_a_post(ora: Seat) -> None:
    next((ora.path / "feed").rglob("*.md")).unlink()


CASES: dict[str, tuple[Any, int, list[str]]] = {
    "sound": (proposes_a_sound_ticket, 0, []),
    "a number of nobody": (proposes_a_number_of_nobody, 1, ["unreserved-ticket"]),
    "a removed post": (removes_a_post, 1, ["removed-post"]),
}
cases = pytest.mark.parametrize(("propose", "code", "rules"), CASES.values(), ids=CASES)


def installers(folder: Path) -> dict[str, str]:
    """An environment in which installing writes down what was asked for; the tool is there already."""
    stubs = folder / "stubs"
    stubs.mkdir(exist_ok=True)
    for name in ("pip", "pipx"):
        (stubs / name).write_text(f'#!/bin/sh\necho "$@" >> "{folder}/installed"\n')
        (stubs / name).chmod(0o755)
    path = f"{stubs}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "CI": "true"}


def checkout(folder: Path, remote: Path, commit: str, depth: int) -> Path:
    """What a host's runner checks out: one commit, detached, with so much of its history."""
    place = new_repository(folder / "checkout")
    git(place, "remote", "add", "origin", f"file://{remote}")
    git(place, "fetch", "-q", "--no-tags", f"--depth={depth}", "origin", commit)
    git(place, "checkout", "-q", "--detach", commit)
    return place


def landed(seat: Seat, path: str) -> str:
    """A file as it stands on the feed's branch."""
    return seat.git("show", f"origin/main:{path}")


def on_github(camber: Seat, ora: Seat, folder: Path) -> Job:
    """Run the workflow's steps on the merge that GitHub makes of a pull request."""
    camber.ok("init", "--ci", "github")
    job = yaml.safe_load(landed(camber, GITHUB))["jobs"]["check"]
    ora.git("checkout", "-q", "--detach", "origin/main")
    ora.git("merge", "-q", "--no-ff", "-m", "Merge", "proposal")
    ora.git("push", "-q", "--no-verify", "origin", "HEAD:refs/pull/1/merge", "proposal")
    summary = folder / "summary"
    env = installers(folder) | {"GITHUB_BASE_REF": "main", "GITHUB_STEP_SUMMARY": str(summary)}
    place, log = folder, ""
    for step in job["steps"]:
        if "uses" in step:
            commit = ora.git("rev-parse", "HEAD")
            place = checkout(folder, folder / "remote.git", commit, step["with"]["fetch-depth"])
            continue
        ran = subprocess.run(
            ["bash", "-e", "-c", step["run"]], cwd=place, env=env, capture_output=True, text=True, check=False
        )
        log += ran.stdout + ran.stderr
        if ran.returncode:
            break
    annotations = [line.split(":")[2].split(",") for line in log.splitlines() if line.startswith("::")]
    found = [(pairs[0].split("=")[1], pairs[-1].split("=")[1]) for pairs in annotations]
    return Job(ran.returncode, log, summary.read_text(), found)


def on_gitlab(camber: Seat, ora: Seat, folder: Path, depth: int, fork: str | None = None) -> Job:
    """Run the job's script on the head of a merge request, with the variables that GitLab sets."""
    camber.ok("init", "--ci", "gitlab")
    job = yaml.safe_load(landed(camber, GITLAB))["feed"]
    source = folder / f"{fork or 'remote'}.git"
    ora.git("push", "-q", "--no-verify", str(source), "proposal")
    ora.git("push", "-q", "--no-verify", "origin", "proposal:refs/merge-requests/1/head")
    commit = ora.git("rev-parse", "proposal")
    place = checkout(folder, source, commit, depth)
    env = installers(folder) | {
        "CI_PROJECT_URL": f"file://{source}".removesuffix(".git"),
        "CI_MERGE_REQUEST_PROJECT_URL": f"file://{folder}/remote",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "CI_COMMIT_SHA": commit,
    }
    for name, value in job["variables"].items():
        env[name] = value.replace("$CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main")
    script = "\n".join(["set -e", *job["script"]])
    ran = subprocess.run(
        ["sh", "-c", script], cwd=place, env=env, capture_output=True, text=True, check=False
    )
    report = json.loads((place / job["artifacts"]["reports"]["codequality"]).read_text())
    found = [(one["location"]["path"], one["check_name"]) for one in report]
    return Job(ran.returncode, ran.stdout + ran.stderr, (place / "feed-review.md").read_text(), found)


@cases
def test_github(propose: Any, code: int, rules: list[str], seats: list[Seat], tmp_path: Path) -> None:
    camber, ora = seats
    propose(ora)
    commits(ora)
    job = on_github(camber, ora, tmp_path)
    assert job.code == code, job.log
    assert [rule for _, rule in job.findings] == rules
    assert all(path.startswith("feed/2") and path.endswith(".md") for path, _ in job.findings)
    assert job.told.startswith("## What this does to the queue\n")
    assert ('- **CMB-0002** "Sound stutters"' in job.told) == (code == 0)


@pytest.mark.parametrize("depth", [1, pytest.param(20, marks=pytest.mark.slow)])
@cases
def test_gitlab(
    propose: Any, code: int, rules: list[str], depth: int, seats: list[Seat], tmp_path: Path
) -> None:
    camber, ora = seats
    propose(ora)
    commits(ora)
    camber.files("FLT", "Landed meanwhile")
    job = on_gitlab(camber, ora, tmp_path, depth)
    assert job.code == code, job.log
    assert [rule for _, rule in job.findings] == rules
    assert job.told.startswith("## What this does to the queue\n")
    assert job.told in job.log
    assert ('- **CMB-0002** "Sound stutters"' in job.told) == (code == 0)


def test_gitlab_judges_a_fork_by_what_landed_in_the_project(seats: list[Seat], tmp_path: Path) -> None:
    """The fork is older than the proposal's reservation and than what landed since."""
    camber, ora = seats
    git(tmp_path, "clone", "-q", "--bare", "--single-branch", str(tmp_path / "remote.git"), "fork.git")
    proposes_a_sound_ticket(ora)
    commits(ora)
    camber.files("FLT", "Landed meanwhile")
    job = on_gitlab(camber, ora, tmp_path, 1, "fork")
    assert (job.code, job.findings) == (0, []), job.log


def test_gitlab_writes_through_no_link_of_the_proposal(seats: list[Seat], tmp_path: Path) -> None:
    camber, ora = seats
    mine = tmp_path / "mine"
    mine.write_text("precious\n")
    for name in ("feed-review.md", "feed-quality.json"):
        (ora.path / name).symlink_to(mine)
        ora.git("add", name)
    proposes_a_sound_ticket(ora)
    commits(ora)
    assert on_gitlab(camber, ora, tmp_path, 20).code == 0
    assert mine.read_text() == "precious\n"


def test_both_install_this_project(seats: list[Seat], tmp_path: Path) -> None:
    camber, ora = seats
    proposes_a_sound_ticket(ora)
    commits(ora)
    on_github(camber, ora, tmp_path)
    assert (tmp_path / "installed").read_text().split() == ["install", PROJECT]
    (tmp_path / "installed").unlink()
    (tmp_path / "checkout").rename(tmp_path / "checked")
    on_gitlab(camber, ora, tmp_path, 20)
    asked = (tmp_path / "installed").read_text().split()
    assert (asked[0], asked[-1]) == ("install", PROJECT)


def test_the_workflow_may_read_and_nothing_else(seats: list[Seat]) -> None:
    camber, _ = seats
    camber.ok("init", "--ci", "github")
    flow = yaml.safe_load(landed(camber, GITHUB))
    assert flow["permissions"] == {"contents": "read"}
    assert flow[True] == {"pull_request": {"paths": ["feed/**"]}}  # YAML 1.1 reads `on` as true
    (job,) = flow["jobs"].values()
    assert "permissions" not in job
    assert [step["uses"] for step in job["steps"] if "uses" in step] == ["actions/checkout@v4"]
    assert "${{" not in landed(camber, GITHUB)  # nothing of a proposal becomes shell text


def test_gitlab_runs_it_for_merge_requests_that_touch_the_feed(seats: list[Seat]) -> None:
    camber, _ = seats
    camber.ok("init", "--ci", "gitlab")
    (rule,) = yaml.safe_load(landed(camber, GITLAB))["feed"]["rules"]
    assert rule == {"if": '$CI_PIPELINE_SOURCE == "merge_request_event"', "changes": ["feed/**/*"]}


@pytest.mark.parametrize(("host", "path"), {"github": GITHUB, "gitlab": GITLAB}.items())
def test_init_lands_the_job_once_and_never_over_another(host: str, path: str, seats: list[Seat]) -> None:
    camber, ora = seats
    assert path in camber.ok("init", "--ci", host)["created"]
    assert landed(camber, path) != "" and camber.git("status", "--porcelain") == ""
    again = ora.run("init", "--ci", host, "--json")
    assert again.code == 0 and path not in again.json["created"] and "next" not in again.err


def test_a_file_of_somebody_else_stays_and_is_named(seats: list[Seat]) -> None:
    camber, _ = seats
    camber.git("pull", "-q", "origin", "main")
    commit_file(camber.path, GITHUB, "mine\n")
    camber.git("push", "-q", "--no-verify", "origin", "main")
    ran = camber.run("init", "--ci", "github", "--json")
    assert ran.code == 0 and GITHUB not in ran.json["created"]
    assert f"{GITHUB} is there already and stays as it is" in ran.err
    assert landed(camber, GITHUB) == "mine"


def test_gitlab_finds_the_job_where_the_feed_is_alone(tmp_path: Path) -> None:
    (seat,) = fleet(tmp_path, "otto", branch=None)
    seat.ok("init", "--ci", "gitlab")
    root = yaml.safe_load(seat.git("show", "origin/ledger:.gitlab-ci.yml"))
    assert root == {"include": [{"local": GITLAB}]}
    assert yaml.safe_load(seat.git("show", f"origin/ledger:{GITLAB}"))["feed"]["script"]
    assert "not there yet" not in seat.run("init", "--ci", "gitlab").err


def test_gitlab_has_to_be_told_where_the_code_has_jobs(seats: list[Seat]) -> None:
    camber, _ = seats
    camber.git("pull", "-q", "origin", "main")
    commit_file(camber.path, ".gitlab-ci.yml", "stages: [test]\n")
    camber.git("push", "-q", "--no-verify", "origin", "main")
    said = camber.run("init", "--ci", "gitlab").err
    line = said.partition("not there yet: ")[2].partition("\n")[0]
    assert yaml.safe_load(line) == {"include": [{"local": GITLAB}]}
    assert landed(camber, ".gitlab-ci.yml") == "stages: [test]"


def test_a_host_that_is_not_known(seats: list[Seat]) -> None:
    camber, _ = seats
    assert camber.refused("init", "--ci", "jenkins")["kind"] == "usage"
