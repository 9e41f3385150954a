"""Buffers that a model updates and that nothing it gives, decides or computes by ever depends on: a counter, say."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

import networkx as nx

from explorer.diff.case import Case
from explorer.evidence import StateChange
from explorer.graph import Graph, Op, OpId


def idle_buffers(case: Case) -> frozenset[str]:
    """Return the names of the buffers that ops write to, and on which no later call depends; none if that is unsure.

    What is bound anew in Python, such as ``self.mean = mean``, is not followed into the next call; plain values come
    of no tensor but by a read.
    """
    changes = [one for run in case.runs.values() for one in run.changes]
    written = frozenset(name for graph in case.graphs.values() for name, _ in _writes(graph))
    bound = any(one.name not in written and not _is_plain(one) for one in changes if one.kind != "argument")
    if bound or case.graphs.keys() != case.runs.keys():
        return frozenset()
    used = frozenset(name for example, graph in case.graphs.items() for name in _behind(graph, _ends(case, example)))
    while more := frozenset(_feeding(case.graphs.values(), used)) - used:
        used |= more
    return written - used


def buffers_used(traced: Graph) -> frozenset[str]:
    """Return the names of the parameters and buffers on which depends what a traced graph gives, in whatever call."""
    used = frozenset(_behind(traced, [op.id for op in traced.ops if op.role == "output"]))
    writes = list(_written(traced))
    while more := frozenset(_behind(traced, [op for name, op in writes if name in used])) - used:
        used |= more
    return used


def written_in(traced: Graph) -> frozenset[str]:
    """Return the names of what the ops of a traced graph write to in place."""
    return frozenset(name for name, _ in _written(traced))


def _written(traced: Graph) -> Iterator[tuple[str, OpId]]:
    return ((_home(traced, op), op.id) for op in traced.compute if op.target.endswith("_"))


def _home(graph: Graph, op: Op) -> str:
    """Return the name of what an op that works in place writes to, be it by way of what it took of that."""
    while first := next((edge for edge in graph.fed(op.id) if not edge.target_input), None):
        op = graph.by_id[first.source]
    return op.target


def _is_plain(change: StateChange) -> bool:
    """Whether what was kept reads as a number, a word or None."""
    try:
        ast.literal_eval(change.after)
    except (SyntaxError, ValueError):
        return False
    return True


def _ends(case: Case, example: str) -> list[OpId]:
    """Return what an example gives, and what Python read of it."""
    graph = case.graphs[example]
    read = (one.op for one in case.runs[example].escapes if one.op in graph.by_id)
    returned = (op.id for op in graph.ops if op.role == "output")
    return [*returned, *(one for one in read if one is not None)]


def _feeding(graphs: Iterable[Graph], used: frozenset[str]) -> Iterator[str]:
    """Yield what is behind the writes to the state that is ``used``."""
    for graph in graphs:
        yield from _behind(graph, [op for name, op in _writes(graph) if name in used])


def _writes(graph: Graph) -> Iterator[tuple[str, OpId]]:
    """Yield the name of each tensor of the model that an op writes to, with the op."""
    for op in graph.ops:
        for port in op.writes:
            home = graph.by_id[graph.memory(*port)[0]]
            if home.role in {"parameter", "constant"}:
                yield home.target, op.id


def _behind(graph: Graph, ends: Iterable[OpId]) -> Iterator[str]:
    """Yield the names of the parameters, buffers and constants that ``ends`` depend on."""
    behind = set[OpId]()
    for end in ends:
        behind |= set(nx.bfs_tree(graph.reach, end, reverse=True))
    return (graph.by_id[one].target for one in behind if graph.by_id[one].role in {"parameter", "constant"})
