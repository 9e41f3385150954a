"""The boxes that units stand in: modules, branches with their regions, and stretches of a long level.

NOTE: a box is a path of segments, not a module path. A script graph nests modules in the region of an
``If`` and the region in the module that runs it; the eager graph has no regions. Where either side knows
of a region the unit stands in it, so that a side that was not taken has its place in both panes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

from explorer.report.schema import GraphEntry, NodeEntry
from explorer.view.branches import Branch
from explorer.view.union import Union, Unit
from explorer.view.visits import visits

FrameKind = Literal["root", "module", "branch", "region", "stretch"]

ROOT = ""
LONG_LEVEL = 40
"""A level with more boxes than this is cut into stretches."""
SHORT_STRETCH = 4
"""Fewer matched boxes in a row than this are not worth a box of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What stands in a box, over all its levels."""

    left: int = 0
    right: int = 0
    units: int = 0
    differing: int = 0
    """Units in which the two graphs part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A box with others in it. ``children`` are keys of frames and units in the order of execution."""

    key: str
    kind: FrameKind
    label: str
    type: str
    parent: str | None
    children: tuple[str, ...]
    owner: str | None
    """The unit of the ``If`` or ``Loop`` that a branch stands for."""
    counts: Counts


@dataclass(frozen=True, kw_only=True)
class Tree:
    """All frames by key; the root's key is empty."""

    frames: Mapping[str, Frame]
    parent_of: Mapping[str, str]
    """Frame in which a unit or a frame stands. The owner of a branch stands for the branch itself."""
    prefix_of: Mapping[str, str]
    """Name of the module that holds this unit alone and so has no box of its own."""
    decided_by: Mapping[str, str]
    """Unit whose value Python read to decide a fixed branch, by the branch's frame."""

    def above(self, key: str) -> Iterator[str]:
        """Frames around ``key``, from the innermost outwards, the root last."""
        while (parent := self.parent_of.get(key)) is not None:
            yield parent
            key = parent


@dataclass(frozen=True, slots=True)
class _Segment:
    key: str
    kind: FrameKind
    label: str
    type: str = ""
    owner: str | None = None


@dataclass(slots=True)
class _Draft:
    segment: _Segment
    children: dict[str, _Draft | Unit] = field(default_factory=dict[str, "_Draft | Unit"])


def grow(union: Union, branches: Sequence[Branch] = ()) -> Tree:
    """Sort the units of ``union`` into frames; ``branches`` of the source become frames too."""
    root = _Draft(_Segment(ROOT, "root", ""))
    paths = _Paths(union, branches)
    for unit in union.units.values():
        at = root
        for segment in paths.of(unit):
            found = at.children.setdefault(segment.key, _Draft(segment))
            at = found if isinstance(found, _Draft) else at
        if at.segment.owner != unit.key:
            at.children.setdefault("unit:" + unit.key, unit)
    _part_visits(root, union)
    finished = _Finished(union)
    finished.add(root, None, ROOT)
    return Tree(
        frames=finished.frames,
        parent_of=finished.parent_of,
        prefix_of=finished.prefix_of,
        decided_by=_decisions(union, branches, finished.frames),
    )


def _decisions(union: Union, branches: Sequence[Branch], frames: Mapping[str, Frame]) -> dict[str, str]:
    """Return the last op at the line of each fixed branch: what Python read, or compared."""
    decided: dict[str, str] = {}
    for branch in branches:
        key = f"{_last(_modules(ROOT, branch.module, ''))}/fixed:{branch.line}"
        for unit in union.units.values():
            if key in frames and (unit.first.file, unit.first.line) == (branch.file, branch.line):
                decided[key] = unit.key
    return decided


def _part_visits(draft: _Draft, union: Union) -> None:
    """Give each call of a module its own box where one box for all would make a cycle."""
    order = {key: at for at, key in enumerate(union.units)}
    flows = [(flow.source, flow.target) for flow in union.flows]
    waiting = [(draft, flows)]
    while waiting:
        level, inside = waiting.pop()
        drafts = {key: child for key, child in level.children.items() if isinstance(child, _Draft)}
        members = {
            key: frozenset(_units_in(child)) if isinstance(child, _Draft) else frozenset({child.key})
            for key, child in level.children.items()
        }
        for key, runs in visits(members, inside, order).items():
            if key in drafts and drafts[key].segment.kind == "module":
                del level.children[key]
                level.children.update((f"{key}#{at}", _visit(drafts[key], run, at)) for at, run in enumerate(runs))
        for child in level.children.values():
            if isinstance(child, _Draft):
                units = frozenset(_units_in(child))
                waiting.append((child, [(a, b) for a, b in inside if a in units and b in units]))


