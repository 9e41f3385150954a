"""Records one eager run: every ATen op in order, where it came from, and what it takes to run it again.

NOTE: a dispatch mode sits below autograd and sees every op that runs, whatever Python did above it. What it meets is
made a graph of afterwards, see :mod:`explorer.capture.eager_graph`. A read after an in-place write depends on the
write, see :mod:`explorer.capture.origins`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import FrameType
from typing import Any, NamedTuple

import torch
from torch import nn
from torch._C import _autograd
from torch._ops import HigherOrderOperator
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._traceback import CapturedTraceback

from explorer.capture.calls import Calls
from explorer.capture.control_flow import run_inside
from explorer.capture.course import Course, untraced
from explorer.capture.eager_graph import CALLER, Recorded, Recording
from explorer.capture.escapes import Escapes
from explorer.capture.exchanges import exchanging
from explorer.capture.losses import GRAPH, Losses
from explorer.capture.op_arguments import Named, attributes_of, named_arguments, ties
from explorer.capture.origins import has_storage
from explorer.capture.regions import Given, Regions, watched
from explorer.capture.replay import UNFILLED, Call, Slot
from explorer.capture.scopes import ScopeStack
from explorer.capture.tensor_sources import Sources
from explorer.capture.tensors import leaves_of, tensors_in, value_of, with_each
from explorer.capture.threads import Threads
from explorer.capture.unseen import Unseen
from explorer.graph import Alias, Edge, Graph, Location, OpId, Port
from explorer.source.encoding import words_of
from explorer.source.load import Arguments
from explorer.source.memory import reraise_want_of_memory
from explorer.source.places import Places

HELD = (torch.Tensor, torch.UntypedStorage)
"""Kinds of what is recorded in place of the arguments themselves."""


class Read(NamedTuple):
    """A tensor, or the memory of one, that an op is given."""

    position: int
    """Which of the op's arguments it is."""
    written: str | None
    """Where the op writes to it, what parameter, buffer or argument that is, empty for none; else None."""
    thing: Any
    memory: int
    port: Port
    """The op whose result it is."""
    home: Port
    """Where it first appeared."""


@dataclass(frozen=True, slots=True)
class Met:
    """What is known of an op before it runs."""

    sequence: int
    traceback: CapturedTraceback
    named: list[Named]
    read: list[Read]
    call: Call
    ties: dict[str, Any]


