"""The graphs that stand side by side, two to four of them, and what ties them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from explorer.report.schema import GraphEntry, Group, Report
from explorer.view.loops import Turn, Turns
from explorer.view.matching import example_of, groups_between, turns_of

SideName = Literal["left", "right", "third", "fourth"]

SIDES: tuple[SideName, ...] = ("left", "right", "third", "fourth")
"""The panes, from the left to the right."""

PAIR = 2
"""The first panes are the pair that the list of differences is about."""
MOST_MORE = len(SIDES) - PAIR
"""Panes beside the pair, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The graph of one pane."""

    name: SideName
    capture: str
    graph: GraphEntry
    example: str = ""
    """The example that it holds values of."""
    turns: Turns = field(default_factory=dict[str, tuple[Turn, ...]])
    """The turns of the source's loops around the ops."""

    @property
    def is_eager(self) -> bool:
        """Whether Python ran it: it decided there, and read what it needed."""
        return self.capture.startswith("eager:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """The groups between two of the graphs, by their places."""

    first: int
    second: int
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panes:
    """Graphs side by side. The first is the one that the others are told beside."""

    sides: tuple[Side, ...]
    ties: tuple[Tie, ...]

    @property
    def alone(self) -> bool:
        """Whether there is one graph alone: then nothing matches, and nothing is missing."""
        return len(self.sides) < PAIR


def panes_of(report: Report, captures: Mapping[SideName, str]) -> Panes:
    """Return the graphs of ``captures``, by pane; a capture without a graph is left out."""
    graphs = report.graphs or {}
    sides = tuple(
        Side(name=name, capture=one, graph=graphs[one], example=example_of(report, one), turns=turns_of(report, one))
        for name, one in captures.items()
        if one in graphs
    )
    return Panes(sides=sides, ties=tuple(_ties(report, sides)))


def _ties(report: Report, sides: Sequence[Side]) -> Iterator[Tie]:
    """Yield what ties each graph to the first, and what that leaves over of two others to each other."""
    over: dict[int, set[str]] = {}
    for at, side in enumerate(sides[1:], start=1):
        groups = groups_between(report, sides[0].capture, side.capture)
        yield Tie(first=0, second=at, groups=groups)
        over[at] = {op for group in groups if not group.left for op in group.right}
        for before in range(1, at):
            if over[before] and over[at]:
                between = groups_between(report, sides[before].capture, side.capture)
                kept = tuple(one for one in between if one.left and one.right
                             and over[before].issuperset(one.left) and over[at].issuperset(one.right))  # fmt: skip
                yield Tie(first=before, second=at, groups=kept)
