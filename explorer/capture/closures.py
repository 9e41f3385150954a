"""Variables that the user's functions keep in the cells of their closures: state, as attributes are."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from types import CellType, CodeType, FunctionType, MethodType
from typing import Any

import torch
from torch import nn

from explorer.capture.attributes import Attribute, Values, is_ordinary, is_plain, kept
from explorer.source.places import Places

MOST_ELEMENTS = 100
"""Elements of a container that are searched for functions."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable in a cell, and the code of the user's that reaches it; ``name`` is such as ``scale.mean``."""

    name: str
    cell: CellType
    codes: tuple[CodeType, ...]

    @property
    def value(self) -> Any:
        """What it holds."""
        return self.cell.cell_contents


def variables(model: nn.Module, places: Places) -> tuple[Variable, ...]:
    """Return the variables of functions that ``model`` holds, of its methods, and of functions beside these."""
    return _variables((*_held(model), *_of_classes(model, places)), places)


def own_cells(model: nn.Module, places: Places) -> tuple[Attribute, ...]:
    """Return the variables of functions that ``model`` itself holds, as they are now: those are made with it."""
    held = _variables(_held(model), places)
    return tuple(Attribute(one.cell, "cell_contents", kept(one.value)) for one in held if is_plain(one.value))


def cell_values(model: nn.Module, places: Places) -> tuple[Values, ...]:
    """Return the tensors in such variables, as they are now, for who holds them itself and may write to them."""
    held = (one.value for one in _variables(_held(model), places))
    return tuple(
        Values(one, one.detach().clone()) for one in held if isinstance(one, torch.Tensor) and is_ordinary(one)
    )


Named = tuple[str, FunctionType]


def _variables(functions: tuple[Named, ...], places: Places) -> tuple[Variable, ...]:
    found: dict[int, Variable] = {}
    seen: set[int] = set()
    waiting = [*reversed(functions)]
    while waiting:
        path, function = waiting.pop()
        if id(function) in seen or not places.is_user(function.__code__.co_filename):
            continue
        seen.add(id(function))
        for name, cell, value in _cells(function):
            waiting += [(f"{path}.{name}", inner) for inner in _functions(value)]
            if isinstance(value, nn.Module | type) or callable(value):
                continue
            known = found.get(id(cell), Variable(f"{path}.{name}", cell, ()))
            found[id(cell)] = Variable(known.name, cell, (*known.codes, function.__code__))
    return tuple(found.values())


def _cells(function: FunctionType) -> Iterator[tuple[str, CellType, Any]]:
    """Yield the variables of a closure that hold something."""
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            yield name, cell, cell.cell_contents
        except ValueError:
            continue  # nothing was assigned to it so far


def _held(model: nn.Module) -> tuple[Named, ...]:
    """Return the functions among the attributes of ``model``'s modules, hooks included."""
    return tuple(
        (f"{path}.{name}" if path else name, function)
        for path, module in model.named_modules()
        for name, value in vars(module).items()
        for function in _functions(value)
    )


def classes_of(model: nn.Module) -> tuple[type, ...]:
    """Return the classes of ``model``'s modules and what these are derived from, each once."""
    return tuple(dict.fromkeys(base for module in model.modules() for base in type(module).__mro__))


def _of_classes(model: nn.Module, places: Places) -> Iterator[Named]:
    """Yield the methods of the user's classes of modules, and the functions of the files in which these are."""
    files: dict[int, dict[str, Any]] = {}
    for kind in classes_of(model):
        for name, value in vars(kind).items():
            for function in _functions(value):
                if places.is_user(function.__code__.co_filename):
                    files[id(function.__globals__)] = function.__globals__
                    yield f"{kind.__name__}.{name}", function
    for names in files.values():
        for name, value in names.items():
            yield from ((name, function) for function in _functions(value))


def _functions(value: object) -> Iterator[FunctionType]:
    """Yield the function that ``value`` is or wraps, or those in a container of them."""
    if isinstance(value, dict | list | tuple):
        elements: Any = value.values() if isinstance(value, dict) else value
        value = [*islice(elements, MOST_ELEMENTS)]
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, functools.partial):
            one = one.func  # noqa: PLW2901 - what it calls
        if isinstance(one, MethodType | staticmethod | classmethod):
            one = one.__func__  # noqa: PLW2901
        if isinstance(one, FunctionType):
            yield one
