"""Compare what a static graph returned with what eager returned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch.testing._comparison import default_tolerances
from torch.utils import _pytree as pytree

from explorer.evidence import Outcome
from explorer.source.held import named_leaves
from explorer.source.load import DTYPE_NAMES, Arguments
from explorer.source.memory import reraise_want_of_memory

LONGEST = 300

EXACT: Mapping[type, torch.dtype] = {float: torch.float64, complex: torch.complex128}
"""Python's numbers that are compared as tensors are."""

ROUNDING = 150
"""Units in the last place, of the largest value in its row, by which a float that is beyond tolerance may be off
and still be told as rounding: what sums in another order amount to in a deep network.
"""


@dataclass(frozen=True, slots=True)
class Errors:
    """The largest errors over the values compared so far, relative to eager's."""

    absolute: float = 0.0
    relative: float = 0.0
    rounding: bool = True
    """Whether what is beyond tolerance is so by no more than rounding."""

    def joined(self, other: Errors) -> Errors:
        """Return the larger of both."""
        return Errors(
            max(self.absolute, other.absolute),
            max(self.relative, other.relative),
            self.rounding and other.rounding,
        )


@dataclass(frozen=True, slots=True)
class Beyond:
    """The first output that is beyond tolerance, and what is wrong with it."""

    output: int
    message: str


