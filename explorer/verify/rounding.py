"""Whether values that are beyond tolerance are so by no more than rounding: what sums in another order amount to.

NOTE: the bound is relative to the sizes that a value was summed from. These are not known; what stands beside the value
in its row tells of them, unless that is a mask of the largest number or a time stamp: such values say nothing of the
others. So a row counts for its largest value, but for no more than :data:`SPREAD` times its typical one, for which a
mask counts once, however often it stands there. In a network of 16 bits each op rounds, and a row of a convolution's
map may hold little beside the channels that it was summed from: there the whole tensor's typical value counts, too.
"""

from __future__ import annotations

import torch
from torch.testing._comparison import default_tolerances

DEEP = 150
"""Units in the last place by which a deep network's float32 and float64 values come to be off."""

LOOSER = 16
"""At most so many times the relative tolerance: where units are coarser than it, 150 of them would excuse anything."""

SHORT = 8
"""Units in the last place for floats of 16 bits: results are rounded to them, sums are mostly taken in float32."""

SPREAD = 100
"""How many times a row's typical value another of it may be that still tells how large its sums were."""

HALVES = frozenset({torch.float16, torch.bfloat16, torch.complex32})
"""Floats of 16 bits, and complex numbers made of such."""


def is_rounding(gap: torch.Tensor, eager: torch.Tensor, beyond: torch.Tensor, dtype: torch.dtype) -> bool:
    """Return whether each value ``beyond`` tolerance is off by no more than rounding.

    Parameters
    ----------
    gap
        By how much values are off.
    eager
        What they should be, as ``gap`` in a float that holds them exactly.
    beyond
        Which of them count.
    dtype
        The dtype in which they were computed.
    """
    share = _share(dtype)
    if share == 0:
        return False
    sizes = eager.abs().nan_to_num(nan=0.0, posinf=0.0, neginf=0.0)
    if not sizes.ndim:
        return bool((gap[beyond] <= share * sizes[beyond]).all())
    typical = _typical(sizes.flatten()) if dtype in HALVES else sizes.new_zeros(1)
    rows = beyond.any(-1)
    sizes, gap, beyond = sizes[rows], gap[rows], beyond[rows]
    of_row = sizes.amax(-1, keepdim=True).minimum(SPREAD * _typical(sizes))
    return bool((gap[beyond] <= share * sizes.maximum(of_row).maximum(typical)[beyond]).all())


def _typical(sizes: torch.Tensor) -> torch.Tensor:
    """Return the lower median of the different sizes in each row that are not zero; zero where there is none."""
    ordered = sizes.sort(-1).values
    again = torch.zeros_like(ordered, dtype=torch.bool)
    again[..., 1:] = ordered[..., 1:] == ordered[..., :-1]
    return ordered.masked_fill(again | (ordered == 0), float("nan")).nanmedian(-1, keepdim=True).values.nan_to_num(0.0)


def _share(dtype: torch.dtype) -> float:
    """Return the share of a size that rounding amounts to; 0 for floats of 8 bits, in which any two are close."""
    if dtype.itemsize == 1:
        return 0.0
    precision = torch.finfo(dtype).eps
    if dtype in HALVES:
        return SHORT * precision
    return min(DEEP * precision, LOOSER * default_tolerances(dtype)[0])
