"""What is said of tensors and other arguments in a graph: dtype, shape, strides, readable text."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import torch
from torch import nn
from torch.nn.parameter import is_lazy
from torch.utils import _pytree as pytree

from explorer.capture.summaries import summary_of
from explorer.graph import Attribute, Scalar, Value
from explorer.source.encoding import as_text
from explorer.source.held import is_of_library, named_leaves, parts
from explorer.source.load import DTYPE_NAMES, Arguments

LONGEST_LIST = 16
LONGEST_TEXT = 80

PLAIN = frozenset({type(None), bool, int, float, complex, str, torch.dtype, torch.device, torch.layout})
"""Types of what is a leaf and no tensor."""


def value_of(thing: object, *, summed: bool = False) -> Value:
    """Return dtype, shape, strides and device of a tensor; for anything else its type's name as the dtype.

    With ``summed`` what it holds is told, too.
    """
    if not isinstance(thing, torch.Tensor):
        return Value(dtype=type(thing).__name__ if thing is not None else None)
    strided = thing.layout is torch.strided and not thing.is_nested and not is_lazy(thing)
    return Value(
        dtype=name_of(thing.dtype),
        shape=_shape(thing),
        strides=tuple([int(s) for s in thing.stride() if isinstance(s, int)]) if strided else None,
        device=None if thing.is_cpu else str(thing.device),
        summary=summary_of(thing) if summed else None,
    )


def attribute_of(thing: object) -> Attribute:
    """Return ``thing`` as a JSON scalar or a short list of them; what is neither becomes short text."""
    if isinstance(thing, list | tuple):
        return [scalar_of(one) for one in thing[:LONGEST_LIST]]
    return scalar_of(thing)


def scalar_of(thing: object) -> Scalar:
    """Return ``thing`` as a JSON scalar; floats that JSON has not become text."""
    if thing is None or isinstance(thing, bool | str):
        return thing if thing is None or isinstance(thing, bool) else as_text(thing[:LONGEST_TEXT])
    if isinstance(thing, int):
        return thing if abs(thing) < 2**63 else str(thing)
    if isinstance(thing, float):
        return thing if thing - thing == 0 else str(thing)
    if isinstance(thing, torch.Tensor):
        return str(value_of(thing))
    if isinstance(thing, torch.dtype | torch.device | torch.layout | torch.memory_format):
        return str(thing).removeprefix("torch.")
    return _text(thing)


def bound(model: nn.Module, arguments: Arguments) -> Arguments:
    """Return ``arguments`` as ``forward`` names them: by position where they can be, and in its order."""
    try:
        call = inspect.signature(model.forward).bind(*arguments.args, **arguments.kwargs)
    except (TypeError, ValueError):  # forward will raise the same
        return arguments
    return Arguments(args=call.args, kwargs=call.kwargs)


def fills_keywords(model: nn.Module, arguments: Arguments) -> bool:
    """Whether the call gives what ``forward`` has no names for, and takes as ``**kwargs``."""
    try:
        signature = inspect.signature(model.forward)
        given = signature.bind(*arguments.args, **arguments.kwargs).arguments
    except (TypeError, ValueError):
        return False
    return any(signature.parameters[name].kind is inspect.Parameter.VAR_KEYWORD for name in given)


def in_order(given: dict[str, Any], captured: dict[str, Any]) -> dict[str, Any]:
    """Return ``given`` in the order of ``captured``.

    Examples
    --------
    >>> in_order({"a": 1, "b": 2, "c": 3}, {"b": 0, "a": 0})
    {'b': 2, 'a': 1, 'c': 3}
    """
    return {name: given[name] for name in captured if name in given} | given


def argument_names(model: nn.Module, arguments: Arguments, *, partial: bool = False) -> Iterator[tuple[str, Any]]:
    """Yield each leaf of the arguments with the name that the user wrote, such as ``d['x']`` or ``x``.

    With ``partial`` they need not be all that ``forward`` asks for.
    """
    for name, value in _bound(model, arguments, partial=partial).items():
        yield from ((as_text(name + path), leaf) for path, leaf in named_leaves(value))


def plain_attributes(model: nn.Module, arguments: Arguments) -> Iterator[tuple[str, Any]]:
    """Yield what the objects among the arguments hold that cannot change, such as a number, by a name like ``c.n``."""
    for name, leaf in argument_leaves(model, arguments):
        inside = () if is_of_library(leaf) else parts(leaf)
        yield from ((as_text(name + path), part) for path, part in inside if path and type(part) in PLAIN)


def argument_leaves(model: nn.Module, arguments: Arguments, *, partial: bool = False) -> Iterator[tuple[str, Any]]:
    """Yield each leaf of the arguments with its name; an object that pytree does not open is one leaf."""
    for name, value in _bound(model, arguments, partial=partial).items():
        yield from ((name + path, leaf) for path, leaf in _leaves(value))


def given_leaves(model: nn.Module, arguments: Arguments) -> Iterator[tuple[str, Any]]:
    """Yield what :func:`argument_leaves` does in the order in which it is given, and not in that of ``forward``."""
    yield from argument_leaves(model, Arguments(args=arguments.args, kwargs={}), partial=True)
    for name, value in arguments.kwargs.items():
        yield from ((name + path, leaf) for path, leaf in _leaves(value))


def tensor_names(model: nn.Module, arguments: Arguments) -> tuple[str, ...]:
    """Return the names of the tensors among the arguments' leaves, in order."""
    return tuple(name for name, leaf in argument_names(model, arguments) if isinstance(leaf, torch.Tensor))


