"""``removed``: ops that change nothing of the result are not in the graph, nor are others that no op stands for."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.folded_constant import is_folded
from explorer.diff.causes.left_out import LeftOut, left_out
from explorer.diff.causes.notes import note
from explorer.diff.causes.registry import cause
from explorer.diff.folding import ARRANGES
from explorer.divergence import Divergence, Group

DEAD = "{count} {are} not in the {kind} graph, as nothing depends on {it}{ops}."
DECIDED = "{count} {are} not in the {kind} graph, only leading to a choice or a number in Python{ops}."
ARRANGED = "{count} {are} not in the {kind} graph, only copying or re-arranging{ops}."
MISSING = "{count} {have} no counterpart in the {kind} graph{ops}."


@cause("removed")
def removed(case: Case, _unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Claim what the graph leaves out and does not hold as a constant: one note for each reason."""
    by_reason: dict[str, list[Group]] = {}
    for one in left_out(case):
        if not is_folded(one):
            by_reason.setdefault(_reason(one), []).append(one.group)
    for sentence, groups in by_reason.items():
        yield from note(case, "removed", sentence, groups)


def _reason(one: LeftOut) -> str:
    """Return the sentence that says why it is not there, as far as that can be told."""
    if one.to_result:
        return ARRANGED if all(op.op in ARRANGES for op in one.ops) else MISSING
    return DECIDED if one.to_number else DEAD