def _units_in(draft: _Draft) -> Iterator[str]:
    if draft.segment.owner:
        yield draft.segment.owner
    for child in draft.children.values():
        if isinstance(child, Unit):
            yield child.key
        else:
            yield from _units_in(child)


def _visit(draft: _Draft, units: frozenset[str], number: int) -> _Draft:
    """Return the part of ``draft`` that one call ran."""
    segment = draft.segment
    part = _Draft(_Segment(f"{segment.key}#{number}", segment.kind, segment.label, segment.type, segment.owner))
    for key, child in draft.children.items():
        if isinstance(child, Unit):
            if child.key in units:
                part.children[key] = child
        elif units.intersection(_units_in(child)):
            part.children[key] = _visit(child, units, number)
    return part


class _Paths:
    """Finds the segments of a unit, from the outermost inwards."""

    def __init__(self, union: Union, branches: Sequence[Branch]) -> None:
        self._branches = branches
        pair = union.pair
        self._left = _Side(pair.left_graph, union.unit_of_left)
        self._right = _Side(pair.right_graph, union.unit_of_right)

    def of(self, unit: Unit) -> tuple[_Segment, ...]:
        """Return the path of the side that knows of a region, else of the left one."""
        left = self._left.path(unit.left[0]) if unit.left else ()
        right = self._right.path(unit.right[0]) if unit.right else ()
        path = right if not unit.left or _regions(right) > _regions(left) else left
        return path if _regions(path) else self._in_source(unit.first) or path

    def _in_source(self, node: NodeEntry) -> tuple[_Segment, ...]:
        """Return the path of an op of a side of a fixed branch, empty for others."""
        for branch in reversed(self._branches):
            if side := branch.side(node):
                outside = _modules(ROOT, branch.module, "")
                key = f"{_last(outside)}/fixed:{branch.line}"
                frame = _Segment(key, "branch", f"{branch.title} · line {branch.line}")
                region = _Segment(f"{key}/{side}", "region", side)
                inner = _modules(region.key, _relative(node.module, branch.module), node.module_type)
                return (*outside, frame, region, *inner)
        return ()


def _regions(path: Iterable[_Segment]) -> int:
    return sum(segment.kind == "region" for segment in path)


class _Side:
    def __init__(self, graph: GraphEntry, unit_of: Mapping[str, str]) -> None:
        self._nodes = {node.id: node for node in graph.nodes}
        self._regions = {region.id: region for region in graph.regions}
        self._owners = {region.owner for region in graph.regions}
        self._unit_of = unit_of

    def path(self, node: NodeEntry) -> tuple[_Segment, ...]:
        around = self._around(node)
        if node.id in self._owners and node.id in self._unit_of:
            return (*around, self._branch(around, node))
        return around

    def _around(self, node: NodeEntry) -> tuple[_Segment, ...]:
        region = self._regions.get(node.region or "")
        owner = self._nodes.get(region.owner) if region else None
        if region is None or owner is None or owner.id not in self._unit_of or owner is node:
            return _modules("", node.module, node.module_type)
        outside = self.path(owner)
        inside = _Segment(f"{outside[-1].key}/{region.kind}:{region.id}", "region", region.kind)
        inner = _relative(node.module, owner.module)
        return (*outside, inside, *_modules(inside.key, inner, node.module_type))

    def _branch(self, around: tuple[_Segment, ...], node: NodeEntry) -> _Segment:
        unit = self._unit_of[node.id]
        return _Segment(f"{_last(around)}/branch:{unit}", "branch", node.op, owner=unit)


def _last(path: Sequence[_Segment]) -> str:
    return path[-1].key if path else ROOT


def _relative(module: str, around: str) -> str:
    if not around:
        return module
    if module == around:
        return ""
    return module.removeprefix(around + ".")


def _modules(base: str, module: str, module_type: str) -> tuple[_Segment, ...]:
    names = module.split(".") if module else []
    keys = [base + "".join(f"/{name}" for name in names[: depth + 1]) for depth in range(len(names))]
    return tuple(
        _Segment(key, "module", name, module_type if depth == len(names) - 1 else "")
        for depth, (key, name) in enumerate(zip(keys, names, strict=True))
    )


