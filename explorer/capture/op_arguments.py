"""What an op was given, by the names of its schema."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from explorer.capture.running_statistics import Updated, updated
from explorer.capture.tensors import attribute_of, scalar_of, tensors_in
from explorer.graph import TIES

ORDERING = frozenset(
    {"topk", "sort", "argsort", "unique", "_unique", "_unique2", "argmax", "argmin", "mode", "kthvalue"}
)
"""Ops whose result among equal values is left open, so that two correct programs differ."""

MOST_ORDERED = 1_000_000
"""Elements up to which equal values are looked for."""

Named = tuple[str, bool, Any]
"""An argument's name, whether the op writes to it, and its value."""


def named_arguments(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[Named]:
    """Yield what ``func`` is given, in the schema's order."""
    expected, updates = _expected(func)
    for position, (name, written) in enumerate(expected):
        if position < len(args):
            thing = args[position]
        elif name in kwargs:
            thing = kwargs[name]
        else:
            continue
        yield name, written and (position not in updates.places or _trains(updates, expected, args, kwargs)), thing


def _trains(updates: Updated, expected: list[tuple[str, bool]], args: tuple[Any, ...], kwargs: Any) -> bool:
    """Whether a call of a normalisation updates its statistics."""
    place = updates.asked
    return place is None or bool(args[place] if place < len(args) else kwargs.get(expected[place][0]))


@lru_cache(maxsize=10_000)
def _expected(func: Any) -> tuple[list[tuple[str, bool]], Updated]:
    """Return the name of each argument, and whether it is written to: to ask a schema takes its time."""
    arguments = func._schema.arguments  # noqa: SLF001 - torch's own accessor
    names = [one.name for one in arguments]
    written = [place for place, one in enumerate(arguments) if one.alias_info is not None and one.alias_info.is_write]
    updates = updated(func.overloadpacket.__name__, names, written)
    return [(name, place in written or place in updates.places) for place, name in enumerate(names)], updates


def attributes_of(named: list[Named], outputs: tuple[Any, ...]) -> dict[str, Any]:
    """Return what is plain of what an op was given, and a number that it gave."""
    plain = {name: attribute_of(thing) for name, _, thing in named if thing is not None and not tensors_in(thing)}
    scalars = [scalar_of(leaf) for leaf in outputs if isinstance(leaf, bool | int | float)]
    return {**plain, "value": scalars[0]} if scalars else plain


def ties(func: Any, named: list[Named]) -> dict[str, Any]:
    """Tell whether an op that orders values meets equal ones, so that its order is left open."""
    if func.overloadpacket.__name__ not in ORDERING:
        return {}
    given = {argument.name: argument.default_value for argument in func._schema.arguments}  # noqa: SLF001
    given |= {name: thing for name, _, thing in named}
    values, dim = named[0][2].detach(), given.get("dim")
    if not 1 < values.numel() <= MOST_ORDERED or values.is_complex():
        return {}
    lines = values.movedim(dim, -1) if isinstance(dim, int) and values.ndim else values.reshape(-1)
    ordered = lines.sort(-1).values
    return {TIES: True} if bool((ordered[..., 1:] == ordered[..., :-1]).any()) else {}
