"""The worker's two jobs where the source holds a graph already: run it, then run a form of it beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch

from explorer.capture.refusals import refusal
from explorer.capture.registry import Captured
from explorer.capture.stored import Stored, read_stored
from explorer.capture.tensors import value_of
from explorer.errors import NothingRunsError
from explorer.evidence import Capture, EagerResult, EagerRun, Example, Failure, Kind, Outcome, StaticResult
from explorer.messages import CaptureMade, Doing, EagerJob, ExamplesRead, FromWorker, OutcomeMade, StaticJob
from explorer.source.load import Arguments, reraise_want_of_memory, seed_everything, specified_examples
from explorer.source.places import Places
from explorer.verify.outcomes import Answer, call, outcome_of, reset

Emit = Callable[[FromWorker], None]


@dataclass(frozen=True, kw_only=True)
class _Opened:
    stored: Stored
    places: Places
    examples: dict[str, Arguments]
    seed: int


def reference(job: EagerJob, emit: Emit) -> EagerResult:
    """Read the stored graph and run it on every example: what its other forms are compared with."""
    emit(Doing(what="reading the stored graph"))
    start = time.perf_counter()
    opened = _open(job)
    seconds = time.perf_counter() - start
    examples = tuple(_example(name, one, opened.stored.captured) for name, one in opened.examples.items())
    emit(ExamplesRead(examples=examples))
    runs = tuple(_run(name, answer, opened) for name, answer in _answers(opened, emit, "running it on"))
    if runs and all(run.raised for run in runs):
        raised = runs[0].raised
        message = f"The stored graph runs on none of the examples: {raised.reason if raised else ''}"
        raise NothingRunsError(
            message, file=opened.places.shown, hint="Give inputs that fit it with --input NAME=SPEC."
        )
    kind = opened.stored.kind
    note = "" if runs else "Not run: the file does not say what to run it on. Give inputs with --input NAME=SPEC."
    capture = Capture(
        id=kind, kind=kind, input=None, status="ok", graph=opened.stored.captured.graph, seconds=seconds, note=note
    )
    return EagerResult(examples=examples, runs=runs, captures=(capture,))


def derived(job: StaticJob, emit: Emit) -> StaticResult:
    """Make a form that follows from the stored graph and run both on every example."""
    emit(Doing(what="reading the stored graph"))
    opened = _open(job)
    answers = dict(_answers(opened, emit, f"running the stored graph beside {job.kind} on"))
    emit(Doing(what=f"capturing {job.kind}"))
    start = time.perf_counter()
    captured, failure = _derive(opened, job.kind)
    capture = Capture(
        id=f"{job.kind}:decomposed" if job.kind == opened.stored.kind else job.kind,
        kind=job.kind,
        input=None,
        status="ok" if captured else "failed",
        graph=captured.graph if captured else None,
        failure=failure,
        seconds=time.perf_counter() - start,
        note=captured.note if captured else "",
        made_from=captured.made_from if captured else None,
    )
    emit(CaptureMade(capture=capture))
    if captured is None:
        untried = Outcome(outcome="not-run", message="The capture failed.")
        return StaticResult(capture=capture, outcomes=dict.fromkeys(opened.examples, untried))
    outcomes: dict[str, Outcome] = {}
    for name, outcome in _outcomes(job.kind, opened, captured, answers, emit):
        outcomes[name] = outcome
        emit(OutcomeMade(example=name, outcome=outcome))
    return StaticResult(capture=capture, outcomes=outcomes)


def _open(job: EagerJob | StaticJob) -> _Opened:
    places = Places.of(job.source)
    seed_everything(job.options.seed)
    stored = read_stored(job.source, places)
    examples = specified_examples(job.source, job.options.seed) or dict(stored.examples)
    kept = {name: one for name, one in examples.items() if name not in job.without}
    return _Opened(stored=stored, places=places, examples=kept, seed=job.options.seed)


def _answers(opened: _Opened, emit: Emit, doing: str) -> Iterator[tuple[str, Answer]]:
    captured = opened.stored.captured
    start = {name: tensor.detach().clone() for name, tensor in captured.state.items()}
    for position, (name, arguments) in enumerate(opened.examples.items()):
        emit(Doing(what=f"{doing} {name}"))
        given = arguments.fresh()
        reset(captured, start)
        seed_everything(opened.seed + position)
        result, error = call(captured.run, given, grad=False, unpacked=False)
        yield name, Answer(result=result, error=error, after=given)


def _run(name: str, answer: Answer, opened: _Opened) -> EagerRun:
    if answer.error is None:
        return EagerRun(example=name)
    said = opened.places.clean(f"{type(answer.error).__name__}: {answer.error}").splitlines()[0]
    return EagerRun(example=name, raised=opened.places.failure(answer.error, said))


def _derive(opened: _Opened, kind: Kind) -> tuple[Captured | None, Failure | None]:
    try:
        return opened.stored.derive(next(iter(opened.examples.values()), None)), None
    except Exception as error:  # noqa: BLE001 - a refusal is a result, whatever the producer raises
        reraise_want_of_memory(error)
        return None, refusal(kind, error, opened.places)


def _outcomes(
    kind: Kind, opened: _Opened, captured: Captured, answers: dict[str, Answer], emit: Emit
) -> Iterator[tuple[str, Outcome]]:
    start = {name: tensor.detach().clone() for name, tensor in captured.state.items()}
    for position, (name, arguments) in enumerate(opened.examples.items()):
        emit(Doing(what=f"running {kind} on {name}"))
        given = arguments.fresh()
        reset(captured, start)
        seed_everything(opened.seed + position)
        result, error = call(captured.run, given, grad=False, unpacked=False)
        yield name, outcome_of(answers[name], result, error, given, flat=captured.flat, places=opened.places)


def _example(name: str, arguments: Arguments, captured: Captured) -> Example:
    """Return the example with its tensors named as the graph's inputs are."""
    inputs = [op.target for op in captured.graph.ops if op.role == "input"]
    leaves = [*arguments.args, *arguments.kwargs.values()]
    named = (
        zip(inputs, leaves, strict=False)
        if len(inputs) == len(leaves)
        else ((f"args[{i}]", one) for i, one in enumerate(leaves))
    )
    return Example(name=name, arguments=tuple(f"{key}: {_shown(one)}" for key, one in named))


def _shown(value: object) -> str:
    return str(value_of(value)) if isinstance(value, torch.Tensor) else type(value).__name__
