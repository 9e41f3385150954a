"""A graph from what a report tells of it, for whoever has the report alone."""

from __future__ import annotations

from dataclasses import replace

from explorer.graph import CallId, Graph, Location, Op, OpId, PythonCall, Region, RegionId, Value
from explorer.report.schema import CallEntry, GraphEntry, NodeEntry, RegionEntry, ValueEntry


def graph_of(entry: GraphEntry) -> Graph:
    """Return the graph that ``entry`` was written from.

    Strides are known where they are not those of a contiguous tensor.
    """
    stacks = [tuple(Location(file=one.file, line=one.line, function=one.function, user=one.user) for one in stack)
              for stack in entry.stacks]  # fmt: skip
    return Graph(
        ops=tuple(_op(node, () if node.stack is None else stacks[node.stack]) for node in entry.nodes),
        edges=entry.edges,
        regions=tuple(_region(one) for one in entry.regions),
        autograd=entry.autograd,
        calls=tuple(_call(one) for one in entry.calls),
    )


def _op(node: NodeEntry, stack: tuple[Location, ...]) -> Op:
    return Op(
        id=OpId(node.id),
        op=node.op,
        target=node.target,
        role=node.role,
        module=node.module,
        module_type=node.module_type,
        stack=_with_column(stack, node.column),
        placed=node.placed,
        region=node.region,
        outputs=tuple(_value(one) for one in node.outputs),
        attributes=node.attributes,
        call=node.call,
        within=node.within,
        aliases=node.aliases,
        writes=node.writes,
    )


def _with_column(stack: tuple[Location, ...], column: int | None) -> tuple[Location, ...]:
    """Return ``stack`` with the column that is told of the place of its op: the innermost of the user's, or of all."""
    if column is None:
        return stack
    at = next((place for place, one in enumerate(stack) if one.user), 0)
    return (*stack[:at], replace(stack[at], column=column), *stack[at + 1 :])


def _value(one: ValueEntry) -> Value:
    return Value(dtype=one.dtype, shape=one.shape, strides=one.strides, device=one.device, summary=one.summary)


def _region(one: RegionEntry) -> Region:
    return Region(
        id=RegionId(one.id),
        owner=OpId(one.owner),
        kind=one.kind,
        parent=RegionId(one.parent) if one.parent is not None else None,
        formals=tuple(OpId(formal) for formal in one.formals),
        results=one.results,
        going=one.going,
    )


def _call(one: CallEntry) -> PythonCall:
    place = None if one.file is None or one.line is None else Location(file=one.file, line=one.line)
    return PythonCall(id=CallId(one.id), name=one.name, location=place, module=one.module)
