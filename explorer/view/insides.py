"""What stands in every box, each for itself: a page without an app opens and closes boxes by it.

NOTE: a scene is laid out from the inside out, so another open box is another layout. What is told here of a box that is
closed in the scene holds whatever else is open: it is laid out in its own boxes alone, and says by which of its ports
the wires go on that end at it while it is closed.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from explorer.view.layout import Slot
from explorer.view.placing import LEAST_WIDTH, Block, Place, place, place_alone
from explorer.view.scene import Box, Detail, PaneScene, Stub
from explorer.view.tree import ROOT, Frame
from explorer.view.union import Flow
from explorer.view.wiring import LevelWires, wire
from explorer.view.writing import SceneWriter


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A wire inside one box, from the middle of a box to the middle of another, or to the border."""

    points: tuple[float, ...]
    """Control points of a Bézier curve, across and down in turn."""
    source: str
    target: str
    leaves: str
    """Port of an open source's lower border; empty where it has none, or is closed."""
    enters: str
    there: tuple[int, ...]
    control: tuple[int, ...]
    gradient: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """What stands in an open box, from its upper left corner. Of a group of ops it is the open group itself."""

    width: float
    height: float
    least: float
    """Width that its title needs."""
    boxes: tuple[Box, ...]
    closed: Mapping[str, tuple[float, float]]
    """Sizes that boxes which are open here have when they are closed."""
    lines: tuple[Line, ...]
    ports: Mapping[str, float]
    """Places of the ports along the border."""
    comes: Mapping[str, tuple[str, ...]]
    """Ports by what stands beside the box, or is a port of the box around, and feeds it."""
    goes: Mapping[str, tuple[str, ...]]
    """The same by what it feeds."""
    stubs: tuple[Stub, ...]
    details: tuple[Mapping[str, Detail], ...]
    """By pane."""


