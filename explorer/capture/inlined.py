"""A TorchScript graph with its calls replaced by what they call, and nothing else changed.

NOTE: torch's own inlining puts in what it has simplified before, so that ops of the called functions are missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch.jit._state import _python_cu

DEEPEST = 200
"""Calls within calls: deeper than any module tree."""


def without_calls(module: Any, unit: Any = _python_cu, method: str = "forward") -> Any:
    """Return a copy of the graph of ``module`` in which every call that can be followed is."""
    return _followed((module,), unit, method_graph(module, method), 0)


def method_graph(module: Any, name: str) -> Any:
    """Return the graph of a method of a ScriptModule, ``None`` where it has none."""
    try:
        return module._c._get_method(name).graph  # noqa: SLF001 - no public accessor for a method's graph
    except (AttributeError, RuntimeError):
        return None


def function_graph(callee: Any, unit: Any) -> Any:
    """Return the graph of the function that a value stands for, ``None`` where it has none."""
    return getattr(unit.find_function(callee.type().annotation_str), "graph", None)


def _followed(modules: Sequence[Any], unit: Any, original: Any, depth: int) -> Any:
    """Follow the calls in a graph whose inputs stand for ``modules``, ``None`` where one is no module.

    A trace hands a module that is shared from where it is registered to those that call it.
    """
    graph = original.copy()
    known = dict(zip((value.debugName() for value in graph.inputs()), modules, strict=False))
    for node in [*graph.findAllNodes("prim::CallMethod"), *graph.findAllNodes("prim::CallFunction")]:
        values = list(node.inputs())
        handed = [held(known, value) for value in values]
        if node.kind() == "prim::CallFunction":
            callee, values, handed = function_graph(values[0], unit), values[1:], handed[1:]
        else:
            callee = method_graph(handed[0], node.s("name"))
        if callee is None or depth > DEEPEST:
            continue
        with graph.insert_point_guard(node):
            results = graph.insertGraph(_followed(handed, unit, callee, depth + 1), values)
        for value, result in zip(node.outputs(), results, strict=True):
            value.replaceAllUsesWith(result)
        node.destroy()
    return graph


def held(known: Mapping[str, Any], value: Any) -> Any:
    """Return the module that a chain of ``GetAttr`` leads to, from the inputs that are ``known``."""
    node = value.node()
    if node.kind() == "prim::GetAttr":
        return getattr(held(known, node.input()), node.s("name"), None)
    return known.get(value.debugName()) if node.kind() == "prim::Param" else None
