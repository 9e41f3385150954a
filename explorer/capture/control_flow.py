"""``torch.cond``, ``while_loop`` and ``map`` as the Python that they stand for, while eager is recorded.

NOTE: in eager, torch compiles what is given to them, which no dispatch mode can watch. What runs is the same
with plain Python in their place, and the ops of the side that was taken stand on the user's own lines.
``scan`` and ``associative_scan`` are only kept from compiling: the recorder runs what they dispatch, the former turn by
turn, while nothing tells the turns of the latter.

Torch refuses some of what Python runs, such as sides that return other dtypes. So a model that was recorded this way is
run once more with torch's own functions; where they raise, it is recorded again and raises at the same call.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import Any

import torch
from torch._C import DispatchKey
from torch._higher_order_ops import utils as higher_order
from torch._higher_order_ops.cond import cond as own_cond
from torch._higher_order_ops.map import map as own_map
from torch._higher_order_ops.while_loop import while_loop as own_while_loop
from torch._ops import HigherOrderOperator
from torch.utils import _pytree as pytree
from torch.utils._python_dispatch import _disable_current_modes  # no public name

from explorer.capture.regions import regions

ASKS = "_get_current_dispatch_mode"
"""The name by which torch's implementations ask for a mode."""

TURNS = frozenset({"associative_scan", "map_impl"})
"""What runs its body once for each element."""

MOST_COMPILED = 20
"""Calls in one run that torch's own functions are given: each compiles, which takes a tenth of a second and more."""

own_call = higher_order._hop_compile_and_call  # noqa: SLF001 - no public name


@dataclass(frozen=True, slots=True)
class Refused:
    """What a call raised, with the frames below the call alone."""

    error: Exception
    frames: TracebackType | None


@dataclass
class Calls:
    """The calls of torch's functions in one run, by their number; those made inside of another one are its own."""

    plain: bool
    """Whether Python stands in for all of them, or only for those after the first :data:`MOST_COMPILED`."""
    due: Mapping[int, Refused] = field(default_factory=dict[int, Refused])
    """What is to raise, as it is known to."""
    met: int = 0
    refused: dict[int, Refused] = field(default_factory=dict[int, Refused])
    _inside: bool | None = None
    """Of the call that is under way: whether Python stands in for it."""

    def start(self, due: Mapping[int, Refused] | None = None) -> None:
        """Begin another run."""
        self.due, self.met, self.refused, self._inside = due or {}, 0, {}, None

    def make(self, own: Callable[..., Any], stand_in: Callable[..., Any], *args: Any) -> Any:
        """Make one call, or raise what is due."""
        if self._inside is not None:
            return (stand_in if self._inside else own)(*args)
        self._inside = self.plain or self.met >= MOST_COMPILED
        number, self.met = self.met, self.met + 1
        try:
            return self._given(number, stand_in if self._inside else own, args)
        except Exception as error:
            self.refused[number] = Refused(error, error.__traceback__)
            raise
        finally:
            self._inside = None

    def _given(self, number: int, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        if known := self.due.get(number):
            raise known.error.with_traceback(known.frames)
        return function(*args)


_under_way: list[Calls] = []
"""Whose calls are made; without any, torch's own functions are what they are."""


@contextmanager
def counted_control_flow(*, plain: bool) -> Iterator[Calls]:
    """Count what is called of torch's functions, and stand in for them where it is to be ``plain``.

    Entered before the model file is imported, as it may take them by name.
    """
    package = importlib.import_module("torch._higher_order_ops")
    named = (("cond", _cond), ("while_loop", _while_loop), ("map", _map))
    modules = {name: importlib.import_module(f"torch._higher_order_ops.{name}") for name, _ in named}
    flex_attention = importlib.import_module("torch.nn.attention.flex_attention")
    places = [
        (torch, "cond", _cond),
        (torch, "while_loop", _while_loop),
        *((package, name, stand_in) for name, stand_in in named),
        *((modules[name], name, stand_in) for name, stand_in in named),
        (higher_order, "_hop_compile_and_call", _call),
    ]
    if plain:
        places.append((flex_attention, "_FLEX_ATTENTION_DISABLE_COMPILE_DEBUG", True))
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in places]
    for owner, name, stand_in in places:
        setattr(owner, name, stand_in)
    _under_way.append(Calls(plain=plain))
    try:
        yield _under_way[-1]
    finally:
        _under_way.pop()
        for owner, name, original in before:
            setattr(owner, name, original)


