"""Align two graphs: groups of ops that do the same work, the rest left over.

The method: what is the only one of its key on both sides first (module, source line, canonical op), from the most
telling key to the least; then, of what shares a key and of what has none, that which takes and feeds the same; then
the rest of one source call as one n:m group; then, where nothing tells, the order in which they are listed; then
loops and what lost its line; at last shape arithmetic, constants, guards and what hands on its input folded into what
they serve. No pass compares each op of one side with each of the other, and of what a hub feeds only some are listened
to: time grows with ops and edges, as the tests hold for shapes on which it once did not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import replace
from itertools import chain

from explorer.diff.collecting import paused_collection
from explorer.diff.common_files import on_common_files
from explorer.diff.constants import may_have_one_shape
from explorer.diff.copies import match_copies
from explorer.diff.deciding import Waiting
from explorer.diff.folding import fold, fold_turns
from explorer.diff.grouping import groups
from explorer.diff.pieces import pieces
from explorer.diff.propagation import Contest, Propagation
from explorer.diff.sides import Side, join, may_share_a_side, tell_apart
from explorer.diff.turns import Turns
from explorer.divergence import Group, Sure
from explorer.graph import Graph, Location, Op, OpId

Key = Callable[[Op], Hashable | None]


def align(left: Graph, right: Graph, *, alike: bool = True) -> tuple[Group, ...]:
    """Return the groups of ``left`` and ``right``; every op of both is in exactly one.

    ``alike`` says whether both hold what they gave for the same inputs: else their values tell nothing.

    Examples
    --------
    >>> from explorer.graph import Graph, Op, OpId
    >>> graph = Graph(ops=(Op(id=OpId("a"), op="add", target="aten::add"),))
    >>> align(graph, graph)[0].kind
    'same'
    """
    with paused_collection():
        return tuple(_aligned(*on_common_files(left, right if alike else without_values(right))))


def _aligned(ours: Graph, theirs: Graph) -> Iterator[Group]:
    one, other = Side(ours, "left"), Side(theirs, "right")
    tell_apart(one, other)
    _match_ends(one, other)
    near = Propagation(one, other)
    for by, key in KEYS:
        _match_key(one, other, key, by, near)
    near.spread()
    match_copies(one, other)
    _match_calls(one, other)
    near.spread()
    near.decide()
    near.decide_neighbours()
    match_copies(one, other)
    fold_turns(one, other)
    _match_calls(one, other)
    _match_blind(one, other)
    fold(one, other)
    for role in ("constant", "shape", "guard", "formal"):
        rest = [side.free(role) for side in (one, other)]
        _pair(one, other, *rest, key=lambda op: (op.module, _inner(op), op.op), by="module, line and op", sure="likely")
    yield from groups(one, other)


def without_values(graph: Graph) -> Graph:
    """Return ``graph`` without what its ops gave: nothing is to be concluded of it."""
    bare = (replace(op, outputs=tuple(replace(one, summary=None) for one in op.outputs)) for op in graph.ops)
    return replace(graph, ops=tuple(bare))


def _inner(op: Op) -> tuple[str, int] | None:
    return (op.stack[0].file, op.stack[0].line) if op.stack else None


def _user(op: Op) -> tuple[str, int] | None:
    place: Location | None = op.location
    return (place.file, place.line) if place and place.user else None


def _by_column(op: Op) -> Hashable | None:
    """Return what tells ops of one line apart, where a producer tells columns."""
    return (op.stack[0].column, _by_inner_line(op)) if op.stack and op.stack[0].column is not None else None


def _by_inner_line(op: Op) -> Hashable | None:
    return (op.module, _inner(op), _user(op), op.op) if op.stack else None


def _by_user_line(op: Op) -> Hashable | None:
    return (op.module, _user(op), op.op) if _user(op) else None


def _by_any_module(op: Op) -> Hashable | None:
    return (_user(op), op.op, op.outputs[:1] and op.outputs[0].shape) if _user(op) else None


def _without_line(op: Op) -> Hashable | None:
    """Return what is left to tell an op that no producer gave a line."""
    return None if op.stack else (op.module, op.op, op.outputs[:1] and op.outputs[0].shape)


def _by_outer_line(op: Op) -> Hashable | None:
    """Return what is left where one producer tells the line of ``forward`` alone, and another that of what it calls."""
    lines = [(frame.file, frame.line) for frame in op.stack if frame.user]
    return (op.module, lines[-1], op.op, op.outputs[:1] and op.outputs[0].shape) if lines else None


KEYS: tuple[tuple[str, Key], ...] = (
    ("module, line, column and op", _by_column),
    ("module, line and op", _by_inner_line),
    ("module, the user's line and op", _by_user_line),
    ("the user's line, op and shape", _by_any_module),
    ("module, op and shape", _without_line),
    ("module, the outermost line, op and shape", _by_outer_line),
)


def _match_ends(left: Side, right: Side) -> None:
    """Match inputs and outputs by name, those without a common one by position; parameters by name."""
    for role in ("input", "output"):
        ends = [side.free(role) for side in (left, right)]
        _pair(left, right, *ends, key=lambda op: op.target, by="name")
        rest = [[op for op in found if op.id not in side.matched]
                for found, side in zip(ends, (left, right), strict=True)]  # fmt: skip
        if role == "output" and len(rest[0]) < len(ends[0]):  # both are called as the user wrote them
            continue
        if role == "output" and len(rest[0]) != len(rest[1]):  # one form may leave out None and numbers
            rest = [[op for op in found if side.graph.fed(op.id)]
                    for found, side in zip(rest, (left, right), strict=True)]  # fmt: skip
        for one, other in zip(*rest, strict=False):
            join(left, right, [one.id], [other.id], "position", sure="likely" if _are_alike(one, other) else "guessed")
    stored = [side.free("parameter") for side in (left, right)]
    _pair(left, right, *stored, key=lambda op: op.target, by="name", in_order="certain")  # those of a name are one


def _are_alike(one: Op, other: Op) -> bool:
    """Whether what two inputs or outputs hold is known to be of one type and of a size that may be the same."""
    if not one.outputs or not other.outputs:
        return False
    ours, theirs = one.outputs[0], other.outputs[0]
    known = None not in (ours.dtype, ours.shape, theirs.shape)
    return known and ours.dtype == theirs.dtype and may_have_one_shape(ours.shape, theirs.shape)


def _match_key(left: Side, right: Side, key: Key, by: str, near: Propagation) -> None:
    """Match ops that are the only ones of their key on either side; where there are several, there is a contest."""
    ones, others = _grouped(left, key), _grouped(right, key)
    for found in [one for one in ones if one in others]:
        if len(ones[found]) == len(others[found]) == 1:
            if not may_share_a_side(left.sides(ones[found][0]), right.sides(others[found][0])):
                continue
            join(left, right, ones[found], others[found], by)
        else:
            near.contest(Contest(ones=ones[found], others=others[found], by=by, key=repr(found)))


def _grouped(side: Side, key: Key) -> dict[Hashable, list[OpId]]:
    groups: dict[Hashable, list[OpId]] = defaultdict(list)
    for op in side.free("compute"):
        if (found := key(op)) is not None:
            groups[found].append(op.id)
    return groups


def _pair(
    left: Side,
    right: Side,
    ones: Iterable[Op],
    others: Iterable[Op],
    *,
    key: Key,
    by: str,
    sure: Sure = "certain",
    in_order: Sure = "guessed",
) -> None:
    """Pair ops of equal key in the order in which they occur, which is all that tells where there are several."""
    found: dict[Hashable, tuple[list[OpId], list[OpId]]] = {}
    for place, ops in enumerate((ones, others)):
        for op in ops:
            if (known := key(op)) is not None:
                found.setdefault(known, ([], []))[place].append(op.id)
    for both in found.values():
        is_only = len(both[0]) == len(both[1]) == 1
        for one, other in zip(*both, strict=False):
            join(left, right, [one], [other], by, sure=sure if is_only else in_order)


def _match_calls(left: Side, right: Side) -> None:
    """Make one group of what is left on both sides of one call: a module's ops on one source line."""
    for by, key in (*CALLS, ("one module", _module_without_lines(left, right))):
        wanted = _open_calls(left, key) & _open_calls(right, key)
        ones, others = _by_call(left, key, wanted), _by_call(right, key, wanted)
        loops = Turns(left, right)
        for call in ones:
            turns = loops.apart(ones[call], others[call])
            _leave_alone(left, ones[call], chain.from_iterable(some for some, _ in turns))
            _leave_alone(right, others[call], chain.from_iterable(same for _, same in turns))
            for some, same in turns:
                free = [op for op in some if op.id not in left.matched]
                rest = [op for op in same if op.id not in right.matched]
                free, rest = _on_one_side(left, free, right, rest), _on_one_side(right, rest, left, free)
                if free and rest and _lines_allow(free, rest):
                    for piece, counterpart in pieces(left, free, right, rest):
                        join(left, right, [op.id for op in piece], [op.id for op in counterpart], by, sure="likely")


