"""Watch what draws at random or reads a clock: Python's, NumPy's and the system's sources report who asks them.

NOTE: functions of modules, and methods of classes that Python has written, are replaced. NumPy's generators and the
classes of ``datetime`` are written in C and take no other methods: a class below stands in for each of them.
"""

from __future__ import annotations

import copy
import copyreg
import datetime as dt
import os
import random
import secrets
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from explorer.capture.escapes import Escapes

_NO_DRAWS = frozenset({"seed", "get_state", "set_state", "bit_generator", "spawn", "getstate", "setstate"})
"""What generators have beside the methods that draw."""


def _draws_of(kind: type) -> tuple[str, ...]:
    return tuple(name for name in dir(kind) if not name.startswith("_") and name not in _NO_DRAWS)


_DRAWS = tuple(name for name in _draws_of(random.Random) if hasattr(random, name))
_GLOBAL = tuple(name for name in (*_draws_of(np.random.RandomState), "ranf", "sample") if hasattr(np.random, name))

_CLOCKS = ("time", "perf_counter", "monotonic", "process_time", "thread_time")

_TELLS_NOW: Mapping[str, int] = {"localtime": 0, "gmtime": 0, "ctime": 0, "asctime": 0, "strftime": 1}
"""Functions that read the clock where they are given no more than so many arguments."""

_SEEDING = ((random, "seed"), (random.Random, "seed"), (np.random, "seed"))

_RANDOM = (
    (random, _DRAWS),
    (random.Random, _DRAWS),
    (random.SystemRandom, ("random", "getrandbits", "randbytes")),
    (secrets, ("choice", "randbelow", "randbits", "token_bytes", "token_hex", "token_urlsafe")),
    (uuid, ("uuid1", "uuid4")),
    (os, tuple(name for name in ("urandom", "getrandom") if hasattr(os, name))),
    (np.random, _GLOBAL),
    (time, (*_CLOCKS, *(f"{name}_ns" for name in _CLOCKS), *_TELLS_NOW)),
)  # fmt: skip

_DATES = ((dt.datetime, ("now", "utcnow", "today")), (dt.date, ("today",)))


@contextmanager
def watched_randomness(escapes: Escapes) -> Iterator[None]:
    """Let Python's, NumPy's and the system's sources report to ``escapes`` what the user's code draws, clocks included.

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
    for kind, names in _DATES:
        watched = _watched_dates(kind, names, escapes)
        setattr(dt, kind.__name__, watched)
        # A date is pickled by the name of its class, by which the module now has another.
        copyreg.pickle(kind, lambda one, watched=watched: (watched, tuple(one.__reduce__()[1])))
    try:
        yield
    finally:
        for kind, _ in _DATES:
            setattr(dt, kind.__name__, kind)
            copyreg.dispatch_table.pop(kind)
        np.random.Generator, np.random.RandomState, np.random.default_rng = generator, state, default_rng
        for owner, name, original in (*draws, *seeds):
            setattr(owner, name, original)


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


def _watched_dates(kind: type, names: tuple[str, ...], escapes: Escapes) -> Any:
    """Return what stands in for a class of ``datetime``: what it makes is of the class itself."""

    def has(cls: type, one: object) -> bool:
        return isinstance(one, kind) if cls is made else type.__instancecheck__(cls, one)

    def is_above(cls: type, one: type) -> bool:
        return issubclass(one, kind) if cls is made else type.__subclasscheck__(cls, one)

    def new(cls: type, *args: Any, **kwargs: Any) -> Any:
        return kind.__new__(kind if cls is made else cls, *args, **kwargs)

    def reading(name: str) -> Any:
        def read(cls: type, *args: Any, **kwargs: Any) -> Any:
            value = getattr(kind if cls is made else super(made, cls), name)(*args, **kwargs)
            escapes.drawn(f"{kind.__name__}.{name}", kind, value, sys._getframe(1))  # noqa: SLF001 - see _reporting
            return value

        return classmethod(read)

    alike = type("Watched", (type,), {"__instancecheck__": has, "__subclasscheck__": is_above})
    methods = {name: reading(name) for name in names}
    made: Any = alike(kind.__name__, (kind,), {**methods, "__new__": new, "__module__": kind.__module__})
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
    most = _TELLS_NOW.get(name) if owner is time else None

    def draw(*args: Any, **kwargs: Any) -> Any:
        value = original(*args, **kwargs)
        caller = sys._getframe(1)  # noqa: SLF001 - inspect.currentframe is this
        told = most is not None and len(args) > most
        if not told and caller.f_code.co_filename != __file__:  # what is written in C may draw by another of these
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
