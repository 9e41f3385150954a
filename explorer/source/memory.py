"""The memory of arguments and results: copies that share none with what they are made of, and the want of it."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

import torch
from torch import nn
from torch.utils import _pytree as pytree

from explorer.source.encoding import words_of
from explorer.source.held import tensors_held

Thing = TypeVar("Thing")

ALIGNED = 16
"""Bytes to whose multiples a memory is cut, so that the elements of any dtype begin where they may."""


def reraise_want_of_memory(error: BaseException) -> None:
    """Raise ``MemoryError`` where torch's allocator says that there is no more memory: the limit's doing."""
    if isinstance(error, RuntimeError) and "can't allocate memory" in words_of(error):
        raise MemoryError(str(error).splitlines()[0]) from error


def copied(thing: Thing) -> Thing:
    """Return a copy of arguments or of a result that shares no memory with it; what cannot be copied stays as it is.

    What is one object or one memory within ``thing`` is so within the copy, and tensors keep their strides.
    """
    known: dict[int, Any] = {id(leaf): leaf for leaf in pytree.tree_leaves(thing) if _stays(leaf)}
    tensors = {id(one): one for one in tensors_held(thing)}  # kept while ids stand for them
    known |= zip(tensors, _copies(list(tensors.values())), strict=True)
    whole = _deeply(thing, known)
    # A container whose leaves are not all copied is made anew around those that are.
    return pytree.tree_map(lambda leaf: _deeply(leaf, known), thing) if whole is thing else whole


def _stays(leaf: object) -> bool:
    """Whether a leaf is another thing in its copy: one that stands for itself, or a module, which is no value."""
    return type(leaf) is object or isinstance(leaf, nn.Module)


def _deeply(thing: Thing, known: Mapping[int, Any]) -> Thing:
    try:
        return copy.deepcopy(thing, dict(known))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever the copying of a user's object raises
        reraise_want_of_memory(error)
        return thing


def _copies(tensors: Sequence[torch.Tensor]) -> Iterator[torch.Tensor]:
    """Yield a copy of each of ``tensors``, in their order."""
    found: dict[int, torch.Tensor] = {}
    for group in _overlapping(tensors):
        found |= zip(map(id, group), _rebuilt(group), strict=True)
    return (found[id(one)] if id(one) in found else _alone(one) for one in tensors)


def _alone(tensor: torch.Tensor) -> torch.Tensor:
    try:
        return tensor.detach().clone().requires_grad_(tensor.requires_grad)
    except Exception as error:  # noqa: BLE001 - a class of tensors may have no way to be cloned
        reraise_want_of_memory(error)
        return tensor


def _overlapping(tensors: Sequence[torch.Tensor]) -> Iterator[list[torch.Tensor]]:
    """Yield the tensors that a clone would part from each other, or give other strides."""
    groups: list[list[torch.Tensor]] = []
    last: tuple[int, int] = (0, 0)
    for one in sorted(filter(_has_strides, tensors), key=lambda one: (_storage(one), _extent(one))):
        start, end = _extent(one)
        if groups and _storage(one) == last[0] and start < last[1]:
            groups[-1].append(one)
            last = last[0], max(last[1], end)
        else:
            groups.append([one])
            last = _storage(one), end
    return (group for group in groups if len(group) > 1 or not _is_dense(group[0]))


def _has_strides(tensor: torch.Tensor) -> bool:
    plain = type(tensor) in {torch.Tensor, nn.Parameter} and tensor.layout is torch.strided and not tensor.is_nested
    written = plain and not (tensor.is_meta or tensor.is_quantized or tensor.is_conj() or tensor.is_neg())
    return written and tensor.numel() > 0


def _is_dense(tensor: torch.Tensor) -> bool:
    return torch.empty_like(tensor, device="meta").stride() == tensor.stride()


def _storage(tensor: torch.Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


def _extent(tensor: torch.Tensor) -> tuple[int, int]:
    """Return where in its storage a tensor's first byte lies, and where its last one ends."""
    start = int(tensor.storage_offset()) * tensor.itemsize
    steps = sum((size - 1) * stride for size, stride in zip(tensor.shape, tensor.stride(), strict=True))
    return start, start + (steps + 1) * tensor.itemsize


def _rebuilt(tensors: Sequence[torch.Tensor]) -> Iterator[torch.Tensor]:
    """Yield tensors that lie in one new memory as ``tensors`` do in theirs; no more is copied than they span."""
    first = tensors[0]
    low = min(_extent(one)[0] for one in tensors) // ALIGNED * ALIGNED
    high = max(_extent(one)[1] for one in tensors)
    span = torch.empty(0, dtype=torch.uint8, device=first.device)
    span = span.set_(first.untyped_storage(), low, (high - low,), (1,))  # pyright: ignore[reportArgumentType]
    memory = torch.empty(-(-(high - low) // ALIGNED) * ALIGNED, dtype=torch.uint8, device=first.device)
    memory[: high - low] = span
    for one in tensors:
        offset = (_extent(one)[0] - low) // one.itemsize
        view = memory.view(one.dtype).as_strided(one.size(), one.stride(), offset)
        yield view.detach().requires_grad_(one.requires_grad)  # no view to autograd, as clones are none