class InsideWriter(SceneWriter):
    """Writes what stands in the boxes of a scene."""

    def panes(self) -> tuple[PaneScene, ...]:
        """Return what the panes have for themselves, beside what stands in boxes."""
        return tuple(self._pane(at, ()) for at in self._places)

    def open_ones(self) -> Iterator[tuple[str, Inside]]:
        """Yield what stands in each open box of the scene, the root first."""
        levels = wire(self._union, self._tree, self._open)
        visible = list(self._tree.frames[ROOT].children)
        for key in visible:  # it grows: what is open in a box that is closed here is not seen
            if self._is_open_frame(key):
                visible += self._tree.frames[key].children
        closed = {key: self._size(key) for key in visible if not self._is_open_frame(key)}
        headers = {key: self._header_width(self._tree.frames[key]) for key in levels}
        blocks = place(self._tree, self._open, levels, closed, headers).blocks
        for key in (ROOT, *(one for one in visible if self._is_open_frame(one))):
            yield key, self._inside(key, levels[key], blocks[key], blocks)
        for key in visible:
            if self._is_open_group(key):
                yield key, self.group(key)

    def closed_ones(self) -> Iterator[tuple[str, Inside]]:
        """Yield what stands in each box while those around it are all that is open, the outermost first.

        It is the same whatever is open in the scene.
        """
        waiting = list(self._tree.frames[ROOT].children)
        for key in waiting:  # it grows
            writer = self.among(frozenset({key}))
            if frame := self._tree.frames.get(key):
                waiting += frame.children
                yield key, writer.alone(frame, self._flows_at[key])
            elif self._closing.folds(key):
                yield key, writer.group(key)

    def among(self, is_open: frozenset[str]) -> InsideWriter:
        """Return a writer to which other boxes are open."""
        other = copy.copy(self)
        vars(other)["_open"] = is_open
        return other

    def folds(self, key: str) -> bool:
        """Whether a unit is a group of ops that is closed."""
        return self._union.units[key].most > 1 and self._is_folded(self._union.units[key])

    def group(self, key: str) -> Inside:
        """Return a group of ops as it is open."""
        size = self._size(key)
        return self._inside(key, LevelWires(), Block(size.width, size.height, {key: (0.0, 0.0)}, (), {}), {})

    def alone(self, frame: Frame, flows: Iterable[Flow]) -> Inside:
        """Return what stands in a box; ``flows`` are those that begin or end in it."""
        is_open = frozenset({frame.key, *self._tree.above(frame.key)})
        levels = wire(replace(self._union, flows=tuple(flows)), self._tree, is_open)
        sizes = {key: self._size(key) for key in frame.children}
        block = place_alone(self._tree, frame.key, levels, sizes, {frame.key: self._header_width(frame)})
        beside = levels[self._tree.parent_of[frame.key]].wires
        return replace(
            self._inside(frame.key, levels[frame.key], block, {}),
            comes=_ports((tail, port) for tail, head, _, port in beside if head == frame.key),
            goes=_ports((head, port) for tail, head, port, _ in beside if tail == frame.key),
        )

    def size(self, key: str) -> Slot:
        """Return the size of a box."""
        return self._size(key)

    def placed(self, key: str, at: tuple[float, float], size: Block | Slot) -> Box:
        """Return a box as it stands here; one that is open has the lines that it shows once it is closed."""
        width, height = _short(size.width), _short(size.height)
        box = self._box(key, Place(x=_short(at[0]), y=_short(at[1]), width=width, height=height, depth=0))
        return replace(box, lines=self._lines_in(self._tree.frames[key])) if isinstance(size, Block) else box

    def _is_open_frame(self, key: str) -> bool:
        return key in self._tree.frames and key in self._open

    def _is_open_group(self, key: str) -> bool:
        """Whether it is a group of ops that is open, and can be closed."""
        return key in self._open and key in self._union.units and self._closing.folds(key)

    @property
    def _closing(self) -> InsideWriter:
        """A writer to which nothing is open."""
        return self.among(frozenset())

    @cached_property
    def _flows_at(self) -> dict[str, list[Flow]]:
        """The flows that begin or end in each box: no others make its wires."""
        found: dict[str, list[Flow]] = {key: [] for key in self._tree.frames}
        for flow in self._union.flows:
            for key in {*self._tree.above(flow.source), *self._tree.above(flow.target)}:
                found[key].append(flow)
        return found

    def _inside(self, key: str, wires: LevelWires, block: Block, blocks: Mapping[str, Block]) -> Inside:
        groups = {one for one in block.corners if one != key and self._is_open_group(one)}
        boxes = tuple(
            (self._closing if one in groups else self).placed(one, at, blocks.get(one) or self._size(one))
            for one, at in block.corners.items()
        )
        closed = {one: self._closing.size(one) for one in block.corners if one in blocks or one in groups}
        return Inside(
            width=_short(block.width),
            height=_short(block.height),
            least=0.0
            if key == ROOT or key not in self._tree.frames
            else max(LEAST_WIDTH, self._header_width(self._tree.frames[key])),
            boxes=boxes,
            closed={one: (_short(size.width), _short(size.height)) for one, size in closed.items()},
            lines=tuple(_lines(block)),
            ports={name: _short(x) for name, x in block.ports.items()},
            comes={},
            goes={},
            stubs=tuple(self._stubs({key: wires})),
            details=tuple(
                {face.node: self._detail(box, face, at) for box in boxes for face in box.parts[at].faces}
                for at in self._places
            ),
        )


def _lines(block: Block) -> Iterator[Line]:
    for curve in block.curves:
        if curve.points:
            source, target, leaves, enters = curve.key
            yield Line(
                points=tuple(_short(place) for point in curve.points for place in point),
                source=source,
                target=target,
                leaves=leaves,
                enters=enters,
                there=tuple(sorted(curve.ends.there)),
                control=tuple(sorted(curve.ends.there - curve.ends.tensor)),
                gradient=tuple(sorted(curve.ends.gradient)),
            )


def _ports(ends: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for beside, port in ends:
        if port:
            found.setdefault(beside, {})[port] = None
    return {beside: tuple(ports) for beside, ports in found.items()}


def _short(place: float) -> float:
    return round(place, 1)
