"""What must hold for every report, whatever the model: told in words where it does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from explorer.report.json import from_json, to_json
from explorer.report.schema import CaptureEntry, GraphEntry, Report

LONGEST_REASON = 400


def broken(report: Report) -> Iterator[str]:
    """Yield each invariant of ``report`` that does not hold."""
    graphs = report.graphs or {}
    for name, graph in graphs.items():
        yield from (f"{name}: {what}" for what in (*_edges(graph), *_regions(graph)))
    for alignment in report.alignments or ():
        for side, name in (("left", alignment.left), ("right", alignment.right)):
            grouped = Counter(one for group in alignment.groups for one in getattr(group, side))
            if grouped != Counter(node.id for node in graphs[name].nodes):
                yield f"{alignment.left} beside {alignment.right}: not every node of {name} is in exactly one group"
    for capture in report.captures:
        yield from (f"{capture.id}: {what}" for what in _capture(capture, report))
    if from_json(to_json(report, graphs=True)) != report:
        yield "the report is not the same after JSON and back"


def _edges(graph: GraphEntry) -> Iterator[str]:
    """Tell edges that name no node or, outside of regions, run backwards."""
    position = {node.id: place for place, node in enumerate(graph.nodes)}
    if len(position) != len(graph.nodes):
        yield "two nodes of one id"
    for edge in graph.edges:
        if edge.source not in position or edge.target not in position:
            yield f"an edge from {edge.source} to {edge.target}, one of which is not there"
            continue
        source, target = graph.nodes[position[edge.source]], graph.nodes[position[edge.target]]
        if edge.source_output >= max(len(source.outputs), 1):
            yield f"{edge.target} takes output {edge.source_output} of {edge.source}, which has {len(source.outputs)}"
        if target.region is None and position[edge.source] >= position[edge.target]:
            yield f"{edge.source} comes after {edge.target}, which it feeds"


def _regions(graph: GraphEntry) -> Iterator[str]:
    """Tell regions that are not where their owner is, or whose parent is not there."""
    nodes = {node.id: node for node in graph.nodes}
    regions = {region.id for region in graph.regions}
    if len(regions) != len(graph.regions):
        yield "two regions of one id"
    for region in graph.regions:
        owner = nodes.get(region.owner)
        if owner is None or owner.region != region.parent or region.parent not in {None, *regions}:
            yield f"the region {region.id} is not where its owner {region.owner} is"
    for node in graph.nodes:
        if node.region is not None and node.region not in regions:
            yield f"{node.id} stands in a region that is not there"


def _capture(capture: CaptureEntry, report: Report) -> Iterator[str]:
    """Tell where a failure's reason is no sentence, or its line none of the model file."""
    if capture.status == "ok":
        return
    reason = capture.reason or ""
    if reason and (not reason.endswith((".", "…", "?", "!")) or "\n" in reason or len(reason) > LONGEST_REASON):
        yield f"the reason is no sentence: {reason[:LONGEST_REASON]!r}"
    lines = report.source.text.count("\n") + 1
    if capture.file == report.source.file and not 1 <= (capture.line or 0) <= lines:
        yield f"line {capture.line} of a file of {lines}"
