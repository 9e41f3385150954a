"""The values of a tensor in a few numbers, cheap enough to take of every op that ran."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import torch

from explorer.graph import Graph, Op, Port, Summary

SAMPLED = 4_096
"""Places, evenly spaced, of which each has a weight of its own."""


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
    values = (tensor.to(torch.uint8) if tensor.dtype == torch.bool else tensor).reshape(-1)
    smallest, largest = (float(one) for one in torch.aminmax(values))
    strange = 0
    if not (smallest - smallest == largest - largest == 0):
        finite = values[torch.isfinite(values)]
        strange = values.numel() - finite.numel()
        values = finite
        if not values.numel():
            return Summary(count=strange, mean=0.0, smallest=0.0, largest=0.0, weighted=0.0, strange=strange)
        smallest, largest = (float(one) for one in torch.aminmax(values))
    count = values.numel()
    sample = values[:: -(-count // SAMPLED)].double()
    return Summary(
        count=count + strange,
        mean=float(values.sum(dtype=torch.float64)) / count,
        smallest=smallest,
        largest=largest,
        weighted=float(sample @ _weights(sample.numel())) / sample.numel(),
        strange=strange,
    )


@lru_cache(64)
def _weights(count: int) -> torch.Tensor:
    """Return a weight for each place: no two are the same, and none is far from another in size."""
    return torch.cos(torch.arange(count, dtype=torch.float64) * 0.754_877_666 + 0.3)
