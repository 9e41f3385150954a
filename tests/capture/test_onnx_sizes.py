"""Sizes that an ONNX graph computes from constants alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from explorer.capture.onnx_sizes import with_sizes
from explorer.graph import Edge, Graph, Op, OpId, Role, Value


def node(name: str, target: str, *, role: Role = "compute", dtype: str = "i64", rank: int = 1) -> Op:
    value = Value(dtype=dtype, shape=(2,) * rank)
    return Op(id=OpId(name), op=target.lower(), target=target, role=role, outputs=(value,))


def expanding(*, source: Role = "constant", dtype: str = "i64", rank: int = 1, place: int = 1) -> Graph:
    """Return a graph that makes of ``c`` what ``Expand`` takes at ``place``, by ``Mul`` and ``Where``."""
    ops = (
        node("c", "Constant", role=source),
        node("mul", "Mul", dtype=dtype, rank=rank),
        node("where", "Where", dtype=dtype, rank=rank),
        node("expand", "Expand", dtype="f32", rank=3),
    )
    ways: Sequence[tuple[str, str, int]] = (("c", "mul", 0), ("mul", "where", 0), ("where", "expand", place))
    edges = (Edge(source=OpId(one), target=OpId(other), target_input=at) for one, other, at in ways)
    return Graph(ops=ops, edges=tuple(edges))


def roles(graph: Graph) -> list[Role]:
    return [with_sizes(graph).by_id[OpId(name)].role for name in ("mul", "where", "expand")]


def test_what_makes_the_sizes_of_an_expand_is_arithmetic_on_sizes() -> None:
    assert roles(expanding()) == ["shape", "shape", "compute"]


@pytest.mark.parametrize(
    "graph",
    [
        pytest.param(expanding(place=0), id="it is what is expanded"),
        pytest.param(expanding(source="input"), id="it depends on an input"),
        pytest.param(expanding(dtype="f32"), id="these are no integers"),
        pytest.param(expanding(rank=2), id="these are no row"),
    ],
)
def test_what_else_is_computed_is_work(graph: Graph) -> None:
    assert roles(graph) == ["compute", "compute", "compute"]


def test_what_is_taken_elsewhere_too_is_work() -> None:
    graph = expanding()
    taken = Edge(source=OpId("where"), target=OpId("expand"), target_input=0)
    assert roles(Graph(ops=graph.ops, edges=(*graph.edges, taken))) == ["compute", "compute", "compute"]