class Differs(Exception):  # noqa: N818 - not an error: the answer of a comparison
    """Raised at the first difference in structure, type, dtype or shape."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(message)
        self.where = where


def compare_results(eager: object, static: object, *, flat: bool, before: Arguments, after: Arguments) -> Outcome:
    """Return the outcome of one example: results first, then the arguments after the call.

    Parameters
    ----------
    flat
        Compare the leaves as a flat list without None (ONNX has no structure).
    before, after
        The arguments after eager's call and after the static graph's.
    """
    try:
        errors, exceeded = _leaves(eager, static, flat=flat)
        if exceeded:
            return replace(
                _differs("value", exceeded.message, errors), rounding=errors.rounding, output=exceeded.output
            )
    except Differs as difference:
        if difference.where == "structure" and not flat:
            return _with_beneath(str(difference), eager, static)
        return Outcome(outcome="differs", message=str(difference), where=difference.where)  # pyright: ignore[reportArgumentType]
    lost = _lost(before, after)
    return lost or Outcome(outcome="agrees", max_abs_error=errors.absolute, max_rel_error=errors.relative)


def _lost(before: Arguments, after: Arguments) -> Outcome | None:
    """Return what differs of the arguments after the call, if anything does."""
    try:
        written, exceeded = _leaves(_plain(before), _plain(after), flat=True, what="argument")
    except Differs as difference:
        return Outcome(outcome="differs", message=f"after the call, {difference}", where="argument")
    return _differs("argument", f"after the call, {exceeded.message}", written) if exceeded else None


def tolerances() -> dict[str, tuple[float, float]]:
    """Return relative and absolute tolerance per dtype, as ``torch.testing.assert_close`` has them."""
    return {name: default_tolerances(dtype) for dtype, name in DTYPE_NAMES.items()}


def same(left: object, right: object) -> bool:
    """Whether two results agree in structure and value; what cannot be compared is not seen to differ."""
    nothing = Arguments(args=(), kwargs={})
    try:
        return compare_results(left, right, flat=False, before=nothing, after=nothing).outcome == "agrees"
    except Exception as failed:  # noqa: BLE001 - results of a user's own classes may not compare
        reraise_want_of_memory(failed)
        return True


def _differs(where: Any, message: str, errors: Errors) -> Outcome:
    finite = errors.absolute < float("inf")
    return Outcome(
        outcome="differs",
        max_abs_error=errors.absolute if finite else None,
        max_rel_error=errors.relative if finite and errors.relative < float("inf") else None,
        message=message,
        where=where,
    )


def _with_beneath(message: str, eager: object, static: object) -> Outcome:
    """Return that the structure differs, with what of the tensors in it does where each has its counterpart."""
    outcome = Outcome(outcome="differs", message=message, where="structure")
    if isinstance(eager, dict) and isinstance(static, dict) and list(eager) != list(static):
        return outcome
    left, right = _flat(eager, flat=False), _flat(static, flat=False)
    if len(left) != len(right) or not all(map(_is_data, (*left, *right))):
        return outcome
    try:
        errors, exceeded = _compared(left, right, flat=False)
    except Differs as difference:
        if difference.where == "structure":
            return outcome
        return replace(outcome, message=f"{message}; {difference}", beneath=difference.where)  # pyright: ignore[reportArgumentType]
    if exceeded is None or errors.rounding:
        return outcome
    found = _differs("structure", f"{message}; {exceeded.message}", errors)
    return replace(found, beneath="value", output=exceeded.output)


def _plain(arguments: Arguments) -> list[Any]:
    return [leaf for leaf in pytree.tree_leaves((arguments.args, arguments.kwargs)) if _is_data(leaf)]


def _is_data(leaf: object) -> bool:
    return isinstance(leaf, torch.Tensor | bool | int | float | str)


def _leaves(eager: object, static: object, *, flat: bool, what: str = "output") -> tuple[Errors, Beyond | None]:
    """Return the largest errors and, where one is beyond tolerance, what is."""
    left, right = _flat(eager, flat=flat), _flat(static, flat=flat)
    if not flat:
        _check_structure(eager, static)
    if len(left) != len(right):
        raise Differs("structure", f"{len(left)} {what}s in eager, {len(right)} in the graph")
    return _compared(left, right, flat=flat, what=what)


def _compared(
    left: Sequence[Any], right: Sequence[Any], *, flat: bool, what: str = "output"
) -> tuple[Errors, Beyond | None]:
    errors, exceeded = Errors(), None
    for position, (one, other) in enumerate(zip(left, right, strict=True)):
        found, beyond = _values(one, other, name=f"{what} {position}", flat=flat)
        errors = errors.joined(found)
        exceeded = exceeded or (Beyond(position, beyond) if beyond else None)
    return errors, exceeded


def _flat(result: object, *, flat: bool) -> Sequence[Any]:
    leaves = [leaf for _, leaf in named_leaves(result)]
    return [leaf for leaf in leaves if _is_data(leaf)] if flat else leaves


def _check_structure(eager: object, static: object) -> None:
    left, right = pytree.tree_structure(eager), pytree.tree_structure(static)
    if left != right:
        ours, theirs = _shape(eager), _shape(static)
        other = "another class of that name" if ours == theirs else theirs
        raise Differs("structure", f"eager returns {ours}, the graph {other}")


def _shape(result: object) -> str:
    """Return the structure of a result in a few words, such as ``Out(tensor, tensor)``."""
    if isinstance(result, torch.Tensor):
        return "tensor"
    if isinstance(result, dict):
        inside = ", ".join(f"{key!s}: {_shape(value)}" for key, value in result.items())
        return f"{type(result).__name__ if type(result) is not dict else ''}{{{inside}}}"[:LONGEST]
    if isinstance(result, tuple | list):
        name = type(result).__name__
        return f"{name}({', '.join(_shape(one) for one in result)})"[:LONGEST]
    return type(result).__name__


def _values(eager: Any, static: Any, *, name: str, flat: bool) -> tuple[Errors, str]:
    tensors = isinstance(eager, torch.Tensor), isinstance(static, torch.Tensor)
    if not all(tensors):
        return _scalars(eager, static, tensors, name=name, flat=flat)
    if eager.is_nested or static.is_nested:
        return _nested(eager, static, name=name, flat=flat)
    if eager.shape != static.shape:
        raise Differs("shape", f"{name}: shape {list(eager.shape)} in eager, {list(static.shape)} in the graph")
    if eager.dtype != static.dtype:
        left, right = (DTYPE_NAMES.get(one.dtype, str(one.dtype)) for one in (eager, static))
        raise Differs("dtype", f"{name}: {left} in eager, {right} in the graph")
    return _tensors(eager.detach(), static.detach(), name)


def _nested(eager: torch.Tensor, static: torch.Tensor, *, name: str, flat: bool) -> tuple[Errors, str]:
    """Compare nested tensors, which have no shape, or a name for a size of their own, by their components."""
    left, right = _components(eager), _components(static)
    if left is None or right is None:
        kinds = ["a plain tensor" if one is None else "a nested tensor" for one in (left, right)]
        raise Differs("structure", f"{name}: {kinds[0]} in eager, {kinds[1]} in the graph")
    if eager.layout != static.layout:
        layouts = [str(one.layout).removeprefix("torch.") for one in (eager, static)]
        raise Differs("structure", f"{name}: nested with layout {layouts[0]} in eager, {layouts[1]} in the graph")
    if len(left) != len(right):
        raise Differs("shape", f"{name}: {len(left)} components in eager, {len(right)} in the graph")
    errors, beyond = Errors(), ""
    for position, (one, other) in enumerate(zip(left, right, strict=True)):
        found, wrong = _values(one, other, name=f"{name}, component {position}", flat=flat)
        errors, beyond = errors.joined(found), beyond or wrong
    return errors, beyond


def _components(tensor: torch.Tensor) -> Sequence[torch.Tensor] | None:
    return tensor.detach().unbind() if tensor.is_nested else None


def _scalars(eager: Any, static: Any, tensors: tuple[bool, bool], *, name: str, flat: bool) -> tuple[Errors, str]:
    if any(tensors):
        numbers = all(isinstance(one, torch.Tensor | bool | int | float) for one in (eager, static))
        if not (flat and numbers):
            raise Differs("structure", f"{name}: {_shape(eager)} in eager, {_shape(static)} in the graph")
        return _tensors(torch.as_tensor(eager, dtype=torch.float64).reshape(-1),
                        torch.as_tensor(static, dtype=torch.float64).reshape(-1), name)  # fmt: skip
    if type(eager) is type(static) and type(eager) in EXACT:
        exact = EXACT[type(eager)]
        return _tensors(torch.tensor(eager, dtype=exact), torch.tensor(static, dtype=exact), name)
    if type(eager) is type(static) and (arrays := _of_numpy(eager, static)) is not None:
        return _values(*arrays, name=name, flat=flat)
    if type(eager) is type(static) and isinstance(eager, int):
        gap = abs(eager - static)
        errors = Errors(_number(gap), _number(gap) / max(_number(abs(eager)), 1e-300), rounding=not gap)
        return errors, (f"{name}: {eager} in eager, {static} in the graph"[:LONGEST] if gap else "")
    if type(eager) is not type(static):
        raise Differs("structure", f"{name}: {type(eager).__name__} in eager, {type(static).__name__} in the graph")
    equal = _equal(eager, static)
    return Errors(rounding=equal), ("" if equal else f"{name}: another {type(eager).__name__}")


def _of_numpy(eager: object, static: object) -> tuple[torch.Tensor, torch.Tensor] | None:
    """Return two arrays or scalars of NumPy's as tensors, whose tolerances they have, where torch has their dtype."""
    if not isinstance(eager, np.ndarray | np.generic):
        return None
    try:
        return torch.from_numpy(np.array(eager, order="C")), torch.from_numpy(np.array(static, order="C"))
    except TypeError:
        return None


