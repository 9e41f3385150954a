"""What of a tensor is taken or written to by a call that Dynamo writes as Python's."""

from __future__ import annotations

import inspect
import operator
from typing import Any

from torch import fx
from torch.nn import functional

from explorer.capture.parts import Step, step_of, taken
from explorer.capture.running_statistics import UPDATING, updated
from explorer.capture.tensors import value_of
from explorer.vocabulary import canonical

NAMES = {"select": ("dim", "index"), "narrow": ("dim", "start", "length")}
"""What the arguments of a method are called that come after the tensor."""


def step_of_call(node: fx.Node) -> Step | None:
    """Return the step that ``node`` takes, or writes to, of its first argument; ``None`` for all of it."""
    source = node.args[0] if node.args else None
    seen = [one.meta.get("example_value") if isinstance(one, fx.Node) else None for one in (source, node)]
    rest: tuple[Any, ...] = (*node.args[1:], *node.kwargs.values())
    name = str(node.target) if node.op == "call_method" else str(getattr(node.target, "__name__", node.target))
    if node.target in {operator.getitem, operator.setitem}:
        return _indexed(node, node.args[1], value_of(seen[0]).shape or ())
    fixed = not any(isinstance(one, fx.Node) for one in node.all_input_nodes if one is not source)
    key = name, str(rest) if fixed else node.name
    given = dict(zip(NAMES.get(name, ()), node.args[1:], strict=False)) | dict(node.kwargs) if fixed else {}
    known = canonical(f"aten::{name}")
    if known in {"select", "slice"} and not {"index", "length"} & given.keys():
        return Step(key)
    return step_of(known, given, value_of(seen[0]), value_of(seen[1]), key)


def statistics_of_call(node: fx.Node) -> list[Any]:
    """Return the running statistics that a call of a function such as ``F.batch_norm`` writes to."""
    function: Any = node.target
    if getattr(function, "__module__", "") != functional.__name__ or function.__name__ not in UPDATING:
        return []
    bound = inspect.signature(function).bind(*node.args, **node.kwargs)
    bound.apply_defaults()
    given = list(bound.arguments.values())
    places, asked = updated(function.__name__, tuple(bound.arguments))
    return [given[place] for place in places] if asked is None or given[asked] is not False else []


def _indexed(node: fx.Node, index: Any, sizes: tuple[Any, ...]) -> Step | None:
    """Return the step of an index: of what comes before ``...`` or a new dimension, the rest is not looked into."""
    indices: tuple[Any, ...] = index if isinstance(index, tuple) else (index,)
    plain = [one for one in indices if _is_plain(one)]
    if len(plain) == len(indices):
        places = tuple((dim, one, sizes[dim] if dim < len(sizes) else None) for dim, one in enumerate(plain))
        return taken(places, ("[]", str(index)))
    return Step(node.name)


def _is_plain(index: object) -> bool:
    parts = (index.start, index.stop, index.step) if isinstance(index, slice) else (index,)
    whole = [one for one in parts if isinstance(one, int) and not isinstance(one, bool)]
    return len(whole) == sum(one is not None for one in parts) and index is not None
