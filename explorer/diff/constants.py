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
    for op in rest:
        constant = next(_held_instead(op, side, other, held), None)
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


def _held_instead(op: Op, side: Side, other: Side, held: Iterable[OpId]) -> Iterator[OpId]:
    """Yield the constants that the other graph's ops take where the counterparts of these take what ``op`` gives."""
    for near, after, place in side.links[op.id]:
        match = side.matched.get(near) if after else None
        for partner in side.partners(match) if match is not None else ():
            for constant, before, there in other.links[partner]:
                at_its_place = not before and there[1] == place[1]
                is_free = constant not in other.matched or constant in held
                if at_its_place and is_free and _may_be(op, other.graph.by_id[constant]):
                    yield constant


def _may_be(op: Op, constant: Op) -> bool:
    """Whether ``constant`` may be what ``op`` gives: of its shape, and of its values where these are known."""
    if constant.role != "constant" or not op.outputs or not constant.outputs:
        return False
    given, stored = op.outputs[0], constant.outputs[0]
    return _may_be_equal(given.shape, stored.shape) and held_same(op, constant) is not False


def _may_be_equal(one: Shape | None, other: Shape | None) -> bool:
    """Whether two shapes may be the same: a size that is a name, or a shape that is not known, may be any."""
    if one is None or other is None:
        return True
    sizes = zip(one, other, strict=False)
    return len(one) == len(other) and all(a == b or not (isinstance(a, int) and isinstance(b, int)) for a, b in sizes)