class Recorder(TorchDispatchMode):
    """Records every ATen op that is dispatched while it is entered."""

    def __init__(self, model: nn.Module, arguments: Arguments, places: Places, escapes: Escapes) -> None:
        super().__init__()
        self.losses = Losses()
        self.course = Course(places, self.losses)
        self.scopes = ScopeStack(model, self.losses)
        self.sources = Sources(model, arguments, self.losses, places)
        self.unseen = Unseen(self.sources.origins, places)
        self.python = Calls(
            scopes=self.scopes,
            escapes=escapes,
            unseen=self.unseen,
            losses=self.losses,
            origin=self.sources.origin,
            whole=self._record_whole,
        )
        self.recording = Recording(places=places, losses=self.losses, python=self.python, sources=self.sources)
        self.regions = Regions(self._begin, self._finish, self._place, self.recording.regions)
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
        exchanges = exchanging(self.sources.origins)
        with exchanges, self.threads.watching(), self.scopes.watching(), watched(self.regions), self.python, self:
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
        named = list(named_arguments(func, args, kwargs))
        read = [self._read(position, written, one, traceback) for position, (_, written, thing) in enumerate(named)
                for one in leaves_of(thing) if isinstance(one, HELD)]  # fmt: skip
        self.foreign += self._handed_in(func, read)
        for one in read:
            if one.written is not None:
                self.sources.origins.before_write(one.memory)
        op = OpId(f"n{len(self.recording.ops)}")
        slots = {id(one.thing): Slot(one.home, storage=not isinstance(one.thing, torch.Tensor)) for one in read}
        kept = with_each(HELD, lambda thing: slots[id(thing)], (args, kwargs))
        takes = tuple([one.home for one in read])
        call = Call(op=op, func=func, args=kept[0], kwargs=kept[1], takes=takes, grad=torch.is_grad_enabled())
        return Met(sequence, traceback, named, read, call, ties(func, named))

    def _read(self, position: int, written: bool | None, thing: Any, traceback: CapturedTraceback) -> Read:
        """Return what is read; memory that came back by another name is first made a view of what it is."""
        shared = self.sources.origins.shared(thing) if isinstance(thing, torch.Tensor) else None
        if shared is not None:
            self._record_view(thing, *shared, traceback)
        memory, port, home = self.sources.met(thing)
        return Read(position, self.sources.owner(thing) if written else None, thing, memory, port, home)

    def _record_view(
        self, tensor: torch.Tensor, of: Port, home: Port, offset: int, traceback: CapturedTraceback
    ) -> None:
        """Record what makes ``tensor`` of another one's memory: NumPy and DLPack hand it on, and no op says so."""
        given = {"size": tensor.size(), "stride": tensor.stride(), "storage_offset": offset}
        call = Call(
            op=OpId(f"n{len(self.recording.ops)}"),
            func=torch.ops.aten.as_strided.default,
            args=(Slot(home), *(list(one) if isinstance(one, tuple) else one for one in given.values())),
            kwargs={},
            takes=(home,),
            grad=False,
        )
        named: list[Named] = [(name, False, thing) for name, thing in given.items()]
        read = [Read(0, None, None, self.sources.origins.memory(tensor), of, home)]
        self._keep(Met(self._last_sequence, traceback, named, read, call, {}), tensor)

    def _record_whole(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> None:
        """Record a function that ran as several ops as one more: the one that fills what none of them has filled."""
        unfilled = {call.op for call in self.calls if call.func in UNFILLED}
        filled = [one for one in tensors_in(result) if self.sources.origins.as_made(one) in unfilled]
        if filled:
            met = replace(self._meet(func, args, kwargs), sequence=self._last_sequence)
            for one in filled:
                self.sources.origins.forget(one)
            self._keep(met, result, only=filled)

    @property
    def _last_sequence(self) -> int:
        """What an op is given that dispatches none: no node of autograd's is its."""
        return self.recording.ops[-1].sequence if self.recording.ops else 0

    def _keep(self, met: Met, result: object, *, only: list[torch.Tensor] | None = None) -> None:
        """Record an op that has run; where only some of what it gives is its own, the rest is that of others."""
        op = met.call.op
        outputs = tuple(leaves_of(result))
        given = {one.memory: one.port for one in reversed(met.read)}
        changed = [one for one in met.read if one.written is not None]
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
            aliases=tuple(self._aliases(outputs, given)),
            writes=tuple(one.port for one in changed),
            changes=tuple(one.written for one in changed if one.written),
            region=self.regions.current,
            sides=self.regions.steps,
            handing=self.regions.is_handing,
        )
        own = outputs if only is None else [leaf if any(leaf is one for one in only) else None for leaf in outputs]
        self.sources.origins.add(op, own, [(one.thing, one.memory) for one in changed])
        self.recording.ops.append(recorded)
        if not isinstance(met.call.func, str):
            self.calls.append(met.call)
        self.recording.edges += [
            Edge(source=one.port[0], target=op, source_output=one.port[1], target_input=one.position)
            for one in met.read
        ]

    def _begin(self, target: str, given: Given) -> OpId | None:
        """Record the op that stands for what is no op of ATen's."""
        with torch._C.DisableTorchFunction():  # noqa: SLF001 - no public name
            return self.losses.kept(GRAPH, lambda: self._begun(target, given), None)

    def _begun(self, target: str, given: Given) -> OpId:
        traceback = CapturedTraceback.extract(cpp=False)
        read = [self._read(position, None, one, traceback) for position, thing in given
                for one in leaves_of(thing) if isinstance(one, HELD)]  # fmt: skip
        op = OpId(f"n{len(self.recording.ops)}")
        call = Call(op=op, func=target, args=(), kwargs={}, takes=(), grad=False)
        self._keep(Met(self._last_sequence, traceback, [], read, call, {}), ())
        return op

    def _finish(self, op: OpId, result: object, turns: int | None) -> None:
        """Take what it gave; what follows a loop is fed by the loop, what follows a side by what is in the side."""
        with torch._C.DisableTorchFunction():  # noqa: SLF001 - no public name
            self.losses.kept(GRAPH, lambda: self._finished(op, result, turns), None)

    def _finished(self, op: OpId, result: object, turns: int | None) -> None:
        owner = next(one for one in reversed(self.recording.ops) if one.id == op)
        leaves = leaves_of(result)
        owner.outputs = tuple(value_of(leaf) for leaf in leaves)
        ports = [self.sources.origins.port(leaf) if isinstance(leaf, torch.Tensor) else None for leaf in leaves]
        self.regions.results(op, tuple((port,) if port else () for port in ports))
        if turns is not None:
            owner.attributes = {"turns": turns}
            self.sources.origins.credit(op, leaves)

    def _place(self) -> tuple[Location | None, int]:
        """Return the user's line that runs, and how many of the user's frames there are."""
        places, found = self.recording.places, list[FrameType]()
        frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - inspect.currentframe is this
        while frame is not None and frame.f_code.co_filename != CALLER:
            if places.is_user(frame.f_code.co_filename):
                found.append(frame)
            frame = frame.f_back
        lines = (places.location(one.f_code.co_filename, one.f_lineno, one.f_code.co_name) for one in found[:1])
        return next(lines, None), len(found)

    def _aliases(self, outputs: tuple[Any, ...], given: dict[int, Port]) -> Iterator[Alias]:
        """Yield which outputs share the memory of what was given."""
        for position, leaf in enumerate(outputs):
            port = given.get(self.sources.origins.memory(leaf)) if isinstance(leaf, torch.Tensor) else None
            if port is not None:
                yield Alias(source=port[0], source_output=port[1], output=position)

    def graph(self, result: object) -> Graph:
        """Return what was recorded as a graph whose outputs are the tensors in ``result``."""
        return self.recording.graph(result)

    def _handed_in(self, func: Any, read: list[Read]) -> Iterator[str]:
        """Tell what ``func`` reads that NumPy or a thread handed in, and that may hold results."""
        lifts = func is torch.ops.aten.lift_fresh.default
        left = lifts and self._escapes.left_for_numpy
        threads = self.threads.there is not None and not lifts
        for one in read if left or threads else ():
            op = one.port[0]
            if not isinstance(one.thing, torch.Tensor) or not self.sources.is_constant(op):
                continue
            if threads and self.threads.may_have_made(one.thing):
                yield f"{op} came from a thread: what no op shows made it."
            elif lifts and has_storage(one.thing) and not one.thing.untyped_storage().resizable():
                yield f"{op} came from NumPy: what no op shows made it."
