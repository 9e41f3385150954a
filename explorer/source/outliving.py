"""What outlives a model: globals, attributes of classes, defaults of functions and caches of the user's files.

A run of one example may write to them, and the next example, made of a fresh model, is to find them as they were.
"""

from __future__ import annotations

import random
import sys
from collections import deque
from collections.abc import Callable, Iterator, MutableMapping, MutableSequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import torch

from explorer.source.places import Places

SCALARS = (bool, int, float, complex, str, bytes, type(None))
MOST_ELEMENTS = 10_000
"""Elements of a container that is looked into: one that begins with more is a table, and left as it is."""
MOST_VALUES = 10_000_000
"""Elements of a tensor or an array that is kept."""

Restore = Callable[[], object]


@dataclass
class Outliving:
    """What the user's files held once they had run."""

    restores: list[Restore] = field(default_factory=list[Restore])
    _seen: dict[int, object] = field(default_factory=dict[int, object])
    """What is kept already, by its id; held, so that no other takes the id."""

    @classmethod
    def of(cls, module: ModuleType, places: Places) -> Outliving:
        """Return what ``module``, and every other module of the user's, holds now."""
        found = cls()
        for one in (module, *_beside(module, places)):
            found._keep_names(one)
            for value in [*vars(one).values()]:
                if isinstance(value, type) and value.__module__ == one.__name__:
                    found._keep_names(value)
        return found

    def restore(self) -> None:
        """Put back what has changed, into the containers that hold it."""
        for one in self.restores:
            one()

    def _keep_names(self, owner: ModuleType | type) -> None:
        """Keep the names of a module or a class that are bound to plain values, and what containers hold."""
        held = {name: value for name, value in vars(owner).items() if not name.startswith("__")}
        plain = {name: value for name, value in held.items() if _is_plain(value)}
        for value in held.values():
            self._keep(value)

        def restore() -> None:
            for name, value in [*vars(owner).items()]:
                if name not in held and not name.startswith("__") and _is_plain(value):
                    delattr(owner, name)
            for name, value in plain.items():
                if vars(owner).get(name, plain) is not value:
                    setattr(owner, name, value)

        self.restores.append(restore)

    def _keep(self, value: object) -> None:
        """Keep what ``value`` holds, if it can be written to."""
        if id(value) in self._seen or isinstance(value, SCALARS):
            return
        self._seen[id(value)] = value
        match value:
            case torch.Tensor() | np.ndarray():
                self._add(_of_values(value))
            case list() | deque() | dict() | set() | tuple():
                if len(value) <= MOST_ELEMENTS:
                    for one in [*(value.values() if isinstance(value, dict) else value)]:
                        self._keep(one)
                    self._add(_of_elements(value))
            case FunctionType():
                for one in (*(value.__defaults__ or ()), *(value.__kwdefaults__ or {}).values()):
                    self._keep(one)
            case staticmethod() | classmethod():
                self._keep(value.__func__)
            case _:
                self._add(_of_source(value))

    def _add(self, restore: Restore | None) -> None:
        if restore is not None:
            self.restores.append(restore)


def _beside(module: ModuleType, places: Places) -> Iterator[ModuleType]:
    """Yield the user's other modules that were imported."""
    for one in [*sys.modules.values()]:
        file = getattr(one, "__file__", None)
        if one is not module and isinstance(file, str) and places.is_user(file):
            yield one


def _is_plain(value: object) -> bool:
    return isinstance(value, (*SCALARS, list, deque, dict, set, tuple, torch.Tensor, np.ndarray))


def _of_elements(value: object) -> Restore | None:
    """Return what puts the elements of a container back, where those that it has are others now."""
    if isinstance(value, MutableMapping):
        pairs = [*value.items()]

        def mapped() -> None:
            if len(value) != len(pairs) or any(value.get(key, pairs) is not one for key, one in pairs):
                value.clear()
                value.update(pairs)

        return mapped
    if isinstance(value, set):
        members = frozenset(value)

        def gathered() -> None:
            if value != members:
                value.clear()
                value.update(members)

        return gathered
    if isinstance(value, MutableSequence):
        elements = [*value]

        def listed() -> None:
            if len(value) != len(elements) or any(one is not now for one, now in zip(elements, value, strict=True)):
                value.clear()
                value.extend(elements)

        return listed
    return None


def _of_values(value: torch.Tensor | np.ndarray) -> Restore | None:
    """Return what puts the values of a tensor or an array back."""
    if isinstance(value, torch.Tensor):
        if value.layout is not torch.strided or value.is_nested or value.is_meta or value.numel() > MOST_VALUES:
            return None
        start = value.detach().clone()

        def copied() -> None:
            with torch.no_grad(), suppress(RuntimeError):  # its shape may have changed
                if not torch.equal(value, start):
                    value.copy_(start)

        return copied
    if value.size > MOST_VALUES or value.dtype.hasobject:
        return None
    kept = value.copy()

    def written() -> None:
        if value.flags.writeable and value.shape == kept.shape:
            value[...] = kept

    return written


def _of_source(value: object) -> Restore | None:
    """Return what puts back the state of a random generator, or empties a cache of results that was empty."""
    match value:
        case torch.Generator():
            state = value.get_state()
            return lambda: value.set_state(state)
        case random.Random():
            before = value.getstate()
            return lambda: value.setstate(before)
        case np.random.Generator():
            bits = value.bit_generator
            begun = bits.state
            return lambda: setattr(bits, "state", begun)
        case np.random.RandomState():
            at = value.get_state()
            return lambda: value.set_state(at)
        case _:
            pass
    clear: Any = getattr(value, "cache_clear", None)
    return clear if callable(clear) and hasattr(value, "cache_info") else None
