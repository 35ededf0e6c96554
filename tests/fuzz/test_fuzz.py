"""Whatever a push, a clone or a disk hands to a reader, it gives an answer; what once broke one is kept in
`tests/corpus/<reader>/` and tried again. `tools/fuzz` makes inputs for as long as it is told."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz.reader import Reader
from tests.fuzz.readers import READERS

CORPUS = Path(__file__).parent.parent / "corpus"

every_reader = pytest.mark.parametrize("reader", READERS.values(), ids=READERS)


@pytest.mark.parametrize("share", [4, pytest.param(1, marks=pytest.mark.slow)], ids=["a quarter", "all"])
@every_reader
def test_any_input_gives_an_answer(reader: Reader, share: int, tmp_path: Path) -> None:
    """Always the same inputs, however long one of them takes here."""
    probe, examples = reader.open(tmp_path), reader.examples // share

    @settings(
        derandomize=True,
        deadline=None,
        database=None,
        max_examples=examples,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.randoms(use_true_random=False))
    def run(dice: Random) -> None:
        probe(reader.generate(dice))

    run()
    for seed in range(examples // 4):
        probe(reader.generate(Random(seed)))


@every_reader
def test_what_once_broke_a_reader_breaks_it_no_more(reader: Reader, tmp_path: Path) -> None:
    probe = reader.open(tmp_path)
    for place in sorted((CORPUS / reader.name).glob("*")):
        probe(place.read_bytes())


def test_every_folder_of_the_corpus_is_of_a_reader() -> None:
    assert {place.name for place in CORPUS.iterdir() if place.is_dir()} <= READERS.keys()
