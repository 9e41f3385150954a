"""What the notes on structure share: which groups of ops there are, and one note for all groups that a cause claims."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from explorer.diff.case import Case
from explorer.diff.layers import in_layers
from explorer.diff.passing import is_room_unused
from explorer.divergence import Divergence, Group
from explorer.graph import Graph, Op, OpId
from explorer.vocabulary import DRAWS

VARIES = DRAWS | {"item"}
"""What gives something else each time, without an input."""

MOST_NAMES = 6
"""Ops of a group that are listed by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A group of one op on each side that gives the same whenever it is given the same."""

    group: Group
    left: Op
    right: Op


def reference_graph(case: Case) -> Graph | None:
    """Return the graph that the capture's is compared with, on the left."""
    return case.reference.graph if case.reference else None


def working(case: Case) -> Iterator[tuple[Group, list[Op]]]:
    """Yield each group in which ops of the left graph compute, with these; none where a graph is missing."""
    left, right = reference_graph(case), case.capture.graph
    if left is None or right is None:
        return
    for group in case.groups_of(left, right):
        ops = [op for one in group.left if (op := left.by_id[OpId(one)]).role == "compute"]
        if ops:
            yield group, ops


def pairs(case: Case) -> list[Pair]:
    """Return the pairs of ops, in the order in which the left graph runs them."""
    graph = case.capture.graph
    return [
        Pair(group=group, left=ops[0], right=graph.by_id[OpId(group.right[0])])
        for group, ops in working(case)
        if graph is not None and len(group.left) == len(group.right) == 1 and ops[0].op not in VARIES
    ]


def note(case: Case, cause: str, sentence: str, groups: Sequence[Group]) -> Iterator[Divergence]:
    """Yield one note of all the ``groups``, at the place of the first; none where there are none.

    The blanks of a ``sentence`` are ``count`` (such as ``2 eager ops``), or ``groups`` and ``whose``; ``kind``, what
    the graph is called; ``ops``, the names of the first group's; and the words that are others for one than for many.
    """
    reference, graph = case.reference, reference_graph(case)
    if reference is None or graph is None or not groups:
        return
    ops = [op for op in graph.ops if op.id in groups[0].left and op.role == "compute"]
    works = {op.id: op for op in ops}
    first = next(works[OpId(one)] for one in groups[0].left if one in works)
    place, many = first.location, len(groups) > 1
    whose = "" if case.stored else "eager "
    names = _listed([op.op for op in ops if not is_room_unused(op, graph)])  # room is no step of the model's
    explanation = sentence.format(
        groups=f"{len(groups)} group{'s' if many else ''}",
        count=f"{len(groups)} {whose}op{'s' if many else ''}",
        whose=whose,
        are="are" if many else "is",
        have="have" if many else "has",
        run="run" if many else "runs",
        give="give" if many else "gives",
        it="them" if many else "it",
        each=" each" if many else "",
        kind=case.name,
        ops=f"{', such as ' if many else ': '}{names}",
    )
    if layers := in_layers(graph, {graph.by_id[OpId(group.left[0])].module for group in groups}):
        explanation = f"{explanation.rstrip('.')}; {layers}."
    yield Divergence(
        id="",
        severity="note",
        cause=cause,
        capture=case.kind,
        inputs=(reference.input,) if reference.input else (),
        file=place.file if place else case.file,
        line=place.line if place else None,
        function=place.function if place else None,
        module=first.module,
        explanation=explanation,
        evidence={"groups": len(groups)},
        left=tuple(one for group in groups for one in group.left),
        right=tuple(one for group in groups for one in group.right),
        left_capture=reference.id,
        right_capture=case.capture.id,
        source=case.other,
    )


def _listed(names: list[str]) -> str:
    """Return the names of a group's ops, of many only the first and the last.

    Examples
    --------
    >>> _listed(["a", "b"]), _listed([*"abcdefgh"])
    ('a + b', 'a + b + c + … + h (8 ops)')
    """
    if len(names) <= MOST_NAMES:
        return " + ".join(names)
    return f"{' + '.join((*names[:3], '…', names[-1]))} ({len(names)} ops)"
