"""Small models as text, and a workshop that captures them in process and keeps what it has captured.

A model is written as the body of its ``forward``; lines that a test asks for end in a comment such as
``# !`` and are found by :func:`line_of`, so that no test counts lines by hand.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from textwrap import dedent, indent
from typing import TypeVar

import torch._dynamo

from benchmarks.invariants import ill_formed
from explorer.evidence import Capture, EagerResult, EagerRun, Kind, StaticResult
from explorer.graph import Graph, Op
from explorer.messages import EagerFinished, EagerJob, FromWorker, Job, Refused, StaticFinished, StaticJob
from explorer.options import ModelSource, Options
from explorer.report.build import Builder, graph_entry
from explorer.report.schema import Report
from explorer.source.find import find_source, model_source
from explorer.source.load import load
from explorer.source.samples import sample_names
from explorer.verify.attempt import Emit
from explorer.verify.perform import perform

SHOWN = "model.py"
"""What every model of the tests is called in messages and reports."""

HEAD = "import random\nfrom collections import namedtuple\n\nimport torch\nfrom torch import nn\n\n"

Finished = TypeVar("Finished", EagerFinished, StaticFinished, Refused)


def a_model(
    forward: str,
    examples: str,
    *,
    init: str = "",
    before: str = "",
    takes: str = "self, x",
    mode: str = "eval",
) -> str:
    """Return a model file whose ``forward`` has the body ``forward``; ``examples`` is the inside of a dict."""
    body = indent(dedent(forward).strip(), " " * 8)
    made = indent(dedent(init).strip(), " " * 8)
    return (
        f"{HEAD}{dedent(before).strip()}\n\n\n"
        f"class Net(nn.Module):\n"
        f"    def __init__(self):\n        super().__init__()\n{made}\n\n"
        f"    def forward({takes}):\n{body}\n\n\n"
        f"def build_model():\n    return Net().{mode}()\n\n\n"
        f"def example_inputs():\n    return {{{examples}}}\n"
    )


def line_of(text: str, mark: str = "# !") -> int:
    """Return the number of the one line of ``text`` that ends in ``mark``."""
    (found,) = [number for number, line in enumerate(text.splitlines(), 1) if line.endswith(mark)]
    return found


def lines_of(text: str, mark: str = "# !") -> list[int]:
    """Return the numbers of all lines of ``text`` that end in ``mark``."""
    return [number for number, line in enumerate(text.splitlines(), 1) if line.endswith(mark)]


@dataclass
class Workshop:
    """Captures models in this process; what was asked before is not made again."""

    folder: Path
    _eager: dict[ModelSource, EagerResult] = field(default_factory=dict[ModelSource, EagerResult])
    _static: dict[tuple[ModelSource, Kind, bool], StaticResult] = field(
        default_factory=dict[tuple[ModelSource, Kind, bool], StaticResult]
    )

    def source(
        self,
        text: str,
        *,
        target: str | None = None,
        inputs: Sequence[tuple[str, str]] = (),
    ) -> ModelSource:
        """Return ``text`` as a source: a sample where it is a sample's name, else a file with that text."""
        if text in sample_names():
            return find_source(text)
        path = self.folder / f"m{hashlib.sha256(text.encode()).hexdigest()[:12]}" / SHOWN
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return model_source(text, shown=SHOWN, path=path, target=target, inputs=inputs)

    def eager(self, text: str) -> EagerResult:
        """Return what the eager job hands over."""
        source = self.source(text)
        if source not in self._eager:
            self._eager[source] = work(EagerJob(source=source, options=Options()), EagerFinished).result
        return self._eager[source]

    def run(self, text: str, example: str | None = None) -> EagerRun:
        """Return the course of one eager run, the first by default."""
        return next(run for run in self.eager(text).runs if example in {None, run.example})

    def eager_graph(self, text: str, example: str | None = None) -> Graph:
        """Return the eager graph of one example, the first by default."""
        return graph_of(next(one for one in self.eager(text).captures if example in {None, one.input}))

    def static(self, text: str, kind: Kind, *, dynamic: bool = False) -> StaticResult:
        """Return what the job of ``kind`` hands over."""
        asked = self.source(text), kind, dynamic
        if asked not in self._static:
            runs = self._eager[asked[0]].runs if asked[0] in self._eager else ()
            twice = bool(runs) and runs[0].leaves_state and not self._eager[asked[0]].sequence
            job = StaticJob(source=asked[0], options=Options(dynamic=dynamic), kind=kind, twice=twice)
            self._static[asked] = work(job, StaticFinished).result
        return self._static[asked]

    def graph(self, text: str, kind: Kind) -> Graph:
        """Return the graph of ``kind``, eager's first example for ``eager``."""
        return self.eager_graph(text) if kind == "eager" else graph_of(self.static(text, kind).capture)

    def report(self, text: str, *kinds: Kind) -> Report:
        """Return the report with the captures of ``kinds``."""
        eager = self.eager(text)
        statics = {kind: self.static(text, kind) for kind in kinds}
        return Builder(self.source(text), eager=eager, statics=statics).report()

    def refusal(self, text: str, **given: object) -> Refused:
        """Return how the eager job refuses ``text``."""
        source = self.source(text, **given)  # pyright: ignore[reportArgumentType]
        return work(EagerJob(source=source, options=Options()), Refused)

    def load(self, text: str, **given: object) -> object:
        """Load a model file in this process."""
        return load(self.source(text, **given), seed=0)  # pyright: ignore[reportArgumentType]


