"""Graphs side by side as one: a unit for every group of ops that do the same work, and the flow between units.

All panes draw the same units at the same places, so what is equal stands at equal places and what is
missing in one is a gap of known size.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from explorer.report.schema import GraphEntry, Group, GroupKind, NodeEntry
from explorer.view.gradients import passed_back
from explorer.view.joining import GRAVEST, join
from explorer.view.panes import Panes
from explorer.view.readings import Constants, Reading, constants_of

DRAWN = frozenset({"input", "output", "compute"})
"""Roles that are boxes. The others are folded into what they serve."""

CARRIERS = frozenset({"identity", "list", "tuple", "unpack", "dict"})
"""Ops that are not drawn but hand their tensors on."""

RESHAPERS = frozenset({"transpose", "reshape", "identity", "expand", "unsqueeze", "squeeze"})
"""Ops that leave the values as they are: applied to a parameter alone they are part of it."""

ALLOCATIONS = frozenset({"empty", "zeros"})
"""Ops that only make room for a tensor."""

OWNERS = frozenset({"if", "loop"})
"""Ops that regions belong to."""

DIFFERING: frozenset[GroupKind] = frozenset({"changed", "moved", "only-left", "only-right"})
"""Kinds of groups that are a difference; a fused or decomposed group does the same work."""


PREFIXES = "LRTF"
"""First letters of the keys of units, by the first graph that has ops of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Ops of all graphs that do the same work: one place in all panes."""

    key: str
    sides: tuple[tuple[NodeEntry, ...], ...]
    """Its ops, by graph."""
    kinds: tuple[GroupKind, ...]
    """By graph, how it stands beside the first one; of the first, how it stands beside the others."""
    groups: tuple[Group | None, ...]
    """By graph, the group that ties it to the first one, of which it may be a part."""
    order: tuple[int, int, int]
    """Where it stands in the order of execution; ops of a later graph follow what ran before them."""

    @property
    def nodes(self) -> tuple[NodeEntry, ...]:
        """All ops of it."""
        return tuple(node for side in self.sides for node in side)

    @property
    def first(self) -> NodeEntry:
        """The op that stands for the unit, of the first graph that has one."""
        return self.nodes[0]

    @property
    def most(self) -> int:
        """How many ops it has in a graph, at most."""
        return max(map(len, self.sides))

    def differs(self, at: int) -> bool:
        """Whether the graph at the place ``at`` parts from the first one here; of the first, whether any does."""
        kinds = self.kinds if at == 0 else (self.kinds[at],)
        return not DIFFERING.isdisjoint(kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A value that goes from one unit to another, and in which of the graphs it does, by place."""

    source: str
    target: str
    there: frozenset[int]
    gradient: frozenset[int] = frozenset()
    """In which graphs gradients go back along it."""
    read: frozenset[int] = frozenset()
    """In which of the graphs it is no tensor, but what Python read of one."""


