"""The graphs that a higher-order op of an fx graph runs, and what each of their placeholders stands for.

What runs its one body once, as ``torch.no_grad`` and checkpointing do, is no choice and no loop: its body stands in the
graph as if it had been called.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import fx

from explorer.capture.building import Formal
from explorer.graph import RegionKind

Handed = tuple[Formal | None, Any]
"""What a placeholder is, ``None`` for what is the same at each turn, and the argument that it is at first."""


@dataclass(frozen=True, slots=True)
class Body:
    """A graph that an op runs, what it is to the op, and what it is handed."""

    kind: RegionKind
    graph: fx.GraphModule
    handed: tuple[Handed, ...]

    def bound(self) -> Iterator[tuple[fx.Node, Formal | None, Any]]:
        """Yield each placeholder, what it is, and the argument that it is at first."""
        placeholders = (node for node in self.graph.graph.nodes if node.op == "placeholder")
        yield from ((one, *handed) for one, handed in zip(placeholders, self.handed, strict=False))


def bodies_of(module: fx.GraphModule, node: fx.Node, name: str) -> list[Body]:
    """Return the bodies of a branch or a loop that the producer calls ``name``; none for any other op."""
    graphs = _graphs(module, node)
    rest = [one for one in node.args if not isinstance(one, fx.Node) or held(module, one) is None]
    match name, rest:
        case "cond", [_, *operands]:
            same = _all(None, *operands)
            return [Body(kind, graph, same) for kind, graph in zip(("then", "else"), graphs, strict=False)]
        case "while_loop", [carried, *others]:
            handed = (*_all("carried", carried), *_all(None, *others))
            return [Body(kind, graph, handed) for kind, graph in zip(("condition", "body"), graphs, strict=False)]
        case "map_impl", [gone_through, *others]:
            handed = (*_all("scanned", gone_through), *_all(None, *others))
            return [Body("body", graph, handed) for graph in graphs]
        case "scan", [carried, gone_through, *others]:
            handed = (*_all("carried", carried), *_all("scanned", gone_through), *_all(None, *others))
            return [Body("body", graph, handed) for graph in graphs]
        case "associative_scan", [gone_through, *others]:
            handed = (*_all("carried", gone_through), *_all("scanned", gone_through), *_all(None, *others))
            return [Body("body", graph, handed) for graph in graphs]
        case _:
            return []


def called(module: fx.GraphModule, node: fx.Node) -> Body | None:
    """Return the body of an op that runs one once, ``None`` for any other op."""
    if not isinstance(node.target, torch._ops.HigherOrderOperator):  # noqa: SLF001 - not public
        return None
    graphs = _graphs(module, node)
    if len(graphs) != 1:
        return None
    placeholders = sum(one.op == "placeholder" for one in graphs[0].graph.nodes)
    given = [one for one in _flat(node.args) if isinstance(one, fx.Node) and held(module, one) is None]
    return Body("body", graphs[0], _all(None, given)) if len(given) == placeholders else None


def held(module: fx.GraphModule, node: fx.Node) -> fx.GraphModule | None:
    """Return the graph that a node stands for, ``None`` where it stands for none."""
    found: Any = module
    for part in str(node.target).split(".") if node.op == "get_attr" else ():
        found = getattr(found, part, None)
    return found if node.op == "get_attr" and isinstance(found, fx.GraphModule) else None


def _graphs(module: fx.GraphModule, node: fx.Node) -> list[fx.GraphModule]:
    nodes = [one for one in _flat(node.args) if isinstance(one, fx.Node)]
    return [graph for one in nodes if (graph := held(module, one)) is not None]


def _all(kind: Formal | None, *arguments: Any) -> tuple[Handed, ...]:
    return tuple((kind, one) for one in _flat(arguments))


def _flat(thing: Any) -> list[Any]:
    if isinstance(thing, Sequence) and not isinstance(thing, str):
        return [leaf for one in thing for leaf in _flat(one)]
    return [thing]
