"""A wrapper for calls that a producer does not take as they are: keyword arguments, plain numbers, dicts returned."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, is_dataclass
from itertools import islice
from typing import Any, Literal

import torch
from torch import nn
from torch.utils import _pytree as pytree

from explorer.capture.tensors import argument_leaves, argument_names, bound, fills_keywords, scalar_of, tensor_names
from explorer.source.held import held, is_of_library, tensors_held, with_tensors
from explorer.source.load import Arguments

HIDDEN = "wrapped"
"""The wrapper's name for the model: taken off the front of module paths."""

NOTE = "The producer does not take this call as it is: it was given the arguments' tensors in order"
CONSTANTS = " (all else, as it was in that call, is a constant of the graph)"
OUTPUTS = ", and the outputs' tensors, a cache's included, as a flat tuple"

TENSOR = re.compile(r"\btensors_(\d+)\b|\bL\['tensors'\]\[(\d+)\]|\btensors\[(\d+)\]")
"""How a producer calls what the wrapper is given."""

Takes = Literal["trace", "onnx_ts", "export"]
"""Whose rules hold for what is taken: torch.jit.trace's, the older ONNX exporter's, or torch.export's."""


class OtherCallError(Exception):
    """The arguments are of another form than those that were captured."""


class Flattened(nn.Module):
    """Calls the model with the tensors of one example's arguments, the rest of them kept as they were.

    With ``told`` the result is the tuple of its tensors, and its form is told there.
    """

    def __init__(self, model: nn.Module, call: Form, told: Callable[[Form], None] | None) -> None:
        super().__init__()
        self.wrapped, self.training = model, model.training
        self._call, self._told = call, told

    def forward(self, *tensors: torch.Tensor) -> Any:
        """Return the model's result."""
        args, kwargs = self._call.filled(tensors)
        result = self.wrapped(*args, **kwargs)
        if self._told is None:
            return result
        self._told(Form.of(result))
        return tuple(tensors_held(result))


@dataclass(frozen=True, slots=True)
class Form:
    """The form of nested values: their tree, and the leaves that are no tensors."""

    tree: Any
    constants: tuple[Any, ...]
    """One for each leaf; a tensor's place holds the class itself, an object's that holds some the object."""

    @classmethod
    def of(cls, thing: object) -> Form:
        """Return the form of ``thing``."""
        leaves, tree = pytree.tree_flatten(thing)
        return cls(tree, tuple(torch.Tensor if isinstance(leaf, torch.Tensor) else leaf for leaf in leaves))

    def filled(self, tensors: tuple[torch.Tensor, ...]) -> Any:
        """Return values of this form with ``tensors`` in their places."""
        following = iter(tensors)

        def fill(leaf: Any) -> Any:
            if leaf is torch.Tensor:
                return next(following)
            count = sum(1 for _ in held(leaf))
            return with_tensors(leaf, islice(following, count)) if count else leaf

        return pytree.tree_unflatten([fill(leaf) for leaf in self.constants], self.tree)


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it was captured: its form, and by name what was in its places and what was given that is no tensor.

    Names and not places tell what stands for what in another call: its dicts may have another order.
    """

    model: nn.Module
    form: Form
    places: Mapping[str, Any]
    constants: Mapping[str, Any]

    @classmethod
    def of(cls, model: nn.Module, arguments: Arguments) -> Call:
        """Return the call of ``model`` with ``arguments``."""
        given = bound(model, arguments)
        named = argument_names(model, arguments)
        constants = {name: leaf for name, leaf in named if not isinstance(leaf, torch.Tensor)}
        form = Form.of((given.args, given.kwargs))
        names = [name for name, _ in argument_leaves(model, arguments)]
        return cls(model, form, dict(zip(names, form.constants, strict=True)), constants)

    def tensors(self, arguments: Arguments) -> tuple[torch.Tensor, ...]:
        """Return the tensors of ``arguments``; raises where all else is not as it was captured."""
        other = Call.of(self.model, arguments)
        if not self._is_like(other):
            raise OtherCallError(self._apart(other))
        given = dict(argument_leaves(self.model, arguments))
        return tuple(tensor for name in self.places for tensor in tensors_held(given[name]))

    def _is_like(self, other: Call) -> bool:
        """Whether both have the same places, and the same in each that is no tensor's."""
        known = self.places
        return known.keys() == other.places.keys() and all(_is_alike(known[name], other.places[name]) for name in known)

    def _apart(self, other: Call) -> str:
        known = ((name, self.constants[name], one) for name, one in other.constants.items() if name in self.constants)
        found = next(((name, was, now) for name, was, now in known if not _is_alike(was, now)), None)
        if self.places.keys() != other.places.keys() or found is None:
            return "The graph takes the arguments of the example that was captured; these have another form."
        name, was, now = found
        return (
            f"`{name}` is a constant of the graph, {scalar_of(was)} as it was captured, and is {scalar_of(now)} here."
        )


