"""Compare two leaves of results: tensors, numbers, arrays of NumPy's and objects."""

from __future__ import annotations

import cmath
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.testing._comparison import default_tolerances

from explorer.source.load import DTYPE_NAMES
from explorer.source.memory import reraise_want_of_memory
from explorer.verify.rounding import is_rounding

LONGEST = 300

DEEPEST = 8
"""How far objects within objects are looked into."""

EXACT: Mapping[type, torch.dtype] = {float: torch.float64, complex: torch.complex128}
"""Python's numbers that are compared as tensors are."""

THEMSELVES = (torch.dtype, torch.layout, torch.memory_format)
"""What says nothing of how it compares as there is one of each."""

Number = bool | int | float | complex


@dataclass(frozen=True, slots=True)
class Errors:
    """The largest errors over the values compared so far."""

    absolute: float = 0.0
    relative: float | None = 0.0
    """Relative to eager's values; ``None`` where all that are off should be zero."""
    rounding: bool = True
    """Whether what is beyond tolerance is so by no more than rounding."""

    def joined(self, other: Errors) -> Errors:
        """Return the larger of both."""
        known = max(self.relative or 0.0, other.relative or 0.0)
        unknown = None in {self.relative, other.relative} and not known
        return Errors(
            max(self.absolute, other.absolute),
            None if unknown else known,
            self.rounding and other.rounding,
        )


class Differs(Exception):  # noqa: N818 - not an error: the answer of a comparison
    """Raised at the first difference in structure, type, dtype or shape."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(message)
        self.where = where


def compared(eager: Any, static: Any, *, name: str, flat: bool = False) -> tuple[Errors, str]:
    """Return how far two leaves are apart, and what to say if that is beyond tolerance.

    Parameters
    ----------
    name
        What to call the leaf.
    flat
        Take a number and a tensor of one element for the same, as a graph has no numbers.

    Raises
    ------
    Differs
        They are not of one type, layout, dtype and shape.
    """
    tensors = isinstance(eager, torch.Tensor), isinstance(static, torch.Tensor)
    if not all(tensors):
        return _mixed(eager, static, name, flat=flat) if any(tensors) else _plain(eager, static, name)
    if eager.is_nested or static.is_nested:
        return _nested(eager, static, name)
    if eager.shape != static.shape:
        raise Differs("shape", f"{name}: shape {list(eager.shape)} in eager, {list(static.shape)} in the graph")
    if eager.dtype != static.dtype:
        raise Differs("dtype", f"{name}: {_dtype(eager)} in eager, {_dtype(static)} in the graph")
    if eager.layout != static.layout:
        raise Differs("structure", f"{name}: layout {_layout(eager)} in eager, {_layout(static)} in the graph")
    return _tensors(eager.detach(), static.detach(), name)


def shape_of(result: object) -> str:
    """Return the structure of a result in a few words, such as ``Out(tensor, tensor)``."""
    if isinstance(result, torch.Tensor):
        return "tensor"
    if isinstance(result, dict):
        inside = ", ".join(f"{key!s}: {shape_of(value)}" for key, value in result.items())
        return f"{type(result).__name__ if type(result) is not dict else ''}{{{inside}}}"[:LONGEST]
    if isinstance(result, tuple | list):
        name = type(result).__name__
        return f"{name}({', '.join(shape_of(one) for one in result)})"[:LONGEST]
    return type(result).__name__


def _dtype(tensor: torch.Tensor) -> str:
    return DTYPE_NAMES.get(tensor.dtype, str(tensor.dtype))


def _layout(tensor: torch.Tensor) -> str:
    return str(tensor.layout).removeprefix("torch.")


def _nested(eager: torch.Tensor, static: torch.Tensor, name: str) -> tuple[Errors, str]:
    """Compare nested tensors, which have no shape, or a name for a size of their own, by their components."""
    left, right = _components(eager), _components(static)
    if left is None or right is None:
        kinds = ["a plain tensor" if one is None else "a nested tensor" for one in (left, right)]
        raise Differs("structure", f"{name}: {kinds[0]} in eager, {kinds[1]} in the graph")
    if eager.layout != static.layout:
        layouts = f"{_layout(eager)} in eager, {_layout(static)} in the graph"
        raise Differs("structure", f"{name}: nested with layout {layouts}")
    if len(left) != len(right):
        raise Differs("shape", f"{name}: {len(left)} components in eager, {len(right)} in the graph")
    errors, beyond = Errors(), ""
    for position, (one, other) in enumerate(zip(left, right, strict=True)):
        found, wrong = compared(one, other, name=f"{name}, component {position}")
        errors, beyond = errors.joined(found), beyond or wrong
    return errors, beyond


def _components(tensor: torch.Tensor) -> Sequence[torch.Tensor] | None:
    return tensor.detach().unbind() if tensor.is_nested else None


def _mixed(eager: Any, static: Any, name: str, *, flat: bool) -> tuple[Errors, str]:
    """Compare a number with a tensor of one element, in the tensor's dtype."""
    of_eager = isinstance(eager, torch.Tensor)
    tensor, number = (eager, static) if of_eager else (static, eager)
    number = number.item() if isinstance(number, np.generic) else number
    if not flat or not isinstance(number, Number):
        raise Differs("structure", f"{name}: {shape_of(eager)} in eager, {shape_of(static)} in the graph")
    if tensor.numel() != 1:
        raise Differs("shape", _each(name, f"shape {list(tensor.shape)}", type(number).__name__, of_eager=of_eager))
    one = tensor.detach().reshape(())
    value = one.item()
    if type(value) is not type(number):
        raise Differs("dtype", _each(name, _dtype(tensor), type(number).__name__, of_eager=of_eager))
    left, right = (value, number) if of_eager else (number, value)
    if isinstance(left, int) and isinstance(right, int):
        return _whole(left, right, name)
    other = torch.tensor(number, dtype=tensor.dtype)
    return _tensors(*((one, other) if of_eager else (other, one)), name)