@dataclass(frozen=True, kw_only=True)
class Union:
    """The units in the order of execution and the flow between them."""

    panes: Panes
    units: Mapping[str, Unit]
    flows: tuple[Flow, ...]
    unit_of: tuple[Mapping[str, str], ...]
    """Unit by op id, for each graph."""
    taken: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Units whose ops took what Python had read, with the arguments that hold it, as far as they are known."""

    @cached_property
    def constants(self) -> list[Constants]:
        """The constants that ops take, for each graph."""
        return [constants_of(side.graph) for side in self.panes.sides]


def unite(panes: Panes, readings: Sequence[Sequence[Reading]] = ()) -> Union:
    """Return the union of the graphs of ``panes``: every drawn op is in exactly one unit.

    ``readings`` are what Python handed from op to op, for each graph.
    """
    units = list(_units(panes, [{node.id: node for node in drawn(side.graph)} for side in panes.sides]))
    unit_of = tuple({node.id: unit.key for unit in units for node in unit.sides[at]} for at in range(len(panes.sides)))
    ordered = _ordered(units, panes, unit_of)
    read = [_read(found, of) for found, of in zip(readings, unit_of, strict=False)]
    return Union(
        panes=panes,
        units={unit.key: unit for unit in ordered},
        flows=_flows(panes, unit_of, read),
        unit_of=unit_of,
        taken=_taken(read),
    )


Read = Mapping[tuple[str, str], frozenset[str]]
"""Pairs of units of which the second took what Python had read of the first, with the arguments that hold it."""


def _read(readings: Iterable[Reading], unit_of: Mapping[str, str]) -> Read:
    found: dict[tuple[str, str], frozenset[str]] = {}
    for one in readings:
        source, target = unit_of.get(one.source), unit_of.get(one.target)
        if source and target and source != target:
            found[source, target] = found.get((source, target), frozenset[str]()) | ({one.name} if one.name else set())
    return found


def _taken(read: Iterable[Read]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for pairs in read:
        for (_, target), names in pairs.items():
            found.setdefault(target, set()).update(names)
    return {target: tuple(sorted(names)) for target, names in found.items()}


def drawn(graph: GraphEntry) -> Iterator[NodeEntry]:
    """Yield the ops of ``graph`` that are boxes: what works on data, and its inputs and outputs."""
    into: dict[str, list[str]] = {}
    for edge in graph.edges:
        into.setdefault(edge.target, []).append(edge.source)
    used = frozenset(edge.source for edge in graph.edges)
    stored = {node.id for node in graph.nodes if node.role in ("parameter", "constant")}
    for node in graph.nodes:
        sources = into.get(node.id)
        if node.op in RESHAPERS and sources and stored.issuperset(sources):
            stored.add(node.id)  # the transposed weight of a linear layer is a parameter still
        elif node.role in DRAWN and not _is_void(node, used):
            yield node


def _is_void(node: NodeEntry, used: frozenset[str]) -> bool:
    """Whether an op makes nothing and nobody takes it, as the empty reserve of a batch norm in eval mode."""
    empty = bool(node.outputs) and all(value.shape is not None and 0 in value.shape for value in node.outputs)
    return empty and node.role == "compute" and node.op in ALLOCATIONS and node.id not in used


def _units(panes: Panes, lone: Sequence[dict[str, NodeEntry]]) -> Iterator[Unit]:
    for joined in join(panes):
        sides = tuple(
            tuple(nodes.pop(op) for op in ops if op in nodes) for nodes, ops in zip(lone, joined.ops, strict=True)
        )
        for part in _apart(sides):
            yield _unit(part, joined.groups)
    none = (None,) * len(lone)
    for at, nodes in enumerate(lone):
        for node in nodes.values():
            yield _unit(tuple((node,) if at == side else () for side in range(len(lone))), none)


def _apart(sides: tuple[tuple[NodeEntry, ...], ...]) -> Iterator[tuple[tuple[NodeEntry, ...], ...]]:
    """Part an ``If`` or ``Loop`` from the ops it is grouped with: it is the box that its regions stand in."""
    if all(len(side) <= 1 for side in sides):
        if any(sides):
            yield sides
        return
    for inside in (False, True):
        part = tuple(tuple(node for node in side if (node.op in OWNERS) is inside) for side in sides)
        if any(part):
            yield part


def _unit(sides: tuple[tuple[NodeEntry, ...], ...], groups: tuple[Group | None, ...]) -> Unit:
    at = next(at for at, side in enumerate(sides) if side)
    key = f"{PREFIXES[at]}{sides[at][0].id}"
    return Unit(key=key, sides=sides, kinds=_kinds(sides, groups), groups=groups, order=(0, 0, 0))


def _kinds(sides: Sequence[Sequence[NodeEntry]], groups: Sequence[Group | None]) -> tuple[GroupKind, ...]:
    pairs = zip(sides[1:], groups[1:], strict=True)
    others: tuple[GroupKind, ...] = tuple(_kind(sides[0], side, group) for side, group in pairs)
    beside = tuple(kind for kind, side in zip(others, sides[1:], strict=True) if side or kind not in DIFFERING)
    first = min((GRAVEST.index(kind) for kind in beside or others), default=-1)
    return GRAVEST[first], *others


def _kind(first: Sequence[NodeEntry], other: Sequence[NodeEntry], group: Group | None) -> GroupKind:
    if not first and not other:
        return "same"
    kind = group.kind if group else "only-left" if first else "only-right"
    if kind not in DIFFERING or (first and other):
        return kind
    return "only-left" if first else "only-right"  # its counterparts are folded away, or there are none


def _ordered(units: list[Unit], panes: Panes, unit_of: Sequence[Mapping[str, str]]) -> list[Unit]:
    orders: dict[str, tuple[int, int, int]] = {}
    for at, side in enumerate(panes.sides):
        before = -1
        for index, node in enumerate(side.graph.nodes):
            if key := unit_of[at].get(node.id):
                before = orders.setdefault(key, (before, at, index) if at else (index, 0, 0))[0]
    placed = (replace(unit, order=orders[unit.key]) for unit in units)
    return sorted(placed, key=lambda unit: unit.order)


def _flows(panes: Panes, unit_of: Sequence[Mapping[str, str]], read: Sequence[Read]) -> tuple[Flow, ...]:
    there: dict[tuple[str, str], set[int]] = {}
    gradient: dict[tuple[str, str], set[int]] = {}
    by_python: dict[tuple[str, str], set[int]] = {}
    handed = frozenset(ends for pairs in read for ends in pairs)
    for at, side in enumerate(panes.sides):
        arrive = _origins(side.graph, unit_of[at])
        for ends in _carried(side.graph, unit_of[at], arrive):
            there.setdefault(ends, set()).add(at)
        if handed:
            through = _origins(side.graph, unit_of[at], whole=True)
            for ends in handed.intersection(_carried(side.graph, unit_of[at], through)):
                there.setdefault(ends, set()).add(at)
        for ends in read[at] if at < len(read) else ():
            if at not in there.setdefault(ends, set()):
                there[ends].add(at)
                by_python.setdefault(ends, set()).add(at)
        for source, target in passed_back(side.graph):
            for unit in arrive.get(source, ()):
                gradient.setdefault((unit, unit_of[at].get(target, "")), set()).add(at)
    return tuple(
        Flow(
            source=ends[0],
            target=ends[1],
            there=frozenset(at),
            gradient=frozenset(gradient.get(ends, ())),
            read=frozenset(by_python.get(ends, ())),
        )
        for ends, at in there.items()
    )


def _carried(
    graph: GraphEntry, unit_of: Mapping[str, str], arrive: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, str]]:
    """Pairs of units that an edge of ``graph`` ties, through tensor plumbing that is not drawn."""
    for edge in graph.edges:
        target = unit_of.get(edge.target)
        if target is None:
            continue
        for source in arrive.get(edge.source, ()):
            if source != target:
                yield source, target


def _origins(graph: GraphEntry, unit_of: Mapping[str, str], *, whole: bool = False) -> dict[str, tuple[str, ...]]:
    """Units whose value an op hands on: its own for a drawn op, its inputs' for a list or a guard.

    With ``whole``, for all that is not drawn: arithmetic on sizes makes a number of numbers.
    """
    into: dict[str, list[str]] = {}
    for edge in graph.edges:
        into.setdefault(edge.target, []).append(edge.source)
    origins: dict[str, tuple[str, ...]] = {}
    for node in graph.nodes:
        if node.id in unit_of:
            origins[node.id] = (unit_of[node.id],)
        elif whole or _hands_on(node):
            sources = (origin for op in into.get(node.id, ()) for origin in origins.get(op, ()))
            origins[node.id] = tuple(dict.fromkeys(sources))
    return origins


def _hands_on(node: NodeEntry) -> bool:
    """Whether an op that is not drawn passes tensors through, as a list, a guard or what a loop carries does."""
    return node.role in ("guard", "formal") or node.op in CARRIERS
