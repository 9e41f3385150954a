"""One name for a module that has several, in every graph of a model.

NOTE: eager and a trace know which module runs, not by which of its names it was called; scripts, exported programs and
Dynamo know the name. All say the first, in the order of ``named_modules()``: of those below the module that is running,
so that ``first.shared`` and ``second.shared`` stay apart where they are one module, and ``a`` and ``b`` do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import accumulate

from torch import nn

from explorer.capture.registry import Captured
from explorer.capture.scopes import below, paths_of
from explorer.graph import Graph, Op

HOLDERS = (nn.ModuleList, nn.ModuleDict)
"""Modules that hold others, and never run."""

Naming = Callable[[str], str]


def first_names(model: nn.Module) -> Naming | None:
    """Return what gives the name of a module in graphs by any of its names; ``None`` where each has but one."""
    paths = paths_of(model)
    if all(len(one) == 1 for one in paths.values()):
        return None
    modules = {path: module for module, known in paths.items() for path in known}

    def first(path: str) -> str:
        caller = found = ""
        for prefix in accumulate(path.split("."), "{}.{}".format):
            if (module := modules.get(prefix)) is None:
                return path
            found = below(caller, paths[module])
            caller = caller if isinstance(module, HOLDERS) else found
        return found

    return first


def with_first_names(captured: Captured, named: Naming | None) -> Captured:
    """Return ``captured`` with each module in its graphs, those that are made later included, by its first name."""
    if named is None:
        return captured
    sized = captured.sized
    return replace(
        captured,
        graph=_named(captured.graph, named),
        sized=None if sized is None else lambda arguments: _named(sized(arguments), named),
        forms=lambda: (replace(one, graph=one.graph and _named(one.graph, named)) for one in captured.forms()),
    )


def _named(graph: Graph, named: Naming) -> Graph:
    return replace(graph, ops=tuple(_renamed(graph.ops, named)))


def _renamed(ops: tuple[Op, ...], named: Naming) -> Iterator[Op]:
    for op in ops:
        module = named(op.module) if op.module else ""
        if module == op.module:
            yield op
        else:  # a key of the call begins with the module, see Op.call
            same = op.call.startswith(f"{op.module}|")
            yield replace(op, module=module, call=module + op.call.removeprefix(op.module) if same else op.call)
