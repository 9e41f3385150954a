"""Where a tensor comes from: the op that made it, the op that last wrote to its memory, its state before that.

NOTE: tensors are known by identity; a view that autograd wrapped anew is known by its storage and geometry.
Nothing is kept alive: a weak reference keeps a tensor's address from being given to another, and when a storage
is freed all that was known of it is dropped. (torch's weak reference to a storage would keep its memory.)
"""

from __future__ import annotations

import weakref
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.nn.parameter import is_lazy

from explorer.capture.overlap import Geometry, may_overlap
from explorer.graph import OpId, Port

NO_MEMORY = (NotImplementedError, RuntimeError, ValueError)
"""What a tensor raises that is asked for a memory it has not: sparse ones, and the parameters of lazy modules."""

PLAIN = frozenset({torch.Tensor, nn.Parameter})
"""Kinds of tensors that are surely not lazy: to ask takes as long as all else."""

MOST_WRITES = 64
"""Writes to one memory that are kept: a value is told apart from no more of them."""

_weak_reference: Callable[[torch.Tensor], object] = getattr(torch._C, "_WeakTensorRef")  # noqa: B009, SLF001 - no stub has it


Met = tuple[int, Port | None, Port | None]
"""A tensor's memory, the op whose result it is, and the port at which it first appeared."""


