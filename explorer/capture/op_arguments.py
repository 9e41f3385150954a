"""What an op was given, by the names of its schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from explorer.capture.tensors import attribute_of, scalar_of, tensors_in
from explorer.graph import TIES

ORDERING = frozenset(
    {"topk", "sort", "argsort", "unique", "_unique", "_unique2", "argmax", "argmin", "mode", "kthvalue"}
)
"""Ops whose result among equal values is left open, so that two correct programs differ."""

MOST_ORDERED = 1_000_000
"""Elements up to which equal values are looked for."""

STATISTICS = frozenset({"running_mean", "running_var"})
"""What a normalisation updates while it trains."""

UPDATING = frozenset(
    {
        "native_batch_norm", "cudnn_batch_norm", "miopen_batch_norm", "batch_norm_update_stats",
        "batch_norm_gather_stats", "batch_norm_gather_stats_with_counts", "batch_norm", "instance_norm",
    }
)  # fmt: skip
"""Ops that update them though their schema does not say so; neither does the version of what they write to."""

ASKING = frozenset({"training", "use_input_stats"})
"""Arguments that say whether they do; an op without one always does."""

Named = tuple[str, bool, Any]
"""An argument's name, whether the op writes to it, and its value."""


def named_arguments(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[Named]:
    """Yield what ``func`` is given, in the schema's order."""
    expected, asked = _expected(func)
    for position, (name, written) in enumerate(expected):
        if position < len(args):
            thing = args[position]
        elif name in kwargs:
            thing = kwargs[name]
        else:
            continue
        updated = written and (asked is None or name not in STATISTICS or is_training(asked, args, kwargs))
        yield name, updated, thing


def is_training(asked: tuple[int, str], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bool:
    """Whether a call of a normalisation updates its statistics; ``asked`` is the argument that says so."""
    position, name = asked
    return bool(args[position] if position < len(args) else kwargs.get(name))


@lru_cache(maxsize=10_000)
def _expected(func: Any) -> tuple[list[tuple[str, bool]], tuple[int, str] | None]:
    """Return the name of each argument, and whether it is written to: to ask a schema takes its time.

    Of a normalisation also which argument says whether it updates its statistics.
    """
    arguments = func._schema.arguments  # noqa: SLF001 - torch's own accessor
    updates = func.overloadpacket.__name__ in UPDATING
    told = [(one.name, one.alias_info is not None and one.alias_info.is_write) for one in arguments]
    asked = ((place, one.name) for place, one in enumerate(arguments) if one.name in ASKING)
    expected = [(name, written or (updates and name in STATISTICS)) for name, written in told]
    return expected, next(asked, None) if any(written and name in STATISTICS for name, written in expected) else None


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
