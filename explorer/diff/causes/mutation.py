"""``mutation``: an in-place write to an argument or a parameter is lost or kept differently."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.baked_state import BEGINS_LATER
from explorer.diff.causes.registry import cause
from explorer.divergence import Divergence
from explorer.evidence import Kind, StateChange

REMEDY = "Return the new value instead of writing it into the argument, or clone before writing."
OUTSIDE = "Update parameters outside of the model that is captured, between its calls."

ARGUMENT = (
    "This line writes into the argument `{name}`{more}, which the caller sees in eager; after the {graph} graph it is "
    "not the same."
)
PARAMETER = "Each call writes into the parameter `{name}`{more}. The {graph} graph {fate}."
KEEPS = "keeps what it was when captured"

UPDATES: frozenset[Kind] = frozenset({"trace", "script"})
"""Captures that hold a write to a parameter as an op of theirs."""


@cause("mutation")
def mutations(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield each write to an argument that the graph does not make, and each write to a parameter."""
    lost = tuple(name for name, one in case.outcomes.items() if one.outcome == "differs" and one.where == "argument")
    apart = [name for name in sorted(unexplained - set(lost)) if case.differing(name) == "value"]
    lost += tuple(apart) if any(_reads_what_was_written(case, name) for name in apart) else ()
    at: dict[tuple[str, int], dict[str, StateChange]] = {}
    for change in (change for run in case.runs.values() for change in run.changes):
        if change.location is not None and change.kind in {"argument", "parameter"}:
            at.setdefault((change.location.file, change.location.line), {}).setdefault(change.name, change)
    for (file, line), changes in at.items():
        first = next(iter(changes.values()))
        inputs = lost if first.kind == "argument" else tuple(sorted(unexplained))
        if not inputs:
            continue
        more = f" and {len(changes) - 1} more" if len(changes) > 1 else ""
        yield case.found(
            "mutation",
            "error",
            line,
            (ARGUMENT if first.kind == "argument" else PARAMETER).format(
                name=first.name, more=more, graph=case.name, fate=BEGINS_LATER if case.maker in UPDATES else KEEPS
            ),
            inputs=inputs,
            remedy=REMEDY if first.kind == "argument" else OUTSIDE,
            evidence={"written": first.name},
            file=file,
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
