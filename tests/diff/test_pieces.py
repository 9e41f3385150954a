"""What one line made falls into pieces, and what several ops do in another number is told by what they gave."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from explorer.diff.align import align
from explorer.diff.grouping import as_known, kinds_known, without_refuted
from explorer.divergence import Group
from explorer.graph import Graph
from tests.cases import Workshop, a_model
from tests.graphs import edge, op

GATES = a_model(
    "return self.cell(x, x)", "'a': (torch.ones(2, 3),), 'b': (-torch.ones(2, 3),)", init="self.cell = nn.GRUCell(3, 3)"
)


def gated(prefix: str, *names: str) -> Graph:
    """Return ``x`` through two rows of ops on one line, each into an op of its own line."""
    first, last = op("tanh", id=f"{prefix}a", line=8), op("relu", id=f"{prefix}b", line=9)
    rows = [[op(name, id=f"{prefix}{row}{name}") for name in names] for row in ("p", "q")]
    source = op("x", id=f"{prefix}x", line=2)
    edges = [edge(source.id, row[0].id) for row in rows]
    edges += [edge(one.id, after.id) for row in rows for one, after in pairwise(row)]
    edges += [edge(row[-1].id, end.id) for row, end in zip(rows, (first, last), strict=True)]
    return Graph(ops=(source, *rows[0], *rows[1], first, last), edges=tuple(edges))


@pytest.mark.parametrize("mirrored", [False, True])
def test_pieces_are_told_by_what_they_stand_between(*, mirrored: bool) -> None:
    """Both rows were one group of four against two."""
    one, other = gated("l", "t", "mm"), gated("r", "linear")
    groups = align(other, one) if mirrored else align(one, other)
    sides = [(group.right, group.left) if mirrored else (group.left, group.right) for group in groups]
    assert {(("lpt", "lpmm"), ("rplinear",)), (("lqt", "lqmm"), ("rqlinear",))} <= set(sides)
    assert {group.kind for group in groups} == {"same", "decomposed" if mirrored else "fused"}


def test_the_two_layers_of_a_cell_are_no_difference(workshop: Workshop) -> None:
    groups = align(workshop.eager_graph(GATES), workshop.graph(GATES, "trace"))
    assert {group.kind for group in groups} <= {"same", "fused"}
    assert sum(group.kind == "fused" and len(group.left) > 1 for group in groups) >= 2


def chained(prefix: str, names: list[str], *, held: float) -> Graph:
    ops = [op(name, id=f"{prefix}{at}", held=held) for at, name in enumerate(names)]
    return Graph(ops=tuple(ops), edges=tuple(edge(one.id, two.id) for one, two in pairwise(ops)))


@pytest.mark.parametrize(
    ("names", "held", "kind"),
    [
        pytest.param(["u", "v"], 1.0, "fused", id="fewer, and the same values"),
        pytest.param(["u", "v"], 2.0, "changed", id="fewer, and other values"),
        pytest.param(["u", "v", "w", "z"], 1.0, "decomposed", id="more, and the same values"),
        pytest.param(["u", "v", "w"], 1.0, "changed", id="as many of another name"),
    ],
)
def test_several_ops_in_another_number_are_a_difference_where_they_give_another(
    names: list[str], held: float, kind: str
) -> None:
    (group,) = align(chained("l", ["a", "b", "c"], held=1.0), chained("r", names, held=held))
    assert group.kind == kind


def test_what_was_seen_on_one_example_holds_for_the_same_ops_on_another() -> None:
    left, right = chained("l", ["a", "b", "c"], held=1.0), chained("r", ["u", "v"], held=1.0)
    known = kinds_known(align(left, right), left)
    unknown = align(left, right, alike=False)
    assert [group.kind for group in unknown] == ["changed"]
    assert [group.kind for group in as_known(unknown, left, known)] == ["fused"]
    other = replace(left, ops=tuple(replace(one, op="d") if one.op == "c" else one for one in left.ops))
    assert [group.kind for group in as_known(align(other, right, alike=False), other, known)] == ["changed"]


def test_ops_that_another_example_shows_to_do_other_work_are_no_group() -> None:
    whole = chained("l", ["sum", "gt", "item", "div"], held=1.0)
    part = replace(whole, ops=whole.ops[:-1], edges=whole.edges[:-1])
    right = replace(chained("r", ["div"], held=1.0))
    own = align(whole, right)
    together = Group(left=("l0", "l1", "l2"), right=("r0",), kind="fused")
    apart = [*without_refuted([together], part, own, whole)]
    assert [(one.left, one.right) for one in apart] == [(("l0",), ()), (("l1",), ()), (("l2",), ()), ((), ("r0",))]
    assert [*without_refuted([together], part, (), whole)] == [together]
