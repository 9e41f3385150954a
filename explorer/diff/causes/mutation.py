"""``mutation``: an in-place write to an argument or a parameter is lost or kept differently."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.registry import cause
from explorer.divergence import Divergence

REMEDY = "Return the new value instead of writing it into the argument, or clone before writing."


@cause("mutation")
def mutations(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield each write to an argument that the graph does not make, and each write to a parameter."""
    lost = tuple(name for name, one in case.outcomes.items() if one.outcome == "differs" and one.where == "argument")
    apart = [name for name in sorted(unexplained - set(lost)) if case.differing(name) == "value"]
    lost += tuple(apart) if any(_reads_what_was_written(case, name) for name in apart) else ()
    seen: set[tuple[str, int]] = set()
    for run in case.runs.values():
        for change in run.changes:
            place = change.location
            if place is None or (place.file, place.line) in seen:
                continue
            inputs = lost if change.kind == "argument" else tuple(sorted(unexplained))
            if change.kind not in {"argument", "parameter"} or not inputs:
                continue
            seen.add((place.file, place.line))
            what = "argument" if change.kind == "argument" else "parameter"
            yield case.found(
                "mutation",
                "error",
                place.line,
                f"This line writes into the {what} `{change.name}`, which the caller sees in eager; after the "
                f"{case.name} graph it is not the same.",
                inputs=inputs,
                remedy=REMEDY,
                evidence={"written": change.name},
                file=place.file,
            )


def _reads_what_was_written(case: Case, name: str) -> bool:
    """Whether the first op to depart is given memory of an argument that the model had written to.

    The graph gives it what it was before: so it is where an exporter loses a write by way of a view.
    """
    graph, departure = case.graphs[name], case.departure(name)
    if departure is None:
        return False
    given = {op.id for op in graph.ops if op.role == "input"}
    written = {graph.memory(*port) for op in graph.ops for port in op.writes} & {(one, 0) for one in given}
    before = [edge for edge in graph.edges if edge.target == departure.left.id]
    return any(graph.memory(edge.source, edge.source_output) in written for edge in before)
