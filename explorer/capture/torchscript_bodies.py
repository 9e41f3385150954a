"""The bodies of a TorchScript ``If`` or ``Loop``: what they are handed, and what they give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from explorer.capture.building import GraphBuilder, Port
from explorer.capture.torchscript_contents import Meaning
from explorer.capture.torchscript_meanings import Meanings
from explorer.capture.torchscript_values import plain_name
from explorer.graph import OpId, RegionId, RegionKind, Value

BODIES: dict[str, tuple[RegionKind, ...]] = {"prim::If": ("then", "else"), "prim::Loop": ("body",)}

Walk = Callable[[Any, RegionId, Any], None]
"""Walks a block that stands in a region; last is what stands for the block in the graph that was watched."""


@dataclass(frozen=True, slots=True)
class Bodies:
    """Walks the bodies of one op, in the call that ``node`` is of."""

    builder: GraphBuilder
    meanings: Meanings
    shown: Callable[[list[Any], list[Any]], tuple[Value, ...]]
    """What is told of values, given those that stand for them in the graph that was watched."""
    walk: Walk
    call: int

    def enter(self, node: Any, op: OpId, parent: RegionId | None, twin: Any) -> None:
        """Walk what ``node`` runs, and say what it gives; ``op`` stands for it."""
        known = [] if twin is None else list(twin.blocks())
        given: list[list[Meaning]] = []
        for number, (block, kind) in enumerate(zip(node.blocks(), BODIES.get(node.kind(), ()), strict=False)):
            self.meanings.begin(op)
            region = self.builder.add_region(op, kind, parent)
            beside = known[number] if known else None
            if kind == "body":
                self._turn(node, block, region, beside)
                continue
            self.walk(block, region, beside)
            given.append([self._of(value) for value in block.outputs()])
            self.builder.end(region, self._leaves(list(block.outputs())))
            self.meanings.end(op, kind)
        self._fill(op)
        for value, sides in zip(node.outputs(), zip(*given, strict=True), strict=False):
            self.meanings.mean(self.call, value, self.meanings.choose(op, sides, self._of(value)))

    def _turn(self, node: Any, block: Any, region: RegionId, twin: Any) -> None:
        """Walk the body of a loop, which is handed the number of the turn, and what the turn before gave."""
        op = self.builder.regions[region].owner
        turn, *formals = list(block.inputs())
        number, *shown = self.shown([turn, *formals], list(twin.inputs()) if twin is not None else [])
        self.meanings.mean(self.call, turn, (self.builder.formal(region, "iteration", plain_name(turn), number),))
        for formal, value, first in zip(formals, shown, list(node.inputs())[2:], strict=True):
            self.meanings.mean(self.call, formal, self.meanings.handed(region, formal, value, self._of(first)))
        carried = self.meanings.carry(self.call, block, region)
        self.walk(block, region, twin)
        goes_on, *rest = block.outputs()
        results = self._leaves(rest)
        left = [ports for one in carried for ports in self.meanings.left_in(one)]
        places = range(len(results), len(results) + len(left))
        kinds = (value for one in carried for value in self.meanings.values_of(one))
        ports = iter([self.builder.output(op, place, value) for place, value in zip(places, kinds, strict=True)])
        self.builder.end(region, (*results, *left), self.meanings.ports(self._of(goes_on)))
        ended = [self.meanings.contents(one) for one in carried]
        self.meanings.end(op, "body")
        for one, contents in zip(carried, ended, strict=True):
            self.meanings.give(one, [next(ports) for _ in self.meanings.values_of(one)], contents)

    def _of(self, value: Any) -> Meaning:
        return self.meanings.of(self.call, value)

    def _leaves(self, values: list[Any]) -> list[tuple[Port, ...]]:
        return [leaf for one in values for leaf in self.meanings.leaves(self._of(one), one.type())]

    def _fill(self, op: OpId) -> None:
        """Let what an op gives be told by what its bodies give, and a loop begins with, where its type says nothing."""
        known = self.builder.ops[op]
        if Value() not in known.outputs:
            return
        regions = self.builder.bodies_of(op)
        given = [list(one.results) for one in regions]
        for region in regions:
            formals = [formal for formal in region.formals if self.builder.ops[formal].op == "carried"]
            firsts = {formal: list[Port]() for formal in formals}
            for edge in self.builder.edges if firsts else ():
                if edge.target in firsts:
                    firsts[edge.target].append((edge.source, edge.source_output))
            given.append([tuple(ports) for ports in firsts.values()])
        outputs = list(known.outputs)
        for place, value in enumerate(outputs):
            ports = (port for each in given for one in each[place : place + 1] for port in one)
            found = [told for port in ports if (told := self._told(port)) != Value()]
            if value == Value() and len(set(found)) == 1:
                outputs[place] = found[0] if len(found) == 1 else replace(found[0], summary=None)
        self.builder.ops[op] = replace(known, outputs=tuple(outputs))

    def _told(self, port: Port) -> Value:
        outputs = self.builder.ops[port[0]].outputs
        return outputs[port[1]] if 0 <= port[1] < len(outputs) else Value()
