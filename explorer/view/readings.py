"""What eager's Python read out of tensors, and the ops that took it: ties that no value of a graph carries.

NOTE: the recorder follows the very number to the call that is handed it. What arithmetic makes of it is another
number: it is sought in the ops on the lines that read what it was assigned to, among the plain numbers that are not
written there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from explorer.diff.places import SourceMap
from explorer.evidence import Escape
from explorer.graph import Attribute
from explorer.report.schema import GraphEntry, NodeEntry, Report, SourceEntry

SETTINGS = frozenset(
    ("dim", "dims", "dim0", "dim1", "axis", "step", "dtype", "layout", "alpha", "beta", "correction", "ord", "rounding")
)
"""Plain numbers of an op that are how it is called, hardly what was read."""

COMMON = (-1, 0, 1)
"""Numbers that stand everywhere: an equal one in a list says nothing."""

WHOLE = 2**63 - 1
"""The end of a slice that has none."""

PLACES = {"start": 1, "end": 2}
"""Inputs of ONNX's Slice that are arguments of ours."""

FROZEN = frozenset({"baked-constant", "specialised-shape"})
"""Causes of a difference that are a number kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An op that took what Python had read of another."""

    source: str
    target: str
    name: str
    """The argument that holds it, empty where that is not known."""


@dataclass(frozen=True)
class Readings:
    """Finds the readings of eager graphs. ``frozen`` are lines of the model file at which a graph keeps a number.

    A size is read at most lines of a model, so readings of sizes are told at these lines alone.
    """

    source: SourceEntry
    frozen: frozenset[int] = frozenset()
    eager: tuple[GraphEntry, ...] = ()
    """The runs on all examples: a number that stays while what was read changes was not made of it."""

    @classmethod
    def of(cls, report: Report) -> Readings:
        """Return what finds the readings of the graphs of ``report``."""
        lines = {one.line for one in report.divergences if one.cause in FROZEN and one.file == report.source.file}
        graphs = (graph for name, graph in (report.graphs or {}).items() if name.startswith("eager:"))
        return cls(report.source, frozenset(line for line in lines if line is not None), tuple(graphs))

    def find(self, graph: GraphEntry) -> tuple[Reading, ...]:
        """Return the readings of an eager graph, each once; a static graph has none."""
        if not graph.escapes:
            return ()
        run = _Run(graph)
        others = [_Run(one) for one in self.eager if one is not graph]
        found = (one for escape, end in run.reads() for one in self._of(escape, run, end, others))
        return tuple(dict.fromkeys(found))

    def decides(self, graph: GraphEntry) -> Iterator[tuple[int, str]]:
        """Yield the lines of the model file's loops, each with an op that how often they turn was read of."""
        for escape in graph.escapes:
            for one in escape.decided:
                if one.kind == "loop" and escape.file == self.source.file and escape.op is not None:
                    yield one.line, escape.op

    def _of(self, escape: Escape, run: _Run, end: int, others: Iterable[_Run]) -> Iterator[Reading]:
        lines = self._followed(escape.line) if escape.file == self.source.file else frozenset[int]()
        if escape.source == "random" or (escape.source == "shape" and self.frozen.isdisjoint(lines)):
            return
        source = run.reader(escape)
        exact = {one.op for one in escape.fed if one.sure == "exact"}
        for node in run.after(source, end):
            if node.id in exact:
                yield Reading(source=source, target=node.id, name=_equal(node, escape.value))
            elif node.file == self.source.file and node.line in lines and run.is_called_in(node, self.source.file):
                written = self._written(node.line)
                name = next(
                    (one for one in _plain(node, escape.value) if run.follows(escape, node, one, others, written)), ""
                )
                if name:
                    yield Reading(source=source, target=node.id, name=name)

    def _followed(self, line: int) -> frozenset[int]:
        if line not in self._lines:
            self._lines[line] = frozenset(self._map.names.followed([line]))
        return self._lines[line]

    def _written(self, line: int | None) -> tuple[float, ...]:
        """Return the numbers that a line itself has."""
        if line not in self._numbers:
            found = self._map.at(line or 0, ast.Constant)
            self._numbers[line] = tuple(one.value for one in found if isinstance(one.value, int | float))
        return self._numbers[line]

    @cached_property
    def _map(self) -> SourceMap:
        return SourceMap(self.source.text)

    @cached_property
    def _lines(self) -> dict[int, frozenset[int]]:
        return {}

    @cached_property
    def _numbers(self) -> dict[int | None, tuple[float, ...]]:
        return {}


NONE_READ = Readings(SourceEntry(name="", kind="", file=""))
"""Finds no reading but the very numbers that an op was handed."""


