"""Aligning a large graph with an edited copy of it, whose answer is known."""

from __future__ import annotations

from functools import partial
from typing import get_args

import pytest

from benchmarks.alignment.edited import Known, edited, model
from benchmarks.alignment.growth import by_align, scored
from benchmarks.alignment.shapes import SHAPES, Shape
from explorer.diff.align import align
from tests.timing import grows_evenly


@pytest.mark.parametrize("known", get_args(Known))
@pytest.mark.parametrize("seed", range(3))
def test_edits_do_not_hide_what_is_the_same(known: Known, seed: int) -> None:
    found = scored(edited(model(300, known), 0.02, seed), by_align)
    assert (found.precision, found.recall) >= (0.99, 0.99)


@pytest.mark.parametrize("seed", range(3))
def test_lines_and_modules_leave_no_doubt(seed: int) -> None:
    found = scored(edited(model(3_000), 0.02, seed), by_align)
    assert found.precision >= 0.999
    assert found.recall >= 0.999


@pytest.mark.parametrize("known", ["module and line", "module"])
def test_the_order_in_which_ops_are_listed_changes_nothing(known: Known) -> None:
    listed, shuffled = (edited(model(600, known), 0.02, 0, shuffled=one) for one in (False, True))
    assert by_align(listed.left, listed.right) == by_align(shuffled.left, shuffled.right)


@pytest.mark.parametrize("shape", SHAPES)
def test_time_grows_with_the_size_and_no_faster(shape: Shape) -> None:
    """Each of the shapes but the first once took time in proportion to the square of its size."""
    assert grows_evenly(lambda size: partial(align, *shape(size)), 500)
