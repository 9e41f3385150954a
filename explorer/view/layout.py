"""Lay out one level of boxes with Graphviz, in process.

NOTE: a level at a time, never the whole model: a level has tens of boxes and takes about a millisecond,
a flat graph of 2,000 takes more than a minute. An open box is laid out first and stands in its parent as
a box of its size; edges that cross its border meet at ports on the border. pygraphviz runs native code
that must not be entered twice, so one lock stands around it; what was laid out is kept by its content.
"""

from __future__ import annotations

import threading
import warnings
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import pygraphviz  # pyright: ignore[reportMissingTypeStubs]

POINTS_PER_INCH = 72.0
RANK_GAP = 18.0
NODE_GAP = 16.0
PORT = 2.0

Point = tuple[float, float]

_NATIVE = threading.Lock()


@dataclass(frozen=True, slots=True)
class Slot:
    """A box of a known size, in pixels, and the room that is kept free above and below it, which its wires cross."""

    width: float
    height: float
    over: float = 0.0
    under: float = 0.0

    @property
    def whole(self) -> float:
        """Height with the room above and below."""
        return self.over + self.height + self.under


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Boxes by number, and the wires between them.

    The first ``inlets`` boxes are ports on the upper border, the last ``outlets`` ones on the lower one.
    """

    slots: tuple[Slot, ...]
    wires: tuple[tuple[int, int], ...]
    inlets: int = 0
    outlets: int = 0
    abreast: tuple[int, ...] = ()
    """Boxes that stand side by side, from the left to the right in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where the boxes of a level stand: centres, and the control points of each wire's Bézier curve."""

    width: float
    height: float
    centres: tuple[Point, ...]
    wires: tuple[tuple[Point, ...], ...]


@lru_cache(maxsize=1024)
def lay_out(level: Level) -> Placed:
    """Return places for the boxes and curves for the wires of ``level``, origin in the upper left."""
    if not level.slots:
        return Placed(width=0.0, height=0.0, centres=(), wires=())
    with _NATIVE:
        return _read(level, _drawn(level))


def _drawn(level: Level) -> Any:  # noqa: ANN401 - pygraphviz has no types
    graph: Any = pygraphviz.AGraph(directed=True, strict=False)
    inch = f"{RANK_GAP / POINTS_PER_INCH:.4f}"
    graph.graph_attr.update(rankdir="TB", ranksep=inch, nodesep=f"{NODE_GAP / POINTS_PER_INCH:.4f}")
    graph.node_attr.update(shape="box", fixedsize="true", label="", margin="0")
    graph.edge_attr.update(dir="none", headport="n", tailport="s")
    for number, slot in enumerate(level.slots):
        width, height = slot.width / POINTS_PER_INCH, slot.whole / POINTS_PER_INCH
        graph.add_node(f"b{number}", width=f"{width:.4f}", height=f"{height:.4f}")
    for number, (tail, head) in enumerate(level.wires):
        graph.add_edge(f"b{tail}", f"b{head}", key=f"w{number}")
    for left, right in pairwise(level.abreast):
        graph.add_edge(f"b{left}", f"b{right}", key=f"a{left}", style="invis", headport="c", tailport="c")
    if level.abreast:
        graph.add_subgraph([f"b{at}" for at in level.abreast], rank="same")
    count = len(level.slots)
    if level.inlets:
        graph.add_subgraph([f"b{at}" for at in range(level.inlets)], rank="source")
    if level.outlets:
        graph.add_subgraph([f"b{at}" for at in range(count - level.outlets, count)], rank="sink")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Graphviz's remarks on stderr are not for the reader
        graph.layout("dot")
    return graph


def _read(level: Level, graph: Any) -> Placed:  # noqa: ANN401 - pygraphviz has no types
    centres = [_point(graph.get_node(f"b{number}").attr["pos"]) for number in range(len(level.slots))]
    wires: list[tuple[Point, ...]] = []
    for number, (tail, head) in enumerate(level.wires):
        position = graph.get_edge(f"b{tail}", f"b{head}", f"w{number}").attr["pos"] or ""
        wires.append(tuple(_point(part) for part in position.split() if part[0] not in "es"))
    return _shifted(level, centres, wires)


def _point(text: str) -> Point:
    across, up = text.rstrip("!").split(",")[:2]
    return float(across), -float(up)


def _shifted(level: Level, centres: list[Point], wires: list[tuple[Point, ...]]) -> Placed:
    """Move the drawing so that boxes and curves begin at the origin."""
    boxes = list(zip(centres, level.slots, strict=True))
    xs = [x + side * slot.width / 2 for (x, _), slot in boxes for side in (-1, 1)]
    ys = [y + side * slot.whole / 2 for (_, y), slot in boxes for side in (-1, 1)]
    xs += [x for wire in wires for x, _ in wire]
    left, top = min(xs), min(ys)
    return Placed(
        width=max(xs) - left,
        height=max(ys) - top,
        centres=tuple((x - left, y - top + (slot.over - slot.under) / 2) for (x, y), slot in boxes),
        wires=tuple(
            _reaching(tuple((x - left, y - top) for x, y in wire), level.slots[tail].under, level.slots[head].over)
            for wire, (tail, head) in zip(wires, level.wires, strict=True)
        ),
    )


def _reaching(wire: tuple[Point, ...], under: float, over: float) -> tuple[Point, ...]:
    """Lead a wire straight through the room below the box that it leaves and above the one that it enters."""
    if not wire:
        return wire
    (x, y), (across, down) = wire[0], wire[-1]
    start = ((x, y - under), (x, y - under), (x, y)) if under else ()
    end = ((across, down), (across, down + over), (across, down + over)) if over else ()
    return (*start, *wire, *end)
