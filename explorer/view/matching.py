"""Which ops of any two graphs of a report do the same work: as it says, over what it says, else aligned anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

import networkx as nx

from explorer.diff.align import align, without_values
from explorer.diff.grouping import group_of
from explorer.diff.sides import Match
from explorer.divergence import Sure
from explorer.graph import OpId
from explorer.report.read import graph_of
from explorer.report.schema import Alignment, GraphEntry, Group, GroupKind, Report
from explorer.view.identity import SameReport
from explorer.view.loops import Loops, Turns, borrowed

SURE: tuple[Sure, ...] = ("certain", "likely", "guessed")
"""From the surest on."""

EARLIER = ":before"
"""What is added to the id of a capture for its graph before an edit."""

_MIRRORED: dict[GroupKind, GroupKind] = {
    "only-left": "only-right",
    "only-right": "only-left",
    "fused": "decomposed",
    "decomposed": "fused",
}


def drawable(report: Report) -> tuple[str, ...]:
    """Ids of the captures and forms of ``report`` that have a graph, in the report's order."""
    graphs = report.graphs or {}
    return tuple(one for one in showable(report) if one in graphs)


def showable(report: Report) -> tuple[str, ...]:
    """Ids of all that a pane can show: the captures, each followed by its forms that have a graph."""
    return tuple(
        one for capture in report.captures for one in (capture.id, *(form.id for form in capture.forms if form.changed))
    )


def eager_graphs(report: Report) -> Iterator[GraphEntry]:
    """Yield the graphs that eager ran, but for those from before an edit."""
    for name, graph in (report.graphs or {}).items():
        if name.startswith("eager:") and not name.endswith(EARLIER):
            yield graph


def turns_of(report: Report, capture: str) -> Turns:
    """Return the turns around the ops of a capture, as eager tells them on the example that it was captured with."""
    return _turns_of(SameReport(report), capture)


@lru_cache(maxsize=16)
def _turns_of(key: SameReport, capture: str) -> Turns:
    report, graphs = key.report, key.report.graphs or {}
    if capture.startswith("eager:"):
        return Loops(report.source.file, report.source.text).turns(graphs[capture])
    eager = f"eager:{example_of(report, capture)}"
    groups = _known(report).get((eager, capture))
    return borrowed(turns_of(report, eager), groups, graphs[capture]) if groups and eager in graphs else {}


def groups_between(report: Report, left: str, right: str) -> tuple[Group, ...]:
    """Return the groups that tie the graphs ``left`` and ``right``: those of the report, where it has them aligned."""
    if left == right:
        nodes = (report.graphs or {})[left].nodes
        return tuple(Group(left=(n.id,), right=(n.id,), kind="same", matched_by="itself") for n in nodes)
    known = _known(report)
    if (left, right) in known:
        return known[left, right]
    ours, theirs = (graph_of((report.graphs or {})[one]) for one in (left, right))
    if example_of(report, left) != example_of(report, right):
        theirs = without_values(theirs)
    composed = _composed(known, left, right)
    if not composed:
        return align(ours, theirs)
    tied = [one for one in composed if one.left and one.right]
    apart = [one for one in composed if not one.left or not one.right]
    filled = _filled(align(ours, theirs), apart) if apart else ()
    return tuple(group_of(one, ours, theirs) for one in (*tied, *filled))


def _filled(groups: Iterable[Group], apart: Iterable[Match]) -> Iterator[Match]:
    """Yield what ``groups`` tell of the ops that a third graph has not tied."""
    ours = {op for one in apart for op in one.left}
    theirs = {op for one in apart for op in one.right}
    for group in groups:
        known = _match(group)
        match = replace(known, left=[op for op in known.left if op in ours],
                        right=[op for op in known.right if op in theirs])  # fmt: skip
        if match.left or match.right:
            yield match


def example_of(report: Report, capture: str) -> str:
    """Return the example that a capture holds the values of: of a static graph, the one that it was captured with.

    Before an edit it may have been another one of the same name.
    """
    now = capture.removesuffix(EARLIER)
    given = next((one.input for one in report.captures if one.id == now), None)
    return (given or next((one.name for one in report.inputs), "")) + capture[len(now) :]


def _known(report: Report) -> Mapping[tuple[str, str], tuple[Group, ...]]:
    """Every alignment of the report, read in both directions; kept for the reports that were asked for last."""
    return _known_of(SameReport(report))


@lru_cache(maxsize=4)
def _known_of(key: SameReport) -> dict[tuple[str, str], tuple[Group, ...]]:
    alignments = key.report.alignments or ()
    mirrored = {(a.right, a.left): _mirror(a) for a in alignments}
    return mirrored | {(a.left, a.right): a.groups for a in alignments}


def _mirror(alignment: Alignment) -> tuple[Group, ...]:
    return tuple(
        replace(group, left=group.right, right=group.left, kind=_MIRRORED.get(group.kind, group.kind))
        for group in alignment.groups
    )


def _composed(known: Mapping[tuple[str, str], tuple[Group, ...]], left: str, right: str) -> list[Match]:
    """Return what belongs together over a graph that is aligned with both, or over a row; nothing where there is none.

    The eager graph knows best which call and which turn of a loop an op is of. What has one side alone is left over.
    """
    middles = [mid for start, mid in known if start == left and (mid, right) in known]
    steps = (left, middles[0], right) if middles else _way(known, left, right)
    composed = [_match(one) for one in known[steps[0], steps[1]]] if steps else []
    for middle, step in pairwise(steps[1:]):
        composed = list(_compose(composed, [_match(one) for one in known[middle, step]], middle))
    return composed


def _match(group: Group) -> Match:
    left, right = ([OpId(op) for op in side] for side in (group.left, group.right))
    return Match(left=left, right=right, by=group.matched_by, sure=group.sure or SURE[0])


def _way(known: Iterable[tuple[str, str]], left: str, right: str) -> tuple[str, ...]:
    """Return the shortest row of graphs from ``left`` to ``right`` of which each is aligned with the next."""
    ties: nx.Graph[str] = nx.Graph(list(known))
    if left not in ties or right not in ties or not nx.has_path(ties, left, right):
        return ()
    return tuple(nx.bidirectional_shortest_path(ties, left, right))


def _compose(first: Sequence[Match], second: Sequence[Match], middle: str) -> Iterator[Match]:
    """Join what shares an op of the capture in the middle; what meets none is left over."""
    ties: nx.Graph[tuple[str, int | str]] = nx.Graph()
    for index, match in enumerate(first):
        ties.add_edges_from((("first", index), ("mid:" + op, 0)) for op in match.right)
        ties.add_node(("first", index))
    for index, match in enumerate(second):
        ties.add_edges_from((("second", index), ("mid:" + op, 0)) for op in match.left)
        ties.add_node(("second", index))
    for part in nx.connected_components(ties):
        firsts = [first[int(at)] for side, at in sorted(part, key=str) if side == "first"]
        seconds = [second[int(at)] for side, at in sorted(part, key=str) if side == "second"]
        left = [op for match in firsts for op in match.left]
        right = [op for match in seconds for op in match.right]
        if left or right:
            given = {one.sure for one in (*firsts, *seconds)}
            least: Sure = next(one for one in reversed(SURE) if one in given)
            yield Match(left=left, right=right, by=f"both beside {middle}", sure=least)
