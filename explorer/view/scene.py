"""The scene: what all panes draw, as plain data with places. The component only draws it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from explorer.report.schema import GroupKind
from explorer.view.panes import SideName


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One op as a pane shows it inside its box; ``y`` and ``height`` are relative to the box."""

    node: str
    op: str
    title: str
    detail: str
    number: str
    """The argument that Python read somewhere, or what a static graph has in its stead; mostly empty."""
    apart: bool
    """Whether this number is another one than the first graph's."""
    y: float
    height: float
    line: int | None
    """Line of the model file; ``None`` for other files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateMark:
    """State of the model at a box, as a pane draws it: ``above`` where it is read alone, ``below`` where it is written.

    Where a pane neither reads nor writes it, it is a ghost there.
    """

    at: Literal["above", "below"]
    names: tuple[str, ...]
    label: str
    said: str
    """The same in words, with the whole names."""
    reads: bool
    writes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A box as one pane shows it. Without faces and text it is a ghost there."""

    faces: tuple[Face, ...]
    text: str
    """What a closed box holds; empty where it is not there."""
    ghost: str
    """What is written where it is not there."""
    match: GroupKind
    sign: str
    badge: str
    differs: bool
    states: tuple[StateMark, ...] = ()
    asks: bool = False
    """Whether it only asks: what it gives decides what Python does, and goes into no output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A box at one place in all panes.

    ``kind`` is ``op``, ``input``, ``output`` or ``group`` for units, else the frame's kind.
    """

    key: str
    kind: str
    open: bool
    depth: int
    x: float
    y: float
    width: float
    height: float
    title: str
    parts: tuple[Part, ...]
    lines: tuple[int, ...]
    """Lines of the model file that the ops of a closed box come from."""
    rows: tuple[int, ...]
    """Differences, by their place in the list, that have ops here."""
    quiet: bool
    """Whether what differs here is far from all that is listed."""
    foldable: bool = False
    """Whether it is a group of ops that the reader opens and closes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """A curve as SVG path data, the boxes at its ends, and in which panes it is solid, by place."""

    path: str
    source: str
    target: str
    arrow: bool
    there: tuple[int, ...]
    control: tuple[int, ...]
    """In which of these panes it carries no tensor: there Python read what decides, or a number, by place."""
    gradient: tuple[int, ...]
    """In which panes gradients go back along it, by place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stub:
    """A hub's value named at a box that takes it, in place of a long wire."""

    box: str
    source: str
    label: str
    there: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What the inspector says of an op."""

    op: str
    target: str
    module: str
    place: str
    line: int | None
    outputs: tuple[str, ...]
    values: tuple[str, str]
    """On which example it gave what, in a few numbers; empty where that is not known."""
    state: str
    """What its box reads of the model's state, and writes to it, in words."""
    attributes: tuple[tuple[str, str], ...]
    autograd: tuple[str, ...]
    stack: tuple[str, ...]
    """Where Python called it from: the user's frames and the library's, the innermost first."""
    match: GroupKind
    matched_by: str
    box: str
    partners: tuple[tuple[str, ...], ...]
    """Ops of the same unit, by pane."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaneScene:
    """What one pane has for itself."""

    side: SideName
    capture: str
    grave: bool
    """Whether this graph does wrong beside the first one, or any beside it: if not, differences do not alarm."""
    autograd: bool
    """Whether its ops have autograd nodes."""
    calls: bool
    """Whether its Python calls are known."""
    details: Mapping[str, Detail]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All panes that have a graph: boxes from the outermost inwards, wires, stubs, and the details of each."""

    panes: tuple[PaneScene, ...]
    width: float
    height: float
    boxes: tuple[Box, ...]
    wires: tuple[Wire, ...]
    stubs: tuple[Stub, ...]
