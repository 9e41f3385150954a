"""Put the open levels into one another: sizes from the inside out, places from the outside in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from explorer.view.layout import PORT, RANK_GAP, Level, Placed, Point, Slot, lay_out
from explorer.view.tree import ROOT, SIDES_OF_BRANCH, Tree
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
class Block:
    """An open frame, laid out: its parts are relative to its upper left corner."""

    width: float
    height: float
    corners: Mapping[str, Point]
    curves: tuple[Curve, ...]
    """Wires as they run between the middles of boxes; where they meet an open one, they are led to its ports."""
    ports: Mapping[str, float]
    """Places of the ports along the border."""


@dataclass(frozen=True, kw_only=True)
class Placement:
    """All places and curves, absolute, and the size of the whole."""

    width: float
    height: float
    places: Mapping[str, Place]
    curves: tuple[Curve, ...]
    blocks: Mapping[str, Block]
    """The open frames, each for itself."""


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
        width=root.width + 2 * MARGIN,
        height=root.height + 2 * MARGIN,
        places=places,
        curves=tuple(curves),
        blocks=builder.blocks,
    )


def place_alone(
    tree: Tree, key: str, levels: Mapping[str, LevelWires], sizes: Mapping[str, Slot], headers: Mapping[str, float]
) -> Block:
    """Place what stands in one frame, in which no other is open."""
    return _Builder(tree, frozenset({key}), levels, sizes, headers).build(key)


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
        self.blocks: dict[str, Block] = {}

    def build(self, key: str) -> Block:
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
            abreast=tuple(number[child] for child in children if self._is_side(child)),
        )
        block = self._framed(key, names, wires, lay_out(level))
        self.blocks[key] = block
        return block

    def _is_side(self, key: str) -> bool:
        """Whether a box is a side of a branch: ``then`` stands on the left, whichever ran first."""
        frame = self._tree.frames.get(key)
        return frame is not None and frame.kind == "region" and frame.label in SIDES_OF_BRANCH

    def _is_block(self, key: str) -> bool:
        return key in self._tree.frames and key in self._open

    def _slot(self, name: str) -> Slot:
        if name.startswith(("in:", "out:")):
            return Slot(PORT, PORT)
        if self._is_block(name):
            return Slot(self.blocks[name].width, self.blocks[name].height)
        return self._sizes[name]

    def _framed(self, key: str, names: tuple[str, ...], wires: LevelWires, placed: Placed) -> Block:
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
            _bordered(Curve(key=wire, points=tuple((x + across, y + down) for x, y in points), ends=ends), height)
            for (wire, ends), points in zip(wires.wires.items(), placed.wires, strict=True)
        )
        return Block(width, height, corners, curves, ports)

    def _led(self, curve: Curve, corners: Mapping[str, Point]) -> Curve:
        """Lead the ends of a wire to the ports of the boxes that it meets."""
        tail, head, tail_port, head_port = curve.key
        if not curve.points:
            return curve
        first, last = curve.points[0], curve.points[-1]
        if tail_port and tail in self.blocks:
            first = (corners[tail][0] + self.blocks[tail].ports[tail_port], first[1])
        if head_port and head in self.blocks:
            last = (corners[head][0] + self.blocks[head].ports[head_port], last[1])
        return replace(curve, points=_led(curve.points, first, last))

    def settle(self, key: str, origin: Point, depth: int, places: dict[str, Place], curves: list[Curve]) -> None:
        """Write the absolute places of what stands in the frame ``key`` at ``origin``."""
        block = self.blocks[key]
        for curve in block.curves:
            moved = tuple((x + origin[0], y + origin[1]) for x, y in self._led(curve, block.corners).points)
            curves.append(replace(curve, points=moved))
        for name, (x, y) in block.corners.items():
            slot = self._slot(name)
            corner = (x + origin[0], y + origin[1])
            places[name] = Place(x=corner[0], y=corner[1], width=slot.width, height=slot.height, depth=depth)
            if self._is_block(name):
                self.settle(name, corner, depth + 1, places, curves)


def _bordered(curve: Curve, height: float) -> Curve:
    """Lead a wire that comes from a port of the level, or goes to one, to the border."""
    if not curve.points:
        return curve
    first, last = curve.points[0], curve.points[-1]
    top = 0.0 if curve.key[0].startswith("in:") else first[1]
    bottom = height if curve.key[1].startswith("out:") else last[1]
    return replace(curve, points=_led(curve.points, (first[0], top), (last[0], bottom)))


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
