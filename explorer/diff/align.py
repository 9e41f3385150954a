"""Align two graphs: groups of ops that do the same work, the rest left over.

The method: exact keys first (module, source line, canonical op, in the order in which they occur), from the
most telling key to the least; then neighbours of what is matched; then the rest of one source call as one
n:m group; then shape arithmetic, constants and guards folded into what they serve. Each pass visits each op
and edge once or twice, so the whole is near-linear in their number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator

from explorer.diff.common_files import on_common_files
from explorer.diff.contest import Contest
from explorer.diff.sides import Match, Side, join
from explorer.divergence import Group, GroupKind
from explorer.graph import Graph, Location, Op, OpId

Key = Callable[[Op], Hashable | None]

INCIDENTAL = frozenset({"device", "pin_memory", "dtype", "layout", "cudnn_enabled", "half_to_float", "implicit",
                        "memory_format", "non_blocking", "requires_grad", "copy", "training", "momentum"})  # fmt: skip
"""Attributes that producers write or leave out without another meaning."""


ARRANGES = frozenset({"transpose", "reshape", "expand", "unsqueeze", "squeeze", "clone", "to", "copy", "fill",
                      "empty", "scalar_tensor", "select", "slice"})  # fmt: skip
"""Ops that bring a tensor into the form that a call wants."""


def align(left: Graph, right: Graph) -> tuple[Group, ...]:
    """Return the groups of ``left`` and ``right``; every op of both is in exactly one.

    Examples
    --------
    >>> from explorer.graph import Graph, Op, OpId
    >>> graph = Graph(ops=(Op(id=OpId("a"), op="add", target="aten::add"),))
    >>> align(graph, graph)[0].kind
    'same'
    """
    one, other = (Side(graph) for graph in on_common_files(left, right))
    _match_ends(one, other)
    contest = Contest()
    for by, key in KEYS:
        _match_key(one, other, key, by, contest)
    _match_neighbours(one, other)
    _match_calls(one, other)
    contest.settle(one, other)
    _match_neighbours(one, other)
    _match_calls(one, other)
    _pair(one, other, one.free(_is_compute), other.free(_is_compute), key=_without_line, by="module, op and shape")
    _match_blind(one, other)
    _absorb(one, lambda match: match.left)
    _absorb(other, lambda match: match.right)
    for role in ("constant", "shape", "guard"):
        rest = [list(side.free(lambda op, role=role: op.role == role)) for side in (one, other)]
        _pair(one, other, *rest, key=lambda op: (op.module, _inner(op), op.op), by="module, line and op")
    return tuple(_groups(one, other))


def _is_compute(op: Op) -> bool:
    return op.role == "compute"


def _inner(op: Op) -> tuple[str, int] | None:
    return (op.stack[0].file, op.stack[0].line) if op.stack else None


def _user(op: Op) -> tuple[str, int] | None:
    place: Location | None = op.location
    return (place.file, place.line) if place and place.user else None


def _by_inner_line(op: Op) -> Hashable | None:
    return (op.module, _inner(op), _user(op), op.op) if op.stack else None


def _by_user_line(op: Op) -> Hashable | None:
    return (op.module, _user(op), op.op) if _user(op) else None


def _by_any_module(op: Op) -> Hashable | None:
    return (_user(op), op.op, op.outputs[:1] and op.outputs[0].shape) if _user(op) else None


def _without_line(op: Op) -> Hashable | None:
    """Return what is left to tell an op that no producer gave a line."""
    return None if op.stack else (op.module, op.op, op.outputs[:1] and op.outputs[0].shape)


KEYS: tuple[tuple[str, Key], ...] = (
    ("module, line and op", _by_inner_line),
    ("module, the user's line and op", _by_user_line),
    ("the user's line, op and shape", _by_any_module),
)


def _match_ends(left: Side, right: Side) -> None:
    """Match inputs and outputs by position, parameters by name."""
    for role in ("input", "output"):
        ends = [list(side.free(lambda op, role=role: op.role == role)) for side in (left, right)]
        if role == "input":
            _pair(left, right, *ends, key=lambda op: op.target, by="name")
            ends = [[op for op in found if op.id not in side.matched]
                    for found, side in zip(ends, (left, right), strict=True)]  # fmt: skip
        if role == "output" and len(ends[0]) != len(ends[1]):  # one form may leave out None and numbers
            ends = [[op for op in found if side.network.in_degree(op.id)]
                    for found, side in zip(ends, (left, right), strict=True)]  # fmt: skip
        for one, other in zip(*ends, strict=False):
            join(left, right, [one.id], [other.id], "position")
    stored = [list(side.free(lambda op: op.role == "parameter")) for side in (left, right)]
    _pair(left, right, *stored, key=lambda op: op.target, by="name")


def _match_key(left: Side, right: Side, key: Key, by: str, contest: Contest) -> None:
    """Pair ops whose key both sides have equally often; where they do not, leave it to the contest."""
    ones, others = _grouped(left, key), _grouped(right, key)
    for found in ones.keys() & others.keys():
        if len(ones[found]) != len(others[found]):
            contest.add(left, right, ones[found], others[found], by)
    _pair(left, right, left.free(_is_compute), right.free(_is_compute), key=key, by=by)


def _grouped(side: Side, key: Key) -> dict[Hashable, list[OpId]]:
    groups: dict[Hashable, list[OpId]] = defaultdict(list)
    for op in side.free(_is_compute):
        if (found := key(op)) is not None:
            groups[found].append(op.id)
    return groups


def _pair(left: Side, right: Side, ones: Iterable[Op], others: Iterable[Op], *, key: Key, by: str) -> None:
    """Pair ops of equal key in the order in which they occur."""
    waiting: dict[Hashable, list[OpId]] = defaultdict(list)
    for op in others:
        if (found := key(op)) is not None:
            waiting[found].append(op.id)
    taken: dict[Hashable, int] = defaultdict(int)
    for op in ones:
        found = key(op)
        position = taken[found]
        if found is not None and position < len(waiting.get(found, ())):
            taken[found] += 1
            join(left, right, [op.id], [waiting[found][position]], by)


def _match_neighbours(left: Side, right: Side) -> None:
    """Match ops of the same canonical name that touch the same group from the same direction.

    An op whose line is known is matched only where the other's is not, or is the same: what stands on two
    lines of the user's file is not the same work.
    """
    waiting = [op.id for op in left.graph.ops if op.id in left.matched]
    for known in waiting:  # grows while it is walked: what was matched may match its own neighbours
        match = left.matched[known]
        for one, direction in left.neighbours(known):
            if one in left.matched or one in left.contested or not _is_compute(left.graph.by_id[one]):
                continue
            other = _counterpart(left.graph.by_id[one], match, direction, right)
            if other is not None:
                join(left, right, [one], [other], "neighbours")
                waiting.append(one)


def _counterpart(op: Op, match: Match, direction: str, right: Side) -> OpId | None:
    for known in match.right:
        for other, way in right.neighbours(known):
            candidate = right.graph.by_id[other]
            taken = other in right.matched or other in right.contested
            if way == direction and not taken and candidate.op == op.op and _compatible(op, candidate):
                return other
    return None


def _compatible(one: Op, other: Op) -> bool:
    return _user(one) is None or _user(other) is None or _user(one) == _user(other)


def _match_calls(left: Side, right: Side) -> None:
    """Make one group of what is left on both sides of one call: a module's ops on one source line."""
    for by, key in (*CALLS, ("one module", _module_without_lines(left, right))):
        ones, others = _by_key(left, key), _by_key(right, key)
        for call in ones.keys() & others.keys():
            turns = _turns(ones[call], others[call])
            _leave_alone(left, ones[call], sum(len(some) for some, _ in turns))
            _leave_alone(right, others[call], sum(len(same) for _, same in turns))
            for some, same in turns:
                free = [op for op in some if op.id not in left.matched]
                rest = [op for op in same if op.id not in right.matched]
                if free and rest and _may_share_a_line(free, rest):
                    join(left, right, [op.id for op in free], [op.id for op in rest], by)


