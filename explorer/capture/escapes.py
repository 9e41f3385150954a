"""Values that leave the graph for Python: read from a tensor, from its shape, or drawn at random."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Literal

import numpy as np
import torch

from explorer.capture.tensors import scalar_of
from explorer.evidence import Escape
from explorer.source.places import Places

Source = Literal["data", "shape", "random"]

MOST_ESCAPES = 5_000

_DATA = (
    "item",
    "tolist",
    "numpy",
    "__bool__",
    "__int__",
    "__float__",
    "__index__",
    "__array__",
    "__complex__",
)
_SHAPE = ("__len__", "size", "dim", "numel", "nelement", "stride", "ndimension", "__iter__", "unbind")
_SHAPE_PROPERTIES = ("shape", "ndim")

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

_RANDOM = (
    (random, ("random", "uniform", "randint", "randrange", "choice", "choices", "sample", "gauss",
              "normalvariate", "shuffle", "betavariate", "expovariate", "getrandbits")),
    (np.random, ("rand", "randn", "random", "uniform", "normal", "randint", "choice", "permutation",
                 "shuffle", "random_sample", "beta", "binomial", "standard_normal")),
    (time, ("time", "perf_counter", "monotonic", "time_ns")),
)  # fmt: skip


class Escapes:
    """Holds what the user's own code reads out of tensors. What a library reads for itself is its own."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.found: list[Escape] = []

    def note(self, how: str, source: Source, value: object, frame: FrameType) -> None:
        """Record that ``frame`` read ``value``, if it is the user's code that did."""
        if len(self.found) >= MOST_ESCAPES:
            return
        place = self.places.caller(frame)
        if place is None or not place.user:
            return
        found = Escape(
            how=how,
            source=source,
            value=scalar_of(tuple(value)) if isinstance(value, torch.Size) else scalar_of(value),
            file=place.file,
            line=place.line,
            function=place.function,
        )
        self.found.append(found)


@contextmanager
def watched_randomness(escapes: Escapes) -> Iterator[None]:
    """Let Python's, NumPy's and the clock's sources report to ``escapes`` what the user's code draws.

    Must be entered before the model file is imported, so that ``from random import random`` is seen too.
    """
    before = [(owner, name, getattr(owner, name)) for owner, names in _RANDOM for name in names]
    for owner, name, original in before:
        setattr(owner, name, _reporting(original, f"{owner.__name__}.{name}", escapes))
    try:
        yield
    finally:
        for owner, name, original in before:
            setattr(owner, name, original)


def _reporting(original: Callable[..., Any], how: str, escapes: Escapes) -> Callable[..., Any]:
    def draw(*args: Any, **kwargs: Any) -> Any:
        value = original(*args, **kwargs)
        escapes.note(how, "random", value, sys._getframe(1))  # noqa: SLF001 - inspect.currentframe is this
        return value

    return draw
