"""What is left when the ops that work are matched: it is folded into the groups that it serves or is a part of.

NOTE: one side is folded after the other, and which comes first must not matter. So what an op is asked to be like, of
the other side, are the ops that a group was made of: never what was folded into it since.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import get_args

from explorer.diff.constants import match_constants
from explorer.diff.held import apart, held_same
from explorer.diff.passing import is_converted_in_vain, is_room_unused, passes_on
from explorer.diff.sides import Match, Side
from explorer.graph import BETWEEN, PARTS, Graph, Op, OpId, RegionId, Role
from explorer.vocabulary import canonical

ARRANGES = frozenset({"transpose", "reshape", "expand", "unsqueeze", "squeeze", "clone", "to", "copy", "fill",
                      "empty", "scalar_tensor", "select", "slice"})  # fmt: skip
"""Ops that bring a tensor into the form that a call wants."""

MOST_IN_ONE = 3
"""Ops in a row that an optimiser may have made part of the one before them."""


def fold(left: Side, right: Side) -> None:
    """Put what is left into the groups that are there, where it belongs to one."""
    fold_turns(left, right)
    _add_equal_values(left, right)
    _add_equal_values(right, left)
    _add_parts(left, right)
    _add_parts(right, left)
    match_constants(left, right)
    for side in (left, right):
        _add_unused_room(side)
        _add_what_serves(side)


def fold_turns(left: Side, right: Side) -> None:
    """Put each turn of a loop that ran beside the one of its body, where that is matched with another turn."""
    _add_turns(left, right)
    _add_turns(right, left)


def _add_turns(side: Side, other: Side) -> None:
    """Fold the turns of a loop that ran into the group of one that is matched, where the other side has the loop."""
    repeated = {op.id: _turn(op) for op in side.graph.compute if _turn(op)} | dict(_conditions(side.graph))
    if not repeated:
        return
    in_bodies = _in_bodies(other.graph)
    standing = _standing(side.graph)
    met: Counter[object] = Counter()
    keys: dict[OpId, object] = {}
    for one, turn in repeated.items():
        op = side.graph.by_id[one]
        place = op.op, op.module, op.stack, standing.get(op.region)
        met[place, turn] += 1
        keys[one] = place, met[place, turn]  # the third ``add`` of a line is that in each turn
    known: dict[object, Match] = {}
    for one, key in keys.items():
        match = side.matched.get(one)
        theirs = other.core(match) if match is not None else []
        if match is not None and theirs and all(other.graph.by_id[their].region in in_bodies for their in theirs):
            known.setdefault(key, match)
    for one, key in keys.items():
        if key in known and one in side.open:
            side.put(one, known[key])


def _in_bodies(graph: Graph) -> set[RegionId | None]:
    """Return the regions that are run once in each turn of a loop, or on one side of an ``If`` in it."""
    found: set[RegionId | None] = set()
    for region in graph.regions:  # one inside of another comes after it
        if region.kind in {"body", "condition"} or region.parent in found:
            found.add(region.id)
    return found


def _standing(graph: Graph) -> dict[RegionId | None, tuple[object, ...]]:
    """Return what tells a region of one turn to be that of another: an ``If`` is recorded anew in each."""
    found: dict[RegionId | None, tuple[object, ...]] = {}
    for region in graph.regions:
        owner = graph.by_id[region.owner]
        found[region.id] = (*found.get(region.parent, ()), (region.kind, owner.op, owner.module, owner.stack))
    return found


def _turn(op: Op) -> tuple[int, ...]:
    return tuple(step.turn for step in op.within if step.turn is not None)


def _conditions(graph: Graph) -> Iterator[tuple[OpId, tuple[int, ...]]]:
    """Yield the ops that ask whether a loop goes on, each with the turn before which it did: they ask once more."""
    asking = {region.id: list[OpId]() for region in graph.regions if region.kind == "condition"}
    for op in graph.compute if asking else ():
        if op.region is not None and op.region in asking:
            asking[op.region].append(op.id)
    for region, inside in asking.items():
        turns = graph.by_id[graph.region_by_id[region].owner].attributes.get("turns")
        if not isinstance(turns, int):
            continue
        if len(inside) % (turns + 1) == 0:
            each = max(len(inside) // (turns + 1), 1)
            yield from ((one, (place // each,)) for place, one in enumerate(inside))


def _add_equal_values(side: Side, other: Side) -> None:
    """Fold what is left into the group before it, where the other side's op already gives its result.

    So it is with a batch norm that an exporter has folded into the convolution before, and with what an optimiser
    made one op of: of a convolution, its batch norm and its activation only the last gives what that op gives.
    """
    for op in side.free("compute"):
        if op.id in side.matched:
            continue
        for chain, near, match in _led_to_by(op, side):
            theirs = other.core(match)
            if theirs and _gives(op, other.graph.by_id[theirs[-1]], side.graph.by_id[near]):
                for one in chain:
                    side.put(one, match)
                break


def _led_to_by(op: Op, side: Side) -> Iterator[tuple[list[OpId], OpId, Match]]:
    """Yield each matched op that leads to ``op`` over nothing but ops that are left, with these and its match."""
    chain = [op.id]
    for _ in range(MOST_IN_ONE):
        before = side.before[chain[0]]
        yield from ((chain, near, match) for near in before if (match := side.matched.get(near)) is not None)
        rest = [near for near in dict.fromkeys(before) if near in side.open]
        if len(rest) != 1:
            return
        chain = [*rest, *chain]


def _gives(op: Op, last: Op, instead: Op) -> bool:
    """Whether ``last`` of the other side gives what ``op`` gives, and more closely than what ``instead`` does."""
    distance, otherwise = apart(op, last), apart(instead, last)
    closer = distance is not None and otherwise is not None and distance < otherwise
    return closer and bool(held_same(op, last))


def _add_parts(side: Side, other: Side) -> None:
    """Fold what only feeds one group into it, where the other side's op is known to be made of more ops."""
    for op in reversed(side.free("compute")):
        takers = [side.matched.get(near) for near, after, _ in side.links[op.id] if after]
        match = takers[0] if takers and all(one is takers[0] for one in takers) else None
        if match is not None and _size(side.members(match), side) < len(_parts(other.core(match), other)):
            side.put(op.id, match)
    for op in side.free("compute"):  # the first of its parts may be what was matched
        makers = [side.matched.get(near) for near in side.before[op.id]]
        match = makers[0] if len(makers) == 1 else None
        parts = _parts(other.core(match), other) if match is not None else []
        if match is not None and _size(side.members(match), side) < len(parts) and op.op in parts:
            side.put(op.id, match)


