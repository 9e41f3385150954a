"""The boxes that units stand in: modules, branches with their regions, and stretches of a long level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

FrameKind = Literal["root", "module", "branch", "region", "stretch", "repeat", "loop", "turn", "call"]

ROOT = ""

SIDES_OF_BRANCH = ("then", "else")
"""Labels of the regions of a branch, as they stand in the source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What stands in a box, over all its levels."""

    ops: tuple[int, ...]
    """By graph."""
    units: int
    differing: tuple[int, ...]
    """Units in which each graph parts from the first one; for the first, in which any does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """Modules of one class that stand in a box, one after the other or side by side."""

    count: int
    differing: tuple[tuple[str, ...], ...]
    """Names of those in which each graph parts from the first one; for the first, in which any does."""


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
    layers: Layers | None = None
    like: tuple[str, ...] = ()
    """Boxes beside it that show what a repeat holds again."""

    @property
    def differs(self) -> bool:
        """Whether any two of the graphs part in it."""
        return any(self.counts.differing)


@dataclass(frozen=True, kw_only=True)
class Tree:
    """All frames by key; the root's key is empty."""

    frames: Mapping[str, Frame]
    parent_of: Mapping[str, str]
    """Frame in which a unit or a frame stands. The owner of a branch stands for the branch itself."""
    prefix_of: Mapping[str, str]
    """Name of the module that holds this unit alone and so has no box of its own."""
    call_of: Mapping[str, str]
    """Name of the Python call that is this unit alone."""
    decided_by: Mapping[str, str]
    """Unit whose value Python read to decide a fixed branch, by the branch's frame."""

    def above(self, key: str) -> Iterator[str]:
        """Frames around ``key``, from the innermost outwards, the root last."""
        while (parent := self.parent_of.get(key)) is not None:
            yield parent
            key = parent