@dataclass(frozen=True, kw_only=True)
class Traceable:
    """A model as a producer takes it, with its example and a way back."""

    model: nn.Module
    example: tuple[Any, ...]
    adapt: Callable[[Arguments], tuple[Any, ...]]
    """Turns the arguments of a call into those of the traced module."""
    results: list[Form] = field(default_factory=list[Form])
    """The forms of the results that were flattened while it was captured."""
    hidden: str = ""
    names: tuple[str, ...] = ()
    """What the user calls the tensors that a wrapper takes."""
    note: str = ""

    def named(self, said: str) -> str:
        """Return a producer's words with the user's names, where it is given a wrapper.

        Examples
        --------
        >>> form = Traceable(model=nn.Module(), example=(), adapt=_positional, names=("input_ids", "mask"))
        >>> form.named("Guard failed: tensors_1.size()[0] == L['tensors'][0].size()[0]")
        'Guard failed: mask.size()[0] == input_ids.size()[0]'
        """

        def name(found: re.Match[str]) -> str:
            position = int(found[found.lastindex or 0])
            return self.names[position] if position < len(self.names) else found[0]

        return TENSOR.sub(name, said) if self.names else said

    def restored(self, result: Any) -> Any:
        """Return what the traced module gave in the form that the model gave it in while it was captured."""
        return self.results[-1].filled(result) if self.results else result


def traceable(model: nn.Module, arguments: Arguments, result: object, *, by: Takes, dynamic: bool = False) -> Traceable:
    """Return ``model`` as it is where the producer takes the call and its ``result``, else wrapped.

    With ``dynamic`` sizes are to be left open, for which torch.export refuses what ``forward`` takes as ``**kwargs``.
    """
    outputs = _needs_flattening(result, by)
    loose = dynamic and by == "export" and fills_keywords(model, arguments)
    if not outputs and not loose and _takes_arguments(arguments, by):
        return Traceable(model=model, example=arguments.args, adapt=_positional)
    call = Call.of(model, arguments)
    constants = CONSTANTS if any(leaf is not None for leaf in call.constants.values()) else ""
    results: list[Form] = []
    return Traceable(
        model=Flattened(model, call.form, results.append if outputs else None),
        example=call.tensors(arguments),
        adapt=call.tensors,
        results=results,
        hidden=HIDDEN,
        names=tensor_names(model, arguments),
        note=f"{NOTE}{constants}{OUTPUTS if outputs else ''}.",
    )


def _takes_arguments(arguments: Arguments, by: Takes) -> bool:
    given = (arguments.args, arguments.kwargs)
    if holds_library_object(given):
        return False
    leaves = pytree.tree_leaves(given)
    match by:
        case "export":
            return True
        case "onnx_ts":  # a last dict would be taken for keyword arguments
            is_mistaken = bool(arguments.args) and isinstance(arguments.args[-1], dict)
            plain = all(leaf is None or isinstance(leaf, torch.Tensor | str) for leaf in leaves)
            return plain and not arguments.kwargs and not is_mistaken
        case "trace":
            tensors = all(isinstance(leaf, torch.Tensor) for leaf in leaves)
            inferred: Any = torch._C._jit_try_infer_type(arguments.args)  # noqa: SLF001 - what torch.jit.trace asks
            return tensors and not arguments.kwargs and inferred.success()


def _needs_flattening(result: object, by: Takes) -> bool:
    """Whether the producer refuses ``result``, which the tuple of its tensors can stand for.

    A number, which no tensor stands for, and an object of the user's own that pytree does not open are left to the
    producer: they are no results that its graphs can have, and it says so.
    """
    if holds_library_object(result):
        return True
    leaves = [leaf for leaf in pytree.tree_leaves(result) if leaf is not None]
    if by == "export" or not leaves or not all(isinstance(leaf, torch.Tensor) for leaf in leaves):
        return False
    return _holds_dataclass(result) if by == "onnx_ts" else not _is_traced(result)


def _is_traced(result: object) -> bool:
    """Whether torch.jit.trace takes ``result`` for what it is, unless it is told to be lax."""
    if isinstance(result, list):
        return all(isinstance(one, torch.Tensor) for one in result)
    if isinstance(result, tuple):
        return all(_is_traced(one) for one in result)
    return isinstance(result, torch.Tensor)


def _holds_dataclass(result: object) -> bool:
    """Whether ``result`` holds a dataclass that pytree knows."""
    if is_dataclass(result) and not isinstance(result, type):
        return not pytree.tree_structure(result).is_leaf()
    if isinstance(result, list | tuple):
        return any(_holds_dataclass(one) for one in result)
    return False


def holds_library_object(thing: object) -> bool:
    """Whether ``thing`` holds what pytree does not open, such as transformers' cache: it is opened for the producer."""
    return any(is_of_library(leaf) for leaf in pytree.tree_leaves(thing))


def _is_alike(one: Any, other: Any) -> bool:
    """Whether two leaves of a call's form are the same, or objects of one class with as many tensors."""
    paths = [path for path, _ in held(one)]
    if not paths:
        return one is other or (type(one) is type(other) and _is_equal(one, other))
    return type(one) is type(other) and paths == [path for path, _ in held(other)]


def _is_equal(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except Exception:  # noqa: BLE001 - a user's __eq__ may do anything, an array's gives one answer for each number
        return False


def _positional(arguments: Arguments) -> tuple[Any, ...]:
    if arguments.kwargs:
        message = "The graph takes positional arguments only."
        raise OtherCallError(message)
    return arguments.args