def _on_one_side(side: Side, ops: list[Op], other: Side, others: list[Op]) -> list[Op]:
    """Return those of ``ops`` that none of ``others`` ran instead of."""
    theirs: dict[tuple[str, int], set[frozenset[str]]] = defaultdict(set)
    for op in others:
        for place, kinds in other.sides(op.id).items():
            theirs[place].add(kinds)
    return [
        op
        for op in ops
        if all(kinds & those for place, kinds in side.sides(op.id).items() for those in theirs.get(place, ()))
    ]


def _lines_allow(ones: list[Op], others: list[Op]) -> bool:
    """Whether the user's lines do not speak against one group: a library's call may be made from several."""
    left, right = {_user(op) for op in ones}, {_user(op) for op in others}
    return None in left or None in right or bool(left & right)


def _open_calls(side: Side, key: Key) -> set[Hashable]:
    """Return the calls of which something is left, and nothing is in a contest."""
    rest = side.unmatched("compute")
    contested = {key(op) for op in rest if op.id in side.contested}
    return {key(op) for op in rest if op.id not in side.contested} - contested - {None}


def _by_call(side: Side, key: Key, wanted: set[Hashable]) -> dict[Hashable, list[Op]]:
    """Return all the ops that work, matched or not, of the ``wanted`` calls, in the order in which these begin."""
    found: dict[Hashable, list[Op]] = defaultdict(list)
    for op in side.graph.compute if wanted else ():
        if (call := key(op)) in wanted:
            found[call].append(op)
    return found


