"""Whether two ops gave the same: floats within a tolerance, integers to the last."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.diff.held import apart, held_same
from explorer.graph import Op, Summary
from tests.graphs import op


def holding(dtype: str | None, **held: float) -> Op:
    """Return an op whose two values are summed up by what is given, which is else 50,000."""
    told = {"mean": 5e4, "smallest": 5e4, "largest": 5e4, "weighted": 5e4, **held}
    made = op("sum")
    return replace(made, outputs=(replace(made.outputs[0], dtype=dtype, summary=Summary(count=2, **told)),))


def test_how_far_values_are_apart_is_not_known_of_what_nobody_watched() -> None:
    assert apart(op("a", held=2.0), op("b", held=2.0)) == 0
    assert apart(op("a", held=2.0), op("b", held=1.0)) == 0.5
    assert apart(op("a", held=2.0), op("b")) is None
    assert held_same(op("a", held=2.0), op("b")) is None


@pytest.mark.parametrize(
    ("dtypes", "held", "same"),
    [
        pytest.param(("f32", "f32"), {"largest": 50_003.0}, True, id="floats that round otherwise"),
        pytest.param(("f32", "f32"), {"largest": 50_100.0}, False, id="floats that no rounding parts"),
        pytest.param(("i64", "i64"), {"largest": 50_003.0}, False, id="integers that are near"),
        pytest.param(("i64", "i32"), {"largest": 50_003.0}, False, id="integers of two sizes"),
        pytest.param(("bool", "bool"), {"mean": 5e4 + 1e-3}, False, id="one truth of many"),
        pytest.param(("i64", "f32"), {"largest": 50_003.0}, True, id="an integer that one graph holds as a float"),
        pytest.param((None, "i64"), {"largest": 50_003.0}, True, id="a dtype that is not known"),
        pytest.param(("i64", "i64"), {"mean": 5e4 + 1e-11}, True, id="the rounding of a mean"),
        pytest.param(("i64", "i64"), {}, True, id="the same"),
    ],
)
def test_integers_are_the_same_to_the_last_and_floats_within_a_tolerance(
    dtypes: tuple[str | None, str | None], held: dict[str, float], same: bool
) -> None:
    """The last index of a table, 50,000 and 50,003, was said to be the same."""
    one, other = holding(dtypes[0]), holding(dtypes[1], **held)
    assert held_same(one, other) is held_same(other, one) is same