@dataclass
class Origins:
    """The tensors of one run, in the order in which they were met."""

    sources: dict[Port, torch.Tensor] = field(default_factory=dict[Port, torch.Tensor])
    """What no op made, by home: arguments, parameters, buffers, constants; each on the memory that it had then."""
    unwritten: dict[int, torch.UntypedStorage] = field(default_factory=dict[int, torch.UntypedStorage])
    """A copy of each source's memory from before the first write to it, by storage."""
    bare: set[Port] = field(default_factory=set[Port])
    """Sources that are memory which no op and no tensor shows the filling of, by home."""
    _source_memory: dict[int, torch.UntypedStorage] = field(default_factory=dict[int, torch.UntypedStorage])
    _views: dict[OpId, int] = field(default_factory=dict[OpId, int])
    _made: dict[object, tuple[Port, int]] = field(default_factory=dict[object, tuple[Port, int]])
    """The op behind a tensor, by identity and by geometry: an in-place op counts as one that makes it."""
    _homes: dict[object, Port] = field(default_factory=dict[object, Port])
    """The port at which a tensor first appeared, whatever has written to it since."""
    _writes: dict[int, deque[tuple[Port, int, Geometry]]] = field(
        default_factory=lambda: defaultdict(lambda: deque(maxlen=MOST_WRITES))
    )
    _held: dict[int, object] = field(default_factory=dict[int, object])
    """A weak reference to each tensor, by identity."""
    _kept: list[torch.UntypedStorage] = field(default_factory=list[torch.UntypedStorage])
    _storages: dict[int, tuple[Callable[[], torch.UntypedStorage | None], dict[object, None]]] = field(
        default_factory=dict[int, "tuple[Callable[[], torch.UntypedStorage | None], dict[object, None]]"]
    )
    """A weak reference to each storage that is alive, and the keys that were met on it."""
    _same: dict[int, int] = field(default_factory=dict[int, int])
    """Storages that are another one's memory, as NumPy and DLPack hand it back."""
    _clock: int = 0

    def add_source(self, op: OpId, tensor: torch.Tensor) -> None:
        """Say that ``tensor`` was there before any op; ``op`` may stand for several views of one memory."""
        views = self._views.get(op, 0)
        self._views[op] = views + 1
        self.sources[op, views] = alias_of(tensor)
        if has_storage(tensor):
            self._source_memory[storage_of(tensor)] = tensor.untyped_storage()
        self._keep((op, 0), tensor, home=(op, views))

    def add(self, op: OpId, outputs: Iterable[Any], written: Iterable[tuple[torch.Tensor, int]]) -> None:
        """Say what ``op`` returned, and what it wrote to with the memory that each had before."""
        self._clock += 1
        for position, leaf in enumerate(outputs):
            if isinstance(leaf, torch.Tensor):
                self._keep((op, position), leaf, home=(op, position))
        for tensor, before in written:
            storage, itself, geometry = keys_of(tensor)
            self._hold(tensor, storage, itself, geometry)
            self._made[itself] = ((op, 0), self._clock)
            memory = self._same.get(storage, storage)
            if memory == before:  # else it was given another, which is not written to
                self._writes[memory].append(((op, 0), self._clock, geometry))

    def credit(self, op: OpId, outputs: Iterable[Any]) -> None:
        """Say that what other ops made is what ``op`` gives, as what runs inside of a loop is."""
        self._clock += 1
        for position, leaf in enumerate(outputs):
            if isinstance(leaf, torch.Tensor):
                for key in keys_of(leaf)[1:]:
                    self._made[key] = (op, position), self._clock

    def as_made(self, tensor: torch.Tensor) -> OpId | None:
        """Return the op that made ``tensor``, where nothing has written to it since."""
        _, port, home = self.met(tensor)
        return home[0] if home is not None and home == port else None

    def forget(self, tensor: torch.Tensor) -> None:
        """Forget where a tensor comes from: it is to be the result of another op."""
        for key in keys_of(tensor)[1:]:
            self._made.pop(key, None)
            self._homes.pop(key, None)

    @contextmanager
    def released(self, *tensors: torch.Tensor) -> Iterator[None]:
        """Refer to ``tensors`` in no way while the context is open: they may be exchanged in it."""
        for one in tensors:
            self._held.pop(identity_of(one), None)
        try:
            yield
        finally:
            self._held |= {identity_of(one): _weak_reference(one) for one in tensors}

    def keep_memory(self, storage: torch.UntypedStorage) -> None:
        """Keep a memory alive: that it is freed is not told once it was exchanged with another."""
        self._kept.append(storage)

    def before_write(self, memory: int) -> None:
        """Copy a memory if it is a source's that nothing has written to yet."""
        if memory in self._source_memory and memory not in self.unwritten:
            self.unwritten[memory] = self._source_memory[memory].clone()

    def before_handing_out(self, tensor: torch.Tensor) -> bool:
        """Copy the memory of ``tensor`` unless an op made it; return whether it is known what it held."""
        memory = self.memory(tensor)
        self.before_write(memory)
        if memory not in self._storages and memory not in self.unwritten and has_storage(tensor):
            self.unwritten[memory] = tensor.untyped_storage().clone()
        return memory in self.unwritten

    def met(self, tensor: torch.Tensor) -> Met:
        """Return what is known of a tensor, in one look."""
        storage = storage_of(tensor)
        itself = identity_of(tensor), storage
        home, made = self._homes.get(itself), self._made.get(itself)
        if home is None or made is None:
            geometry = geometry_of(tensor)
            home, made = home or self._homes.get(geometry), made or self._made.get(geometry)
        memory = self._same.get(storage, storage)
        return memory, self._latest(memory, made, tensor), home

    def port(self, tensor: torch.Tensor) -> Port | None:
        """Return the op whose result ``tensor`` is, a write to its memory after that included."""
        return self.met(tensor)[1]

    def home(self, tensor: torch.Tensor) -> Port | None:
        """Return the port at which this very tensor, or the same view of the same memory, first appeared."""
        return self.met(tensor)[2]

    def memory(self, tensor: torch.Tensor) -> int:
        """Return what two tensors share if and only if they share memory, whoever handed it to them."""
        storage = storage_of(tensor)
        return self._same.get(storage, storage)

    def of_storage(self, storage: torch.UntypedStorage) -> Met:
        """Return what is known of a memory, as :meth:`met` does."""
        own = _identity_of_storage(storage)
        memory = self._same.get(own, own)
        for key in self._storages.get(own, (None, ()))[1]:
            if (home := self._homes.get(key)) is not None:
                return memory, self._latest(memory, self._made.get(key), None), home
        return memory, None, None

    def shared(self, tensor: torch.Tensor) -> tuple[Port, Port, int] | None:
        """Return what has the memory that was handed on to ``tensor``, its home, and the offset in that memory."""
        if not tensor.numel() or not has_storage(tensor) or tensor.layout is not torch.strided:
            return None
        own = tensor.untyped_storage()
        if own.resizable() or _identity_of_storage(own) in self._storages:
            return None
        first, last = own.data_ptr(), own.data_ptr() + own.nbytes()
        for storage, (alive, keys) in self._storages.items():
            other = alive()
            if other is None or not other.data_ptr() <= first < last <= other.data_ptr() + other.nbytes():
                continue
            alike = (one for one in keys if isinstance(one, tuple) and one[-1] == tensor.dtype and one in self._homes)
            offset, rest = divmod(tensor.data_ptr() - other.data_ptr(), tensor.element_size())
            if (geometry := next(alike, None)) is not None and not rest:
                memory = self._same[_identity_of_storage(own)] = self._same.get(storage, storage)
                home = self._homes[geometry]
                return self._latest(memory, self._made.get(geometry), None) or home, home, offset
        return None

    def _latest(self, memory: int, made: tuple[Port, int] | None, tensor: torch.Tensor | None) -> Port | None:
        """Return what made a value, or wrote last to an element of it since; ``tensor`` is ``None`` for all of it."""
        writes = self._writes.get(memory)
        geometry = geometry_of(tensor) if writes and tensor is not None else None
        for port, clock, written in reversed(writes or ()):
            if made is not None and clock <= made[1]:
                break
            if geometry is None or may_overlap(geometry, written):
                return port
        return made[0] if made is not None else None

    def _keep(self, port: Port, tensor: torch.Tensor, *, home: Port) -> None:
        storage, itself, geometry = keys_of(tensor)
        self._hold(tensor, storage, itself, geometry)
        self._made[itself] = self._made[geometry] = port, self._clock
        self._homes.setdefault(itself, home)
        self._homes.setdefault(geometry, home)

    def _hold(self, tensor: torch.Tensor, storage: int, itself: object, geometry: object) -> None:
        identity = identity_of(tensor)
        if identity not in self._held:
            self._held[identity] = _weak_reference(tensor)
        known = self._storages.get(storage)
        if known is None:
            if not has_storage(tensor):
                return
            gone = weakref.ref(tensor.untyped_storage(), lambda _: self._drop(storage))
            known = self._storages[storage] = gone, {}
        known[1][itself] = known[1][geometry] = None

    def _drop(self, storage: int) -> None:
        """Forget a storage that was freed: its address may be given to another."""
        _, keys = self._storages.pop(storage, (None, ()))
        self._writes.pop(storage, None)
        self._same.pop(storage, None)
        for key in keys:
            self._made.pop(key, None)
            self._homes.pop(key, None)


