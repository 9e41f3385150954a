"""Values that leave the graph for Python: read from a tensor, from its shape, or drawn at random."""

from __future__ import annotations

import copy
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, Literal

import numpy as np
import torch

from explorer.capture.losses import LEFT, Losses
from explorer.capture.statements import Extent, extent_at
from explorer.capture.tensors import scalar_of
from explorer.graph import Location, Port, Scalar
from explorer.source.places import Places

Source = Literal["data", "shape", "random"]

SEEDS = (int, float, str, bytes, list, tuple, np.integer, np.ndarray)
"""What a generator is seeded with that is the same on every call, or is told as a draw of its own."""

MOST_ESCAPES = 5_000

MOST_NUMBERS = 16
"""Numbers of one value, or of one list among arguments, that are followed."""

SMALLEST_SHARED, LARGEST_SHARED = -5, 256
"""Python keeps one object for each int from here to there."""

_DATA = (
    "item",
    "tolist",
    "numpy",
    "__bool__",
    "__contains__",
    "__int__",
    "__float__",
    "__index__",
    "__array__",
    "__complex__",
)
FOR_NUMPY = frozenset({"numpy", "__array__"})
"""How values leave for NumPy."""

_SHAPE = ("__len__", "size", "dim", "numel", "nelement", "stride", "ndimension", "__iter__", "unbind")
_SHAPE_PROPERTIES = ("shape", "ndim")

_ITERATION = torch.Tensor.__iter__.__code__
"""Asks for the rank to refuse a scalar: no number of the user's."""

READERS: dict[object, tuple[str, Source]] = {
    **{getattr(torch.Tensor, name): (name, "data") for name in _DATA},
    **{getattr(torch.Tensor, name): (name, "shape") for name in _SHAPE},
    **{getattr(torch.Tensor, name).__get__: (name, "shape") for name in _SHAPE_PROPERTIES},
    torch.equal: ("equal", "data"),
    torch.Tensor.equal: ("equal", "data"),
    torch.allclose: ("allclose", "data"),
    torch.Tensor.allclose: ("allclose", "data"),
    torch.is_nonzero: ("is_nonzero", "data"),
    torch.numel: ("numel", "shape"),
}

_DRAWS = ("random", "uniform", "randint", "randrange", "choice", "choices", "sample", "gauss",
          "normalvariate", "shuffle", "betavariate", "expovariate", "getrandbits")  # fmt: skip

_NO_DRAWS = frozenset({"seed", "get_state", "set_state", "bit_generator", "spawn"})
"""What NumPy's generators have beside the methods that draw."""


def _draws_of(kind: type) -> tuple[str, ...]:
    return tuple(name for name in dir(kind) if not name.startswith("_") and name not in _NO_DRAWS)


_GLOBAL = tuple(name for name in (*_draws_of(np.random.RandomState), "ranf", "sample") if hasattr(np.random, name))

_SEEDING = ((random, "seed"), (random.Random, "seed"), (np.random, "seed"))

_RANDOM = (
    (random, _DRAWS),
    (random.Random, _DRAWS),
    (np.random, _GLOBAL),
    (time, ("time", "perf_counter", "monotonic", "time_ns")),
)  # fmt: skip


@dataclass(slots=True)
class Noted:
    """A value as it was read, and where its story goes on."""

    how: str
    source: Source
    value: Scalar
    place: Location
    path: str
    extent: Extent
    """The code that read it."""
    after: int
    """How many ops had run."""
    tensor: Port | str | None = None
    """What it was read from: a port, or the name of what no op made."""
    steady: bool = False
    """Whether it was drawn from a generator that the run itself has seeded."""
    numbers: tuple[int | float | complex, ...] = ()
    calls: list[str] = field(default_factory=list[str])
    """Python calls that were handed the very number."""


