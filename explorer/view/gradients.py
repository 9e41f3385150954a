"""Which values of an eager graph gradients go back along, as its autograd nodes pass them on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from explorer.graph import AutogradNode
from explorer.report.schema import GraphEntry


def passed_back(graph: GraphEntry) -> Iterator[tuple[str, str]]:
    """Yield pairs of ops: the second one passes gradients back to the first."""
    nodes = {node.id: node for node in graph.autograd}
    for node in graph.autograd:
        if node.op is not None:
            yield from ((op, node.op) for op in _receivers(node, nodes) if op != node.op)


def _receivers(node: AutogradNode, nodes: Mapping[str, AutogradNode]) -> Iterator[str]:
    """Yield the ops that a node passes gradients to, through nodes that no op is known of."""
    waiting = list(node.inputs)
    met: set[str] = set()
    while waiting:
        one = waiting.pop()
        if one in met or one not in nodes:
            continue
        met.add(one)
        if (op := nodes[one].op) is None:
            waiting += nodes[one].inputs
        else:
            yield op
