"""Where a tensor comes from: the op that made it, the op that last wrote to its memory, its state before that.

NOTE: tensors are known by identity; a view that autograd wrapped anew is known by its storage and geometry.
Nothing is kept alive: a weak reference keeps a tensor's address from being given to another, and when a storage
is freed all that was known of it is dropped. (torch's weak reference to a storage would keep its memory.)
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.nn.parameter import is_lazy

from explorer.graph import OpId, Port

NO_MEMORY = (NotImplementedError, RuntimeError, ValueError)
"""What a tensor raises that is asked for a memory it has not: sparse ones, and the parameters of lazy modules."""

_weak_reference: Callable[[torch.Tensor], object] = getattr(torch._C, "_WeakTensorRef")  # noqa: B009, SLF001 - no stub has it


@dataclass
class Origins:
    """The tensors of one run, in the order in which they were met."""

    sources: dict[Port, torch.Tensor] = field(default_factory=dict[Port, torch.Tensor])
    """What no op made, by home: arguments, parameters, buffers, constants."""
    unwritten: dict[int, torch.UntypedStorage] = field(default_factory=dict[int, torch.UntypedStorage])
    """A copy of each source's memory from before the first write to it, by storage."""
    _source_storages: set[int] = field(default_factory=set[int])
    _views: dict[OpId, int] = field(default_factory=dict[OpId, int])
    _made: dict[object, tuple[Port, int]] = field(default_factory=dict[object, tuple[Port, int]])
    """The op behind a tensor, by identity and by geometry: an in-place op counts as one that makes it."""
    _homes: dict[object, Port] = field(default_factory=dict[object, Port])
    """The port at which a tensor first appeared, whatever has written to it since."""
    _writes: dict[int, tuple[Port, int]] = field(default_factory=dict[int, tuple[Port, int]])
    _held: list[object] = field(default_factory=list[object])
    _storages: dict[int, tuple[object, set[object]]] = field(default_factory=dict[int, tuple[object, set[object]]])
    """A weak reference to each storage that is alive, and the keys that were met on it."""
    _clock: int = 0

    def add_source(self, op: OpId, tensor: torch.Tensor) -> None:
        """Say that ``tensor`` was there before any op; ``op`` may stand for several views of one memory."""
        views = self._views.get(op, 0)
        self._views[op] = views + 1
        self.sources[op, views] = tensor
        self._source_storages.add(storage_of(tensor))
        self._keep((op, 0), tensor, home=(op, views))

    def add(self, op: OpId, outputs: Iterable[Any], written: Iterable[torch.Tensor]) -> None:
        """Say what ``op`` returned and what it wrote to."""
        self._clock += 1
        for position, leaf in enumerate(outputs):
            if isinstance(leaf, torch.Tensor):
                self._keep((op, position), leaf, home=(op, position))
        for tensor in written:
            self._hold(tensor)
            self._made[_itself(tensor)] = ((op, 0), self._clock)
            self._writes[storage_of(tensor)] = ((op, 0), self._clock)

    def before_write(self, tensor: torch.Tensor) -> None:
        """Copy the memory of ``tensor`` if it is a source's that nothing has written to yet."""
        storage = storage_of(tensor)
        if storage in self._source_storages and storage not in self.unwritten and has_storage(tensor):
            self.unwritten[storage] = tensor.untyped_storage().clone()

    def port(self, tensor: torch.Tensor) -> Port | None:
        """Return the op whose result ``tensor`` is, a write to its memory after that included."""
        made = self._made.get(_itself(tensor)) or self._made.get(geometry_of(tensor))
        wrote = self._writes.get(storage_of(tensor))
        if wrote and (made is None or wrote[1] > made[1]):
            return wrote[0]
        return made[0] if made is not None else None

    def home(self, tensor: torch.Tensor) -> Port | None:
        """Return the port at which this very tensor, or the same view of the same memory, first appeared."""
        return self._homes.get(_itself(tensor)) or self._homes.get(geometry_of(tensor))

    def _keep(self, port: Port, tensor: torch.Tensor, *, home: Port) -> None:
        self._hold(tensor)
        for key in (_itself(tensor), geometry_of(tensor)):
            self._made[key] = (port, self._clock)
            self._homes.setdefault(key, home)

    def _hold(self, tensor: torch.Tensor) -> None:
        self._held.append(_weak_reference(tensor))
        if not has_storage(tensor):
            return
        storage = storage_of(tensor)
        if storage not in self._storages:
            gone = weakref.ref(tensor.untyped_storage(), lambda _: self._drop(storage))
            self._storages[storage] = gone, set()
        self._storages[storage][1].update((_itself(tensor), geometry_of(tensor)))

    def _drop(self, storage: int) -> None:
        """Forget a storage that was freed: its address may be given to another."""
        _, keys = self._storages.pop(storage, (None, set[object]()))
        self._writes.pop(storage, None)
        for key in keys:
            self._made.pop(key, None)
            self._homes.pop(key, None)


class Owners:
    """Names of the tensors that were there before the run: by what they are, else by the memory that is theirs."""

    def __init__(self, named: Iterable[tuple[str, torch.Tensor]]) -> None:
        self._exact: dict[object, str] = {}
        self._memory: dict[int, list[tuple[int, int, str]]] = {}
        self._held = list(named)  # an address is not given to another
        for position, (name, tensor) in enumerate(self._held):
            self._exact[identity_of(tensor)] = name
            if has_storage(tensor):
                self._exact[geometry_of(tensor)] = name
                self._memory.setdefault(storage_of(tensor), []).append((_start(tensor), position, name))

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
    return not is_lazy(tensor)


def identity_of(tensor: torch.Tensor) -> int:
    """Return what tells a tensor from all others, whatever Python object stands for it."""
    return tensor._cdata  # noqa: SLF001 - the tensor's address in C++


def _itself(tensor: torch.Tensor) -> tuple[int, int]:
    """Return what tells a tensor from all others while its memory is the same: ``.data = `` gives it another."""
    return identity_of(tensor), storage_of(tensor)


def storage_of(tensor: torch.Tensor) -> int:
    """Return what two tensors share if and only if they share memory."""
    try:
        return tensor.untyped_storage()._cdata  # noqa: SLF001 - identity of a storage
    except NO_MEMORY:
        return identity_of(tensor)


def geometry_of(tensor: torch.Tensor) -> tuple[object, ...]:
    """Return what two tensors share if they are the same view of the same memory."""
    if tensor.layout != torch.strided or tensor.is_nested or not has_storage(tensor):
        return (identity_of(tensor),)
    return storage_of(tensor), tensor.storage_offset(), tuple(tensor.shape), tensor.stride(), tensor.dtype
