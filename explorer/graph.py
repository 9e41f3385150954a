"""The one form of a graph: frozen records on top, networkx underneath.

A :class:`Graph` holds its operators in the order in which they run, the values on its edges and the regions (bodies of
``If`` and ``Loop``) that ops stand in. Whoever captured it, it looks the same. Nothing here knows torch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, NewType

import networkx as nx

from explorer.summary import Summary
from explorer.ways import Ends

OpId = NewType("OpId", str)
RegionId = NewType("RegionId", str)
CallId = NewType("CallId", str)
Port = tuple[OpId, int]
"""An op and the position of one of its outputs: what tells a value."""

Scalar = str | int | float | bool | None
Attribute = Scalar | list[Scalar]

ENDLESS = 2**63 - 1
"""The end of a slice that goes on to the last element."""

BETWEEN = " · graph "
"""In the name of what the graphs of a broken capture hand to each other, before the number of the graph."""

TIES = "ties"
"""Attribute of an eager op that orders values of which some are equal: which comes first is not defined."""

PARTS = "made of"
"""Attribute of an op that an optimiser fused, where it is known of what: the producer's names of these ops."""

FUNCTIONS = "from functions"
"""Attribute of an op that stood in a function of an ONNX file: the functions that led to it, the outermost first."""

Role = Literal["input", "output", "parameter", "constant", "compute", "shape", "guard", "formal"]
"""What an op is there for. ``shape``: arithmetic on sizes, containers, identities; ``guard``: a check, a mode switched.

``formal`` is what the body of a loop is handed at each turn: it stands in the body and does no work.

Only ``compute`` ops, inputs and outputs are drawn as boxes; the others are folded into what they serve.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place in source code. ``file`` is as the user gave it for the model file; ``line`` counts from 1."""

    file: str
    line: int
    function: str = ""
    user: bool = False
    """True for code of the user's own: the model file and what lies beside it."""
    column: int | None = field(default=None, compare=False)
    """Where its expression begins in the line: from 0, in bytes of UTF-8, as :mod:`ast` counts. TorchScript's compiler
    tells it, other producers do not (``None``): so it makes no other place of one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What an edge carries. ``shape`` in elements, a name or ``None`` for a size known only at run time."""

    dtype: str | None = None
    """Short name such as ``f32``, ``i64``, ``bool``; ``None`` where it is no tensor or not known."""
    shape: tuple[int | str | None, ...] | None = None
    strides: tuple[int, ...] | None = None
    device: str | None = None
    """Where it is kept; ``None`` for ``cpu`` and where it is not known."""
    summary: Summary | None = field(default=None, compare=False)
    """What it held on the example that was captured; ``None`` where that is not known, or more than one thing."""

    @property
    def is_contiguous(self) -> bool:
        """Whether its elements lie in order, without gaps; also told where the strides are not known.

        Examples
        --------
        >>> Value(dtype="f32", shape=(2, 1, 3), strides=(3, 9, 1)).is_contiguous
        True
        >>> Value(dtype="f32", shape=(2, 3), strides=(1, 2)).is_contiguous
        False
        """
        expected = 1
        for size, stride in reversed(list(zip(self.shape or (), self.strides or (), strict=False))):
            if size == 1:
                continue
            if stride != expected:
                return False
            expected *= size if isinstance(size, int) else 0
        return True

    def __str__(self) -> str:
        if self.shape is None:
            return self.dtype or "?"
        sizes = ", ".join("?" if size is None else str(size) for size in self.shape)
        return f"{self.dtype or '?'}[{sizes}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """Output ``output`` of an op shares the memory of output ``source_output`` of ``source``, as views do."""

    source: OpId
    source_output: int = 0
    output: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A side of what chooses or a turn of a loop, in the user's code, under which an op of the eager graph ran.

    ``line`` is that of the ``if`` or the loop: what a region of a static graph is owned by at the same line. A ``case``
    and an ``except`` have sides too: ``else`` says that they did not take what was given or raised. The ``else`` of a
    ``try``, where nothing was raised, has the line of the ``try``.
    """

    file: str
    line: int
    kind: Literal["then", "else", "body"]
    turn: int | None = None
    """Which turn of the loop, from 0; ``None`` for an ``if`` and where it was not counted."""
    column: int | None = None
    """Where an expression such as ``a if c else b`` or a comprehension begins; ``None`` for a statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Op:
    """One operator of a graph."""

    id: OpId
    op: str
    """Canonical name, see :mod:`explorer.vocabulary`."""
    target: str
    """The producer's own name, such as ``aten::addmm`` or ``Gemm``."""
    role: Role = "compute"
    module: str = ""
    """Module path such as ``encoder.layers.0``; empty at the top."""
    module_type: str = ""
    """Class of that module, empty where the producer does not say."""
    stack: tuple[Location, ...] = ()
    """Frames from the innermost outwards, library frames included, the recorder's own left out."""
    placed: bool = False
    """Whether its producer tells no place: its stack is then that of what it serves."""
    region: RegionId | None = None
    outputs: tuple[Value, ...] = ()
    attributes: Mapping[str, Attribute] = field(default_factory=dict[str, Attribute])
    call: str = ""
    """The Python call that made it, one of :attr:`Graph.calls`: ops of one ``F.linear`` share it.

    Where no call is known, a key that ops of one line share; empty where not even that is known.
    """
    within: tuple[Step, ...] = ()
    """Eager only: the sides and turns that it ran under, from the outermost inwards, those of its callers included."""
    aliases: tuple[Alias, ...] = ()
    """Eager only: which of its outputs are views of, or the same as, what it was given."""
    writes: tuple[Port, ...] = ()
    """Eager only: the values whose memory it wrote to."""

    @property
    def location(self) -> Location | None:
        """The line a person would change: the innermost user frame, else the innermost frame."""
        return next((frame for frame in self.stack if frame.user), self.stack[0] if self.stack else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Output ``source_output`` of ``source`` is argument ``target_input`` of ``target``."""

    source: OpId
    target: OpId
    source_output: int = 0
    target_input: int = 0


RegionKind = Literal["then", "else", "body", "condition"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """The body of an ``If`` or a ``Loop``, owned by the op that runs it.

    What comes after an ``If`` is fed by one value of each side, what comes after a ``Loop`` by the loop's own outputs:
    what they are made of, ``results`` tells.
    """

    id: RegionId
    owner: OpId
    kind: RegionKind
    parent: RegionId | None = None
    formals: tuple[OpId, ...] = ()
    """Of a loop's: what it is handed at each turn, one op each. Those that are ``carried`` have an edge from what they
    are at the first turn."""
    results: tuple[tuple[Port, ...], ...] = ()
    """What it gives for each output of its owner, and a loop's next turn begins with: one value, or one of each side of
    an ``If`` inside, or the elements of a list; nothing where no op makes it, as with a number. Those of a loop begin
    with one for each formal that is ``carried``, in their order. Memory that the body of a loop writes to is carried,
    whether its producer says so or not: no edge leads back from the write to what reads it at the next turn."""
    going: tuple[Port, ...] = ()
    """Of a loop's: the values that decide whether it goes on, of its ``condition`` before each turn, else of its
    ``body`` after each. Nothing where no op makes them, as where a loop runs through all that it is given. No edge
    leads from them to the owner, which stands before its bodies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonCall:
    """A call of a torch function that the code of a model made: the height above the ops that it made.

    ``name`` is as a person writes it, such as ``F.linear`` or ``Tensor.view``.
    """

    id: CallId
    name: str
    location: Location | None = None
    """The line that calls: of the user's, or of the module of a library."""
    module: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What a ``grad_fn`` keeps of a tensor for the backward pass. Only what is said of it, never the tensor.

    ``state`` is ``overwritten`` where an in-place op wrote to it since, so that the backward pass raises; ``packed``
    where hooks took it over, as checkpointing does: what they keep instead is not looked into.
    """

    name: str
    dtype: str | None = None
    shape: tuple[int | str | None, ...] | None = None
    state: Literal["kept", "overwritten", "packed"] = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class GradientEdge:
    """Where a ``grad_fn`` passes the gradient of argument ``input`` of its op: to output ``output`` of ``node``'s."""

    input: int
    node: str
    output: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AutogradNode:
    """A ``grad_fn`` of the eager graph, tied to the op that made it.

    ``inputs`` are the ids of its ``next_functions``, towards the leaves; ``edges`` say which of them is which.
    """

    id: str
    name: str
    op: OpId | None = None
    inputs: tuple[str, ...] = ()
    edges: tuple[GradientEdge, ...] = ()
    saved: tuple[Saved, ...] = ()
    attributes: Mapping[str, Attribute] = field(default_factory=dict[str, Attribute])
    """Plain values that it keeps, such as ``dim``; of a function of the user's, those set on its ``ctx``."""


@dataclass(frozen=True, kw_only=True)
class Graph:
    """Ops in the order in which they run, the edges between them, and the regions they stand in."""

    ops: tuple[Op, ...]
    edges: tuple[Edge, ...] = ()
    regions: tuple[Region, ...] = ()
    autograd: tuple[AutogradNode, ...] = ()
    calls: tuple[PythonCall, ...] = ()
    """Eager only: the Python calls that made its ops, in order."""

    def __post_init__(self) -> None:
        """Hold each id to be that of one op, and each edge to lead from an op to an op."""
        known = Counter(op.id for op in self.ops)
        if len(known) < len(self.ops):
            raise ValueError(f"more than one op of the graph has the id {known.most_common(1)[0][0]!r}")
        ends = (end for edge in self.edges for end in (edge.source, edge.target) if end not in known)
        if (lost := next(ends, None)) is not None:
            raise ValueError(f"an edge of the graph leads from or to {lost!r}, which is the id of no op")

    @cached_property
    def by_id(self) -> dict[OpId, Op]:
        """The ops by id."""
        return {op.id: op for op in self.ops}

    def standing_on(self, file: str, lines: Iterable[int]) -> tuple[OpId, ...]:
        """Return, in order, the ops that work and have one of ``lines`` of ``file`` on their stack."""
        found = {place for line in lines for place in self._standing.get((file, line), ())}
        return tuple(self.ops[place].id for place in sorted(found))

    @cached_property
    def _standing(self) -> dict[tuple[str, int], list[int]]:
        """Where the ops that work are listed, by each file and line on their stacks."""
        found: dict[tuple[str, int], list[int]] = {}
        for place, op in enumerate(self.ops):
            if op.role == "compute":
                for frame in op.stack:
                    found.setdefault((frame.file, frame.line), []).append(place)
        return found

    @cached_property
    def call_by_id(self) -> dict[str, PythonCall]:
        """The Python calls by id."""
        return {call.id: call for call in self.calls}

    @cached_property
    def region_by_id(self) -> dict[RegionId, Region]:
        """The regions by id."""
        return {region.id: region for region in self.regions}

    def fed(self, op: OpId) -> Sequence[Edge]:
        """Return the edges that end at ``op``."""
        return self._fed[op]

    @cached_property
    def network(self) -> nx.MultiDiGraph[OpId]:
        """The graph as networkx sees it: the only node attribute is ``op``, the only edge attribute ``edge``."""
        network: nx.MultiDiGraph[OpId] = nx.MultiDiGraph()
        network.add_nodes_from((op.id, {"op": op}) for op in self.ops)
        network.add_edges_from((edge.source, edge.target, {"edge": edge}) for edge in self.edges)
        return network

    @cached_property
    def reach(self) -> nx.DiGraph[OpId]:
        """Which op's values reach which: along the edges, through the loops on their way, and from turn to turn.

        What a turn gives reaches the formals of the next one, and what decides whether a loop goes on reaches the loop,
        so that here there are ways that lead back.
        """
        network: nx.DiGraph[OpId] = nx.DiGraph()
        network.add_nodes_from(op.id for op in self.ops)
        network.add_edges_from((edge.source, edge.target) for edge in (*self.edges, *self.flow))
        network.add_edges_from((source, formal) for formal, ports in self._turned for source, _ in ports)
        network.add_edges_from((source, region.owner) for region in self.regions for source, _ in region.going)
        return network

    @cached_property
    def flow(self) -> tuple[Edge, ...]:
        """The edges as values go: what a loop gives comes from its body, and what the body is handed from before it.

        That is how they go in the first turn: these edges run forward, as all do.
        """
        formals = {op: [(edge.source, edge.source_output) for edge in self._fed[op]]
                   for region in self.regions for op in region.formals}  # fmt: skip
        loops = [region for region in self.regions if self.by_id[region.owner].op == "loop"]
        given = {(loop.owner, output): result for loop in loops for output, result in enumerate(loop.results)}
        if not formals and not given:
            return self.edges
        ends = Ends[Port](lambda port: given.get(port) or formals.get(port[0]))
        found = (replace(edge, source=op, source_output=output)
                 for edge in self.edges if edge.target not in formals
                 for op, output in ends.of((edge.source, edge.source_output)))  # fmt: skip
        return tuple(dict.fromkeys(found))

    @property
    def _turned(self) -> Iterator[tuple[OpId, tuple[Port, ...]]]:
        """Yield each formal that is carried, and what the turn before gives for it."""
        given = {region.owner: region.results for region in self.regions if region.kind == "body"}
        for region in self.regions:
            carried = [op for op in region.formals if self.by_id[op].op == "carried"]
            yield from zip(carried, given.get(region.owner, ()), strict=False)

    def memory(self, op: OpId, output: int = 0) -> Port:
        """Return the value whose memory an output is a view of: itself, if it shares none that was there before.

        An output of the graph whose memory is an input's is that input, handed back as it is, written to or as a view.
        """
        while (found := next((one for one in self.by_id[op].aliases if one.output == output), None)) is not None:
            op, output = found.source, found.source_output
        return op, output

    def captured(self, region: RegionId) -> tuple[Port, ...]:
        """Return the values that a region takes from outside: op and output each, in the order of their first use.

        What its own inner regions take from further out counts, what they take from it does not.
        """
        regions = self._inside(region)
        inside = {op.id for op in self.ops if op.region in regions}
        taken = ((edge.source, edge.source_output) for op in self.ops if op.id in inside for edge in self._fed[op.id])
        return tuple(dict.fromkeys(one for one in taken if one[0] not in inside))

    @cached_property
    def _fed(self) -> dict[OpId, list[Edge]]:
        found: dict[OpId, list[Edge]] = {op.id: [] for op in self.ops}
        for edge in self.edges:
            found[edge.target].append(edge)
        return found

    def _inside(self, region: RegionId) -> set[RegionId]:
        """Return ``region`` and those inside of it."""
        found = {region}
        for one in self.regions:  # one inside of another comes after it
            if one.parent in found:
                found.add(one.id)
        return found

    @property
    def compute(self) -> Iterator[Op]:
        """The ops that do the model's work, in order."""
        return (op for op in self.ops if op.role == "compute")