def run_inside(operator: HigherOrderOperator, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run what ``operator`` stands for, op by op, under the mode that is entered.

    Some of torch's own implementations refuse to run where a mode is entered: they are not told of it.
    """
    if operator.name() == "scan":
        return _scanned(*args, **kwargs)
    implementation: Any = operator.py_kernels[DispatchKey.CompositeExplicitAutograd]
    function = implementation
    while isinstance(function, partial):
        function = function.func
    names = getattr(function, "__globals__", {})
    asks = names.get(ASKS)
    if asks is not None:
        names[ASKS] = lambda: None
    watching = regions()
    try:
        if operator.name() not in TURNS:
            return implementation(*args, **kwargs)
        with watching.side(watching.owner(""), "body"):
            return implementation(*args, **kwargs)
    finally:
        if asks is not None:
            names[ASKS] = asks


def _cond(pred: Any, true_fn: Callable[..., Any], false_fn: Callable[..., Any], operands: Sequence[Any] = ()) -> Any:
    if isinstance(pred, bool | int | float):  # torch runs the side as it is
        return own_cond(pred, true_fn, false_fn, operands)  # pyright: ignore[reportArgumentType]
    return _made(own_cond, _side, pred, true_fn, false_fn, operands)


def _while_loop(cond_fn: Callable[..., Any], body_fn: Callable[..., Any], carried_inputs: Sequence[Any]) -> Any:
    return _made(own_while_loop, _turns, cond_fn, body_fn, carried_inputs)


def _map(f: Callable[..., Any], xs: Any, *args: Any) -> Any:
    return _made(own_map, _mapped, f, xs, *args)


def _call(function: Callable[..., Any], arguments: Sequence[Any], named: dict[str, Any] | None = None) -> Any:
    return _made(own_call, _called, function, arguments, named)


def _made(own: Callable[..., Any], stand_in: Callable[..., Any], *args: Any) -> Any:
    # What holds a stand-in by its name keeps it, and Dynamo follows such a call on its way through a side.
    if torch.compiler.is_dynamo_compiling() or not _under_way:
        return own(*args)
    return _under_way[-1].make(own, stand_in, *args)


def _side(pred: Any, true_fn: Callable[..., Any], false_fn: Callable[..., Any], operands: Sequence[Any]) -> Any:
    watching = regions()
    owner = watching.owner("cond", [(0, pred), (3, operands)])
    taken = _holds(pred)
    with watching.side(owner, "then" if taken else "else"):
        result = (true_fn if taken else false_fn)(*operands)
    watching.end(owner, result)
    return result


def _turns(cond_fn: Callable[..., Any], body_fn: Callable[..., Any], carried_inputs: Sequence[Any]) -> Any:
    carried: Any = tuple(carried_inputs)
    watching = regions()
    owner = watching.owner("while_loop", [(2, carried)])
    turns = 0
    while True:
        with watching.side(owner, "condition", turns):
            goes_on = _holds(cond_fn(*carried))
        if not goes_on:
            break
        with watching.side(owner, "body", turns):
            carried = body_fn(*carried)
        turns += 1
    carried = carried if turns else pytree.tree_map_only(torch.Tensor, torch.clone, carried)
    watching.end(owner, carried, turns)
    return carried


def _mapped(f: Callable[..., Any], xs: Any, *args: Any) -> Any:
    leaves, tree = pytree.tree_flatten(xs)
    watching, turns = regions(), list[Any]()
    owner = watching.owner("map_impl", [(1, leaves), (2, args)])
    for turn, one in enumerate(_rows(leaves)):
        with watching.side(owner, "body", turn):
            turns.append(f(pytree.tree_unflatten(one, tree), *args))
    with watching.side(owner, "body"), watching.handing():
        result = pytree.tree_map(lambda *made: torch.stack(made), *turns)
    watching.end(owner, result, len(turns))
    return result


def _scanned(combine_fn: Callable[..., Any], init: Sequence[Any], xs: Sequence[Any], additional: Sequence[Any]) -> Any:
    """Run ``scan`` on leaves, as its operator is given them, along the first dimension."""
    watching, turns = regions(), list[Any]()
    owner = watching.owner("scan", [(1, init), (2, xs), (3, additional)])
    carried = list(init)
    for turn, one in enumerate(_rows(xs)):
        with watching.side(owner, "body", turn):
            given = pytree.tree_leaves(combine_fn(*carried, *one, *additional))
        carried = given[: len(init)]
        turns.append(given[len(init) :])
    with watching.side(owner, "body"), watching.handing():
        stacked = [torch.stack(made) for made in zip(*turns, strict=True)]
    watching.end(owner, [*carried, *stacked], len(turns))
    return [*carried, *stacked]


def _rows(leaves: Sequence[torch.Tensor]) -> Iterator[tuple[torch.Tensor, ...]]:
    """Yield what each turn is handed."""
    with regions().handing(), torch._C.DisableTorchFunction():  # noqa: SLF001 - no public name
        rows = [leaf.unbind() for leaf in leaves]  # else this would count as the model's look at sizes
    yield from zip(*rows, strict=True)


def _called(function: Callable[..., Any], arguments: Sequence[Any], named: dict[str, Any] | None) -> Any:
    return function(*arguments, **(named or {}))


def _holds(pred: Any) -> bool:
    """Read ``pred`` without a word to who watches what leaves the graph: this choice stays in it."""
    with _disable_current_modes(), torch._C.DisableTorchFunction():  # noqa: SLF001 - no public name
        return bool(pred)