def given_tensors(model: nn.Module, arguments: Arguments) -> dict[str, torch.Tensor]:
    """Return the tensors of a call by name, in the order in which they are given and not in that of ``forward``."""
    known = {name: leaf for name, leaf in argument_names(model, arguments) if isinstance(leaf, torch.Tensor)}
    positional = [name for name, _ in argument_names(model, Arguments(args=arguments.args, kwargs={}), partial=True)]
    named = [as_text(name + path) for name, value in arguments.kwargs.items() for path, _ in named_leaves(value)]
    return {name: known[name] for name in (*positional, *named) if name in known}


def readable(model: nn.Module, arguments: Arguments) -> tuple[str, ...]:
    """Return the arguments as readable strings such as ``x: f32[1, 3, 8, 8]``."""
    return tuple(f"{name}: {shown(leaf)}" for name, leaf in argument_names(model, arguments))


def tensors_in(thing: object) -> list[torch.Tensor]:
    """Return the tensors among the leaves of ``thing``."""
    return [leaf for leaf in leaves_of(thing) if isinstance(leaf, torch.Tensor)]


def leaves_of(thing: Any) -> list[Any]:
    """Return the leaves of ``thing`` as pytree does, which takes its time over what an op is given most often."""
    if isinstance(thing, torch.Tensor) or (kind := type(thing)) in PLAIN:
        return [thing]
    if kind is tuple or kind is list:
        return [leaf for one in thing for leaf in leaves_of(one)]
    return pytree.tree_leaves(thing)


def with_each(kind: type | tuple[type, ...], change: Callable[[Any], Any], thing: Any) -> Any:
    """Return ``thing`` with each leaf of a kind changed, as pytree does, only sooner."""
    if isinstance(thing, kind):
        return change(thing)
    own = type(thing)
    if own in PLAIN:
        return thing
    if own is tuple:
        return tuple([with_each(kind, change, one) for one in thing])
    if own is list:
        return [with_each(kind, change, one) for one in thing]
    if own is dict:
        return {name: with_each(kind, change, one) for name, one in thing.items()}
    return pytree.tree_map_only(kind, change, thing)


def _bound(model: nn.Module, arguments: Arguments, *, partial: bool = False) -> dict[str, Any]:
    try:
        signature = inspect.signature(model.forward)
        bind = signature.bind_partial if partial else signature.bind
        bound = bind(*arguments.args, **arguments.kwargs).arguments
    except (TypeError, ValueError):  # forward will raise the same; here only names are wanted
        named = {f"args[{i}]": value for i, value in enumerate(arguments.args)}
        return named | arguments.kwargs
    flat: dict[str, Any] = {}
    for name, value in bound.items():
        if signature.parameters[name].kind is inspect.Parameter.VAR_KEYWORD:
            flat |= {key if key not in flat else f"{name}[{key!r}]": one for key, one in value.items()}
        else:
            flat[name] = value
    return flat


def _leaves(value: object) -> Iterator[tuple[str, Any]]:
    return ((pytree.keystr(path), leaf) for path, leaf in pytree.tree_flatten_with_path(value)[0])


def shown(leaf: object) -> str:
    """Return a tensor's dtype and shape, or anything else as Python writes it, cut to what is read."""
    return str(value_of(leaf)) if isinstance(leaf, torch.Tensor) else _text(leaf)


def _shape(tensor: torch.Tensor) -> tuple[int | str | None, ...] | None:
    """Return the sizes, ``None`` for those of a nested tensor that its components do not share."""
    if is_lazy(tensor):
        return None
    if tensor.is_nested and tensor.layout == torch.strided:  # it tells only the outermost
        return (tensor.size(0), *(None for _ in range(tensor.dim() - 1)))
    if tensor.is_nested:  # a jagged one has a name there that another of the same sizes has not
        return tuple(size if type(size) is int else None for size in tensor.shape)
    return tuple([size if type(size) is int else _size(size) for size in tensor.shape])


@cache
def name_of(dtype: torch.dtype) -> str:
    """Return a dtype's name in graphs."""
    return DTYPE_NAMES.get(dtype, str(dtype).removeprefix("torch."))


def _size(size: object) -> int | str:
    text = str(size)
    return int(text) if text.isdigit() else text  # a symbol may stand for a number that is known


def _text(thing: object) -> str:
    try:
        text = repr(thing)
    except Exception:  # noqa: BLE001 - a user's __repr__ may do anything
        text = f"<{type(thing).__name__}>"
    text = as_text(text)
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
