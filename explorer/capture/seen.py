"""What the tensors of a TorchScript graph are like, seen while it runs on an example.

NOTE: TorchScript's types rarely tell a shape, and its shape analysis guesses and knows no data. So an observer is put
behind every op of a graph and the graph runs once, as it stands. What is another at another visit (in a loop) is left
open, and so is what was not visited (the side of a branch that was not taken).
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from explorer.capture.summaries import summary_of
from explorer.capture.tensors import value_of
from explorer.graph import Summary, Value
from explorer.source.load import Arguments

MOST = 200_000
"""Values that are looked at in one run; after that it is given up."""

LARGEST = 20_000
"""Nodes of a graph that is watched: a larger one takes longer to prepare than to run."""

SILENT = frozenset({"prim::Constant", "prim::GetAttr"})
"""Nodes that compute nothing."""

BLOCKS = frozenset({"prim::If", "prim::Loop"})


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A graph without calls that ran, and what its tensors were like, by the graph's own names."""

    graph: Any
    values: Mapping[str, Value]


@dataclass
class _Notebook:
    """What the observer has noted, by its place in the graph."""

    noted: dict[int, set[Value]] = field(default_factory=lambda: defaultdict(set))
    held: dict[int, Summary | None] = field(default_factory=dict[int, "Summary | None"])
    """What was held where it was visited once."""
    count: int = 0


class _TooMuchError(Exception):
    """The graph runs too long to be watched."""


_LIBRARY = torch.library.Library("parallax", "FRAGMENT")
_LIBRARY.define("see(Tensor value, int place) -> ()", "CONSERVATIVE")  # else it is dead code
_notebooks: list[_Notebook] = []


def _see(value: object, place: int) -> None:
    notebook = _notebooks[-1]
    notebook.count += 1
    if notebook.count > MOST:
        raise _TooMuchError
    try:
        noted = value_of(value) if isinstance(value, torch.Tensor) else Value()
    except RuntimeError:  # a tensor without a shape, as a nested one is
        noted = Value()
    again = place in notebook.noted
    notebook.noted[place].add(noted)
    notebook.held[place] = summary_of(value) if isinstance(value, torch.Tensor) and not again else None


_LIBRARY.impl("see", _see, "CompositeExplicitAutograd")


def stand_in(module: Any) -> Any:
    """Return a copy of a ScriptModule with a state of its own, ``None`` where it cannot be copied."""
    try:
        return copy.deepcopy(module)
    except Exception:  # noqa: BLE001 - whatever the classes of its attributes raise
        return None


def watched(module: Any, graph: Any, arguments: Arguments) -> Watched:
    """Run ``graph`` on ``module`` and tell what its tensors were like.

    Parameters
    ----------
    module
        A :func:`stand_in`, as its state may be changed by the run.
    graph
        One without calls. It is as before afterwards.
    arguments
        Of ``module``; they may be changed by the run.

    Notes
    -----
    Where the run raises, what was seen before holds, except in loops: there other turns might have followed.
    """
    notebook = _Notebook()
    observers: list[Any] = []
    names: list[str] = []
    whole = False
    _notebooks.append(notebook)
    try:
        names += _observed(graph, observers)
        given = [module, *_bound(module, arguments)]
        run = torch._C._create_function_from_graph("watched", _cast(graph))  # noqa: SLF001 - not public
        with torch.no_grad(), torch.jit.optimized_execution(False):  # pyright: ignore[reportPrivateImportUsage]
            run(*given)
        whole = True
    except Exception:  # noqa: BLE001, S110 - what the graph raises on the example is told by its outcome
        pass
    finally:
        _notebooks.pop()
        for one in observers:
            one.destroy()
    partly = set[str]() if whole else _repeated(graph)
    held = notebook.held
    values = {names[place]: replace(_common(noted), summary=held[place]) for place, noted in notebook.noted.items()}
    return Watched(graph=graph, values={name: value for name, value in values.items() if name not in partly})


def _observed(graph: Any, observers: list[Any]) -> Iterator[str]:
    """Put an observer behind each tensor of ``graph``; yield the tensors' names in the order of their places."""
    if size_of(graph) > LARGEST:
        return
    place = 0
    first = next(iter(graph.nodes()), graph.return_node())
    unset = _unset(graph)
    values = [*((first, value, True) for value in graph.inputs())]
    bodies = [block for loop in graph.findAllNodes("prim::Loop") for block in loop.blocks()]
    handed = [(next(iter(one.nodes()), one.returnNode()), value) for one in bodies for value in one.inputs()]
    values += [(node, value, True) for node, value in handed if value.debugName() not in unset]
    made = ((node, value) for node in list(_nodes(graph)) for value in node.outputs())
    values += [(node, value, False) for node, value in made if value.debugName() not in unset]
    values += [(graph.return_node(), value, True) for value in graph.outputs() if value.debugName() in unset]
    for node, value, before in values:
        if value.type().kind() != "TensorType":
            continue
        with graph.insert_point_guard(node):  # passes fail where the point is left at a node that they remove
            number = graph.insertConstant(place).node()
        observer = graph.create("parallax::see", [value, number.output()], 0)
        observer.insertBefore(node)
        if not before:
            observer.moveAfter(node)
            number.moveAfter(node)
        observers += [observer, number]
        yield value.debugName()
        place += 1


