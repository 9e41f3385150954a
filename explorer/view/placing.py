"""Put the open levels into one another: sizes from the inside out, places from the outside in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.view.layout import PORT, RANK_GAP, Level, Placed, Point, Slot, lay_out
from explorer.view.tree import ROOT, Tree
from explorer.view.wiring import Ends, LevelWires, WireKey

HEADER = 24.0
"""Height of an open box's title, in pixels; wires from its ports run beside it."""
PADDING = 10.0
LEAST_WIDTH = 120.0
OUTLET_RAISE = 12.0
"""Pixels by which the lower border is nearer to the boxes than Graphviz puts the row of outlets."""
MARGIN = 12.0
BEZIER = 4
"""Points of one Bézier curve: its ends and two controls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a box stands."""

    x: float
    y: float
    width: float
    height: float
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Where a wire runs: control points of a Bézier curve."""

    key: WireKey
    points: tuple[Point, ...]
    ends: Ends


@dataclass(frozen=True, slots=True)
class _Block:
    """An open frame, laid out: its parts are relative to its upper left corner."""

    width: float
    height: float
    corners: Mapping[str, Point]
    curves: tuple[Curve, ...]
    ports: Mapping[str, float]
    """Places of the ports along the border."""


@dataclass(frozen=True, kw_only=True)
class Placement:
    """All places and curves, absolute, and the size of the whole."""

    width: float
    height: float
    places: Mapping[str, Place]
    curves: tuple[Curve, ...]


def place(
    tree: Tree,
    is_open: frozenset[str],
    levels: Mapping[str, LevelWires],
    sizes: Mapping[str, Slot],
    headers: Mapping[str, float],
) -> Placement:
    """Place every visible box of ``tree``.

    Parameters
    ----------
    sizes
        Size of every visible unit and closed frame.
    headers
        Width that the title of an open frame needs.
    """
    builder = _Builder(tree, is_open, levels, sizes, headers)
    root = builder.build(ROOT)
    places: dict[str, Place] = {}
    curves: list[Curve] = []
    builder.settle(ROOT, (MARGIN, MARGIN), 0, places, curves)
    return Placement(
        width=root.width + 2 * MARGIN, height=root.height + 2 * MARGIN, places=places, curves=tuple(curves)
    )


class _Builder:
    def __init__(
        self,
        tree: Tree,
        is_open: frozenset[str],
        levels: Mapping[str, LevelWires],
        sizes: Mapping[str, Slot],
        headers: Mapping[str, float],
    ) -> None:
        self._tree = tree
        self._open = is_open
        self._levels = levels
        self._sizes = sizes
        self._headers = headers
        self._blocks: dict[str, _Block] = {}

    def build(self, key: str) -> _Block:
        """Lay out an open frame after those in it."""
        wires = self._levels[key]
        children = self._tree.frames[key].children
        for child in children:
            if self._is_block(child):
                self.build(child)
        names = (*wires.inlets, *children, *wires.outlets)
        number = {name: at for at, name in enumerate(names)}
        level = Level(
            slots=tuple(self._slot(name) for name in names),
            wires=tuple((number[tail], number[head]) for tail, head, _, _ in wires.wires),
            inlets=len(wires.inlets),
            outlets=len(wires.outlets),
        )
        block = self._framed(key, names, wires, lay_out(level))
        self._blocks[key] = block
        return block

    def _is_block(self, key: str) -> bool:
        return key in self._tree.frames and key in self._open

    def _slot(self, name: str) -> Slot:
        if name.startswith(("in:", "out:")):
            return Slot(PORT, PORT)
        if self._is_block(name):
            return Slot(self._blocks[name].width, self._blocks[name].height)
        return self._sizes[name]

    def _framed(self, key: str, names: tuple[str, ...], wires: LevelWires, placed: Placed) -> _Block:
        is_root = key == ROOT
        inner = placed.width + (0.0 if is_root else 2 * PADDING)
        width = inner if is_root else max(inner, LEAST_WIDTH, self._headers.get(key, 0.0))
        across = (width - placed.width) / 2
        down = 0.0 if is_root else HEADER - (RANK_GAP + PORT if wires.inlets else 0.0)
        cut = OUTLET_RAISE if wires.outlets else 0.0
        height = placed.height + down - cut + (0.0 if wires.outlets or is_root else PADDING)
        centres = {name: (x + across, y + down) for name, (x, y) in zip(names, placed.centres, strict=True)}
        ports = {name: x for name, (x, _) in centres.items() if name.startswith(("in:", "out:"))}
        corners = {
            name: (x - self._slot(name).width / 2, y - self._slot(name).height / 2)
            for name, (x, y) in centres.items()
            if name not in ports
        }
        curves = tuple(
            self._curve(wire, ends, tuple((x + across, y + down) for x, y in points), corners, height)
            for (wire, ends), points in zip(wires.wires.items(), placed.wires, strict=True)
        )
        return _Block(width, height, corners, curves, ports)

    def _curve(
        self,
        wire: WireKey,
        ends: Ends,
        points: tuple[Point, ...],
        corners: Mapping[str, Point],
        height: float,
    ) -> Curve:
        """Lead the ends of a wire to the ports of the boxes that it meets."""
        tail, head, tail_port, head_port = wire
        if not points:
            return Curve(key=wire, points=(), ends=ends)
        first, last = points[0], points[-1]
        if tail_port and tail in self._blocks:
            first = (corners[tail][0] + self._blocks[tail].ports[tail_port], first[1])
        if head_port and head in self._blocks:
            last = (corners[head][0] + self._blocks[head].ports[head_port], last[1])
        if tail.startswith("in:"):
            first = (first[0], 0.0)
        if head.startswith("out:"):
            last = (last[0], height)
        return Curve(key=wire, points=_led(points, first, last), ends=ends)

    def settle(self, key: str, origin: Point, depth: int, places: dict[str, Place], curves: list[Curve]) -> None:
        """Write the absolute places of what stands in the frame ``key`` at ``origin``."""
        block = self._blocks[key]
        for curve in block.curves:
            moved = tuple((x + origin[0], y + origin[1]) for x, y in curve.points)
            curves.append(Curve(key=curve.key, points=moved, ends=curve.ends))
        for name, (x, y) in block.corners.items():
            slot = self._slot(name)
            corner = (x + origin[0], y + origin[1])
            places[name] = Place(x=corner[0], y=corner[1], width=slot.width, height=slot.height, depth=depth)
            if self._is_block(name):
                self.settle(name, corner, depth + 1, places, curves)


def _led(points: tuple[Point, ...], first: Point, last: Point) -> tuple[Point, ...]:
    """Move the ends of a curve, and the control points next to them so that it stays smooth."""
    moved = list(points)
    near, far = _difference(first, points[0]), _difference(last, points[-1])
    half = 2 if len(points) >= BEZIER else 1
    for at in range(half):
        moved[at] = (points[at][0] + near[0], points[at][1] + (near[1] if at == 0 else 0.0))
        back = -1 - at
        moved[back] = (points[back][0] + far[0], points[back][1] + (far[1] if at == 0 else 0.0))
    return tuple(moved)


def _difference(new: Point, old: Point) -> Point:
    return new[0] - old[0], new[1] - old[1]
