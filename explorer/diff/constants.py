"""What one graph computes from constants alone and the other holds as a constant, computed as it was made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from explorer.diff.held import held_same
from explorer.diff.sides import Match, Side
from explorer.graph import Op, OpId
from explorer.vocabulary import DRAWS

Shape = tuple[int | str | None, ...]

BY = "the constant at its place"


def match_constants(left: Side, right: Side) -> None:
    """Make one group of a constant and the ops that give it in the other graph, where what takes them is matched."""
    _match(left, right)
    _match(right, left)


def _match(side: Side, other: Side) -> None:
    rest = [op for op in side.free("compute") if op.id not in side.alone]
    varying = _behind_inputs(side) if rest else frozenset[OpId]()
    rest = [op for op in reversed(rest) if op.id not in varying]
    held: dict[OpId, Match] = {}
    taken = Taken(other)
    for op in rest:
        constant = next(_held_instead(op, side, taken, held), None)
        if constant is None:
            continue
        if constant not in held:
            held[constant] = Match(by=BY, sure="likely")
            other.put(constant, held[constant])
        side.put(op.id, held[constant])
    made = {id(match): match for match in held.values()}
    for op in rest:  # what leads to nothing else is a part of the same
        takers = [side.matched.get(near) for near, after, _ in side.links[op.id] if after]
        first = made.get(id(takers[0])) if takers else None
        if op.id not in side.matched and first is not None and all(one is first for one in takers):
            side.put(op.id, first)
    for match in held.values():
        side.members(match).sort(key=side.position.__getitem__)  # the last gives what the constant is


def _behind_inputs(side: Side) -> frozenset[OpId]:
    """Return all that depends on an input or on a draw."""
    found = {op.id for op in side.graph.ops if op.role == "input" or op.op in DRAWS}
    waiting = list(found)
    while waiting:
        fresh = {near for near, after, _ in side.links[waiting.pop()] if after} - found
        found |= fresh
        waiting += fresh
    return frozenset(found)


class Taken:
    """Which constants of a side the ops of a match take, by the position of the argument: sought of each match once."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self._known: dict[int, dict[int, dict[OpId, None]]] = {}

    def by(self, match: Match, position: int) -> Iterable[OpId]:
        """Return the constants that the ops of ``match`` take as an argument."""
        if id(match) not in self._known:
            found = self._known[id(match)] = {}
            for taker in self.side.members(match):
                for near, after, (_, place) in self.side.links[taker]:
                    if not after and self.side.graph.by_id[near].role == "constant":
                        found.setdefault(place, {})[near] = None
        return self._known[id(match)].get(position, ())


def _held_instead(op: Op, side: Side, taken: Taken, held: Iterable[OpId]) -> Iterator[OpId]:
    """Yield the constants that the other graph's ops take where the counterparts of these take what ``op`` gives."""
    for near, after, (_, position) in side.links[op.id]:
        match = side.matched.get(near) if after else None
        for constant in taken.by(match, position) if match is not None else ():
            is_free = constant not in taken.side.matched or constant in held
            if is_free and _may_be(op, taken.side.graph.by_id[constant]):
                yield constant


def _may_be(op: Op, constant: Op) -> bool:
    """Whether ``constant`` may be what ``op`` gives: of its shape, and of its values where these are known."""
    if not op.outputs or not constant.outputs:
        return False
    given, stored = op.outputs[0], constant.outputs[0]
    return may_have_one_shape(given.shape, stored.shape) and held_same(op, constant) is not False


def may_have_one_shape(one: Shape | None, other: Shape | None) -> bool:
    """Whether two shapes may be the same: a size that is a name, or a shape that is not known, may be any."""
    if one is None or other is None:
        return True
    sizes = zip(one, other, strict=False)
    return len(one) == len(other) and all(a == b or not (isinstance(a, int) and isinstance(b, int)) for a, b in sizes)
