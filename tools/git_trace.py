"""Which git commands a program started, by the events that git writes where GIT_TRACE2_EVENT names a file."""

import json
from pathlib import Path


def list_git_commands(trace: Path) -> list[str]:
    """The commands in order, without those that git itself started (api-trace2); none where it is missing."""
    events = [json.loads(line) for line in trace.read_text().splitlines()] if trace.exists() else []
    lines = [event["argv"][3:] for event in events if event["event"] == "start" and "/" not in event["sid"]]
    return [next(word for word in line if word[0] != "-" and "=" not in word) for line in lines]
