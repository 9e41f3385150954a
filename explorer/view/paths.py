"""Where a unit stands: the boxes around it, from the outermost inwards.

NOTE: a box is a path of segments, not a module path. A script graph nests modules in the region of an
``If`` and the region in the module that runs it; the eager graph has no regions. Where either side knows
of a region the unit stands in it, so that a side that was not taken has its place in both panes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from explorer.report.schema import GraphEntry, NodeEntry
from explorer.view.branches import Branch
from explorer.view.labels import statement
from explorer.view.loops import Turn, told_turns
from explorer.view.tree import ROOT, FrameKind
from explorer.view.union import Union, Unit


@dataclass(frozen=True, slots=True)
class Segment:
    """One box of a path. ``owner`` is the unit that a branch stands for."""

    key: str
    kind: FrameKind
    label: str
    type: str = ""
    owner: str | None = None


class Paths:
    """Finds the path of a unit. ``lines`` are those of the model file, which name the boxes of its loops."""

    def __init__(self, union: Union, branches: Sequence[Branch], lines: Sequence[str] = ()) -> None:
        self._branches: dict[int, list[Branch]] = {}
        for branch in branches:
            for _, within in branch.sides():
                for line in within:
                    self._branches.setdefault(line, []).append(branch)
        self._lines = lines
        self._calls = [{one.id: one.name for one in side.graph.calls} for side in union.panes.sides]
        self._turns = [side.turns for side in union.panes.sides]
        self._sides = [_Side(side.graph, of) for side, of in zip(union.panes.sides, union.unit_of, strict=True)]
        self._kept = {place for side in union.panes.sides for place in _kept_loops(side.graph)}
        around = ((unit.key, unit.first.module, self._around(unit)) for unit in union.units.values())
        self._told = told_turns(one for one in around if one[2])

    def of(self, unit: Unit) -> tuple[Segment, ...]:
        """Return the path of the side that knows most of regions, else of the first, with what the source tells."""
        paths = [side.path(nodes[0]) for side, nodes in zip(self._sides, unit.sides, strict=True) if nodes]
        path = max(paths, key=_regions)
        return path if any(segment.kind != "module" for segment in path) else self._in_source(unit)

    def call(self, unit: Unit, path: Sequence[Segment]) -> tuple[Segment, ...]:
        """Return the Python call that made a unit, as a box inside its ``path``; of several graphs the first tells."""
        if unit.first.role != "compute" or any(segment.owner == unit.key for segment in path):
            return ()
        for at, (calls, nodes) in enumerate(zip(self._calls, unit.sides, strict=True)):
            if nodes and nodes[0].call in calls:
                key = f"{last_key(path)}/call:{at}:{nodes[0].call}"
                return (Segment(key, "call", calls[nodes[0].call]),)
        return ()

    def decides(self, unit: Unit, branch: Branch) -> str:
        """Return the key of the box of a fixed branch that an op on its line decides."""
        around = self._in_source(unit, within=branch)
        return f"{last_key(around)}/fixed:{branch.line}"

    def _in_source(self, unit: Unit, within: Branch | None = None) -> tuple[Segment, ...]:
        """Return the path of a unit by its module and what the source has around it: turns of loops, fixed branches.

        ``within`` asks for the path of what a branch stands in, which is around the unit.
        """
        node = unit.first
        path: list[Segment] = []
        module = ""
        turns = [one for one in self._around(unit) if (one.file, one.line, one.module) in self._told]
        branches = {one.line: one for one in self._branches.get(node.line or 0, ()) if one.side(node)}
        if within is not None:
            branches.pop(within.line, None)
        blocks = sorted(
            (*turns, *branches.values()),
            key=lambda one: (one.module.count(".") + bool(one.module), one.line),
        )
        for block in blocks:
            path += modules(last_key(path), _relative(block.module, module), "")
            module = block.module or module
            path += self._side(path, block, node) if isinstance(block, Branch) else self._turn(path, block)
        name = node.module if within is None else within.module
        return (*path, *modules(last_key(path), _relative(name, module), node.module_type if within is None else ""))

    def _around(self, unit: Unit) -> tuple[Turn, ...]:
        found = (of.get(nodes[0].id, ()) for of, nodes in zip(self._turns, unit.sides, strict=True) if nodes)
        turns = next((turns for turns in found if turns), ())
        if turns and turns[-1].line == unit.first.line and (turns[-1].file, turns[-1].line) in self._kept:
            return turns[:-1]  # what a loop asks is no part of its body where a graph keeps the loop
        return turns

    def _turn(self, path: Sequence[Segment], turn: Turn) -> tuple[Segment, Segment]:
        line = self._lines[turn.line - 1] if turn.line <= len(self._lines) else "loop"
        key = f"{last_key(path)}/loop:{turn.line}"
        return (
            Segment(key, "loop", statement(line, turn.line)),
            Segment(f"{key}/{turn.number}", "turn", f"turn {turn.number + 1}"),
        )

    def _side(self, path: Sequence[Segment], branch: Branch, node: NodeEntry) -> tuple[Segment, Segment]:
        side = branch.side(node) or ""
        key = f"{last_key(path)}/fixed:{branch.line}"
        return Segment(key, "branch", statement(branch.title, branch.line)), Segment(f"{key}/{side}", "region", side)


def _kept_loops(graph: GraphEntry) -> set[tuple[str | None, int | None]]:
    """Return the places of the loops that a graph has as such."""
    owners = {region.owner for region in graph.regions if region.kind == "body"}
    return {(node.file, node.line) for node in graph.nodes if node.id in owners}


def _regions(path: Iterable[Segment]) -> int:
    return sum(segment.kind == "region" for segment in path)


class _Side:
    def __init__(self, graph: GraphEntry, unit_of: Mapping[str, str]) -> None:
        self._nodes = {node.id: node for node in graph.nodes}
        self._regions = {region.id: region for region in graph.regions}
        self._owners = {region.owner for region in graph.regions}
        self._unit_of = unit_of

    def path(self, node: NodeEntry) -> tuple[Segment, ...]:
        around = self._around(node)
        if node.id in self._owners and node.id in self._unit_of:
            return (*around, self._branch(around, node))
        return around

    def _around(self, node: NodeEntry) -> tuple[Segment, ...]:
        region = self._regions.get(node.region or "")
        owner = self._nodes.get(region.owner) if region else None
        if region is None or owner is None or owner.id not in self._unit_of or owner is node:
            return modules("", node.module, node.module_type)
        outside = self.path(owner)
        inside = Segment(f"{outside[-1].key}/{region.kind}", "region", region.kind)
        inner = _relative(node.module, owner.module)
        return (*outside, inside, *modules(inside.key, inner, node.module_type))

    def _branch(self, around: tuple[Segment, ...], node: NodeEntry) -> Segment:
        unit = self._unit_of[node.id]
        return Segment(f"{last_key(around)}/branch:{unit}", "branch", node.op, owner=unit)


def last_key(path: Sequence[Segment]) -> str:
    """Return the key of the innermost box of ``path``."""
    return path[-1].key if path else ROOT


def _relative(module: str, around: str) -> str:
    if not around:
        return module
    if module == around:
        return ""
    return module.removeprefix(around + ".")


def modules(base: str, module: str, module_type: str) -> tuple[Segment, ...]:
    """Return the boxes of a module path inside the box ``base``."""
    names = module.split(".") if module else []
    keys = [base + "".join(f"/{name}" for name in names[: depth + 1]) for depth in range(len(names))]
    return tuple(
        Segment(key, "module", name, module_type if depth == len(names) - 1 else "")
        for depth, (key, name) in enumerate(zip(keys, names, strict=True))
    )
