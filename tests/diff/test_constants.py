"""What one graph computes and the other holds as a constant is one group."""

from __future__ import annotations

import itertools

import pytest

from explorer.diff.align import align
from explorer.graph import Graph, Op, OpId
from tests.graphs import edge, op


def masked(*makers: Op, start: str = "arange") -> Graph:
    """Return a graph that adds to its input what the ``makers`` give, of which each feeds the next."""
    source = op("input", id="x", role="input")
    ops = (source, *makers, op("add", line=9))
    steps = [*(one.id for one in makers), OpId("add")]
    edges = (edge("x", "add"), *(edge(a, b, 1) for a, b in itertools.pairwise(steps)))
    return Graph(ops=ops, edges=(*edges, *((edge("x", start),) if start != "arange" else ())))


STORED = masked(op("constant", role="constant"))
COMPUTED = masked(op("arange", line=2), op("ge", line=3))


def group_with(left: Graph, right: Graph, one: str) -> tuple[set[str], set[str], str]:
    found = next(group for group in align(left, right) if OpId(one) in (*group.left, *group.right))
    return set(found.left), set(found.right), found.matched_by


@pytest.mark.parametrize("swapped", [False, True])
def test_ops_and_the_constant_at_their_place_are_one_group(swapped: bool) -> None:
    if swapped:
        assert group_with(STORED, COMPUTED, "ge") == ({"constant"}, {"arange", "ge"}, "the constant at its place")
    else:
        assert group_with(COMPUTED, STORED, "ge") == ({"arange", "ge"}, {"constant"}, "the constant at its place")


def test_what_depends_on_an_input_is_no_constant() -> None:
    left = masked(op("arange", line=2), op("ge", line=3), start="ge")
    assert group_with(left, STORED, "ge") == ({"ge"}, set(), "")


def test_what_is_drawn_is_no_constant() -> None:
    assert group_with(masked(op("rand", line=2), op("ge", line=3)), STORED, "ge") == ({"ge"}, set(), "")


def test_another_value_is_not_what_was_computed() -> None:
    left = masked(op("arange", line=2), op("ge", line=3, held=1.0))
    right = masked(op("constant", role="constant", held=2.0))
    assert group_with(left, right, "ge") == ({"ge"}, set(), "")


def test_what_leads_to_something_else_too_is_left_alone() -> None:
    left = Graph(ops=(*COMPUTED.ops, op("relu", line=4)), edges=(*COMPUTED.edges, edge("arange", "relu")))
    assert group_with(left, STORED, "ge")[0] == {"ge"}
    assert group_with(left, STORED, "arange") == ({"arange"}, set(), "")


def test_two_that_one_constant_stands_for_are_in_its_group() -> None:
    """An exporter keeps one of two constants that are the same."""
    makers = op("arange", id="a", line=2), op("arange", id="b", line=3)
    source, takers = op("input", id="x", role="input"), (op("add", line=8), op("mul", line=9))
    ways = (edge("x", "add"), edge("x", "mul"))
    left = Graph(ops=(source, *makers, *takers), edges=(*ways, edge("a", "add", 1), edge("b", "mul", 1)))
    stored = op("constant", id="c", role="constant")
    right = Graph(ops=(source, stored, *takers), edges=(*ways, edge("c", "add", 1), edge("c", "mul", 1)))
    assert group_with(left, right, "a") == ({"a", "b"}, {"c"}, "the constant at its place")
