"""The package's data classes do what the standard ones do, of which type checkers believe that they are."""

import copy
import dataclasses
import pickle
from typing import Any, ClassVar

import pytest

from ledger.core.dataclass import FrozenInstanceError, asdict, dataclass, defaults_of, field, replace


@dataclass(frozen=True, slots=True)
class Place:
    """Words about it."""

    limit: ClassVar[int] = 7

    path: str
    line: int = 1
    words: list[str] = field(default_factory=list)

    @property
    def next(self) -> int:
        return self.line + 1


@dataclasses.dataclass(frozen=True, slots=True)
class Standard:
    path: str
    line: int = 1
    words: list[str] = dataclasses.field(default_factory=list)


@dataclass(frozen=True)
class Open:
    seat: str


@dataclass()
class Count:
    n: int = 0


@dataclass(eq=False)
class FaultError(Exception):
    kind: str
    hint: str = ""


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (("a",), {}),
        (("a", 2, ["w"]), {}),
        ((), {"path": "a", "words": ["w"]}),
        (("a",), {"line": 3}),
        ((), {"line": 3, "path": "a"}),
    ],
)
def test_values_reach_their_fields_as_in_a_standard_class(
    args: tuple[Any, ...], named: dict[str, Any]
) -> None:
    ours, theirs = Place(*args, **named), Standard(*args, **named)
    assert repr(ours) == repr(theirs).replace("Standard", "Place")
    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)


@pytest.mark.parametrize(
    ("args", "named"),
    [
        ((), {}),
        (("a", 2, [], "too much"), {}),
        (("a",), {"path": "twice"}),
        (("a",), {"colour": "no field"}),
        (("a",), {"limit": 8}),
    ],
)
def test_what_a_standard_class_refuses_is_refused(args: tuple[Any, ...], named: dict[str, Any]) -> None:
    for made in (Place, Standard):
        with pytest.raises(TypeError):
            made(*args, **named)


def test_each_object_has_a_default_of_its_own() -> None:
    assert Place("a").words is not Place("a").words


def test_objects_of_one_class_with_equal_fields_are_equal() -> None:
    assert Place("a", 2) == Place("a", line=2) != Place("a", 3)
    assert Place("a", 1, []) != Standard("a", 1, [])  # type: ignore[comparison-overlap]
    assert hash(Open("s")) == hash(Open("s"))
    assert FaultError("held") != FaultError("held")


def test_a_frozen_object_does_not_change_and_others_have_no_hash() -> None:
    with pytest.raises(FrozenInstanceError):
        Place("a").line = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del Open("a").seat
    count = Count()
    count.n += 1
    assert count == Count(1)
    with pytest.raises(TypeError, match="unhashable"):
        hash(count)


def test_replaced_by_ours_or_the_standard_function_only_what_is_named_changes() -> None:
    assert replace(Place("a", 2), path="b") == dataclasses.replace(Place("a", 2), path="b") == Place("b", 2)
    assert replace(FaultError("held"), hint="wait").hint == "wait"
    with pytest.raises(TypeError):
        replace(Place("a"), colour="no field")  # type: ignore[call-arg]


def test_a_class_with_slots_takes_no_other_attribute_and_keeps_its_members() -> None:
    assert (Place.limit, Place("a").next, Place.__doc__, Place.__qualname__) == (
        7,
        2,
        "Words about it.",
        "Place",
    )
    assert not hasattr(Place("a"), "__dict__")


def test_objects_are_copied_pickled_and_matched() -> None:
    place = Place("a", 2, ["w"])
    assert copy.deepcopy(place) == pickle.loads(pickle.dumps(place)) == place
    match place:
        case Place(path, line):
            assert (path, line) == ("a", 2)


def test_the_standard_functions_see_fields_in_their_order_with_their_defaults() -> None:
    ours, theirs = dataclasses.fields(Place), dataclasses.fields(Standard)
    assert [(one.name, one.default, one.default_factory) for one in ours] == [
        (one.name, one.default, one.default_factory) for one in theirs
    ]


def test_a_flat_object_gives_its_values_by_name() -> None:
    assert asdict(Place("a", 2, ["w"])) == dataclasses.asdict(Place("a", 2, ["w"]))


def test_the_defaults_of_a_class_are_in_the_order_of_its_fields() -> None:
    assert list(defaults_of(Place).items())[1:] == [("line", 1), ("words", [])]
    assert list(defaults_of(Place)) == ["path", "line", "words"]
