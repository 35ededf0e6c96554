"""The jobs that judge proposals on hosts: their texts, and where they go."""

from collections.abc import Iterable, Mapping

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


_GITLAB_ROOT = ".gitlab-ci.yml"
_INCLUDE = "include: [{local: .gitlab/feed.gitlab-ci.yml}]"

JOBS: Mapping[str, Mapping[str, str]] = {
    "github": {".github/workflows/feed.yml": _GITHUB},
    "gitlab": {".gitlab/feed.gitlab-ci.yml": _GITLAB, _GITLAB_ROOT: f"{_INCLUDE}\n"},
}
"""For each host the files of its job, by where the host looks for them on a proposal's own branch."""


def list_job_notices(others: Iterable[str]) -> list[str]:
    """What is to be done by hand where these files of a job are somebody else's."""
    return [
        f"add to {path}, where it is not there yet: {_INCLUDE}"
        if path == _GITLAB_ROOT
        else f"{path} is there already and stays as it is"
        for path in others
    ]
