"""Collects the ops, edges and regions of a static graph while a producer's form is walked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from explorer.graph import Attribute, Edge, Graph, Location, Op, OpId, Region, RegionId, Role, Value
from explorer.vocabulary import canonical, role_of

Port = tuple[OpId, int]


@dataclass
class GraphBuilder:
    """A graph in the making. Ids are given in order, so that the same capture gives the same ids."""

    ops: dict[OpId, Op] = field(default_factory=dict[OpId, Op])
    edges: list[Edge] = field(default_factory=list[Edge])
    regions: list[Region] = field(default_factory=list[Region])
    _chosen: dict[Port, tuple[Port, ...]] = field(default_factory=dict[Port, tuple[Port, ...]])
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
        known = name or canonical(target)
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
            for source, output in self._sources(port):
                self.edges.append(Edge(source=source, target=op, source_output=output, target_input=position))
        return op

    def output(self, op: OpId, position: int, value: Value) -> Port:
        """Return a port of ``op`` that only what takes it tells of, as of a list whose length is not known."""
        known = self.ops[op]
        if position >= len(known.outputs):
            missing = position - len(known.outputs)
            self.ops[op] = replace(known, outputs=(*known.outputs, *(Value(),) * missing, value))
        return op, position

    def choose(self, op: OpId, sides: Iterable[Iterable[Port | None]]) -> None:
        """Say what the sides of an ``If`` result in: what uses an output of it is fed by one of each side.

        ``None`` stands for a result that no op made, such as a number.
        """
        for position, ports in enumerate(zip(*sides, strict=False)):
            sources = tuple(dict.fromkeys(source for port in ports if port for source in self._sources(port)))
            if sources:
                self._chosen[op, position] = sources

    def add_named(self, role: Role, name: str, value: Value | None = None, *, module: str = "") -> OpId:
        """Add an input, output, parameter or constant; the same name gives the same op."""
        op = OpId(f"{role}:{name}")
        if op not in self.ops:
            outputs = (value,) if value else ()
            self.ops[op] = Op(id=op, op=role, target=name, role=role, module=module, outputs=outputs)
        return op

    def add_outputs(self, results: Iterable[tuple[Iterable[Port], Value]]) -> None:
        """Add the outputs of the graph in order, each fed by its port, or by one of each side of an ``If``."""
        for position, (ports, value) in enumerate(results):
            op = OpId(f"output:{position}")
            self.ops[op] = Op(id=op, op="output", target=f"output[{position}]", role="output", outputs=(value,))
            sources = [source for port in ports for source in self._sources(port)]
            self.edges += [Edge(source=source, target=op, source_output=output) for source, output in sources]

    def add_region(self, owner: OpId, kind: str, parent: RegionId | None) -> RegionId:
        """Open a region that ``owner`` runs."""
        region = RegionId(f"{owner}.{kind}")
        self.regions.append(Region(id=region, owner=owner, kind=kind, parent=parent))  # pyright: ignore[reportArgumentType]
        return region

    def _sources(self, port: Port) -> tuple[Port, ...]:
        return self._chosen.get(port, (port,))

    def graph(self) -> Graph:
        """Return what was collected, inputs and parameters first."""
        first = [op for op in self.ops.values() if op.role in {"input", "parameter"}]
        last = [op for op in self.ops.values() if op.role == "output"]
        between = [op for op in self.ops.values() if op.role not in {"input", "parameter", "output"}]
        return Graph(ops=(*first, *between, *last), edges=tuple(self.edges), regions=tuple(self.regions))
