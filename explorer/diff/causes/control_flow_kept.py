"""``control-flow-kept``: a branch or a loop of the user's is in the graph with all its sides."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.registry import cause
from explorer.divergence import Divergence

KEPT = "The {op} of this line is kept in the {kind} graph with {sides}; eager runs what the data asks for."


@cause("control-flow-kept")
def kept_control_flow(case: Case, _unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield each ``If`` and ``Loop`` of the user's own that the graph keeps."""
    graph = case.capture.graph
    if graph is None or not case.runs:  # without an example, nothing has run one side alone
        return
    seen: set[tuple[str, int, str]] = set()
    for op in graph.compute:
        place = op.location
        if op.op not in {"if", "loop"} or place is None or not place.user or (place.file, place.line, op.op) in seen:
            continue
        seen.add((place.file, place.line, op.op))
        sides = "both sides" if op.op == "if" else "its body"
        yield case.found(
            "control-flow-kept",
            "note",
            place.line,
            KEPT.format(op="branch" if op.op == "if" else "loop", kind=case.name, sides=sides),
            file=place.file,
        )