def _size(members: list[OpId], side: Side) -> int:
    return sum(side.graph.by_id[one].role == "compute" for one in members)


def _parts(members: list[OpId], side: Side) -> list[str]:
    """Return of what ops the one op among ``members`` was made that tells it, by their canonical names."""
    made = [parts for one in members if isinstance(parts := side.graph.by_id[one].attributes.get(PARTS), list)]
    return [canonical(f"onnx::{one}") for one in made[0]] if len(made) == 1 else []


def _add_unused_room(side: Side) -> None:
    """Fold room that nothing takes into the group of the call that made it."""
    called = (op for role in get_args(Role) for op in side.free(role) if op.call)
    rooms = [op for op in called if is_room_unused(op, side.graph)]
    calls = {op.call for op in rooms}
    known = {op.call: side.matched[op.id] for op in side.graph.ops if op.call in calls and op.id in side.matched}
    for op in rooms:
        if op.call in known:
            side.put(op.id, known[op.call])


def _add_what_serves(side: Side) -> None:
    """Fold what is left of a matched source call, and what only serves, into the group it touches."""
    rest = [op for op in side.graph.ops if op.id not in side.matched]
    for _ in range(2):  # what serves the op that serves: once forwards, once backwards
        for op in (*rest, *reversed(rest)):
            if op.id in side.matched or op.id in side.alone:
                continue
            match = next(_hosts(op, side), None)
            if match is not None:
                side.put(op.id, match)


def _hosts(op: Op, side: Side) -> Iterator[Match]:
    """Yield the two-sided groups that ``op`` may join: those it serves, or those of its own source call.

    A line of the user's may hold several calls (``x.max() > 0.6``): there only what re-arranges for a call is
    taken for a part of it. A line of a library's is one call's inside.
    """
    inside = bool(op.stack) and not op.stack[0].user
    for neighbour, *_ in sorted(side.links[op.id], key=lambda one: one[1], reverse=True):
        match = side.matched.get(neighbour)
        near = side.graph.by_id[neighbour]
        if match is None or not (match.left and match.right) or near.role in {"input", "output", "parameter"}:
            continue
        same_call = op.call != "" and op.call == near.call and (inside or op.op in ARRANGES)
        serves = op.role != "compute" and (op.role not in {"input", "output"} or BETWEEN in op.target)
        if same_call or serves or passes_on(op) or is_converted_in_vain(op, side.graph):
            yield match
