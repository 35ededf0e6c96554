"""The jobs that judge proposals on hosts: their texts, and where they go."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ledger.store.repo import open_repository
from ledger.store.work import write_new

# The tool comes first, while the folder is still empty: a proposal must not get a say in how it is
# installed. The checkout is the merge that the host made; its first parent is what has landed.
_GITHUB = """\
# git-ledger: judges what a pull request does to the feed. What it finds stands at the lines of the
# posts, what it does to the queue in the summary of the job.
name: feed

on:
  pull_request:
    paths: ["feed/**"]

permissions:
  contents: read

jobs:
  check:
    runs-on: ubuntu-latest
    timeout-minutes: 10
    steps:
      - name: Install git-ledger
        run: pipx install git-ledger
      - name: Check out what would land, and what has landed
        uses: actions/checkout@v4
        with:
          fetch-depth: 2
      - name: Say on which branch the feed is
        run: git config ledger.branch "$GITHUB_BASE_REF"
      - name: Tell what it does to the queue
        run: git ledger review HEAD^1..HEAD >> "$GITHUB_STEP_SUMMARY"
      - name: Judge the posts
        run: git ledger check --range HEAD^1..HEAD --format github
"""

# In a merge request from a fork, origin is the fork, which has neither the feed as it is now nor the
# reservations. What the job writes is removed first, lest a proposal holds a link of that name.
_GITLAB = """\
# git-ledger: judges what a merge request does to the feed. What it finds stands in the code quality
# report, what it does to the queue in the log of the job.
feed:
  image: python:3.12
  timeout: 10 minutes
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
      changes: ["feed/**/*"]
  variables:
    LANDED: refs/remotes/origin/$CI_MERGE_REQUEST_TARGET_BRANCH_NAME
  script:
    - rm -f feed-review.md feed-quality.json
    - pip install --quiet --root-user-action ignore git-ledger
    - >
      [ "$CI_PROJECT_URL" = "$CI_MERGE_REQUEST_PROJECT_URL" ] ||
      git remote set-url origin "$CI_MERGE_REQUEST_PROJECT_URL.git"
    - git config ledger.branch "$CI_MERGE_REQUEST_TARGET_BRANCH_NAME"
    - git fetch --quiet --no-tags origin "+refs/heads/$CI_MERGE_REQUEST_TARGET_BRANCH_NAME:$LANDED"
    - >
      git merge-base "$LANDED" HEAD > /dev/null ||
      git fetch --quiet --no-tags --unshallow origin "$CI_COMMIT_SHA"
    - git ledger review "$LANDED..HEAD" | tee feed-review.md
    - git ledger check --range "$LANDED..HEAD" --format gitlab > feed-quality.json
  artifacts:
    when: always
    paths: [feed-review.md]
    reports:
      codequality: feed-quality.json
"""


@dataclass(frozen=True, slots=True)
class Host:
    """Where the job of a host goes, its text, and what else has to be done there, as words."""

    path: str
    text: str
    more: str = ""


HOSTS: Mapping[str, Host] = {
    "github": Host(".github/workflows/feed.yml", _GITHUB),
    "gitlab": Host(
        ".gitlab/feed.gitlab-ci.yml",
        _GITLAB,
        "add to .gitlab-ci.yml, where it is not there yet: include: [{local: .gitlab/feed.gitlab-ci.yml}]",
    ),
}


def write_job(directory: Path, name: str) -> tuple[list[str], list[str]]:
    """Write the job of a host, never over a file that is there.

    Gives the paths that were written, from the repository's root, and words for people.
    """
    host = HOSTS[name]
    place = open_repository(directory).top / host.path
    words = [host.more] if host.more else []
    if write_new(place, host.text.encode()):
        return [host.path], [
            f"and: git add {host.path}, which judges proposals once it is on the feed branch",
            *words,
        ]
    if not place.is_file() or place.read_bytes() != host.text.encode():
        words.insert(0, f"{host.path} is there already and stays as it is")
    return [], words
