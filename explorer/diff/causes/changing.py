"""State that the model itself changes between calls, as code reads it."""

from __future__ import annotations

from explorer.diff.case import Case
from explorer.diff.partings import Parting
from explorer.evidence import StateChange

BARE = frozenset({"global", "nonlocal"})
"""State that code reads by its name alone."""


def read_as(change: StateChange) -> frozenset[str]:
    """Return how code reads what was changed: ``.count`` of an attribute, ``COUNT`` or ``module.COUNT`` of a global."""
    last = change.name.rpartition(".")[2].partition("[")[0]
    return frozenset({last, f".{last}"} if change.kind in BARE else {f".{last}"})


def on_state(case: Case, parting: Parting) -> bool:
    """Whether a condition reads state that the model itself changes between calls."""
    if not case.sequence:
        return False
    site = parting.site
    kept = (one for run in case.runs.values() for one in run.changes if one.kind in {*BARE, "attribute"})
    changed = frozenset[str]().union(*map(read_as, kept))
    return not changed.isdisjoint((*site.reads, *case.source_of(parting.file).read_for(site.names, site.line)))
