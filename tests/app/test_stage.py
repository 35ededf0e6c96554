"""Posts that go through review: the number is reserved at once, the file waits for its commit."""

import re
import subprocess
from pathlib import Path

from tests.fleet import Seat, fleet


def test_a_staged_post_reserves_and_lands_through_review(tmp_path: Path) -> None:
    otto, anna = fleet(tmp_path, "otto", "anna")
    told = otto.ok("append", "--reserve", "CMB", "--subject", "Cards", "--stage")
    assert told["staged"] is True
    (post,) = told["posts"]
    assert otto.git("diff", "--cached", "--name-only") == post["path"]
    assert anna.queue() == {}
    assert anna.files("CMB", "Others") == "CMB-0002", "the number is taken although nothing landed"
    assert otto.run("check", "--staged").code == 0
    otto.git("commit", "-q", "-m", "propose")
    otto.git("pull", "-q", "--rebase", "origin", "main")
    otto.git("push", "-q", "origin", "HEAD:main")
    assert anna.queue()["CMB-0001"]["subject"] == "Cards"


def test_staging_again_with_the_same_nonce_stages_nothing_more(tmp_path: Path) -> None:
    (otto,) = fleet(tmp_path, "otto")
    words = ("append", "--reserve", "CMB", "--subject", "Cards", "--stage", "--intent", "00000000000000aa")
    first, second = otto.ok(*words), otto.ok(*words)
    assert first["posts"] == second["posts"]
    assert otto.git("diff", "--cached", "--name-only") == first["posts"][0]["path"]
    assert otto.git("ls-remote", "origin", "refs/reserve/CMB/2") == ""


def test_a_post_that_cannot_be_written_keeps_its_number_for_the_next_try(tmp_path: Path) -> None:
    (otto,) = fleet(tmp_path, "otto")
    words = ("append", "--reserve", "CMB", "--subject", "Cards", "--stage")
    (otto.path / "feed").write_text("in the way")
    error = otto.refused(*words)
    assert (error["exit"], error["kind"]) == (3, "cannot-stage")
    (nonce,) = re.findall(r"`--intent ([0-9a-f]{16})`", error["hint"])
    (otto.path / "feed").unlink()
    (post,) = otto.ok(*words, "--intent", nonce)["posts"]
    assert post["item"] == "CMB-0001"
    assert otto.git("diff", "--cached", "--name-only") == post["path"]
    assert otto.git("ls-remote", "origin", "refs/reserve/CMB/2") == ""


def test_a_right_that_has_not_landed_is_none(tmp_path: Path) -> None:
    (otto,) = fleet(tmp_path, "otto")
    item = otto.files("CMB", "Cards")
    words = ("append", "--item", item, "--state", "CLAIMED", "--stage")
    assert otto.refused(*words)["kind"] == "usage"
    ruling = ("append", "--kind", "ruling", "--rules-on", item, "--subject", "x", "--stage")
    assert otto.refused(*ruling, "--body", f"ABSORB: {item} -> DONE")["kind"] == "usage"


def test_outside_of_a_checkout_of_the_feed_nothing_is_staged_nor_reserved(tmp_path: Path) -> None:
    (otto,) = fleet(tmp_path, "otto", branch=None)
    otto.ok("init", "--seat", "otto")
    words = ("append", "--reserve", "CMB", "--subject", "Cards", "--stage")
    error = otto.refused(*words)
    assert (error["kind"], otto.git("status", "--porcelain")) == ("cannot-stage", "")
    assert otto.git("ls-remote", "origin", "refs/reserve/*") == ""
    subprocess.run(["sh", "-c", error["hint"].split("`")[1]], cwd=otto.path, check=True, capture_output=True)
    assert Seat("otto", tmp_path / "feed").ok(*words)["posts"][0]["item"] == "CMB-0001"
