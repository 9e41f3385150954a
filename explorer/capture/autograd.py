"""The autograd graph of a result: each ``grad_fn``, tied to the op that made it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch

from explorer.graph import AutogradNode, OpId


def autograd_nodes(
    results: Iterable[torch.Tensor],
    order: Sequence[tuple[OpId, int]],
    parameters: Mapping[int, str],
) -> tuple[AutogradNode, ...]:
    """Return the nodes reached from ``results``, from the outputs towards the leaves.

    Parameters
    ----------
    order
        Each op with the sequence number that autograd would have given next when it was dispatched:
        a node that was numbered before that, and not before the op's predecessor, is the op's.
    parameters
        ``id`` of a leaf tensor to the id of its node in the graph.
    """
    nexts = [sequence for _, sequence in order]
    ids: dict[Any, str] = {}
    waiting = [tensor.grad_fn for tensor in results if tensor.grad_fn is not None]
    for node in waiting:
        ids.setdefault(node, f"g{len(ids)}")
    found: list[AutogradNode] = []
    done: set[Any] = set()
    while waiting:
        node = waiting.pop()
        if node in done:
            continue
        done.add(node)
        following = [after for after, _ in node.next_functions if after is not None]
        for after in following:
            ids.setdefault(after, f"g{len(ids)}")
        waiting.extend(following)
        found.append(
            AutogradNode(
                id=ids[node],
                name=_name(node),
                op=_maker(node, order, nexts, parameters),
                inputs=tuple(ids[after] for after in following),
            )
        )
    return tuple(found)


def _name(node: Any) -> str:
    return str(node.name()).rpartition("::")[2]


def _maker(
    node: Any, order: Sequence[tuple[OpId, int]], nexts: list[int], parameters: Mapping[int, str]
) -> OpId | None:
    variable = getattr(node, "variable", None)
    if variable is not None:
        name = parameters.get(id(variable))
        return OpId(name) if name else None
    position = bisect_right(nexts, node._sequence_nr())  # noqa: SLF001 - torch has no public accessor
    return order[position][0] if position < len(order) else None
