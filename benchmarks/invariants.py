"""What must hold for every report, whatever the model: told in words where it does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from explorer.report.json import from_json, to_json
from explorer.report.schema import CaptureEntry, GraphEntry, Report, ValueEntry

LONGEST_REASON = 400


def broken(report: Report) -> Iterator[str]:
    """Yield each invariant of ``report`` that does not hold."""
    graphs = report.graphs or {}
    for name, graph in graphs.items():
        yield from (f"{name}: {what}" for what in ill_formed(graph))
    for alignment in report.alignments or ():
        for side, name in (("left", alignment.left), ("right", alignment.right)):
            grouped = Counter(one for group in alignment.groups for one in getattr(group, side))
            if grouped != Counter(node.id for node in graphs[name].nodes):
                yield f"{alignment.left} beside {alignment.right}: not every node of {name} is in exactly one group"
    yield from _metadata(report)
    for capture in report.captures:
        yield from (f"{capture.id}: {what}" for what in _capture(capture, report))
    if from_json(to_json(report, graphs=True)) != report:
        yield "the report is not the same after JSON and back"


def ill_formed(graph: GraphEntry) -> Iterator[str]:
    """Yield in what ``graph``, whoever made it, does not hold together.

    Every edge runs forward, in regions too: no edge leads from the end of a loop's body back to its beginning. What
    a body takes is what the loop is given, and what uses a loop or a branch takes its op or what its bodies result in.
    """
    yield from _edges(graph)
    yield from _regions(graph)
    yield from _leaving(graph)
    outputs = [node.role == "output" for node in graph.nodes]
    if outputs != sorted(outputs):
        yield "an output does not stand at the end"


def _edges(graph: GraphEntry) -> Iterator[str]:
    """Tell edges that name no node, run backwards, or start or end where none may."""
    position = {node.id: place for place, node in enumerate(graph.nodes)}
    if len(position) != len(graph.nodes):
        yield "two nodes of one id"
    for edge in graph.edges:
        if edge.source not in position or edge.target not in position:
            yield f"an edge from {edge.source} to {edge.target}, one of which is not there"
            continue
        source, target = graph.nodes[position[edge.source]], graph.nodes[position[edge.target]]
        if source.role == "output" or target.role in {"input", "parameter"}:
            yield f"an edge from {edge.source}, of role {source.role}, to {edge.target}, of role {target.role}"
        if not 0 <= edge.source_output < max(len(source.outputs), 1):
            yield f"{edge.target} takes output {edge.source_output} of {edge.source}, which has {len(source.outputs)}"
        if position[edge.source] >= position[edge.target]:
            yield f"{edge.source} comes after {edge.target}, which it feeds"


def _regions(graph: GraphEntry) -> Iterator[str]:
    """Tell regions that are not where their owner is, or whose parent is not there."""
    nodes = {node.id: node for node in graph.nodes}
    position = {node.id: place for place, node in enumerate(graph.nodes)}
    regions = {region.id: region.owner for region in graph.regions}
    if len(regions) != len(graph.regions):
        yield "two regions of one id"
    for region in graph.regions:
        owner = nodes.get(region.owner)
        if owner is None or owner.region != region.parent or region.parent not in {None, *regions}:
            yield f"the region {region.id} is not where its owner {region.owner} is"
    for node in graph.nodes:
        if node.region is None:
            continue
        if node.region not in regions:
            yield f"{node.id} stands in a region that is not there"
        elif position.get(regions[node.region], 0) >= position[node.id]:
            yield f"{node.id} stands before {regions[node.region]}, in whose region it is"
        if node.role in {"input", "parameter", "output"}:
            yield f"{node.id}, of role {node.role}, stands in a region"


def _leaving(graph: GraphEntry) -> Iterator[str]:
    """Tell edges that lead out of the body of a loop, or from one side of a branch to the other.

    What comes after a branch takes what its sides give or have written to; all else takes what owns a body.
    """
    regions = {region.id: region for region in graph.regions}
    inside: dict[str | None, dict[str, str]] = {None: {}}
    for region in graph.regions:  # each stands after its parent
        inside[region.id] = {**inside.get(region.parent, {}), region.owner: region.id}
    at = {node.id: inside.get(node.region, {}) for node in graph.nodes}

    def reached(one: str, around: dict[str, str]) -> bool:
        """Whether what stands in ``around`` may take ``one``: else it takes what owns the body."""
        chain = at.get(one, {}).items()
        return all(around.get(owner, region if regions[region].kind in {"then", "else"} else "") == region
                   for owner, region in chain)  # fmt: skip

    for edge in graph.edges:
        if not reached(edge.source, at.get(edge.target, {})):
            yield f"{edge.source} feeds {edge.target}, which is outside of the body that it stands in"
    for region in graph.regions:
        given = (*region.going, *(port for ports in region.results for port in ports))
        yield from (
            f"{region.id} gives {one}, which is not in it"
            for one, _ in given
            if one not in at or not reached(one, inside[region.id])
        )


def _metadata(report: Report) -> Iterator[str]:
    """Tell outputs of which a static graph says another dtype or shape than came out of it.

    Where it agrees with eager on the example that it was captured with, those of eager's graph are what came out.
    """
    graphs = report.graphs or {}
    for capture in report.captures:
        outcome = report.matrix.get(capture.kind, {}).get(capture.input or "")
        eager = graphs.get(f"eager:{capture.input}")
        if capture.id != capture.kind or outcome is None or outcome.outcome != "agrees" or eager is None:
            continue
        if capture.kind == "dynamo":  # its graphs hand values back in an order of their own, and Python puts them right
            continue
        ours, theirs = (_outputs(one) for one in (graphs[capture.id], eager))
        if len(ours) == len(theirs):
            pairs = enumerate(zip(ours, theirs, strict=True))
            yield from (
                f"{capture.id}: output {at} is said to be {one}, and is {other}"
                for at, (one, other) in pairs
                if not _fits(one, other)
            )


def _outputs(graph: GraphEntry) -> list[ValueEntry]:
    """Return the tensors among the outputs."""
    values = (value for node in graph.nodes if node.role == "output" for value in node.outputs)
    return [value for value in values if value.shape is not None]


def _fits(said: ValueEntry, came: ValueEntry) -> bool:
    if said.dtype not in {None, came.dtype} or said.shape is None or came.shape is None:
        return said.dtype in {None, came.dtype}
    pairs = zip(said.shape, came.shape, strict=False)
    return len(said.shape) == len(came.shape) and all(not isinstance(one, int) or one == size for one, size in pairs)


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
