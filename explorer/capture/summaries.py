"""The values of a tensor in a few numbers, cheap enough to take of every op that ran."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import torch

from explorer.graph import Graph, Op, Port, Summary

SAMPLED = 4_096
"""Places, evenly spaced, of which each has a weight of its own."""

FEW = 16_384
"""Values up to which the sum is taken in double precision."""

LARGEST_SINGLE = 1e38
"""What a sum in single precision holds."""


WIDE = frozenset({torch.uint16, torch.uint32, torch.uint64})
"""Types for which torch has no smallest and no largest value."""


def summary_of(tensor: torch.Tensor) -> Summary | None:
    """Return the summary of a tensor; ``None`` of one without values to read, such as a nested or a fake one."""
    try:
        return _summary(tensor.detach())
    except (RuntimeError, NotImplementedError, TypeError):
        return None


def with_summaries(graph: Graph, held: Mapping[Port, Summary]) -> Graph:
    """Return ``graph`` with what each of its values held, where that is known."""

    def told(op: Op) -> Op:
        known = [held.get((op.id, position)) for position in range(len(op.outputs))]
        if not any(known):
            return op
        return replace(op, outputs=tuple(replace(one, summary=new) for one, new in zip(op.outputs, known, strict=True)))

    return replace(graph, ops=tuple(told(op) for op in graph.ops))


def _summary(tensor: torch.Tensor) -> Summary | None:
    if tensor.layout != torch.strided or tensor.is_meta or not tensor.numel():
        return None
    if tensor.is_quantized:
        tensor = tensor.dequantize()
    if tensor.is_complex():
        tensor = torch.view_as_real(tensor.resolve_conj())
    if tensor.dtype == torch.bool:
        tensor = tensor.view(torch.uint8)
    if tensor.dtype in WIDE:
        tensor = tensor.double()
    values = _as_they_lie(tensor)
    smallest, largest = _ends(values)
    strange = nan = negative = 0
    if not (smallest - smallest == largest - largest == 0):
        nan, negative = int(torch.isnan(values).sum()), int(torch.isneginf(values).sum())
        finite = tensor.reshape(-1)
        finite = finite[torch.isfinite(finite)]
        strange = values.numel() - finite.numel()
        tensor = values = finite
        if not values.numel():
            return Summary(count=strange, mean=0.0, smallest=0.0, largest=0.0, weighted=0.0, strange=strange, nan=nan,
                           negative=negative)  # fmt: skip
        smallest, largest = _ends(values)
    count = values.numel()
    sample = _sample(tensor, values).double()
    return Summary(
        count=count + strange,
        mean=_total(values, max(-smallest, largest)) / count,
        smallest=smallest,
        largest=largest,
        weighted=float(sample @ _weights(sample.numel())) / sample.numel(),
        strange=strange,
        nan=nan,
        negative=negative,
    )


def _as_they_lie(tensor: torch.Tensor) -> torch.Tensor:
    """Return the values in the order in which they lie in memory, which takes no copy where they fill it."""
    if not tensor.is_contiguous():
        strides = tensor.stride()
        tensor = tensor.permute(sorted(range(tensor.ndim), key=lambda dim: -strides[dim]))
    return tensor.reshape(-1)


def _ends(values: torch.Tensor) -> tuple[float, float]:
    """Return the smallest and the largest: of many, one after the other takes two thirds of the time."""
    smallest, largest = torch.aminmax(values) if values.numel() <= FEW else (values.amin(), values.amax())
    return float(smallest), float(largest)


def _total(values: torch.Tensor, largest: float) -> float:
    """Return the sum. That in single precision takes a twentieth of the time; of few values, it is not worth it."""
    count = values.numel()
    if values.dtype == torch.float32 and count > FEW and largest * count < LARGEST_SINGLE:
        return float(values.sum())
    return float(values.sum(dtype=torch.float64))


def _sample(tensor: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """Return evenly spaced ones of ``tensor``, whose ``values`` are given as they lie in memory."""
    count = tensor.numel()
    contiguous = tensor.is_contiguous()
    if count <= SAMPLED:
        return values if contiguous else tensor.reshape(-1)
    step = -(-count // SAMPLED)
    return values[::step] if contiguous else torch.take(tensor, _places(count, step))


@lru_cache(64)
def _places(count: int, step: int) -> torch.Tensor:
    return torch.arange(0, count, step)


@lru_cache(64)
def _weights(count: int) -> torch.Tensor:
    """Return a weight for each place: no two are the same, and none is far from another in size."""
    return torch.cos(torch.arange(count, dtype=torch.float64) * 0.754_877_666 + 0.3)
