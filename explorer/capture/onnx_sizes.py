"""Arithmetic on sizes in ONNX graphs that is made from constants alone: only what takes it tells that it is such."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from explorer.graph import Edge, Graph, Op, OpId, Role

SIZES: Mapping[str, frozenset[int]] = {
    "ConstantOfShape": frozenset({0}),
    "Expand": frozenset({1}),
    "Reshape": frozenset({1}),
    "Tile": frozenset({1}),
}
"""Arguments that are sizes, by the type of the node: https://onnx.ai/onnx/operators."""


def with_sizes(graph: Graph) -> Graph:
    """Return ``graph`` with the role ``shape`` for what computes sizes from constants alone.

    So the older exporter writes ``expand(-1, n)``: as the choice between the two sizes, node by node.
    """
    takers: dict[OpId, list[Edge]] = defaultdict(list)
    makers: dict[OpId, list[OpId]] = defaultdict(list)
    for edge in graph.edges:
        takers[edge.source].append(edge)
        makers[edge.target].append(edge.source)
    known = {op.id: op for op in graph.ops}
    fixed = set[OpId]()
    for op in graph.ops:
        if op.role in {"constant", "shape"} or (_is_small(op) and makers[op.id] and fixed.issuperset(makers[op.id])):
            fixed.add(op.id)
    roles: dict[OpId, Role] = {}
    for op in reversed(graph.ops):
        taken = takers[op.id] if op.role == "compute" and op.id in fixed else []
        if taken and all(_is_size(edge, known[edge.target], roles) for edge in taken):
            roles[op.id] = "shape"
    return (
        replace(graph, ops=tuple(replace(op, role=roles.get(op.id, op.role)) for op in graph.ops)) if roles else graph
    )


def _is_small(op: Op) -> bool:
    """Whether what ``op`` gives may be sizes: integers, or the answers to questions about them, in one row."""
    return op.role == "compute" and all(
        one.dtype in {"i64", "bool"} and one.shape is not None and len(one.shape) <= 1 for one in op.outputs
    )


def _is_size(edge: Edge, taker: Op, roles: Mapping[OpId, Role]) -> bool:
    return edge.target_input in SIZES.get(taker.target, ()) or "shape" in {taker.role, roles.get(taker.id)}
