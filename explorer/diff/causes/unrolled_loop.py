"""``unrolled-loop``: a loop's trip count is fixed at what it was when captured."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.branches import frozen
from explorer.diff.causes.registry import cause
from explorer.divergence import Divergence

SENTENCE = "The loop on {text} was unrolled as often as it ran on “{first}”. Eager takes {counts}; {fate}."


@cause("unrolled-loop")
def unrolled_loops(case: Case, _unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield each loop that ran another number of times on another example."""
    yield from frozen(case, "unrolled-loop", lambda parting: parting.site.kind == "loop", "loop", SENTENCE)