class Escapes:
    """Holds what the user's own code reads out of tensors. What a library reads for itself is its own."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.noted: list[Noted] = []
        self.left_for_numpy = False
        self._ops: Sized = ()
        self._by_number: dict[int, Noted] = {}
        self._kinds: dict[str, bool | None] = {}
        self._seeded: dict[int, object] = {}
        self._losses = Losses()

    def start(self, ops: Sized, losses: Losses) -> None:
        """Forget what was noted; ``ops`` grows as the run goes on, ``losses`` takes what cannot be noted."""
        self.noted.clear()
        self.left_for_numpy = False
        self._by_number.clear()
        self._seeded.clear()
        self._ops, self._losses = ops, losses

    def seeded(self, generator: object, seed: object) -> None:
        """Note that the run has seeded ``generator``; without a plain seed it draws anew on every call."""
        if isinstance(seed, SEEDS):
            self._seeded[id(generator)] = generator
        else:
            self._seeded.pop(id(generator), None)

    def drawn(self, how: str, generator: object, value: object, frame: FrameType | None) -> None:
        """Note that ``frame`` drew ``value``."""
        found = self.note(how, "random", value, frame)
        if found is not None:
            found.steady = id(generator) in self._seeded

    def note(self, how: str, source: Source, value: object, frame: FrameType | None) -> Noted | None:
        """Note that ``frame`` read ``value``, if it is the user's code that did."""
        return self._losses.kept(LEFT, lambda: self._noted(how, source, value, frame), None)

    def _noted(self, how: str, source: Source, value: object, frame: FrameType | None) -> Noted | None:
        if how == "dim" and frame is not None and frame.f_code is _ITERATION:
            return None
        while frame is not None and self._is_user(frame.f_code.co_filename) is None:
            frame = frame.f_back
        if frame is None or not self._is_user(frame.f_code.co_filename) or len(self.noted) >= MOST_ESCAPES:
            return None
        code = frame.f_code
        place = self.places.location(code.co_filename, frame.f_lineno, code.co_name)
        if place is None:
            return None
        said = len(value) if how == "unbind" and isinstance(value, Sized) else scalar_of(_plain(value))
        line = frame.f_lineno, 0
        extent = extent_at(code, frame.f_lasti) or Extent(line, line)
        found = Noted(how, source, said, place, code.co_filename, extent, len(self._ops))
        found.numbers = tuple(_numbers(value))
        self.noted.append(found)
        self.left_for_numpy |= how in FOR_NUMPY
        self._by_number.update({id(one): found for one in found.numbers if _is_its_own(one)})
        return found

    def taken(self, args: Iterable[object], kwargs: Mapping[str, object]) -> list[Noted]:
        """Return those of which a number is among the arguments of a call: that very object, no equal one."""
        if not self._by_number:
            return []
        return self._losses.kept(LEFT, lambda: self._taken((*args, *kwargs.values())), [])

    def _taken(self, things: tuple[object, ...]) -> list[Noted]:
        given = [self._by_number.get(id(one)) for one in _numbers(things) if _is_its_own(one)]
        return [one for one in given if one is not None]

    def _is_user(self, file: str) -> bool | None:
        """Whether a file is the user's; ``None`` for machinery."""
        if file not in self._kinds:
            place = self.places.location(file, 1, "")
            self._kinds[file] = place.user if place is not None else None
        return self._kinds[file]


@contextmanager
def watched_randomness(escapes: Escapes) -> Iterator[None]:
    """Let Python's, NumPy's and the clock's sources report to ``escapes`` what the user's code draws.

    Must be entered before the model file is imported, so that ``from random import random`` is seen too.
    """
    draws = [(owner, name, getattr(owner, name)) for owner, names in _RANDOM for name in names]
    seeds = [(owner, name, getattr(owner, name)) for owner, name in _SEEDING]
    for owner, name, original in draws:
        setattr(owner, name, _reporting(original, name, owner, escapes))
    for owner, name, original in seeds:
        setattr(owner, name, _seeding(original, owner, escapes))
    generator, state, default_rng = np.random.Generator, np.random.RandomState, np.random.default_rng
    np.random.Generator, np.random.RandomState = _watched(generator, escapes), _watched(state, escapes)
    np.random.default_rng = _generators(default_rng, np.random.Generator, escapes)
    try:
        yield
    finally:
        np.random.Generator, np.random.RandomState, np.random.default_rng = generator, state, default_rng
        for owner, name, original in (*draws, *seeds):
            setattr(owner, name, original)


