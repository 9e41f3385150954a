"""Notes on structure: what a capture fused, decomposed or removed, said once for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from explorer.diff.folding import ARRANGES
from explorer.evidence import Capture
from explorer.graph import Graph, OpId
from explorer.report.schema import Divergence, Group

SENTENCES = {
    "fused": "{groups} of {whose}ops {are} one op each in the {kind} graph, such as {ops}.",
    "decomposed": "{count} {are} several ops each in the {kind} graph, such as {ops}.",
    "dead": "{count} {are} not in the {kind} graph, as nothing depends on {it}, such as {ops}.",
    "decided": "{count} {are} not in the {kind} graph, only leading to a choice or a number in Python, such as {ops}.",
    "arranged": "{count} {are} not in the {kind} graph, only copying or re-arranging, such as {ops}.",
    "missing": "{count} {have} no counterpart in the {kind} graph, such as {ops}.",
}
CAUSE_OF = {"fused": "fused", "decomposed": "decomposed"}
"""The cause that the contract has for a way; all others are ``removed``."""


def structure_notes(file: str, eager: Capture, capture: Capture, groups: tuple[Group, ...]) -> Iterator[Divergence]:
    """Yield at most one note for each way in which the structure of a capture differs from eager's."""
    if eager.graph is None or capture.graph is None:
        return
    found: dict[str, list[Group]] = {}
    for way, group in _ways(eager.graph, groups, apart=bool(capture.breaks)):
        found.setdefault(way, []).append(group)
    for way, members in found.items():
        yield _note(file, eager, capture, way, members)


def _ways(graph: Graph, groups: Iterable[Group], *, apart: bool) -> Iterator[tuple[str, Group]]:
    """Yield each group that differs with the way in which it does.

    What has no counterpart is no finding where ``apart``: it ran in Python, which the graph breaks tell.
    """
    to_results = _above(graph, [op.id for op in graph.ops if op.role == "output"])
    to_python = _above(graph, [op.id for op in graph.ops if op.op == "item"])
    for group in groups:
        works = [op for one in group.left if (op := graph.by_id[OpId(one)]).role == "compute"]
        if not works:
            continue
        if group.kind in CAUSE_OF:
            yield group.kind, group
        elif group.kind == "only-left" and not apart:
            ids = {op.id for op in works}
            if ids & to_results:
                yield "arranged" if all(op.op in ARRANGES for op in works) else "missing", group
            else:
                yield "decided" if ids & to_python else "dead", group


def _above(graph: Graph, ends: Iterable[OpId]) -> set[OpId]:
    """Return ``ends`` and all that they descend from."""
    found = set(ends)
    waiting = list(found)
    while waiting:
        for before in graph.network.predecessors(waiting.pop()):
            if before not in found:
                found.add(before)
                waiting.append(before)
    return found


def _note(file: str, eager: Capture, capture: Capture, way: str, members: list[Group]) -> Divergence:
    ops = eager.graph.by_id if eager.graph else {}
    first = ops[OpId(members[0].left[0])]
    place, many = first.location, len(members) > 1
    whose = "eager " if eager.kind == "eager" else ""
    explanation = SENTENCES[way].format(
        groups=f"{len(members)} group{'s' if many else ''}",
        count=f"{len(members)} {whose}op{'s' if many else ''}",
        whose=whose,
        are="are" if many else "is",
        have="have" if many else "has",
        it="them" if many else "it",
        kind=capture.id.removesuffix(":decomposed"),
        ops=" + ".join(ops[OpId(one)].op for one in members[0].left),
    )
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
