"""The turns of a loop side by side, where one source line ran more than once.

NOTE: the eager graph tells in which turn an op ran; a graph in which the loop was unrolled does not. There an op is of
the turn of what it takes, as far as that is matched: what a loop carries is taken with something of the turn itself,
so the latest tells. Where no graph tells turns, the ops of the line repeat as often as it ran, if they do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from explorer.diff.sides import Side
from explorer.divergence import Group
from explorer.graph import Graph, Op, OpId, Step

Turn = tuple[list[Op], list[Op]]
"""What each graph made of one turn."""

Signature = tuple[tuple[str, int, int], ...]
"""The turns that an op ran in, of the outermost loop first: file, line and number."""


@dataclass(frozen=True)
class Turns:
    """Tells the turns of the ops of both sides, as they are matched now."""

    left: Side
    right: Side

    def apart(self, ones: Sequence[Op], others: Sequence[Op]) -> list[Turn]:
        """Return what each turn of a loop made of one call, side by side; one pair if nothing tells turns."""
        size, other = (_period([op.op for op in ops]) for ops in (ones, others))
        if size < len(ones) and other < len(others):
            count = min(len(ones) // size, len(others) // other)
            return [(list(ones[i * size :][:size]), list(others[i * other :][:other])) for i in range(count)]
        return self._by_rank(ones, others) or [(list(ones), list(others))]

    def _by_rank(self, ones: Sequence[Op], others: Sequence[Op]) -> list[Turn]:
        told = any(len({_signature(op) for op in ops}) > 1 for ops in (ones, others))
        if not told:
            return []
        turns: dict[int, Turn] = {}
        for place, (ops, ranks) in enumerate(zip((ones, others), self._ranks, strict=True)):
            for op in ops:
                if op.id in ranks:
                    turns.setdefault(ranks[op.id], ([], []))[place].append(op)
        return [turns[rank] for rank in sorted(turns) if all(turns[rank])]

    @cached_property
    def _ranks(self) -> tuple[dict[OpId, int], dict[OpId, int]]:
        """The turn of each op of either side, as a number in the order in which the turns ran."""
        ours, theirs = (
            {op.id: sign for op in side.graph.ops if (sign := _signature(op))} for side in (self.left, self.right)
        )
        number = {sign: at for at, sign in enumerate(sorted({*ours.values(), *theirs.values()}))}
        one, other = ({op: number[sign] for op, sign in signs.items()} for signs in (ours, theirs))
        return _told(self.left, one, other), _told(self.right, other, one)


def with_turns(graph: Graph, groups: Iterable[Group], eager: Graph) -> Graph:
    """Return ``graph`` with the turns that its ops are of, as eager tells them on the example of its capture.

    On another example a loop turns another number of times, and a turn lies beside the turn of its number. What stands
    in a region is of all turns.
    """
    found: dict[OpId, tuple[Step, ...]] = {}
    for group in groups:
        ran = {_turns(eager.by_id[OpId(op)]) for op in group.left}
        if len(ran) == 1 and (turns := ran.pop()):
            found.update((OpId(op), turns) for op in group.right)
    if not found:
        return graph
    ops = (replace(op, within=found[op.id]) if op.id in found and op.region is None else op for op in graph.ops)
    return replace(graph, ops=tuple(ops))


def _turns(op: Op) -> tuple[Step, ...]:
    return tuple(step for step in op.within if step.turn is not None)


def _told(side: Side, own: dict[OpId, int], others: dict[OpId, int]) -> dict[OpId, int]:
    """Return the turns of the ops of ``side``: their own, those of their partners, else of what they take or feed."""
    ranks = dict(own)
    for op in side.graph.ops:
        if op.id in ranks:
            continue
        match = side.matched.get(op.id)
        near = side.partners(match) if match is not None else [edge.source for edge in side.graph.fed(op.id)]
        known = others if match is not None else ranks
        if found := [known[one] for one in near if one in known]:
            ranks[op.id] = max(found)
    for op in reversed(side.graph.ops):
        for edge in side.graph.fed(op.id) if op.id in ranks else ():
            if edge.source not in side.matched and edge.source not in own:
                ranks.setdefault(edge.source, ranks[op.id])
    return ranks


def _signature(op: Op) -> Signature:
    return tuple((step.file, step.line, step.turn) for step in _turns(op) if step.turn is not None)


def _period(names: list[str]) -> int:
    """Return the length of the shortest run of names that, repeated, gives them all (Knuth, Morris and Pratt 1977).

    Examples
    --------
    >>> _period(["mm", "add", "mm", "add"]), _period(["mm", "add", "mm"])
    (2, 3)
    """
    borders = [0]
    for name in names[1:]:
        border = borders[-1]
        while border and names[border] != name:
            border = borders[border - 1]
        borders.append(border + (names[border] == name))
    period = len(names) - borders[-1]
    return period if len(names) % period == 0 else len(names)
