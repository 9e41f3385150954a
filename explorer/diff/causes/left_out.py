"""What a graph leaves out: ops without a counterpart, and what of the model hangs on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from explorer.diff.case import Case
from explorer.diff.causes.notes import VARIES, reference_graph, working
from explorer.divergence import Group
from explorer.graph import Graph, Op, OpId


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What only the left graph computes: a group that only it has, or an op that the other holds a constant for."""

    group: Group
    ops: tuple[Op, ...]
    """Those of it that compute."""
    to_result: bool
    """Whether something that is returned depends on them."""
    to_number: bool
    """Whether a number that Python reads depends on them."""
    varies: bool
    """Whether they depend on an input or on a draw."""


def left_out(case: Case) -> Iterator[LeftOut]:
    """Yield what only the left graph has; none where the graph has breaks: these tell what ran in Python instead."""
    graph = reference_graph(case)
    if graph is None or case.capture.breaks:
        return
    to_results = _behind(graph, (op.id for op in graph.ops if op.role == "output"))
    to_numbers = _behind(graph, (op.id for op in graph.ops if op.op == "item"))
    varying = _reached(graph, (op.id for op in graph.ops if op.role == "input" or op.op in VARIES))
    for group, ops in _lacking(case):
        ids = {op.id for op in ops}
        yield LeftOut(
            group=group,
            ops=tuple(ops),
            to_result=bool(ids & to_results),
            to_number=bool(ids & to_numbers),
            varies=bool(ids & varying),
        )


def _lacking(case: Case) -> Iterator[tuple[Group, list[Op]]]:
    """Yield what has no counterpart that works, op by op where a constant is one."""
    held = case.capture.graph
    for group, ops in working(case):
        if group.kind == "only-left":
            yield group, ops
        elif held is not None and all(held.by_id[OpId(one)].role == "constant" for one in group.right):
            yield from ((replace(group, left=(op.id,)), [op]) for op in ops)


def _behind(graph: Graph, ends: Iterable[OpId]) -> set[OpId]:
    """Return ``ends`` and all that they depend on."""
    return _followed(ends, graph.reach.predecessors)


def _reached(graph: Graph, starts: Iterable[OpId]) -> set[OpId]:
    """Return ``starts`` and all that depends on them."""
    return _followed(starts, graph.reach.successors)


def _followed(starts: Iterable[OpId], near: Callable[[OpId], Iterable[OpId]]) -> set[OpId]:
    found = set(starts)
    waiting = list(found)
    while waiting:
        fresh = set(near(waiting.pop())) - found
        found |= fresh
        waiting += fresh
    return found
