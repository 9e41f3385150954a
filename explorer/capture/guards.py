"""An ``If`` or ``Loop`` that does no work: it only checks what is given, or measures it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import networkx as nx

from explorer.graph import Graph, OpId


def guards_marked(graph: Graph) -> Graph:
    """Return ``graph`` with each ``If`` and ``Loop`` that only checks or measures marked as a guard.

    What reads data to decide whether a loop goes on, as the ``if`` of a ``break`` does, is none.
    """
    inside: dict[OpId, list[OpId]] = {}
    owners = {region.id: region.owner for region in graph.regions}
    for op in graph.ops:
        if op.region is not None:
            inside.setdefault(owners[op.region], []).append(op.id)
    guards: set[OpId] = set()
    leaving = set(_deciding(graph))
    for op in reversed(graph.ops):
        tensor = any(value.dtype is None or "Tensor" in value.dtype or value.shape is not None for value in op.outputs)
        quiet = all(one in guards or graph.by_id[one].role != "compute" for one in inside.get(op.id, []))
        if op.op in {"if", "loop"} and quiet and not tensor and op.id not in leaving:
            guards.add(op.id)
    return replace(graph, ops=tuple(replace(op, role="guard") if op.id in guards else op for op in graph.ops))


def _deciding(graph: Graph) -> Iterator[OpId]:
    """Yield each ``If`` that gives what decides whether a loop goes on, where data tell its side."""
    waiting = [op for region in graph.regions for op, _ in region.going]
    if not waiting:
        return
    owners = {op: region.owner for region in graph.regions for ports in region.results for op, _ in ports}
    before: set[OpId] = set()
    while waiting:
        op = waiting.pop()
        if op in before:
            continue
        before |= {op}
        waiting += graph.network.predecessors(op)
        if op in owners and graph.by_id[owners[op]].op == "if":
            waiting.append(owners[op])
    for op in before:
        above = nx.ancestors(graph.network, op) if graph.by_id[op].op == "if" else ()
        if any(graph.by_id[one].role == "compute" for one in above):
            yield op
