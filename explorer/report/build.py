"""Put a report together from what the worker saw: align, explain, and say the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from explorer.diff.align import align
from explorer.diff.case import Case
from explorer.diff.causes.registry import explain
from explorer.diff.grouping import as_known, kinds_known, without_refuted
from explorer.diff.places import SourceMap
from explorer.diff.turns import with_turns
from explorer.divergence import SEVERITIES, Group
from explorer.evidence import STATIC_KINDS, Capture, Decision, EagerResult, EagerRun, Escape, Outcome, StaticResult
from explorer.graph import Graph, Location, Op, PythonCall, Value
from explorer.options import ModelSource
from explorer.report.alternatives import with_alternatives
from explorer.report.forms import form_entries, form_id
from explorer.report.naming import unknown_of
from explorer.report.schema import (
    Alignment,
    CallEntry,
    CaptureEntry,
    DecisionEntry,
    Divergence,
    FrameEntry,
    GraphEntry,
    InputEntry,
    NodeEntry,
    RegionEntry,
    Report,
    SourceEntry,
    Tool,
    ValueEntry,
)
from explorer.report.verdict import verdict
from explorer.version import VERSION

MOST_CHOICES = 100
"""Choices of one place that are written out."""

UNSTEADY = "Eager gives other values when it runs again, with the same seed: the graph's cannot be judged."

Aligned = tuple[Graph, Graph, tuple[Group, ...]]
"""Two graphs and their groups."""


@dataclass
class Builder:
    """Builds the report of one source as its captures come in; what was aligned is not aligned again."""

    source: ModelSource
    eager: EagerResult | None = None
    dynamic: bool = False
    with_graphs: bool = True
    """Whether reports hold graphs and alignments: every graph beside each example's takes long where these are many."""
    pending: bool = False
    """Whether captures are still to come."""
    statics: dict[str, StaticResult] = field(default_factory=dict[str, StaticResult])
    """By kind, or by the name of another source."""
    others: Sequence[str] = ()
    """Names of other sources, in the order in which they are told: not in that in which they are done."""
    _aligned: dict[tuple[int, int], Aligned] = field(default_factory=dict[tuple[int, int], "Aligned"])
    """By the graphs themselves: a capture's may give way to one that tells more."""
    _turned: dict[tuple[int, int], Graph] = field(default_factory=dict[tuple[int, int], Graph])
    """Static graphs with the turns of loops that their ops are of, by eager's graph, which tells that, and theirs."""
    _written: dict[str, tuple[Graph, GraphEntry]] = field(default_factory=dict[str, tuple[Graph, GraphEntry]])
    _explained: dict[str, tuple[Divergence, ...]] = field(default_factory=dict[str, tuple[Divergence, ...]])
    _refusing: frozenset[str] = frozenset()
    """The kinds that refuse the model, or its plain call, as far as it is known."""
    _scripts: bool = False
    """Whether it is known that torch.jit.script takes the model."""
    _unjudged: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """The examples on which a graph's values cannot be compared, by capture."""

    def report(self) -> Report:
        """Return the report of what is there so far."""
        captures = [*(self.eager.captures if self.eager else ()), *(one.capture for one in self._statics())]
        divergences = _numbered(self._divergences())
        matrix = self._matrix()
        entries = [_entry(one) for one in captures]
        beside = "the stored graph" if self.source.stored else "eager"
        inputs = self._inputs()
        first, second = verdict(
            matrix,
            divergences,
            entries,
            inputs,
            file=self.source.shown,
            pending=self.pending,
            beside=beside,
        )
        return Report(
            tool=Tool(name="parallax", version=VERSION),
            environment=dict(self.eager.environment) if self.eager else {},
            source=SourceEntry(
                name=self.source.name, kind=self.source.kind, file=self.source.shown, text=self.source.text
            ),
            dynamic=self.dynamic,
            inputs=inputs,
            captures=tuple(entries),
            matrix=matrix,
            divergences=divergences,
            verdict=first,
            summary=second,
            tolerances=self.eager.tolerances if self.eager else {},
            graphs=self._graph_entries(captures) if self.with_graphs else None,
            alignments=(*self._alignments(captures), *self._form_alignments(captures)) if self.with_graphs else None,
        )

    def _statics(self) -> list[StaticResult]:
        return [self.statics[name] for name in self._names()]

    def _names(self) -> list[str]:
        return [name for name in dict.fromkeys((*STATIC_KINDS, *self.others, *self.statics)) if name in self.statics]

    def _inputs(self) -> tuple[InputEntry, ...]:
        if self.eager is None:
            return ()
        runs = {run.example: run for run in self.eager.runs}
        return tuple(
            InputEntry(
                name=one.name,
                arguments=one.arguments,
                raised=_raised(runs[one.name]),
                lines=dict(sorted(runs[one.name].lines.items())),
                deterministic=runs[one.name].deterministic,
                decisions=tuple(map(_decision, runs[one.name].decisions)),
                changes=runs[one.name].changes,
            )
            for one in self.eager.examples
        )

    def _escapes(self, name: str) -> tuple[Escape, ...]:
        """Return what left the graph of that name, which is eager's where anything did."""
        runs = self.eager.runs if self.eager else ()
        return next((run.escapes for run in runs if name == f"eager:{run.example}"), ())

    def _matrix(self) -> dict[str, Mapping[str, Outcome]]:
        """Return the rows by kind; those of other sources by their name."""
        return {name: dict(self._row(self.statics[name])) for name in self._names()}

    def _row(self, static: StaticResult) -> Iterator[tuple[str, Outcome]]:
        unjudged = self._unjudged.get(static.capture.id, frozenset())
        for name, outcome in static.outcomes.items():
            yield name, Outcome(outcome="not-run", message=UNSTEADY) if name in unjudged else outcome

    def _alignments(self, captures: Sequence[Capture]) -> Iterable[Alignment]:
        """Align every graph with eager's of each example, the first one's first, or with the stored graph."""
        made = {one.capture.id for one in self._statics()}
        eager = [one for one in captures if one.id not in made and one.graph is not None]
        others = [one for one in captures if one.id in made and one.graph is not None]
        for left in eager:
            for right in (*others, *(one for one in eager[1:] if left is eager[0])):
                if left.graph is not None and right.graph is not None:
                    first = eager[0].input
                    alike = (left.input or first) == (right.input or first)
                    if alike or eager[0].graph is None or right not in others:
                        groups = self._align(left.graph, right.graph, alike=alike)
                    else:
                        groups = self._align_over(left.graph, eager[0].graph, right.graph)
                    yield Alignment(left=left.id, right=right.id, groups=groups)

    def _form_alignments(self, captures: Sequence[Capture]) -> Iterable[Alignment]:
        """Align each form with the graph that it was made from; a capture also with the first on the way to it."""
        graphs = _graphs(captures)
        for capture in captures:
            forms = form_entries(capture)
            own = {capture.id, *(one.id for one in forms)}
            ties = [(entry.after, entry.id) for entry in forms]
            ties += [(capture.id, entry.id) for entry in forms if entry.after not in own]
            for left, right in ties:
                if left in graphs and right in graphs:
                    yield Alignment(left=left, right=right, groups=self._align(graphs[left], graphs[right]))

    def _align_over(self, left: Graph, captured: Graph, right: Graph) -> tuple[Group, ...]:
        """Align eager's graph of another example with a static graph: what that is, the captured one knows best."""
        own = self._align(captured, right)
        key = id(captured), id(right)
        if key not in self._turned:
            self._turned[key] = with_turns(right, own, captured)
        groups = self._align(left, self._turned[key], alike=False)
        return tuple(without_refuted(as_known(groups, left, kinds_known(own, captured)), left, own, captured))

    def _align(self, left: Graph, right: Graph, *, alike: bool = True) -> tuple[Group, ...]:
        key = id(left), id(right)
        if key not in self._aligned:
            self._aligned[key] = (
                left,
                right,
                align(left, right, alike=alike),
            )  # both are kept: no other graph gets their ids
        return self._aligned[key][2]

    def _graph_entries(self, captures: Sequence[Capture]) -> dict[str, GraphEntry]:
        return {name: self._graph_entry(name, graph) for name, graph in _graphs(captures).items()}

    def _graph_entry(self, name: str, graph: Graph) -> GraphEntry:
        if name not in self._written or self._written[name][0] is not graph:
            self._written[name] = graph, graph_entry(graph, self._escapes(name))
        return self._written[name][1]

    def _divergences(self) -> list[Divergence]:
        if self.eager is None:
            return []
        source = SourceMap(self.source.text)
        others = {name: SourceMap(text) for name, text in self.eager.texts.items()}
        runs = {run.example: run for run in self.eager.runs}
        graphs = {one.input: one.graph for one in self.eager.captures if one.input and one.graph}
        reference = next((one for one in self.eager.captures if one.graph is not None), None)
        if reference is not None and reference.graph is not None and reference.kind != "eager":
            graphs = dict.fromkeys(runs, reference.graph)
        self._forget()
        for one in self._statics():
            if one.capture.id not in self._explained:
                case = Case(
                    file=self.source.shown,
                    source=source,
                    others=others,
                    scripts=self._scripts,
                    told=one.capture.made_from in self._refusing,
                    dynamic=self.dynamic,
                    arguments={one.name: one.arguments for one in self.eager.examples},
                    capture=one.capture,
                    outcomes=one.outcomes,
                    runs=runs,
                    graphs=graphs,
                    sequence=self.eager.sequence,
                    seen=one.seen,
                    again=one.again,
                    groups_of=self._align,
                    other="" if one.capture.id.partition(":")[0] in STATIC_KINDS else one.capture.id,
                    reference=reference,
                )
                found = explain(case)
                self._explained[one.capture.id] = found
                told = {name for each in found if each.severity == "error" for name in each.inputs}
                self._unjudged[one.capture.id] = case.unsteady - told
        found = (found for one in self._statics() for found in self._explained[one.capture.id])
        return list(with_alternatives(found, self.statics))

    def _forget(self) -> None:
        """Forget what was explained before it was known that another capture refuses the model."""
        made = ((name, one.capture) for name, one in self.statics.items())
        refusing = frozenset(name for name, one in made if one.status == "failed" or one.refused is not None)
        script = self.statics.get("script")
        scripts = script is not None and script.capture.status == "ok"
        if scripts != self._scripts:
            self._explained.clear()  # what is told to help may be another
        self._scripts = scripts
        for kind in refusing ^ self._refusing:
            for one in self._statics():
                if one.capture.made_from == kind:
                    self._explained.pop(one.capture.id, None)
        self._refusing = refusing


