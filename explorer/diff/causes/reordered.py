"""``reordered``: the graph runs the same ops in another order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from explorer.diff.case import Case
from explorer.diff.causes.notes import note, pairs
from explorer.diff.causes.registry import cause
from explorer.divergence import Divergence

SENTENCE = "{count} {run} at another place in the {kind} graph{ops}."


@cause("reordered")
def reordered(case: Case, _unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Claim the fewest pairs without which the others run in one order in both graphs."""
    graph, found = case.capture.graph, pairs(case)
    listed = {op.id: place for place, op in enumerate(graph.ops)} if graph else {}
    kept = _in_order([listed[one.right.id] for one in found])
    moved = [one.group for position, one in enumerate(found) if position not in kept]
    yield from note(case, "reordered", SENTENCE, moved)


def _in_order(places: Sequence[int]) -> set[int]:
    """Return the positions of a longest run in which the places increase (Schensted 1961).

    Examples
    --------
    >>> sorted(_in_order([3, 0, 1, 2]))
    [1, 2, 3]
    """
    ends: list[int] = []
    tails: list[int] = []
    before: list[int] = []
    for position, place in enumerate(places):
        at = bisect_left(ends, place)
        ends[at : at + 1] = [place]
        tails[at : at + 1] = [position]
        before.append(tails[at - 1] if at else -1)
    kept = set[int]()
    last = tails[-1] if tails else -1
    while last >= 0:
        kept.add(last)
        last = before[last]
    return kept