def _may_share_a_line(ones: list[Op], others: list[Op]) -> bool:
    """Whether the user's lines do not speak against it: a library's call may be made from several."""
    left, right = {_user(op) for op in ones}, {_user(op) for op in others}
    return None in left or None in right or bool(left & right)


def _by_key(side: Side, key: Key) -> dict[Hashable, list[Op]]:
    """Return all the ops that work, matched or not, by their call; calls with nothing left are left out."""
    found: dict[Hashable, list[Op]] = defaultdict(list)
    open_calls: set[Hashable] = set()
    contested: set[Hashable] = set()
    for op in side.graph.compute:
        if (call := key(op)) is not None:
            found[call].append(op)
            if op.id in side.contested:
                contested.add(call)
            elif op.id not in side.matched:
                open_calls.add(call)
    return {call: found[call] for call in open_calls - contested}


def _turns(ones: list[Op], others: list[Op]) -> list[tuple[list[Op], list[Op]]]:
    """Return what each turn of a loop made of one call, side by side: its ops repeat as often as it ran."""
    size, other = (_period([op.op for op in ops]) for ops in (ones, others))
    if size == len(ones) or other == len(others):
        return [(ones, others)]
    turns = range(min(len(ones) // size, len(others) // other))
    return [(ones[i * size : (i + 1) * size], others[i * other : (i + 1) * other]) for i in turns]


def _leave_alone(side: Side, ops: list[Op], paired: int) -> None:
    side.alone.update(op.id for op in ops[paired:] if op.id not in side.matched)


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
    blind = {op.module for side in (left, right) for op in side.free(_is_compute) if op.module and not op.stack}
    return lambda op: op.module if op.module in blind else None


def _match_blind(left: Side, right: Side) -> None:
    """Pair what is left of one name in one module, where one side has no lines: an optimiser may lose them."""
    ones, others = (_by_module_and_name(side) for side in (left, right))
    for key in ones.keys() & others.keys():
        if not any(op.stack for op in ones[key]) or not any(op.stack for op in others[key]):
            for one, other in zip(ones[key], others[key], strict=False):
                join(left, right, [one.id], [other.id], "module and op")


def _by_module_and_name(side: Side) -> dict[Hashable, list[Op]]:
    found: dict[Hashable, list[Op]] = defaultdict(list)
    for op in side.free(_is_compute):
        found[op.module, op.op].append(op)
    return found


def _absorb(side: Side, members: Callable[[Match], list[OpId]]) -> None:
    """Fold what is left of a matched source call, and what only serves, into the group it touches."""
    rest = [op for op in side.graph.ops if op.id not in side.matched]
    for _ in range(2):  # what serves the op that serves: once forwards, once backwards
        for op in (*rest, *reversed(rest)):
            if op.id in side.matched or op.id in side.alone:
                continue
            match = next(_hosts(op, side), None)
            if match is not None:
                members(match).append(op.id)
                side.matched[op.id] = match


def _hosts(op: Op, side: Side) -> Iterator[Match]:
    """Yield the two-sided groups that ``op`` may join: those it serves, or those of its own source call.

    A line of the user's may hold several calls (``x.max() > 0.6``): there only what re-arranges for a call is
    taken for a part of it. A line of a library's is one call's inside.
    """
    inside = bool(op.stack) and not op.stack[0].user
    for neighbour, _ in sorted(side.neighbours(op.id), key=lambda one: one[1]):
        match = side.matched.get(neighbour)
        near = side.graph.by_id[neighbour]
        if match is None or not (match.left and match.right) or near.role in {"input", "output", "parameter"}:
            continue
        same_call = op.call != "" and op.call == near.call and (inside or op.op in ARRANGES)
        if same_call or op.role != "compute":
            yield match


def _groups(left: Side, right: Side) -> Iterator[Group]:
    """Yield the groups in the left graph's order, then what only the right one has."""
    seen: set[int] = set()
    for op in left.graph.ops:
        match = left.matched.get(op.id)
        if match is None:
            yield Group(left=(op.id,), right=(), kind="only-left")
        elif id(match) not in seen:
            seen.add(id(match))
            kind = _kind(match, left.graph, right.graph)
            yield Group(left=tuple(match.left), right=tuple(match.right), kind=kind, matched_by=match.by)
    for op in right.graph.ops:
        if op.id not in right.matched:
            yield Group(left=(), right=(op.id,), kind="only-right")


def _working(ids: list[OpId], graph: Graph) -> list[Op]:
    """Return the ops that do work: an ``If`` runs what stands in its regions and is nothing of its own."""
    ops = [graph.by_id[op] for op in ids]
    return [op for op in ops if op.role == "compute" and op.op not in {"if", "loop"}]


def _kind(match: Match, left: Graph, right: Graph) -> GroupKind:
    ones, others = _working(match.left, left), _working(match.right, right)
    if len(ones) > len(others) and len(others) == 1:
        return "fused"
    if len(others) > len(ones) and len(ones) == 1:
        return "decomposed"
    if len(ones) == 1 and len(others) == 1:
        return _pair_kind(ones[0], others[0])
    return "same" if [op.op for op in ones] == [op.op for op in others] else "changed"


def _pair_kind(one: Op, other: Op) -> GroupKind:
    if one.op != other.op or _attributes_differ(one, other):
        return "changed"
    return "moved" if one.module != other.module else "same"


def _attributes_differ(one: Op, other: Op) -> bool:
    """Whether a plain attribute that both name has another value: a constant that was baked, mostly."""
    shared = (one.attributes.keys() & other.attributes.keys()) - INCIDENTAL
    return any(not _equal(one.attributes[name], other.attributes[name]) for name in shared)


def _equal(one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= 1e-6 * max(abs(one), abs(other))
    return one == other or str(one) == str(other)
