"""The worker's two jobs where the source holds a graph already: run it, then run a form of it beside it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from explorer.capture.registry import Captured
from explorer.capture.stored import Stored, read_stored
from explorer.capture.tensors import shown
from explorer.errors import NothingRunsError
from explorer.evidence import Capture, EagerResult, EagerRun, Example, Outcome, StaticResult
from explorer.graph import Graph
from explorer.messages import Doing, EagerJob, ExamplesRead, Stage, StaticJob
from explorer.source.arranging import arranged
from explorer.source.held import named_leaves
from explorer.source.load import Arguments, called_alike, seed_everything, specified_examples
from explorer.source.places import Places
from explorer.verify.attempt import Emit, attempt, capture_record, told
from explorer.verify.others import captured_other
from explorer.verify.outcomes import Answer, answered, outcome_of, reset, start_of

INPUTS = "with --input NAME=SPEC, or in the page under “Examples”"
"""How a stored graph is given something to run on."""


@dataclass(frozen=True, kw_only=True)
class _Opened:
    stored: Stored
    places: Places
    examples: dict[str, Arguments]
    seed: int


def reference(job: EagerJob, emit: Emit) -> EagerResult:
    """Read the stored graph and run it on every example: what its other forms are compared with."""
    emit(Doing(what="reading the stored graph", stage="loading"))
    start = time.perf_counter()
    opened = _open(job)
    seconds = time.perf_counter() - start
    examples = tuple(_example(name, one, opened.stored) for name, one in opened.examples.items())
    emit(ExamplesRead(examples=examples))
    ran = _answers(opened, opened.stored.captured, emit, "running it on")
    runs = tuple(_run(name, answer, opened) for name, answer in ran)
    if runs and all(run.raised for run in runs):
        raised = runs[0].raised
        message = f"The stored graph runs on none of the examples: {raised.reason if raised else ''}"
        raise NothingRunsError(message, file=opened.places.shown, hint=f"Give inputs that fit it {INPUTS}.")
    kind = opened.stored.kind
    unsaid = f"the file does not say what to run it on. Give inputs {INPUTS}."
    not_run = "" if runs else f"Not run: {opened.stored.refused or unsaid}"
    note = " ".join(filter(None, (opened.stored.captured.note, not_run)))
    capture = Capture(id=kind, kind=kind, input=None, status="ok", graph=_graph(opened), seconds=seconds, note=note)
    return EagerResult(examples=examples, runs=runs, captures=(capture,))


def _graph(opened: _Opened) -> Graph:
    """Return the stored graph, with shapes where an example tells them."""
    stored, example = opened.stored, next(iter(opened.examples.values()), None)
    return stored.captured.graph if stored.sized is None or example is None else stored.sized(example)


def derived(job: StaticJob, emit: Emit) -> StaticResult:
    """Make a form that follows from the stored graph and run both on every example."""
    emit(Doing(what="reading the stored graph"))
    opened = _open(job)
    answers = dict(
        _answers(opened, opened.stored.captured, emit, f"running the stored graph beside {job.label} on", "")
    )
    emit(Doing(what=f"capturing {job.label}"))
    start = time.perf_counter()
    captured, failure = attempt(lambda: _derived(opened, job), job.kind, opened.places)
    name = f"{job.kind}:decomposed" if job.label == opened.stored.kind else job.label
    capture = capture_record(name, job.kind, None, (captured, failure), time.perf_counter() - start)
    return told(
        capture,
        captured,
        opened.examples,
        lambda captured: _outcomes(job.label, opened, captured, answers, emit),
        emit,
    )


def _open(job: EagerJob | StaticJob) -> _Opened:
    places = Places.of(job.source)
    seed_everything(job.options.seed)
    stored = read_stored(job.source, places)
    given = called_alike(specified_examples(job.source, job.options.seed), stored.examples, stored.arguments)
    brought = stored.examples if job.source.adds or not given else {}
    examples = arranged({**brought, **given}, job.source)
    kept = {name: one for name, one in examples.items() if name not in job.without and not stored.refused}
    return _Opened(stored=stored, places=places, examples=kept, seed=job.options.seed)


def _answers(
    opened: _Opened, captured: Captured, emit: Emit, doing: str, stage: Stage = "running"
) -> Iterator[tuple[str, Answer]]:
    """Yield what a graph does on each example, from the state that it begins with."""
    start = start_of(captured)
    for position, (name, arguments) in enumerate(opened.examples.items()):
        emit(Doing(what=f"{doing} {name}", stage=stage, name=name))
        reset(captured, start)
        seed_everything(opened.seed + position)
        yield name, answered(captured.run, arguments, grad=False, unpacked=False)
    reset(captured, start)  # what is derived from it may share its state


def _run(name: str, answer: Answer, opened: _Opened) -> EagerRun:
    if answer.error is None:
        return EagerRun(example=name)
    said = opened.places.clean(f"{type(answer.error).__name__}: {answer.error}").splitlines()[0]
    return EagerRun(example=name, raised=opened.places.failure(answer.error, said))


def _derived(opened: _Opened, job: StaticJob) -> Captured:
    example = next(iter(opened.examples.values()), None)
    if job.other is not None:
        return captured_other(job.other, example or Arguments(args=(), kwargs={}), opened.seed)
    return opened.stored.derive(example)


def _outcomes(
    kind: str, opened: _Opened, captured: Captured, answers: dict[str, Answer], emit: Emit
) -> Iterator[tuple[str, Outcome]]:
    flat = captured.flat or opened.stored.captured.flat
    for name, one in _answers(opened, captured, emit, f"running {kind} on"):
        outcome = outcome_of(answers[name], one.result, one.error, one.after, flat=flat, places=opened.places)
        yield name, replace(outcome, message=(outcome.message or "").replace("eager", "the stored graph") or None)


def _example(name: str, arguments: Arguments, stored: Stored) -> Example:
    """Return the example with its arguments named as the graph's author named them, else as its inputs are."""
    inputs = [op.target for op in stored.captured.graph.ops if op.role == "input"]
    count = len(arguments.args) + len(arguments.kwargs)
    known = stored.arguments or (inputs if len(inputs) == count else ())
    names = (*known[: len(arguments.args)], *(f"args[{at}]" for at in range(len(known), len(arguments.args))))
    given = {**dict(zip(names, arguments.args, strict=True)), **arguments.kwargs}
    leaves = ((key + path, leaf) for key, one in given.items() for path, leaf in named_leaves(one))
    return Example(name=name, arguments=tuple(f"{key}: {shown(leaf)}" for key, leaf in leaves))