def graph_entry(graph: Graph, escapes: tuple[Escape, ...] = ()) -> GraphEntry:
    """Return ``graph`` as the report writes it."""
    autograd: dict[str, list[str]] = {}
    for node in graph.autograd:
        if node.op is not None:
            autograd.setdefault(node.op, []).append(node.name)
    told = dict.fromkeys(op.stack for op in graph.ops if op.stack)
    stacks = {stack: place for place, stack in enumerate(told)}
    return GraphEntry(
        nodes=tuple(_node(op, tuple(autograd.get(op.id, ())), stacks.get(op.stack)) for op in graph.ops),
        stacks=tuple(tuple(_frame(one) for one in stack) for stack in stacks),
        edges=graph.edges,
        autograd=graph.autograd,
        calls=tuple(_call(one) for one in graph.calls),
        escapes=escapes,
        regions=tuple(
            RegionEntry(
                id=one.id,
                owner=one.owner,
                kind=one.kind,
                parent=one.parent,
                formals=one.formals,
                results=one.results,
                going=one.going,
            )
            for one in graph.regions
        ),
    )


def _call(call: PythonCall) -> CallEntry:
    place = call.location
    return CallEntry(
        id=call.id,
        name=call.name,
        module=call.module,
        file=place.file if place else None,
        line=place.line if place else None,
    )


