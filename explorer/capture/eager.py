"""The eager graph of one example: every ATen op in order, where it came from, and its autograd node.

NOTE: a dispatch mode sits below autograd and sees every op that runs, whatever Python did above it.
Stacks are gathered by torch's own ``CapturedTraceback`` and symbolised once at the end. A read after an
in-place write depends on the write, see :mod:`explorer.capture.origins`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch import nn
from torch._C import _autograd, _profiler
from torch._ops import HigherOrderOperator
from torch.utils import _pytree as pytree
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._traceback import CapturedTraceback

from explorer.capture.autograd import Dispatched, autograd_nodes
from explorer.capture.calls import Calls
from explorer.capture.control_flow import run_inside
from explorer.capture.course import Course, Standing
from explorer.capture.escapes import Escapes
from explorer.capture.losses import CHOSEN, Losses
from explorer.capture.origins import Origins, Owners, has_storage, storage_of
from explorer.capture.replay import Call, Slot
from explorer.capture.scopes import ScopeStack
from explorer.capture.tensors import argument_names, attribute_of, scalar_of, tensors_in, value_of
from explorer.capture.threads import Threads
from explorer.capture.within import Frame, steps
from explorer.evidence import StateChange
from explorer.graph import TIES, Alias, AutogradNode, Edge, Graph, Location, Op, OpId, Port, Role
from explorer.source.encoding import words_of
from explorer.source.held import named_leaves, tensors_held
from explorer.source.load import Arguments, reraise_want_of_memory
from explorer.source.places import Places
from explorer.vocabulary import canonical, role_of

ORDERING = frozenset(
    {"topk", "sort", "argsort", "unique", "_unique", "_unique2", "argmax", "argmin", "mode", "kthvalue"}
)
"""Ops whose result among equal values is left open, so that two correct programs differ."""

NAMES = "Which parameters and arguments there were"

SMALL = 16
"""Elements up to which a constant's values are kept."""

MOST_ORDERED = 1_000_000
"""Elements up to which equal values are looked for."""

FOR_NUMPY = frozenset({"numpy", "__array__"})
"""How values leave for NumPy."""

APPLY = "torch/autograd/function.py"
"""Where ``torch.autograd.Function.apply`` is."""

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


@dataclass(frozen=True, slots=True)
class Met:
    """What is known of an op before it runs."""

    sequence: int
    traceback: CapturedTraceback
    named: list[tuple[str, bool, Any]]
    edges: list[Edge]
    given: dict[int, Port]
    """What its arguments' memory was, by storage."""
    changed: list[torch.Tensor]
    call: Call
    ties: dict[str, Any]


