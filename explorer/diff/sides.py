"""The two sides of an alignment in the making: which ops are matched, and with what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import networkx as nx

from explorer.graph import Graph, Op, OpId


@dataclass(eq=False)
class Match:
    """A group in the making."""

    left: list[OpId] = field(default_factory=list[OpId])
    right: list[OpId] = field(default_factory=list[OpId])
    by: str = ""


@dataclass
class Side:
    """One graph and which of its ops are matched so far."""

    graph: Graph
    network: nx.MultiDiGraph[OpId] = field(init=False)
    matched: dict[OpId, Match] = field(default_factory=dict[OpId, Match])
    contested: set[OpId] = field(default_factory=set[OpId])
    """Ops whose key the other side has another number of times: which is which is settled later."""
    alone: set[OpId] = field(default_factory=set[OpId])
    """Ops of turns of a loop that the other side has not: part of no other turn's call."""

    def __post_init__(self) -> None:
        self.network = self.graph.network

    def free(self, wanted: Callable[[Op], bool]) -> Iterator[Op]:
        """Yield the ops that are not matched yet and ``wanted``, in order."""
        taken = self.matched.keys() | self.contested
        return (op for op in self.graph.ops if op.id not in taken and wanted(op))

    def neighbours(self, op: OpId) -> Iterator[tuple[OpId, str]]:
        """Yield the ops before and after ``op``, each with its direction."""
        yield from ((before, "before") for before in self.network.predecessors(op))
        yield from ((after, "after") for after in self.network.successors(op))


def join(left: Side, right: Side, ones: list[OpId], others: list[OpId], by: str) -> None:
    """Make one group of ops of both sides."""
    match = Match(left=ones, right=others, by=by)
    left.matched.update(dict.fromkeys(ones, match))
    right.matched.update(dict.fromkeys(others, match))
