"""Makes the eager graph of what was recorded of one run.

NOTE: stacks are gathered by torch's own ``CapturedTraceback`` while the model runs, and symbolised here, all at once.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch._C import _profiler
from torch.utils._traceback import CapturedTraceback

from explorer.capture.autograd import Dispatched, autograd_nodes
from explorer.capture.calls import Calls
from explorer.capture.course import Standing
from explorer.capture.losses import CHOSEN, Losses
from explorer.capture.tensor_sources import Sources
from explorer.capture.tensors import value_of
from explorer.capture.within import Frame, steps
from explorer.evidence import StateChange
from explorer.graph import Alias, AutogradNode, Edge, Graph, Location, Op, OpId, Port, Region, RegionId, Step
from explorer.source.held import named_leaves, tensors_held
from explorer.source.places import Places
from explorer.vocabulary import canonical, role_of

APPLY = "torch/autograd/function.py"
"""Where ``torch.autograd.Function.apply`` is."""

OWNERS = {"cond": "if", "while_loop": "loop", "map_impl": "loop", "scan": "loop"}
"""What owns regions, by the producer's name: no op of ATen's."""

CALLER = str(Path(__file__).with_name("observe.py"))
"""The file that calls the model: frames from there outwards are not the model's."""


@dataclass(slots=True)
class Recorded:
    """One dispatched op as it was met; its stack is symbolised later."""

    id: OpId
    func: Any
    module: str
    module_type: str
    traceback: CapturedTraceback
    sequence: int
    attributes: dict[str, Any]
    outputs: tuple[Any, ...]
    call: str
    standing: tuple[Standing, ...]
    aliases: tuple[Alias, ...]
    writes: tuple[Port, ...]
    changes: tuple[str, ...]
    """Names of the parameters, buffers and arguments that it wrote to."""
    region: RegionId | None = None
    sides: tuple[tuple[int, Step], ...] = ()
    """What ``torch.cond`` and the like ran it under, each with the number of the user's frames outside of that."""
    handing: bool = False
    """Whether it only takes apart what the turns of a loop are handed, or puts together what they give."""


@dataclass(kw_only=True)
class Recording:
    """What was recorded of a run, in order."""

    places: Places
    losses: Losses
    python: Calls
    sources: Sources
    ops: list[Recorded] = field(default_factory=list[Recorded])
    edges: list[Edge] = field(default_factory=list[Edge])
    regions: dict[RegionId, Region] = field(default_factory=dict[RegionId, Region])

    def graph(self, result: object) -> Graph:
        """Return what was recorded as a graph whose outputs are the tensors in ``result``."""
        made = [self._op(*one) for one in zip(self.ops, self._stacks, self._user_frames, strict=True)]
        outputs, results = self._outputs(result)
        edges = (*self.edges, *results)
        autograd = self.losses.kept("Autograd's graph", lambda: self._autograd(result), ())
        regions = tuple(self.regions.values())
        calls = self.losses.kept("The calls in Python", lambda: self.python.calls(self.places), ())
        used = {*(edge.source for edge in edges), *(node.op for node in autograd)}
        sources = [op for op in self.sources.ops.values() if op.role == "input" or op.id in used]
        return Graph(ops=(*sources, *made, *outputs), edges=edges, regions=regions, calls=calls, autograd=autograd)

    def _autograd(self, result: object) -> tuple[AutogradNode, ...]:
        return autograd_nodes(tensors_held(result), self._order(), self.sources.leaf)

    def changes(self) -> Iterator[StateChange]:
        """Yield the parameters, buffers and arguments that an in-place op wrote, at its first write."""
        seen: set[str] = set()
        for one, stack in zip(self.ops, self._stacks, strict=True):
            for name in one.changes:
                if name in seen:
                    continue
                seen.add(name)
                yield StateChange.written(name, next((place for place in stack if place.user), None))

    def _op(self, one: Recorded, stack: tuple[Location, ...], frames: list[Frame]) -> Op:
        target = str(one.func)
        transposed = one.attributes.get("transposed") is True
        name = OWNERS.get(target) or ("conv_transpose" if transposed else canonical(target))
        inner = stack[0] if stack else None
        return Op(
            id=one.id,
            op=name,
            target=target,
            role="shape" if one.handing else role_of(name),
            module=one.module,
            module_type=one.module_type,
            stack=stack,
            region=one.region,
            outputs=one.outputs,
            attributes=one.attributes,
            call=one.call or (f"{one.module}|{inner.file}:{inner.line}" if inner else one.module),
            within=self.losses.kept(CHOSEN, lambda: tuple(steps(frames, one.standing, self.places, one.sides)), ()),
            aliases=one.aliases,
            writes=one.writes,
        )

    @cached_property
    def _stacks(self) -> list[tuple[Location, ...]]:
        known = cache(self.places.location)  # the frames around an op are mostly those around the one before
        return [tuple(place for frame in stack if (place := known(*frame)) is not None) for stack in self._frames]

    @property
    def _user_frames(self) -> Iterator[list[Frame]]:
        """The user's frames of each op, from the outermost inwards."""
        is_user = cache(self.places.is_user)
        return ([frame for frame in reversed(stack) if is_user(frame[0])] for stack in self._frames)

    @cached_property
    def _frames(self) -> list[list[Frame]]:
        raw = _symbolised([one.traceback.tb for one in self.ops])
        return [list(_inside(frames)) for frames in raw]

    def _outputs(self, result: object) -> tuple[list[Op], list[Edge]]:
        ops: list[Op] = []
        edges: list[Edge] = []
        # A None is no output: most producers have none for it.
        leaves = [(path, leaf) for path, leaf in named_leaves(result) if leaf is not None]
        for position, (path, leaf) in enumerate(leaves):
            op = OpId(f"output:{position}")
            name = f"output{path}"
            aliases: tuple[Alias, ...] = ()
            if isinstance(leaf, torch.Tensor):
                source, output = self.sources.port(leaf)
                edges.append(Edge(source=source, target=op, source_output=output))
                aliases = (Alias(source=source, source_output=output),)
            ops.append(Op(id=op, op="output", target=name, role="output", outputs=(value_of(leaf),), aliases=aliases))
        return ops, edges

    def _order(self) -> list[Dispatched]:
        return [
            Dispatched(
                one.id,
                one.func.overloadpacket.__name__,
                one.sequence,
                any(place.function == "apply" and place.file == APPLY for place in stack),
            )
            for one, stack in zip(self.ops, self._stacks, strict=True)
            if not isinstance(one.func, str)
        ]


def _symbolised(tracebacks: list[Any]) -> Any:
    """Return the frames of each traceback, innermost first.

    torch looks into ``torch._inductor`` for code that it generated, which would import the whole compiler
    (some 2 s): where it is not loaded there is no such code, and an empty stand-in says so.
    """
    if "torch._inductor" in sys.modules:
        return _profiler.symbolize_tracebacks(tracebacks)
    torch.__dict__["_inductor"] = SimpleNamespace()
    try:
        return _profiler.symbolize_tracebacks(tracebacks)
    finally:
        del torch.__dict__["_inductor"]


def _inside(frames: list[dict[str, Any]]) -> Iterator[Frame]:
    """Yield the frames of the model's call, innermost first."""
    for frame in frames:
        if frame["filename"] == CALLER:
            return
        yield frame["filename"], frame["line"], frame["name"]
