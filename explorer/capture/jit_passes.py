"""What TorchScript's passes make of a graph, one after the other, each on a copy of what the one before it left.

NOTE: the executor runs these and more, in an order of its own, again and again, and shows nothing in between. Here each
runs once, so that what it does is seen by itself; dead code goes first, as propagating constants removes it too.
Freezing and what follows from it work on modules: they start again from the inlined graph.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch

from explorer.capture.forms import made
from explorer.capture.inlined import held
from explorer.capture.seen import Watched, size_of, stand_in, watched
from explorer.evidence import Form, Kind
from explorer.graph import Graph, Value
from explorer.messages import Doing
from explorer.source.load import DTYPE_NAMES, Arguments
from explorer.source.places import Places

LARGEST = 10_000
"""Nodes of a graph whose steps are kept: each step costs a walk and a run of its own."""

LARGEST_GONE_ON_WITH = 20_000
"""Nodes of a graph that is not shown itself, but from which the next steps are made."""

FUSES = "pointwise ops grouped into kernels for the example's shapes (on the CPU only torch with LLVM does it)"
DTYPES = {name: dtype for dtype, name in DTYPE_NAMES.items()}


class Stage(NamedTuple):
    """A graph on its way, and the module that it is of."""

    module: Any
    graph: Any
    shapes: Watched | None = None
    """What its tensors are like, where it cannot be run."""
    frozen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """A step that makes one stage of another, which stays as it is."""

    name: str
    what: str
    act: Callable[[Stage, Arguments], Stage]
    after: str | None = None
    """The form that it starts from; ``None``: the one before it."""


@dataclass(kw_only=True)
class Pipeline:
    """The passes, and the forms that they gave so far."""

    kind: Kind
    made_from: Kind
    module: Any
    """A stand-in: its state is that of the start and stays so. Without one there are no forms."""
    arguments: Arguments
    walk: Callable[[Stage, Watched], Graph]
    places: Places
    doing: Callable[[Doing], None]
    stages: dict[str, tuple[Stage, str]] = field(default_factory=dict[str, tuple[Stage, str]])
    """By the pass that left it: a stage, and the last form before or at it that has a graph."""
    graphs: dict[str, Graph] = field(default_factory=dict[str, Graph])

    def forms(self) -> Iterator[Form]:
        """Make the forms in order. A pass that fails leaves the next one what it was given; all need the first."""
        if self.module is None:
            return
        before, start = "", Stage(self.module, self.module.graph)
        self.stages[""] = start, self.made_from
        for one in PASSES:
            self.doing(Doing(what=f"making {self.kind}:{one.name}", stage="making", name=one.name))
            stage, known = self.stages[before if one.after is None else one.after]
            self.stages[one.name] = stage, known
            form = self._form(one, stage, known)
            yield form
            if self.stages[one.name][0] is stage and not before:
                return
            before = one.name

    def _form(self, one: Pass, stage: Stage, known: str) -> Form:
        def graph() -> Graph | None:
            left = one.act(stage, self.arguments)
            size = size_of(left.graph)
            if size <= LARGEST_GONE_ON_WITH:
                self.stages[one.name] = left, known
            if size > LARGEST:
                message = f"The graph has {size:,} nodes, more than the {LARGEST:,} that are shown step by step."
                raise ValueError(message)
            if str(left.graph.copy()) == str(stage.graph.copy()):
                return None
            shapes = left.shapes or watched(stand_in(left.module), left.graph, self.arguments.fresh())
            found = self.walk(left, shapes)
            if found == self.graphs.get(known):
                return None
            self.stages[one.name], self.graphs[one.name] = (left, one.name), found
            return found

        return made(Form(name=one.name, what=one.what, after=known), graph, self.places)


def _run(name: str, graph: Any) -> None:
    """Run one of torch's own passes, which none of its stubs and pages name."""
    getattr(torch._C, f"_jit_pass_{name}")(graph)  # noqa: SLF001


def _on_copy(name: str) -> Callable[[Stage, Arguments], Stage]:
    def act(stage: Stage, _arguments: Arguments) -> Stage:
        graph = stage.graph.copy()
        _run(name, graph)
        return Stage(stage.module, graph)

    return act


def _fused(stage: Stage, arguments: Arguments) -> Stage:
    """Group ops for the shapes of the example. The result is not run: its kernels would have to be compiled."""
    graph = stage.graph.copy()
    shapes = watched(stand_in(stage.module), graph, arguments.fresh())
    _say_types(stage.module, graph, shapes.values)
    with _fusing_on_cpu():
        _run("fuse_tensorexprs", graph)
    return Stage(stage.module, graph, shapes)


def _say_types(module: Any, graph: Any, known: Mapping[str, Value]) -> None:
    """Give each tensor whose shape is known its whole type, as the fuser asks for it."""
    start = {next(graph.inputs()).debugName(): module}
    for value in [*graph.inputs(), *(out for node in _nodes(graph) for out in node.outputs())]:
        told = known.get(value.debugName())
        stored = held(start, value) if value.node().kind() == "prim::GetAttr" else None
        like = stored.detach() if isinstance(stored, torch.Tensor) else _like(told) if told else None
        if like is not None:
            value.inferTypeFrom(like)


def _like(value: Value) -> torch.Tensor | None:
    """Return a tensor of that type, where the type is wholly known."""
    sizes = [size for size in value.shape or () if isinstance(size, int)]
    if value.dtype not in DTYPES or value.strides is None or len(sizes) != len(value.strides):
        return None
    return torch.empty_strided(sizes, value.strides, dtype=DTYPES[value.dtype])


def _nodes(block: Any) -> Iterator[Any]:
    for node in block.nodes():
        yield node
        for inner in node.blocks():
            yield from _nodes(inner)


@contextmanager
def _fusing_on_cpu() -> Iterator[None]:
    was = torch._C._jit_can_fuse_on_cpu()  # noqa: SLF001
    torch._C._jit_override_can_fuse_on_cpu(True)  # noqa: SLF001
    try:
        yield
    finally:
        torch._C._jit_override_can_fuse_on_cpu(was)  # noqa: SLF001


def _frozen(stage: Stage, _arguments: Arguments) -> Stage:
    if stage.module.training:
        message = "A model in training mode cannot be frozen."
        raise ValueError(message)
    frozen: Any = torch.jit.freeze(stage.module, optimize_numerics=False)
    return Stage(frozen, frozen.inlined_graph, frozen=True)


def _folded(stage: Stage, arguments: Arguments) -> Stage:
    if not stage.frozen:
        message = "It needs the frozen graph, which is not there."
        raise ValueError(message)
    return _on_copy("fold_frozen_conv_bn")(stage, arguments)


PASSES: tuple[Pass, ...] = (
    Pass(name="inline", what="calls replaced by what they call", act=_on_copy("inline")),
    Pass(name="dce", what="what nobody uses removed", act=_on_copy("dce")),
    Pass(name="constants", what="ops on constants computed once", act=_on_copy("constant_propagation")),
    Pass(name="cse", what="what is computed twice computed once", act=_on_copy("cse")),
    Pass(name="peephole", what="small patterns simplified", act=_on_copy("peephole")),
    Pass(name="unroll", what="turns of loops written one after the other", act=_on_copy("loop_unrolling")),
    Pass(name="fuse", what=FUSES, act=_fused),
    Pass(name="freeze", what="parameters and attributes made constants", act=_frozen, after="inline"),
    Pass(name="fold_conv_bn", what="batch norms folded into convolutions", act=_folded),
)
