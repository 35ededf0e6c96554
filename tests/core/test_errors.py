"""Errors: a word for JSON and the exit code, and a class where code reacts to them."""

import re
from pathlib import Path

import pytest

import ledger
from ledger.core.dataclass import replace
from ledger.core.errors import CannotKeepError, LedgerError, UnreachableError, UsageError
from ledger.faces.boundary import EXITS


def test_an_error_is_of_the_class_of_its_kind_whoever_raises_it() -> None:
    assert isinstance(LedgerError("unreachable", "no answer"), UnreachableError)
    assert isinstance(LedgerError("disk-full", "no space"), CannotKeepError)
    assert type(LedgerError("held", "another has it")) is LedgerError
    with pytest.raises(UsageError, match="no number"):
        raise LedgerError("usage", "no number", "name one")


def test_a_changed_copy_stays_of_its_class() -> None:
    error = replace(LedgerError("read-only", "nothing can be written"), message="nothing was written")
    assert isinstance(error, CannotKeepError)
    assert (error.kind, str(error)) == ("read-only", "nothing was written")


def test_each_class_is_of_kinds_that_have_an_exit_code() -> None:
    classes = {type(LedgerError(kind, "words")) for kind in EXITS} - {LedgerError}
    assert classes == set(LedgerError.__subclasses__())


def test_code_reacts_to_classes_and_not_to_words() -> None:
    compared = re.compile(r"\b(error|fault|caught|refusal)\.kind (==|!=|in|not in)\b")
    package = Path(ledger.__file__).parent
    assert not [path for path in package.rglob("*.py") if compared.search(path.read_text())]
