"""Whether two ops gave the same on the captured example, by what is told of their values.

NOTE: floats are the same within a tolerance, as two producers round otherwise. Integers and truths are not rounded:
50,000 and 50,003 are two numbers, however near. What is told of many of them holds two means, though, which are floats.
"""

from __future__ import annotations

import re

from explorer.graph import Op, Value

SAME_VALUE = 1e-4
"""By how much two summaries of one value may part, as a share of its largest."""

SAME_MEAN = 1e-12
"""The same where they are of integers: what is left is the rounding of a mean in double precision."""

WHOLE = re.compile(r"[iu]\d+|bool")
"""Dtypes whose values are exact."""


def apart(one: Op, other: Op) -> float | None:
    """Return by how much what two ops held differs, as a share of the largest; ``None`` if it is not known of both."""
    held = [op.outputs[0].summary if op.outputs else None for op in (one, other)]
    return held[0].apart(held[1]) if held[0] is not None and held[1] is not None else None


def held_same(one: Op, other: Op) -> bool | None:
    """Return whether two ops held the same; ``None`` if it is not known of both."""
    distance = apart(one, other)
    if distance is None:
        return None
    ours, theirs = one.outputs[0], other.outputs[0]
    return are_equal(ours, theirs) if are_exact(ours, theirs) else distance < SAME_VALUE


def are_exact(one: Value, other: Value) -> bool:
    """Whether both are integers or truths, which are the same or are not.

    Examples
    --------
    >>> are_exact(Value(dtype="i64"), Value(dtype="bool")), are_exact(Value(dtype="i64"), Value(dtype="f32"))
    (True, False)
    """
    return all(value.dtype is not None and WHOLE.fullmatch(value.dtype) for value in (one, other))


def are_equal(one: Value, other: Value) -> bool:
    """Whether what is told of two values that are exact is the same: their ends, and their means but for rounding."""
    ours, theirs = one.summary, other.summary
    if ours is None or theirs is None:
        return False
    ends = ours.smallest == theirs.smallest and ours.largest == theirs.largest
    return ends and ours.apart(theirs) <= SAME_MEAN