def work(job: Job, wanted: type[Finished]) -> Finished:
    """Do ``job`` in this process and return its last message, which must be ``wanted``."""
    sent: list[FromWorker] = []
    work_through(job, sent.append)
    last = sent[-1]
    assert isinstance(last, wanted), last
    return last


def work_through(job: Job, emit: Emit) -> None:
    """Do ``job`` in this process and leave nothing behind in it."""
    path = list(sys.path)
    torch._dynamo.reset()  # a worker would be a new process
    try:
        perform(job, emit)
    finally:
        sys.path[:] = path
        sys.modules.pop("explored_model", None)


def graph_of(capture: Capture) -> Graph:
    """Return the graph of ``capture``, which must have one."""
    assert capture.graph is not None, capture.failure
    return capture.graph


def compute(graph: Graph) -> list[str]:
    """Return the canonical names of the ops that do the work, in order."""
    return [op.op for op in graph.compute]


def only(graph: Graph, name: str) -> Op:
    """Return the one op of ``graph`` with the canonical name ``name``."""
    (found,) = [op for op in graph.ops if op.op == name]
    return found


def sources_of(graph: Graph, op: str) -> set[str]:
    """Return the ids of the ops that feed ``op``."""
    return {edge.source for edge in graph.edges if edge.target == op}


def assert_well_formed(graph: Graph) -> None:
    """Whoever made ``graph``, its ids, edges, order and regions must hold together."""
    assert list(ill_formed(graph_entry(graph))) == []


def listing(graph: Graph) -> str:
    """Return ``graph`` as text, one line for each op, for goldens and for the messages of failed tests."""
    fed: dict[str, list[str]] = {}
    for edge in graph.edges:
        suffix = f"#{edge.source_output}" if edge.source_output else ""
        fed.setdefault(edge.target, []).append(f"{edge.target_input}={edge.source}{suffix}")
    calls: dict[str, str] = {call.id: f"{call.id}:{call.name}" for call in graph.calls}
    return "".join(_line(op, fed.get(op.id, []), calls.get(op.call, "")) + "\n" for op in graph.ops)


def _line(op: Op, fed: list[str], call: str) -> str:
    place = op.location
    column = "" if place is None or place.column is None else f":{place.column}"
    where = f"{place.file}:{place.line}{column}" if place else "-"
    outputs = ", ".join(str(value) for value in op.outputs)
    parts = [op.id, op.op, op.target, op.module or "-", where, op.region or "-", f"({outputs})", " ".join(fed), call]
    return re.sub(r"\s+$", "", "  ".join(parts))


def without_times(report: Report) -> Report:
    """Return ``report`` as it is on every run: no seconds, no versions."""
    captures = tuple(
        replace(one, seconds=0.0, forms=tuple(replace(form, seconds=0.0) for form in one.forms))
        for one in report.captures
    )
    return replace(report, captures=captures, environment={})