class Owners:
    """Names of the tensors that were there before the run: by what they are, else by the memory that is theirs."""

    def __init__(self, named: Iterable[tuple[str, torch.Tensor]]) -> None:
        self._exact: dict[object, str] = {}
        self._memory: dict[int, list[tuple[int, int, str]]] = {}
        self._held = [(name, tensor, alias_of(tensor)) for name, tensor in named]  # no address is given to another
        for position, (name, tensor, _) in enumerate(self._held):
            self._exact[identity_of(tensor)] = name
            if has_storage(tensor):
                self._exact[geometry_of(tensor)] = name
                self._memory.setdefault(storage_of(tensor), []).append((_start(tensor), position, name))

    def __iter__(self) -> Iterator[tuple[str, torch.Tensor, torch.Tensor]]:
        """Yield each name with its tensor, and with another one on the memory that it had at the start."""
        return iter(self._held)

    def on(self, storage: torch.UntypedStorage) -> torch.Tensor | None:
        """Return the tensor whose memory ``storage`` was."""
        own = _identity_of_storage(storage)
        return next((tensor for _, tensor, _ in self._held if storage_of(tensor) == own), None)

    def of(self, tensor: torch.Tensor) -> str:
        """Return the name; of those that share a memory, that of the last which begins at ``tensor`` or before it."""
        for key in (identity_of(tensor), geometry_of(tensor)):
            if key in self._exact:
                return self._exact[key]
        there = sorted(self._memory.get(storage_of(tensor), []))
        before = [name for start, _, name in there if start <= _start(tensor)]
        return before[-1] if before else there[0][2] if there else ""


def _start(tensor: torch.Tensor) -> int:
    """Return where in its memory a tensor begins, in bytes."""
    return int(tensor.storage_offset()) * tensor.element_size() if tensor.layout == torch.strided else 0


def has_storage(tensor: torch.Tensor) -> bool:
    """Whether ``tensor`` has one piece of memory; sparse tensors have none of their own."""
    try:
        tensor.untyped_storage()
    except NO_MEMORY:
        return False
    return type(tensor) in PLAIN or not is_lazy(tensor)


def identity_of(tensor: torch.Tensor) -> int:
    """Return what tells a tensor from all others, whatever Python object stands for it."""
    return tensor._cdata  # noqa: SLF001 - the tensor's address in C++


def alias_of(tensor: torch.Tensor) -> torch.Tensor:
    """Return another tensor on the memory that ``tensor`` has now: ``.data = `` may give it another."""
    try:
        return tensor.detach()
    except Exception:  # noqa: BLE001 - a user's class of tensors may do anything
        return tensor


def storage_of(tensor: torch.Tensor) -> int:
    """Return what two tensors share if and only if they share memory."""
    try:
        return _identity_of_storage(tensor.untyped_storage())
    except NO_MEMORY:
        return identity_of(tensor)


def _identity_of_storage(storage: Any) -> int:
    return storage._cdata  # noqa: SLF001 - the storage's address in C++


def geometry_of(tensor: torch.Tensor) -> tuple[object, ...]:
    """Return what two tensors share if they are the same view of the same memory."""
    return keys_of(tensor)[2]


def keys_of(tensor: torch.Tensor) -> tuple[int, tuple[int, int], tuple[object, ...]]:
    """Return the storage, what tells the tensor while its memory is the same, and its geometry."""
    identity = identity_of(tensor)
    storage = storage_of(tensor)
    lacks_memory = storage == identity or (type(tensor) not in PLAIN and is_lazy(tensor))
    if tensor.layout is not torch.strided or tensor.is_nested or lacks_memory:
        return storage, (identity, storage), (identity,)
    geometry = storage, tensor.storage_offset(), tuple(tensor.shape), tensor.stride(), tensor.dtype
    return storage, (identity, storage), geometry
