"""``fused``: several ops of eager's are one op of the graph."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.notes import note, working
from explorer.diff.causes.registry import cause
from explorer.divergence import Divergence

SENTENCE = "{groups} of {whose}ops {are} one op{each} in the {kind} graph{ops}."


@cause("fused")
def fused(case: Case, _unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Claim the groups that the alignment calls fused."""
    yield from note(case, "fused", SENTENCE, [group for group, _ in working(case) if group.kind == "fused"])
