"""A TorchScript graph with its calls replaced by what they call, and nothing else changed.

NOTE: torch's own inlining puts in what it has simplified before, so that ops of the called functions are missing.
"""

from __future__ import annotations

from typing import Any

from torch.jit._state import _python_cu

DEEPEST = 200
"""Calls within calls: deeper than any module tree."""


def without_calls(module: Any, unit: Any = _python_cu, method: str = "forward") -> Any:
    """Return a copy of the graph of ``module`` in which every call that can be followed is."""
    return _followed(module, unit, method_graph(module, method), 0)


def method_graph(module: Any, name: str) -> Any:
    """Return the graph of a method of a ScriptModule, ``None`` where it has none."""
    try:
        return module._c._get_method(name).graph  # noqa: SLF001 - no public accessor for a method's graph
    except (AttributeError, RuntimeError):
        return None


def function_graph(callee: Any, unit: Any) -> Any:
    """Return the graph of the function that a value stands for, ``None`` where it has none."""
    return getattr(unit.find_function(callee.type().annotation_str), "graph", None)


def _followed(module: Any, unit: Any, original: Any, depth: int) -> Any:
    graph = original.copy()
    for node in [*graph.findAllNodes("prim::CallMethod"), *graph.findAllNodes("prim::CallFunction")]:
        owner, callee, given = _callee(module, unit, node)
        if callee is None or depth > DEEPEST:
            continue
        with graph.insert_point_guard(node):
            results = graph.insertGraph(_followed(owner, unit, callee, depth + 1), given)
        for value, result in zip(node.outputs(), results, strict=True):
            value.replaceAllUsesWith(result)
        node.destroy()
    return graph


def _callee(module: Any, unit: Any, node: Any) -> tuple[Any, Any, list[Any]]:
    """Return whose graph is called, the graph, and what it is called with."""
    values = list(node.inputs())
    if node.kind() == "prim::CallFunction":
        return None, function_graph(values[0], unit), values[1:]
    owner = held(module, values[0])
    return owner, method_graph(owner, node.s("name")), values


def held(module: Any, value: Any) -> Any:
    """Return the submodule that a chain of ``GetAttr`` names."""
    node = value.node()
    if node.kind() == "prim::GetAttr":
        return getattr(held(module, node.input()), node.s("name"), None)
    return module if node.kind() == "prim::Param" else None
