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
    """Finds the path of a unit."""

    def __init__(self, union: Union, branches: Sequence[Branch]) -> None:
        self._branches = branches
        pair = union.pair
        self._left = _Side(pair.left_graph, union.unit_of_left)
        self._right = _Side(pair.right_graph, union.unit_of_right)

    def of(self, unit: Unit) -> tuple[Segment, ...]:
        """Return the path of the side that knows of a region, else of the left one."""
        left = self._left.path(unit.left[0]) if unit.left else ()
        right = self._right.path(unit.right[0]) if unit.right else ()
        path = right if not unit.left or _regions(right) > _regions(left) else left
        return path if _regions(path) else self._in_source(unit.first) or path

    def _in_source(self, node: NodeEntry) -> tuple[Segment, ...]:
        """Return the path of an op of a side of a fixed branch, empty for others."""
        for branch in reversed(self._branches):
            if side := branch.side(node):
                outside = modules(ROOT, branch.module, "")
                key = branch_key(branch)
                frame = Segment(key, "branch", statement(branch.title, branch.line))
                region = Segment(f"{key}/{side}", "region", side)
                inner = modules(region.key, _relative(node.module, branch.module), node.module_type)
                return (*outside, frame, region, *inner)
        return ()


def branch_key(branch: Branch) -> str:
    """Return the key of the box of a fixed branch."""
    return f"{last_key(modules(ROOT, branch.module, ''))}/fixed:{branch.line}"


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
