"""What the lines of a file do with what they read."""

from __future__ import annotations

from textwrap import indent

import pytest

from explorer.diff import usage
from explorer.diff.places import SourceMap


def forward(body: str) -> SourceMap:
    """Return a file in which ``body`` begins at line 2."""
    return SourceMap(f"def forward(self, x):\n{indent(body, '    ')}\n")


@pytest.mark.parametrize(
    ("code", "makes"),
    [("y = bool(x > 0)", True), ("y = any(bool(one) for one in x)", False), ("y = x > 0", False), ("y = x.bool()", False)],
)  # fmt: skip
def test_a_bool_is_made_outright_or_to_choose_by(code: str, makes: bool) -> None:
    assert usage.makes_bool(forward(code), 2) is makes


def test_a_condition_may_stand_on_several_lines() -> None:
    source = forward("if (x.sum() > 0\n        and x.max() < 3):\n    return x")
    assert [usage.is_tested_at(source, line) for line in (1, 2, 3, 4)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("y = a if c else b + d", (frozenset({"a"}), frozenset({"b", "d"}))),
        ("y = a", None),
        ("y = (a if c else b) if d else e", None),
    ],
)
def test_both_sides_of_the_one_choice_of_a_line_are_told(code: str, names: object) -> None:
    assert usage.choice_at(forward(code), 2) == names


@pytest.mark.parametrize(
    ("code", "dimensions"),
    [
        ("n = x.shape[0] * y.shape[-1]", {0, -1}),
        ("n = x.shape[at]", set()),
        ("n = x.shape[0] + len(x.shape)", set()),
        ("n = x.size(0)", set()),
    ],
)
def test_dimensions_are_told_where_each_is_a_constant_index(code: str, dimensions: set[int]) -> None:
    assert usage.dimensions_at(forward(code), 2) == dimensions


def test_what_chooses_by_a_name_comes_with_the_lines_that_it_may_skip() -> None:
    source = forward("if self.training:\n    x = x + 1\nx = drop(x, self.training)\nwhile x:\n    x = x - 1")
    assert list(usage.choices_by(source, "training")) == [(2, range(3, 4)), (4, range(0))]
    assert list(usage.choices_by(source, "eval")) == []


def test_calls_of_a_method_are_found_by_its_name() -> None:
    source = forward("self.train()\ny = self.norm(x)\nself.eval()\ntrain()")
    assert usage.lines_calling(source, frozenset({"train", "eval"})) == [2, 4]
    assert usage.call_before(source, 4, "train") == 2
    assert usage.call_before(source, 2, "train") is None