def _number(value: int) -> float:
    return float(min(value, 2**1000))


def _equal(left: object, right: object) -> bool:
    try:
        if isinstance(left, np.ndarray) and isinstance(right, np.ndarray):  # their == is one of each element
            return left.shape == right.shape and all(map(_equal, left.ravel().tolist(), right.ravel().tolist()))
        return bool(left == right) or type(left).__eq__ is object.__eq__
    except Exception:  # noqa: BLE001 - a user's __eq__ may do anything
        return True


def _tensors(eager: torch.Tensor, static: torch.Tensor, name: str) -> tuple[Errors, str]:
    if eager.numel() == 0 or (eager.is_meta and static.is_meta):  # no values to compare
        return Errors(), ""
    if eager.layout != torch.strided or static.layout != torch.strided:
        eager, static = eager.to_dense(), static.to_dense()
    if eager.is_quantized and static.is_quantized:
        errors, beyond = _tensors(eager.dequantize(), static.dequantize(), name)
        return errors, beyond or _other_steps(eager, static, name)
    relative, absolute = default_tolerances(eager, static)
    exact = torch.float64 if not eager.dtype.is_complex else torch.complex128
    left, right = eager.to(exact), static.to(exact)
    inexact = eager.is_floating_point() or eager.is_complex()
    close = torch.isclose(right, left, rtol=relative, atol=absolute, equal_nan=True) if inexact else eager == static
    apart = ~(left.isnan() & right.isnan()) & (left != right)
    gap = (left - right).abs()
    largest = _largest(gap[apart])
    errors = Errors(
        largest,
        _largest(gap[apart] / left.abs()[apart].clamp_min(1e-300)),
        rounding=inexact and _is_rounding(gap, left, ~close, eager.dtype),
    )
    if bool(close.all()):
        return replace(errors, rounding=True), ""
    wrong = int((~close).sum())
    return errors, f"{name}: {wrong} of {eager.numel()} values beyond tolerance, the largest error {largest:.3g}"


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
    return found if found == found else float("inf")  # noqa: PLR0124 - NaN


def _is_rounding(gap: torch.Tensor, eager: torch.Tensor, beyond: torch.Tensor, dtype: torch.dtype) -> bool:
    """Whether each value ``beyond`` tolerance is off by what rounding beside the largest of its row amounts to."""
    sizes = eager.abs().nan_to_num(nan=0.0, posinf=0.0, neginf=0.0)
    rows = sizes.amax(-1, keepdim=True).expand_as(sizes) if sizes.ndim else sizes
    return bool((gap[beyond] <= ROUNDING * torch.finfo(dtype).eps * rows[beyond]).all())
