"""State that the model itself changes between calls, as code reads it."""

from __future__ import annotations

import re

from explorer.diff.case import Case
from explorer.diff.partings import Parting


def changed_names(case: Case) -> frozenset[str]:
    """Return how code reads the attributes and globals that runs changed: ``.count`` and ``COUNT``."""
    changes = [change for run in case.runs.values() for change in run.changes]
    last = [one.name.rpartition(".")[2] for one in changes if one.kind == "attribute"]
    asked = (f"{ask}(self, '{name}'" for name in last for ask in ("hasattr", "getattr"))
    plain = (one.name.rpartition(".")[2] for one in changes if one.kind in {"global", "nonlocal"})
    return frozenset((*(f".{name}" for name in last), *asked, *plain))


def on_state(case: Case, parting: Parting) -> bool:
    """Whether a condition reads state that the model itself changes between calls."""
    if not case.sequence:
        return False
    site = parting.site
    read = " ".join([site.text, *case.source_of(parting.file).values_of(site.names, site.line)])
    return any(re.search(rf"{re.escape(name)}(?!\w)", read) for name in changed_names(case))
