"""``layout``: a tensor has the same shape, and another order in memory."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.notes import Pair, note, pairs
from explorer.diff.causes.registry import cause
from explorer.divergence import Divergence
from explorer.graph import Value

SENTENCE = "{count} {give} another order in memory in the {kind} graph{ops}."


@cause("layout")
def layouts(case: Case, _unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Claim the pairs of which an output has other strides."""
    yield from note(case, "layout", SENTENCE, [one.group for one in pairs(case) if _gives_another_order(one)])


def _gives_another_order(pair: Pair) -> bool:
    both = zip(pair.left.outputs, pair.right.outputs, strict=False)
    return any(_lies_otherwise(one, other) for one, other in both)


def _lies_otherwise(one: Value, other: Value) -> bool:
    """Whether two values of one shape have other strides, in dimensions in which that means something."""
    if one.strides is None or other.strides is None or one.shape != other.shape or one.shape is None or 0 in one.shape:
        return False
    sides = zip(one.shape, one.strides, other.strides, strict=True)
    return any(size != 1 and ours != theirs for size, ours, theirs in sides)
