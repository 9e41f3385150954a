"""Two graphs as one: a unit for every group of ops that do the same work, and the flow between units.

Both panes draw the same units at the same places, so what is equal stands at equal places and what is
missing on one side is a gap of known size.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from explorer.report.schema import GraphEntry, Group, GroupKind, NodeEntry
from explorer.view.pair import Pair

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Ops of both graphs that do the same work: one place in both panes."""

    key: str
    kind: GroupKind
    left: tuple[NodeEntry, ...]
    right: tuple[NodeEntry, ...]
    group: Group | None
    """The group of the alignment that it is, or is a part of."""
    order: tuple[int, int, int]
    """Where it stands in the order of execution; ops of the right graph follow what ran before them."""

    @property
    def first(self) -> NodeEntry:
        """The op that stands for the unit, of the left graph where it has one."""
        return (self.left or self.right)[0]

    @property
    def differs(self) -> bool:
        """Whether the two graphs part here."""
        return self.kind in DIFFERING


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A value that goes from one unit to another, in the left graph, the right one or both."""

    source: str
    target: str
    left: bool
    right: bool


@dataclass(frozen=True, kw_only=True)
class Union:
    """The units in the order of execution and the flow between them."""

    pair: Pair
    units: Mapping[str, Unit]
    flows: tuple[Flow, ...]
    unit_of_left: Mapping[str, str]
    """Unit by op id of the left graph."""
    unit_of_right: Mapping[str, str]


def unite(pair: Pair) -> Union:
    """Return the union of the two graphs of ``pair``: every drawn op is in exactly one unit."""
    left = {node.id: node for node in drawn(pair.left_graph)}
    right = {node.id: node for node in drawn(pair.right_graph)}
    units = list(_units(pair.groups, left, right))
    unit_of_left = {node.id: unit.key for unit in units for node in unit.left}
    unit_of_right = {node.id: unit.key for unit in units for node in unit.right}
    ordered = _ordered(units, pair, unit_of_left, unit_of_right)
    return Union(
        pair=pair,
        units={unit.key: unit for unit in ordered},
        flows=_flows(pair, unit_of_left, unit_of_right),
        unit_of_left=unit_of_left,
        unit_of_right=unit_of_right,
    )


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


def _units(groups: tuple[Group, ...], left: Mapping[str, NodeEntry], right: Mapping[str, NodeEntry]) -> Iterator[Unit]:
    lone_left, lone_right = dict(left), dict(right)
    for group in groups:
        ours = tuple(lone_left.pop(op) for op in group.left if op in lone_left)
        theirs = tuple(lone_right.pop(op) for op in group.right if op in lone_right)
        for part, partner in _apart(ours, theirs):
            yield _unit(part, partner, group.kind, group)
    for node in lone_left.values():
        yield _unit((node,), (), "only-left", None)
    for node in lone_right.values():
        yield _unit((), (node,), "only-right", None)


def _apart(
    ours: tuple[NodeEntry, ...], theirs: tuple[NodeEntry, ...]
) -> Iterator[tuple[tuple[NodeEntry, ...], tuple[NodeEntry, ...]]]:
    """Part an ``If`` or ``Loop`` from the ops it is grouped with: it is the box that its regions stand in."""
    if len(ours) <= 1 and len(theirs) <= 1:
        if ours or theirs:
            yield ours, theirs
        return
    for inside in (False, True):
        left = tuple(node for node in ours if (node.op in OWNERS) is inside)
        right = tuple(node for node in theirs if (node.op in OWNERS) is inside)
        if left or right:
            yield left, right


def _unit(left: tuple[NodeEntry, ...], right: tuple[NodeEntry, ...], kind: GroupKind, group: Group | None) -> Unit:
    if not right:  # its counterparts are folded away, or there are none
        kind = "only-left" if kind in DIFFERING else kind
    elif not left:
        kind = "only-right" if kind in DIFFERING else kind
    key = f"L{left[0].id}" if left else f"R{right[0].id}"
    return Unit(key=key, kind=kind, left=left, right=right, group=group, order=(0, 0, 0))


def _ordered(
    units: list[Unit], pair: Pair, unit_of_left: Mapping[str, str], unit_of_right: Mapping[str, str]
) -> list[Unit]:
    orders: dict[str, tuple[int, int, int]] = {}
    for index, node in enumerate(pair.left_graph.nodes):
        if key := unit_of_left.get(node.id):
            orders.setdefault(key, (index, 0, 0))
    before = -1
    for index, node in enumerate(pair.right_graph.nodes):
        if key := unit_of_right.get(node.id):
            before = orders.setdefault(key, (before, 1, index))[0]
    placed = (replace(unit, order=orders[unit.key]) for unit in units)
    return sorted(placed, key=lambda unit: unit.order)


def _flows(pair: Pair, unit_of_left: Mapping[str, str], unit_of_right: Mapping[str, str]) -> tuple[Flow, ...]:
    left = dict.fromkeys(_carried(pair.left_graph, unit_of_left))
    right = dict.fromkeys(_carried(pair.right_graph, unit_of_right))
    return tuple(
        Flow(source=source, target=target, left=(source, target) in left, right=(source, target) in right)
        for source, target in (left | right)
    )


def _carried(graph: GraphEntry, unit_of: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Pairs of units that an edge of ``graph`` ties, through tensor plumbing that is not drawn."""
    arrive = _origins(graph, unit_of)
    for edge in graph.edges:
        target = unit_of.get(edge.target)
        if target is None:
            continue
        for source in arrive.get(edge.source, ()):
            if source != target:
                yield source, target


def _origins(graph: GraphEntry, unit_of: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Units whose value an op hands on: its own for a drawn op, its inputs' for a list or a guard."""
    into: dict[str, list[str]] = {}
    for edge in graph.edges:
        into.setdefault(edge.target, []).append(edge.source)
    origins: dict[str, tuple[str, ...]] = {}
    for node in graph.nodes:
        if node.id in unit_of:
            origins[node.id] = (unit_of[node.id],)
        elif _hands_on(node):
            sources = (origin for op in into.get(node.id, ()) for origin in origins.get(op, ()))
            origins[node.id] = tuple(dict.fromkeys(sources))
    return origins


def _hands_on(node: NodeEntry) -> bool:
    """Whether an op that is not drawn passes tensors through, as a list, a guard or what a loop carries does."""
    return node.role in ("guard", "formal") or node.op in CARRIERS