def _each(name: str, tensor: str, number: str, *, of_eager: bool) -> str:
    eager, static = (tensor, number) if of_eager else (number, tensor)
    return f"{name}: {eager} in eager, {static} in the graph"


def _plain(eager: Any, static: Any, name: str) -> tuple[Errors, str]:
    """Compare two leaves that are no tensors."""
    if type(eager) is not type(static):
        raise Differs("structure", f"{name}: {type(eager).__name__} in eager, {type(static).__name__} in the graph")
    if type(eager) in EXACT:
        exact = EXACT[type(eager)]
        return _tensors(torch.tensor(eager, dtype=exact), torch.tensor(static, dtype=exact), name)
    if (arrays := _of_numpy(eager, static)) is not None:
        return compared(*arrays, name=name)
    if isinstance(eager, int):
        return _whole(eager, static, name)
    apart = _parted(eager, static)
    return Errors(rounding=apart is None), ("" if apart is None else f"{name}: another {type(eager).__name__}{apart}")


def _whole(eager: int, static: int, name: str) -> tuple[Errors, str]:
    gap = abs(eager - static)
    if not gap:
        return Errors(), ""
    errors = Errors(_number(gap), _number(gap) / _number(abs(eager)) if eager else None, rounding=False)
    return errors, f"{name}: {eager} in eager, {static} in the graph"[:LONGEST]


def _number(value: int) -> float:
    return float(min(value, 2**1000))


def _of_numpy(eager: object, static: object) -> tuple[torch.Tensor, torch.Tensor] | None:
    """Return two arrays or scalars of NumPy's as tensors, whose tolerances they have, where torch has their dtype."""
    if not isinstance(eager, np.ndarray | np.generic):
        return None
    try:
        return torch.from_numpy(np.array(eager, order="C")), torch.from_numpy(np.array(static, order="C"))
    except TypeError:
        return None


def _parted(left: object, right: object, depth: int = 0) -> str | None:
    """Return which attribute of two objects is seen to differ, ``""`` for the objects themselves, ``None`` if none is.

    What does not say how it compares does so by its attributes; what cannot be compared is not seen to differ.
    """
    if left is right or depth > DEEPEST:
        return None
    if type(left) is not type(right):
        return ""
    inside = _inside(left), _inside(right)
    if inside[0] is None or inside[1] is None:
        return None if _alike(left, right) else ""
    if inside[0].keys() != inside[1].keys():
        return ""
    found = ((name, _parted(one, inside[1][name], depth + 1)) for name, one in inside[0].items())
    return next((f"{name}{apart}" for name, apart in found if apart is not None), None)


def _alike(left: object, right: object) -> bool:
    """Whether two objects of one class, neither of which is looked into, are the same as far as that is known."""
    if isinstance(left, set | frozenset):
        return _hold_the_same(left, right)  # pyright: ignore[reportArgumentType]
    if isinstance(left, torch.Tensor | float | complex) or _of_numpy(left, right) is not None:
        return _is_close(left, right)
    return _equal(left, right)


def _inside(thing: object) -> dict[str, object] | None:
    """Return what an object consists of, by the way to it; ``None`` for what says itself how it compares."""
    if type(thing) is dict:
        return {f"[{key!r}]": value for key, value in thing.items()}
    if type(thing) in {list, tuple}:
        return {f"[{position}]": value for position, value in enumerate(thing)}  # pyright: ignore[reportArgumentType]
    if type(thing).__eq__ is not object.__eq__ or isinstance(thing, nn.Module | type) or callable(thing):
        return None
    attributes = getattr(thing, "__dict__", None)
    return {f".{name}": value for name, value in attributes.items()} if isinstance(attributes, dict) else None


def _hold_the_same(left: Collection[object], right: Collection[object]) -> bool:
    """Whether two sets hold the same, each part of one being close to another of the other."""
    waiting = [one for one in right if one not in left]
    for one in (one for one in left if one not in right):
        found = next((place for place, other in enumerate(waiting) if _parted(one, other) is None), None)
        if found is None:
            return False
        waiting.pop(found)
    return not waiting


