"""What eager's Python read out of tensors, and the ops that took it: ties that no value of a graph carries.

NOTE: the recorder follows the very number to the call that is handed it. What arithmetic makes of it is another
number: it is sought in the ops on the lines that read what it was assigned to, among the plain numbers that are others
on another example, on which the read gave another.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from explorer.diff.places import SourceMap
from explorer.evidence import Escape
from explorer.graph import ENDLESS, Attribute
from explorer.report.schema import GraphEntry, NodeEntry, Report, SourceEntry
from explorer.view import labels
from explorer.view.matching import eager_graphs

SETTINGS = frozenset(
    ("dim", "dims", "dim0", "dim1", "axis", "step", "dtype", "layout", "alpha", "beta", "correction", "ord", "rounding")
)
"""Plain numbers of an op that are how it is called, hardly what was read."""

COMMON = (-1, 0, 1)
"""Numbers that stand everywhere: an equal one in a list says nothing."""

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
        return cls(report.source, frozenset(line for line in lines if line is not None), tuple(eager_graphs(report)))

    def find(self, graph: GraphEntry) -> tuple[Reading, ...]:
        """Return the readings of an eager graph, each once; a static graph has none."""
        if not graph.escapes:
            return ()
        run = _EagerRun(graph, self.source.file)
        others = [_EagerRun(one, self.source.file) for one in self.eager if one is not graph]
        found = (one for escape, end in run.reads() for one in self._of(escape, run, end, others))
        return tuple(dict.fromkeys(found))

    def decides(self, graph: GraphEntry) -> Iterator[tuple[int, str]]:
        """Yield the lines of the model file's loops, each with an op that how often they turn was read of."""
        for escape in graph.escapes:
            for one in escape.decided:
                if one.kind == "loop" and escape.file == self.source.file and escape.op is not None:
                    yield one.line, escape.op

    def _of(self, escape: Escape, run: _EagerRun, end: int, others: Iterable[_EagerRun]) -> Iterator[Reading]:
        lines = self._followed(escape.line, run) if escape.file == self.source.file else frozenset[int]()
        if escape.source == "random" or (escape.source == "shape" and self.frozen.isdisjoint(lines)):
            return
        source = run.reader(escape)
        for fed in escape.fed:
            if fed.sure == "exact":
                yield Reading(source=source, target=fed.op, name=_equal(run.node(fed.op), escape.value))
        for node in run.between(source, end, lines):
            if node.id not in run.handed and run.is_called_in(node, self.source.file):
                names = (one for one in _plain(node, escape.value) if run.follows(escape, node, one, others))
                yield from (Reading(source=source, target=node.id, name=name) for name in names)

    def _followed(self, line: int, run: _EagerRun) -> frozenset[int]:
        """Return the lines that read what ``line`` assigns; what an op makes of it is a tensor, and not followed."""
        if (line, run.id) not in self._lines:
            seen, waiting = {line}, [line]
            while waiting:
                found = [use for use in self._map.names.uses(waiting.pop()) if use not in seen]
                seen.update(found)
                waiting += [use for use in found if use not in run.lines]
            self._lines[line, run.id] = frozenset(seen)
        return self._lines[line, run.id]

    @cached_property
    def _map(self) -> SourceMap:
        return SourceMap(self.source.text)

    @cached_property
    def _lines(self) -> dict[tuple[int, int], frozenset[int]]:
        return {}


NONE_READ = Readings(SourceEntry(name="", kind="", file=""))
"""Finds no reading but the very numbers that an op was handed."""


class _EagerRun:
    """One eager graph, ready to be asked what ran when."""

    def __init__(self, graph: GraphEntry, file: str) -> None:
        self.id = id(graph)
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
        self._nodes: dict[str, NodeEntry] = {node.id: node for node in graph.nodes}
        self.lines: dict[int, list[int]] = {}
        """Lines of the model file on which ops ran that work on data, with the places of these in the run."""
        for at, node in enumerate(graph.nodes):
            if node.role == "compute" and node.op != "item" and node.file == file and node.line is not None:
                self.lines.setdefault(node.line, []).append(at)
        self.handed = {fed.op for escape in graph.escapes for fed in escape.fed if fed.sure == "exact"}
        """Ops that were handed the very number that was read somewhere."""
        for edge in graph.edges:
            if (taker := self._nodes.get(edge.target)) is not None and taker.op == "item":
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

    def node(self, op: str) -> NodeEntry:
        """Return an op by its id."""
        return self._nodes[op]

    def follows(self, escape: Escape, node: NodeEntry, name: str, others: Iterable[_EagerRun]) -> bool:
        """Whether the number ``name`` of an op is made of what was read.

        Where the same read gave something else in another run, it has to be another one there. Where no run tells, it
        has to be the very number.
        """
        number = node.attributes[name]
        peers = [peer for other in others if (peer := self._peer(escape, node, other)) is not None]
        if peers:
            return any(peer.attributes.get(name) != number for peer in peers)
        return isinstance(number, list) or number == escape.value

    def _peer(self, escape: Escape, node: NodeEntry, other: _EagerRun) -> NodeEntry | None:
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

    def between(self, op: str, end: int, lines: Iterable[int]) -> Iterator[NodeEntry]:
        """Yield the ops on ``lines`` that ran after ``op``, up to the place ``end``, in order."""
        start = self._at[op] + 1
        for line in lines:
            places = self.lines.get(line, [])
            for at in places[bisect_left(places, start) : bisect_left(places, end)]:
                yield self._graph.nodes[at]


def _equal(node: NodeEntry, value: Attribute) -> str:
    """Return the first argument of an op that holds a number, or a list with it; empty where none does."""
    plain = ((name, held) for name, held in node.attributes.items() if name not in SETTINGS)
    return next((name for name, held in plain if (value in held if isinstance(held, list) else held == value)), "")


def _plain(node: NodeEntry, value: Attribute) -> Iterator[str]:
    """Yield the arguments of an op that are plain numbers, or lists with the very number that was read."""
    for name, held in node.attributes.items() if node.op != "item" else ():
        if name in SETTINGS or isinstance(held, str | bool) or held is None:
            continue
        if isinstance(held, list):
            if type(value) is int and value not in COMMON and value in held:
                yield name
        elif held != ENDLESS and not (name == "start" and held == 0):
            yield name


Constants = Mapping[str, Mapping[int, Attribute]]
"""Values of the constants that ops take, by the op and the place of the input."""


def number_in(node: NodeEntry, name: str, constants: Constants, *, alone: bool = True) -> str:
    """Return the number that an op has as its argument ``name``, or as a constant that is handed to it.

    The one constant that it is handed is taken for it where ``name`` stands ``alone``.
    """
    held = node.attributes.get(name)
    if held is None:
        taken = {at: one for at, value in constants.get(node.id, {}).items() if (one := _alone(value)) is not None}
        held = next(iter(taken.values())) if alone and len(taken) == 1 else taken.get(PLACES.get(name, -1))
    return "" if held is None or held == ENDLESS else f"{name}={labels.short(held)}"


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
