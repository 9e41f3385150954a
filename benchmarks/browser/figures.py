"""What is measured, as plain records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PRESSED = 80
"""Milliseconds for which a finger presses a box."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model that all draw."""

    asked: int
    """Ops that it was asked to have."""
    nodes: Mapping[str, int]
    """Ops of each graph of it, by the graph's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What one page took until it was drawn and idle, in seconds; ``failed`` says why there is no figure."""

    cpu: float = 0.0
    wall: float = 0.0
    failed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Opening closed boxes: milliseconds for each."""

    wall: tuple[float, ...]
    """From the click until the frame with the open box is there."""
    rested: tuple[float, ...]
    """The same where the pointer had rested on the box."""
    touched: tuple[float, ...]
    """From where a finger that pressed it lets go."""
    served: tuple[float, ...]
    """Of the first, from the last byte that the browser sent to the first that it got back."""
    cpu: float
    """Of the browser, mean of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Bytes that the page got over its websocket, before and after compression."""

    plain: int
    packed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Panning:
    """Dragging a pane: boxes on screen in all panes, at what scale, and the frames of a second."""

    boxes: int
    scale: float
    frames: float


@dataclass(kw_only=True)
class Figures:
    """All of one run. Lists hold a figure for each round, mappings go by the ops that were asked for."""

    models: list[Model] = field(default_factory=list[Model])
    empty: list[Taken] = field(default_factory=list[Taken])
    page: dict[int, list[Taken]] = field(default_factory=dict[int, list[Taken]])
    beside: dict[str, dict[int, list[Taken]]] = field(default_factory=dict[str, dict[int, list[Taken]]])
    """Other viewers, by name and version."""
    opening: dict[int, Opening] = field(default_factory=dict[int, Opening])
    sent: dict[int, dict[str, Sent]] = field(default_factory=dict[int, dict[str, Sent]])
    """By what was done."""
    graphs: dict[int, int] = field(default_factory=dict[int, int])
    """Bytes of both graphs of the pair as JSON."""
    panning: list[Panning] = field(default_factory=list[Panning])
