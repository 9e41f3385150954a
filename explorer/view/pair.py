"""The two graphs that stand side by side, and which of their ops do the same work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import networkx as nx

from explorer.diff.align import align
from explorer.divergence import Sure
from explorer.report.read import graph_of
from explorer.report.schema import Alignment, GraphEntry, Group, GroupKind, Report

SURE: tuple[Sure, ...] = ("certain", "likely", "guessed")
"""From the surest on."""

_MIRRORED: dict[GroupKind, GroupKind] = {
    "only-left": "only-right",
    "only-right": "only-left",
    "fused": "decomposed",
    "decomposed": "fused",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two captures by id, their graphs, and the groups that tie them."""

    left: str
    right: str
    left_graph: GraphEntry
    right_graph: GraphEntry
    groups: tuple[Group, ...]
    alone: bool = False
    """Whether one side has no graph: then nothing matches, and nothing is missing."""


def drawable(report: Report) -> tuple[str, ...]:
    """Ids of the captures and forms of ``report`` that have a graph, in the report's order."""
    graphs = report.graphs or {}
    return tuple(one for one in showable(report) if one in graphs)


def showable(report: Report) -> tuple[str, ...]:
    """Ids of all that a pane can show: the captures, each followed by its forms that have a graph."""
    return tuple(
        one for capture in report.captures for one in (capture.id, *(form.id for form in capture.forms if form.changed))
    )


def pair_of(report: Report, left: str, right: str) -> Pair:
    """Return ``left`` and ``right`` with the groups between them: those of the report, where it has the two aligned."""
    graphs = report.graphs or {}
    return Pair(
        left=left,
        right=right,
        left_graph=graphs[left],
        right_graph=graphs[right],
        groups=_groups(report, left, right),
    )


def _groups(report: Report, left: str, right: str) -> tuple[Group, ...]:
    if left == right:
        nodes = (report.graphs or {})[left].nodes
        return tuple(Group(left=(n.id,), right=(n.id,), kind="same", matched_by="itself") for n in nodes)
    known = _known(report)
    if (left, right) in known:
        return known[left, right]
    composed = _composed(known, left, right)
    apart = tuple(group for group in composed if not group.left or not group.right)
    filled = tuple(_filled(report, left, right, apart)) if apart or not composed else ()
    return (*(group for group in composed if group.left and group.right), *filled)


def _filled(report: Report, left: str, right: str, apart: tuple[Group, ...]) -> Iterator[Group]:
    """Yield the groups of what a third graph has not tied, or of all, as the two graphs themselves tell."""
    graphs = report.graphs or {}
    alike = _example(report, left) == _example(report, right)
    ours = {op for group in apart for op in group.left}
    theirs = {op for group in apart for op in group.right}
    for group in align(graph_of(graphs[left]), graph_of(graphs[right]), alike=alike):
        one, other = group.left, group.right
        if apart:
            one, other = tuple(op for op in one if op in ours), tuple(op for op in other if op in theirs)
        if one and other:
            yield replace(group, left=one, right=other)
        elif one or other:
            yield Group(left=one, right=other, kind="only-left" if one else "only-right")


def _example(report: Report, capture: str) -> str:
    """Return the example that a capture holds the values of: of a static graph, the one that it was captured with."""
    given = next((one.input for one in report.captures if one.id == capture), None)
    return given or next((one.name for one in report.inputs), "")


def _known(report: Report) -> dict[tuple[str, str], tuple[Group, ...]]:
    """Every alignment of the report, read in both directions."""
    alignments = report.alignments or ()
    mirrored = {(a.right, a.left): _mirror(a) for a in alignments}
    return mirrored | {(a.left, a.right): a.groups for a in alignments}


def _mirror(alignment: Alignment) -> tuple[Group, ...]:
    return tuple(
        replace(group, left=group.right, right=group.left, kind=_MIRRORED.get(group.kind, group.kind))
        for group in alignment.groups
    )


def _composed(known: Mapping[tuple[str, str], tuple[Group, ...]], left: str, right: str) -> tuple[Group, ...]:
    """Return the groups over a graph that is aligned with both, or over a row of them; nothing where there is none.

    The eager graph knows best which call and which turn of a loop an op is of.
    """
    middles = [mid for start, mid in known if start == left and (mid, right) in known]
    steps = (left, middles[0], right) if middles else _way(known, left, right)
    composed = known[steps[0], steps[1]] if steps else ()
    for middle, step in pairwise(steps[1:]):
        composed = _compose(composed, known[middle, step], middle)
    return composed


def _way(known: Iterable[tuple[str, str]], left: str, right: str) -> tuple[str, ...]:
    """Return the shortest row of graphs from ``left`` to ``right`` of which each is aligned with the next."""
    ties: nx.Graph[str] = nx.Graph(list(known))
    if left not in ties or right not in ties or not nx.has_path(ties, left, right):
        return ()
    return tuple(nx.bidirectional_shortest_path(ties, left, right))


def _compose(first: tuple[Group, ...], second: tuple[Group, ...], middle: str) -> tuple[Group, ...]:
    """Join groups that share an op of the capture in the middle; what meets none is left over."""
    ties: nx.Graph[tuple[str, int | str]] = nx.Graph()
    for index, group in enumerate(first):
        ties.add_edges_from((("first", index), ("mid:" + op, 0)) for op in group.right)
        ties.add_node(("first", index))
    for index, group in enumerate(second):
        ties.add_edges_from((("second", index), ("mid:" + op, 0)) for op in group.left)
        ties.add_node(("second", index))
    composed = (_joined(part, first, second, middle) for part in nx.connected_components(ties))
    return tuple(group for group in composed if group.left or group.right)


def _joined(
    part: set[tuple[str, int | str]],
    first: tuple[Group, ...],
    second: tuple[Group, ...],
    middle: str,
) -> Group:
    firsts = [first[int(at)] for side, at in sorted(part, key=str) if side == "first"]
    seconds = [second[int(at)] for side, at in sorted(part, key=str) if side == "second"]
    left = tuple(op for group in firsts for op in group.left)
    right = tuple(op for group in seconds for op in group.right)
    kinds: set[GroupKind] = {group.kind for group in (*firsts, *seconds) if group.kind != "same"}
    given = [one.sure for one in (*firsts, *seconds) if one.sure]
    sure: Sure | None = next((one for one in reversed(SURE) if one in given), None)
    both = {one.held for one in (*firsts, *seconds)}
    return Group(
        left=left,
        right=right,
        kind=_kind(left, right, kinds),
        matched_by=f"both beside {middle}",
        sure=sure if left and right else None,
        held="same" if both == {"same"} else None,
    )


def _kind(left: tuple[str, ...], right: tuple[str, ...], kinds: set[GroupKind]) -> GroupKind:
    if not right:
        return "only-left"
    if not left:
        return "only-right"
    if not kinds - {"only-left", "only-right"}:
        return "same"
    if "changed" in kinds or len(kinds) > 1:
        return "changed"
    return kinds.pop()
