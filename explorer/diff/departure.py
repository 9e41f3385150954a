"""The first op whose result departs: it is given what eager's op is given, and makes something else of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from explorer.diff.align import align
from explorer.diff.grouping import attributes_differ
from explorer.diff.held import are_equal, are_exact
from explorer.divergence import Group
from explorer.evidence import Seen
from explorer.graph import Graph, Op, OpId, Summary, Value

TOLERANCES = {"f64": 1e-10, "c128": 1e-10, "f16": 1e-2, "bf16": 5e-2}
"""Share of the largest value by which two results may differ: rounding, added up."""

TOLERANCE = 1e-4
"""That of all other dtypes but integers and truths, which are not rounded: they are the same, or are not."""


@dataclass(frozen=True, slots=True)
class Departure:
    """Eager's op and the graph's, and by which share of the largest value their results differ.

    ``apart`` is infinite where they cannot be compared: other shapes, NaN on one side.
    """

    left: Op
    right: Op
    apart: float
    given_same: bool = True
    """Whether all that it is given was compared, and agrees: a constant that was not may be another."""

    @property
    def resized(self) -> bool:
        """Whether the results have other shapes."""
        return _other_shapes(self.left, self.right)


def first_departure(
    left: Graph, right: Graph, groups: Sequence[Group], *, trusted: frozenset[OpId] | None = None
) -> Departure | None:
    """Return the first op of ``right`` that departs from its partner in ``left``, ``None`` where none is seen to.

    Only an op of which all that feeds it was seen to agree counts, and whose departure is seen again below it: what is
    paired wrongly has other inputs, or hands nothing on.

    Parameters
    ----------
    trusted
        Ops of ``right`` that are known to be paired rightly, if that is known: the others tell nothing.
    """
    partners = dict(_partners(left, right, groups))
    apart = {op: _apart(*pair) if trusted is None or op in trusted else None for op, pair in partners.items()}
    feeding: dict[OpId, list[OpId]] = {op.id: [] for op in right.ops}
    fed: dict[OpId, list[OpId]] = {op.id: [] for op in right.ops}
    for edge in right.flow:
        feeding[edge.target].append(edge.source)
        fed[edge.source].append(edge.target)
    known = {op for op, gap in apart.items() if gap is not None}
    departing = {op for op in known if _departs(apart[op], *partners[op])}
    first = (_reached(known, fed, known) - _reached(departing, fed, known)) & departing
    seen_again = _reached(departing, feeding, known) | (departing - _reached(known, feeding, known))
    told = first & seen_again
    for op in right.ops:
        gap = apart.get(op.id)
        if gap is not None and op.role == "compute" and op.id in told:
            ours, theirs = partners[op.id]
            compared = {partners[one][0].id for one in known}
            stored = list(_stored(left, ours.id, compared)), list(_stored(right, theirs.id, known))
            same = _are_alike(*stored) and not attributes_differ(ours, theirs)
            return Departure(ours, theirs, gap, given_same=same)
    return None


def _stored(graph: Graph, op: OpId, compared: set[OpId]) -> Iterator[Op]:
    """Yield what ``op`` is given that no op has made, over ops that were not compared: constants and parameters."""
    waiting, seen = [edge.source for edge in graph.fed(op)], set[OpId]()
    while waiting:
        one = waiting.pop()
        if one not in compared and one not in seen:
            seen.add(one)
            above = [edge.source for edge in graph.fed(one)]
            waiting += above
            if not above:
                yield graph.by_id[one]


def _are_alike(ours: list[Op], theirs: list[Op]) -> bool:
    """Whether each of ``theirs`` holds what one of ``ours`` does, as far as it is known."""
    return all(any(_apart(one, other) == 0 for one in ours) for other in theirs)


def agreeing(left: Graph, right: Graph, groups: Sequence[Group]) -> frozenset[OpId]:
    """Return the ops of ``right`` that give what their partner in ``left`` gives."""
    apart = ((op, pair, _apart(*pair)) for op, pair in _partners(left, right, groups))
    return frozenset(op for op, pair, gap in apart if gap is not None and not _departs(gap, *pair))


def _partners(left: Graph, right: Graph, groups: Iterable[Group]) -> Iterator[tuple[OpId, tuple[Op, Op]]]:
    """Yield, for the op of each group that hands on what it makes, in the graph, what it does the same work as."""
    paired = [group for group in groups if group.left and group.right]
    sides = [_Side(graph, {OpId(one) for group in paired for one in getattr(group, side)})
             for graph, side in ((left, "left"), (right, "right"))]  # fmt: skip
    for group in paired:
        ours, theirs = sides[0].handing_on(group.left), sides[1].handing_on(group.right)
        yield theirs.id, (ours, theirs)


class _Side:
    """A graph, and which of its ops have a counterpart."""

    def __init__(self, graph: Graph, paired: set[OpId]) -> None:
        self.graph = graph
        self.paired = paired
        self.places = {op.id: place for place, op in enumerate(graph.ops)}

    def handing_on(self, members: Sequence[str]) -> Op:
        """Return the last of ``members`` that feeds an op of another pair, and no copy of it, if it can be."""
        inside = {OpId(one) for one in members}
        if len(inside) == 1:
            return self.graph.by_id[inside.pop()]
        return self.graph.by_id[max(inside, key=lambda one: self._key(one, inside))]

    def _key(self, one: OpId, inside: set[OpId]) -> tuple[bool, bool, int]:
        return self._hands_on(one, inside), self.graph.by_id[one].op != "identity", self.places[one]

    def _hands_on(self, one: OpId, inside: set[OpId]) -> bool:
        """Whether an op of another pair is fed by ``one``, or by a copy of it."""
        waiting, seen = [one], {one}
        while waiting:
            for op in self.graph.reach.successors(waiting.pop()):
                if op not in inside and op in self.paired:
                    return True
                if op in inside and op not in seen and self.graph.by_id[op].op == "identity":
                    seen.add(op)
                    waiting.append(op)
        return False


def _reached(ones: set[OpId], next_to: dict[OpId, list[OpId]], known: set[OpId]) -> set[OpId]:
    """Return the ops that have one of ``ones`` as a nearest op that was compared, against the way of ``next_to``."""
    found = set[OpId]()
    waiting = list(ones)
    while waiting:
        for one in next_to[waiting.pop()]:
            if one not in found:
                found.add(one)
                if one not in known:
                    waiting.append(one)
    return found


def _apart(left: Op, right: Op) -> float | None:
    if len(left.outputs) != len(right.outputs) and (known := _nearest(left, right)) is not None:
        return known
    one, other = _summary(left), _summary(right)
    if one is None or other is None:
        return None
    if one.count != other.count:
        return float("inf") if _other_shapes(left, right) else None
    return _gap(left.outputs[0], right.outputs[0])


def _nearest(left: Op, right: Op) -> float | None:
    """Return by how much the nearest of their results differ: one of ``unbind`` may stand for what one slice gives."""
    gaps = (_gap(one, other) for one in left.outputs for other in right.outputs
            if one.summary and other.summary and one.summary.count == other.summary.count)  # fmt: skip
    return min((gap for gap in gaps if gap is not None), default=None)


def _gap(one: Value, other: Value) -> float | None:
    """Return by how much what was held differs: nothing where that of integers does by the rounding of a mean alone."""
    if one.summary is None or other.summary is None:
        return None
    return 0.0 if are_exact(one, other) and are_equal(one, other) else one.summary.apart(other.summary)


def _other_shapes(left: Op, right: Op) -> bool:
    """Whether two results have as many dimensions and not the same sizes."""
    shapes = [op.outputs[0].shape for op in (left, right) if op.outputs]
    one, other = (shapes[0], shapes[-1]) if len(shapes) == 2 else (None, None)  # noqa: PLR2004
    if one is None or other is None or len(one) != len(other):
        return False
    known = ((ours, theirs) for ours, theirs in zip(one, other, strict=True) if isinstance(ours, int))
    return any(isinstance(theirs, int) and ours != theirs for ours, theirs in known)


def _summary(op: Op) -> Summary | None:
    return op.outputs[0].summary if op.outputs else None


def _departs(gap: float | None, left: Op, right: Op) -> bool:
    if gap is None:
        return False
    if are_exact(left.outputs[0], right.outputs[0]):
        return gap > 0
    return gap > TOLERANCES.get(right.outputs[0].dtype or "", TOLERANCE)


def departure_on(
    example: str,
    eager: Mapping[str, Graph],
    graph: Graph,
    *,
    captured: str,
    seen: Seen | None,
    groups_of: Callable[[Graph, Graph], tuple[Group, ...]],
) -> Departure | None:
    """Return where ``graph`` departs from eager's on an example: the captured one, or the one that was ``seen``.

    On another than the captured one, only ops count that gave what eager's did on that.
    """
    if example not in eager:
        return None
    if example == captured:
        return first_departure(eager[example], graph, groups_of(eager[example], graph))
    if seen is None or seen.example != example:
        return None
    trusted = agreeing(eager[captured], graph, groups_of(eager[captured], graph))
    graph = replace(graph, ops=tuple(replace(op, outputs=seen.outputs.get(op.id, op.outputs)) for op in graph.ops))
    return first_departure(eager[example], graph, align(eager[example], graph), trusted=trusted)
