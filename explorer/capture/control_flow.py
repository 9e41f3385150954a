"""``torch.cond``, ``while_loop`` and ``map`` as the Python that they stand for, while eager is recorded.

NOTE: in eager, torch compiles what is given to them, which no dispatch mode can watch. What runs is the same
with plain Python in their place, and the ops of the side that was taken stand on the user's own lines.
``scan`` and the like are only kept from compiling: the recorder runs what they dispatch.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch._C import DispatchKey
from torch._higher_order_ops import utils as higher_order
from torch._ops import HigherOrderOperator
from torch.utils import _pytree as pytree

ASKS = "_get_current_dispatch_mode"
"""The name by which torch's implementations ask for a mode."""


@contextmanager
def plain_control_flow() -> Iterator[None]:
    """Stand in for torch's functions; entered before the model file is imported, as it may take them by name."""
    package = importlib.import_module("torch._higher_order_ops")
    plain = (("cond", _cond), ("while_loop", _while_loop), ("map", _map))
    modules = {name: importlib.import_module(f"torch._higher_order_ops.{name}") for name, _ in plain}
    places = (
        (torch, "cond", _cond),
        (torch, "while_loop", _while_loop),
        *((package, name, stand_in) for name, stand_in in plain),
        *((modules[name], name, stand_in) for name, stand_in in plain),
        (higher_order, "_hop_compile_and_call", _call),
        (importlib.import_module("torch.nn.attention.flex_attention"), "_FLEX_ATTENTION_DISABLE_COMPILE_DEBUG", True),
    )
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in places]
    for owner, name, stand_in in places:
        setattr(owner, name, stand_in)
    try:
        yield
    finally:
        for owner, name, original in before:
            setattr(owner, name, original)


def run_inside(operator: HigherOrderOperator, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run what ``operator`` stands for, op by op, under the mode that is entered.

    Some of torch's own implementations refuse to run where a mode is entered: they are not told of it.
    """
    implementation: Any = operator.py_kernels[DispatchKey.CompositeExplicitAutograd]
    function = implementation
    while isinstance(function, partial):
        function = function.func
    names = getattr(function, "__globals__", {})
    asks = names.get(ASKS)
    if asks is not None:
        names[ASKS] = lambda: None
    try:
        return implementation(*args, **kwargs)
    finally:
        if asks is not None:
            names[ASKS] = asks


def _cond(pred: Any, true_fn: Callable[..., Any], false_fn: Callable[..., Any], operands: Sequence[Any] = ()) -> Any:
    return (true_fn if _holds(pred) else false_fn)(*operands)


def _while_loop(cond_fn: Callable[..., Any], body_fn: Callable[..., Any], carried_inputs: Sequence[Any]) -> Any:
    carried = tuple(carried_inputs)
    while _holds(cond_fn(*carried)):
        carried = tuple(body_fn(*carried))
    return carried


def _map(f: Callable[..., Any], xs: Any, *args: Any) -> Any:
    leaves, tree = pytree.tree_flatten(xs)
    turns = [f(pytree.tree_unflatten(one, tree), *args) for one in zip(*leaves, strict=True)]
    return pytree.tree_map(lambda *made: torch.stack(made), *turns)


def _call(function: Callable[..., Any], arguments: Sequence[Any], named: dict[str, Any] | None = None) -> Any:
    return function(*arguments, **(named or {}))


def _holds(pred: Any) -> bool:
    """Read ``pred`` without a word to who watches what leaves the graph: this choice stays in it."""
    with torch._C.DisableTorchFunction():  # noqa: SLF001 - no public name
        return bool(pred)
