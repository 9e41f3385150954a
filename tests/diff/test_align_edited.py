"""Aligning a large graph with an edited copy of it, whose answer is known."""

from __future__ import annotations

import time
from typing import get_args

import pytest

from benchmarks.alignment.edited import Known, edited, model
from benchmarks.alignment.growth import by_align, scored
from explorer.diff.align import align


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


def test_time_grows_with_the_size_and_no_faster() -> None:
    small, large = (_seconds(size) for size in (2_000, 8_000))
    assert large < 8 * small


def _seconds(size: int) -> float:
    """Return the least of three runs: a busy machine makes single ones longer."""
    pair = edited(model(size), 0.02, 0)
    taken = []
    for _ in range(3):
        start = time.process_time()
        align(pair.left, pair.right)
        taken.append(time.process_time() - start)
    return min(taken)
