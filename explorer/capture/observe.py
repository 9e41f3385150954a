"""Observe one eager run: its graph, its course through the user's code, and what it changed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import nn

from explorer.capture.changes import plain_state, source_files, state_changes
from explorer.capture.consumers import told
from explorer.capture.course import Course
from explorer.capture.eager import Recorder
from explorer.capture.escapes import Escapes, Noted
from explorer.capture.handed import Leaves, line_that_puts, other_leaves, unseen_writes
from explorer.capture.losses import CHANGED, CHOSEN, GRAPH, LEFT
from explorer.capture.origins import alias_of
from explorer.capture.refusals import words_of_dynamo
from explorer.capture.replay import replay, same_bits
from explorer.capture.summaries import with_summaries
from explorer.capture.tensors import argument_names, plain_attributes
from explorer.evidence import Capture, EagerRun, Failure, Replay, StateChange
from explorer.graph import Graph, Location, Port, Summary
from explorer.source.encoding import words_of
from explorer.source.held import tensors_held
from explorer.source.load import Arguments, LoadedModel
from explorer.source.memory import reraise_want_of_memory
from explorer.source.places import is_of_dynamo
from explorer.source.refused import help_against

GRAD_NOTE = "Recorded with gradients enabled, so that the autograd graph is there; outcomes without."
NO_GRAD_NOTE = "Recorded with gradients disabled, as the model raises with them: there is no autograd graph."
LONG_NOTE = "The run is too long to be followed to its end: what it chose later is not told."


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """A run's records and, while the worker lives, its result."""

    run: EagerRun
    capture: Capture
    result: object


def observe(
    loaded: LoadedModel,
    name: str,
    model: nn.Module,
    arguments: Arguments,
    escapes: Escapes,
    *,
    grad: bool = True,
) -> Observed:
    """Run ``model`` once on ``arguments`` and return what was seen, whether it returned or raised."""
    recorder = Recorder(model, arguments, loaded.places, escapes)
    losses = recorder.losses
    before = losses.kept(CHANGED, lambda: dict(plain_state(model, loaded, recorder.sources.cells, alias_of)), None)
    handed = losses.kept(CHANGED, lambda: dict(argument_names(model, arguments)), {})
    plain = losses.kept(CHANGED, lambda: dict(plain_attributes(model, arguments)), {})
    training = any(part.training for part in model.modules())
    result, error = None, None
    generator = torch.get_rng_state()
    start = time.perf_counter()
    try:
        with torch.set_grad_enabled(grad), recorder.following():
            result = model(*arguments.args, **arguments.kwargs)
    except (Exception, SystemExit) as caught:  # noqa: BLE001 - what a model raises is a result
        reraise_want_of_memory(caught)
        error = caught
    seconds = time.perf_counter() - start
    after = torch.get_rng_state()
    raised = _failure(error, loaded) if error else None
    graph = losses.kept(GRAPH, lambda: recorder.graph(result if error is None else ()), Graph(ops=()))
    run = _run(recorder, graph, escapes.noted, example=name, raised=raised, seconds=seconds)
    run = replace(run, grad=grad, training=training)
    if before is not None:
        changes = losses.kept(CHANGED, lambda: tuple(state_changes(before, model, loaded, recorder.course)), ())
        told = {(one.kind, one.name) for one in run.changes}
        run = replace(run, changes=(*run.changes, *(one for one in changes if (one.kind, one.name) not in told)))
    original = loaded.examples.get(name, arguments)
    given, now = (
        losses.kept(CHANGED, lambda one=one: dict(argument_names(model, one)), {}) for one in (original, arguments)
    )
    held_now = losses.kept(CHANGED, lambda: dict(plain_attributes(model, arguments)), plain)
    other = losses.kept(CHANGED, lambda: (*other_leaves(handed, now), *other_leaves(plain, held_now)), ())
    leaves = losses.kept(CHANGED, lambda: tuple(_placed(other, loaded, recorder.course)), ())
    writes = losses.kept(CHANGED, lambda: tuple(_unseen(recorder, handed, given, run.changes)), ())
    run = replace(run, changes=(*run.changes, *leaves, *writes))
    held: dict[Port, Summary] = {}
    lost = None if raised or GRAPH not in losses.said else Failure(reason=losses.said.pop(GRAPH))
    replayed = None if raised or lost else _replayed(recorder, result, generator, after, held)
    summed_up = losses.kept("What values held", lambda: with_summaries(graph, held), graph)
    capture = Capture(
        id=f"eager:{name}",
        kind="eager",
        input=name,
        status="failed" if raised or lost else "ok",
        graph=summed_up,
        failure=raised or lost,
        seconds=seconds,
        note=" ".join(_notes(recorder, loaded, grad=grad)),
        replay=replayed,
    )
    return Observed(run=run, capture=capture, result=result)


