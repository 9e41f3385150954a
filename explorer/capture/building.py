"""Collects the ops, edges and regions of a static graph while a producer's form is walked."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Literal

from explorer.capture.memory import Memory, effects_of
from explorer.capture.parts import Step, step_of
from explorer.graph import (
    ENDLESS,
    Attribute,
    Edge,
    Graph,
    Location,
    Op,
    OpId,
    Region,
    RegionId,
    RegionKind,
    Role,
    Value,
)
from explorer.vocabulary import canonical, role_of

Port = tuple[OpId, int]

Formal = Literal["carried", "iteration", "scanned", "going"]
"""What a body is handed: what the turn before gave, the number of the turn, an element of what is gone through, or
whether the loop goes on."""

MAY_COPY = frozenset({"to", "contiguous", "reshape", "flatten", "type_as", "reshape_as", "ravel", "unflatten"})
"""Ops that give a view where they can."""

Results = tuple[tuple[Port, ...], ...]
"""What a body gives: the values that each may be."""


@dataclass
class GraphBuilder:
    """A graph in the making. Ids are given in order, so that the same capture gives the same ids."""

    ops: dict[OpId, Op] = field(default_factory=dict[OpId, Op])
    edges: list[Edge] = field(default_factory=list[Edge])
    regions: dict[RegionId, Region] = field(default_factory=dict[RegionId, Region])
    memory: Memory = field(default_factory=Memory)
    _chosen: dict[Port, tuple[Port, ...]] = field(default_factory=dict[Port, tuple[Port, ...]])
    _lists: dict[Port, Port] = field(default_factory=dict[Port, Port])
    """The list that holds what stands for one of its elements: no output of an op is that."""
    _begun: dict[RegionId, tuple[int, int]] = field(default_factory=dict[RegionId, tuple[int, int]])
    """How many ops and edges there were before each region."""
    _bodies: dict[OpId, list[RegionId]] = field(default_factory=dict[OpId, "list[RegionId]"])
    _count: int = 0

    def add(
        self,
        target: str,
        *,
        inputs: Iterable[tuple[int, Port]] = (),
        outputs: tuple[Value, ...] = (),
        module: str = "",
        module_type: str = "",
        stack: tuple[Location, ...] = (),
        region: RegionId | None = None,
        attributes: Mapping[str, Attribute] | None = None,
        role: Role | None = None,
        name: str | None = None,
    ) -> OpId:
        """Add an op whose canonical name and role follow from ``target`` unless given; return its id."""
        op = OpId(f"n{self._count}")
        self._count += 1
        known, inputs = name or canonical(target), tuple(inputs)
        if known == "slice" and len(inputs) == 1 and _is_whole(attributes or {}):
            known = "identity"
        inner = stack[0] if stack else None
        self.ops[op] = Op(
            id=op,
            op=known,
            target=target,
            role=role or role_of(known),
            module=module,
            module_type=module_type,
            stack=stack,
            region=region,
            outputs=outputs,
            attributes=attributes or {},
            call=f"{module}|{inner.file}:{inner.line}" if inner else "",
        )
        for position, port in inputs:
            for source, output in self.sources(port):
                self.edges.append(Edge(source=source, target=op, source_output=output, target_input=position))
        return op

    def output(self, op: OpId, position: int, value: Value) -> Port:
        """Return a port of ``op`` that only what takes it tells of, as of a list whose length is not known."""
        known = self.ops[op]
        if position >= len(known.outputs):
            missing = position - len(known.outputs)
            self.ops[op] = replace(known, outputs=(*known.outputs, *(Value(),) * missing, value))
        return op, position

    def add_named(self, role: Role, name: str, value: Value | None = None, *, module: str = "") -> OpId:
        """Add an input, output, parameter or constant; the same name gives the same op."""
        op = OpId(f"{role}:{name}")
        if op not in self.ops:
            outputs = (value,) if value else ()
            self.ops[op] = Op(id=op, op=role, target=name, role=role, module=module, outputs=outputs)
        return op

    def add_outputs(self, results: Iterable[tuple[Iterable[Port], Value]], names: Sequence[str] = ()) -> None:
        """Add outputs of the graph in order, each fed by its port, or by one of each side of an ``If``.

        Those that ``names`` does not reach are called by their place.
        """
        start = sum(op.role == "output" for op in self.ops.values())
        for position, (ports, value) in enumerate(results):
            op = OpId(f"output:{start + position}")
            target = names[position] if position < len(names) else f"output[{start + position}]"
            self.ops[op] = Op(id=op, op="output", target=target, role="output", outputs=(value,))
            sources = [source for port in ports for source in self.sources(port)]
            self.edges += [Edge(source=source, target=op, source_output=output) for source, output in sources]

    def add_region(self, owner: OpId, kind: RegionKind, parent: RegionId | None) -> RegionId:
        """Open a region that ``owner`` runs; :meth:`end` closes it."""
        self.memory.begin(owner)
        region = RegionId(f"{owner}.{kind}")
        self.regions[region] = Region(id=region, owner=owner, kind=kind, parent=parent)
        self._bodies.setdefault(owner, []).append(region)
        self._begun[region] = len(self.ops), len(self.edges)
        return region

    def formal(self, region: RegionId, name: Formal, target: str, value: Value, first: Iterable[Port] = ()) -> Port:
        """Add what the body of a loop is handed at each turn; ``first`` is what it is at the first one.

        ``target`` is what the producer calls it.
        """
        known = self.regions[region]
        owner = self.ops[known.owner]
        firsts = tuple(first)
        op = self.add(
            target,
            inputs=((0, port) for port in firsts),
            outputs=(value,),
            module=owner.module,
            module_type=owner.module_type,
            stack=owner.stack,
            region=region,
            role="formal",
            name=name,
        )
        self.regions[region] = replace(known, formals=(*known.formals, op))
        for port in firsts[:1]:  # at a later turn it may be another part of that
            self.share((op, 0), port, Step(op, whole=True))
        return op, 0

    def bodies_of(self, owner: OpId) -> list[Region]:
        """Return what an op runs, in the order in which it was opened."""
        return [self.regions[one] for one in self._bodies.get(owner, ())]

    def end(self, region: RegionId, results: Iterable[Iterable[Port]] = (), going: Iterable[Port] = ()) -> None:
        """Close ``region`` and say what it gives for each output of its owner, and what lets a loop go on.

        What comes after an ``If`` is fed by one value of each of its sides, what comes after a loop by the loop.
        """
        known = self.regions[region]
        given = tuple(tuple(dict.fromkeys(one for port in ports for one in self.sources(port))) for ports in results)
        goes_on = tuple(dict.fromkeys(one for port in going for one in self.sources(port)))
        left = dict[Port, tuple[Port, ...]]()
        if known.kind == "body":
            given, left = self._carry_written(region, given)
        self.regions[region] = replace(self.regions[region], results=given, going=goes_on)
        self.memory.end(known.owner, known.kind)
        for position, ports in enumerate(given):
            if known.kind in {"then", "else"}:
                self.choose((known.owner, position), ports)
            elif known.kind == "body":
                self.memory.share((known.owner, position), ports)
        for port, ports in left.items():
            self.memory.assign(port, ports)

    def _carry_written(self, region: RegionId, given: Results) -> tuple[Results, dict[Port, tuple[Port, ...]]]:
        """Carry what a loop's body has written to in memory, as the producer does with what it knows to be another.

        What reads it in the body, before it is written to, takes it from a formal, which the first turn begins with
        what was before the loop, and each other one with what the turn before has left. So no edge leads back. Return
        the results, those of such memory last, and what it is after the loop: what the loop gives.
        """
        first_op, first_edge = self._begun[region]
        owner, known = self.regions[region].owner, self.regions[region].formals
        inside = {
            op.id for op in islice(self.ops.values(), first_op, None) if op.region is not None or op.role == "constant"
        }
        written = [port for port in self.memory.written(owner) if port[0] not in inside and port[0] != owner]
        in_body = [edge for edge in self.edges[first_edge:] if edge.target not in known]
        read = {(edge.source, edge.source_output) for edge in in_body} | {port for ports in given for port in ports}
        known_by = [port for port in written if port in read]
        rest = [port for port in written if port not in read and self._is_known_in(region, port)]
        known_by += self._hidden(rest, known_by, given, inside)
        formals = {port: self._formal_of_memory(region, port) for port in known_by}
        self._put_first(region, list(formals.values()))

        def carried(ports: Iterable[Port]) -> tuple[Port, ...]:
            return tuple(dict.fromkeys(formals.get(port, port) for port in ports))

        for place, edge in enumerate(islice(self.edges, first_edge, len(self.edges) - len(formals)), first_edge):
            if edge.target not in known and (edge.source, edge.source_output) in formals:
                source, output = formals[edge.source, edge.source_output]
                self.edges[place] = replace(edge, source=source, source_output=output)
        for one in list(self.regions)[list(self.regions).index(region) + 1 :]:
            self.regions[one] = replace(inner := self.regions[one], results=tuple(map(carried, inner.results)))
        now = {port: carried(self.memory.now[port]) for port in written}
        results: Results = (*map(carried, given), *(now[port] for port in formals))
        places = {ports: (owner, place) for place, ports in reversed(list(enumerate(results)))}
        for place, port in enumerate(formals, start=len(given)):
            self.output(owner, place, self._value(port))
        left: dict[Port, tuple[Port, ...]] = {port: (places[ports],) for port, ports in now.items() if ports in places}
        by = {one: (owner, place) for place, ports in reversed(list(enumerate(results))) for one in ports}
        for port in (port for port in written if port not in left):
            made = [by.get(one, one) for one in self.memory.now[port] if one[0] in inside]
            if made:  # written to and not read in it: what gives the write tells of it
                left[port] = tuple(dict.fromkeys((*self.memory.before(owner, port), *made)))
        return results, left

    def _hidden(self, written: list[Port], known: list[Port], given: Results, inside: set[OpId]) -> list[Port]:
        """Return those of ``written`` that hold what a body has written and what nothing that it gives tells of."""
        told = {one for ports in (*given, *(self.memory.now[port] for port in known)) for one in ports}
        found: list[Port] = []
        for port in written:
            left = {one for one in self.memory.now[port] if one[0] in inside}
            if left - told:
                found.append(port)
                told |= left
        return found

    def _is_known_in(self, region: RegionId, port: Port) -> bool:
        """Whether what stands in ``region`` may take ``port``: no body of a loop, ended since, was around it."""
        around = set(self._around(region))
        theirs = self._around(self.ops[port[0]].region) if port[0] in self.ops else ()
        return port[0] in self.ops and all(one in around or self.regions[one].kind != "body" for one in theirs)

    def _formal_of_memory(self, region: RegionId, port: Port) -> Port:
        """Add what stands in a body for memory that it writes to, at first what ``port`` is."""
        formal, place = self.formal(region, "carried", self.ops[port[0]].target, self._value(port))
        self.edges.append(Edge(source=port[0], source_output=port[1], target=formal))
        return formal, place

    def _put_first(self, region: RegionId, formals: list[Port]) -> None:
        """Put formals that were added last where the body of a loop begins, behind its other formals."""
        if not formals:
            return
        listed = list(self.ops.values())
        rest, last = listed[: -len(formals)], listed[-len(formals) :]
        place = self._begun[region][0] + len(self.regions[region].formals) - len(formals)
        self.ops = {op.id: op for op in (*rest[:place], *last, *rest[place:])}

    def choose(self, port: Port, ports: Iterable[Port]) -> None:
        """Say that ``port``, of an ``If``, may be one of ``ports``, beside what was said of it before."""
        if found := dict.fromkeys((*self._chosen.get(port, ()), *ports)):
            self._chosen[port] = tuple(found)

    def touch(self, op: OpId, schema: object, arguments: Mapping[int, Port], *, fixed: bool = True) -> None:
        """Say what ``op`` writes to and shares memory with, as its schema has it; ``arguments`` by their position.

        ``fixed`` says that all that it is given beside the first one is constant.
        """
        effects = effects_of(schema)
        attributes = self.ops[op].attributes
        trained = [place for place, asked in effects.updated.items() if attributes.get(asked or "") is not False]
        for port in (arguments[place] for place in (*effects.written, *trained) if place in arguments):
            self.write(port, (op, 0))
        for result, place in effects.viewed:
            if place in arguments and self._is_view((op, result), arguments[place]):
                self.share((op, result), arguments[place], self._step((op, result), arguments[place], fixed=fixed))
        for port in (arguments[place] for place in effects.parted if place in arguments):
            self.share_all(op, port)

    def write(self, port: Port, by: Port, step: Step | None = None) -> None:
        """Say that ``by`` has written to ``port``, or what ``step`` takes of it, of whichever side of an ``If``."""
        self._meet(port)
        self.memory.write(port, by, step, maybe=self._chosen.get(port, ()))

    def share(self, port: Port, of: Port, step: Step | None = None) -> None:
        """Say that ``port`` is a view of ``of``, of whichever side of an ``If`` that is; without a step, the same."""
        self._meet(of)
        self.memory.share(port, (of,), step, maybe=self._chosen.get(of, ()))

    def share_all(self, op: OpId, of: Port) -> None:
        """Say that ``op`` gives a list of views of ``of``, which have no element in common."""
        self._meet(of)
        self.memory.share_all(op, (of,), self._chosen.get(of, ()))

    def element(self, of: Port, position: int) -> Port | None:
        """Return what stands for an element of a list that an op gave, where it is known to be none of another one."""
        op, place = of
        is_input = self.ops[op].role == "input" and self._is_list(of)
        if position < 0 or place or not (is_input or (self._is_list(of) and self.memory.gives_list(op))):
            return None
        if not self.memory.gives_list(op):  # what it holds lies in no one memory
            self.memory.share_all(op, ((OpId(f"{op}[*]"), 0),))
        port = OpId(f"{op}[{position}]"), 0
        self.memory.meet(port, op, position)
        self._lists[port] = of
        return port

    def op_of(self, port: Port) -> Op:
        """Return the op that gives ``port``, or the list that it is an element of."""
        return self.ops[self._lists.get(port, port)[0]]

    def take(self, port: Port, of: Iterable[Port]) -> None:
        """Say that ``port`` is an element, not known which, of lists that ops gave."""
        for one in (x for source in of for x in (source, *self._chosen.get(source, ()))):
            if self.memory.gives_list(one[0]):
                self.memory.take(port, one[0], Step(port))
            else:
                self.memory.share(port, (), Step(port), maybe=(one,))

    def _meet(self, port: Port) -> None:
        op, position = port
        if self.memory.gives_list(op):
            self.memory.meet(port, op, None if self._is_list(port) else position)

    def _is_list(self, port: Port) -> bool:
        """Whether an output is a list as a whole, and not yet known by its elements."""
        return len(self.ops[port[0]].outputs) == 1 and str(self._value(port).dtype).startswith("List")

    def _step(self, port: Port, of: Port, *, fixed: bool) -> Step | None:
        op = self.ops[port[0]]
        key = (op.target, str(dict(op.attributes)), port[1], None if fixed else op.id)
        if not fixed and op.op in {"select", "slice"}:
            return Step(key)
        return step_of(op.op, op.attributes, self._value(of), self._value(port), key)

    def _is_view(self, result: Port, of: Port) -> bool:
        """Whether what may be a copy, as of ``reshape``, shares memory: unless that is known, it does not."""
        _, *name = re.split(r"::|\.", self.ops[result[0]].target)  # ``aten::to``, ``aten.to.dtype``
        if not name or name[0] not in MAY_COPY:
            return True
        ours, theirs = (self._value(port) for port in (result, of))
        if ours.dtype != theirs.dtype or None in {ours.strides, theirs.strides}:
            return False
        return ours.strides == theirs.strides if ours.shape == theirs.shape else _is_dense(theirs)

    def _value(self, port: Port) -> Value:
        outputs = self.ops[port[0]].outputs
        return outputs[port[1]] if 0 <= port[1] < len(outputs) else Value()

    def loops_around(self, region: RegionId | None) -> Iterator[RegionId]:
        """Yield the bodies of loops that a region is in, itself included, the innermost first."""
        return (one for one in self._around(region) if self.regions[one].kind == "body")

    def _around(self, region: RegionId | None) -> Iterator[RegionId]:
        while region is not None:
            yield region
            region = self.regions[region].parent

    def sources(self, port: Port) -> tuple[Port, ...]:
        """Return the values that ``port`` may be: itself, what was written to it, one of each side of an ``If``."""
        self._meet(port)
        now = self.memory.now
        found = (
            now[port] if port in now else (x for one in self._chosen.get(port, (port,)) for x in now.get(one, (one,)))
        )
        told = (self._lists.get(one, one) for one in found)
        return tuple(dict.fromkeys(source for one in told for source in self._chosen.get(one, (one,))))

    def graph(self) -> Graph:
        """Return what was collected, inputs and parameters first."""
        first = [op for op in self.ops.values() if op.role in {"input", "parameter"}]
        last = [op for op in self.ops.values() if op.role == "output"]
        between = [op for op in self.ops.values() if op.role not in {"input", "parameter", "output"}]
        return Graph(ops=(*first, *between, *last), edges=tuple(self.edges), regions=tuple(self.regions.values()))


def _is_whole(given: Mapping[str, Attribute]) -> bool:
    """Whether a slice leaves nothing out: a tracer writes ``x[:, :n]`` as two, and the first of them is one."""
    whole = {"start": (0, None), "end": (ENDLESS, None), "step": (1, None), "dim": (given.get("dim"),)}
    return all(value in whole.get(name, ()) for name, value in given.items())


def _is_dense(value: Value) -> bool:
    """Whether the elements lie one after the other, the last dimension first."""
    sizes = [size for size in value.shape or () if isinstance(size, int)]
    expected = [math.prod(sizes[place + 1 :]) for place in range(len(sizes))]
    pairs = zip(value.strides or (), expected, sizes, strict=False)
    return all(stride == wanted or size == 1 for stride, wanted, size in pairs)