def _plain(value: object) -> object:
    return tuple(value) if isinstance(value, torch.Size) else value


def _numbers(thing: object) -> Iterator[int | float | complex]:
    """Yield the first numbers in ``thing`` and in what it holds; truth values are none."""
    if isinstance(thing, int | float | complex):
        if not isinstance(thing, bool):
            yield thing
    elif isinstance(thing, list | tuple):
        for one in thing[:MOST_NUMBERS]:
            yield from _numbers(one)
    elif isinstance(thing, slice):
        yield from _numbers((thing.start, thing.stop, thing.step))


def _is_its_own(number: complex) -> bool:
    """Whether a number is an object of its own; Python has one object for each small int."""
    return not isinstance(number, int) or not SMALLEST_SHARED <= number <= LARGEST_SHARED


def _watched(kind: type, escapes: Escapes) -> Any:
    """Return what stands in for a generator of NumPy's: its class takes no other methods, a class below it does."""

    def has(cls: type, one: object) -> bool:
        return isinstance(one, kind) if cls is made else type.__instancecheck__(cls, one)

    def copied(one: Any, memo: dict[int, Any]) -> Any:  # NumPy's own copy is of its own class
        another = type(one)(copy.deepcopy(one._bit_generator, memo))  # noqa: SLF001 - of one it has no public name
        if hasattr(one, "set_state"):
            another.set_state(one.get_state(legacy=False))
        return another

    methods = {name: _reporting(getattr(kind, name), name, kind, escapes) for name in _draws_of(kind)}
    if kind is np.random.RandomState:
        methods |= {name: _seeding(getattr(kind, name), kind, escapes) for name in ("__init__", "seed")}
    alike = type("Watched", (type,), {"__instancecheck__": has})
    made: Any = alike(kind.__name__, (kind,), {**methods, "__deepcopy__": copied})
    return made


def _generators(original: Callable[..., Any], watched: Any, escapes: Escapes) -> Callable[..., np.random.Generator]:
    """Return what stands in for ``default_rng``."""

    def default_rng(*args: Any, **kwargs: Any) -> np.random.Generator:
        made = original(*args, **kwargs)
        seed = next(iter((*args, *kwargs.values())), None)
        if made is seed:
            return made
        generator = watched(made.bit_generator)
        escapes.seeded(generator, seed)
        return generator

    return default_rng


def _reporting(original: Callable[..., Any], name: str, owner: Any, escapes: Escapes) -> Callable[..., Any]:
    """Return what stands in for a function of the module ``owner``, or for a method of the class, that draws."""
    how = f"{owner.__name__}.{name}"

    def draw(*args: Any, **kwargs: Any) -> Any:
        value = original(*args, **kwargs)
        caller = sys._getframe(1)  # noqa: SLF001 - inspect.currentframe is this
        if caller.f_code is not draw.__code__:  # one method of NumPy's may draw by another
            escapes.drawn(how, args[0] if isinstance(owner, type) else owner, value, caller)
        return value

    return draw


def _seeding(original: Callable[..., Any], owner: Any, escapes: Escapes) -> Callable[..., Any]:
    """Return what stands in for a function of the module ``owner``, or for a method of the class, that seeds."""

    def seed(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        generator, given = (args[0], args[1:]) if isinstance(owner, type) else (owner, args)
        escapes.seeded(generator, next(iter((*given, *kwargs.values())), None))
        return result

    return seed
