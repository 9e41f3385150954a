"""``mutation``: an in-place write to an argument or a parameter is lost or kept differently."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.diff.case import Case
from explorer.diff.causes.baked_state import BEGINS_LATER
from explorer.diff.causes.idle_state import written_in
from explorer.diff.causes.registry import cause
from explorer.divergence import Divergence
from explorer.evidence import Kind, StateChange
from explorer.graph import OpId

REMEDY = "Return the new value instead of writing it into the argument, or clone before writing."
OUTSIDE = "Update parameters outside of the model that is captured, between its calls."

ARGUMENT = (
    "This line writes into the argument `{name}`{more}, which the caller sees in eager; after the {graph} graph it is "
    "not the same."
)
PARAMETER = "Each call writes into the parameter `{name}`{more}. The {graph} graph {fate}."
OTHER = (
    "This line writes in place into memory that a view shares, and the {graph} graph has no such write: at line {line} "
    "eager reads what was written, the graph what was there before."
)
OF_OTHER = "Make the result anew (x = x * 2 in place of x.mul_(2)), and take views of it after that."
KEEPS = "keeps what it was when captured"
LOSES = "has no such write, and keeps what the capture's own run of the model has left"

UPDATES: frozenset[Kind] = frozenset({"trace", "script"})
"""Captures that hold a write to a parameter as an op of theirs."""


@cause("mutation")
def mutations(case: Case, unexplained: frozenset[str]) -> Iterator[Divergence]:
    """Yield each write to an argument that the graph does not make, and each write to a parameter."""
    lost = tuple(name for name, one in case.outcomes.items() if one.outcome == "differs" and one.where == "argument")
    apart = [name for name in sorted(unexplained - set(lost)) if case.differing(name) == "value"]
    lost += tuple(apart) if any(_reads_what_was_written(case, name) for name in apart) else ()
    yield from _lost_writes(case, tuple(name for name in apart if name not in lost))
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
                name=first.name, more=more, graph=case.name, fate=_fate(case, first.name)
            ),
            inputs=inputs,
            remedy=REMEDY if first.kind == "argument" else OUTSIDE,
            evidence={"written": first.name},
            file=file,
        )


def _fate(case: Case, name: str) -> str:
    """Say what a graph does with a parameter that each call writes into; a trace loses a write by way of ``.data``."""
    if case.maker not in UPDATES:
        return KEEPS
    graph = case.capture.graph
    is_lost = case.maker == "trace" and graph is not None and name not in written_in(graph)
    return LOSES if is_lost else BEGINS_LATER


def _lost_writes(case: Case, names: tuple[str, ...]) -> Iterator[Divergence]:
    """Yield the write that the graph has no such op for and that feeds the first op to depart, by way of a view."""
    for name in names:
        departure, graph = case.departure(name), case.capture.graph
        if departure is None or graph is None:
            continue
        eager = case.graphs[name]
        held = {one: {graph.by_id[OpId(other)].op for other in group.right}
                for group in case.groups_of(eager, graph) for one in group.left}  # fmt: skip
        fed = (eager.by_id[edge.source] for edge in eager.fed(departure.left.id))
        by_user = (op for op in fed if op.writes and op.stack and op.stack[0].user)  # a library's is no one's to change
        write = next((op for op in by_user if op.op not in held.get(op.id, ())), None)
        read = departure.left.location
        if write is not None and write.location is not None and read is not None:
            yield case.found(
                "mutation",
                "error",
                write.location.line,
                OTHER.format(graph=case.name, line=read.line),
                inputs=names,
                remedy=OF_OTHER,
                evidence={"written by": write.id, "first_op": departure.left.id},
                file=write.location.file,
                lines=frozenset({write.location.line, read.line}),
            )
            return


def _reads_what_was_written(case: Case, name: str) -> bool:
    """Whether the first op to depart, or one of its group, is given memory of an argument that was written to.

    The graph gives it what it was before: so it is where an exporter loses a write by way of a view.
    """
    graph, departure = case.graphs[name], case.departure(name)
    if departure is None:
        return False
    given = {op.id for op in graph.ops if op.role == "input"}
    written = {graph.memory(*port) for op in graph.ops for port in op.writes} & {(one, 0) for one in given}
    groups = case.groups_of(graph, case.capture.graph) if case.capture.graph is not None else ()
    members = next((one.left for one in groups if departure.left.id in one.left), (departure.left.id,))
    before = [edge for edge in graph.edges if edge.target in members]
    return any(graph.memory(edge.source, edge.source_output) in written for edge in before)
