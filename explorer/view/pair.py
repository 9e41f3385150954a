"""The two graphs that stand side by side, and which of their ops do the same work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

import networkx as nx

from explorer.report.schema import Alignment, GraphEntry, Group, GroupKind, Report

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
    """Return ``left`` and ``right`` with the groups between them.

    Where the report does not align the two with each other, the groups are composed over a third
    capture that it aligns with both, or over a row of them. Two captures without any such tie share no group.
    """
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
    return Group(left=left, right=right, kind=_kind(left, right, kinds), matched_by=f"both beside {middle}")


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