def _leave_alone(side: Side, ops: list[Op], paired: Iterable[Op]) -> None:
    found = {op.id for op in paired}
    side.alone.update(op.id for op in ops if op.id not in found and op.id not in side.matched)


def _line(op: Op) -> Hashable | None:
    return (op.module, _inner(op), _user(op)) if op.stack else None


def _forward(op: Op) -> Hashable | None:
    """Return the innermost ``forward`` that is running: what all producers know of a library module's call."""
    frame = next((place for place in op.stack if place.function == "forward"), None)
    return (op.module, frame.file, frame.line) if frame else None


def _call(op: Op) -> Hashable | None:
    return (op.module, _user(op)) if _user(op) else None


CALLS: tuple[tuple[str, Key], ...] = (
    ("one source line", _line),
    ("one line of the module's forward", _forward),
    ("one source call", _call),
)


def _module_without_lines(left: Side, right: Side) -> Key:
    """Return a key for modules in which a side has ops without a line, as folded ONNX nodes are."""
    blind = {op.module for side in (left, right) for op in side.free("compute") if op.module and not op.stack}
    return lambda op: op.module if op.module in blind else None


def _match_blind(left: Side, right: Side) -> None:
    """Pair what is left of one name in one module, where one side has no lines: an optimiser may lose them.

    Others of their name may be matched already, so that it is never certain; where several are left, order alone tells.
    """
    ones, others = (_by_module_and_name(side) for side in (left, right))
    for key in [key for key in ones if key in others]:
        if not any(op.stack for op in ones[key]) or not any(op.stack for op in others[key]):
            sure: Sure = "likely" if len(ones[key]) == len(others[key]) == 1 else "guessed"
            both = [[op.id for op in found[key]] for found in (ones, others)]
            for pairs in Waiting(left, right, *both).listed(lambda _op, _side: None):
                for one, other in pairs:
                    join(left, right, [one], [other], "module and op", sure=sure)


def _by_module_and_name(side: Side) -> dict[Hashable, list[Op]]:
    found: dict[Hashable, list[Op]] = defaultdict(list)
    for op in side.free("compute"):
        found[op.module, op.op].append(op)
    return found
