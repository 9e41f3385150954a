"""Aligning two graphs: laws that hold for all graphs, and cases with a known answer."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.diff.align import align
from explorer.divergence import Group
from explorer.graph import Edge, Graph, Location, Op, OpId, Value
from tests.cases import Workshop, a_model
from tests.strategies import graphs, renamed

MIRRORED = {"fused": "decomposed", "decomposed": "fused", "only-left": "only-right", "only-right": "only-left"}
quick = settings(max_examples=150, deadline=None)


@quick
@given(graphs(), graphs())
def test_every_op_of_both_graphs_is_in_exactly_one_group(left: Graph, right: Graph) -> None:
    groups = align(left, right)
    assert Counter(one for group in groups for one in group.left) == Counter(op.id for op in left.ops)
    assert Counter(one for group in groups for one in group.right) == Counter(op.id for op in right.ops)
    assert all(group.left or group.right for group in groups)


@quick
@given(graphs(), graphs())
def test_a_group_says_which_sides_it_has(left: Graph, right: Graph) -> None:
    for group in align(left, right):
        expected = {(True, False): {"only-left"}, (False, True): {"only-right"}}.get(
            (bool(group.left), bool(group.right)), {"same", "changed", "fused", "decomposed", "moved"}
        )
        assert group.kind in expected


@quick
@given(graphs(located=True, serving=False))
def test_a_graph_is_the_same_as_itself(graph: Graph) -> None:
    groups = align(graph, graph)
    assert {(group.left, group.kind) for group in groups} == {(group.right, "same") for group in groups}


@quick
@given(graphs())
def test_any_graph_is_the_same_as_itself(graph: Graph) -> None:
    groups = align(graph, graph)
    assert {(group.left, group.kind) for group in groups} == {(group.right, "same") for group in groups}


@quick
@given(graphs(located=True, serving=False), graphs(located=True, serving=False))
def test_the_other_way_round_it_is_the_mirror_image_where_lines_are_known(left: Graph, right: Graph) -> None:
    assert as_set(align(left, right)) == mirrored(align(right, left))


@quick
@given(graphs(), graphs())
def test_the_other_way_round_it_is_the_mirror_image(left: Graph, right: Graph) -> None:
    assert as_set(align(left, right)) == mirrored(align(right, left))


@quick
@given(graphs(), graphs())
def test_names_of_nodes_do_not_matter(left: Graph, right: Graph) -> None:
    found = align(renamed(left, "l."), renamed(right, "r."))
    plain = {
        (tuple(one[2:] for one in group.left), tuple(one[2:] for one in group.right), group.kind) for group in found
    }
    assert plain == {(group.left, group.right, group.kind) for group in align(left, right)}


@quick
@given(graphs(located=True, serving=False), graphs(located=True, serving=False), st.randoms(use_true_random=False))
def test_the_order_of_ops_that_keys_tell_apart_does_not_matter(left: Graph, right: Graph, random) -> None:  # noqa: ANN001
    left, right = told_apart(left), told_apart(right)
    ops = list(left.ops)
    random.shuffle(ops)
    shuffled = Graph(ops=tuple(ops), edges=left.edges)
    assert as_set(align(shuffled, right)) == as_set(align(left, right))


def as_set(groups: tuple[Group, ...]) -> set[tuple[frozenset[str], frozenset[str], str]]:
    return {(frozenset(group.left), frozenset(group.right), group.kind) for group in groups}


def mirrored(groups: tuple[Group, ...]) -> set[tuple[frozenset[str], frozenset[str], str]]:
    return {
        (frozenset(group.right), frozenset(group.left), MIRRORED.get(group.kind, group.kind)) for group in groups
    }


def told_apart(graph: Graph) -> Graph:
    """Return ``graph`` without ops that share module, line and name with an earlier one."""
    seen: set[object] = set()
    kept = []
    for op in graph.ops:
        key = (op.location, op.op)
        if key not in seen:
            seen.add(key)
            kept.append(op)
    ids = {op.id for op in kept}
    return Graph(ops=tuple(kept), edges=tuple(e for e in graph.edges if e.source in ids and e.target in ids))
