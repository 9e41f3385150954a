"""A copy and the ``contiguous`` that asked for it are a pair."""

from __future__ import annotations

import pytest

from explorer.diff.align import align
from explorer.graph import Graph, Op, OpId
from tests.graphs import chain, op

ASKING = Op(id=OpId("asking"), op="identity", target="aten::contiguous", role="shape", stack=op("clone", line=2).stack)
HANDING = Op(id=OpId("asking"), op="identity", target="aten::detach", role="shape", stack=op("clone", line=2).stack)
COPIED = chain(op("transpose"), op("clone", line=2), op("view", line=3))


def kept(between: Op) -> Graph:
    return chain(op("transpose"), between, op("view", line=3))


@pytest.mark.parametrize("swapped", [False, True])
def test_a_copy_is_the_contiguous_that_takes_the_same(swapped: bool) -> None:
    sides = (kept(ASKING), COPIED) if swapped else (COPIED, kept(ASKING))
    found = next(group for group in align(*sides) if "clone" in (*group.left, *group.right))
    assert {*found.left, *found.right} == {"clone", "asking"}
    assert (found.kind, found.matched_by) == ("same", "what it copies")


def test_what_only_hands_on_is_no_copy() -> None:
    found = next(group for group in align(COPIED, kept(HANDING)) if "clone" in group.left)
    assert found.right == ()


def test_a_copy_of_another_line_is_another() -> None:
    elsewhere = chain(op("transpose"), op("clone", line=7), op("view", line=3))
    found = next(group for group in align(elsewhere, kept(ASKING)) if "clone" in group.left)
    assert found.right == ()