class _Finished:
    """Turns drafts into frames: chains of one are joined, modules of one unit dropped, long levels cut."""

    def __init__(self, union: Union) -> None:
        self.frames: dict[str, Frame] = {}
        self.parent_of: dict[str, str] = {}
        self.prefix_of: dict[str, str] = {}
        self._union = union
        self._module_types = _module_types(union)

    def add(self, draft: _Draft, parent: str | None, label: str) -> str:
        """Add the frame of ``draft`` and return its key, or its only unit's where it needs no frame."""
        only = next(iter(draft.children.values())) if len(draft.children) == 1 else None
        kind = draft.segment.kind
        if kind == "module" and isinstance(only, _Draft) and only.segment.kind == "module":
            return self.add(only, parent, f"{label}.{only.segment.label}")
        if kind == "module" and isinstance(only, Unit) and parent is not None:
            self.prefix_of[only.key] = label
            self.parent_of[only.key] = parent
            return only.key
        return self._add_frame(draft, parent, label)

    def _add_frame(self, draft: _Draft, parent: str | None, label: str) -> str:
        key, segment = draft.segment.key, draft.segment
        children: list[str] = []
        for child in draft.children.values():
            if isinstance(child, Unit):
                self.parent_of[child.key] = key
                children.append(child.key)
            else:
                children.append(self.add(child, key, child.segment.label))
        if segment.owner:
            self.parent_of[segment.owner] = key
        children.sort(key=self._order)
        if parent is not None:
            self.parent_of[key] = parent
        kind = segment.kind
        self._store(
            Frame(
                key=key,
                kind=kind,
                label=label,
                type=segment.type or self._module_types.get(key, ""),
                parent=parent,
                children=self._cut(key, children),
                owner=segment.owner,
                counts=self._counts(children, segment.owner),
            )
        )
        return key

    def _store(self, frame: Frame) -> None:
        self.frames[frame.key] = frame
        self.parent_of.update((child, frame.key) for child in frame.children)

    def _order(self, key: str) -> tuple[int, int, int]:
        while (frame := self.frames.get(key)) is not None:
            if frame.owner or not frame.children:
                return self._union.units[frame.owner].order if frame.owner else (0, 0, 0)
            key = frame.children[0]
        return self._union.units[key].order

    def _counts(self, children: Iterable[str], owner: str | None) -> Counts:
        parts = [self._count(child) for child in children]
        if owner:
            parts.append(_count_unit(self._union.units[owner]))
        return Counts(
            left=sum(part.left for part in parts),
            right=sum(part.right for part in parts),
            units=sum(part.units for part in parts),
            differing=sum(part.differing for part in parts),
        )

    def _count(self, key: str) -> Counts:
        return self.frames[key].counts if key in self.frames else _count_unit(self._union.units[key])

    def _cut(self, key: str, children: list[str]) -> tuple[str, ...]:
        """Put runs of matched boxes of a long level into stretches, and cut what is still too long."""
        if len(children) <= LONG_LEVEL:
            return tuple(children)
        cut: list[str] = []
        for matched, run in groupby(children, key=lambda child: self._count(child).differing == 0):
            members = list(run)
            short = not matched or len(members) < SHORT_STRETCH
            cut += members if short else [self._stretch(key, members)]
        size = math.ceil(math.sqrt(len(cut)))
        if len(cut) <= LONG_LEVEL:
            return tuple(cut)
        chunks = [cut[start : start + size] for start in range(0, len(cut), size)]
        return tuple(self._stretch(key, chunk) if len(chunk) > 1 else chunk[0] for chunk in chunks)

    def _stretch(self, parent: str, members: list[str]) -> str:
        key = f"{parent}/stretch:{members[0]}:{len(members)}"
        counts = self._counts(members, None)
        self.parent_of[key] = parent
        self._store(
            Frame(
                key=key,
                kind="stretch",
                label="",
                type="",
                parent=parent,
                children=self._cut(key, members),
                owner=None,
                counts=counts,
            )
        )
        return key


def _count_unit(unit: Unit) -> Counts:
    return Counts(left=len(unit.left), right=len(unit.right), units=1, differing=int(unit.differs))


def _module_types(union: Union) -> dict[str, str]:
    """Class by frame key of the modules outside regions, as any op of theirs says it."""
    types: dict[str, str] = {}
    for unit in union.units.values():
        for node in (*unit.left, *unit.right):
            if node.module and node.module_type:
                types.setdefault("/" + node.module.replace(".", "/"), node.module_type)
    return types
