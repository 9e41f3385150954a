"""Laws of aligning two graphs that hold for all graphs."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.diff.align import align
from explorer.divergence import Group
from explorer.graph import Edge, Graph, Location, Op, OpId, Step, Summary, Value
from tests.strategies import graphs, pairs, renamed

MIRRORED = {"fused": "decomposed", "decomposed": "fused", "only-left": "only-right", "only-right": "only-left"}
quick = settings(max_examples=40, deadline=None, derandomize=True)


@quick
@given(st.one_of(pairs(), pairs(most=20, told=True)))
def test_every_op_of_both_graphs_is_in_exactly_one_group(both: tuple[Graph, Graph]) -> None:
    left, right = both
    groups = align(left, right)
    assert Counter(one for group in groups for one in group.left) == Counter(op.id for op in left.ops)
    assert Counter(one for group in groups for one in group.right) == Counter(op.id for op in right.ops)
    assert all(group.left or group.right for group in groups)


@quick
@given(pairs())
def test_a_group_says_which_sides_it_has(both: tuple[Graph, Graph]) -> None:
    for group in align(*both):
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
@given(st.one_of(graphs(), graphs(most=30, told=True)))
def test_any_graph_is_the_same_as_itself(graph: Graph) -> None:
    groups = align(graph, graph)
    assert {(group.left, group.kind) for group in groups} == {(group.right, "same") for group in groups}


@quick
@given(st.one_of(pairs(), pairs(most=20, told=True)))
def test_the_other_way_round_it_is_the_mirror_image(both: tuple[Graph, Graph]) -> None:
    left, right = both
    assert as_set(align(left, right)) == mirrored(align(right, left))


def chain(*ops: Op) -> Graph:
    edges = tuple(Edge(source=one.id, target=after.id) for one, after in itertools.pairwise(ops))
    return Graph(ops=ops, edges=edges)


def held(name: str, op: str, value: float, module: str = "", line: int = 0, *, sided: bool = False) -> Op:
    stack = (Location(file="model.py", line=line, function="forward", user=True),) if line else ()
    within = (Step(file="model.py", line=2, kind="then"),) if sided else ()
    summary = Summary(count=2, mean=value, smallest=value - 1, largest=value + 1, weighted=value / 2)
    return Op(id=OpId(name), op=op, target=op, module=module, stack=stack, within=within,
              outputs=(Value(dtype="f32", shape=(2,), summary=summary),))  # fmt: skip


def taking(stored: str, *ops: Op) -> Graph:
    """Return a graph of ops of which the first two take a parameter, at other places."""
    kept = Op(id=OpId(stored), op="parameter", target=stored, role="parameter")
    edges = (Edge(source=kept.id, target=op.id, target_input=1 - place) for place, op in enumerate(ops[:2]))
    return Graph(ops=(kept, *ops), edges=tuple(edges))


def bare(name: str, op: str, line: int = 0) -> Op:
    """Return an op of one module of which nobody watched what it gave."""
    return replace(held(name, op, 0.0, "m", line), outputs=(Value(dtype="f32", shape=(2,)),))


def fed(first: Op, second: Op, by: dict[str, str], *ops: Op) -> Graph:
    """Return a graph of an input, two ops that take it, and others with what feeds each."""
    taken = Op(id=OpId("x"), op="input", target="x", role="input")
    edges = [Edge(source=OpId(source), target=OpId(target)) for target, source in {"a": "x", "b": "x", **by}.items()]
    return Graph(ops=(taken, first, second, *ops), edges=tuple(edges))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param(
            taking(
                "w", held("a", "empty", 2.0, "a"), held("b", "empty", 0.0, line=3, sided=True), held("c", "empty", 1.0)
            ),
            taking("w", held("a", "empty", 2.0), held("b", "empty", 0.0, sided=True)),
            id="decided by order",
        ),
        pytest.param(
            Graph(
                ops=(held("a", "item", 3.0, "a", 3), held("b", "slice", 0.0, "a.b", 1), held("c", "relu", 2.0, "a")),
                edges=(Edge(source=OpId("a"), target=OpId("b")),),
            ),
            chain(held("a", "add", 0.0, "a"), held("b", "to", 2.0, "", 2)),
            id="folded",
        ),
        pytest.param(
            fed(bare("a", "full"), bare("b", "relu", 3), {"c": "b"}, bare("c", "add")),
            fed(
                bare("a", "add", 2),
                bare("b", "relu", 4),
                {"c": "b", "d": "a"},
                bare("c", "full", 3),
                bare("d", "full", 3),
            ),
            id="asked",
        ),
    ],
)
def test_which_graph_is_the_left_one_does_not_matter(left: Graph, right: Graph) -> None:
    """The left one chose first, was folded into first, and was alone asked what lies behind what has no counterpart."""
    assert as_set(align(left, right)) == mirrored(align(right, left))


@quick
@given(pairs())
def test_names_of_nodes_do_not_matter(both: tuple[Graph, Graph]) -> None:
    left, right = both
    found = align(renamed(left, "l."), renamed(right, "r."))
    plain = {
        (tuple(one[2:] for one in group.left), tuple(one[2:] for one in group.right), group.kind) for group in found
    }
    assert plain == {(group.left, group.right, group.kind) for group in align(left, right)}


@quick
@given(graphs(located=True, serving=False), graphs(located=True, serving=False), st.data())
def test_the_order_of_ops_that_their_lines_tell_apart_does_not_matter(
    left: Graph, right: Graph, data: st.DataObject
) -> None:
    left, right = told_apart(left), told_apart(right)
    shuffled = Graph(ops=tuple(data.draw(st.permutations(left.ops))), edges=left.edges)
    assert as_set(align(shuffled, right)) == as_set(align(left, right))


def as_set(groups: tuple[Group, ...]) -> set[tuple[frozenset[str], frozenset[str], str]]:
    return {(frozenset(group.left), frozenset(group.right), group.kind) for group in groups}


def mirrored(groups: tuple[Group, ...]) -> set[tuple[frozenset[str], frozenset[str], str]]:
    return {(frozenset(group.right), frozenset(group.left), MIRRORED.get(group.kind, group.kind)) for group in groups}


def told_apart(graph: Graph) -> Graph:
    """Return ``graph`` without ops that share line and name with an earlier one: pairs are made in order."""
    seen: set[object] = set()
    kept = []
    for op in graph.ops:
        key = (op.location, op.op)
        if key not in seen:
            seen.add(key)
            kept.append(op)
    ids = {op.id for op in kept}
    return Graph(ops=tuple(kept), edges=tuple(e for e in graph.edges if e.source in ids and e.target in ids))


def test_what_looks_alike_is_chosen_whatever_is_listed_first() -> None:
    """The first of a contest was taken, though another one looked the same in its graph."""
    left = Graph(ops=(held("one", "empty", 1.0, line=1),))
    ops = held("alike", "empty", 2.0, line=1), held("other", "empty", 3.0, line=1), held("fed", "neg", 1.0)
    edges = (Edge(source=OpId("other"), target=OpId("fed")),)
    for listed in itertools.permutations(ops):
        groups = align(left, Graph(ops=listed, edges=edges))
        assert [group.right for group in groups if group.left] == [("alike",)]


def drawn(seed: int, size: int) -> Graph:
    """Return a graph of ops of few names, of which many lead to nothing and look like others."""
    chance = random.Random(seed)  # noqa: S311
    names, near = "abc"[: chance.randint(1, 3)], chance.choice([0.0, 0.1, 0.7])
    ops = [Op(id=OpId("x"), op="input", target="x", role="input")]
    edges = []
    for place in range(size):
        ops.append(Op(id=OpId(f"o{place}"), op=chance.choice(names), target="t", module=chance.choice(["", "m"])))
        for position in range(chance.choice([1, 1, 2])):
            source = 0 if not place or chance.random() < near else chance.randrange(max(1, place - 6), place + 1)
            edges.append(Edge(source=ops[source].id, target=ops[-1].id, target_input=position))
    return Graph(ops=tuple(ops), edges=tuple(edges))


@pytest.mark.parametrize("size", [10, 40, 120])
def test_a_graph_is_itself_though_ops_that_lead_to_nothing_look_alike(size: int) -> None:
    """One that chose nothing was passed over, and a later one of its looks took what it would have chosen then."""
    for seed in range(60):
        graph = drawn(seed, size)
        assert all(group.left == group.right for group in align(graph, graph)), seed
