"""What happened in one part of the trial."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Tally:
    """What happened in one part of the trial. All times are seconds."""

    minutes: float
    first: list[float] = field(default_factory=list[float])
    compared: list[float] = field(default_factory=list[float])
    pressed: list[float] = field(default_factory=list[float])
    memory: list[int] = field(default_factory=list[int])
    own: list[int] = field(default_factory=list[int])
    counts: Counter[str] = field(default_factory=Counter[str])
    faulty: list[str] = field(default_factory=list[str])
    started: list[float] = field(default_factory=list[float])


def quantile(times: Sequence[float], part: float) -> float:
    """Return the time below which ``part`` of the times are."""
    return (
        statistics.quantiles(times, n=100, method="inclusive")[round(part * 100) - 1] if len(times) > 1 else sum(times)
    )
