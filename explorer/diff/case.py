"""A case: all that is known of one static capture beside eager, and what causes are asked of."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from explorer.diff.align import align
from explorer.diff.departure import Departure, departure_on
from explorer.diff.handing import Handing
from explorer.diff.idle import is_idle
from explorer.diff.layers import in_layers
from explorer.diff.partings import Parting, partings
from explorer.diff.places import SourceMap
from explorer.diff.reads import Read, plain_values, read_of, reads_differ, values_read
from explorer.divergence import Divergence, Group, Severity
from explorer.evidence import EXPORTS, TRACERS, VALUES, WRONG, Capture, EagerRun, Escape, Kind, Outcome, Seen
from explorer.graph import Graph, Location, Op, OpId, Scalar

RUNS_PYTHON = TRACERS | EXPORTS
"""Captures that run the model's Python once and keep what it did."""

NOTHING = SourceMap("")

OTHER_SHAPE = re.compile(r"Got invalid dimensions for input|Guard failed: .*\.size\(\)")
"""What ONNX Runtime and an exported program say of an input of another shape, before they compute anything."""


@dataclass(frozen=True)
class Case:
    """One static capture, its outcomes, and every eager run."""

    file: str
    source: SourceMap
    capture: Capture
    outcomes: Mapping[str, Outcome]
    runs: Mapping[str, EagerRun]
    graphs: Mapping[str, Graph]
    """The eager graph of each example."""
    sequence: bool
    other: str = ""
    """The other source that the graph is from; empty for a capture of the first."""
    seen: Seen | None = None
    """What the graph's ops gave on another example, if that was looked at."""
    again: Outcome | None = None
    """What a second call on the first example gives, where eager's second is not what its first gave."""
    groups_of: Callable[[Graph, Graph], tuple[Group, ...]] = align
    """Aligns two graphs; whoever has aligned them before need not do it again."""
    others: Mapping[str, SourceMap] = field(default_factory=dict[str, SourceMap])
    """The user's other files that ran, by name."""
    scripts: bool = False
    """Whether torch.jit.script was seen to take the model."""
    dynamic: bool = False
    """Whether sizes were left open where an exporter can."""
    arguments: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, "tuple[str, ...]"])
    """Each example's arguments, as readable strings."""
    told: bool = False
    """Whether the capture that this one is made from tells already why the plain call is refused."""
    reference: Capture | None = None
    """What the structure is compared with: the first eager capture that has a graph, or the stored graph."""

    @property
    def stored(self) -> str:
        """The stored graph's capture, where that is what the graph is compared with; empty for eager."""
        return self.reference.id if self.reference is not None and self.reference.kind != "eager" else ""

    @property
    def beside(self) -> str:
        """What the graph is compared with, in words."""
        return "the stored graph" if self.stored else "eager"

    @property
    def name(self) -> str:
        """What the graph is called in sentences."""
        return self.other or self.capture.kind

    @property
    def kind(self) -> Kind:
        """The kind of the capture."""
        return self.capture.kind

    @property
    def maker(self) -> Kind:
        """The kind of capture that looked at the model: an optimised form inherits what its maker fixed."""
        return self.capture.made_from or self.capture.kind

    @property
    def runs_python(self) -> bool:
        """Whether what Python chose while capturing is fixed in the graph; a stored one may have been traced."""
        return self.maker in RUNS_PYTHON or bool(self.other)

    @property
    def stranger(self) -> bool:
        """Whether it is another source's graph that does not even agree on the first example.

        It was made of something else: what the first source's runs show does not explain it.
        """
        return bool(self.other) and self.outcomes[self.first].outcome != "agrees"

    @property
    def first(self) -> str:
        """The example that was captured: the first that did not end the process."""
        ran = (name for name, run in self.runs.items() if name in self.graphs or run.lines)
        return next(ran, next(iter(self.runs)))

    @cached_property
    def wrong(self) -> tuple[str, ...]:
        """The examples on which the graph does not do what eager does.

        What may be rounding is not, where eager chose another way than it did on the captured example, or computed with
        another number that a tracer has kept.
        """
        wrong = {name: one for name, one in self.outcomes.items() if one.outcome in WRONG}
        return tuple(
            name for name, one in wrong.items() if not one.rounding or self._parts(name) or self._reads_other(name)
        )

    @cached_property
    def refused(self) -> frozenset[str]:
        """The examples that the graph does not begin with, as an input has not the shape that it was captured with."""
        raised = {name: one.message or "" for name, one in self.outcomes.items() if one.outcome == "raises"}
        return frozenset(name for name, said in raised.items() if OTHER_SHAPE.search(said))

    @cached_property
    def unsteady(self) -> frozenset[str]:
        """The examples on which values differ, as those of eager do when it runs again: these prove nothing."""
        apart = (name for name, one in self.outcomes.items() if one.outcome == "differs" and one.where in VALUES)
        return frozenset(name for name in apart if not self.runs[name].deterministic)

    @cached_property
    def handing(self) -> Handing:
        """Where values come to in the user's files."""
        return Handing({self.file: self.source, **self.others}, self.graphs.values())

    def _parts(self, name: str) -> bool:
        return self.runs_python and name != self.first and any(True for _ in self._parted(name))

    def _reads_other(self, name: str) -> bool:
        if self.maker not in TRACERS or not {self.first, name} <= self.graphs.keys():
            return False
        before, after = (values_read(self.runs[one], "data") for one in (self.first, name))
        apart = {read for read, values in after.items() if reads_differ(before.get(read), values)}
        return any(self.enters(one, name) for one in self.runs[name].escapes if read_of(one) in apart)

    @cached_property
    def partings(self) -> tuple[Parting, ...]:
        """Every decision that parts on an example on which the graph is wrong, in the file's order."""
        found = [parting for name in self.runs if name != self.first for parting in self._parted(name)]
        return tuple(sorted(found, key=lambda one: (one.file, one.site.line)))

    @cached_property
    def wrong_partings(self) -> tuple[Parting, ...]:
        """The partings on examples on which the graph is wrong."""
        if self.stranger:
            return ()
        return tuple(one for one in self.partings if one.example in self.wrong and not self._is_form_alone(one.example))

    def differing(self, name: str) -> str | None:
        """Return what differs of the tensors on an example: of those in another structure, too."""
        outcome = self.outcomes[name]
        return outcome.beneath if outcome.where == "structure" else outcome.where

    def _is_form_alone(self, name: str) -> bool:
        """Whether the graph returns another structure, as it does on the captured example, with the right values."""
        one = self.outcomes[name]
        return one.where == "structure" and one.beneath is None and one.message == self.outcomes[self.first].message

    def source_of(self, file: str) -> SourceMap:
        """Return what one of the user's files holds; nothing of a file that is not known."""
        return self.source if file == self.file else self.others.get(file, NOTHING)

    def ran(self, example: str, file: str) -> Mapping[int, int]:
        """Return the lines of one of the user's files that ran on an example, and how often."""
        run = self.runs[example]
        return run.lines if file == self.file else run.beside.get(file, {})

    def departure(self, name: str) -> Departure | None:
        """Return the first op whose result is not eager's on an example, if the graph was watched on it.

        On another example than the captured one, only ops count that gave what eager's did on that.
        """
        if name not in self._departures:
            graph = self.capture.graph
            self._departures[name] = departure_on(
                name, self.graphs, graph, captured=self.first, seen=self.seen, groups_of=self.groups_of
            ) if graph else None  # fmt: skip
        return self._departures[name]

    @cached_property
    def _departures(self) -> dict[str, Departure | None]:
        return {}

    def escapes_at(self, file: str, lines: Iterable[int]) -> list[Escape]:
        """Return what was read out of tensors on ``lines`` of ``file``, on any example."""
        return [one for line in lines for one in self._escapes.get((file, line), ())]

    @cached_property
    def _escapes(self) -> dict[tuple[str, int], list[Escape]]:
        found: dict[tuple[str, int], list[Escape]] = {}
        for run in self.runs.values():
            for one in run.escapes:
                found.setdefault((one.file, one.line), []).append(one)
        return found

    def differing_escapes(self, source: str) -> Iterator[tuple[Escape, list[str]]]:
        """Yield each place whose values differ between the captured example and a wrong one, with these."""
        if self.stranger:
            return
        before = values_read(self.runs[self.first], source)
        others = {name: values_read(self.runs[name], source) for name in self.wrong if name != self.first}
        told, asked = set[tuple[str, int]](), set[Read]()
        for run in self.runs.values():
            for escape in run.escapes:
                read = read_of(escape)
                if escape.source != source or read in asked or read[:2] in told:
                    continue
                asked.add(read)
                wrong = [name for name, values in others.items() if reads_differ(before.get(read), values.get(read))]
                if wrong:
                    told.add(read[:2])
                    yield escape, wrong

    def read(self, name: str, escape: Escape) -> list[Scalar]:
        """Return what was read on an example at the place of ``escape``, in order."""
        return [one.value for one in self.reads(name, escape)]

    def reads(self, name: str, escape: Escape) -> list[Escape]:
        """Return what an example read at the place of ``escape``, in order."""
        return [one for one in self.runs[name].escapes if read_of(one) == read_of(escape)]

    def uses(self, file: str, line: int) -> list[int]:
        """Return the lines of ``file`` that read what ``line`` assigns."""
        return self.source_of(file).names.uses(line)

    def enters(self, escape: Escape, name: str) -> bool:
        """Whether what Python makes of a value that it reads comes back into the graph: eager's own ops show it.

        On the lines that read the value, directly or by way of other names, the graphs of the captured example and of
        the one of that ``name`` then differ in a plain number, a constant, a shape, or in which ops there are.
        """
        lines, graphs = (
            self.source_of(escape.file).names.followed([escape.line]),
            (self.graphs[one] for one in (self.first, name)),
        )
        captured, other = (plain_values(graph, escape.file, lines) for graph in graphs)
        return captured != other

    def entry(self, example: str | None = None) -> tuple[str, int] | None:
        """Return file and line of the outermost ``forward`` that ran, in the model file if one of it did.

        It called what ran below it.
        """
        for file in (self.file, *self.others):
            line = self._entry_of(file, example or self.first)
            if line is not None:
                return file, line
        return None

    def outermost(self) -> tuple[str, int | None]:
        """Return the ``forward`` that was called, else the line that makes a model of a library's."""
        return self.entry() or (self.file, self.source.builder())

    def _entry_of(self, file: str, name: str) -> int | None:
        source, ops = self.source_of(file), self.graphs[name].compute if name in self.graphs else ()
        for op in ops:
            outer = next((place for place in reversed(op.stack) if place.file == file), None)
            function = source.function_at(outer.line) if outer else None
            if function is not None:
                return function.lineno
        ran = self.ran(name, file)
        reached = [node for node in source.forwards()
                   if any(node.lineno < line <= (node.end_lineno or node.lineno) for line in ran)]  # fmt: skip
        return reached[-1].lineno if reached else None

    def resized(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return those of ``names`` whose inputs have other shapes, or dtypes, than the captured example's."""
        return tuple(name for name in names if self.shapes(name) != self.shapes(self.first))

    def given(self, name: str) -> list[str]:
        """Return the names of the tensors among an example's inputs."""
        return [op.target for op in self._tensors_given(name)]

    def shapes(self, name: str) -> list[str]:
        """Return dtype and shape of each tensor among an example's inputs, as a person reads them."""
        return [str(op.outputs[0]) for op in self._tensors_given(name)]

    def _tensors_given(self, name: str) -> list[Op]:
        """Return an example's inputs that are tensors; none of one whose run recorded nothing."""
        graph = self.graphs.get(name)
        return [op for op in graph.ops if op.role == "input" and op.outputs] if graph is not None else []

    def warned(self, file: str, line: int) -> str | None:
        """Return what the producer warned of at ``line``, or at another line of its statement."""
        lines = self.source_of(file).names.statement_at(line)
        found = [self._warnings[file, one] for one in lines if (file, one) in self._warnings]
        return min(found)[1] if found else None

    @cached_property
    def _warnings(self) -> dict[tuple[str | None, int | None], tuple[int, str]]:
        """The first warning of each place, with its position among all."""
        known = reversed([*enumerate(self.capture.warnings)])
        return {(one.file, one.line): (position, one.message) for position, one in known}

    def ops_at(self, graph: Graph | None, file: str, lines: Collection[int]) -> tuple[OpId, ...]:
        """Return the ops of ``graph`` that stand on ``lines`` of ``file``."""
        return graph.standing_on(file, lines) if graph is not None else ()

    def module_at(self, file: str, line: int) -> str:
        """Return the module path of what runs at ``line``: that of an op that eager ran there."""
        for graph in self.graphs.values():
            for op in (graph.by_id[one] for one in graph.standing_on(file, {line})):
                if op.location and (op.location.file, op.location.line) == (file, line):
                    return op.module
        return ""

    def found(
        self,
        cause: str,
        severity: Severity,
        line: int | None,
        explanation: str,
        *,
        inputs: tuple[str, ...] = (),
        remedy: str = "",
        evidence: Mapping[str, Scalar | list[Scalar]] | None = None,
        file: str | None = None,
        function: str | None = None,
        lines: frozenset[int] | None = None,
        modules: Sequence[str] = (),
    ) -> Divergence:
        """Return a divergence at ``line``, in ``modules`` where these are known, with the ops that it concerns.

        These stand on ``lines``; without them, on ``line`` and on those that only one side ran.
        """
        where, inputs = file or self.file, tuple(name for name in self.runs if name in inputs)
        library = self._library_place() if line is None and file in {None, self.file} and not self.stored else None
        beside = next(iter(inputs), self.first)
        left, right = self._sides(where, line, beside, lines)
        outcome = self.outcomes.get(beside)
        told, graph = dict(evidence or {}), self.graphs.get(self.first)
        if outcome is not None and outcome.max_abs_error is not None and severity == "error":
            told.setdefault("max_abs_error", outcome.max_abs_error)
        if outcome is not None and outcome.message and outcome.outcome != "not-run" and severity == "error":
            told.setdefault("outcome", outcome.message)
        layers = in_layers(graph, modules) if graph is not None else ""
        if line is not None and (warning := self.warned(where, line)):
            told.setdefault("warning", warning)
        return Divergence(
            id="",
            severity=severity,
            cause=cause,
            capture=self.kind,
            inputs=inputs,
            file=library.file if library else where,
            line=library.line if library else line,
            function=library.function if library else function or self.source_of(where).function_name(line),
            module=modules[0] if modules else self.module_at(where, line) if line is not None else "",
            explanation=f"{explanation} That is {layers}." if layers else explanation,
            remedy=remedy,
            evidence=told,
            left=left,
            right=right,
            left_capture=self.stored or f"eager:{beside}",
            right_capture=self.capture.id if self.capture.graph else None,
            source=self.other,
        )

    def _sides(
        self, file: str, line: int | None, example: str, lines: frozenset[int] | None
    ) -> tuple[tuple[OpId, ...], tuple[OpId, ...]]:
        """Return the ops on ``lines``, or at ``line`` and where the examples part on what only one of them ran."""
        eager, graph = self.graphs.get(example), self.capture.graph
        if lines is not None:
            return self.ops_at(eager, file, lines), self.ops_at(graph, file, lines)
        here = {line} if line is not None else set[int]()
        ran, captured = set(self.ran(example, file)), set(self.ran(self.first, file))
        return self.ops_at(eager, file, here | (ran - captured)), self.ops_at(graph, file, here | (captured - ran))

    def _library_place(self) -> Location | None:
        """Return the outermost library line of the last op, where the model file itself has no line to tell."""
        ops = [op for op in self.graphs[self.first].compute if op.stack] if self.first in self.graphs else []
        return ops[-1].stack[-1] if ops else None

    def _parted(self, name: str) -> Iterator[Parting]:
        for one in partings(self.runs[self.first], self.runs[name], self.source_of):
            if self.is_idle(one.file, one.site.line):
                continue
            asks_data = one.site.on_type and not one.site.compound and self._asks_data(one)
            yield replace(one, site=replace(one.site, on_type=False)) if asks_data else one

    def is_idle(self, file: str, line: int) -> bool:
        """Whether the ``if`` at ``line`` of ``file`` chooses nothing of what eager computes."""
        graphs = self.graphs.values()
        return is_idle(self.source_of(file), line, lambda on: any(self.ops_at(one, file, on) for one in graphs))

    def _asks_data(self, parting: Parting) -> bool:
        """Whether a condition, such as ``token in ids``, asks for a tensor's values however it is written.

        It reads a truth value there, or a number, there or for one of its names, that is another on the example.
        """
        site, file = parting.site, parting.file
        if any(one.source == "data" and isinstance(one.value, bool) for one in self.escapes_at(file, site.lines)):
            return True
        lines = {*site.lines, *self.source_of(file).names.behind(site.names, site.line)}
        read = {read_of(one) for one in self.escapes_at(file, lines) if one.source == "data"}
        before, after = (values_read(self.runs[one], "data") for one in (self.first, parting.example))
        return any(reads_differ(before.get(one), after.get(one)) for one in read)