def _node(op: Op, autograd: tuple[str, ...], stack: int | None) -> NodeEntry:
    place = op.location
    return NodeEntry(
        id=op.id,
        op=op.op,
        target=op.target,
        role=op.role,
        module=op.module,
        module_type=op.module_type,
        file=place.file if place else None,
        line=place.line if place else None,
        column=place.column if place else None,
        region=op.region,
        outputs=tuple(_value(one) for one in op.outputs),
        attributes=op.attributes,
        autograd=autograd,
        call=op.call,
        within=op.within,
        aliases=op.aliases,
        writes=op.writes,
        stack=stack,
        placed=op.placed,
    )


def _frame(one: Location) -> FrameEntry:
    return FrameEntry(file=one.file, line=one.line, function=one.function, user=one.user)


def _entry(capture: Capture) -> CaptureEntry:
    failure, graph = capture.failure, capture.graph
    return CaptureEntry(
        id=capture.id,
        kind=capture.kind,
        input=capture.input,
        status=capture.status,
        reason=failure.reason if failure else None,
        file=failure.file if failure else None,
        line=failure.line if failure else None,
        nodes=len(graph.ops) if graph else 0,
        edges=len(graph.edges) if graph else 0,
        seconds=round(capture.seconds, 4),
        warnings=capture.warnings,
        message=failure.message if failure else "",
        hint=failure.hint if failure else "",
        error=failure.error if failure else "",
        note=capture.note,
        ops=sum(1 for _ in graph.compute) if graph else 0,
        unknown=unknown_of(capture.kind, graph.ops) if graph else {},
        replay=capture.replay,
        forms=form_entries(capture),
    )


def _graphs(captures: Iterable[Capture]) -> dict[str, Graph]:
    """Return every graph by its id: those of the captures, then those of their forms."""
    own = {one.id: one.graph for one in captures if one.graph is not None}
    forms = {form_id(one, form.name): form.graph for one in captures for form in one.forms if form.graph is not None}
    return own | forms


def _value(one: Value) -> ValueEntry:
    strides = None if one.is_contiguous else one.strides
    return ValueEntry(dtype=one.dtype, shape=one.shape, device=one.device, strides=strides, summary=one.summary)


def _decision(one: Decision) -> DecisionEntry:
    return DecisionEntry(
        file=one.file,
        line=one.line,
        column=one.column,
        function=one.function,
        kind=one.kind,
        visits=len(one.taken) + sum(times for _, times in one.rest),
        taken=one.taken[:MOST_CHOICES],
    )


def _raised(run: EagerRun) -> str | None:
    return run.raised.reason if run.raised else None


def _numbered(found: list[Divergence]) -> tuple[Divergence, ...]:
    """Return the divergences in the order in which all tell them, each with an id of its own.

    By severity, wrong graphs before refusals, then by line: a graph that answers and is wrong is noticed last.
    """

    def rank(one: Divergence) -> tuple[int, bool, int, str]:
        return SEVERITIES.index(one.severity), one.cause == "capture-failure", one.line or 0, one.cause

    ordered = sorted(found, key=rank)
    return tuple(replace(one, id=f"d{position}") for position, one in enumerate(ordered, 1))