def _cast(graph: Any) -> Any:
    """Return ``graph`` with the casts that ``torch.autocast`` asks for, which the executor puts in before it runs.

    The passes that it runs before them settle the block's dtype.
    """
    if not any("autocast" in str(node.input().type()) for node in graph.findAllNodes("prim::Enter")):
        return graph
    made = graph.copy()
    for name in ("inline", "peephole", "constant_propagation_immutable_types", "autocast"):
        getattr(torch._C, f"_jit_pass_{name}")(made)  # noqa: SLF001 - not public
    return made


def _unset(graph: Any) -> set[str]:
    """Return the values that may hold nothing: an early ``return`` or ``break`` leaves some that nobody reads."""
    found = {node.output().debugName() for node in graph.findAllNodes("prim::Uninitialized")}
    flows = [flow for node in _nodes(graph) for flow in _flows(node)] if found else []
    known = -1
    while known < len(found):
        known = len(found)
        for to, sources in flows:
            if not found.isdisjoint(sources):
                found |= to
    return found


def _repeated(graph: Any) -> set[str]:
    """Return the values that are made in loops."""
    bodies = [body for loop in graph.findAllNodes("prim::Loop") for body in loop.blocks()]
    handed = {value.debugName() for body in bodies for value in body.inputs()}
    return handed | {value.debugName() for body in bodies for node in _nodes(body) for value in node.outputs()}


def size_of(graph: Any) -> int:
    """Return how many nodes of ``graph`` compute."""
    return sum(1 for _ in _nodes(graph))


def _nodes(block: Any) -> Iterator[Any]:
    """Yield the nodes that compute, those of inner blocks included."""
    for node in block.nodes():
        kind = node.kind()
        if kind not in SILENT:
            yield node
            if kind in BLOCKS:
                for inner in node.blocks():
                    yield from _nodes(inner)


def _flows(node: Any) -> Iterator[tuple[set[str], set[str]]]:
    """Yield what hands on what: an ``If`` its sides' results, a ``Loop`` its start and turns, a tuple its parts."""
    kind = node.kind()
    if kind == "prim::If":
        sides = zip(*(block.outputs() for block in node.blocks()), strict=True)
        yield from ((_names(out), _names(*both)) for out, both in zip(node.outputs(), sides, strict=True))
    elif kind == "prim::Loop":
        (body,) = node.blocks()
        turns = zip(list(node.inputs())[2:], list(body.outputs())[1:], strict=True)
        carried = zip(node.outputs(), list(body.inputs())[1:], strict=True)
        yield from ((_names(*to), _names(*sources)) for to, sources in zip(carried, turns, strict=True))
    elif kind.startswith("prim::"):
        yield _names(*node.outputs()), _names(*node.inputs())


def _names(*values: Any) -> set[str]:
    return {value.debugName() for value in values}


def _bound(module: Any, arguments: Arguments) -> list[object]:
    """Return the arguments by position, with the defaults of what is not given."""
    schema = module._c._get_method("forward").schema  # noqa: SLF001 - no public accessor
    expected = schema.arguments[1 + len(arguments.args) :]
    rest = [arguments.kwargs.get(one.name, one.default_value) for one in expected]
    return [*arguments.args, *rest]


def _common(noted: set[Value]) -> Value:
    """Return what all that was noted of a tensor agrees on.

    Examples
    --------
    >>> str(_common({Value(dtype="f32", shape=(1, 3)), Value(dtype="f32", shape=(2, 3))}))
    'f32[?, 3]'
    """
    if len(noted) == 1:
        return next(iter(noted))
    dtypes, shapes = {one.dtype for one in noted}, {one.shape for one in noted}
    known = [shape for shape in shapes if shape is not None]
    alike = len(known) == len(shapes) and len({len(shape) for shape in known}) == 1
    sizes = [set(sizes) for sizes in zip(*known, strict=True)] if alike else []
    return Value(
        dtype=dtypes.pop() if len(dtypes) == 1 else None,
        shape=tuple(one.pop() if len(one) == 1 else None for one in sizes) if alike else None,
    )