class Recorder(TorchDispatchMode):
    """Records every ATen op that is dispatched while it is entered."""

    def __init__(self, model: nn.Module, arguments: Arguments, places: Places, escapes: Escapes) -> None:
        super().__init__()
        self.places = places
        self.losses = Losses()
        self.course = Course(places, self.losses)
        self.scopes = ScopeStack(model, self.losses)
        self.python = Calls(self.scopes, escapes, self.losses, self._origin)
        self.recorded: list[Recorded] = []
        escapes.start(self.recorded, self.losses)
        self.edges: list[Edge] = []
        self.sources: dict[OpId, Op] = {}
        self.origins = Origins()
        self.calls: list[Call] = []
        self._escapes = escapes
        self.threads = Threads(self.losses)
        self.foreign: list[str] = []
        """Constants that may hold results, as NumPy or a thread handed them in, in words."""
        self.lost = ""
        """Why the first op is missing that could not be recorded; empty where all are there."""
        self._owners = self.losses.kept(NAMES, lambda: Owners(_owned(model)), Owners(()))
        self._inputs = self.losses.kept(NAMES, lambda: Owners(self._add_inputs(model, arguments)), Owners(()))

    supports_higher_order_operators = True
    """What functions such as ``map`` and ``flex_attention`` run inside is recorded, instead of refused."""

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Keep the base class from importing all of Dynamo (some 3 s) to wrap this mode: nothing is compiled here."""
        return False

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Record while the context is open: modules, the calls made in Python, and the ops below them."""
        with self.threads.watching(), self.scopes.watching(), self.python, self:
            yield

    @contextmanager
    def following(self) -> Iterator[None]:
        """Record as :meth:`watching` does, and the course through the user's code."""
        with self.course, self.watching():
            yield

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if isinstance(func, HigherOrderOperator):
            with self:  # a mode is off while it handles a call
                return run_inside(func, args, kwargs)
        # TorchScript and NumPy dispatch with the function mode on: what is read here would count as the model's reads.
        with torch._C.DisableTorchFunction():  # noqa: SLF001 - no public name
            return self._recorded(func, args, kwargs)

    def _recorded(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run an op and record it; whatever recording raises, the model has the op's result."""
        met = None
        try:
            met = self._meet(func, args, kwargs)
        except Exception as error:  # noqa: BLE001 - not the model's
            self._lose(func, error)
        result = func(*args, **kwargs)
        if met is not None:
            try:
                self._keep(met, result)
            except Exception as error:  # noqa: BLE001 - not the model's
                self._lose(func, error)
        return result

    def _lose(self, func: Any, error: Exception) -> None:
        if isinstance(error, MemoryError):
            raise error
        reraise_want_of_memory(error)
        if not self.lost:
            self.lost = f"{func} could not be recorded: {type(error).__name__}: {words_of(error)[:200]}"

    def _meet(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Met:
        """Return what is to be known of an op from before it runs."""
        sequence = _autograd._get_sequence_nr()  # noqa: SLF001 - the only way to tie a node to its op
        traceback = CapturedTraceback.extract(cpp=False, skip=3)
        op = OpId(f"n{len(self.recorded)}")
        named = list(_named_arguments(func, args, kwargs))
        read = [(position, tensor) for position, (_, _, thing) in enumerate(named) for tensor in tensors_in(thing)]
        before = [self._port(tensor) for _, tensor in read]
        self.foreign += self._handed_in(func, before)
        given = {storage_of(tensor): port for (_, tensor), port in zip(reversed(read), reversed(before), strict=True)}
        changed = [tensor for _, written, thing in named if written for tensor in tensors_in(thing)]
        for tensor in changed:
            self.origins.before_write(tensor)
        edges = [
            Edge(source=source, target=op, source_output=output, target_input=position)
            for (position, _), (source, output) in zip(read, before, strict=True)
        ]
        call = self._call(op, func, args, kwargs)
        return Met(sequence, traceback, named, edges, given, changed, call, _ties(func, named))

    def _keep(self, met: Met, result: object) -> None:
        """Record an op that has run."""
        op = met.call.op
        outputs = tuple(pytree.tree_leaves(result))
        module, module_type = self.scopes.current
        recorded = Recorded(
            id=op,
            func=met.call.func,
            module=module,
            module_type=module_type,
            traceback=met.traceback,
            sequence=met.sequence,
            attributes={**_attributes(met.named, outputs), **met.ties},
            outputs=tuple(value_of(leaf) for leaf in outputs),
            call=self.python.current,
            standing=self.course.standing(),
            aliases=tuple(_aliases(outputs, met.given)),
            writes=tuple(met.given[storage_of(tensor)] for tensor in met.changed),
            changes=tuple(name for tensor in met.changed if (name := self._owner(tensor))),
        )
        self.origins.add(op, outputs, met.changed)
        self.recorded.append(recorded)
        self.calls.append(met.call)
        self.edges += met.edges

    def graph(self, result: object) -> Graph:
        """Return what was recorded as a graph whose outputs are the tensors in ``result``."""
        ops = [self._op(*one) for one in zip(self.recorded, self._stacks, self._user_frames, strict=True)]
        outputs, results = self._outputs(result)
        edges = (*self.edges, *results)
        autograd = self.losses.kept("Autograd's graph", lambda: self._autograd(result), ())
        calls = self.losses.kept("The calls in Python", lambda: self.python.calls(self.places), ())
        used = {*(edge.source for edge in edges), *(node.op for node in autograd)}
        sources = [op for op in self.sources.values() if op.role == "input" or op.id in used]
        return Graph(ops=(*sources, *ops, *outputs), edges=edges, calls=calls, autograd=autograd)

    def _autograd(self, result: object) -> tuple[AutogradNode, ...]:
        return autograd_nodes(tensors_held(result), self._order(), self._leaf)

    def changes(self) -> Iterator[StateChange]:
        """Yield the parameters, buffers and arguments that an in-place op wrote, at its first write."""
        seen: set[str] = set()
        for one, stack in zip(self.recorded, self._stacks, strict=True):
            for name in one.changes:
                if name in seen:
                    continue
                seen.add(name)
                kind, _, bare = name.partition(":")
                yield StateChange(
                    name=bare,
                    kind=kind,  # pyright: ignore[reportArgumentType]
                    before="",
                    after="",
                    location=next((place for place in stack if place.user), None),
                )

    def _op(self, one: Recorded, stack: tuple[Location, ...], frames: list[Frame]) -> Op:
        target = str(one.func)
        name = "conv_transpose" if one.attributes.get("transposed") is True else canonical(target)
        inner = stack[0] if stack else None
        return Op(
            id=one.id,
            op=name,
            target=target,
            role=role_of(name),
            module=one.module,
            module_type=one.module_type,
            stack=stack,
            outputs=one.outputs,
            attributes=one.attributes,
            call=one.call or (f"{one.module}|{inner.file}:{inner.line}" if inner else one.module),
            within=self.losses.kept(CHOSEN, lambda: tuple(steps(frames, one.standing, self.places)), ()),
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
        raw = _symbolised([one.traceback.tb for one in self.recorded])
        return [list(_inside(frames)) for frames in raw]

    def _add_inputs(self, model: nn.Module, arguments: Arguments) -> list[tuple[str, torch.Tensor]]:
        named: list[tuple[str, torch.Tensor]] = []
        for name, leaf in argument_names(model, arguments):
            if not isinstance(leaf, torch.Tensor):
                continue
            op = OpId(f"input:{name}")
            self.sources[op] = Op(id=op, op="input", target=name, role="input", outputs=(value_of(leaf),))
            self.origins.add_source(op, leaf)
            named.append((f"argument:{name}", leaf))
        return named

    def _outputs(self, result: object) -> tuple[list[Op], list[Edge]]:
        ops: list[Op] = []
        edges: list[Edge] = []
        for position, (path, leaf) in enumerate(named_leaves(result)):
            op = OpId(f"output:{position}")
            name = f"output{path}"
            aliases: tuple[Alias, ...] = ()
            if isinstance(leaf, torch.Tensor):
                source, output = self._port(leaf)
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
            for one, stack in zip(self.recorded, self._stacks, strict=True)
        ]

    def _origin(self, tensor: torch.Tensor) -> Port | str:
        """Return what ``tensor`` is the result of, without making a node of it."""
        return self.origins.port(tensor) or self._owners.of(tensor)

    def _leaf(self, tensor: torch.Tensor) -> OpId | None:
        home = self.origins.home(tensor)
        return home[0] if home is not None else None

    def _owner(self, tensor: torch.Tensor) -> str:
        """Return ``kind:name`` of the parameter, buffer or argument whose memory ``tensor`` is."""
        return self._owners.of(tensor) or self._inputs.of(tensor)

    def _call(self, op: OpId, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
        """Return what is needed to make this call again."""
        takes: list[Port] = []

        def slot(tensor: torch.Tensor) -> Slot:
            home = self.origins.home(tensor)
            if home is None:
                self._source(tensor)
                return slot(tensor)
            takes.append(home)
            return Slot(home)

        kept = pytree.tree_map_only(torch.Tensor, slot, (args, kwargs))
        grad = torch.is_grad_enabled()
        return Call(op=op, func=func, args=kept[0], kwargs=kept[1], takes=tuple(takes), grad=grad)

    def _port(self, tensor: torch.Tensor) -> Port:
        """Return the op whose result ``tensor`` is, a write to its memory after that included."""
        return self.origins.port(tensor) or self._source(tensor)

    def _source(self, tensor: torch.Tensor) -> Port:
        """Return the node of a tensor that no op made: a parameter, a buffer or a constant."""
        kind, _, name = self._owners.of(tensor).partition(":")
        role: Role = "parameter" if kind in {"parameter", "buffer"} else "constant"
        op = OpId(f"{kind}:{name}" if kind else f"constant:{len(self.sources)}")
        if op not in self.sources:
            self.sources[op] = Op(
                id=op, op=role, target=name or "constant", role=role, outputs=(value_of(tensor),),
                module=name.rpartition(".")[0], attributes={} if name else _content(tensor),
            )  # fmt: skip
        self.origins.add_source(op, tensor)
        return op, 0

    def _handed_in(self, func: Any, read: list[Port]) -> Iterator[str]:
        """Tell which of the ports that ``func`` reads were handed in by NumPy or by a thread and may hold results."""
        lifts = func is torch.ops.aten.lift_fresh.default
        left = lifts and any(one.how in FOR_NUMPY for one in self._escapes.noted)
        for op, _ in read if left or (self.threads.there is not None and not lifts) else ():
            tensor = self.origins.sources.get((op, 0))
            if tensor is None or self.sources[op].role != "constant":
                continue
            if not lifts and self.threads.may_have_made(tensor):
                yield f"{op} came from a thread: what no op shows made it."
            elif lifts and has_storage(tensor) and not tensor.untyped_storage().resizable():
                yield f"{op} came from NumPy: what no op shows made it."


def _aliases(outputs: tuple[Any, ...], given: dict[int, Port]) -> Iterator[Alias]:
    """Yield which outputs share the memory of what was given, by storage."""
    for position, leaf in enumerate(outputs):
        if isinstance(leaf, torch.Tensor) and (port := given.get(storage_of(leaf))) is not None:
            yield Alias(source=port[0], source_output=port[1], output=position)


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


def _owned(model: nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    for name, buffer in model.named_buffers():
        yield f"buffer:{name}", buffer
    for name, parameter in model.named_parameters():
        yield f"parameter:{name}", parameter


def _inside(frames: list[dict[str, Any]]) -> Iterator[Frame]:
    """Yield the frames of the model's call, innermost first."""
    for frame in frames:
        if frame["filename"] == CALLER:
            return
        yield frame["filename"], frame["line"], frame["name"]


def _content(tensor: torch.Tensor) -> dict[str, Any]:
    """Return the values of a small constant, which may have come from Python."""
    if tensor.numel() > SMALL or tensor.layout != torch.strided or tensor.is_quantized:
        return {}
    return {"value": attribute_of(tensor.detach().reshape(-1).tolist())}


def _ties(func: Any, named: list[tuple[str, bool, Any]]) -> dict[str, Any]:
    """Tell whether an op that orders values meets equal ones, so that its order is left open."""
    if func.overloadpacket.__name__ not in ORDERING:
        return {}
    given = {argument.name: argument.default_value for argument in func._schema.arguments}  # noqa: SLF001
    given |= {name: thing for name, _, thing in named}
    values, dim = named[0][2].detach(), given.get("dim")
    if not 1 < values.numel() <= MOST_ORDERED or values.is_complex():
        return {}
    lines = values.movedim(dim, -1) if isinstance(dim, int) and values.ndim else values.reshape(-1)
    ordered = lines.sort(-1).values
    return {TIES: True} if bool((ordered[..., 1:] == ordered[..., :-1]).any()) else {}


def _named_arguments(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[tuple[str, bool, Any]]:
    """Yield name, whether the op writes to it, and value of each argument, in the schema's order."""
    for position, argument in enumerate(func._schema.arguments):  # noqa: SLF001 - torch's own accessor
        written = argument.alias_info is not None and argument.alias_info.is_write
        if position < len(args):
            yield argument.name, written, args[position]
        elif argument.name in kwargs:
            yield argument.name, written, kwargs[argument.name]


def _attributes(named: list[tuple[str, bool, Any]], outputs: tuple[Any, ...]) -> dict[str, Any]:
    plain = {
        name: attribute_of(thing)
        for name, _, thing in named
        if thing is not None and not any(True for _ in tensors_in(thing))
    }
    scalars = [scalar_of(leaf) for leaf in outputs if isinstance(leaf, bool | int | float)]
    return {**plain, "value": scalars[0]} if scalars else plain