def _is_close(left: object, right: object) -> bool:
    try:
        return not compared(left, right, name="")[1]
    except Differs:
        return False
    except Exception as failed:  # noqa: BLE001 - a class of tensors may not compare
        reraise_want_of_memory(failed)
        return True


def _equal(left: object, right: object) -> bool:
    try:
        if isinstance(left, np.ndarray) and isinstance(right, np.ndarray):  # their == is one of each element
            return left.shape == right.shape and all(map(_equal, left.ravel().tolist(), right.ravel().tolist()))
        return bool(left == right) or (type(left).__eq__ is object.__eq__ and not isinstance(left, THEMSELVES))
    except Exception:  # noqa: BLE001 - a user's __eq__ may do anything
        return True


def _tensors(eager: torch.Tensor, static: torch.Tensor, name: str) -> tuple[Errors, str]:
    """Compare two tensors of one shape, dtype and layout."""
    if eager.is_meta != static.is_meta:
        raise Differs("structure", f"{name}: on {eager.device} in eager, on {static.device} in the graph")
    if eager.is_meta:  # no values to compare
        return Errors(), ""
    if eager.is_quantized and static.is_quantized:
        errors, beyond = _tensors(eager.dequantize(), static.dequantize(), name)
        other = _other_steps(eager, static, name)
        return replace(errors, rounding=errors.rounding and not other), beyond or other
    if eager.numel() == 0:
        return Errors(), ""
    if eager.layout != torch.strided:
        eager, static = eager.to_dense(), static.to_dense()
    if eager.is_floating_point() or eager.is_complex():
        return _inexact(eager, static, name)
    return _integers(eager, static, name)


def _inexact(eager: torch.Tensor, static: torch.Tensor, name: str) -> tuple[Errors, str]:
    if eager.dtype != torch.complex32 and torch.equal(eager, static):  # the common case, in no memory of its own
        return Errors(), ""
    relative, absolute = default_tolerances(eager, static)
    exact = torch.complex128 if eager.is_complex() else torch.float64
    left, right = eager.to(exact), static.to(exact)
    beyond = ~torch.isclose(right, left, rtol=relative, atol=absolute, equal_nan=True)
    apart = ~(left.isnan() & right.isnan()) & (left != right)
    gap = (left - right).abs()
    off, sizes = gap[apart], left.abs()[apart]
    shares = off[sizes != 0] / sizes[sizes != 0]
    errors = Errors(_largest(off), _largest(shares) if len(shares) or not len(off) else None)
    wrong = int(beyond.sum())
    if not wrong:
        return errors, ""
    errors = replace(errors, rounding=is_rounding(gap, left, beyond, eager.dtype))
    return errors, _said(name, wrong, eager, errors)


def _integers(eager: torch.Tensor, static: torch.Tensor, name: str) -> tuple[Errors, str]:
    """Compare integers, whose gaps no float holds: as unsigned numbers these wrap around to what they are."""
    left, right = eager.numpy(force=True), static.numpy(force=True)
    apart = left != right
    wrong = int(apart.sum())
    if not wrong:
        return Errors(), ""
    left, right = left[apart], right[apart]
    gaps = np.maximum(left, right).astype(np.uint64) - np.minimum(left, right).astype(np.uint64)
    sizes = left.astype(np.uint64)
    sizes = np.where(left < 0, ~sizes + np.uint64(1), sizes)
    shares = gaps[sizes > 0] / sizes[sizes > 0]
    errors = Errors(float(gaps.max()), float(shares.max()) if len(shares) else None, rounding=False)
    return errors, _said(name, wrong, eager, errors)


def _said(name: str, wrong: int, eager: torch.Tensor, errors: Errors) -> str:
    return f"{name}: {wrong} of {eager.numel()} values beyond tolerance, the largest error {errors.absolute:.3g}"


def _other_steps(eager: torch.Tensor, static: torch.Tensor, name: str) -> str:
    """Return how the steps of two quantised tensors differ, empty where they do not."""
    for what, left, right in zip(("scheme", "scale", "zero point"), _steps(eager), _steps(static), strict=True):
        if left != right:
            return f"{name}: quantised with {what} {left} in eager, {right} in the graph"[:LONGEST]
    return ""


def _steps(tensor: torch.Tensor) -> tuple[str, Any, Any]:
    if tensor.qscheme() in {torch.per_tensor_affine, torch.per_tensor_symmetric}:
        return str(tensor.qscheme()), tensor.q_scale(), tensor.q_zero_point()
    scheme = f"{tensor.qscheme()} along {tensor.q_per_channel_axis()}"
    return scheme, tensor.q_per_channel_scales().tolist(), tensor.q_per_channel_zero_points().tolist()


def _largest(values: torch.Tensor) -> float:
    """Return the largest of ``values``; infinity where one is NaN."""
    found = float(values.max()) if values.numel() else 0.0
    return float("inf") if cmath.isnan(found) else found
