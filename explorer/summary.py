"""What is told of the values of a tensor, instead of the values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The values of a tensor in a few numbers, which tell whether two tensors are the same and by how much they part.

    All but the counts are of the values that are finite. ``weighted`` is a mean in which each place has a weight of its
    own: it tells equal values in another order apart.
    """

    count: int
    mean: float
    smallest: float
    largest: float
    weighted: float
    strange: int = 0
    """How many values are NaN or infinite."""
    nan: int = 0
    """How many of these are NaN."""
    negative: int = 0
    """How many of these are minus infinity."""

    def apart(self, other: Summary) -> float:
        """Return by how much two differ, as a share of the largest value; infinity where they cannot be compared.

        Examples
        --------
        >>> one = Summary(count=2, mean=1.0, smallest=0.0, largest=2.0, weighted=0.5)
        >>> one.apart(one), one.apart(Summary(count=2, mean=2.0, smallest=0.0, largest=4.0, weighted=1.0))
        (0.0, 0.5)
        """
        if self._kinds != other._kinds:
            return float("inf")
        ours = (self.mean, self.smallest, self.largest, self.weighted)
        theirs = (other.mean, other.smallest, other.largest, other.weighted)
        scale = max(map(abs, (*ours, *theirs)))
        return max(abs(one - two) for one, two in zip(ours, theirs, strict=True)) / scale if scale else 0.0

    @property
    def _kinds(self) -> tuple[int, int, int, int]:
        return self.count, self.strange, self.nan, self.negative
