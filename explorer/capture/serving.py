"""The places of ops that a producer put in by itself, such as a size that is read, or a loop's condition.

No line of the user's stands for such an op, but the op that it is there for has one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from explorer.graph import Graph, Location, Op, OpId, RegionId, Role

UNPLACED: frozenset[Role] = frozenset({"input", "output", "parameter", "constant", "guard", "formal"})
"""Roles of ops that neither have a place of their own nor give one."""


@dataclass(frozen=True, slots=True)
class _Place:
    stack: tuple[Location, ...]
    """From the innermost of the user's frames outwards."""
    module: str
    module_type: str


def with_places_of_served(graph: Graph) -> Graph:
    """Return ``graph`` with each op that has no stack at the place of what it serves, where that is one.

    An op serves those that read it, and in the body of an ``If`` or ``Loop`` that one, where none there reads it.
    """
    readers: dict[OpId, list[OpId]] = defaultdict(list)
    for edge in graph.edges:
        readers[edge.source].append(edge.target)
    known = {op.id: op for op in graph.ops}
    owners = {region.id: region.owner for region in graph.regions}
    parents = {region.id: region.parent for region in graph.regions}
    placed: dict[OpId, Op] = {}
    for op in reversed(graph.ops):
        if op.stack or op.role in UNPLACED:
            continue
        inside = [one for one in readers[op.id] if _is_inside(known[one].region, op.region, parents)]
        owner = [owners[op.region]] if op.region is not None and not inside else []
        served = [placed.get(one, known[one]) for one in (*inside, *owner)]
        places = {_place(one) for one in served if one.role not in UNPLACED}
        if len(places) == 1 and (place := places.pop()) is not None:
            placed[op.id] = _at(op, place)
    return replace(graph, ops=tuple(placed.get(op.id, op) for op in graph.ops)) if placed else graph


def _is_inside(region: RegionId | None, outer: RegionId | None, parents: Mapping[RegionId, RegionId | None]) -> bool:
    while region is not None and region != outer:
        region = parents[region]
    return region == outer


def _place(op: Op) -> _Place | None:
    start = next((position for position, place in enumerate(op.stack) if place.user), None)
    return None if start is None else _Place(op.stack[start:], op.module, op.module_type)


def _at(op: Op, place: _Place) -> Op:
    inner = place.stack[0]
    module, kind = (op.module, op.module_type) if op.module else (place.module, place.module_type)
    call = f"{module}|{inner.file}:{inner.line}"
    return replace(op, stack=place.stack, placed=True, module=module, module_type=kind, call=call)
