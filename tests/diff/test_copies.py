"""A copy and the ``contiguous`` that asked for it are a pair."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.diff.align import align
from explorer.diff.copies import match_copies
from explorer.diff.sides import Side, join
from explorer.graph import Graph, Location, Op, OpId
from tests.graphs import at, chain, edge, op

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


@pytest.mark.parametrize(
    ("copy", "asking"),
    [
        pytest.param([2], [[7], [2]], id="its line"),
        pytest.param([2, 9], [[7], [9]], id="that of forward alone"),
        pytest.param([9], [[7], [2, 9]], id="where the copy has that of forward alone"),
        pytest.param([2, 9], [[3, 9], [2, 9]], id="two calls of one forward"),
        pytest.param([], [[], [7]], id="the first where it has none"),
        pytest.param([2], [[7], []], id="what has none"),
    ],
)
def test_a_copy_is_the_first_whose_lines_do_not_speak_against_it(copy: list[int], asking: list[list[int]]) -> None:
    def standing(one: Op, lines: list[int]) -> Op:
        return replace(one, stack=tuple[Location, ...](map(at, lines)))

    asks = [replace(standing(ASKING, lines), id=OpId(f"asking{place}")) for place, lines in enumerate(asking)]
    wanted = asks[0] if not copy else asks[1]
    left = Side(chain(op("x"), standing(op("clone"), copy)), "left")
    right = Side(Graph(ops=(op("x"), *asks), edges=tuple(edge("x", one.id) for one in asks)), "right")
    join(left, right, [OpId("x")], [OpId("x")], "test")
    match_copies(left, right)
    assert left.matched[OpId("clone")].right == [wanted.id]
