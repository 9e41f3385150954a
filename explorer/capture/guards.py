"""An ``If`` or ``Loop`` that does no work: it only checks what is given, or measures it."""

from __future__ import annotations

from dataclasses import replace

from explorer.graph import Graph, OpId


def guards_marked(graph: Graph) -> Graph:
    """Return ``graph`` with each ``If`` and ``Loop`` that only checks or measures marked as a guard."""
    inside: dict[OpId, list[OpId]] = {}
    owners = {region.id: region.owner for region in graph.regions}
    for op in graph.ops:
        if op.region is not None:
            inside.setdefault(owners[op.region], []).append(op.id)
    guards: set[OpId] = set()
    for op in reversed(graph.ops):
        tensor = any(value.dtype is None or "Tensor" in value.dtype or value.shape is not None for value in op.outputs)
        quiet = all(one in guards or graph.by_id[one].role != "compute" for one in inside.get(op.id, []))
        if op.op in {"if", "loop"} and quiet and not tensor:
            guards.add(op.id)
    return replace(graph, ops=tuple(replace(op, role="guard") if op.id in guards else op for op in graph.ops))
