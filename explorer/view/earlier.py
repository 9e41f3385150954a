"""The version before an edit beside the one after it: each graph that it had is a form of the same capture now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from msgspec import structs

from explorer.report.schema import Alignment, CaptureEntry, FormEntry, FrameEntry, GraphEntry, NodeEntry, Report
from explorer.view.edits import moved_lines
from explorer.view.identity import SameReport
from explorer.view.matching import EARLIER


def with_earlier(report: Report, before: Report) -> Report:
    """Return ``report`` with the graphs of the version ``before`` the edit, kept.

    Their lines are those of the text that is shown; an op of a line that is gone, or was written anew, has none.
    """
    return _with_earlier(SameReport(report), SameReport(before))


def has_earlier(report: Report, capture: str) -> bool:
    """Whether the version before the edit had a graph of ``capture``."""
    return capture + EARLIER in (report.graphs or {})


def is_as_before(report: Report, capture: str) -> bool:
    """Whether the graph of ``capture`` is what it was before the edit, but for its lines and the values it held."""
    return _is_as_before(SameReport(report), capture)


@lru_cache(maxsize=32)
def _is_as_before(key: SameReport, capture: str) -> bool:
    graphs = key.report.graphs or {}
    return (
        capture in graphs
        and has_earlier(key.report, capture)
        and (_bare(graphs[capture]) == _bare(graphs[capture + EARLIER]))
    )


def _bare(graph: GraphEntry) -> tuple[object, ...]:
    """Return what a graph computes: its ops in order, and what feeds them, by their places."""
    at = {node.id: place for place, node in enumerate(graph.nodes)}
    nodes = [
        (
            node.op,
            node.target,
            node.role,
            node.module,
            dict(node.attributes),
            [(one.dtype, one.shape) for one in node.outputs],
        )
        for node in graph.nodes
    ]
    edges = {(at[one.source], at[one.target], one.source_output, one.target_input) for one in graph.edges}
    return nodes, edges


@lru_cache(maxsize=16)
def _with_earlier(after: SameReport, before: SameReport) -> Report:
    report, old = after.report, before.report
    ids = {capture.id for capture in report.captures}
    lines = Lines(old.source.file, report.source.file, moved_lines(old.source.text, report.source.text))
    graphs = {one: graph for one, graph in (old.graphs or {}).items() if one in ids}
    tied = tuple(
        Alignment(left=one.left + EARLIER, right=one.right + EARLIER, groups=one.groups)
        for one in old.alignments or ()
        if one.left in graphs and one.right in graphs
    )
    return replace(
        report,
        captures=tuple(_with_form(one, graphs.get(one.id)) for one in report.captures),
        graphs={**(report.graphs or {}), **{one + EARLIER: lines.moved(graph) for one, graph in graphs.items()}},
        alignments=(*(report.alignments or ()), *tied),
    )


def _with_form(capture: CaptureEntry, graph: GraphEntry | None) -> CaptureEntry:
    if graph is None:
        return capture
    form = FormEntry(id=capture.id + EARLIER, name="before", what="as it was before the edit",
                     after=capture.id, nodes=len(graph.nodes), edges=len(graph.edges), changed=True)  # fmt: skip
    return replace(capture, forms=(*capture.forms, form))


class Lines:
    """Writes the lines of a graph anew, as the text ``after`` an edit has them."""

    def __init__(self, before: str, after: str, moved: Mapping[int, int]) -> None:
        self._before = before
        self._after = after
        self._moved = moved

    def moved(self, graph: GraphEntry) -> GraphEntry:
        """Return ``graph`` with its ops, loops and stacks at the lines of the new text."""
        return replace(
            graph,
            nodes=tuple(self._node(node) for node in graph.nodes),
            stacks=tuple(tuple(self._frame(frame) for frame in stack) for stack in graph.stacks),
        )

    def _node(self, node: NodeEntry) -> NodeEntry:
        if node.file != self._before:
            return node
        line = self._moved.get(node.line) if node.line is not None else None
        if line is None:  # without a stack it is matched by its module and name
            return replace(node, file=None, line=None, column=None, within=(), stack=None)
        steps = tuple(
            replace(step, file=self._after, line=self._moved[step.line])
            for step in node.within
            if step.file == self._before and step.line in self._moved
        )
        return replace(node, file=self._after, line=line, within=steps)

    def _frame(self, frame: FrameEntry) -> FrameEntry:
        if frame.file != self._before or frame.line not in self._moved:
            return frame
        return structs.replace(frame, file=self._after, line=self._moved[frame.line])
