"""Compare what a static graph returned with what eager returned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from explorer.verify.objects import check_objects, compared_attributes
from explorer.verify.values import Differs, Errors, compared, shape_of


@dataclass(frozen=True, slots=True)
class Beyond:
    """The first output that is beyond tolerance, and what is wrong with it."""

    output: int | None
    """Its position, if it is one that graphs have: a plain attribute of an object is none."""
    message: str


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
    lost = _lost(before, after, flat=flat)
    return lost or Outcome(outcome="agrees", max_abs_error=errors.absolute, max_rel_error=_finite(errors.relative))


def _lost(before: Arguments, after: Arguments, *, flat: bool) -> Outcome | None:
    """Return what differs of the arguments after the call, if anything does."""
    errors, message = Errors(), ""
    try:
        for (name, one), (_, other) in zip(_named(before), _named(after), strict=True):
            found, beyond = _argument(one, other, name, flat=flat)
            errors, message = errors.joined(found), message or beyond
    except Differs as difference:
        return Outcome(outcome="differs", message=f"after the call, {difference}", where="argument")
    if not message:
        return None
    return replace(_differs("argument", f"after the call, {message}", errors), rounding=errors.rounding)


def _named(arguments: Arguments) -> Iterator[tuple[str, object]]:
    yield from ((f"argument {position}", one) for position, one in enumerate(arguments.args))
    yield from ((f"argument {name}", one) for name, one in arguments.kwargs.items())


def _argument(eager: object, static: object, name: str, *, flat: bool) -> tuple[Errors, str]:
    """Compare one argument after the call, leaf by leaf; in which order a dict has its keys is of no account."""
    eager, static = _ordered(eager), _ordered(static)
    left, right = [*named_leaves(eager)], [*named_leaves(static)]
    if flat:
        left, right = ([(path, leaf) for path, leaf in leaves if _is_told(leaf)] for leaves in (left, right))
    other = not flat and pytree.tree_structure(eager) != pytree.tree_structure(static)
    if not other:
        check_objects(eager, static, name)
    if other or len(left) != len(right):
        raise Differs("structure", f"{name} is {shape_of(eager)} in eager, {shape_of(static)} in the graph")
    errors, message = Errors(), ""
    for (path, one), another in zip(left, _beside(left, right), strict=True):
        found, beyond = compared(one, another, name=f"{name}{path}", flat=flat)
        errors, message = errors.joined(found), message or beyond
    found, beyond = compared_attributes(eager, static, name)
    return errors.joined(found), message or beyond


def _beside(left: Sequence[tuple[str, Any]], right: Sequence[tuple[str, Any]]) -> list[Any]:
    """Return the leaves of ``right`` in the order of ``left`` where they have the same paths, else in their own."""
    known = dict(right)
    alike = known.keys() == dict(left).keys()
    return [known[path] for path, _ in left] if alike else [leaf for _, leaf in right]


def _ordered(thing: Any) -> Any:
    if type(thing) is dict:
        return {key: _ordered(thing[key]) for key in sorted(thing, key=repr)}
    return type(thing)(map(_ordered, thing)) if type(thing) in {list, tuple} else thing


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
    largest = _finite(errors.absolute) or None  # what differs by 0 differs in no number
    return Outcome(
        outcome="differs",
        max_abs_error=largest,
        max_rel_error=None if largest is None else _finite(errors.relative),
        message=message,
        where=where,
    )


def _finite(error: float | None) -> float | None:
    """Return a number that JSON has."""
    return error if error is not None and error < float("inf") else None


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


def _is_data(leaf: object) -> bool:
    return isinstance(leaf, torch.Tensor | bool | int | float | complex | str | np.ndarray | np.generic)


def _is_told(leaf: object) -> bool:
    """Whether a leaf of an argument counts where there is no structure: an object is the caller's as it always was."""
    return _is_data(leaf) or hasattr(leaf, "__dict__")


def _leaves(eager: object, static: object, *, flat: bool) -> tuple[Errors, Beyond | None]:
    """Return the largest errors and, where one is beyond tolerance, what is."""
    if flat:
        left, right = _flat(eager, flat=True), _flat(static, flat=True)
    else:
        _check_structure(eager, static)
        check_objects(eager, static, "output")
        named = [*named_leaves(eager)], [*named_leaves(static)]
        left, right = [leaf for _, leaf in named[0]], _beside(*named)
    if len(left) != len(right):
        raise Differs("structure", f"{len(left)} outputs in eager, {len(right)} in the graph")
    errors, exceeded = _compared(left, right, flat=flat)
    if flat or exceeded:
        return errors, exceeded
    found, beyond = compared_attributes(eager, static, "output")
    return errors.joined(found), Beyond(None, beyond) if beyond else None


def _compared(left: Sequence[Any], right: Sequence[Any], *, flat: bool) -> tuple[Errors, Beyond | None]:
    errors, exceeded = Errors(), None
    for position, (one, other) in enumerate(zip(left, right, strict=True)):
        found, beyond = compared(one, other, name=f"output {position}", flat=flat)
        errors = errors.joined(found)
        exceeded = exceeded or (Beyond(position, beyond) if beyond else None)
    return errors, exceeded


def _flat(result: object, *, flat: bool) -> Sequence[Any]:
    leaves = [leaf for _, leaf in named_leaves(result)]
    return [leaf for leaf in leaves if _is_data(leaf)] if flat else leaves


def _check_structure(eager: object, static: object) -> None:
    left, right = pytree.tree_structure(eager), pytree.tree_structure(static)
    if left != right:
        ours, theirs = shape_of(eager), shape_of(static)
        other = "another class of that name" if ours == theirs else theirs
        raise Differs("structure", f"eager returns {ours}, the graph {other}")
