"""Notes on structure: what a capture fused, decomposed or removed, said once for each."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from explorer.diff.causes.draws import DRAWS
from explorer.diff.folding import ARRANGES
from explorer.diff.layers import in_layers
from explorer.diff.passing import is_room_unused
from explorer.evidence import Capture
from explorer.graph import Graph, Op, OpId, Value
from explorer.report.schema import Divergence, Group

SENTENCES = {
    "fused": "{groups} of {whose}ops {are} one op{each} in the {kind} graph{ops}.",
    "decomposed": "{count} {are} several ops{each} in the {kind} graph{ops}.",
    "dead": "{count} {are} not in the {kind} graph, as nothing depends on {it}{ops}.",
    "decided": "{count} {are} not in the {kind} graph, only leading to a choice or a number in Python{ops}.",
    "arranged": "{count} {are} not in the {kind} graph, only copying or re-arranging{ops}.",
    "folded": "{count} {are} not in the {kind} graph, needing no input: the result is a constant{ops}.",
    "reordered": "{count} {run} at another place in the {kind} graph{ops}.",
    "layout": "{count} {give} another order in memory in the {kind} graph{ops}.",
    "missing": "{count} {have} no counterpart in the {kind} graph{ops}.",
}
CAUSE_OF = {one: one for one in ("fused", "decomposed", "reordered", "layout")} | {"folded": "folded-constant"}
"""The cause that the contract has for a way; all others are ``removed``."""

MOST_NAMES = 6
"""Ops of a group that are listed by name."""

VARIES = DRAWS | {"item"}
"""What gives something else each time, without an input."""


def structure_notes(file: str, eager: Capture, capture: Capture, groups: tuple[Group, ...]) -> Iterator[Divergence]:
    """Yield at most one note for each way in which the structure of a capture differs from eager's."""
    if eager.graph is None or capture.graph is None:
        return
    found: dict[str, list[Group]] = {}
    ways = _ways(eager.graph, groups, apart=bool(capture.breaks))
    for way, group in (*ways, *_moved(eager.graph, capture.graph, groups)):
        found.setdefault(way, []).append(group)
    for way, members in found.items():
        yield _note(file, eager, capture, way, members)


def _ways(graph: Graph, groups: Iterable[Group], *, apart: bool) -> Iterator[tuple[str, Group]]:
    """Yield each group that differs with the way in which it does.

    What has no counterpart is no finding where ``apart``: it ran in Python, which the graph breaks tell.
    """
    to_results = _above(graph, [op.id for op in graph.ops if op.role == "output"])
    to_python = _above(graph, [op.id for op in graph.ops if op.op == "item"])
    varying = _reached(graph, [op.id for op in graph.ops if op.role == "input" or op.op in VARIES], forwards=True)
    for group in groups:
        works = [op for one in group.left if (op := graph.by_id[OpId(one)]).role == "compute"]
        if not works:
            continue
        if group.kind in {"fused", "decomposed"}:
            yield group.kind, group
        elif group.kind == "only-left" and not apart:
            ids = {op.id for op in works}
            if ids & to_results and not ids & varying:
                yield "folded", group
            elif ids & to_results:
                yield "arranged" if all(op.op in ARRANGES for op in works) else "missing", group
            else:
                yield "decided" if ids & to_python else "dead", group


def _moved(left: Graph, right: Graph, groups: Iterable[Group]) -> Iterator[tuple[str, Group]]:
    """Yield the pairs that run in another order than the others, and those that lie otherwise in memory."""
    pairs = [one for one in groups if len(one.left) == len(one.right) == 1 and _works(left, one)]
    listed = {op.id: place for place, op in enumerate(right.ops)}
    for pair in _out_of_order([listed[OpId(one.right[0])] for one in pairs], pairs):
        yield "reordered", pair
    for pair in pairs:
        ours, theirs = left.by_id[OpId(pair.left[0])].outputs, right.by_id[OpId(pair.right[0])].outputs
        if any(_lie_otherwise(one, other) for one, other in zip(ours, theirs, strict=False)):
            yield "layout", pair


