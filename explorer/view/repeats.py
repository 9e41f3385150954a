"""Boxes that come again and again in a level: equal layers, and the turns of a loop that was unrolled.

NOTE: a repeat is a tandem repeat of what stands in the level in the order of execution, and a stretch of that order
can be one box without tying a knot. Equal are boxes that hold the same ops of the same shapes from the same lines,
matched in the same way, whatever their modules are called.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import groupby

LONGEST_PERIOD = 64
"""Boxes of one turn, at most."""
FEWEST = 3
"""Turns from which on they are worth a box of their own."""
FEWEST_SAVED = 2
"""Boxes that folding must save at least."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """``count`` equal turns of ``period`` boxes each, from the place ``start`` on."""

    start: int
    period: int
    count: int

    @property
    def end(self) -> int:
        """The place after the last box."""
        return self.start + self.period * self.count


def repeats(signs: Sequence[Hashable]) -> list[Repeat]:
    """Return repeats in ``signs`` that do not overlap, in order: those that cover most first, then the shortest turn.

    Takes time linear in the length of ``signs``.

    Examples
    --------
    >>> repeats("abcabcabcdeeee")
    [Repeat(start=0, period=3, count=3), Repeat(start=10, period=1, count=4)]
    """
    found: list[Repeat] = []
    for period in range(1, min(LONGEST_PERIOD, len(signs) // FEWEST) + 1):
        again = (signs[at] == signs[at + period] for at in range(len(signs) - period))
        start = 0
        for same, run in groupby(again):
            length = sum(1 for _ in run)
            count = length // period + 1
            if same and count >= FEWEST and period * count - period >= FEWEST_SAVED:
                found.append(Repeat(start, period, count))
            start += length
    taken: set[int] = set()
    kept: list[Repeat] = []
    for one in sorted(found, key=lambda it: (it.start - it.end, it.period, it.start)):
        if taken.isdisjoint(range(one.start, one.end)):
            taken.update(range(one.start, one.end))
            kept.append(one)
    return sorted(kept, key=lambda it: it.start)


def stem(name: str) -> str:
    """Return a name without its numbers, by which layers are told apart.

    Examples
    --------
    >>> stem("encoder.layers.12.norm2")
    'encoder.layers..norm'
    """
    return re.sub(r"\d+", "", name)
