"""A wrapper for calls that a tracer does not take: keyword arguments, and outputs of classes it refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, is_dataclass
from itertools import islice
from typing import Any

import torch
from torch import nn
from torch.utils import _pytree as pytree

from explorer.source.held import held, is_of_library, tensors_held, with_tensors
from explorer.source.load import Arguments

HIDDEN = "wrapped"
"""The wrapper's name for the model: taken off the front of module paths."""

NOTE = "The producer does not take this call as it is: it was given the arguments' tensors in order"
OUTPUTS = ", and the outputs' tensors, a cache's included, as a flat tuple"


class Flattened(nn.Module):
    """Calls the model with the tensors of one example's arguments, the rest of them kept as they were."""

    def __init__(self, model: nn.Module, arguments: Arguments, *, outputs: bool) -> None:
        super().__init__()
        self.wrapped, self.training = model, model.training
        self._call, self._outputs = Call.of(arguments), outputs

    def forward(self, *tensors: torch.Tensor) -> Any:
        """Return the model's result, as the tuple of its tensors where that was asked for."""
        args, kwargs = self._call.filled(tensors)
        result = self.wrapped(*args, **kwargs)
        if not self._outputs:
            return result
        return tuple(tensors_held(result))


@dataclass(frozen=True, slots=True)
class Call:
    """The form of a call: its tree, and the leaves that are no tensors."""

    tree: Any
    constants: tuple[Any, ...]
    """One for each leaf; a tensor's place holds the class itself, an object's that holds some the object."""

    @classmethod
    def of(cls, arguments: Arguments) -> Call:
        """Return the form of ``arguments``."""
        leaves, tree = pytree.tree_flatten((arguments.args, arguments.kwargs))
        return cls(tree, tuple(torch.Tensor if isinstance(leaf, torch.Tensor) else leaf for leaf in leaves))

    def filled(self, tensors: tuple[torch.Tensor, ...]) -> Any:
        """Return the arguments with ``tensors`` in their places."""
        following = iter(tensors)

        def fill(leaf: Any) -> Any:
            if leaf is torch.Tensor:
                return next(following)
            count = sum(1 for _ in held(leaf))
            return with_tensors(leaf, islice(following, count)) if count else leaf

        return pytree.tree_unflatten([fill(leaf) for leaf in self.constants], self.tree)

    def tensors(self, arguments: Arguments) -> tuple[torch.Tensor, ...]:
        """Return the tensors of ``arguments``; raises ``TypeError`` where they are of another form."""
        other = Call.of(arguments)
        if other.tree != self.tree or not all(map(_is_alike, self.constants, other.constants)):
            message = "the graph takes the arguments of the example that was captured, these have another form"
            raise TypeError(message)
        return tuple(tensors_held((arguments.args, arguments.kwargs)))


@dataclass(frozen=True, kw_only=True)
class Traceable:
    """A model as a tracer takes it, with its example and a way back."""

    model: nn.Module
    example: tuple[Any, ...]
    adapt: Callable[[Arguments], tuple[Any, ...]]
    """Turns the arguments of a call into those of the traced module."""
    flat: bool
    hidden: str
    note: str


def traceable(
    model: nn.Module, arguments: Arguments, result: object, *, last_dict: bool = True, exporter: bool = False
) -> Traceable:
    """Return ``model`` as it is where a tracer takes it, else wrapped.

    Parameters
    ----------
    last_dict
        Whether the tracer takes a dict as the last argument for what it is.
    exporter
        Whether it takes keyword arguments, and each class that pytree knows.
    """
    outputs = holds_library_object(result) or (not exporter and needs_flattening(result))
    is_mistaken = not last_dict and bool(arguments.args) and isinstance(arguments.args[-1], dict)
    is_taken = (exporter or not arguments.kwargs) and not is_mistaken
    if not outputs and is_taken and not holds_library_object((arguments.args, arguments.kwargs)):
        return Traceable(model=model, example=arguments.args, adapt=_positional, flat=False, hidden="", note="")
    call = Call.of(arguments)
    return Traceable(
        model=Flattened(model, arguments, outputs=outputs),
        example=call.tensors(arguments),
        adapt=call.tensors,
        flat=outputs,
        hidden=HIDDEN,
        note=f"{NOTE}{OUTPUTS if outputs else ''}.",
    )


def needs_flattening(result: object) -> bool:
    """Whether ``result`` holds a dataclass that pytree knows, which tracers refuse."""
    if is_dataclass(result) and not isinstance(result, type):
        return not pytree.tree_structure(result).is_leaf()
    if isinstance(result, list | tuple):
        return any(needs_flattening(one) for one in result)
    return False


def holds_library_object(thing: object) -> bool:
    """Whether ``thing`` holds what pytree does not open, such as transformers' cache: it is opened for the producer.

    A class of the user's own is left to the producer, which refuses it.
    """
    return any(is_of_library(leaf) for leaf in pytree.tree_leaves(thing))


def _is_alike(one: Any, other: Any) -> bool:
    """Whether two leaves of a call's form are the same, or objects of one class with as many tensors."""
    paths = [path for path, _ in held(one)]
    if not paths:
        return one is other or bool(one == other)
    return type(one) is type(other) and paths == [path for path, _ in held(other)]


def _positional(arguments: Arguments) -> tuple[Any, ...]:
    if arguments.kwargs:
        message = "the graph takes positional arguments only"
        raise TypeError(message)
    return arguments.args
