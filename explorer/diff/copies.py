"""Copies that only a layout asks for: eager's copy and the ``contiguous`` that a static graph keeps of it.

What is contiguous already is not copied, so ``contiguous`` counts as no work; where eager did copy, the two are a pair.
"""

from __future__ import annotations

from collections.abc import Iterator

from explorer.diff.propagation import may_share_a_line
from explorer.diff.sides import Side, join
from explorer.graph import Op, OpId


def match_copies(left: Side, right: Side) -> None:
    """Pair each copy with the ``contiguous`` that takes what the copy takes, where that is matched."""
    for op in left.free("compute"):
        if op.op == "clone" and (found := next(_asking(op, left, right), None)) is not None:
            join(left, right, [op.id], [found], "what it copies", sure="likely")
    for op in right.free("compute"):
        if op.op == "clone" and (found := next(_asking(op, right, left), None)) is not None:
            join(left, right, [found], [op.id], "what it copies", sure="likely")


def _asking(copy: Op, side: Side, other: Side) -> Iterator[OpId]:
    for near in side.before[copy.id]:
        match = side.matched.get(near)
        for partner in side.partners(match) if match is not None else ():
            for found, after, _ in other.links[partner]:
                op = other.graph.by_id[found]
                asks = after and op.op == "identity" and "contiguous" in op.target and found not in other.matched
                if asks and may_share_a_line(side.user_lines(copy), other.user_lines(op)):
                    yield found
