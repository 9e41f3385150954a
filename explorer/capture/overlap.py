"""Whether two views of one memory have an element in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Geometry = tuple[Any, ...]
"""Storage, offset, sizes, strides and dtype, as ``keys_of`` gives them; an identity alone where there is no memory."""

PARTS = 5


def may_overlap(one: Geometry, other: Geometry) -> bool:
    """Whether two views may share an element: exactly where strides are nested as in a tensor, else by their span.

    Examples
    --------
    >>> left, right = (1, 0, (2, 4), (8, 1), "f32"), (1, 4, (2, 4), (8, 1), "f32")
    >>> may_overlap(left, right), may_overlap(left, left)
    (False, True)
    """
    if len(one) != PARTS or len(other) != PARTS or one[4] != other[4]:
        return True
    start, begin = one[1], other[1]
    dims, others = _dims(one), _dims(other)
    if _last(start, dims) < begin or _last(begin, others) < start:
        return False
    both = _together(dims, others)
    equal = [stride for _, stride in dims] == [stride for _, stride in others]
    if not equal and any(stride <= _reach(both[place + 1 :]) for place, (stride, _, _) in enumerate(both)):
        return True
    return _meet(begin - start, both)


def _together(dims: list[tuple[int, int]], others: list[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Return each stride with its sizes in both views, the widest first; 1 for that which has it not."""
    if [stride for _, stride in dims] == [stride for _, stride in others]:
        return [(stride, size, other) for (size, stride), (other, _) in zip(dims, others, strict=True)]
    rest = list(others)
    found: list[tuple[int, int, int]] = []
    for size, stride in dims:
        other = next((one for one in rest if one[1] == stride), None)
        if other is not None:
            rest.remove(other)
        found.append((stride, size, other[0] if other else 1))
    return sorted([*found, *((stride, 1, size) for size, stride in rest)], key=lambda one: -one[0])


def _reach(dims: Sequence[tuple[int, int, int]]) -> int:
    return sum((max(size, other) - 1) * stride for stride, size, other in dims)


def _dims(view: Geometry) -> list[tuple[int, int]]:
    """Return size and stride of each dimension of more than one element, the widest stride first."""
    pairs: list[tuple[int, int]] = list(zip(view[2], view[3], strict=True))
    return sorted(((size, stride) for size, stride in pairs if size != 1 and stride), key=lambda pair: -pair[1])


def _last(start: int, dims: list[tuple[int, int]]) -> int:
    return start + sum((size - 1) * stride for size, stride in dims)


def _meet(apart: int, dims: Sequence[tuple[int, int, int]]) -> bool:
    """Whether ``apart`` is a sum of strides, each as often as indices of both views may differ."""
    if not dims:
        return apart == 0
    (stride, size, other), *rest = dims
    inner = _reach(rest)
    first, last = -((inner - apart) // stride), (apart + inner) // stride
    turns = range(max(first, 1 - other), min(last, size - 1) + 1)
    return any(_meet(apart - turn * stride, rest) for turn in turns)
