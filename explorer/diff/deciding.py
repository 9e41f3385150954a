"""What nothing tells apart is told by the order in which it is listed: the first of either graph goes first.

NOTE: which graph is the left one must not matter. So the first op that is left of either graph chooses, both at once,
and only among those that would choose it: the first of what speaks most for it. Where nothing speaks for either, they
are put beside each other by order alone. After each choice all that follows from it is matched, so that two rows of
equal ops are not crossed; what chose nothing goes on to wait until the others of its contest have chosen.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from explorer.diff.sides import Place, Side, may_share_a_side
from explorer.graph import OpId

Pair = tuple[OpId, OpId]
Chosen = Callable[[OpId, Side], "OpId | None"]
"""The first of what speaks most for an op of a side, among what it speaks most for itself."""


@dataclass
class Waiting:
    """Ops of both sides that may be each other's counterpart, in the order in which they are listed."""

    left: Side
    right: Side
    ones: Sequence[OpId]
    others: Sequence[OpId]

    def told(self, chosen: Chosen) -> Iterator[set[Pair]]:
        """Yield what is told of what is around it, to be matched before the next is asked for."""
        ones, others = Line(self.left, self.ones), Line(self.right, self.others)
        while ones.first is not None or others.first is not None:
            one, other = ones.first, others.first
            back = chosen(one, self.left) if one is not None else None
            there = chosen(other, self.right) if other is not None else None
            if one is not None and back is None:
                ones.place += 1
            if other is not None and there is None:
                others.place += 1
            if back is not None and others.has_passed(back):
                one = chosen(back, self.right) or one
            if there is not None and ones.has_passed(there):
                other = chosen(there, self.left) or other
            yield _agreed((one, back), (there, other))

    def listed(self, chosen: Chosen) -> Iterator[set[Pair]]:
        """Yield the rest by its order, and what is told of what is around it by then."""
        ones, others = Listed(self.left, self.ones), Listed(self.right, self.others)
        while (one := ones.first) is not None and (other := others.first) is not None:
            pairs = _agreed((one, chosen(one, self.left)), (chosen(other, self.right), other))
            if not pairs:
                back, there = others.fitting(one, self.left), ones.fitting(other, self.right)
                ones.place += back is None
                others.place += there is None
                pairs = _agreed((one, back), (there, other))
            yield pairs


@dataclass
class Line:
    """Ops of a side in their order, those that are matched passed over."""

    side: Side
    ops: Sequence[OpId]
    place: int = 0
    _places: dict[OpId, int] = field(init=False)

    def __post_init__(self) -> None:
        self._places = {op: place for place, op in enumerate(self.ops)}

    def has_passed(self, op: OpId) -> bool:
        """Whether ``op`` was asked before and chose nothing: whoever chooses it now may not be the first to do so."""
        return self._places.get(op, len(self.ops)) < self.place

    @property
    def first(self) -> OpId | None:
        """The first that is left."""
        while self.place < len(self.ops) and self.ops[self.place] in self.side.matched:
            self.place += 1
        return self.ops[self.place] if self.place < len(self.ops) else None


@dataclass
class Listed(Line):
    """The same, of which the first that stands on fitting sides of what chooses is found without a search."""

    _alike: list[tuple[int, int, Line]] = field(init=False)
    """A heap of those that stand on the same sides, by where their first that is left is listed."""

    def __post_init__(self) -> None:
        super().__post_init__()
        found: dict[frozenset[tuple[Place, frozenset[str]]], list[OpId]] = {}
        for op in self.ops:
            found.setdefault(frozenset(self.side.sides(op).items()), []).append(op)
        lines = [Line(self.side, ops) for ops in found.values()]
        self._alike = [(self.side.position[line.ops[0]], number, line) for number, line in enumerate(lines)]
        heapq.heapify(self._alike)

    def fitting(self, one: OpId, side: Side) -> OpId | None:
        """Return the first that may be what ``one`` of the other ``side`` is."""
        sides, passed, found = side.sides(one), list[tuple[int, int, Line]](), None
        while found is None and self._alike:
            place, number, line = heapq.heappop(self._alike)
            if (first := line.first) is None:
                continue
            if self.side.position[first] == place:
                passed.append((place, number, line))
                found = first if may_share_a_side(sides, self.side.sides(first)) else None
            else:
                heapq.heappush(self._alike, (self.side.position[first], number, line))
        for one_passed in passed:
            heapq.heappush(self._alike, one_passed)
        return found


def _agreed(ours: tuple[OpId | None, OpId | None], theirs: tuple[OpId | None, OpId | None]) -> set[Pair]:
    """Return the choices of the first of both sides; of two that are at odds, that which leaves one for later.

    All ops of a side rank those of the other alike, by order, so that only the pair of both firsts can be at odds.
    """
    found = {(one, other) for one, other in (ours, theirs) if one is not None and other is not None}
    if len(found) > 1 and (ours[0] == theirs[0] or ours[1] == theirs[1]):
        found.discard((ours[0], theirs[1]))  # type: ignore[arg-type]
    return found


def in_order(ops: Iterable[OpId], side: Side) -> list[OpId]:
    """Return ``ops`` as they are listed."""
    return sorted(ops, key=side.position.__getitem__)
