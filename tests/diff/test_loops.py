"""What ends a loop, what it collects, calls and carries, by its text alone."""

from __future__ import annotations

from textwrap import indent

import pytest

from explorer.diff.loops import branch_at, calls_modules, collects, loop_around, loop_at, resizes, way_out
from explorer.diff.places import SourceMap


def source(body: str) -> SourceMap:
    """Return a function whose body begins on line 2."""
    return SourceMap(f"def forward(self, x):\n{indent(body, '    ')}\n")


@pytest.mark.parametrize(
    ("side", "ends"),
    [
        pytest.param("break", "loop", id="break"),
        pytest.param("return x", "loop", id="return"),
        pytest.param("continue", "turn", id="continue"),
        pytest.param("x = x + 1", "", id="neither"),
        pytest.param("for y in x:\n            break", "", id="the end of another loop"),
    ],
)
def test_what_an_if_ends_is_the_loop_or_its_turn(side: str, ends: str) -> None:
    assert way_out(source(f"for i in range(3):\n    if x:\n        {side}"), 3) == ends
    assert way_out(source("if x:\n    return x"), 2) == ""


def test_the_innermost_loop_is_around_a_line() -> None:
    nested = source("for i in x:\n    while i:\n        i = f(i)\n    y.append(i)")
    assert loop_around(nested, 4) is loop_at(nested, 3)
    assert loop_around(nested, 5) is loop_at(nested, 2)
    assert loop_around(nested, 2) is None
    assert (collects(loop_at(nested, 2)), collects(loop_at(nested, 3))) == (True, False)


@pytest.mark.parametrize(
    ("body", "calls"),
    [
        pytest.param("for i in x:\n    y = self.fc(i)", True, id="a part"),
        pytest.param("for part in self.parts:\n    y = part(x)", True, id="each part"),
        pytest.param("for i in x:\n    y = i * self.scale", False, id="an attribute"),
        pytest.param("if x:\n    y = self.fc(x)", True, id="a branch"),
        pytest.param("if self.fc(x):\n    y = x", False, id="a condition alone"),
    ],
)
def test_what_calls_the_parts_of_a_model_is_told(body: str, calls: bool) -> None:
    made = source(body)
    assert calls_modules(made, loop_at(made, 2) or branch_at(made, 2)) is calls


def test_a_branch_in_a_loop_over_the_parts_calls_them_by_the_name_of_the_loop() -> None:
    made = source("for part in self.parts:\n    if x:\n        x = part(x)")
    assert calls_modules(made, branch_at(made, 3))


@pytest.mark.parametrize(
    ("body", "other"),
    [
        pytest.param("while x.numel() > 0:\n    x = x[1:]", True, id="shrinks"),
        pytest.param("while len(x):\n    x = x[1:]", True, id="by len"),
        pytest.param("while x.sum() > 0:\n    x = x - 1", False, id="by its data"),
        pytest.param("while y < x.shape[0]:\n    y = y + 1", False, id="stays as large"),
        pytest.param("for i in range(x.shape[0]):\n    x = x + 1", False, id="for"),
    ],
)
def test_a_loop_that_asks_for_the_size_of_what_it_replaces_carries_other_sizes(body: str, other: bool) -> None:
    assert resizes(loop_at(source(body), 2)) is other