def _works(graph: Graph, group: Group) -> bool:
    op = graph.by_id[OpId(group.left[0])]
    return op.role == "compute" and op.op not in VARIES


def _out_of_order(places: list[int], pairs: list[Group]) -> Iterator[Group]:
    """Yield the pairs outside of a longest run in which the places increase (Schensted 1961)."""
    ends: list[int] = []
    tails: list[int] = []
    before: list[int] = []
    for position, place in enumerate(places):
        at = bisect_left(ends, place)
        ends[at : at + 1] = [place]
        tails[at : at + 1] = [position]
        before.append(tails[at - 1] if at else -1)
    kept = set[int]()
    last = tails[-1] if tails else -1
    while last >= 0:
        kept.add(last)
        last = before[last]
    yield from (pair for position, pair in enumerate(pairs) if position not in kept)


def _lie_otherwise(one: Value, other: Value) -> bool:
    """Whether two values of one shape have other strides, in dimensions in which that means something."""
    if one.strides is None or other.strides is None or one.shape != other.shape or one.shape is None or 0 in one.shape:
        return False
    sides = zip(one.shape, one.strides, other.strides, strict=True)
    return any(size != 1 and ours != theirs for size, ours, theirs in sides)


def _above(graph: Graph, ends: Iterable[OpId]) -> set[OpId]:
    """Return ``ends`` and all that they descend from."""
    return _reached(graph, ends, forwards=False)


def _reached(graph: Graph, ends: Iterable[OpId], *, forwards: bool) -> set[OpId]:
    found = set(ends)
    waiting = list(found)
    near = graph.reach.successors if forwards else graph.reach.predecessors
    while waiting:
        fresh = set(near(waiting.pop())) - found
        found |= fresh
        waiting += fresh
    return found


def _note(file: str, eager: Capture, capture: Capture, way: str, members: list[Group]) -> Divergence:
    ops = eager.graph.ops if eager.graph else ()
    example = [op for op in ops if op.id in members[0].left and op.role == "compute"]
    works = {op.id: op for op in example}
    first = next(works[OpId(one)] for one in members[0].left if one in works)
    place, many = first.location, len(members) > 1
    whose = "eager " if eager.kind == "eager" else ""
    explanation = SENTENCES[way].format(
        groups=f"{len(members)} group{'s' if many else ''}",
        count=f"{len(members)} {whose}op{'s' if many else ''}",
        whose=whose,
        are="are" if many else "is",
        have="have" if many else "has",
        run="run" if many else "runs",
        give="give" if many else "gives",
        it="them" if many else "it",
        kind=capture.id.removesuffix(":decomposed"),
        each=" each" if many else "",
        ops=(", such as " if many else ": ") + _listed([op.op for op in example if _counts(op, eager.graph)]),
    )
    if eager.graph is not None and (layers := in_layers(eager.graph, _modules(eager.graph, members))):
        explanation = f"{explanation.rstrip('.')}; {layers}."
    return Divergence(
        id="",
        severity="note",
        cause=CAUSE_OF.get(way, "removed"),
        capture=capture.kind,
        inputs=(eager.input,) if eager.input else (),
        file=place.file if place else file,
        line=place.line if place else None,
        function=place.function if place else None,
        module=first.module,
        explanation=explanation,
        evidence={"groups": len(members)},
        left=tuple(one for group in members for one in group.left),
        right=tuple(one for group in members for one in group.right),
        left_capture=eager.id,
        right_capture=capture.id,
    )


def _counts(op: Op, graph: Graph | None) -> bool:
    """Whether a reader would miss ``op``: room that a kernel makes and nothing takes is no step of the model's."""
    return graph is None or not is_room_unused(op, graph)


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


def _modules(graph: Graph, members: Iterable[Group]) -> set[str]:
    return {graph.by_id[OpId(group.left[0])].module for group in members}
