"""The scene: what both panes draw, as plain data with places. The component only draws it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.report.schema import GroupKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One op as a pane shows it inside its box; ``y`` and ``height`` are relative to the box."""

    node: str
    op: str
    title: str
    detail: str
    y: float
    height: float
    line: int | None
    """Line of the model file; ``None`` for other files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A box at one place in both panes. Where a side has no faces and no ops it is a ghost there.

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
    badge: str
    match: GroupKind
    sign: str
    differs: bool
    left: tuple[Face, ...]
    right: tuple[Face, ...]
    left_text: str
    """What a closed box holds on the left; empty where it is not there."""
    right_text: str
    ghost: str
    """What is written on the side where it is not there."""
    lines: tuple[int, ...]
    """Lines of the model file that the ops of a closed box come from."""
    rows: tuple[int, ...]
    """Differences, by their place in the list, that have ops here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """A curve as SVG path data, the boxes at its ends, and in which panes it is solid."""

    path: str
    source: str
    target: str
    arrow: bool
    control: bool
    """It carries a decision of Python's, not a tensor."""
    left: bool
    right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stub:
    """A hub's value named at a box that takes it, in place of a long wire."""

    box: str
    source: str
    label: str
    left: bool
    right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What the inspector says of an op."""

    op: str
    target: str
    module: str
    place: str
    line: int | None
    outputs: tuple[str, ...]
    attributes: tuple[tuple[str, str], ...]
    autograd: tuple[str, ...]
    stack: tuple[str, ...]
    """Where Python called it from: the user's frames and the library's, the innermost first."""
    match: GroupKind
    matched_by: str
    box: str
    partners: tuple[str, ...]
    """Ops of the other pane in the same group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Both panes: boxes from the outermost inwards, wires, stubs, and the details of what is drawn."""

    left: str
    right: str
    alone: bool
    """Whether one side has no graph: what the other holds is then neither matched nor missing."""
    grave: bool
    """Whether one graph does wrong beside the other: if not, what differs is told without alarm."""
    width: float
    height: float
    boxes: tuple[Box, ...]
    wires: tuple[Wire, ...]
    stubs: tuple[Stub, ...]
    left_details: Mapping[str, Detail]
    right_details: Mapping[str, Detail]
