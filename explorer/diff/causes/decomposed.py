"""``decomposed``: one op of eager's is several ops of the graph."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.notes import note, working
from explorer.diff.causes.registry import cause
from explorer.divergence import Divergence

SENTENCE = "{count} {are} several ops{each} in the {kind} graph{ops}."


@cause("decomposed")
def decomposed(case: Case, _unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Claim the groups that the alignment calls decomposed."""
    yield from note(case, "decomposed", SENTENCE, [group for group, _ in working(case) if group.kind == "decomposed"])
