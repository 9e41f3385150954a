"""Sizes that a model reads and that follow from those of its inputs."""

from __future__ import annotations

from collections.abc import Collection

from explorer.diff.case import Case
from explorer.diff.partings import Parting
from explorer.evidence import Escape

SIZED_BY_DATA = frozenset({"nonzero", "masked_select", "unique", "unique_consecutive", "_unique2"})


def input_sizes(case: Case, resized: Collection[str]) -> list[Escape]:
    """Return what is read of sizes and differs on one of the ``resized`` examples as its inputs do."""
    return [
        escape
        for escape, wrong in case.differing_escapes("shape")
        if not set(wrong).isdisjoint(resized) and not _is_of_data(case, escape)
    ]


def asks_for(case: Case, parting: Parting, size: Escape) -> bool:
    """Whether a condition reads ``size``, by its name or as an argument of the function that it stands in."""
    read = case.handing.from_line(size.file, size.line)
    return any((parting.file, line) in read for line in parting.site.lines)


def _is_of_data(case: Case, escape: Escape) -> bool:
    """Whether a size comes from the data: it differs where the inputs' shapes do not, or an op took it from values."""
    before = case.read(case.first, escape)
    alike = (name for name in case.runs if case.shapes(name) == case.shapes(case.first))
    if any(one != two for name in alike for one, two in zip(before, case.read(name, escape), strict=False)):
        return True
    run = next(name for name, one in case.runs.items() if escape in one.escapes)
    graph = case.graphs.get(run)
    op = graph.by_id.get(escape.op) if graph is not None and escape.op is not None else None
    while graph is not None and op is not None and op.aliases:
        op = graph.by_id[op.aliases[0].source]
    return op is not None and op.op in SIZED_BY_DATA
