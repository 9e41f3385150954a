"""What is drawn of a graph: boxes for the ops that work, wires between them, and how each box is marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from docs.causes.making.running import Taught
from explorer.diff.grouping import INCIDENTAL
from explorer.graph import Attribute
from explorer.report.schema import GraphEntry, Group, GroupKind, NodeEntry
from explorer.view.labels import clipped, title, value_text

Manner = Literal["same", "changed", "alone"]
WORDS: dict[GroupKind, str] = {"changed": "changed", "moved": "in another module"}
SAID: dict[str, tuple[str, str]] = {
    "baked-mode": ("training mode", "evaluation mode"),
    "reordered": ("at another place", "at another place"),
    "layout": ("other order in memory", "other order in memory"),
}
"""Causes of which the ops of the finding are matched as the same: what is said of them, left and right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An op as it is drawn: up to three lines of text, the last a word that says how it differs."""

    lines: tuple[str, ...]
    manner: Manner = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One side of a picture."""

    boxes: tuple[Box, ...]
    wires: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """How the ops of one side are matched with the other's, and what else is said of them."""

    cause: str
    side: Literal["left", "right"]
    names: tuple[str, str]
    """What this side and the other one are called where only one of them has an op."""
    own: dict[str, NodeEntry]
    others: dict[str, NodeEntry]
    groups: dict[str, Group]
    found: frozenset[str]
    """The ops of the finding."""

    def manner(self, node: NodeEntry) -> tuple[Manner, str]:
        """Return how a node is drawn, and the word for it."""
        mine, theirs = self._members(node)
        if node.role == "constant":
            return "changed", "stored result"
        if not theirs:
            return "alone", f"only in {self.names[0]}"
        if node.role == "output":
            partner = self.others[theirs[0]]
            renamed = self.cause == "output-structure" and title(node) != title(partner)
            return ("changed", "another name") if renamed else ("same", "")
        kind = self.groups[node.id].kind
        if kind == "same" or node.role != "compute":
            said = self.cause in SAID and node.id in self.found and len(_working(mine, self.own)) == 1
            return ("changed", SAID[self.cause][self.side == "right"]) if said else ("same", "")
        return "changed", WORDS.get(kind) or self._counted(mine, theirs)

    def telling(self, node: NodeEntry) -> list[str]:
        """Return the attributes whose values are not the same on the other side."""
        partners = [self.others[one] for one in self._members(node)[1] if self.others[one].op == node.op]
        if self.groups[node.id].kind != "changed" or len(partners) != 1:
            return []
        ours, theirs = node.attributes, partners[0].attributes
        shared = sorted((ours.keys() & theirs.keys()) - INCIDENTAL)
        return [f"{name}={_short(ours[name])}" for name in shared if ours[name] != theirs[name]]

    def _members(self, node: NodeEntry) -> tuple[tuple[str, ...], tuple[str, ...]]:
        group = self.groups[node.id]
        return (group.left, group.right) if self.side == "left" else (group.right, group.left)

    def _counted(self, mine: tuple[str, ...], theirs: tuple[str, ...]) -> str:
        """Return the word for an op where one does the work of several, or is one of them."""
        ones, others = _working(mine, self.own), _working(theirs, self.others)
        return f"part of {others[0]}" if len(others) == 1 else f"{len(others)} ops in {self.names[1]}" if ones else ""


def both(taught: Taught) -> tuple[Drawn, Drawn | None]:
    """Return the two sides; the right one is missing where the capture has refused the model."""
    report, told = taught.report, taught.finding
    graphs = report.graphs or {}
    ours = f"eager:{taught.lesson.beside}" if taught.lesson.beside else told.left_capture or ""
    theirs = taught.lesson.shown
    if theirs not in graphs:
        return drawn(graphs[ours], None), None
    groups = next(one.groups for one in report.alignments or () if (one.left, one.right) == (ours, theirs))
    left, right = ({node.id: node for node in graphs[one].nodes} for one in (ours, theirs))
    return (
        drawn(graphs[ours], Marks(
            cause=told.cause, side="left", names=("eager", theirs), own=left, others=right,
            groups={one: group for group in groups for one in group.left}, found=frozenset(told.left),
        )),
        drawn(graphs[theirs], Marks(
            cause=told.cause, side="right", names=(theirs, "eager"), own=right, others=left,
            groups={one: group for group in groups for one in group.right}, found=frozenset(told.right),
        )),
    )  # fmt: skip


def drawn(graph: GraphEntry, marks: Marks | None) -> Drawn:
    """Return the boxes and wires of one graph; where the order of the ops is the point, they are numbered."""
    cause = marks.cause if marks else ""
    used = {end for edge in graph.edges for end in (edge.source, edge.target)}
    shown = [
        node for node in graph.nodes if _is_drawn(node, cause) and not (node.op == "empty" and node.id not in used)
    ]
    places = {node.id: place for place, node in enumerate(shown)}
    kinds = {region.id: region.kind for region in graph.regions}
    steps = iter(range(1, len(shown) + 1))
    boxes = tuple(
        _box(
            node,
            marks,
            region=kinds.get(node.region or "", ""),
            step=next(steps) if cause == "reordered" and node.role == "compute" else None,
        )
        for node in shown
    )
    return Drawn(boxes=boxes, wires=tuple(sorted(set(_wires(graph, places)))))


def _box(node: NodeEntry, marks: Marks | None, *, region: str, step: int | None) -> Box:
    name = title(node, prefix=region)
    manner, word = marks.manner(node) if marks else ("same", "")
    telling = marks.telling(node) if marks else []
    value = "".join(value_text(one) for one in node.outputs[:1] if one.shape is not None)
    details = " ".join([value, *telling] if node.role == "compute" else [value])
    lines = (f"{step}. {name}" if step else name, clipped(details), word)
    return Box(lines=tuple(line for line in lines if line), manner=manner)


def _is_drawn(node: NodeEntry, cause: str) -> bool:
    """Whether a node has a box: a constant only where constants are the point, and is no plain number."""
    if node.role == "constant":
        return cause == "folded-constant" and any(one.shape for one in node.outputs)
    return node.role in {"compute", "input", "output"}


def _wires(graph: GraphEntry, places: dict[str, int]) -> Iterator[tuple[int, int]]:
    """Yield the wires between what is drawn, through what is not."""
    before: dict[str, list[str]] = {}
    for edge in graph.edges:
        before.setdefault(edge.target, []).append(edge.source)
    for one, place in places.items():
        waiting, seen = list(before.get(one, ())), set[str]()
        while waiting:
            near = waiting.pop()
            if near in places:
                yield places[near], place
            elif near not in seen:
                seen.add(near)
                waiting += before.get(near, ())


def _working(ids: Iterable[str], nodes: dict[str, NodeEntry]) -> list[str]:
    """Return the names of the ops among ``ids`` that do work."""
    return [nodes[one].op for one in ids if nodes[one].role == "compute" and nodes[one].op != "empty"]


def _short(value: Attribute) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
