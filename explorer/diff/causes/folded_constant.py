"""``folded-constant``: ops that need no input are a constant in the graph, computed as it was made."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.left_out import LeftOut, left_out
from explorer.diff.causes.notes import note
from explorer.diff.causes.registry import cause
from explorer.divergence import Divergence

SENTENCE = "{count} {are} not in the {kind} graph, needing no input: the result is a constant{ops}."


@cause("folded-constant")
def folded_constants(case: Case, _unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Claim what the graph leaves out though results depend on it, and that is the same on every call."""
    yield from note(case, "folded-constant", SENTENCE, [one.group for one in left_out(case) if is_folded(one)])


def is_folded(one: LeftOut) -> bool:
    """Whether what a graph leaves out must be a constant in it."""
    return one.to_result and not one.varies