class _Run:
    """One eager graph, ready to be asked what ran when."""

    def __init__(self, graph: GraphEntry) -> None:
        self._graph = graph
        self._at = {node.id: at for at, node in enumerate(graph.nodes)}
        self._items: dict[str, list[NodeEntry]] = {}
        self.values: dict[tuple[str, int, str], list[Escape]] = {}
        """What was read, by place and way, in order."""
        for escape in graph.escapes:
            self.values.setdefault((escape.file, escape.line, escape.how), []).append(escape)
        self.alike: dict[tuple[str | None, int | None, str], list[NodeEntry]] = {}
        """The ops, by place and name, in order."""
        for node in graph.nodes:
            self.alike.setdefault((node.file, node.line, node.op), []).append(node)
        ranked = (*self.values.values(), *self.alike.values())
        self._rank = {id(one): at for alike in ranked for at, one in enumerate(alike)}
        nodes = {node.id: node for node in graph.nodes}
        for edge in graph.edges:
            if (taker := nodes.get(edge.target)) is not None and taker.op == "item":
                self._items.setdefault(edge.source, []).append(taker)

    def reads(self) -> Iterator[tuple[Escape, int]]:
        """Yield each value that was read, with the place in the run at which the same was read anew."""
        ends: dict[tuple[str, int, str], int] = {}
        found: list[tuple[Escape, int]] = []
        for escape in reversed(self._graph.escapes):
            if escape.op in self._at:
                place = escape.file, escape.line, escape.how
                found.append((escape, ends.get(place, len(self._at))))
                ends[place] = self._at[self.reader(escape)]
        yield from reversed(found)

    def reader(self, escape: Escape) -> str:
        """Return the op that stands for the read: the ``item`` that made a number of the tensor, where there is one."""
        op = str(escape.op)
        return next((one.id for one in self._items.get(op, ()) if one.line == escape.line), op)

    def follows(
        self, escape: Escape, node: NodeEntry, name: str, others: Iterable[_Run], written: tuple[float, ...]
    ) -> bool:
        """Whether the number ``name`` of an op may be made of what was read.

        Where the same read gave something else in another run, it has to be another one there. Where no run tells, it
        must not be one of those that are ``written`` there, nor made of a size: most lines have one.
        """
        number = node.attributes[name]
        peers = [peer for other in others if (peer := self._peer(escape, node, other)) is not None]
        if peers:
            return any(peer.attributes.get(name) != number for peer in peers)
        if escape.source == "shape":
            return False
        return isinstance(number, list) or not isinstance(number, int | float) or abs(number) not in written

    def _peer(self, escape: Escape, node: NodeEntry, other: _Run) -> NodeEntry | None:
        """Return the same op in another run, if the same read gave something else there."""
        read, ran = (escape.file, escape.line, escape.how), (node.file, node.line, node.op)
        theirs, peers = other.values.get(read, []), other.alike.get(ran, [])
        if len(theirs) != len(self.values[read]) or len(peers) != len(self.alike[ran]):
            return None  # a loop turned otherwise: which is the same is not known
        if theirs[self._rank[id(escape)]].value == escape.value:
            return None
        return peers[self._rank[id(node)]]

    def is_called_in(self, node: NodeEntry, file: str) -> bool:
        """Whether the user's own line calls the op: a library's function has numbers of its own."""
        frames = self._graph.stacks[node.stack] if node.stack is not None else ()
        return not frames or frames[0].file == file

    def after(self, op: str, end: int) -> Iterable[NodeEntry]:
        """Return the ops that ran after ``op``, up to the place ``end``."""
        return (node for node in self._graph.nodes[self._at[op] + 1 : end] if node.role == "compute" != node.op)


def _equal(node: NodeEntry, value: Attribute) -> str:
    return next((name for name, held in node.attributes.items() if held == value), "")


def _plain(node: NodeEntry, value: Attribute) -> Iterator[str]:
    """Yield the arguments of an op that are plain numbers, or lists with the very number that was read."""
    for name, held in node.attributes.items() if node.op != "item" else ():
        if name in SETTINGS or isinstance(held, str | bool) or held is None:
            continue
        if isinstance(held, list):
            if type(value) is int and value not in COMMON and value in held:
                yield name
        elif held != WHOLE and not (name == "start" and held == 0):
            yield name


Constants = Mapping[str, Mapping[int, Attribute]]
"""Values of the constants that ops take, by the op and the place of the input."""


def number_in(node: NodeEntry, name: str, constants: Constants) -> str:
    """Return the number that an op has as its argument ``name``, or as a constant that is handed to it."""
    held = node.attributes.get(name)
    if held is None:
        taken = {at: one for at, value in constants.get(node.id, {}).items() if (one := _alone(value)) is not None}
        held = next(iter(taken.values())) if len(taken) == 1 else taken.get(PLACES.get(name, -1))
    return "" if held is None or held == WHOLE else f"{name}={_short(held)}"


def constants_of(graph: GraphEntry) -> Constants:
    """Return the values of the constants that each op takes."""
    values = {node.id: node.attributes["value"] for node in graph.nodes
              if node.role == "constant" and "value" in node.attributes}  # fmt: skip
    found: dict[str, dict[int, Attribute]] = {}
    for edge in graph.edges:
        if edge.source in values:
            found.setdefault(edge.target, {})[edge.target_input] = values[edge.source]
    return found


def _alone(value: Attribute) -> float | None:
    """Return the number that a constant is; an exporter writes one as a list of one as well."""
    held = value[0] if isinstance(value, list) and len(value) == 1 else value
    return held if isinstance(held, int | float) and not isinstance(held, bool) else None


def _short(value: Attribute) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
