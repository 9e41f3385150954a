"""What code read, by the place and the way that it read it."""

from __future__ import annotations

import pytest

from explorer.diff.reads import read_of, reads_differ, values_read
from explorer.evidence import EagerRun, Escape
from explorer.graph import Scalar


@pytest.mark.parametrize(
    ("captured", "other", "differ"),
    [
        pytest.param([1, 2], [1, 2], False, id="the same"),
        pytest.param([1, 2], [1, 3], True, id="another value"),
        pytest.param([1], [1, 3], False, id="one more"),
        pytest.param([1, 3], [1], False, id="one fewer"),
        pytest.param(None, [1], False, id="not read at all"),
        pytest.param([1], None, False, id="not read any more"),
    ],
)
def test_only_another_value_of_the_same_read_differs(
    captured: list[Scalar] | None, other: list[Scalar] | None, differ: bool
) -> None:
    assert reads_differ(captured, other) is differ


def test_values_are_kept_by_read_and_in_order_of_one_source_alone() -> None:
    run = EagerRun(
        example="a",
        escapes=(
            Escape(how="item", source="data", value=1, file="m.py", line=3),
            Escape(how="shape", source="shape", value=4, file="m.py", line=3),
            Escape(how="item", source="data", value=2, file="m.py", line=3),
            Escape(how="__bool__", source="data", value=True, file="m.py", line=3),
            Escape(how="item", source="data", value=5, file="m.py", line=9),
        ),
    )
    assert values_read(run, "data") == {
        ("m.py", 3, "item"): [1, 2],
        ("m.py", 3, "__bool__"): [True],
        ("m.py", 9, "item"): [5],
    }
    assert values_read(run, "random") == {}
    assert read_of(run.escapes[1]) == ("m.py", 3, "shape")
