"""Groups of two graphs each, put together to groups of all graphs that stand side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx

from explorer.report.schema import Group, GroupKind
from explorer.view.panes import Panes

GRAVEST: tuple[GroupKind, ...] = ("changed", "moved", "only-left", "only-right", "decomposed", "fused", "same")
"""Kinds of groups, the gravest first and what is no difference last."""

_Op = tuple[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Ops that do the same work, by graph, and of each graph the group that ties them to the first."""

    ops: tuple[tuple[str, ...], ...]
    groups: tuple[Group | None, ...]


def join(panes: Panes) -> Iterator[Joined]:
    """Yield what belongs together over all graphs of ``panes``; an op that no group holds is in none of them."""
    if len(panes.ties) == 1:
        (tie,) = panes.ties
        yield from (Joined(ops=(one.left, one.right), groups=(None, one)) for one in tie.groups)
        return
    network: nx.Graph[_Op] = nx.Graph()
    told: dict[tuple[int, _Op], Group] = {}
    for tie in panes.ties:
        for group in tie.groups:
            members = [*((tie.first, op) for op in group.left), *((tie.second, op) for op in group.right)]
            network.add_edges_from(pairwise(members))
            network.add_nodes_from(members)
            if tie.first == 0:
                told.update({(tie.second, member): group for member in members})
    orders = [{node.id: at for at, node in enumerate(side.graph.nodes)} for side in panes.sides]
    for part in nx.connected_components(network):
        ops = [sorted((op for at, op in part if at == side), key=order.__getitem__)
               for side, order in enumerate(orders)]  # fmt: skip
        yield Joined(
            ops=tuple(map(tuple, ops)),
            groups=(None, *(_gravest(told, at, part) for at in range(1, len(orders)))),
        )


def _gravest(told: Mapping[tuple[int, _Op], Group], at: int, part: Iterable[_Op]) -> Group | None:
    groups = (told[at, op] for op in part if (at, op) in told)
    return min(groups, key=lambda group: GRAVEST.index(group.kind), default=None)
