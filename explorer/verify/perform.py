"""The worker's two jobs: observe eager on every example; capture one static graph and run it on all.

Each example meets fresh parameters and buffers and a seed of its own (the first one's is the capture's, so
that what is drawn at random while capturing shows on the others), unless the model file says ``SEQUENCE = True``:
then one eager model and one captured object see all examples in order, and what the capture itself
left behind in the model's state stays, as it does for anyone who captures such a model.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib import metadata

import torch
from torch import nn

from explorer.capture.attributes import own_generators
from explorer.capture.observe import Observed
from explorer.capture.registry import Captured, Subject, capture_of, state_of
from explorer.capture.shared_modules import first_names, with_first_names
from explorer.errors import ExplorerError, NothingRunsError, UsageError
from explorer.evidence import KINDS, EagerResult, Outcome, StaticResult
from explorer.messages import (
    Doing,
    EagerFinished,
    EagerJob,
    Job,
    Refused,
    StaticFinished,
    StaticJob,
)
from explorer.source.load import Arguments, LoadedModel, load, seed_everything
from explorer.source.memory import reraise_want_of_memory
from explorer.source.places import Places
from explorer.verify.attempt import Emit, attempt, capture_record, told
from explorer.verify.beside import texts_beside
from explorer.verify.compare import same, tolerances
from explorer.verify.eager_runs import observed_examples
from explorer.verify.others import captured_other
from explorer.verify.outcomes import Answer, answered, call, outcome_of, reset, start_of
from explorer.verify.stored import derived, reference

NO_GRAD_NOTE = "Captured with gradients disabled, as the model raises with them."

READS_GLOBALS = frozenset({"dynamo"})
"""What runs Python, and so meets what building the model sets of globals and classes, as eager does each time."""

PACKAGES = ("torch", "onnx", "onnxruntime", "onnxscript", "networkx", "numpy")


def perform(job: Job, emit: Emit) -> None:
    """Do ``job`` and emit what it finds; an error that a person can act on becomes ``Refused``."""
    torch.set_num_threads(1)
    try:
        match job:
            case EagerJob():
                result = reference(job, emit) if job.source.stored else _eager(job, emit)
                emit(EagerFinished(result=replace(result, environment=_environment(), tolerances=tolerances())))
            case StaticJob():
                emit(StaticFinished(result=derived(job, emit) if job.source.stored else _static(job, emit)))
    except ExplorerError as error:
        emit(_refused(error))
    except SystemExit as error:
        emit(_exited(error, Places.of(job.source)))
    except RuntimeError as error:
        reraise_want_of_memory(error)
        raise


def _refused(error: ExplorerError) -> Refused:
    kinds = {NothingRunsError: "nothing-runs", UsageError: "usage"}
    return Refused(
        error=kinds.get(type(error), "source"),  # pyright: ignore[reportArgumentType]
        message=error.message,
        file=error.file,
        line=error.line,
        hint=error.hint,
    )


def _exited(error: SystemExit, places: Places) -> Refused:
    place = places.of_error(error)
    return Refused(
        error="source",
        message="The model ends the program (sys.exit) instead of returning.",
        file=places.shown,
        line=place.line if place else None,
        hint="Raise an exception there instead.",
    )


def _eager(job: EagerJob, emit: Emit) -> EagerResult:
    runs = observed_examples(job, emit)
    observed = runs.observed
    if not observed:
        raise NothingRunsError("The model runs on none of its examples.", file=job.source.shown)
    if all(one.run.raised for one in observed):
        raise _nothing_runs(observed, job)
    return EagerResult(
        examples=runs.examples,
        runs=tuple(one.run for one in observed),
        captures=tuple(one.capture for one in observed),
        sequence=runs.sequence,
        texts=texts_beside(Places.of(job.source), [one.run for one in observed]),
    )


def _nothing_runs(observed: Sequence[Observed], job: EagerJob) -> NothingRunsError:
    raised = observed[0].run.raised
    message = f"The model runs on none of its examples: {raised.reason if raised else ''}"
    return NothingRunsError(
        message.rstrip(".") + ".",
        file=(raised.file if raised else None) or job.source.shown,
        line=raised.line if raised else None,
        hint=(raised.hint if raised else "") or "Make it run in plain PyTorch on at least one example first.",
    )


def _environment() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return versions


def _static(job: StaticJob, emit: Emit) -> StaticResult:
    loaded = load(job.source, seed=job.options.seed, without=job.without)
    answers = dict(_eager_answers(job.label, loaded, emit))
    first = next(iter(loaded.examples))
    start = time.perf_counter()
    emit(Doing(what=f"capturing {job.label}"))
    with torch.set_grad_enabled(job.grad):
        captured, failure = attempt(
            lambda: _captured(job, loaded, answers[first], emit), job.kind, loaded.places, answers[first].result
        )
    seconds = time.perf_counter() - start
    capture = capture_record(job.label, job.kind, first, (captured, failure), seconds)
    if not job.grad and job.other is None:
        capture = replace(capture, note=f"{NO_GRAD_NOTE} {capture.note}".strip())
    with torch.set_grad_enabled(job.grad):  # its further graphs are made as it is itself
        result = told(
            capture,
            captured,
            loaded.examples,
            lambda captured: _outcomes(job.label, loaded, captured, answers, emit),
            emit,
            ready=lambda captured, example: _as_before(loaded, captured, example),
        )
        if captured is None or not job.twice:
            return result
        emit(Doing(what=f"watching a second call of {job.label}", stage="watching"))
        return replace(result, again=_second_outcome(loaded, captured))


def _as_before(loaded: LoadedModel, captured: Captured, example: str) -> bool:
    """Put back what the runs on the examples have left, and the seed of one; in a sequence only the first can be."""
    position = list(loaded.examples).index(example)
    if loaded.sequence and position:
        return False
    reset(captured, _pristine(loaded, captured))
    seed_everything(loaded.seed + position)
    return True


def _captured(job: StaticJob, loaded: LoadedModel, answer: Answer, emit: Emit) -> Captured:
    arguments = next(iter(loaded.examples.values()))
    if job.other is not None:
        return captured_other(job.other, arguments, loaded.seed)
    subject = _subject(job, loaded, arguments, answer, emit)
    generators = own_generators(subject.model)
    named = first_names(subject.model)
    captured = with_first_names(capture_of(job.kind)(subject), named)
    return replace(captured, attributes=(*captured.attributes, *generators))


def _subject(job: StaticJob, loaded: LoadedModel, arguments: Arguments, answer: Answer, emit: Emit) -> Subject:
    def build() -> nn.Module:
        model = loaded.build()
        seed_everything(loaded.seed)  # every copy meets the same numbers: what is made from a trace is that trace
        return model

    return Subject(
        model=build(),
        arguments=arguments.fresh(),
        examples=loaded.examples,
        build=build,
        places=loaded.places,
        result=answer.result,
        doing=emit,
        dynamic=job.options.dynamic,
    )


def _eager_answers(kind: str, loaded: LoadedModel, emit: Emit) -> Iterator[tuple[str, Answer]]:
    kept = loaded.build()
    for position, (name, arguments) in enumerate(loaded.examples.items()):
        emit(Doing(what=f"running eager on {name} beside {kind}"))
        model = kept if loaded.sequence else loaded.build()
        seed_everything(loaded.seed + position)
        yield name, answered(model, arguments, grad=loaded.grad)


def _outcomes(
    kind: str,
    loaded: LoadedModel,
    captured: Captured,
    answers: dict[str, Answer],
    emit: Emit,
) -> Iterator[tuple[str, Outcome]]:
    pristine = start_of(captured) if kind not in KINDS else {} if loaded.sequence else _pristine(loaded, captured)
    for position, (name, arguments) in enumerate(loaded.examples.items()):
        emit(Doing(what=f"running {kind} on {name}", stage="running", name=name))
        given = arguments.fresh()
        if kind in READS_GLOBALS and (not loaded.sequence or position == 0):
            loaded.build()
        if not loaded.sequence:
            reset(captured, pristine)
        seed_everything(loaded.seed + position)
        result, error = call(captured.run, given, grad=loaded.grad, unpacked=False)
        yield name, outcome_of(answers[name], result, error, given, flat=captured.flat, places=loaded.places)


def _second_outcome(loaded: LoadedModel, captured: Captured) -> Outcome | None:
    """Return the outcome of a second call on the first example, each on what its own first call has left.

    There is none where eager's second call gives what its first gave.

    Eager is done with both of its calls before the graph's first: what they leave in globals is then set anew.
    """
    arguments = next(iter(loaded.examples.values()))

    def answer(run: nn.Module | Callable[[Arguments], object], *, unpacked: bool) -> Answer:
        seed_everything(loaded.seed)
        return answered(run, arguments, grad=loaded.grad, unpacked=unpacked)

    model = loaded.build()
    first = answer(model, unpacked=True)
    eager = answer(model, unpacked=True)
    if first.error is not None or (eager.error is None and same(first.result, eager.result)):
        return None
    reset(captured, _pristine(loaded, captured))  # that builds the model anew
    _, graph = (answer(captured.run, unpacked=False) for _ in range(2))
    return outcome_of(eager, graph.result, graph.error, graph.after, flat=captured.flat, places=loaded.places)


def _pristine(loaded: LoadedModel, captured: Captured) -> dict[str, torch.Tensor]:
    """Return copies of parameters, buffers and other tensors as the seed gives them, under the capture's names."""
    fresh = loaded.build()
    known = state_of(fresh)
    found: dict[str, torch.Tensor] = {}
    for name in captured.state:
        tensor = known.get(name, known.get(name.removeprefix("wrapped.")))
        if tensor is not None:
            found[name] = tensor.detach().clone()
    return found
