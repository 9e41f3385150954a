"""Which of the modules that run a line read what: on which visit of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from explorer.diff.case import Case
from explorer.evidence import Escape


def modules_reading(case: Case, example: str, escapes: Iterable[Escape]) -> list[str]:
    """Return the modules of the calls that read ``escapes`` on an example, where they made what they read."""
    return list(_modules(case, example, escapes))


def _modules(case: Case, example: str, escapes: Iterable[Escape]) -> Iterator[str]:
    graph = case.graphs.get(example)
    for one in escapes:
        op = graph.by_id.get(one.op) if graph is not None and one.op is not None else None
        function = case.source_of(one.file).function_at(one.line)
        lines = range(function.lineno, (function.end_lineno or one.line) + 1) if function else range(0)
        if op is not None and any(place.file == one.file and place.line in lines for place in op.stack):
            yield op.module
