"""Records one eager run: every ATen op in order, where it came from, and what it takes to run it again.

NOTE: a dispatch mode sits below autograd and sees every op that runs, whatever Python did above it. What it meets is
made a graph of afterwards, see :mod:`explorer.capture.eager_graph`. A read after an in-place write depends on the
write, see :mod:`explorer.capture.origins`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch._C import _autograd
from torch._ops import HigherOrderOperator
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._traceback import CapturedTraceback

from explorer.capture.calls import Calls
from explorer.capture.control_flow import run_inside
from explorer.capture.course import Course, untraced
from explorer.capture.eager_graph import Recorded, Recording
from explorer.capture.escapes import Escapes
from explorer.capture.losses import Losses
from explorer.capture.op_arguments import Named, attributes_of, named_arguments, ties
from explorer.capture.origins import has_storage, storage_of
from explorer.capture.replay import Call, Slot
from explorer.capture.scopes import ScopeStack
from explorer.capture.tensor_sources import Sources
from explorer.capture.tensors import leaves_of, tensors_in, value_of, with_each
from explorer.capture.threads import Threads
from explorer.graph import Alias, Edge, Graph, OpId, Port
from explorer.source.encoding import words_of
from explorer.source.load import Arguments, reraise_want_of_memory
from explorer.source.places import Places

FOR_NUMPY = frozenset({"numpy", "__array__"})
"""How values leave for NumPy."""


@dataclass(frozen=True, slots=True)
class Met:
    """What is known of an op before it runs."""

    sequence: int
    traceback: CapturedTraceback
    named: list[Named]
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
        self.losses = Losses()
        self.course = Course(places, self.losses)
        self.scopes = ScopeStack(model, self.losses)
        self.sources = Sources(model, arguments, self.losses)
        self.python = Calls(self.scopes, escapes, self.losses, self.sources.origin)
        self.recording = Recording(places=places, losses=self.losses, python=self.python, sources=self.sources)
        escapes.start(self.recording.ops, self.losses)
        self.calls: list[Call] = []
        self.threads = Threads(self.losses)
        self.foreign: list[str] = []
        """Constants that may hold results, as NumPy or a thread handed them in, in words."""
        self.lost = ""
        """Why the first op is missing that could not be recorded; empty where all are there."""
        self._escapes = escapes

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
            met = untraced(self._meet, func, args, kwargs)
        except Exception as error:  # noqa: BLE001 - not the model's
            self._lose(func, error)
        result = func(*args, **kwargs)
        if met is not None:
            try:
                untraced(self._keep, met, result)
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
        traceback = CapturedTraceback.extract(cpp=False, skip=4)
        op = OpId(f"n{len(self.recording.ops)}")
        named = list(named_arguments(func, args, kwargs))
        read = [(position, tensor) for position, (_, _, thing) in enumerate(named) for tensor in tensors_in(thing)]
        before = [self.sources.port(tensor) for _, tensor in read]
        self.foreign += self._handed_in(func, before)
        given = {storage_of(tensor): port for (_, tensor), port in zip(reversed(read), reversed(before), strict=True)}
        changed = [tensor for _, written, thing in named if written for tensor in tensors_in(thing)]
        for tensor in changed:
            self.sources.origins.before_write(tensor)
        edges = [
            Edge(source=source, target=op, source_output=output, target_input=position)
            for (position, _), (source, output) in zip(read, before, strict=True)
        ]
        call = self._call(op, func, args, kwargs)
        return Met(sequence, traceback, named, edges, given, changed, call, ties(func, named))

    def _keep(self, met: Met, result: object) -> None:
        """Record an op that has run."""
        op = met.call.op
        outputs = tuple(leaves_of(result))
        module, module_type = self.scopes.current
        recorded = Recorded(
            id=op,
            func=met.call.func,
            module=module,
            module_type=module_type,
            traceback=met.traceback,
            sequence=met.sequence,
            attributes={**attributes_of(met.named, outputs), **met.ties},
            outputs=tuple(value_of(leaf) for leaf in outputs),
            call=self.python.current,
            standing=self.course.standing(),
            aliases=tuple(_aliases(outputs, met.given)),
            writes=tuple(met.given[storage_of(tensor)] for tensor in met.changed),
            changes=tuple(name for tensor in met.changed if (name := self.sources.owner(tensor))),
        )
        self.sources.origins.add(op, outputs, met.changed)
        self.recording.ops.append(recorded)
        self.calls.append(met.call)
        self.recording.edges += met.edges

    def graph(self, result: object) -> Graph:
        """Return what was recorded as a graph whose outputs are the tensors in ``result``."""
        return self.recording.graph(result)

    def _call(self, op: OpId, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
        """Return what is needed to make this call again."""
        takes: list[Port] = []

        def slot(tensor: torch.Tensor) -> Slot:
            home = self.sources.home(tensor)
            takes.append(home)
            return Slot(home)

        kept = with_each(torch.Tensor, slot, (args, kwargs))
        grad = torch.is_grad_enabled()
        return Call(op=op, func=func, args=kept[0], kwargs=kept[1], takes=tuple(takes), grad=grad)

    def _handed_in(self, func: Any, read: list[Port]) -> Iterator[str]:
        """Tell which of the ports that ``func`` reads were handed in by NumPy or by a thread and may hold results."""
        lifts = func is torch.ops.aten.lift_fresh.default
        left = lifts and any(one.how in FOR_NUMPY for one in self._escapes.noted)
        for op, _ in read if left or (self.threads.there is not None and not lifts) else ():
            tensor = self.sources.origins.sources.get((op, 0))
            if tensor is None or self.sources.ops[op].role != "constant":
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
