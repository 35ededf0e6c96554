"""Waits as seats meet them: a block that opens by itself, and one that only some may lift."""

from pathlib import Path

from tests.fleet import fleet


def test_a_block_on_a_ticket_ends_when_that_is_done(tmp_path: Path) -> None:
    """Anna's second ticket waits for the first. Nobody releases it: Otto is sent to it, and takes it."""
    anna, otto = fleet(tmp_path, "anna", "otto")
    first, second = anna.files("CMB", "First"), anna.files("CMB", "Second")
    anna.ok("block", second, "--on", first)
    anna.ok("claim", first)
    assert [one["item"] for one in otto.ok("turn", "open")["triggers"]] == []
    anna.ok("done", first)
    row = otto.queue("--for", "otto")[second]
    assert (row["state"], row["claimable"], row["waits"]) == ("BLOCKED", True, {first: "DONE"})
    assert f"waits for {first} (DONE)" in otto.run("queue", "--offline").out
    assert otto.run("drift", "--json").json["findings"] == []
    assert [one["item"] for one in otto.ok("turn", "open")["triggers"]] == [second]
    assert otto.ok("claim", second)["unblocked_by"] == [first]
    told = otto.ok("show", second)
    assert told["history"][-1]["effect"] == f"BLOCKED -> CLAIMED: {first} (DONE)"
    assert "waits" not in told