def _placed(changes: Iterable[StateChange], loaded: LoadedModel, course: Course) -> Iterator[StateChange]:
    """Yield ``changes`` of the containers among the arguments with the line that put in what is another."""
    for change in changes:
        found = ((shown, line_that_puts(change.name, tree, ran)) for tree, shown, ran in source_files(loaded, course))
        place = next(((shown, *place) for shown, place in found if place is not None), None)
        yield (
            change
            if place is None
            else replace(change, location=Location(file=place[0], line=place[1], function=place[2], user=True))
        )


def _unseen(recorder: Recorder, handed: Leaves, original: Leaves, told: Sequence[StateChange]) -> Iterator[StateChange]:
    """Yield what was written to, or given another memory, by what is no op."""
    seen = frozenset(one.name for one in told if one.kind == "argument")
    started = {name.partition(":")[2]: start for name, _, start in recorder.sources.inputs}
    for one in unseen_writes(handed, original, seen):
        yield replace(one, location=recorder.unseen.place(handed[one.name]))
        if not same_bits(started[one.name], original[one.name].detach()):  # else it was given another memory
            recorder.foreign.append(f"{one.name} was written to by what is no op, such as NumPy.")
    known = frozenset(f"{one.kind}:{one.name}" for one in told)
    yield from recorder.unseen.written(recorder.sources.owners, known)


def _run(
    recorder: Recorder, graph: Graph, noted: Sequence[Noted], *, example: str, raised: Failure | None, seconds: float
) -> EagerRun:
    """Return the course of a run; where a part of it cannot be told, the rest is."""
    losses, course = recorder.losses, recorder.course
    decisions = losses.kept(CHOSEN, course.decisions, ())
    ran = [one.id for one in recorder.recording.ops if one.id in graph.by_id]
    return EagerRun(
        example=example,
        raised=raised,
        seconds=seconds,
        lines=dict(course.lines),
        beside={course.places.name(file): dict(lines) for file, lines in course.beside.items()},
        decisions=decisions,
        escapes=losses.kept(LEFT, lambda: told(noted, graph, ran, decisions), ()),
        changes=losses.kept(CHANGED, lambda: tuple(recorder.recording.changes()), ()),
    )


def _notes(recorder: Recorder, loaded: LoadedModel, *, grad: bool) -> Iterator[str]:
    if not loaded.grad:
        yield GRAD_NOTE if grad else NO_GRAD_NOTE
    if not recorder.course.complete:
        yield LONG_NOTE
    yield from recorder.losses.said.values()


def _replayed(
    recorder: Recorder,
    result: object,
    generator: torch.Tensor,
    after: torch.Tensor,
    held: dict[Port, Summary],
) -> Replay:
    if recorder.lost:
        return Replay(exact=False, reason=recorder.lost)
    recorded = {one.id: one.outputs for one in recorder.recording.ops}
    try:
        returned = tensors_held(result)
        found = replay(
            recorder.calls,
            recorder.sources.origins,
            returned,
            generator,
            recorded,
            after=after,
            held=held,
            noted=recorder.unseen.causes,
        )
    except Exception as error:  # noqa: BLE001 - not the model's
        reraise_want_of_memory(error)
        return Replay(exact=False, reason=f"It could not be run again: {_said(error)}")
    if found.exact and recorder.foreign:
        return Replay(exact=False, reason=recorder.foreign[0])
    return found


def _failure(error: BaseException, loaded: LoadedModel) -> Failure:
    hint = help_against(error, alone=loaded.source.alone)
    return loaded.places.failure(error, _said(error), hint=hint)


def _said(error: BaseException) -> str:
    words = words_of(error)
    return f"{type(error).__name__}: {(is_of_dynamo(error) and words_of_dynamo(words)) or words}"[:300]
