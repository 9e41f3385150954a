"""The examples of a source in the order and under the names that were asked for."""

from __future__ import annotations

import pytest

from explorer.errors import UsageError
from explorer.options import Arrangement, ModelSource
from explorer.source.arranging import arranged

EXAMPLES = {"a": 1, "b": 2, "c": 3}


def source(**given: object) -> ModelSource:
    wanted = Arrangement(**given)  # pyright: ignore[reportArgumentType]
    return ModelSource(name="m", kind="model", path="/m.py", shown="m.py", text="", arranged=wanted)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        pytest.param({}, {"a": 1, "b": 2, "c": 3}, id="nothing asked for"),
        pytest.param({"first": "c"}, {"c": 3, "a": 1, "b": 2}, id="another is captured"),
        pytest.param({"removed": ("a",)}, {"b": 2, "c": 3}, id="the first is left out"),
        pytest.param({"renamed": (("a", "b"), ("b", "a"))}, {"b": 1, "a": 2, "c": 3}, id="names are swapped"),
        pytest.param({"removed": ("b",), "renamed": (("a", "b"),)}, {"b": 1, "c": 3}, id="the name of one left out"),
        pytest.param({"first": "c", "renamed": (("c", "z"),)}, {"z": 3, "a": 1, "b": 2}, id="called by its own name"),
        pytest.param({"first": "x", "removed": ("y",), "renamed": (("z", "a"),)}, EXAMPLES, id="names of no example"),
        pytest.param({"first": "a", "removed": ("a",)}, {"b": 2, "c": 3}, id="captured, but left out"),
    ],
)
def test_examples_are_arranged(given: dict[str, object], found: dict[str, int]) -> None:
    assert list(arranged(EXAMPLES, source(**given)).items()) == list(found.items())


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param({"removed": ("a", "b", "c")}, "No example is left", id="none left"),
        pytest.param({"renamed": (("a", "b"),)}, "the name 'b'", id="a name twice"),
    ],
)
def test_what_cannot_be_is_refused_with_the_next_step(given: dict[str, object], says: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        arranged(EXAMPLES, source(**given))
    assert (caught.value.file, bool(caught.value.hint)) == ("m.py", True)


def test_where_there_are_none_nothing_is_refused() -> None:
    assert arranged({}, source(removed=("a",))) == {}
