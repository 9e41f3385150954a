"""What ops take out of the state of a model and write back to it: buffers, parameters, and arguments written to.

NOTE: the eager graph tells what each op wrote to. A static graph does not: in it an op writes whose name says so, as
``add_`` does, or that sets an attribute, and a normalisation that trains. An ONNX graph keeps no state at all. Dynamo's
ops are Python's own and may write otherwise, and a form of an export hands what is written out as an output: of these
nothing is said where no write is seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from explorer.report.schema import GraphEntry, NodeEntry
from explorer.view.labels import DETAIL_LETTER, clipped
from explorer.view.layout import Slot
from explorer.view.panes import Side
from explorer.view.readings import Reading
from explorer.view.scene import StateMark
from explorer.view.tree import Tree
from explorer.view.union import RESHAPERS, Union
from explorer.wording import joined

VIEWS = RESHAPERS | {"slice", "select", "split", "chunk", "data", "get_data_attr"}
"""Ops that give a view of what they are handed, as the canonical name says."""

IN_PLACE = re.compile(
    r"(?:^|[.:])(?:[a-z]\w*_|i(?:add|sub|mul|truediv|floordiv|mod|pow|and|or|xor)|setitem)(?:\.\w+)?$"
)
"""Names of ops that write to their first argument, as producers have them."""

OVERWRITING = frozenset({"copy", "fill", "zeros", "ones", "uniform", "normal", "bernoulli"})
"""Ops that do not ask what stood there before."""

RUNNING = ("running_mean", "running_var")
"""Last parts of the names of the state of a normalisation that trains."""

STATE_ROOM = 31.0
"""Height of what says that a box reads or writes state, with the line to it."""
STATE_EDGES = 32.0
"""Pixels beside the name of a state that stand in one half of a box."""

LONGEST_NAME = 14
"""Letters of a name beside an op; the whole is said in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """An op of one graph reads what stands under a name, writes to it, or both."""

    op: str
    name: str
    reads: bool = False
    writes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What stands under a name, and in which graphs a box reads it and writes to it, by place."""

    name: str
    reads: frozenset[int]
    writes: frozenset[int]


class _Held:
    """Which memory the values of a graph are: what stands under a name, seen as it is or as a view."""

    def __init__(self, graph: GraphEntry) -> None:
        self._fed: dict[str, dict[int, str]] = {}
        for edge in graph.edges:
            self._fed.setdefault(edge.target, {})[edge.target_input] = edge.source
        self._is_told = any(node.writes or node.aliases for node in graph.nodes)
        self._names = {node.id: node.target for node in graph.nodes if node.role in ("parameter", "input")}
        self._kept = {node.id for node in graph.nodes if node.role == "parameter"}
        """What is state before any op of work has run: a parameter, or a view of one that is not drawn."""
        for node in graph.nodes:
            source = self._seen_of(node)
            if source in self._names:
                self._names.setdefault(node.id, self._names[source])
                if source in self._kept and (node.op in RESHAPERS or node.role != "compute"):
                    self._kept.add(node.id)
        self.writes = [(node, self._written(node)) for node in graph.nodes if node.role == "compute"]
        """The ops that work, each with the names of what it writes to."""

    def _seen_of(self, node: NodeEntry) -> str:
        """Return the value that an op gives a view of, or hands on as it was written to."""
        if self._is_told:
            return str(node.aliases[0].source) if node.aliases else ""
        is_same = node.op in VIEWS or IN_PLACE.search(node.target)
        return self._fed.get(node.id, {}).get(0, "") if is_same else ""

    def _written(self, node: NodeEntry) -> set[str]:
        """Return the names of what an op writes to."""
        if self._is_told:
            return {self._names[str(op)] for op, _ in node.writes if str(op) in self._names}
        if node.target == "prim::SetAttr":
            name = f"{node.module}.{node.attributes.get('name')}".removeprefix(".")
            return {name} & set(self._names.values())
        if node.op == "batch_norm" and node.attributes.get("training") is True:
            return {name for name in self.taken(node) if name.endswith(RUNNING)}
        first = self._fed.get(node.id, {}).get(0, "") if IN_PLACE.search(node.target) else ""
        return {self._names[first]} if first in self._names else set()

    def taken(self, node: NodeEntry) -> set[str]:
        """Return the names of what an op is handed by no other op that is drawn."""
        return {self._names[one] for one in self._fed.get(node.id, {}).values() if one in self._kept}

    def touches(self, changed: frozenset[str]) -> Iterator[Touch]:
        """Yield what the ops read and write; what only holds its number is read where Python asks for it.

        ``changed`` are names of what any run, or any graph, writes to.
        """
        for node, writes in self.writes:
            reads = {
                name
                for name in self.taken(node)
                if node.op == "item" or (name in changed and node.op not in OVERWRITING)
            }
            for name in sorted(reads | writes):
                yield Touch(op=node.id, name=name, reads=name in reads, writes=name in writes)


def is_known(capture: str) -> bool:
    """Whether all that the ops of a graph write to is known."""
    kind, _, form = capture.partition(":")
    return kind != "dynamo" and not (kind == "export" and form)


@dataclass(frozen=True)
class States:
    """The state at each box of a drawing. Made once: it does not hang on which boxes are open."""

    sides: Sequence[Side]
    at: Mapping[str, tuple[State, ...]] = field(default_factory=dict[str, tuple[State, ...]])
    """By unit, and by the boxes around them: of a closed one it is told what is in it."""

    @classmethod
    def of(cls, union: Union, tree: Tree, readings: Sequence[Iterable[Reading]], changed: frozenset[str]) -> States:
        """Return what the ops of ``union`` do; ``readings`` are what Python handed to them, for each graph."""
        sides = union.panes.sides
        held = [_Held(side.graph) for side in sides]
        told = changed.union(*(names for one in held for _, names in one.writes))
        found: dict[str, dict[str, tuple[set[int], set[int]]]] = {}
        for place, side in enumerate(sides):
            handed = readings[place] if place < len(readings) else ()
            for one in (*held[place].touches(told), *_handed(side.graph, handed)):
                unit = union.unit_of[place].get(one.op)
                for key in (unit, *tree.above(unit)) if unit else ():
                    reads, writes = found.setdefault(key, {}).setdefault(one.name, (set[int](), set[int]()))
                    reads.update({place} if one.reads else ())
                    writes.update({place} if one.writes else ())
        return cls(sides, {key: tuple(_states(names)) for key, names in found.items()})

    def marks(self, key: str, place: int) -> tuple[StateMark, ...]:
        """Return the marks of a box in one pane; where another pane alone has one, what is missing is said."""
        if not (states := self.at.get(key)):
            return ()
        read = [one for one in states if not one.writes]
        written = [one for one in states if one.writes]
        marks = (self._mark("above", read, place), self._mark("below", written, place))
        return tuple(mark for mark in marks if mark)

    def room(self, key: str, size: Slot) -> Slot:
        """Return the size of a box with the room for what stands above and below it in any pane."""
        marks = [mark for place in range(len(self.sides)) for mark in self.marks(key, place)]
        if not marks:
            return size
        half = max(len(mark.label) for mark in marks) * DETAIL_LETTER + STATE_EDGES
        over, under = (STATE_ROOM if any(mark.at == at for mark in marks) else 0.0 for at in ("above", "below"))
        return Slot(max(size.width, 2 * half), size.height, over, under)

    def _mark(self, at: Literal["above", "below"], states: Sequence[State], place: int) -> StateMark | None:
        here = [one for one in states if place in one.reads | one.writes]
        if not here and not (states and is_known(self.sides[place].capture)):
            return None
        return StateMark(
            at=at,
            names=tuple(one.name for one in states),
            label=_label([one.name for one in here or states]),
            said=self._said(states, place),
            reads=any(place in one.reads for one in here),
            writes=any(place in one.writes for one in here),
        )

    def _said(self, states: Sequence[State], place: int) -> str:
        """Return in words what a pane does with each of ``states``."""
        lost = is_known(self.sides[place].capture)
        ways = {
            "reads": [one.name for one in states if place in one.reads],
            "writes to": [one.name for one in states if place in one.writes],
            "does not write to": [one.name for one in states if lost and one.writes and place not in one.writes],
            "does not read": [one.name for one in states if lost and not one.writes and place not in one.reads],
        }
        return ", ".join(f"{way} {joined(names)}" for way, names in ways.items() if names)


def _handed(graph: GraphEntry, readings: Iterable[Reading]) -> Iterator[Touch]:
    """Yield the ops that took what Python had read of a state by another way than an op of its own."""
    names = {node.id: node.target for node in graph.nodes if node.role == "parameter"}
    for one in readings:
        if one.source in names:
            yield Touch(op=one.target, name=names[one.source], reads=True)


def _states(found: Mapping[str, tuple[set[int], set[int]]]) -> Iterator[State]:
    for name, (reads, writes) in sorted(found.items()):
        yield State(name=name, reads=frozenset(reads), writes=frozenset(writes))


def _label(names: Sequence[str]) -> str:
    """Return the last part of the first name, and whether there are more: how many is said in words."""
    more = ", …" if len(names) > 1 else ""
    return clipped(names[0].rpartition(".")[2], LONGEST_NAME) + more
