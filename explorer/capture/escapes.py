"""Values that leave the graph for Python: read from a tensor, from its shape, or drawn at random."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass, field
from types import FrameType
from typing import Literal

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
